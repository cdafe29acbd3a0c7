//! What goes with connections that are removed many at a time: of a dead server, stale ones, all.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use streamer_store::{ConnectionStore, EventType, Removal, RequestKey, StoreFactory, Subscription};
use support::{connection, stores};

const MINUTE: Duration = Duration::from_secs(60);

/// Two connections, of which one is of a server and stale, and each hears of a request.
async fn subscribed() -> StoreFactory {
    let (stores, clock) = stores().await;
    let mut dead = connection("c-1", &clock);
    dead.server_id = Some("s-1".to_owned());
    stores.connections().create(&dead).await.unwrap();
    clock.advance(MINUTE);
    stores.connections().create(&connection("c-2", &clock)).await.unwrap();
    for id in ["c-1", "c-2"] {
        let key = RequestKey::new(dead.tenant_id.as_str(), "r-1");
        let subscription = Subscription::new(id, &key, "ann", [EventType::All], stores.connections().now());
        stores.subscriptions().subscribe(&subscription).await.unwrap();
    }
    stores
}

async fn takes_along(remove: impl AsyncFn(&ConnectionStore) -> Removal) {
    let stores = subscribed().await;

    let removal = remove(&stores.connections()).await;

    let left = async |id| stores.subscriptions().count_by_connection(id).await.unwrap();
    assert_eq!((removal.removed, removal.failed.len()), (1, 0));
    assert_eq!((left("c-1").await, left("c-2").await), (0, 1));
}

#[tokio::test]
async fn of_a_dead_servers_connections_takes_their_subscriptions_along() {
    takes_along(async |store: &ConnectionStore| store.delete_by_server("s-1").await.unwrap()).await;
}

#[tokio::test]
async fn of_stale_connections_takes_their_subscriptions_along() {
    takes_along(async |store: &ConnectionStore| store.delete_stale(store.now()).await.unwrap()).await;
}

#[tokio::test]
async fn of_all_connections_takes_their_subscriptions_along() {
    let stores = subscribed().await;

    assert_eq!(stores.connections().delete_all().await.unwrap().removed, 2);

    assert_eq!(stores.subscriptions().count_by_connection("c-1").await.unwrap(), 0);
}
