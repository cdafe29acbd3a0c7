// The forms: one for each queued action that this page knows, and one for any message.

const forms = [...document.querySelectorAll("form[data-submits]")];

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const problem = form.querySelector(".problem"), payload = {};
    problem.textContent = "";
    for (const input of form.querySelectorAll("input")) {
      if (input.value !== "") payload[input.name] = input.type === "number" ? Number(input.value) : input.value;
    }
    submit(form.dataset.submits, payload, (error) => { problem.textContent = error.message; });
  });
}

// Asks whether the server has the actions: each refuses a payload without anything, and stores nothing.
function probe() {
  for (const form of forms) {
    ask({ action: form.dataset.submits, payload: {} }, ({ error }) => {
      const isAbsent = error?.code === "INVALID_ACTION";
      const absent = form.querySelector(".absent");
      form.querySelector("fieldset").hidden = isAbsent;
      if (absent) absent.hidden = !isAbsent; else form.hidden = isAbsent;
    });
  }
}

function sendByHand(action, payload) {
  if (!isOpen()) return;
  const id = ask({ action, payload }, ({ type }) => { if (type === "acknowledgment") adopt(id, action); });
}

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
  sendByHand(element("action").value.trim(), payload);
});

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", () => sendByHand(button.dataset.action));
}
