/* Pictures of a comparison. */

const VERDICT_COLOURS = { better: "good", worse: "bad", same: "soft", inconclusive: 4, failed: "bad" };

function changeFigure(data) {
  const known = data.cases.filter(one => isKnown(one.ratio));
  if (known.length === 0) return null;
  const shown = [...known].sort((a, b) => b.ratio - a.ratio).slice(0, ROWS_MOST);
  const dotsOf = one => one.rounds.length > 0 ? one.rounds : one.new_medians;
  const rows = shown.map(one => ({
    label: one.name, value: one.ratio - 1, low: isKnown(one.interval[0]) ? one.interval[0] - 1 : null, high: isKnown(one.interval[1]) ? one.interval[1] - 1 : null,
    dots: dotsOf(one).map(ratio => ratio - 1), colour: VERDICT_COLOURS[one.verdict], shape: { better: "triangle", worse: "rectRot", inconclusive: "circle" }[one.verdict] || "rect",
    tip: [one.name, `${one.old_text} -> ${one.new_text}`, change(one.ratio) + " (" + changeInterval(...one.interval) + ")", one.word],
  }));
  return figure({
    title: "Changes",
    note: `From ${data.old_word} to ${data.new_word}, with intervals; grey: the threshold of ${percent(data.threshold)}. ` + (data.is_paired ? "Each dot is a round, a fresh launch of either." : `Each dot is a launch of ${data.new_word}, its median against that of ${data.old_word}.`)
      + (data.more_is_better ? " Further right is better." : " Further left is better.") + beyond(rows, true, value => change(1 + value), data.is_paired ? "round" : "launch") + manyRows(ROWS_MOST, known.length, "most changed"),
    height: rowsHeight(rows.length),
    make: pointRows(rows, "change of " + data.metric, ofChange, [paintBand(-data.threshold / (1 + data.threshold), data.threshold), paintLine(0, "x")]),
    columns: [["case", false], [data.old_word, true], [data.new_word, true], ["change", true], ["interval", true], ["verdict", false]],
    rows: shown.map(one => [one.name, one.old_text, one.new_text, change(one.ratio), changeInterval(...one.interval), one.word]),
    loud: shown.map((one, i) => [i, 5, one.verdict]).filter(([, , verdict]) => verdict === "worse" || verdict === "failed").map(([row, column]) => [row, column]),
  });
}

/* In the order in which they were made: a machine that changed meanwhile shows here. */
function roundsFigure(data) {
  const cases = data.cases.filter(one => one.rounds.length > 1 || one.new_medians.length > 1);
  if (cases.length === 0) return null;
  const choice = element("select", {}, cases.map((one, i) => element("option", { value: String(i) }, one.name)));
  const sidesOf = one => one.rounds.length > 0 ? [["rounds", one.rounds]] : [[data.old_word, one.old_medians], [data.new_word, one.new_medians]];
  const made = figure({
    title: data.is_paired ? "Rounds in their order" : "Launches in their order",
    note: data.is_paired ? `${data.new_word} against ${data.old_word} in each round.` : `The median of each launch, against that of all of ${data.old_word}.`,
    height: 300,
    controls: cases.length > 1 ? element("div", { class: "controls" }, element("label", {}, "Case: ", choice)) : null,
    make: (colours, width) => {
      const sides = sidesOf(cases[Number(choice.value || 0)]);
      const sets = sides.map(([name, ratios], i) => ({ ...lineSet(name, ratios.map((ratio, n) => ({ x: n + 1, y: ratio - 1, tip: [`${name} ${n + 1}`, change(ratio)] })), i, colours), showLine: false }));
      const values = sets.flatMap(set => set.data.map(point => point.y));
      const most = Math.max(...sides.map(([, ratios]) => ratios.length));
      return { type: "scatter", data: { datasets: sets }, plugins: [paintLine(0, "y")(colours)], options: { scales: {
        x: { type: "linear", min: 0.5, max: most + 0.5, title: { text: data.is_paired ? "round" : "launch" }, grid: { display: false }, ticks: { precision: 0, includeBounds: false, maxRotation: 0 } },
        y: quantityAxis("change", [0, ...values], { ...ofChange, width: 500 }) } } };
    },
    columns: [["case", false], ["of", false], ["number", true], ["change", true]],
    rows: cases.flatMap(one => sidesOf(one).flatMap(([name, ratios]) => ratios.map((ratio, i) => [one.name, name, String(i + 1), change(ratio)]))),
  });
  choice.addEventListener("change", () => made.picture && draw(made.picture));
  return made;
}

function comparisonPage(main, page) {
  const { data } = page, blocks = page.blocks.filter(block => block.kind !== "title");
  const title = page.blocks.find(block => block.kind === "title");
  document.title = `bench: ${data.old} and ${data.new}`;
  main.append(element("h1", {}, document.title), title ? element("p", { class: "lead" }, title.text.replace(/^bench: /, "")) : "");
  if (page.missing) main.append(missingNotice(page));
  main.append(...[changeFigure(data), roundsFigure(data)].filter(one => one));
  const [what, ...rest] = blocks;
  if (what) main.querySelector(".lead").after(element("p", { class: "soft" }, what.text));
  appendBlocks(main, rest);
  const columns = ["name", "metric", "old_median", "new_median", "ratio", "ratio_low", "ratio_high", "p", "verdict"];
  main.append(element("div", { class: "controls" }, download("Each case as CSV", "comparison.csv", () => csvText([columns, ...data.cases.map(one => [one.name, data.metric, one.old.median, one.new.median, one.ratio, ...one.interval, one.p, one.word])]))));
  main.append(pageEnd(page));
}
