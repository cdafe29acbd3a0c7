use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{dispatch::Dispatcher, engine_thread::Occupancy};

/// The thread that deletes expired items from time to time. Dropping it ends a sweep that runs, then the thread.
#[derive(Debug)]
pub(crate) struct Sweeper {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sweeper {
    pub(crate) fn start(
        engine: Arc<Dispatcher>,
        occupancy: Occupancy,
        interval: Duration,
    ) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("dynamorm-sweep".into()).spawn(move || {
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                let _occupied = occupancy.enter();
                match catch_unwind(AssertUnwindSafe(|| engine.database().sweep_ttl())) {
                    Ok(Ok(0)) => {}
                    Ok(Ok(items)) => tracing::debug!(items, "deleted expired items"),
                    Ok(Err(error)) => tracing::warn!(%error, "cannot delete expired items"),
                    Err(_) => tracing::error!("the embedded engine panicked while it deleted expired items"),
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // Every sweep is guarded, so the thread does not panic.
            let _ = thread.join();
        }
    }
}
