//! An address for operators alone.

use serde_json::json;
use streamer::server::{Ownership, Server, bind};
use streamer_store::{RequestKey, RequestStatus, StoreFactory};

use crate::support::{
    client::get,
    handler::Gated,
    running::{Running, until},
    scrape::Scrape,
};

#[tokio::test]
async fn is_the_only_one_that_answers_and_goes_on_while_the_server_stops() {
    let (stores, gated) = (StoreFactory::connect("memory:").unwrap().with_shards(1), Gated::default());
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let handler = gated.clone();
    let set_up = |server: Server| server.metrics_listener(listener).handler(handler);
    let server = Running::start_with(&stores, Ownership::Exclusive, set_up).await;
    let mut client = server.connect("u-1").await;
    client.ask(json!({ "id": "1", "action": "gated" })).await;
    until(async || gated.begun() == 1).await;
    let elsewhere = get(&server.address, "/metrics").await;
    let ready = get(&address, "/healthz").await;

    server.begin_to_stop();
    until(async || get(&address, "/healthz").await.starts_with("HTTP/1.1 503")).await;
    let stopping = get(&address, "/healthz").await;
    let live = get(&address, "/livez").await;
    let scrape = Scrape::of(&address).await;
    gated.gate.add_permits(1);
    server.stop().await;

    assert!(elsewhere.starts_with("HTTP/1.1 404"), "{elsewhere}");
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    assert!(stopping.ends_with(r#"{"status":"stopping"}"#), "{stopping}");
    assert!(live.starts_with("HTTP/1.1 200"), "{live}");
    assert_eq!(scrape.value("streamer_attempts_in_flight", &[]), Some(1.0));
    let key = RequestKey::new("t-1", "1");
    assert_eq!(stores.requests().get(&key).await.unwrap().status, RequestStatus::Completed);
    assert!(tokio::net::TcpStream::connect(&address).await.is_err(), "it still listens");
}
