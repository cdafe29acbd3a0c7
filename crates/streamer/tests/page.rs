//! The page at `/`, in a real browser.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{fs, time::Duration};

use dynamorm_conformance::provided;
use serde_json::{Map, Value, json};
use streamer::{
    handler::{Context, Handler, HandlerError},
    server::Ownership,
};
use streamer_store::StoreFactory;
use support::{
    browser::{Browser, CHROMIUM},
    database::Database,
    process::Server,
    running::Running,
    token::{claims, signed},
};
use tempfile::TempDir;
use tokio::time::sleep;

/// The newest card.
const CARD: &str = "#cards > li:first-child";

async fn opened(browser: &mut Browser, address: &str) {
    browser.open(&format!("http://{address}/?token={}", signed(&claims("u-1", "t-1")))).await;
    is_connected(browser).await;
}

async fn is_connected(browser: &mut Browser) {
    browser.until("document.getElementById('state').textContent === 'connected'").await;
}

/// Submits `count` by its form.
async fn count(browser: &mut Browser, to: u32, delay_ms: u32) {
    browser.fill("[data-submits=count] [name=to]", &to.to_string()).await;
    browser.fill("[data-submits=count] [name=delay_ms]", &delay_ms.to_string()).await;
    browser.click("[data-submits=count] button").await;
    browser.until("document.querySelectorAll('#cards > li').length === 1").await;
}

/// Sends any action by hand.
async fn send(browser: &mut Browser, action: &str, payload: &Value) {
    browser.value("document.querySelector('details').open = true").await;
    browser.fill("#action", action).await;
    browser.fill("#payload", &payload.to_string()).await;
    browser.click("#send button[type=submit]").await;
}

/// Waits until the newest card is in this state.
async fn becomes(browser: &mut Browser, state: &str) {
    browser.until(&format!("document.querySelector('{CARD}')?.dataset.state === '{state}'")).await;
}

async fn percentage(browser: &mut Browser) -> f64 {
    browser.value(&format!("document.querySelector('{CARD} progress').value")).await.as_f64().unwrap()
}

/// Has the page note each state and each percentage that the newest card shows, from now on.
async fn watch(browser: &mut Browser) {
    let note = format!(
        "{{ const card = document.querySelector('{CARD}'); window.states = []; window.bars = [];
           const note = () => {{ states.push(card.dataset.state); bars.push(card.querySelector('progress').value); }};
           note();
           new MutationObserver(note).observe(card, {{ attributes: true, subtree: true, childList: true }}); }}"
    );
    browser.value(&note).await;
}

/// What the page noted: each state that was entered, and whether the bar never fell.
async fn watched(browser: &mut Browser) -> (Vec<String>, bool) {
    let noted = browser.value("({ states, bars })").await;
    let mut states: Vec<String> = serde_json::from_value(noted["states"].clone()).unwrap();
    states.dedup();
    let bars: Vec<f64> = serde_json::from_value(noted["bars"].clone()).unwrap();
    (states, bars.is_sorted())
}

