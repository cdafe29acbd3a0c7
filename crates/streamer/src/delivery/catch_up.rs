//! The look at the store that finds what nobody said.

use std::time::{Duration, Instant};

use streamer_store::{Error, RequestKey};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{event::Event, hub::Delivery};

/// How often the store is asked about every request that is waited for.
pub(crate) const CATCH_UP_INTERVAL: Duration = Duration::from_secs(1);

/// How many requests are read at a time: one BatchGetItem. More would be kept in memory together.
const CHUNK: usize = 100;

impl Delivery {
    /// Looks every second, until the server stops: one BatchGetItem for every 100 requests that are waited for.
    pub(crate) async fn keep_catching_up(self, shutdown: CancellationToken) {
        let mut ticks = interval(CATCH_UP_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_failing = false;
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let begun = Instant::now();
            let caught_up = self.catch_up().await;
            self.metrics().deliveries().caught_up(caught_up.is_ok(), begun.elapsed());
            match caught_up {
                Ok(()) => is_failing = false,
                // Once: it would fill the log for as long as it lasts.
                Err(error) if !is_failing => {
                    tracing::warn!(%error, "clients are told later: the store cannot be read");
                    is_failing = true;
                }
                Err(_) => {}
            }
        }
    }

    pub(super) async fn catch_up(&self) -> Result<(), Error> {
        let mut failed = None;
        for keys in self.keys().chunks(CHUNK) {
            match self.look_at(keys).await {
                Ok(()) => {}
                // All others would wait as long for the same answer.
                Err(error) if error.is_retryable() => return Err(error),
                // One item that cannot be read spoils the answer for all that were asked for with it.
                Err(_) => failed = self.look_at_each(keys).await.err().or(failed),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Looks at several requests. One BatchGetItem.
    async fn look_at(&self, keys: &[RequestKey]) -> Result<(), Error> {
        let read = self.queue().get_many(keys).await?;
        for request in &read.found {
            if let Some(event) = Event::of(request) {
                self.tell(&request.request_key(), &event);
            }
        }
        for key in &read.missing {
            self.tell(key, &Event::Gone);
        }
        Ok(())
    }

    /// The same one by one, past those that cannot be read.
    async fn look_at_each(&self, keys: &[RequestKey]) -> Result<(), Error> {
        let mut failed = None;
        for key in keys {
            failed = self.look_at(std::slice::from_ref(key)).await.err().or(failed);
        }
        failed.map_or(Ok(()), Err)
    }
}
