//! Clients' connections.

use streamer::server::ServerConfig;

use crate::{
    stage::Stage,
    support::{
        client::{get, refused},
        token::{claims, signed},
    },
};

#[tokio::test]
async fn are_counted_while_they_are_open_and_by_how_they_ended() {
    let stage = Stage::new().await;

    let mut first = stage.server.connect("u-1").await;
    let _second = stage.server.connect("u-2").await;
    stage.shows("streamer_connections", &[], 2.0).await;
    first.socket.close(None).await.unwrap();

    stage.shows("streamer_connections", &[], 1.0).await;
    stage.shows("streamer_connections_accepted_total", &[], 2.0).await;
    stage.shows("streamer_connections_ended_total", &[("reason", "closed")], 1.0).await;
}

#[tokio::test]
async fn that_are_refused_are_counted_by_why() {
    let stage = Stage::with(|config| ServerConfig { max_connections: 1, ..config }).await;
    let address = &stage.server.address;
    let token = signed(&claims("u-1", "t-1"));
    let _only = stage.server.connect("u-1").await;

    refused(address, "no token").await;
    refused(address, "still none").await;
    refused(address, &token).await;
    get(address, &format!("/ws?token={token}")).await;
    let scrape = stage.scrape().await;

    let refused = |reason| scrape.value("streamer_connections_refused_total", &[("reason", reason)]);
    assert_eq!((refused("token"), refused("full"), refused("handshake")), (Some(2.0), Some(1.0), Some(1.0)));
    assert_eq!(scrape.value("streamer_connections_accepted_total", &[]), Some(1.0));
}
