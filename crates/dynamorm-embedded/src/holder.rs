use std::{fmt, net::SocketAddr, time::SystemTime};

/// The process that has a database open, as the lock file names it.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// When it opened the database.
    pub started_at: SystemTime,
    /// Where it serves the database to other processes, if it does.
    pub endpoint: Option<SocketAddr>,
    pub(crate) secret: Option<String>,
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holder")
            .field("pid", &self.pid)
            .field("started_at", &self.started_at)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
