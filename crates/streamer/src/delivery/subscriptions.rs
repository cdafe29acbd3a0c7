//! The look at the store that finds the subscriptions that others wrote for this server's connections.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use streamer_store::{Error, Subscription};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{MAX_AWAITED, hub::Delivery, outbox::Outbox};

/// How often all connections are looked at, where they are few.
const ROUND: Duration = Duration::from_secs(1);

/// The pause after one connection: what all of them cost is bounded, and with many of them a round takes longer.
const PAUSE: Duration = Duration::from_millis(10);

/// For so many subscriptions of one connection the pause is as long once more: reading them costs more.
const SUBSCRIPTIONS_A_PAUSE: usize = 10;

/// The most subscriptions that are read of one connection: those that it may wait for, and as many that are over.
const MAX_READ: usize = 2 * MAX_AWAITED;

/// How many subscriptions a page has: more take more than one read of 1 MB.
const PAGE_SIZE: u32 = 1_000;

/// How many subscriptions that are over are removed at once.
const CONCURRENCY: usize = 8;

impl Delivery {
    /// Looks until the server stops: a Query for each connection, every second where they are fewer than a hundred, and
    /// at most a hundred in a second; a DeleteItem for each subscription whose request has ended.
    pub(crate) async fn keep_finding_subscriptions(self, shutdown: CancellationToken) {
        let mut is_failing = false;
        loop {
            let round = sleep(ROUND);
            let Some(found) = shutdown.run_until_cancelled(self.find_subscriptions()).await else { return };
            match found {
                Ok(()) => is_failing = false,
                // Once: it would fill the log for as long as it lasts.
                Err(error) if !is_failing => {
                    tracing::warn!(%error, "subscriptions that others wrote are found later: they cannot be read");
                    is_failing = true;
                }
                Err(_) => {}
            }
            if shutdown.run_until_cancelled(round).await.is_none() {
                return;
            }
        }
    }

    async fn find_subscriptions(&self) -> Result<(), Error> {
        let mut failed = None;
        for outbox in self.outboxes() {
            let read = match self.find_subscriptions_of(&outbox).await {
                Ok(read) => read,
                Err(error) => {
                    failed = Some(error);
                    0
                }
            };
            sleep(PAUSE * u32::try_from(1 + read / SUBSCRIPTIONS_A_PAUSE).unwrap_or(u32::MAX)).await;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Takes over what is stored of one connection. Gives how many subscriptions were read.
    pub(super) async fn find_subscriptions_of(&self, outbox: &Arc<Outbox>) -> Result<usize, Error> {
        let store = self.subscriptions().for_tenant(outbox.tenant_id());
        let mut stored = store.by_connection(outbox.connection_id()).page_size(PAGE_SIZE);
        // One that only a stale read does not see would end what the connection waits for.
        if outbox.depends_on_subscriptions() {
            stored = stored.consistent();
        }
        let as_of = Instant::now();
        let subscriptions = stored.take(MAX_READ).await?;
        let read = subscriptions.len();
        let compared = outbox.compare(subscriptions, read < MAX_READ, as_of);
        for key in &compared.begun {
            self.note(outbox, key);
        }
        for key in &compared.dropped {
            self.forget(outbox, key);
        }
        // What its request said is told: of one that is left, the next look says so again.
        let remove = async |subscription: Subscription| store.remove(&subscription).await;
        let mut removals = stream::iter(compared.over).map(remove).buffer_unordered(CONCURRENCY);
        let mut failed = None;
        while let Some(removed) = removals.next().await {
            failed = removed.err().or(failed);
        }
        failed.map_or(Ok(read), Err)
    }
}
