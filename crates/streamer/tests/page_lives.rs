//! What the page at `/` shows of requests that fail and are tried again, or end and begin anew, in a real browser.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use dynamorm_conformance::provided;
use serde_json::{Map, Value, json};
use streamer::{
    handler::{Context, Handler, HandlerError},
    server::Ownership,
};
use streamer_store::{RequestKey, StoreFactory};
use support::{
    browser::{Browser, CHROMIUM},
    handler::Gated,
    page::CARD,
    running::Running,
};

/// Fails, and is not tried again for an hour.
struct Failing;

impl Handler for Failing {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        "failing"
    }

    fn retry_pause(&self, _: u32) -> Option<Duration> {
        Some(Duration::from_secs(60 * 60))
    }

    async fn handle(&self, _: Self::Payload, context: &Context) -> Result<Value, HandlerError> {
        context.progress(10);
        // Long enough for it to be told.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Err(HandlerError::retry("not yet"))
    }
}

mod request {
    use super::*;

    #[tokio::test]
    async fn that_waits_to_be_tried_again_is_shown_so() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        let server =
            Running::start_with(&stores, Ownership::Exclusive, |server| server.handler(Failing)).await;
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(&server.address).await;

        browser.send("failing", &json!({})).await;
        browser.becomes("PROCESSING").await;
        browser.becomes("RETRYING").await;

        let status = browser.text(&format!("{CARD} .status")).await;
        assert_eq!(status, "failed, waiting to be tried again");
        assert_eq!(browser.text(&format!("{CARD} .problem")).await, "not yet (PROCESSING_FAILED)");
        browser.assert_unharmed();
        drop(browser);
        server.stop().await;
    }

    #[tokio::test]
    async fn that_is_made_due_again_after_its_end_is_shown_from_its_begin() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        let gated = Gated::default();
        let handler = gated.clone();
        let server =
            Running::start_with(&stores, Ownership::Exclusive, |server| server.handler(handler)).await;
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(&server.address).await;
        gated.gate.add_permits(1);
        browser.send("gated", &json!({})).await;
        browser.becomes("COMPLETED").await;
        let id = browser.text(&format!("{CARD} .id")).await;
        // Clients are told whole seconds.
        tokio::time::sleep(Duration::from_millis(1100)).await;

        stores.requests().requeue(&RequestKey::new("t-1", id.as_str())).await.unwrap();
        browser.value("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await;
        browser.becomes("PROCESSING").await;
        let before_its_end = (browser.percentage().await, browser.text(&format!("{CARD} .result")).await);
        gated.gate.add_permits(1);
        browser.becomes("COMPLETED").await;

        assert!(before_its_end.0 < 100.0 && before_its_end.1.is_empty(), "{before_its_end:?}");
        assert!(browser.text(&format!("{CARD} .result")).await.contains("\"attempt\": 2"));
        browser.assert_unharmed();
        drop(browser);
        server.stop().await;
    }
}
