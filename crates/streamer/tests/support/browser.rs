//! A real browser without a window, driven by its DevTools protocol: Chromium, in a process and a profile of its own.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// Chromium, or a browser that takes its flags.
pub const CHROMIUM: &str = "DYNAMORM_CHROMIUM";

/// How long a browser may take on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(45);

const PAUSE: Duration = Duration::from_millis(30);

/// How often the profile is removed, if need be.
const MAX_REMOVALS: u32 = 100;

const FLAGS: [&str; 12] = [
    "--headless",
    // It does not run as root otherwise. What it loads is our own page.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1000,1200",
    // Whatever it wants of elsewhere, it finds nobody.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
];

/// A browser with one tab. It ends when this is dropped.
pub struct Browser {
    child: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The tab.
    session: Value,
    sent: u64,
    /// What went wrong in the page: errors that nobody caught, and what its policy forbade.
    complaints: Vec<Value>,
    /// All that it writes.
    profile: TempDir,
}

impl Browser {
    /// Starts the program and opens a tab.
    pub async fn start(program: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let log = File::create(profile.path().join("log.txt")).unwrap();
        let mut child = Command::new(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("TMPDIR", profile.path())
            // It is many processes; they are ended by their group.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let Some(address) = address(&profile).await else {
            end(&mut child);
            panic!("no browser: {}", fs::read_to_string(profile.path().join("log.txt")).unwrap());
        };
        let (socket, _) = connect_async(address).await.unwrap();
        let mut browser =
            Self { child, socket, session: Value::Null, sent: 0, complaints: Vec::new(), profile };
        browser.open_tab().await;
        browser
    }

    async fn open_tab(&mut self) {
        let tab = self.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        self.session = self.call("Target.attachToTarget", attach).await["sessionId"].clone();
        for domain in ["Page", "Runtime", "Log"] {
            self.call(&format!("{domain}.enable"), json!({})).await;
        }
    }

    /// Opens an address.
    pub async fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url })).await;
        self.until("document.readyState === 'complete'").await;
    }

    /// Loads the page again, as its user would.
    pub async fn reload(&mut self) {
        self.value("window.isOld = true").await;
        self.call("Page.reload", json!({})).await;
        self.until("!window.isOld && document.readyState === 'complete'").await;
    }

    /// What an expression of JavaScript is in the page.
    pub async fn value(&mut self, expression: &str) -> Value {
        self.try_value(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// What there is of text in the one element of this selector.
    pub async fn text(&mut self, selector: &str) -> String {
        self.value(&format!("{}.textContent", one(selector))).await.as_str().unwrap().to_owned()
    }

    /// Waits until an expression of JavaScript is true in the page.
    pub async fn until(&mut self, expression: &str) {
        let reached = async {
            // A page that is about to be another one answers with an error.
            while self.try_value(expression).await.ok().as_ref().is_none_or(is_false) {
                sleep(PAUSE).await;
            }
        };
        if timeout(PATIENCE, reached).await.is_err() {
            let page = self.value("document.body.innerText").await;
            panic!("not reached: {expression}\nThe page: {}\n{:?}", page.as_str().unwrap(), self.complaints);
        }
    }

    /// Clicks with the mouse in the middle of the one element of this selector.
    pub async fn click(&mut self, selector: &str) {
        let place = format!(
            "(() => {{ const element = {}; element.scrollIntoView({{ block: 'center' }}); \
             const at = element.getBoundingClientRect(); \
             return [at.x + at.width / 2, at.y + at.height / 2]; }})()",
            one(selector)
        );
        let place = self.value(&place).await;
        for event in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": event, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types a text into the one element of this selector, over what is there.
    pub async fn fill(&mut self, selector: &str, text: &str) {
        self.click(selector).await;
        self.value(&format!("{}.select()", one(selector))).await;
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    /// Makes the window as wide as a phone.
    pub async fn narrow(&mut self) {
        let metrics = json!({ "width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": true });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Has the page think that its user wants it dark.
    pub async fn darken(&mut self) {
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        self.call("Emulation.setEmulatedMedia", feature).await;
    }

    /// What went wrong in the page so far.
    pub fn complaints(&self) -> &[Value] {
        &self.complaints
    }

    /// What assistive technology finds in the page: role and name of each thing.
    pub async fn accessible(&mut self) -> Vec<(String, String)> {
        let tree = self.call("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true);
        let text = |node: &Value, what: &str| node[what]["value"].as_str().unwrap_or_default().to_owned();
        nodes.map(|node| (text(node, "role"), text(node, "name"))).collect()
    }

    async fn try_value(&mut self, expression: &str) -> Result<Value, Value> {
        let evaluate = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.try_call("Runtime.evaluate", evaluate).await?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(thrown.clone()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    async fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.try_call(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    async fn try_call(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": parameters });
        if self.session.is_string() {
            message["sessionId"] = self.session.clone();
        }
        self.socket.send(Message::text(message.to_string())).await.unwrap();
        let mut answer = timeout(PATIENCE, self.answer()).await.expect("the browser answers");
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer["result"].take()),
        }
    }

    /// The answer to what was sent last. Events come between.
    async fn answer(&mut self) -> Value {
        loop {
            let Message::Text(text) = self.socket.next().await.unwrap().unwrap() else { continue };
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["id"] == self.sent {
                return message;
            }
            let is_complaint = match message["method"].as_str() {
                Some("Runtime.exceptionThrown") => true,
                Some("Log.entryAdded") => message["params"]["entry"]["source"] == "security",
                _ => false,
            };
            if is_complaint {
                self.complaints.push(message["params"].clone());
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        end(&mut self.child);
        // The last of its processes may still write while the profile is removed.
        for _ in 0..MAX_REMOVALS {
            match fs::remove_dir_all(self.profile.path()) {
                Err(error) if error.kind() != ErrorKind::NotFound => thread::sleep(PAUSE),
                _ => break,
            }
        }
    }
}

/// Ends the browser with all its processes.
fn end(child: &mut Child) {
    let group = format!("-{}", child.id());
    // It may have ended by itself.
    let _ = Command::new("kill").args(["-s", "KILL", "--", &group]).status();
    let _ = child.kill();
    let _ = child.wait();
}

/// Where the browser takes commands. It writes its port and the path into a file, once it takes them.
async fn address(profile: &TempDir) -> Option<String> {
    let file = profile.path().join("DevToolsActivePort");
    let written = async {
        loop {
            let content = fs::read_to_string(&file).unwrap_or_default();
            if let Some((port, path)) = content.split_once('\n')
                && path.starts_with("/devtools/browser/")
            {
                return format!("ws://127.0.0.1:{port}{}", path.trim_end());
            }
            sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, written).await.ok()
}

/// The expression of the one element of this selector.
fn one(selector: &str) -> String {
    let selector = json!(selector);
    format!(
        "((found) => {{ if (found.length !== 1) throw new Error(`${{found.length}} of ${{{selector}}}`); \
         return found[0]; }})(document.querySelectorAll({selector}))"
    )
}

fn is_false(value: &Value) -> bool {
    !value.as_bool().unwrap_or(false)
}
