//! What the store tests share: a database in memory and a clock that the test sets.

use dynamorm::{Clock as _, Db, testing::TestClock};
use streamer_store::{Connection, StoreFactory};

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
