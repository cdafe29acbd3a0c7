use std::{fs, process::Command, thread};

use jiff::Timestamp;

use super::child;

/// Where and when the figures were taken.
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    pub(crate) date: String,
}

impl Machine {
    pub(crate) fn read() -> Self {
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
