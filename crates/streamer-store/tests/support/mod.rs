//! What the store tests share: a database in memory and a clock that the test sets.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use dynamorm::{Clock, Db, Timestamp};
use streamer_store::{Connection, StoreFactory};

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub(crate) struct TestClock {
    seconds: Arc<AtomicI64>,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        Self { seconds: Arc::new(AtomicI64::new(1_800_000_000)) }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.seconds.fetch_add(i64::try_from(by.as_secs()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.seconds.load(Ordering::SeqCst)).unwrap()
    }
}

/// Stores over an empty database in memory.
pub(crate) async fn stores() -> (StoreFactory, TestClock) {
    let clock = TestClock::new();
    let stores = StoreFactory::from_db(Db::memory().unwrap().with_clock(clock.clone()));
    stores.ensure_tables().await.unwrap();
    (stores, clock)
}

/// A connection of user `ann` in tenant `acme`.
pub(crate) fn connection(id: &str, clock: &TestClock) -> Connection {
    Connection::new(id, "ann", "acme", "ws://127.0.0.1:8080/ws", clock.now())
}
