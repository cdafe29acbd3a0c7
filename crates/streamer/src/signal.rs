//! The signals that stop a server.

use std::process;

use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind, Result};

/// What a shell reports of a process that an interrupt ended.
const INTERRUPTED: i32 = 130;

/// Listens from now on for SIGTERM, SIGINT (Ctrl-C) and SIGHUP (the terminal closes); the token is cancelled at the
/// first. Where SIGHUP is ignored, as `nohup` has it, it stays ignored.
///
/// A second one ends the process at once: whoever asks twice does not want to wait.
///
/// # Errors
/// [`ErrorKind::Failed`] when the operating system refuses the handlers.
pub(crate) fn stop_signal() -> Result<CancellationToken> {
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
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let hangup = if ignores(SignalKind::hangup()) { None } else { Some(signal(SignalKind::hangup())?) };
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hangup })
    }

    async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }
}

/// Whether the process was started with this signal ignored. Only Linux tells without unsafe code.
#[cfg(unix)]
fn ignores(kind: tokio::signal::unix::SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (kind.as_raw_value() - 1) & 1 == 1
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
