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
    page::CARD,
    process::Server,
    running::Running,
    token::{claims, now, signed},
};
use tempfile::TempDir;
use tokio::time::sleep;

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
        browser.open_page(server.address()).await;

        submit(&mut browser).await;
        browser.becomes("COMPLETED").await;

        let expected = json!([
            ["group", "rows", "sum"],
            ["north", "2", "1.75"],
            ["south", "2", "3.25"],
            ["all", "4", "5"],
        ]);
        assert_eq!(browser.cells().await, expected);
        assert!(browser.text(&format!("{CARD} .result")).await.contains("Unreadable rows: 1"));
        assert_eq!(browser.percentage().await, 100.0);
        browser.assert_unharmed();
    }

    #[tokio::test]
    async fn fits_a_phone() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let (_folder, server) = server();
        let mut browser = Browser::start(&chromium).await;
        browser.narrow().await;
        browser.open_page(server.address()).await;

        submit(&mut browser).await;
        browser.becomes("COMPLETED").await;

        let widths = browser.value("[document.documentElement.scrollWidth, innerWidth]").await;
        assert_eq!(widths, json!([360, 360]));
    }

    #[tokio::test]
    async fn is_not_offered_where_the_server_has_none() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;

        browser.open_page(server.address()).await;

        browser.until("document.querySelector('[data-submits=generate_report] fieldset').hidden").await;
        browser.until("!document.querySelector('[data-submits=count] fieldset').hidden").await;
    }
}

mod look {
    use super::*;

    #[tokio::test]
    async fn is_dark_where_its_user_wants_it_dark() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        let ground = "getComputedStyle(document.body).backgroundColor";
        let light = browser.value(ground).await;

        browser.darken().await;

        assert_eq!(
            (light, browser.value(ground).await),
            (json!("rgb(246, 247, 248)"), json!("rgb(21, 24, 27)"))
        );
    }

    #[tokio::test]
    async fn has_a_name_for_each_control_and_each_bar() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        browser.value("document.querySelector('details').open = true").await;
        browser.count(2, 1).await;

        let found = browser.accessible().await;

        let controls = ["textbox", "spinbutton", "button", "progressbar", "progressIndicator", "list", "log"];
        let is_control = |role: &str| controls.contains(&role);
        let unlabelled = "[...document.querySelectorAll('input, textarea')]
            .filter((control) => control.labels.length === 0).map((control) => control.id)";
        assert_eq!(browser.value(unlabelled).await, json!([]));
        let nameless: Vec<_> =
            found.iter().filter(|(role, name)| is_control(role) && name.is_empty()).collect();
        assert!(nameless.is_empty(), "{nameless:?}");
        assert!(found.iter().any(|(_, name)| name.starts_with("progress of count ")), "{found:?}");
        assert!(found.iter().filter(|(role, _)| is_control(role)).count() > 10, "{found:?}");
    }
}

mod message {
    use super::*;

    #[tokio::test]
    async fn keeps_the_digits_that_javascript_has_no_number_for() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;

        let sum = browser.value("shown(parse('{\"sum\":12345678901234567890.125}').sum)").await;

        assert_eq!(sum, json!("12345678901234567890.125"));
    }

    #[tokio::test]
    async fn that_is_too_much_at_once_is_sent_later() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;

        // A hundred is the burst that the server takes, and fifty a second after it.
        let count = "window.answered = window.refused = 0;
                     const take = isForLater;
                     isForLater = (error) => { refused += error.code === 'RATE_LIMITED'; return take(error); };";
        let ask = "for (let n = 0; n < 300; n++) {
                       ask({ action: 'ping' }, ({ type }) => { answered += type === 'response'; });
                   }";
        browser.value(&format!("{{ {count} {ask} }}")).await;
        browser.until("answered === 300").await;

        assert_eq!(browser.value("refused > 0").await, json!(true));
        browser.assert_unharmed();
    }
}

