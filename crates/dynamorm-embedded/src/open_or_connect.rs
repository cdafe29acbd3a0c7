use std::{
    net::TcpStream,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use dynamorm_core::transport::Transport;

use crate::{
    embedded::Embedded,
    error::{Error, ErrorKind},
    loopback::Loopback,
};

/// How long it is tried to open the file or to reach its holder: a short command may hold it for a moment, and a server
/// that starts serves no endpoint yet.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);

/// Opens the database at `path`, or, if another process has it open, goes through that process's endpoint.
///
/// Blocks, mostly for some milliseconds, for up to five seconds while the holder cannot be reached.
///
/// # Errors
/// Those of [`Embedded::open`]; [`ErrorKind::Locked`] if the process that has the database open serves no endpoint,
/// or cannot be reached.
pub fn open_or_connect(path: impl AsRef<Path>) -> Result<Arc<dyn Transport>, Error> {
    let path = path.as_ref();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let locked = match Embedded::open(path) {
            Ok(engine) => return Ok(Arc::new(engine)),
            Err(error) if matches!(error.kind(), ErrorKind::Locked { .. }) => error,
            Err(error) => return Err(error),
        };
        let unreachable = match Loopback::connect(path) {
            Ok(loopback) => match TcpStream::connect_timeout(&loopback.address(), CONNECT_PATIENCE) {
                Ok(_) => return Ok(Arc::new(loopback)),
                Err(source) => locked.with_source(source),
            },
            // Not `Locked`: the holder ended, and emptied its lock file, just now.
            Err(error) => error,
        };
        if Instant::now() >= deadline {
            return Err(unreachable);
        }
        thread::sleep(PAUSE);
    }
}
