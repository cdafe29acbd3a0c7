// The requests that are shown: those of this tab, and the user's earlier ones.

const MAX_CARDS = 200;
// What is open and was not heard of for so long is asked for, so many at a time: nobody says that a try has failed.
const QUIET_MS = 2000, MAX_LOOKS = 5;
const cards = new Map();
const list = element("cards"), more = element("more");
let nextPage = null;

function submit(action, payload, refused) {
  const submission = { id: newId(), action, payload };
  const card = add({ id: submission.id, action, created: Date.now() / 1000, submission });
  send(card, refused);
}

// Sends what is not acknowledged. Its id makes it safe to send again: what is stored is not stored twice.
function send(card, refused) {
  ask(card.submission, (answer) => {
    card.submission = null;
    if (answer.type === "error") {
      end(card, "REFUSED", answer.error);
      refused?.(answer.error);
    } else if (answer.type === "acknowledgment") {
      move(card, "PENDING");
    } else {
      // An action that is answered at once: there is nothing to wait for.
      card.result(answer.data);
      end(card, "COMPLETED");
    }
    save();
  });
}

// Takes up a request that was sent by hand, now that it is queued.
function adopt(id, action) {
  if (!cards.has(id)) add({ id, action, created: Date.now() / 1000 });
}

function add(request) {
  const card = new Card(request);
  cards.set(card.id, card);
  card.part("cancel").addEventListener("click", () => cancel(card));
  card.part("show").addEventListener("click", () => showResult(card));
  // Newest first.
  const older = [...list.children].find((other) => cards.get(other.dataset.id).created < card.created);
  list.insertBefore(card.root, older ?? null);
  for (const [id, oldest] of cards) {
    if (cards.size <= MAX_CARDS) break;
    if (!oldest.isEnded || oldest === card) continue;
    oldest.root.remove();
    cards.delete(id);
  }
  element("none").hidden = true;
  save();
  return card;
}

// A connection begins: what is open is gone on with, what is stored of it comes first.
function resume() {
  for (const card of cards.values()) {
    // Whether the connection before took it is not known.
    card.part("cancel").disabled = false;
    if (card.submission) send(card); else if (!card.isEnded) subscribe(card);
  }
  readPage(null);
  probe();
}

function subscribe(card) {
  about(card, "subscribe", ({ type, data, error }) => {
    if (type === "response") update(card, data);
    else if (error.code === "NOT_FOUND") end(card, "GONE", error);
    else card.problem(error);
  });
}

// What the server says of a request besides its end, which follows by itself.
function update(card, view) {
  card.heardAt = Date.now();
  if (card.isEnded) return revive(card, view);
  card.progress(view.percentage ?? 0, view.message);
  if (STATES[view.status]?.[0] !== false) return;
  move(card, view.status);
  card.problem(view.status === "RETRYING" ? view.error : null);
}

// A request that ended may have been made due again: what was written after the end is of that new life, of which nothing
// is heard yet.
function revive(card, view) {
  if (STATES[view.status]?.[0] !== false || !(view.updated_at > card.endedAt)) return;
  card.revive(view.status);
  announce(card);
  subscribe(card);
  save();
}

function lookAtQuiet() {
  const now = Date.now();
  const isQuiet = (card) => !card.isEnded && !card.submission && now - card.heardAt >= QUIET_MS;
  const quiet = [...cards.values()].filter(isQuiet).sort((one, other) => one.heardAt - other.heardAt);
  for (const card of isOpen() ? quiet.slice(0, MAX_LOOKS) : []) {
    card.heardAt = now;
    about(card, "status", ({ data }) => { if (data) update(card, data); });
  }
}

function cancel(card) {
  const button = card.part("cancel");
  button.disabled = true;
  about(card, "cancel", ({ error }) => {
    button.disabled = false;
    if (error && !card.isEnded) card.problem(error);
  });
}

function showResult(card) {
  about(card, "result", ({ data, error }) => {
    if (error) return card.problem(error);
    card.result(data.result ?? null);
    update(card, data);
  });
}

function about(card, action, answered) {
  if (isOpen()) ask({ action, payload: { request_id: card.id } }, answered);
}

// Reads the user's requests, the newest first; where there are more, on request.
function readPage(cursor) {
  ask({ action: "list", payload: cursor ? { cursor } : {} }, ({ type, data }) => {
    if (type !== "response") return;
    for (const view of data.requests) recall(view);
    nextPage = data.cursor ?? null;
    more.hidden = nextPage === null;
  });
}

function recall(view) {
  const id = view.request_id, known = cards.get(id);
  if (known) return update(known, view);
  const created = view.created_at;
  const card = add({ id, action: view.action, created, percentage: view.percentage, message: view.message });
  if (!STATES[view.status]?.[0]) return subscribe(card);
  card.enter(view.status);
  card.endedAt = view.ended_at ?? view.updated_at;
  card.problem(view.error);
  card.part("show").hidden = view.status !== "COMPLETED";
  save();
}

// What comes of a request that is waited for.
function hear(id, { type, percentage, message, result, error, timestamp }) {
  const card = cards.get(id);
  if (!card || card.isEnded) return;
  card.heardAt = Date.now();
  if (type === "progress") {
    move(card, "PROCESSING");
    card.problem(null);
    card.progress(percentage, message);
  } else if (type === "complete") {
    card.result(result);
    card.problem(null);
    end(card, "COMPLETED", null, timestamp);
  } else if (type === "error") {
    const states = { CANCELLED: "CANCELLED", NOT_FOUND: "GONE" };
    end(card, states[error.code] ?? "FAILED", error, timestamp);
  }
}

// `at` is when the server told of it, in seconds; none of what was never stored.
function end(card, state, error, at) {
  if (error) card.problem(error);
  card.endedAt = at;
  move(card, state);
  save();
}

function move(card, state) {
  if (card.isEnded || card.state === state) return;
  card.enter(state);
  announce(card);
}

// Says what changed to those who do not see it; progress would be too much.
function announce(card) {
  element("announcement").textContent = card.action + " " + card.text;
}

function save() {
  keep(OPEN_KEY, JSON.stringify([...cards.values()].filter((card) => !card.isEnded).map((card) => card.summary())));
}

function restore() {
  try {
    for (const request of JSON.parse(kept(OPEN_KEY) ?? "[]")) add(request);
  } catch { /* nothing that this page kept */ }
}

setInterval(lookAtQuiet, QUIET_MS);
// Somebody who comes back to the page sees what became of the requests meanwhile.
addEventListener("visibilitychange", () => { if (!document.hidden && isOpen()) readPage(null); });
// With all progress: the bar begins where it was.
addEventListener("pagehide", save);
more.addEventListener("click", () => { if (isOpen() && nextPage) readPage(nextPage); });
