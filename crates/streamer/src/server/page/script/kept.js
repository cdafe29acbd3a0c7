// What a reload keeps: this tab alone has it, until it is closed.

const TOKEN_KEY = "streamer.token", OPEN_KEY = "streamer.open";

// A browser may forbid to keep anything; then a reload begins anew.
function keep(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key); else sessionStorage.setItem(key, value);
  } catch { /* it is lost with the reload */ }
}

function kept(key) {
  try { return sessionStorage.getItem(key); } catch { return null; }
}
