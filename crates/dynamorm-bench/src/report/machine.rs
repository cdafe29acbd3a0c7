//! Where and when figures are taken.

use std::{fmt, fs, process::Command, thread};

use jiff::Timestamp;

use super::child;

/// The machine, the compiler and the day.
#[derive(Clone, Debug)]
pub struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    rustc: String,
    date: String,
}

impl Machine {
    /// This one, now.
    pub fn read() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let rustc = child::run(Command::new("rustc").arg("--version")).map(|(version, _)| version);
        let date = Timestamp::now().to_string();
        Self {
            processor: model
                .map_or("a processor that does not tell its name", |(_, name)| name.trim())
                .to_owned(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            kernel: format!("{} {}", std::env::consts::OS, kernel.trim()),
            rustc: rustc.unwrap_or_default().trim().to_owned(),
            date: date.split('T').next().unwrap_or_default().to_owned(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, kernel, rustc, date } = self;
        write!(f, "{date}: {processor}, {cores} cores, {kernel}, {rustc}.")
    }
}
