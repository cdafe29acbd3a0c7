//! The real binary, as a server and as a command.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{PATIENCE, token::SECRET};

/// Returns the binary's command with none of the environment's settings, and credentials that nobody takes but
/// DynamoDB Local. `MEASURED_STREAMER` is the path of another binary, which was built for release.
pub fn streamer() -> Command {
    let measured = std::env::var_os("MEASURED_STREAMER");
    program(measured.unwrap_or_else(|| env!("CARGO_BIN_EXE_streamer").into()))
}

/// Returns the command of a program with the same command line.
fn program(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("STREAMER_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.env("AWS_ACCESS_KEY_ID", "streamer").env("AWS_SECRET_ACCESS_KEY", "secret");
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command
}

/// Returns the command as a shell runs it: as the arguments of this text.
pub fn after(shell: &str, command: &Command) -> Command {
    let mut wrapped = Command::new("sh");
    wrapped
        .args(["-c", &format!("{shell} \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, _) in command.get_envs() {
        wrapped.env_remove(name);
    }
    wrapped
}

/// Runs a command to its end, which it has to reach in time.
pub fn run(command: &mut Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    finish(child)
}

/// Runs `streamer` on this database and returns what it printed as JSON.
pub fn json(db: &str, arguments: &[&str]) -> Value {
    let output = run(streamer().args(arguments).args(["--json", "--db", db]));
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn finish(mut child: Child) -> Output {
    let stdout = drain(child.stdout.take().unwrap());
    let stderr = drain(child.stderr.take().unwrap());
    let status = wait(&mut child);
    Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

fn drain(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the process did not end in time");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// A running server, or a worker without clients, killed when it is dropped.
pub struct Server {
    child: Child,
    announcement: Value,
    stderr: Option<JoinHandle<Vec<u8>>>,
    stdout: Option<JoinHandle<Vec<u8>>>,
    _home: TempDir,
}

impl Server {
    /// Starts a server on a free port and a database in memory, with [`SECRET`].
    pub fn start() -> Self {
        Self::start_with(&["--db", "memory:"])
    }

    /// Starts a server with these flags and [`SECRET`], on a free port unless they name an address.
    pub fn start_with(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let secret = secret_file(home.path(), SECRET);
        let mut command = streamer();
        command.args(["serve", "--jwt-hs256-secret-file"]).arg(secret).args(arguments);
        Self::spawn(command, home)
    }

    /// Starts a server as [`start_with`](Self::start_with) does, of this very program.
    pub fn start_of_this_program(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let secret = secret_file(home.path(), SECRET);
        let mut command = program(std::env::current_exe().unwrap());
        command.args(["serve", "--jwt-hs256-secret-file"]).arg(secret).args(arguments);
        Self::spawn(command, home)
    }

    /// Starts a server as [`start_with`](Self::start_with) does, after this command of a shell.
    pub fn start_after(shell: &str, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let secret = secret_file(home.path(), SECRET);
        let mut command = streamer();
        command.args(["serve", "--jwt-hs256-secret-file"]).arg(secret).args(arguments);
        Self::spawn(after(&format!("{shell} && exec"), &command), home)
    }

    /// Starts a server on a free port and a database in memory with these flags alone: its keys are among them.
    pub fn start_keyed(arguments: &[&str]) -> Self {
        let mut command = streamer();
        command.args(["serve", "--db", "memory:"]).args(arguments);
        Self::spawn(command, tempfile::tempdir().unwrap())
    }

    /// Starts a server on a free port with a development secret.
    pub fn start_for_development(arguments: &[&str]) -> Self {
        let mut command = streamer();
        command.arg("serve").args(arguments);
        Self::spawn(command, tempfile::tempdir().unwrap())
    }

    /// Starts a worker without clients, on this database and with these flags.
    pub fn start_worker(db: &str, arguments: &[&str]) -> Self {
        let mut command = streamer();
        command.args(["work", "--db", db]).args(arguments);
        Self::announced(command, tempfile::tempdir().unwrap())
    }

    fn spawn(mut command: Command, home: TempDir) -> Self {
        if !command.get_args().any(|argument| argument == "--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        Self::announced(command, home)
    }

    fn announced(mut command: Command, home: TempDir) -> Self {
        command.arg("--json");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = drain(child.stderr.take().unwrap());
        let (first, stdout) = first_line(child.stdout.take().unwrap());
        let Ok(line) = first.recv_timeout(PATIENCE) else {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("no announcement: {}", String::from_utf8_lossy(&stderr.join().unwrap()));
        };
        let announcement = serde_json::from_str(&line).unwrap_or_default();
        let server = Self { child, announcement, stderr: Some(stderr), stdout: Some(stdout), _home: home };
        assert!(server.announcement.is_object(), "the server did not start: {line:?}");
        server
    }

    /// Returns what the server printed when it was ready.
    pub fn announcement(&self) -> &Value {
        &self.announcement
    }

    /// Returns `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        self.announcement["url"].as_str().unwrap().split_once("://").unwrap().1
    }

    /// Returns the process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns `127.0.0.1:PORT` of its metrics.
    pub fn metrics_address(&self) -> &str {
        let url = self.announcement["metricsUrl"].as_str().unwrap();
        url.strip_prefix("http://").unwrap().strip_suffix("/metrics").unwrap()
    }

    /// Asks the server to stop, as a service manager would.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends the server the signal of this name.
    pub fn signal(&self, name: &str) {
        let pid = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the server's end and returns all it printed.
    pub fn finish(mut self) -> Output {
        let status = wait(&mut self.child);
        let stdout = self.stdout.take().unwrap().join().unwrap();
        let stderr = self.stderr.take().unwrap().join().unwrap();
        Output { status, stdout, stderr }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends the first line through the channel, and returns all that comes.
fn first_line(pipe: impl Read + Send + 'static) -> (mpsc::Receiver<String>, JoinHandle<Vec<u8>>) {
    let (sender, receiver) = mpsc::channel();
    let all = thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = String::new();
        pipe.read_line(&mut line).unwrap();
        let mut all = line.clone().into_bytes();
        // The test may have given up.
        let _ = sender.send(line);
        pipe.read_to_end(&mut all).unwrap();
        all
    });
    (receiver, all)
}

/// Writes a secret file that only its owner may read.
pub fn secret_file(folder: &Path, content: &str) -> PathBuf {
    use std::os::unix::fs::OpenOptionsExt;

    let path = folder.join("secret");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&path).unwrap();
    file.write_all(content.as_bytes()).unwrap();
    path
}