mod reload {
    use super::*;

    #[tokio::test]
    async fn shows_the_same_request_from_where_it_was_to_its_one_end() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        browser.count(20, 300).await;
        let id = browser.text(&format!("{CARD} .id")).await;
        browser.until(&format!("document.querySelector('{CARD} progress').value >= 25")).await;
        let before = browser.percentage().await;

        browser.reload().await;
        browser.watch().await;
        let after = browser.percentage().await;
        browser.becomes("COMPLETED").await;
        // Earlier requests are listed too: this one is there once all the same.
        browser.until("document.querySelectorAll('#log li').length > 6").await;

        assert!((before..100.0).contains(&after), "{before}, then {after}");
        let (states, is_sorted) = browser.watched().await;
        assert_eq!(states, ["PROCESSING", "COMPLETED"]);
        assert!(is_sorted);
        assert_eq!(browser.text("#cards .id").await, id);
        assert!(browser.text(&format!("{CARD} .result")).await.contains("\"counted\": 20"));
        browser.assert_unharmed();
    }

    #[tokio::test]
    async fn lists_what_ended_before() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        browser.count(2, 1).await;
        browser.becomes("COMPLETED").await;

        browser.reload().await;
        browser.becomes("COMPLETED").await;
        browser.click(&format!("{CARD} .show")).await;
        browser.until(&format!("document.querySelector('{CARD} .result').textContent !== ''")).await;

        assert!(browser.text(&format!("{CARD} .result")).await.contains("\"counted\": 2"));
        browser.assert_unharmed();
    }

    #[tokio::test]
    async fn lists_twenty_and_then_earlier_ones() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        browser.value("for (let n = 0; n < 25; n++) submit('echo_async', { n })").await;
        browser.until("document.querySelectorAll('[data-state=COMPLETED]').length === 25").await;

        browser.reload().await;
        browser.until("document.querySelectorAll('[data-state=COMPLETED]').length === 20").await;
        browser.click("#more").await;
        browser.until("document.querySelectorAll('[data-state=COMPLETED]').length === 25").await;

        assert_eq!(browser.value("more.hidden").await, json!(true));
    }

    #[tokio::test]
    async fn after_a_disconnect_waits_for_a_token() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;

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
        browser.open_page(&address).await;
        browser.count(10, 400).await;
        browser.until(&format!("document.querySelector('{CARD} progress').value >= 40")).await;
        browser.watch().await;

        server.kill();
        browser.until("document.getElementById('state').textContent.includes('trying again')").await;
        let _server = Server::start_with(&[&flags[..], &["--listen", &address]].concat());
        browser.is_connected().await;
        browser.becomes("COMPLETED").await;

        let (states, is_sorted) = browser.watched().await;
        assert_eq!(states.first().map(String::as_str), Some("PROCESSING"));
        assert_eq!(states.iter().filter(|state| *state == "COMPLETED").count(), 1, "{states:?}");
        assert!(is_sorted);
        browser.assert_unharmed();
    }

    #[tokio::test]
    async fn is_sent_what_it_did_not_acknowledge_once_it_is_back() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let address = server.address().to_owned();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(&address).await;
        server.kill();
        browser.until("!isOpen()").await;
        browser.value("submit('echo_async', { n: 7 })").await;
        browser.becomes("SENDING").await;

        let _server = Server::start_with(&["--listen", &address, "--db", "memory:"]);
        browser.becomes("COMPLETED").await;

        assert!(browser.text(&format!("{CARD} .result")).await.contains("\"n\": 7"));
        browser.assert_unharmed();
    }

    #[tokio::test]
    async fn is_one_that_is_silent_for_a_minute() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;

        browser.value("{ window.first = socket; heardAt -= 60_000; watch(); }").await;
        browser.until("isOpen() && socket !== first").await;

        browser.until("first.readyState === WebSocket.CLOSED").await;
        browser.is_connected().await;
        browser.assert_unharmed();
    }

    #[tokio::test]
    async fn that_ended_the_token_is_not_asked_again() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        let mut claims = claims("u-1", "t-1");
        claims["exp"] = json!(now() + 2);

        browser.open(&format!("http://{}/?token={}", server.address(), signed(&claims))).await;
        browser.is_connected().await;

        // It holds for ten seconds more, for clocks that differ.
        browser.until("document.getElementById('state').textContent.startsWith('the token has ended')").await;
        assert_eq!(browser.text("#toggle").await, "Connect");
        assert_eq!(browser.value("sessionStorage.getItem(TOKEN_KEY)").await, Value::Null);
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

