//! A server whose counts are looked at.

#![allow(unreachable_pub, reason = "the modules of this binary use it")]

use std::time::Duration;

use dynamorm::{Db, testing::Faults};
use serde_json::Value;
use streamer::server::{Ownership, Server, ServerConfig};
use streamer_store::StoreFactory;

use crate::support::{
    PATIENCE,
    client::Client,
    handler::{AtOnce, Gated, Restricted, Steps, Stubborn},
    running::{Running, config},
    scrape::Scrape,
};

/// A server with the handlers of the tests, over a store that can be made to fail.
pub struct Stage {
    pub stores: StoreFactory,
    pub faults: Faults,
    pub server: Running,
    pub gated: Gated,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|config| config).await
    }

    pub async fn with(change: impl FnOnce(ServerConfig) -> ServerConfig) -> Self {
        let (db, faults) = Faults::under(Db::memory().unwrap());
        let (stores, gated) = (StoreFactory::from_db(db).with_shards(1), Gated::default());
        let config = change(config(Ownership::Exclusive));
        let handler = gated.clone();
        let set_up = |server: Server| {
            let server = server.config(config).handler(Steps).handler(AtOnce).handler(handler);
            server.handler(Stubborn).handler(Restricted)
        };
        let server = Running::start_with(&stores, Ownership::Exclusive, set_up).await;
        Self { stores, faults, server, gated }
    }

    pub async fn scrape(&self) -> Scrape {
        Scrape::of(&self.server.address).await
    }

    /// Waits until a value is what it should be; a count comes a moment after what it counts.
    pub async fn shows(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        let mut last = None;
        let shown = async {
            loop {
                last = self.scrape().await.value(name, labels);
                if last == Some(value) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let is_shown = tokio::time::timeout(PATIENCE, shown).await.is_ok();
        assert!(is_shown, "{name}{labels:?} is {last:?}, not {value}");
    }
}

pub fn without_worker(config: ServerConfig) -> ServerConfig {
    ServerConfig { worker: None, ..config }
}

/// Reads up to a request's end.
pub async fn ended(client: &mut Client, id: &str) -> Value {
    loop {
        let message = client.receive().await;
        if message["request_id"] == id && (message["type"] == "complete" || message["type"] == "error") {
            return message;
        }
    }
}
