// Messages and their answers.

// How often a message is sent again that the server could not take at once.
const MAX_RESENDS = 6, RESEND_PAUSE_MS = 1000;

// What was sent on this connection and is not answered yet, by its id.
const asked = new Map();

// 128 bits by chance; `crypto.randomUUID` is not there on a page that came without TLS.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Sends a message, and hands its answer on.
function ask(message, answered) {
  const sent = { id: newId(), ...message };
  asked.set(sent.id, { sent, answered, resends: 0 });
  transmit(sent);
  return sent.id;
}

function transmit(message) {
  if (!isOpen()) return;
  socket.send(JSON.stringify(message));
  write("sent", pretty(message), "sent");
}

function forgetAnswers() {
  asked.clear();
}

function receive(text) {
  let message;
  try { message = parse(text); } catch { return write("received", text, "answer"); }
  write("received", pretty(message), message.type);
  const id = message.request_id, open = asked.get(id);
  if (!open) return hear(id, message);
  if (message.type === "error" && isForLater(message.error) && open.resends < MAX_RESENDS) {
    const least = message.error.details.retry_after_ms ?? 0;
    // By chance, over twice as long each time: all that was too much at once would be so again.
    const pause = least + Math.random() * RESEND_PAUSE_MS * 2 ** open.resends;
    open.resends += 1;
    // On this connection alone: another one begins with what is still open.
    setTimeout(() => { if (asked.get(id) === open) transmit(open.sent); }, pause);
    return;
  }
  asked.delete(id);
  open.answered(message);
}

// Whether the server says that it would take the same message later.
function isForLater({ code, details }) {
  if (code === "RATE_LIMITED") return details?.retry_after_ms !== undefined;
  return code === "INTERNAL_ERROR" && details?.is_retryable === true;
}
