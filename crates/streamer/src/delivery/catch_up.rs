//! The look at the store that finds what nobody said.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use streamer_store::{Error, RequestKey};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{complaints::Complaints, event::Event, hub::Delivery};

/// How often the store is asked about every request that is waited for.
pub(crate) const CATCH_UP_INTERVAL: Duration = Duration::from_secs(1);

/// How many requests are read at a time: one BatchGetItem.
const CHUNK: usize = 100;

/// How many such reads are under way at once.
const CONCURRENCY: usize = 4;

/// Of how many that ended the whole items are read at a time, which are kept in memory together.
const ENDED_CHUNK: usize = 16;

impl Delivery {
    /// Looks every second, until the server stops: one BatchGetItem for every 100 requests that are waited for.
    pub(crate) async fn keep_catching_up(self, shutdown: CancellationToken) {
        let mut ticks = interval(CATCH_UP_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut complaints = Complaints::new("clients are told later");
        for round in 0_usize.. {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let begun = Instant::now();
            let caught_up = self.catch_up(round).await;
            self.metrics().deliveries().caught_up(matches!(caught_up, Ok(0)), begun.elapsed());
            complaints.note(&caught_up);
        }
    }

    /// Looks at every request that is waited for. Gives for how many the store did not answer: it is asked for them again
    /// in the next round. Each round begins with others, so that all have their turn.
    pub(super) async fn catch_up(&self, round: usize) -> Result<usize, Error> {
        let mut keys = self.keys_to_look_at();
        let chunks = keys.len().div_ceil(CHUNK).max(1);
        keys.rotate_left(round % chunks * CHUNK);
        let chunks: Vec<_> = keys.chunks(CHUNK).map(<[_]>::to_vec).collect();
        let look = async |keys: Vec<RequestKey>| self.look_past_unreadable(&keys).await;
        let mut looks = stream::iter(chunks).map(look).buffer_unordered(CONCURRENCY);
        let (mut unread, mut failed) = (0, None);
        while let Some(looked) = looks.next().await {
            match looked {
                Ok(left) => unread += left,
                // All others would wait as long for the same answer.
                Err(error) if error.is_retryable() => return Err(error),
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(unread), Err)
    }

    /// Looks at several requests. Where one item cannot be read, which spoils the answer for all that were asked for with
    /// it, at one after the other.
    async fn look_past_unreadable(&self, keys: &[RequestKey]) -> Result<usize, Error> {
        match self.look_at(keys).await {
            Err(error) if !error.is_retryable() => {}
            looked => return looked,
        }
        let (mut unread, mut failed) = (0, None);
        for key in keys {
            match self.look_at(std::slice::from_ref(key)).await {
                Ok(left) => unread += left,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(unread), Err)
    }

    /// Looks at several requests. One BatchGetItem, and one more for every 16 that ended. Gives how many are left.
    async fn look_at(&self, keys: &[RequestKey]) -> Result<usize, Error> {
        let as_of = Instant::now();
        let read = self.queue().progress_of_many(keys).await?;
        let (mut unread, mut ended) = (read.unread.len(), Vec::new());
        for request in &read.found {
            let key = request.request_key();
            if !request.status.is_open() {
                ended.push(key);
            } else if let Some(event) = Event::of_open(request) {
                self.tell_as_of(&key, &event, as_of);
            }
        }
        for key in &read.missing {
            self.tell_as_of(key, &Event::Gone, as_of);
        }
        for keys in ended.chunks(ENDED_CHUNK) {
            let as_of = Instant::now();
            // One that is gone by now is found to be so the next time.
            let read = self.queue().get_many(keys).await?;
            unread += read.unread.len();
            for request in &read.found {
                if let Some(event) = Event::of(request) {
                    self.tell_as_of(&request.request_key(), &event, as_of);
                }
            }
        }
        Ok(unread)
    }
}
