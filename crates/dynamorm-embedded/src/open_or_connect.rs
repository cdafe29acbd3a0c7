use std::{net::TcpStream, path::Path, sync::Arc, thread, time::Duration};

use dynamorm_core::transport::Transport;

use crate::{
    embedded::Embedded,
    error::{Error, ErrorKind},
    loopback::Loopback,
};

/// How often it is tried to open the file or to reach its holder: one may end, or start, between the two.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);

/// Opens the database at `path`, or, if another process has it open, goes through that process's endpoint.
///
/// Blocks, mostly for some milliseconds, for some seconds if the holder does not answer.
///
/// # Errors
/// Those of [`Embedded::open`]; [`ErrorKind::Locked`] if the process that has the database open serves no endpoint,
/// or cannot be reached.
pub fn open_or_connect(path: impl AsRef<Path>) -> Result<Arc<dyn Transport>, Error> {
    let path = path.as_ref();
    let mut attempt = 0;
    loop {
        attempt += 1;
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
        if attempt >= ATTEMPTS {
            return Err(unreachable);
        }
        thread::sleep(PAUSE);
    }
}
