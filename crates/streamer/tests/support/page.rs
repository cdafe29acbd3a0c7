//! The server's page, as a test uses it.

use serde_json::Value;

use super::{
    browser::Browser,
    token::{claims, signed},
};

/// The newest card.
pub const CARD: &str = "#cards > li:first-child";

/// Notes each change of a card.
const WATCH: &str = "{
    const card = document.querySelector('{card}');
    const note = () => {
        states.push(card.dataset.state);
        bars.push(card.querySelector('progress').value);
    };
    window.states = [];
    window.bars = [];
    note();
    new MutationObserver(note).observe(card, { attributes: true, subtree: true, childList: true });
}";

impl Browser {
    /// Opens the page of the server at this address as a user, and waits until it is connected.
    pub async fn open_page(&mut self, address: &str) {
        self.open(&format!("http://{address}/?token={}", signed(&claims("u-1", "t-1")))).await;
        self.is_connected().await;
    }

    /// Waits until the page is connected.
    pub async fn is_connected(&mut self) {
        self.until("document.getElementById('state').textContent === 'connected'").await;
    }

    /// Submits `count` by its form.
    pub async fn count(&mut self, to: u32, delay_ms: u32) {
        self.fill("[data-submits=count] [name=to]", &to.to_string()).await;
        self.fill("[data-submits=count] [name=delay_ms]", &delay_ms.to_string()).await;
        self.click("[data-submits=count] button").await;
        self.until("document.querySelectorAll('#cards > li').length === 1").await;
    }

    /// Sends any action by hand.
    pub async fn send(&mut self, action: &str, payload: &Value) {
        self.value("document.querySelector('details').open = true").await;
        self.fill("#action", action).await;
        self.fill("#payload", &payload.to_string()).await;
        self.click("#send button[type=submit]").await;
    }

    /// Waits until the newest card is in this state.
    pub async fn becomes(&mut self, state: &str) {
        self.until(&format!("document.querySelector('{CARD}')?.dataset.state === '{state}'")).await;
    }

    /// How far the newest card's bar is.
    pub async fn percentage(&mut self) -> f64 {
        self.value(&format!("document.querySelector('{CARD} progress').value")).await.as_f64().unwrap()
    }

    /// Has the page note each state and each percentage that the newest card shows, from now on.
    pub async fn watch(&mut self) {
        let note = WATCH.replace("{card}", CARD);
        self.value(&note).await;
    }

    /// What the page noted: each state that was entered, and whether the bar never fell.
    pub async fn watched(&mut self) -> (Vec<String>, bool) {
        let noted = self.value("({ states, bars })").await;
        let mut states: Vec<String> = serde_json::from_value(noted["states"].clone()).unwrap();
        states.dedup();
        let bars: Vec<f64> = serde_json::from_value(noted["bars"].clone()).unwrap();
        (states, bars.is_sorted())
    }

    /// The cells of the newest card's table, by rows.
    pub async fn cells(&mut self) -> Value {
        let cells = format!(
            "[...document.querySelectorAll('{CARD} tr')]
                 .map((row) => [...row.cells].map((cell) => cell.textContent))"
        );
        self.value(&cells).await
    }

    /// Nothing went wrong in the page.
    pub fn assert_unharmed(&self) {
        assert_eq!(self.complaints(), [] as [Value; 0]);
    }
}
