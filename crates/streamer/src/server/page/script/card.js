// One request as it is shown.

// Whether a state is an end, and how it is called. Those in capitals are the server's.
const STATES = {
  SENDING: [false, "sending"], PENDING: [false, "queued"], PROCESSING: [false, "running"],
  RETRYING: [false, "failed, waiting to be tried again"],
  COMPLETED: [true, "completed"], FAILED: [true, "failed"], CANCELLED: [true, "cancelled"],
  REFUSED: [true, "refused"], GONE: [true, "no longer there"],
};

class Card {
  // `request` has the id and the action, when it was made, in seconds, and how far it is known to be.
  constructor(request) {
    this.id = request.id;
    this.action = request.action;
    this.created = request.created;
    // What the server has not acknowledged yet: sent again with every connection until it has.
    this.submission = request.submission ?? null;
    this.percentage = 0;
    // When the server last said something of it.
    this.heardAt = Date.now();
    this.root = element("card").content.firstElementChild.cloneNode(true);
    this.part = (name) => this.root.querySelector("." + name);
    this.bar = this.root.querySelector("progress");
    this.root.dataset.id = this.id;
    this.part("action").textContent = this.action;
    this.part("id").textContent = this.id;
    this.bar.setAttribute("aria-label", "progress of " + this.action + " " + this.id);
    const time = this.root.querySelector("time"), date = new Date(this.created * 1000);
    time.dateTime = date.toISOString();
    time.textContent = date.toLocaleString();
    this.enter(this.submission ? "SENDING" : request.state ?? "PENDING");
    this.progress(request.percentage ?? 0, request.message);
  }

  get isEnded() {
    return STATES[this.state][0];
  }

  get text() {
    return STATES[this.state][1];
  }

  // Begins anew after an end: the request was made due again.
  revive(state) {
    this.state = null;
    this.percentage = 0;
    this.progress(0, "");
    this.problem(null);
    this.part("result").replaceChildren();
    this.part("show").hidden = true;
    this.enter(state);
  }

  // A life ends once; nothing is heard of it after that.
  enter(state) {
    if (!(state in STATES) || (this.state && this.isEnded)) return;
    this.state = state;
    this.root.dataset.state = state;
    this.part("status").textContent = this.text;
    this.part("cancel").hidden = this.isEnded || state === "SENDING";
    if (state === "COMPLETED") this.progress(100);
  }

  // Never falls: a worker that took the request over begins anew, and what was read earlier may be said later.
  progress(percentage, message) {
    if (!(percentage >= this.percentage)) return;
    this.percentage = Math.min(percentage, 100);
    this.bar.value = this.percentage;
    this.part("percentage").textContent = this.percentage + "%";
    if (message !== undefined) this.message = this.part("message").textContent = message;
  }

  problem(error) {
    this.part("problem").textContent = error ? error.message + " (" + error.code + ")" : "";
  }

  result(value) {
    this.part("show").hidden = true;
    this.part("result").replaceChildren(reportTable(value) ?? formatted(value));
  }

  // What a reload is to know of it.
  summary() {
    const { id, action, created, state, percentage, message, submission } = this;
    return { id, action, created, state, percentage, message, submission };
  }
}

function formatted(value) {
  const text = document.createElement("pre");
  text.textContent = pretty(value);
  return text;
}
