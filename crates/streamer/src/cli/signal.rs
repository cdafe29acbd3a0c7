//! The signals that stop a server.

use std::process;

use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind, Result};

/// What a shell reports of a process that an interrupt ended.
const INTERRUPTED: i32 = 130;

/// Listens from now on for SIGTERM and SIGINT (Ctrl-C); the token is cancelled at the first.
///
/// A second one ends the process at once: whoever asks twice does not want to wait.
///
/// # Errors
/// [`ErrorKind::Failed`] when the operating system refuses the handlers.
pub(super) fn stop_signal() -> Result<CancellationToken> {
    let mut signals = Signals::listen()
        .map_err(|error| Error::new(ErrorKind::Failed, "signals cannot be received").caused_by(error))?;
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping; once more to stop at once");
        stopping.cancel();
        signals.next().await;
        process::exit(INTERRUPTED);
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Without a handler the default one ends the process.
        let _ = tokio::signal::ctrl_c().await;
    }
}
