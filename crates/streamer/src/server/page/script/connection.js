// One connection, made again by itself after it was lost.

const SUBPROTOCOL = "streamer.v1";
const FIRST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 15000;
// A connection that lasted so long was no failure to connect.
const LASTING_MS = 5000;
// After so long without a message the server is asked for one; after three times that the connection is taken for lost.
const SILENCE_MS = 20000;
const TOKEN_ENDED = 4401;

const state = element("state"), token = element("token"), toggle = element("toggle");
let socket = null, openedAt = 0, heardAt = 0;
// Whether there is to be a connection, how often none came about, and the wait for the next try.
let isWanted = false, failures = 0, waiting = 0;

function show(name, text) {
  state.dataset.state = name;
  state.textContent = text;
  toggle.textContent = isWanted ? "Disconnect" : "Connect";
  for (const fields of document.querySelectorAll("fieldset")) fields.disabled = name !== "open";
}

function isOpen() {
  return socket !== null && socket.readyState === WebSocket.OPEN;
}

function connect() {
  clearTimeout(waiting);
  waiting = 0;
  const bearer = token.value.trim();
  if (!bearer) return giveUp("a token is needed");
  const address = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws";
  let made;
  try {
    made = new WebSocket(address, [SUBPROTOCOL, "bearer." + bearer]);
  } catch {
    return giveUp("this is not a token");
  }
  isWanted = true;
  socket = made;
  openedAt = 0;
  show("opening", failures > 0 ? "connecting again" : "connecting");
  made.onopen = () => {
    openedAt = heardAt = Date.now();
    keep(TOKEN_KEY, bearer);
    show("open", "connected");
    resume();
  };
  made.onmessage = (event) => {
    heardAt = Date.now();
    receive(String(event.data));
  };
  made.onclose = (event) => lose(made, bearer, event);
}

async function lose(lost, bearer, event) {
  if (lost !== socket) return;
  const wasOpen = openedAt > 0;
  if (wasOpen && Date.now() - openedAt >= LASTING_MS) failures = 0;
  socket = null;
  forgetAnswers();
  if (!isWanted) return show("idle", "not connected");
  if (event.code === TOKEN_ENDED) return giveUp("the token has ended; a new one is needed");
  let why = event.reason || "connection lost";
  if (!wasOpen) {
    show("closed", "no connection");
    const refused = await refusal(bearer);
    if (socket || !isWanted) return;
    if (refused.isFinal) return giveUp("refused: " + refused.message);
    why = refused.message;
  }
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  // Half of it by chance: not all clients of a server that is back come at the same instant.
  const pause = longest * (0.5 + Math.random() / 2);
  failures = Math.min(failures + 1, 10);
  show("closed", why + "; trying again in " + Math.max(1, Math.round(pause / 1000)) + " s");
  waiting = setTimeout(connect, pause);
}

// Why there is no connection. A browser keeps the answer to a refused handshake to itself; to a plain request the server
// says the same of the token.
async function refusal(bearer) {
  try {
    const headers = { authorization: "Bearer " + bearer };
    const answer = await fetch("/ws", { headers, cache: "no-store", signal: AbortSignal.timeout(5000) });
    const isFinal = answer.status === 401 || answer.status === 403;
    const { error } = await answer.json();
    return { isFinal, message: isFinal || answer.status === 503 ? error.message : "no connection" };
  } catch {
    return { isFinal: false, message: "the server is not reachable" };
  }
}

function giveUp(why) {
  isWanted = false;
  keep(TOKEN_KEY, null);
  show("closed", why);
}

function disconnect() {
  isWanted = false;
  failures = 0;
  clearTimeout(waiting);
  waiting = 0;
  // It is not to come back with a reload.
  keep(TOKEN_KEY, null);
  if (socket) socket.close(1000); else show("idle", "not connected");
}

// A network may be gone without a word: nothing is sent then, and no browser says so.
function watch() {
  const silence = Date.now() - heardAt;
  if (!isOpen() || silence < SILENCE_MS) return;
  if (silence < 3 * SILENCE_MS) return ask({ action: "ping" }, () => {});
  const lost = socket;
  lose(lost, token.value.trim(), { code: 0, reason: "" });
  lost.close();
}

setInterval(watch, SILENCE_MS / 4);
addEventListener("online", () => { if (waiting) connect(); });
element("connect").addEventListener("submit", (event) => {
  event.preventDefault();
  if (isWanted) disconnect(); else connect();
});
