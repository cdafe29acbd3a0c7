//! A store that fails for a while: what was answered is stored, and nothing is left behind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use dynamorm::{
    Db,
    testing::{Fault, Faults},
    transport::Operation,
};
use serde_json::json;
use streamer::server::Ownership;
use streamer_store::{Connection, StoreFactory};
use support::{
    PATIENCE,
    client::{Client, refusal},
    running::{Running, listed, until},
    token::{claims, signed},
};

async fn running() -> (Faults, StoreFactory, Running) {
    let (db, faults) = Faults::under(Db::memory().unwrap());
    let stores = StoreFactory::from_db(db);
    let server = Running::start(&stores, Ownership::Exclusive).await;
    (faults, stores, server)
}

fn path() -> String {
    format!("/ws?token={}", signed(&claims("u-1", "t-1")))
}

mod upgrade {
    use super::*;

    #[tokio::test]
    async fn waits_for_the_store() {
        let (faults, stores, server) = running().await;
        let held = faults.on(Operation::PutItem).inject(Fault::Held);
        let address = server.address.clone();

        let connecting = tokio::spawn(async move { Client::try_connect(&address, &path(), &[]).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let was_early = connecting.is_finished();
        held.release();
        let _client = tokio::time::timeout(PATIENCE, connecting).await.unwrap().unwrap().unwrap();

        assert!(!was_early, "the client was answered before its connection was stored");
        assert_eq!(listed(&stores).await.len(), 1);
    }

    #[tokio::test]
    async fn that_the_client_gives_up_leaves_nothing_behind() {
        let (faults, stores, server) = running().await;
        let held = faults.on(Operation::PutItem).inject(Fault::Held);
        let address = server.address.clone();
        let connecting = tokio::spawn(async move { Client::try_connect(&address, &path(), &[]).await });
        tokio::time::sleep(Duration::from_millis(300)).await;

        connecting.abort();
        tokio::time::sleep(Duration::from_millis(300)).await;
        held.release();

        // The next connection is stored after the first, so that the first was stored too.
        let _client = server.connect("u-1").await;
        until(async || listed(&stores).await.len() == 1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(listed(&stores).await.len(), 1);
    }

    #[tokio::test]
    async fn whose_write_has_an_unknown_outcome_is_refused_and_leaves_nothing_behind() {
        let (faults, stores, server) = running().await;
        faults.on(Operation::PutItem).nth(1).inject(Fault::LostAfter);

        let (status, body, _) = refusal(Client::try_connect(&server.address, &path(), &[]).await);

        assert_eq!((status, &body["error"]["code"]), (503, &json!("INTERNAL_ERROR")));
        until(async || listed(&stores).await.is_empty()).await;
    }
}

mod health {
    use super::*;
    use support::client::get;

    #[tokio::test]
    async fn is_bad_while_the_store_has_lost_its_table() {
        let (_faults, stores, server) = running().await;
        let good = get(&server.address, "/healthz").await;
        stores.db().delete_table::<Connection>("streamer_connections").await.unwrap();

        until(async || get(&server.address, "/healthz").await.starts_with("HTTP/1.1 503")).await;
        let bad = get(&server.address, "/healthz").await;
        stores.ensure_tables().await.unwrap();
        until(async || get(&server.address, "/healthz").await.starts_with("HTTP/1.1 200")).await;

        assert!(good.ends_with(r#"{"status":"ok"}"#), "{good}");
        assert!(bad.ends_with(r#"{"status":"unavailable"}"#), "{bad}");
    }
}

mod an_engine_that_fails {
    use super::*;
    use support::client::get;

    #[tokio::test]
    async fn makes_the_server_unready_until_it_answers_and_never_dead() {
        let (faults, _stores, server) = running().await;
        let status = async |path| {
            let answer = get(&server.address, path).await;
            answer.split(' ').nth(1).unwrap().to_owned()
        };
        let ready = status("/healthz").await;

        let failing = faults.on_any().inject(Fault::LostBefore);
        until(async || status("/healthz").await == "503").await;
        let live = status("/livez").await;
        faults.clear();
        until(async || status("/healthz").await == "200").await;

        assert_eq!((&*ready, &*live), ("200", "200"));
        assert!(failing.count() > 0);
    }

    #[tokio::test]
    async fn makes_it_unready_also_by_saying_nothing() {
        let (faults, _stores, server) = running().await;
        let held = faults.on(Operation::GetItem).inject(Fault::Held);

        let answer = tokio::time::timeout(Duration::from_secs(8), get(&server.address, "/healthz")).await;
        let live = tokio::time::timeout(Duration::from_secs(1), get(&server.address, "/livez")).await;

        assert!(answer.unwrap().starts_with("HTTP/1.1 503"));
        assert!(live.unwrap().starts_with("HTTP/1.1 200"));
        held.release();
    }
}

mod end {
    use super::*;

    #[tokio::test]
    async fn is_tried_again_at_heartbeats_when_the_store_fails_for_long() {
        let (faults, stores, server) = running().await;
        let mut client = server.connect("u-1").await;
        faults.on(Operation::DeleteItem).times(7).inject(Fault::LostBefore);

        client.socket.close(None).await.unwrap();

        until(async || listed(&stores).await.is_empty()).await;
    }

    #[tokio::test]
    async fn is_tried_again_while_the_store_fails() {
        let (faults, stores, server) = running().await;
        let mut client = server.connect("u-1").await;
        faults.on(Operation::DeleteItem).times(3).inject(Fault::LostBefore);

        client.socket.close(None).await.unwrap();

        until(async || listed(&stores).await.is_empty()).await;
    }

    #[tokio::test]
    async fn is_tried_again_when_the_server_stops() {
        let (faults, stores, server) = running().await;
        let mut client = server.connect("u-1").await;
        faults.on(Operation::DeleteItem).times(3).inject(Fault::LostBefore);

        let stopping = tokio::spawn(server.stop());
        assert_eq!(client.closed().await.map(|frame| frame.code.into()), Some(1001));
        stopping.await.unwrap();

        assert!(listed(&stores).await.is_empty());
    }
}
