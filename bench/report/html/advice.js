/* Pictures of advice. */

const BOUND_NAMES = { cpu: "CPU time", wait: "waiting", memory: "memory", cache: "losing the cache", lock: "a lock" };

function elasticityFigure(title, bound) {
  const rows = [
    ...Object.entries(bound.elasticity).filter(([, of]) => of).map(([name, of], i) => ({ label: BOUND_NAMES[name], of, colour: i })),
    ...Object.entries(bound.waits).map(([kind, of]) => ({ label: "of waiting: " + WAIT_NAMES[kind], of, colour: 1 })),
  ].map(row => ({ ...row, value: row.of.value, low: row.of.low, high: row.of.high, tip: [row.label, percent(row.of.value), between(row.of.low, row.of.high, percent)] }));
  if (rows.length === 0) return null;
  return figure({
    title,
    note: "How much of its time hangs on what: 10 % less of it would save a tenth of this share. Found by making each of them longer; bars are 95 % intervals.",
    height: rowsHeight(rows.length),
    make: pointRows(rows, "share of its time", ofShare, [paintLine(0, "x")]),
    columns: [["what", false], ["share", true], ["95 % interval", true]],
    rows: rows.map(row => [row.label, percent(row.value), between(row.low, row.high, percent)]),
  });
}

function waysFigure(data) {
  const chosen = data.recommendation || {};
  const isChosen = way => ["runtime", "executor", "workers", "inflight"].every(name => way[name] === chosen[name]);
  const nameOf = way => `${way.runtime === "bench" ? "" : way.runtime + "."}${way.executor}, ${plural(way.workers, "worker")}` + (way.inflight > 1 ? `, ${way.inflight} in flight` : "") + (isChosen(way) ? " (recommended)" : "");
  const ways = data.tried.filter(way => isKnown(way.speedup)).sort((a, b) => b.speedup - a.speedup);
  if (ways.length === 0) return null;
  const rows = ways.map(way => ({ label: nameOf(way), value: way.speedup, low: way.speedup_low, high: way.speedup_high, colour: isChosen(way) ? "good" : way.given_up ? "soft" : 0,
    shape: isChosen(way) ? "triangle" : "circle", tip: [nameOf(way), times(way.speedup) + " times as fast as serial", between(way.speedup_low, way.speedup_high, times) + " (95 %)", seconds(way.wall_s)] }));
  return figure({
    title: "Ways that were tried",
    note: "Speed-up over serial, with 95 % intervals. Grey: surely behind, and given up early. Further right is faster.",
    height: rowsHeight(rows.length),
    make: pointRows(rows, "speed-up over serial", ofRatio, [paintLine(1, "x")]),
    columns: [["way", false], ["time of a run", true], ["speed-up", true], ["95 % interval", true], ["CPU time", true], ["memory", true]],
    rows: ways.map(way => [nameOf(way), seconds(way.wall_s), times(way.speedup), between(way.speedup_low, way.speedup_high, times), seconds(way.cpu_s), bytes(way.pss_bytes)]),
  });
}

function advicePage(main, page) {
  const { data } = page;
  document.title = "bench advise: " + data.workload;
  main.append(element("h1", {}, document.title), element("p", { class: "soft" }, data.params || ""));
  if (page.missing) main.append(missingNotice(page));
  const first = page.blocks.findIndex(block => block.kind === "heading");
  appendBlocks(main, page.blocks.slice(0, first < 0 ? undefined : first));
  main.append(...[elasticityFigure("What it hangs on, with one lane", data), waysFigure(data), data.bound_then ? elasticityFigure("What it hangs on, run as recommended", data.bound_then) : null].filter(one => one));
  if (first >= 0) appendBlocks(main, page.blocks.slice(first));
  main.append(pageEnd(page));
}
