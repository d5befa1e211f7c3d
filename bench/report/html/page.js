/* Lays the page out. */

/* A block of a page as bench prints it elsewhere as text: see bench/report/page_blocks.h. */
function blockElement(block) {
  switch (block.kind) {
    case "grid": return table(block.columns, block.rows, "All numbers", block.loud);
    case "code": return element("pre", {}, block.lines.join("\n"));
    case "heading": return element("h2", {}, block.text);
    case "title": return element("p", { class: "lead" }, block.text);
    default: return element("p", {}, block.text);
  }
}

/* The blocks of each heading; those before the first one come first, without one. */
function sectionsOf(blocks) {
  const sections = [{ heading: null, blocks: [] }];
  for (const block of blocks) {
    if (block.kind === "heading") sections.push({ heading: block.text, blocks: [] });
    else sections[sections.length - 1].blocks.push(block);
  }
  return sections;
}

function itemList(items) {
  return items.length > 0 ? element("ul", {}, items.map(item => element("li", {}, item.text))) : null;
}

/* Blocks one after the other, remarks that follow each other as one list. */
function appendBlocks(main, blocks) {
  let list = null;
  for (const block of blocks) {
    if (block.kind !== "item") {
      list = null;
      main.append(blockElement(block));
      continue;
    }
    if (!list) main.append(list = element("ul", {}));
    list.append(element("li", {}, block.text));
  }
}

function pageEnd(page, legend) {
  return element("footer", {}, (legend || []).map(blockElement), element("p", {}, "Written by bench " + page.version + ". This page holds all that it shows, and loads nothing."));
}

/* ---- results ---- */

function commonOr(data, name) {
  const all = new Set(data.groups.flatMap(group => group.cases.map(one => valueOf(data, one, name))).filter(value => value));
  return [...all].join("; ");
}

function summaryCsv(data) {
  return csvText([data.fields, ...data.groups.flatMap(group => group.cases.map(one => data.fields.map(name => valueOf(data, one, name))))]);
}

function runsCsv(data) {
  const identity = ["workload", "params", "executor", "executor_params", "workers", "inflight", "label", "machine"];
  const rows = [[...identity, "session", "launch", "side", "phase", "wall_s", "steal_s", "outlier"]];
  for (const one of data.groups.flatMap(group => group.cases)) {
    const own = identity.map(name => valueOf(data, one, name));
    let i = 0;
    for (const [session, number, side, , count] of one.runs.launches) {
      for (const end = i + count; i < end; i++) {
        rows.push([...own, data.sessions[session], number, side, PHASES[one.runs.phases[i]], one.runs.wall[i], one.runs.steal[i] || 0, one.runs.outliers.includes(i) ? 1 : 0]);
      }
    }
  }
  return csvText(rows);
}

function resultsPage(main, page) {
  const { data } = page, sections = sectionsOf(page.blocks);
  const workloads = data.groups.map(group => group.workload || "");
  const legend = [];
  document.title = "bench: " + workloads.join(", ");
  main.append(element("h1", {}, document.title), element("p", { class: "soft" }, [commonOr(data, "label"), commonOr(data, "machine"), commonOr(data, "time_utc").split("; ")[0].replace("T", " ").replace(/\..*/, " UTC")].filter(text => text).join(" \u00b7 ")));
  if (workloads.length > 1) {
    main.append(element("nav", { "aria-label": "Workloads" }, element("ul", {}, workloads.map((name, i) => element("li", {}, element("a", { href: "#w" + i }, name))),
      element("li", {}, element("a", { href: "#how" }, "how it was measured")))));
  }
  if (page.missing) main.append(missingNotice(page));
  data.groups.forEach((group, i) => {
    const own = sections[i + 1];
    if (i === data.groups.length - 1) legend.push(...own.blocks.filter(block => block.kind === "text"));
    main.append(groupSection(data, group, own, i));
  });
  if (data.timeline) main.append(element("h2", {}, "Who did what when"), timelineSection(data.timeline));
  main.append(howSection(data));
  main.append(pageEnd(page, legend));
}

function missingNotice(page) {
  return element("p", { class: "notice" }, page.missing + ", so this page has its tables but no pictures. Install it where the page is written, and write it again: apt install libjs-chart.js");
}

/*
 * Remarks, by where they belong: behind the first table those on its cases, of which some explain its
 * marks; behind a later one those on how cases scale.
 */
function remarksOf(blocks) {
  const remarks = { cases: [], marks: [], scaling: [] };
  let grids = 0;
  for (const block of blocks) {
    grids += block.kind === "grid";
    if (block.kind === "item") (grids > 1 ? remarks.scaling : block.text.startsWith("!: ") ? remarks.marks : remarks.cases).push(block);
  }
  return remarks;
}

function groupSection(data, group, own, i) {
  const remarks = remarksOf(own.blocks);
  const section = element("section", { id: "w" + i, "aria-label": own.heading }, element("h2", {}, own.heading), itemList(remarks.cases) || "");
  const numbers = element("details", {}, element("summary", {}, "All numbers of " + (group.workload || "these cases")));
  if (!hasCharts) numbers.open = true;
  section.append(...bestFigures(data, group));
  section.append(...scalingFigures(data, group).filter(made => made), itemList(remarks.scaling) || "", ...taskSizeFigure(data, group));
  section.append(...timeFigure(data, group), ...latencyFigure(data, group), ...runsFigure(data, group), ...costFigures(data, group));
  own.blocks.filter(block => block.kind === "grid").forEach(block => later(() => numbers.append(blockElement(block))));
  later(() => numbers.append(itemList(remarks.marks) || ""));
  section.append(numbers);
  return section;
}

function howSection(data) {
  const known = [["machine", "machine"], ["host", "host"], ["runtime", "runtime"], ["label", "label"], ["launcher", "launcher"], ["session", "session"]]
    .map(([title, name]) => [title, commonOr(data, name)]).filter(([, value]) => value);
  const commands = [...new Set(data.groups.flatMap(group => group.cases.map(one => valueOf(data, one, "command"))).filter(text => text))];
  const section = element("section", { id: "how" }, element("h2", {}, "How it was measured"), facts(known));
  if (commands.length > 0) section.append(element("h3", {}, "To repeat it"), ...commands.map(command => element("pre", {}, command)));
  if (data.warnings.length > 0) section.append(element("h3", {}, "Warnings"), element("ul", { id: "warnings" }, data.warnings.map(text => element("li", {}, text))));
  section.append(element("div", { class: "controls" }, download("Each case as CSV", "cases.csv", () => summaryCsv(data)), download("The runs drawn here as CSV", "runs.csv", () => runsCsv(data))));
  return section;
}

/* ---- begin ---- */

const pages = { results: resultsPage, comparison: comparisonPage, advice: advicePage, timeline: timelinePage, history: historyPage };

(function begin() {
  const page = JSON.parse(document.getElementById("data").textContent);
  pages[page.kind](document.querySelector("main"), page);
  if (hasCharts) watchTheme();
  requestAnimationFrame(() => setTimeout(workOff, 0));
})();
