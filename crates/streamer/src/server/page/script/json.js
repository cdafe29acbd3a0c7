"use strict";

// JSON as it was sent: a number that JavaScript cannot hold keeps all its digits, where the browser can say them.

function parse(text) {
  return JSON.parse(text, (name, value, context) => {
    const isInexact = typeof value === "number" && context?.source && String(value) !== context.source;
    return isInexact && JSON.rawJSON ? JSON.rawJSON(context.source) : value;
  });
}

function pretty(value) {
  return JSON.stringify(value, null, 2);
}

// A value as text for people.
function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}
