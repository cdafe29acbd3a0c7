
"use strict";

const SUBPROTOCOL = "streamer.v1";
const MAX_LINES = 200;
const element = (id) => document.getElementById(id);
const state = element("state"), log = element("log"), controls = element("controls");
const token = element("token"), toggle = element("toggle");
let socket = null;
let sent = 0;

// The token leaves the address bar, and with it the history and any bookmark, before anything else happens.
const address = new URL(location.href);
if (address.searchParams.has("token")) {
  token.value = address.searchParams.get("token");
  address.searchParams.delete("token");
  history.replaceState(null, "", address.pathname + address.search + address.hash);
}

function show(name, text) {
  state.dataset.state = name;
  state.textContent = text;
  controls.disabled = name !== "open";
  toggle.textContent = socket ? "Disconnect" : "Connect";
}

function write(about, text, kind) {
  const line = document.createElement("li"), head = document.createElement("div");
  const body = document.createElement("pre");
  line.dataset.kind = kind;
  head.className = "about";
  head.textContent = new Date().toLocaleTimeString() + " " + about;
  body.textContent = text;
  line.append(head, body);
  log.append(line);
  while (log.children.length > MAX_LINES) log.firstChild.remove();
  log.scrollTop = log.scrollHeight;
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function connect() {
  const bearer = token.value.trim();
  if (!bearer) return show("closed", "a token is needed");
  const target = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws";
  let opened = false;
  try {
    socket = new WebSocket(target, [SUBPROTOCOL, "bearer." + bearer]);
  } catch {
    return show("closed", "this is not a token");
  }
  show("opening", "connecting");
  socket.onopen = () => { opened = true; show("open", "connected"); };
  socket.onmessage = (event) => {
    const text = String(event.data);
    let kind = "answer";
    try { kind = JSON.parse(text).type; } catch { /* shown as it is */ }
    write("received", pretty(text), kind);
  };
  socket.onclose = (event) => {
    socket = null;
    const why = event.reason ? ": " + event.reason : "";
    show("closed", opened ? "closed (" + event.code + why + ")" : "refused: is the token still valid?");
  };
}

function send(action, payload) {
  if (!socket || socket.readyState !== WebSocket.OPEN) return;
  const message = { id: "page-" + (++sent), action };
  if (payload !== undefined) message.payload = payload;
  const text = JSON.stringify(message);
  socket.send(text);
  write("sent", pretty(text), "sent");
}

element("connect").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket) socket.close(1000); else connect();
});

element("send").addEventListener("submit", (event) => {
  event.preventDefault();
  const problem = element("problem"), text = element("payload").value.trim();
  problem.textContent = "";
  let payload;
  if (text) {
    try {
      payload = JSON.parse(text);
    } catch (error) {
      problem.textContent = "The payload is not JSON: " + error.message;
      return;
    }
  }
  send(element("action").value.trim(), payload);
});

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", () => send(button.dataset.action));
}
element("clear").addEventListener("click", () => log.replaceChildren());

if (token.value) connect();