async fn cells(browser: &mut Browser) -> Value {
    let cells = format!(
        "[...document.querySelectorAll('{CARD} tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    );
    browser.value(&cells).await
}

fn assert_unharmed(browser: &Browser) {
    assert_eq!(browser.complaints(), [] as [Value; 0]);
}

mod report {
    use super::*;

    const SALES: &str = "region,amount\nnorth,1.50\nsouth,2\nnorth,0.25\nsouth,1.25\nsouth,many\n";

    fn server() -> (TempDir, Server) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("sales.csv"), SALES).unwrap();
        let server = Server::start_with(&["--db", "memory:", "--data-dir", folder.path().to_str().unwrap()]);
        (folder, server)
    }

    async fn submit(browser: &mut Browser) {
        for (name, value) in [("source", "sales.csv"), ("group_by", "region"), ("sum", "amount")] {
            browser.fill(&format!("[data-submits=generate_report] [name={name}]"), value).await;
        }
        browser.click("[data-submits=generate_report] button").await;
    }

    #[tokio::test]
    async fn is_submitted_by_its_form_and_shown_by_its_groups() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let (_folder, server) = server();
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, server.address()).await;

        submit(&mut browser).await;
        becomes(&mut browser, "COMPLETED").await;

        let expected = json!([
            ["group", "rows", "sum"],
            ["north", "2", "1.75"],
            ["south", "2", "3.25"],
            ["all", "4", "5"],
        ]);
        assert_eq!(cells(&mut browser).await, expected);
        assert!(browser.text(&format!("{CARD} .result")).await.contains("Unreadable rows: 1"));
        assert_eq!(percentage(&mut browser).await, 100.0);
        assert_unharmed(&browser);
    }

    #[tokio::test]
    async fn fits_a_phone() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let (_folder, server) = server();
        let mut browser = Browser::start(&chromium).await;
        browser.narrow().await;
        opened(&mut browser, server.address()).await;

        submit(&mut browser).await;
        becomes(&mut browser, "COMPLETED").await;

        let widths = browser.value("[document.documentElement.scrollWidth, innerWidth]").await;
        assert_eq!(widths, json!([360, 360]));
    }

    #[tokio::test]
    async fn is_not_offered_where_the_server_has_none() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;

        opened(&mut browser, server.address()).await;

        browser.until("document.querySelector('[data-submits=generate_report] fieldset').hidden").await;
        browser.until("!document.querySelector('[data-submits=count] fieldset').hidden").await;
    }
}

mod message {
    use super::*;

    #[tokio::test]
    async fn keeps_the_digits_that_javascript_has_no_number_for() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, server.address()).await;

        let sum = browser.value("shown(parse('{\"sum\":12345678901234567890.125}').sum)").await;

        assert_eq!(sum, json!("12345678901234567890.125"));
    }
}

mod reload {
    use super::*;

    #[tokio::test]
    async fn shows_the_same_request_from_where_it_was_to_its_one_end() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, server.address()).await;
        count(&mut browser, 20, 300).await;
        let id = browser.text(&format!("{CARD} .id")).await;
        browser.until(&format!("document.querySelector('{CARD} progress').value >= 25")).await;
        let before = percentage(&mut browser).await;

        browser.reload().await;
        watch(&mut browser).await;
        let after = percentage(&mut browser).await;
        becomes(&mut browser, "COMPLETED").await;
        // Earlier requests are listed too: this one is there once all the same.
        browser.until("document.querySelectorAll('#log li').length > 6").await;

        assert!((before..100.0).contains(&after), "{before}, then {after}");
        let (states, is_sorted) = watched(&mut browser).await;
        assert_eq!(states, ["PROCESSING", "COMPLETED"]);
        assert!(is_sorted);
        assert_eq!(browser.text("#cards .id").await, id);
        assert!(browser.text(&format!("{CARD} .result")).await.contains("\"counted\": 20"));
        assert_unharmed(&browser);
    }

    #[tokio::test]
    async fn lists_what_ended_before() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, server.address()).await;
        count(&mut browser, 2, 1).await;
        becomes(&mut browser, "COMPLETED").await;

        browser.reload().await;
        becomes(&mut browser, "COMPLETED").await;
        browser.click(&format!("{CARD} .show")).await;
        browser.until(&format!("document.querySelector('{CARD} .result').textContent !== ''")).await;

        assert!(browser.text(&format!("{CARD} .result")).await.contains("\"counted\": 2"));
        assert_unharmed(&browser);
    }

    #[tokio::test]
    async fn after_a_disconnect_waits_for_a_token() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, server.address()).await;

        browser.click("#toggle").await;
        browser.until("document.getElementById('state').textContent === 'not connected'").await;
        browser.reload().await;

        assert_eq!(browser.value("document.getElementById('token').value").await, json!(""));
        assert_eq!(browser.text("#state").await, "not connected");
    }
}

mod lost_server {
    use super::*;

