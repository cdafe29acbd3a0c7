//! Programs that end with this one, however it ends.
//!
//! A tether is a process between this one and the program. It holds one end of a pipe, this process the other; when
//! that one closes, the tether ends the program. Nobody has to come by to close it: the operating system does, after
//! an error, a panic, Ctrl-C and a kill alike. So no signal is handled here.

use std::{
    env,
    ffi::OsString,
    io,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

/// How often the program, and the tether, are asked whether they run.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the tether may take to end the program.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the tether runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The program and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// Runs the program until standard input ends, then kills it: the side of the tether.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let [program, arguments @ ..] = arguments.command.as_slice() else { bail!("no program is named") };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("`{}` does not start", program.display()))?;

    let (sender, released) = mpsc::channel();
    thread::spawn(move || {
        // A pipe that cannot be read is as good as closed.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = sender.send(());
    });
    loop {
        if let Some(status) = child.try_wait()? {
            bail!("`{}` ended with {status}", program.display());
        }
        match released.recv_timeout(PAUSE) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// A program on a tether, ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Tethered {
    tether: Child,
}

impl Tethered {
    /// Starts `command` with its folder and its variables; what it prints goes to `output` and `errors`.
    pub(crate) fn start(command: &Command, output: Stdio, errors: Stdio) -> anyhow::Result<Self> {
        let mut tether = Command::new(env::current_exe()?);
        tether.arg("tether").arg("--").arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            tether.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => tether.env(name, value),
                None => tether.env_remove(name),
            };
        }
        // Ctrl-C goes to all of the terminal's group of processes: it must not end the tether before its program.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut tether, 0);
        let tether = tether.stdin(Stdio::piped()).stdout(output).stderr(errors).spawn()?;
        Ok(Self { tether })
    }

    /// Whether the program runs.
    pub(crate) fn runs(&mut self) -> anyhow::Result<bool> {
        Ok(self.tether.try_wait()?.is_none())
    }
}

impl Drop for Tethered {
    fn drop(&mut self) {
        drop(self.tether.stdin.take());
        let deadline = Instant::now() + PATIENCE;
        while matches!(self.tether.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                eprintln!("the process {} does not end; end it by hand", self.tether.id());
                return;
            }
            thread::sleep(PAUSE);
        }
    }
}
