use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{
    database::Database,
    worker::{ENDED, READY, ROLE},
};

/// How long a worker may take until it can work.
const PATIENCE: Duration = Duration::from_secs(15);

/// What all workers said they ended: the request's id, and the worker's name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<(String, String)>>>);

impl Log {
    pub(crate) fn ended(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().clone()
    }
}

/// What a worker's process is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signal {
    Stop,
    Continue,
}

/// A worker in a process of its own, killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    reader: Option<thread::JoinHandle<()>>,
    is_ready: Arc<Mutex<bool>>,
}

impl Process {
    pub(crate) fn start(name: &str, database: &Database, log: &Log) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .arg(ROLE)
            .arg(name)
            .args(database.to_arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (name, log, is_ready) = (name.to_owned(), log.clone(), Arc::<Mutex<bool>>::default());
        let (mut lines, ready) = (BufReader::new(child.stdout.take().unwrap()), Arc::clone(&is_ready));
        let reader = thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                // A line that the kill cut off was not said.
                let said = line.strip_suffix('\n').unwrap_or_default();
                if said == READY {
                    *ready.lock().unwrap() = true;
                }
                if let Some(id) = said.strip_prefix(ENDED) {
                    log.0.lock().unwrap().push((id.to_owned(), name.clone()));
                }
                line.clear();
            }
        });
        Self { child, reader: Some(reader), is_ready }
    }

    pub(crate) fn wait_until_ready(&self) {
        let began = Instant::now();
        while !*self.is_ready.lock().unwrap() {
            assert!(began.elapsed() < PATIENCE, "a worker does not begin");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Has it stand still, or go on.
    pub(crate) fn signal(&self, signal: Signal) {
        let name = match signal {
            Signal::Stop => "-STOP",
            Signal::Continue => "-CONT",
        };
        let status = Command::new("kill").args([name, &self.pid().to_string()]).status();
        assert!(status.unwrap().success(), "no signal {name}");
    }

    /// Kills it as `kill -9` does, and waits until all it said is noted.
    pub(crate) fn kill(&mut self) {
        // It fails for a process that has ended, which was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