mod progress {
    use super::*;

    #[tokio::test]
    async fn never_falls_whatever_is_said() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        browser.count(100, 8000).await;
        browser.becomes("PENDING").await;
        browser.watch().await;

        for (percentage, message) in [(60, "sixty"), (30, "thirty"), (61, "sixty-one"), (0, "none")] {
            let said = json!({ "type": "progress", "percentage": percentage, "message": message });
            browser.value(&format!("hear([...cards.keys()][0], {said})")).await;
        }

        assert_eq!(browser.watched().await, (["PENDING", "PROCESSING"].map(str::to_owned).to_vec(), true));
        assert_eq!(browser.percentage().await, 61.0);
        assert_eq!(browser.text(&format!("{CARD} .message")).await, "sixty-one");
    }
}

mod end {
    use super::*;

    #[tokio::test]
    async fn is_the_last_that_is_shown_of_a_request() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        browser.count(1, 0).await;
        browser.becomes("COMPLETED").await;
        browser.watch().await;

        for late in [
            json!({ "type": "progress", "percentage": 100, "message": "late" }),
            json!({ "type": "error", "error": { "code": "CANCELLED", "message": "late" } }),
        ] {
            browser.value(&format!("hear([...cards.keys()][0], {late})")).await;
        }

        assert_eq!(browser.watched().await, (vec!["COMPLETED".to_owned()], true));
        assert!(!browser.text(CARD).await.contains("late"));
    }
}

mod cancellation {
    use super::*;

    #[tokio::test]
    async fn ends_the_request() {
        let Some(chromium) = provided(CHROMIUM) else { return };
        let server = Server::start();
        let mut browser = Browser::start(&chromium).await;
        browser.open_page(server.address()).await;
        browser.count(100, 8000).await;
        browser.becomes("PENDING").await;

        browser.click(&format!("{CARD} .cancel")).await;
        browser.becomes("CANCELLED").await;

        assert!(browser.value(&format!("document.querySelector('{CARD} .cancel').hidden")).await == true);
        assert!(browser.text("#announcement").await.ends_with("cancelled"));
        browser.assert_unharmed();
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
        browser.open_page(&server.address).await;

        browser.send(MARKUP, &json!({})).await;
        browser.becomes("COMPLETED").await;
        browser.send(MARKUP, &json!({ "fail": true })).await;
        browser.becomes("FAILED").await;
        browser.send("<i>no such action</i>", &json!({})).await;
        browser.until("document.querySelector('#log li:last-child').dataset.kind === 'error'").await;

        assert_eq!(browser.text(&format!("{CARD} .action")).await, MARKUP);
        assert!(browser.text(&format!("{CARD} .problem")).await.starts_with(MARKUP));
        assert_eq!(browser.text("#cards > li:last-child .message").await, MARKUP);
        assert_eq!(browser.text("#cards > li:last-child tbody td:first-child").await, MARKUP);
        let elements = "document.querySelectorAll('main :is(script, img, b, i)').length";
        assert_eq!(browser.value(elements).await, json!(0));
        assert_eq!(browser.value("window.isHarmed ?? false").await, json!(false));
        browser.assert_unharmed();
        drop(browser);
        server.stop().await;
    }
}
