// The messages that went to and fro.

const MAX_LINES = 200;
const element = (id) => document.getElementById(id);
const log = element("log");

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

element("clear").addEventListener("click", () => log.replaceChildren());
