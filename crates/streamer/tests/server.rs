//! The server as a library: renewal, and several servers on one database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use dynamorm::Db;
use serde_json::json;
use streamer::server::Ownership;
use streamer_store::{Connection, StoreFactory};
use support::{
    client::Client,
    running::{Running, listed, until},
    token::{claims, signed},
};
use tokio::sync::oneshot;

fn stores() -> StoreFactory {
    StoreFactory::from_db(Db::memory().unwrap())
}

mod connection {
    use super::*;

    #[tokio::test]
    async fn is_renewed_by_answered_pings_alone() {
        let stores = stores();
        let server = Running::start(&stores, Ownership::Exclusive).await;
        let mut client = server.connect("u-1").await;
        let before = listed(&stores).await.remove(0);

        // Reads, which answers pings, and sends nothing of its own.
        let reading = tokio::spawn(async move { client.closed().await });
        until(async || listed(&stores).await[0].last_ping > before.last_ping).await;

        let after = listed(&stores).await.remove(0);
        assert!(after.ttl > before.ttl);
        assert_eq!(after.connected_at, before.connected_at);
        server.stop().await;
        reading.await.unwrap();
    }

    #[tokio::test]
    async fn that_was_deleted_is_closed_and_not_brought_back() {
        let stores = stores();
        let server = Running::start(&stores, Ownership::Exclusive).await;
        let mut client = server.connect("u-1").await;
        let id = client.connection_id().await;

        stores.connections().delete(&id).await.unwrap();

        assert_eq!(client.closed().await.map(|frame| frame.code.into()), Some(4404));
        assert!(listed(&stores).await.is_empty());
    }

    #[tokio::test]
    async fn says_which_server_holds_it() {
        let stores = stores();
        let server = Running::start(&stores, Ownership::Shared { heartbeat: Duration::from_secs(1) }).await;
        let _client = server.connect("u-1").await;

        let servers = stores.servers().list().await.unwrap();

        assert_eq!(listed(&stores).await[0].server_id.as_deref(), Some(servers[0].server_id.as_str()));
    }
}

mod shared_database {
    use super::*;

    const SHARED: Ownership = Ownership::Shared { heartbeat: Duration::from_secs(1) };

    #[tokio::test]
    async fn keeps_the_connections_of_other_servers() {
        let stores = stores();
        let first = Running::start(&stores, SHARED).await;
        let _client = first.connect("u-1").await;

        let _second = Running::start(&stores, SHARED).await;

        assert_eq!(listed(&stores).await.len(), 1);
    }

    #[tokio::test]
    async fn loses_what_a_dead_server_left_and_nothing_else() {
        let stores = stores();
        let (started, address) = oneshot::channel();
        let doomed = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let its_stores = stores.clone();
        doomed.spawn(async move {
            let server = Running::start(&its_stores, SHARED).await;
            started.send(server.address.clone()).unwrap();
            server.task.await.unwrap();
        });
        let address = address.await.unwrap();
        let _of_the_dead = Client::connect(&address, &signed(&claims("dead", "t-1"))).await;
        let living = Running::start(&stores, SHARED).await;
        let mut of_the_living = living.connect("alive").await;

        // Its tasks end where they are, and nothing of it runs on.
        doomed.shutdown_background();
        let reading = tokio::spawn(async move { of_the_living.closed().await });
        until(async || listed(&stores).await.len() == 1).await;

        assert_eq!(listed(&stores).await[0].user_id, "alive");
        until(async || stores.servers().list().await.unwrap().len() == 1).await;
        living.stop().await;
        reading.await.unwrap();
        assert!(stores.servers().list().await.unwrap().is_empty(), "it stopped in good order");
    }

    #[tokio::test]
    async fn has_a_server_that_was_taken_for_dead_under_another_id() {
        let stores = stores();
        let server = Running::start(&stores, SHARED).await;
        let old = stores.servers().list().await.unwrap().remove(0).server_id;

        stores.servers().withdraw(&old).await.unwrap();
        until(async || !stores.servers().list().await.unwrap().is_empty()).await;

        let new = stores.servers().list().await.unwrap().remove(0).server_id;
        assert_ne!(new, old);
        until(async || {
            let _client = server.connect("u-1").await;
            listed(&stores).await.iter().any(|connection| connection.server_id.as_ref() == Some(&new))
        })
        .await;
    }
}

mod start {
    use super::*;

    #[tokio::test]
    async fn on_a_database_of_its_own_removes_what_is_there() {
        let stores = stores();
        stores.ensure_tables().await.unwrap();
        let left = Connection::new("c-1", "u-1", "t-1", "ws://gone", stores.connections().now());
        stores.connections().create(&left).await.unwrap();

        let server = Running::start(&stores, Ownership::Exclusive).await;

        assert!(listed(&stores).await.is_empty());
        let mut client = server.connect("u-1").await;
        assert_eq!(client.ask(json!({ "action": "ping" })).await["type"], "response");
    }
}
