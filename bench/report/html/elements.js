/* Elements of the page. All that users wrote comes in as text, never as markup. */

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) made.append(child);
  }
  return made;
}

/* `columns`: [heading, is a number]; `loud`: [row, column] of what must not be overlooked. */
function table(columns, rows, label, loud) {
  const marked = new Set((loud || []).map(([row, column]) => row + "/" + column));
  const head = element("tr", {}, columns.map(([text, isNumber]) =>
    element("th", { scope: "col", class: isNumber ? "number" : null }, text)));
  const body = rows.map((row, r) => element("tr", {}, row.map((text, c) => {
    const kind = [columns[c][1] ? "number" : "", marked.has(r + "/" + c) ? "loud" : ""].join(" ").trim();
    return element("td", { class: kind || null }, text);
  })));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    element("table", {}, element("thead", {}, head), element("tbody", {}, body)));
}

/* Names and what they are, side by side. */
function facts(pairs) {
  return element("table", { class: "facts" }, element("tbody", {}, pairs.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)))));
}

function csvField(value) {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function csvText(rows) {
  return rows.map(row => row.map(csvField).join(",")).join("\n") + "\n";
}

/* A button that saves what `make` returns. */
function download(label, file, make) {
  const button = element("button", { type: "button", "data-file": file }, label);
  button.addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([make()], { type: "text/csv" }));
    const link = element("a", { href: address, download: file });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
  return button;
}

/* ---- work that waits until the page is seen ---- */

const waiting = [];

function later(work) {
  waiting.push(work);
}

function workOff() {
  const until = performance.now() + 30;
  while (waiting.length > 0 && performance.now() < until) waiting.shift()();
  if (waiting.length > 0) setTimeout(workOff, 0);
  else document.documentElement.dataset.done = "yes";
}

/* ---- pictures ---- */

/*
 * A picture: what it shows, the drawing, and its table.
 *   title, note   texts; the note says what is drawn and what is left out
 *   height        in pixels, a number or a function of the width
 *   make          (theme, width) => configuration of Chart.js
 *   columns, rows the table
 * Without Chart.js there is the table alone.
 */
function figure({ title, note, height, make, columns, rows, loud, controls }) {
  const numbers = element("details", {}, element("summary", {}, "The numbers of this picture"));
  const made = element("figure", {}, element("figcaption", {}, element("h3", {}, title),
    note ? element("p", {}, note) : null), controls);
  if (hasCharts) {
    const canvas = element("canvas", { role: "img", "aria-label": title + ". Its numbers are in the table below." });
    const frame = element("div", { class: "canvas" }, canvas);
    made.append(frame);
    const picture = { canvas, frame, make, height, title };
    made.picture = picture;
    later(() => draw(picture));
  } else {
    numbers.open = true;
  }
  later(() => numbers.append(table(columns, rows, title, loud)));
  made.append(numbers);
  return made;
}
