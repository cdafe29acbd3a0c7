//! The look at the store that finds the subscriptions that others wrote for this server's connections.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use streamer_store::{Error, Subscription};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{MAX_AWAITED, complaints::Complaints, hub::Delivery, outbox::Outbox};

/// How often all connections are looked at, where they are few.
const ROUND: Duration = Duration::from_secs(1);

/// The pause after one connection: what all of them cost is bounded, and with many of them a round takes longer.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a connection is left alone for each subscription that was read of it, so that one with thousands of them costs
/// little more than others, and delays them by its reads alone.
const REST: Duration = Duration::from_millis(1);

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
        let mut complaints = Complaints::new("subscriptions that others wrote are found later");
        loop {
            let (round, begun) = (sleep(ROUND), Instant::now());
            let Some(found) = shutdown.run_until_cancelled(self.find_subscriptions()).await else { return };
            self.metrics().deliveries().found_subscriptions(found.is_ok(), begun.elapsed());
            complaints.note(&found);
            if shutdown.run_until_cancelled(round).await.is_none() {
                return;
            }
        }
    }

    pub(super) async fn find_subscriptions(&self) -> Result<(), Error> {
        let mut failed = None;
        for outbox in self.outboxes() {
            if !outbox.is_due_for_a_look() {
                continue;
            }
            match self.find_subscriptions_of(&outbox).await {
                Ok(read) => outbox.rest(REST * u32::try_from(read).unwrap_or(u32::MAX)),
                // An outage says more than one connection's subscription that cannot be read.
                Err(error) if error.is_retryable() || failed.is_none() => failed = Some(error),
                Err(_) => {}
            }
            sleep(PAUSE).await;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Takes over what is stored of one connection. Gives how many subscriptions were read.
    ///
    /// The read is consistent: one that does not see a subscription would end what the connection waits for, and one that
    /// still sees what was removed would have it hear an end again.
    pub(super) async fn find_subscriptions_of(&self, outbox: &Arc<Outbox>) -> Result<usize, Error> {
        let store = self.subscriptions().for_tenant(outbox.tenant_id());
        let as_of = Instant::now();
        let stored = store.by_connection(outbox.connection_id()).page_size(PAGE_SIZE).consistent();
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