    #[tokio::test]
    async fn is_connected_to_again_and_the_request_ends_without_falling_back() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let database = Database::new();
        let db = database.db();
        let flags = ["--db", &*db, "--lease", "3s"];
        let server = Server::start_with(&flags);
        let address = server.address().to_owned();
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, &address).await;
        count(&mut browser, 10, 400).await;
        browser.until(&format!("document.querySelector('{CARD} progress').value >= 40")).await;
        watch(&mut browser).await;

        server.kill();
        browser.until("document.getElementById('state').textContent.includes('trying again')").await;
        let _server = Server::start_at(&address, &flags);
        is_connected(&mut browser).await;
        becomes(&mut browser, "COMPLETED").await;

        let (states, is_sorted) = watched(&mut browser).await;
        assert_eq!(states.first().map(String::as_str), Some("PROCESSING"));
        assert_eq!(states.iter().filter(|state| *state == "COMPLETED").count(), 1, "{states:?}");
        assert!(is_sorted);
        assert_unharmed(&browser);
    }

    #[tokio::test]
    async fn that_refuses_the_token_is_not_asked_again() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;

        browser.open(&format!("http://{}/?token=a.b.c", server.address())).await;

        browser.until("document.getElementById('state').textContent.startsWith('refused: ')").await;
        assert_eq!(browser.text("#toggle").await, "Connect");
    }
}

mod cancellation {
    use super::*;

    #[tokio::test]
    async fn ends_the_request() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, server.address()).await;
        count(&mut browser, 100, 8000).await;
        becomes(&mut browser, "PENDING").await;

        browser.click(&format!("{CARD} .cancel")).await;
        becomes(&mut browser, "CANCELLED").await;

        assert!(browser.value(&format!("document.querySelector('{CARD} .cancel').hidden")).await == true);
        assert!(browser.text("#announcement").await.ends_with("cancelled"));
        assert_unharmed(&browser);
    }
}

mod foreign_text {
    use super::*;

    const MARKUP: &str =
        "<script>window.isHarmed = true</script><img src=x onerror='window.isHarmed = true'><b>x</b>";

    /// Says markup wherever a handler can say anything.
    struct Hostile;

    impl Handler for Hostile {
        type Payload = Map<String, Value>;
        type Output = Map<String, Value>;

        fn action(&self) -> &str {
            MARKUP
        }

        async fn handle(
            &self,
            payload: Self::Payload,
            context: &Context,
        ) -> Result<Self::Output, HandlerError> {
            context.progress_with_message(50, MARKUP);
            // An end that comes at once is all that is heard.
            sleep(Duration::from_secs(1)).await;
            if payload.contains_key("fail") {
                return Err(HandlerError::fail(MARKUP));
            }
            let group = json!({ "group": MARKUP, "rows": MARKUP, "sum": { MARKUP: MARKUP } });
            let reason = json!({ "line": MARKUP, "reason": MARKUP });
            let unreadable = json!({ "rows": 1, "first": [reason] });
            let report = json!({ "source": MARKUP, "groups": [group], "unreadable": unreadable });
            Ok(report.as_object().unwrap().clone())
        }
    }

    #[tokio::test]
    async fn is_shown_as_text() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(2);
        let server =
            Running::start_with(&stores, Ownership::Exclusive, |server| server.handler(Hostile)).await;
        let mut browser = Browser::start(&chromium).await;
        opened(&mut browser, &server.address).await;

        send(&mut browser, MARKUP, &json!({})).await;
        becomes(&mut browser, "COMPLETED").await;
        send(&mut browser, MARKUP, &json!({ "fail": true })).await;
        becomes(&mut browser, "FAILED").await;
        send(&mut browser, "<i>no such action</i>", &json!({})).await;
        browser.until("document.querySelector('#log li:last-child').dataset.kind === 'error'").await;

        assert_eq!(browser.text(&format!("{CARD} .action")).await, MARKUP);
        assert!(browser.text(&format!("{CARD} .problem")).await.starts_with(MARKUP));
        assert_eq!(browser.text("#cards > li:last-child .message").await, MARKUP);
        assert_eq!(browser.text("#cards > li:last-child tbody td:first-child").await, MARKUP);
        let elements = "document.querySelectorAll('main :is(script, img, b, i)').length";
        assert_eq!(browser.value(elements).await, json!(0));
        assert_eq!(browser.value("window.isHarmed ?? false").await, json!(false));
        assert_unharmed(&browser);
        drop(browser);
        server.stop().await;
    }
}
