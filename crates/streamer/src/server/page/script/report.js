// A report as a table: the groups, then the whole, then what could not be read.

// More rows than that are not shown: a page of ten thousand is of no use to anybody.
const MAX_ROWS = 1000;

// `null` for what is no report.
function reportTable(result) {
  const groups = result?.groups;
  const isReport = Array.isArray(groups) && groups.every((group) => group && typeof group === "object" && "group" in group);
  if (!isReport) return null;
  const whole = document.createElement("div"), table = document.createElement("table");
  whole.className = "report";
  table.append(caption(shown(result.source ?? "report")), part("thead", [["group", "rows", "sum"]], "th"));
  table.append(part("tbody", groups.slice(0, MAX_ROWS).map((group) => [group.group, group.rows, group.sum]), "td"));
  table.append(part("tfoot", [["all", result.rows, result.sum]], "td"));
  whole.append(table);
  if (groups.length > MAX_ROWS) whole.append(paragraph(`Groups that are not shown: ${groups.length - MAX_ROWS}`));
  const unreadable = result.unreadable;
  if (unreadable?.rows > 0) {
    whole.append(paragraph(`Unreadable rows: ${shown(unreadable.rows)}`));
    for (const { line, reason } of unreadable.first ?? []) whole.append(paragraph(`line ${shown(line)}: ${shown(reason)}`));
  }
  return whole;
}

function caption(text) {
  const caption = document.createElement("caption");
  caption.textContent = text;
  return caption;
}

function part(name, rows, cell) {
  const part = document.createElement(name);
  for (const values of rows) {
    const row = part.insertRow();
    for (const value of values) row.append(Object.assign(document.createElement(cell), { textContent: shown(value) }));
  }
  return part;
}

function paragraph(text) {
  return Object.assign(document.createElement("p"), { className: "hint", textContent: text });
}
