//! What is promised of servers that share a database.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use dynamorm::testing::TestClock;
use streamer_store::{Connection, ErrorKind, MISSED_HEARTBEATS, StoreFactory};
use support::{connection, stores};

const INTERVAL: Duration = Duration::from_secs(10);

async fn server_with_connection(stores: &StoreFactory, clock: &TestClock, server_id: &str) -> Connection {
    stores.servers().announce(server_id, INTERVAL).await.unwrap();
    let mut held = connection(&format!("of-{server_id}"), clock);
    held.server_id = Some(server_id.to_owned());
    stores.connections().create(&held).await.unwrap();
    held
}

mod remove_dead {
    use super::*;

    #[tokio::test]
    async fn takes_the_connections_of_a_silent_server_alone() {
        let (stores, clock) = stores().await;
        let dead = server_with_connection(&stores, &clock, "dead").await;
        let alive = server_with_connection(&stores, &clock, "alive").await;
        clock.advance(INTERVAL * MISSED_HEARTBEATS);
        stores.servers().beat("alive").await.unwrap();
        clock.advance(Duration::from_secs(1));

        let done = stores.servers().remove_dead(&stores.connections()).await.unwrap();

        assert_eq!(done, ["dead"]);
        let gone = stores.connections().get(&dead.connection_id).await.unwrap_err();
        assert_eq!(*gone.kind(), ErrorKind::NotFound);
        assert!(stores.connections().get(&alive.connection_id).await.is_ok());
    }

    #[tokio::test]
    async fn waits_for_three_intervals() {
        let (stores, clock) = stores().await;
        let held = server_with_connection(&stores, &clock, "slow").await;
        clock.advance(INTERVAL * MISSED_HEARTBEATS);

        let done = stores.servers().remove_dead(&stores.connections()).await.unwrap();

        assert!(done.is_empty());
        assert!(stores.connections().get(&held.connection_id).await.is_ok());
    }

    #[tokio::test]
    async fn goes_on_with_what_another_server_has_begun() {
        let (stores, clock) = stores().await;
        let held = server_with_connection(&stores, &clock, "dead").await;
        let db = stores.db();
        let fields = streamer_store::ServerPresence::fields();
        let key = streamer_store::ServerPresence::key("dead");
        db.update(key).set(fields.taken_for_dead_at, db.now()).await.unwrap();

        let done = stores.servers().remove_dead(&stores.connections()).await.unwrap();

        assert_eq!(done, ["dead"]);
        assert!(stores.connections().get(&held.connection_id).await.is_err());
    }
}

mod beat {
    use super::*;

    #[tokio::test]
    async fn of_a_server_that_was_taken_for_dead_is_refused() {
        let (stores, clock) = stores().await;
        server_with_connection(&stores, &clock, "paused").await;
        clock.advance(INTERVAL * MISSED_HEARTBEATS + Duration::from_secs(1));
        stores.servers().remove_dead(&stores.connections()).await.unwrap();

        let error = stores.servers().beat("paused").await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::NotFound);
        assert!(stores.servers().list().await.unwrap().is_empty());
    }
}
