/* Pictures of a history: a case each, its sessions in the order of time. */

const STEP_COLOURS = { worse: "bad", better: "good", machine: "soft", young: "soft" };
const CASES_DRAWN = 40;

function dayOf(data, session) {
  return data.sessions[session][0] || data.sessions[session][1];
}

function sessionName(data, session) {
  const [day, label] = data.sessions[session];
  return [day, label && shorten(label, 40)].filter(text => text).join(" ");
}

/* The steps of a case in the order of time, each with the number that it has in the picture. */
function stepsOf(one) {
  return one.series.flatMap(series => series.points).sort((a, b) => a.session - b.session).map((point, i) => ({ ...point, number: i + 1 }));
}

/* Where the case goes on on another machine: [its first session there, the machine]. Not of cases that go to and fro. */
function moves(one) {
  return one.series.slice(1).flatMap((series, i) => one.series[i].at[one.series[i].at.length - 1] < series.at[0] ? [[series.at[0], series.machine]] : []);
}

/* ---- the picture of a case ---- */

function paintMoves(one, colours) {
  return painter("moves", "beforeDatasetsDraw", (chart, ctx, area) => {
    ctx.fillStyle = faded(colours.soft, 0.1);
    const starts = moves(one).map(([session]) => chart.scales.x.getPixelForValue(session - 0.5));
    starts.forEach((from, i) => i % 2 === 0 && ctx.fillRect(from, area.top, (starts[i + 1] || area.right) - from, area.bottom - area.top));
    ctx.strokeStyle = colours.soft;
    ctx.setLineDash([2, 3]);
    for (const at of starts) {
      ctx.beginPath();
      ctx.moveTo(at, area.top);
      ctx.lineTo(at, area.bottom);
      ctx.stroke();
    }
  });
}

function paintLevels(one, colours) {
  return painter("levels", "afterDatasetsDraw", (chart, ctx) => {
    const { x, y } = chart.scales;
    ctx.strokeStyle = colours.ink;
    ctx.lineWidth = 2;
    for (const [first, last, median] of one.series.flatMap(series => series.levels)) {
      ctx.beginPath();
      ctx.moveTo(x.getPixelForValue(first - 0.5), y.getPixelForValue(median));
      ctx.lineTo(x.getPixelForValue(last + 0.5), y.getPixelForValue(median));
      ctx.stroke();
    }
  });
}

/* A line at each step, its number above; numbers of neighbours stand at two heights. */
function paintSteps(steps, colours) {
  return painter("steps", "afterDatasetsDraw", (chart, ctx, area) => {
    ctx.font = "bold 11px sans-serif";
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    let before = -Infinity, height = 0;
    for (const step of steps) {
      const at = chart.scales.x.getPixelForValue(step.session - 0.5), colour = colours[STEP_COLOURS[step.kind]];
      height = at - before < 20 ? (height + 1) % 3 : 0;
      before = at;
      const middle = area.top + 10 + 19 * height;
      ctx.strokeStyle = ctx.fillStyle = colour;
      ctx.lineWidth = 1.5;
      ctx.setLineDash(step.kind === "young" ? [3, 3] : []);
      ctx.beginPath();
      ctx.moveTo(at, middle + 9);
      ctx.lineTo(at, area.bottom);
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.beginPath();
      ctx.arc(at, middle, 9, 0, 2 * Math.PI);
      if (step.kind === "young") {
        ctx.fillStyle = colours.paper;
        ctx.fill();
        ctx.stroke();
        ctx.fillStyle = colour;
      } else {
        ctx.fill();
        ctx.fillStyle = colours.paper;
      }
      ctx.fillText(String(step.number), at, middle + 0.5);
    }
  });
}

/* Days along the sessions, as many as there is room for. */
function sessionAxis(data, width) {
  const last = data.sessions.length - 1, every = Math.max(1, Math.ceil((last + 1) / Math.max(2, Math.floor(width / 110))));
  return {
    type: "linear", min: -0.5, max: last + 0.5, title: { text: "session" }, grid: { display: false },
    afterBuildTicks: axis => { axis.ticks = Array.from({ length: Math.floor(last / every) + 1 }, (_, i) => ({ value: i * every })); },
    ticks: { maxRotation: 0, autoSkip: false, align: "start", callback: value => shorten(dayOf(data, value) || "", 12) },
  };
}

function metricAxis(data, one, values) {
  const kinds = { s: ofTime, byte: ofSize };
  const title = data.unit === "/s" ? (one.work_unit || "work") + " per second" : data.metric;
  return quantityAxis(title, values, { ...(kinds[data.unit] || { units: COUNTS }), width: 500, zero: false });
}

/*
 * From where to where a picture goes: all levels and nearly all values. A few nights that were far off
 * would make steps too small to be seen.
 */
function rangeOf(one) {
  const values = one.series.flatMap(series => series.values).sort((a, b) => a - b), at = share => values[Math.round(share * (values.length - 1))];
  const levels = one.series.flatMap(series => series.levels.map(([, , median]) => median));
  const least = Math.min(at(0.02), ...levels), most = Math.max(at(0.98), ...levels), room = 0.5 * (most - least) || 0.05 * most;
  return [Math.max(values[0], least - room), Math.min(values[values.length - 1], most + room)];
}

function caseChart(data, one) {
  const steps = stepsOf(one), text = value => amount(value, data.unit, one.work_unit);
  const [least, most] = rangeOf(one), within = value => Math.min(most, Math.max(least, value));
  return (colours, width) => {
    const sets = one.series.map((series, i) => ({
      ...lineSet(series.on, series.at.map((session, k) => ({ x: session, y: within(series.values[k]), tip: [sessionName(data, session), text(series.values[k]), ...(one.series.length > 1 ? [series.on] : [])] })), i, colours),
      borderWidth: 1, borderColor: faded(colours.series[i % 8], 0.35), pointBorderColor: colours.series[i % 8], pointHitRadius: 4,
      pointRadius: series.values.map(value => value > most || value < least ? 4 : series.at.length > 120 || isNarrow(width) ? 1.8 : 3),
      pointStyle: series.values.map(value => value > most || value < least ? "triangle" : SHAPES[i % 4]), pointRotation: series.values.map(value => value < least ? 180 : 0),
    }));
    const axis = metricAxis(data, one, [least, most, ...one.series.flatMap(series => series.values.map(within))]);
    /* Numbers of steps have room above. */
    if (steps.length > 0 && axis.type === "linear") axis.max += 0.14 * (axis.max - axis.min);
    return {
      type: "line", data: { datasets: sets }, plugins: [paintMoves(one, colours), paintLevels(one, colours), paintSteps(steps, colours)],
      options: { parsing: false, scales: { x: sessionAxis(data, width), y: axis }, plugins: { legend: { display: one.series.length > 1 } } },
    };
  };
}

function caseNote(data, one) {
  const drawn = one.series.reduce((sum, series) => sum + series.at.length, 0), of = one.series.reduce((sum, series) => sum + series.of, 0);
  const last = one.series[one.series.length - 1];
  const [least, most] = rangeOf(one), out = one.series.flatMap(series => series.values).filter(value => value < least || value > most);
  const beyondEdge = out.length > 0 ? ` ${plural(out.length, "session")} beyond the edge: the triangles, ${out.some(value => value > most) ? "up to " + amount(Math.max(...out), data.unit, one.work_unit) : "down to " + amount(Math.min(...out), data.unit, one.work_unit)}.` : "";
  const deviation = isKnown(last.deviation) ? ` From session to session it deviates by ${percent(last.deviation)}.` : "";
  const machines = moves(one).map(([session, on]) => ` Dotted: since ${sessionName(data, session)} on another machine, ${on}.`).join("");
  return plural(of, "session") + ", each the median of its runs; lines are the medians between steps." + machines + deviation + beyondEdge + (drawn < of ? ` ${drawn} of ${of} values are drawn, evenly chosen, with those about each step.` : "");
}

function stepList(one) {
  const steps = stepsOf(one);
  if (steps.length === 0) return null;
  return element("ol", { class: "steps" }, steps.map(step => element("li", { class: step.is_regression ? "loud" : null }, step.finding, step.command ? element("pre", {}, step.command) : null)));
}

function caseRows(data, one) {
  const steps = new Map(stepsOf(one).map(step => [step.session, step]));
  return one.series.flatMap(series => series.at.map((session, i) => {
    const step = steps.get(session), own = step && series.points.some(point => point.session === session);
    return [sessionName(data, session), amount(series.values[i], data.unit, one.work_unit), series.on, own ? `${step.number}: ${step.change}` : ""];
  }));
}

function caseFigure(data, one) {
  const made = figure({
    title: one.name + (one.is_reference ? " (reference work: its steps are the machine's)" : ""),
    note: caseNote(data, one),
    height: 300,
    make: caseChart(data, one),
    columns: [["session", false], [data.metric, true], ["on", false], ["step", false]],
    rows: caseRows(data, one),
  });
  made.querySelector("figcaption").append(stepList(one) || "");
  return made;
}

/* ---- all of them ---- */

/* When which case stepped: what several cases have in common is seen here. */
function overviewFigure(data) {
  const cases = data.cases.filter(one => stepsOf(one).length > 0);
  if (cases.length < 2) return null;
  const shown = cases.slice(0, ROWS_MOST), marks = shown.flatMap((one, row) => stepsOf(one).map(step => ({ row, one, step })));
  const changed = session => data.sessions[session][2];
  const kernels = data.sessions.map((_, i) => i).filter(i => i > 0 && changed(i) && changed(i - 1) && changed(i) !== changed(i - 1));
  return figure({
    title: "Steps of all cases",
    note: "Up: to more, down: to less; red is worse, green is better, grey is the machine's own, hollow is too young to say." + (kernels.length > 0 ? ` Dotted: another kernel, ${kernels.map(i => `${changed(i)} since ${sessionName(data, i)}`).slice(0, 4).join(", ")}${kernels.length > 4 ? " and more" : ""}.` : "") + manyRows(ROWS_MOST, cases.length, "first"),
    height: rowsHeight(shown.length),
    make: (colours, width) => ({
      type: "scatter",
      data: { datasets: [{
        data: marks.map(({ row, one, step }) => ({ x: step.session, y: row, tip: [one.name, step.change + ", " + sessionName(data, step.session)] })),
        pointStyle: "triangle", pointRadius: 7, pointHoverRadius: 9, pointRotation: marks.map(({ step }) => step.change.startsWith("-") ? 180 : 0), pointBorderWidth: 1.5,
        pointBackgroundColor: marks.map(({ step }) => step.kind === "young" ? colours.paper : colours[STEP_COLOURS[step.kind]]), pointBorderColor: marks.map(({ step }) => colours[STEP_COLOURS[step.kind]]),
      }] },
      options: { scales: { x: sessionAxis(data, width), y: labelAxis(shown.map(one => one.name), width) } },
      plugins: kernels.map(i => verticalLine(i - 0.5, "", colours)),
    }),
    columns: [["case", false], ["since", false], ["change", true], ["what", false]],
    rows: cases.flatMap(one => stepsOf(one).map(step => [one.name, sessionName(data, step.session), step.change, step.finding.split(":")[0]])),
  });
}

/* Those that got slower of late come first, then those that stepped, then the others, then the reference. */
function inOrder(cases) {
  const rank = one => one.is_reference ? 3 : stepsOf(one).some(step => step.is_regression) ? 0 : stepsOf(one).length > 0 ? 1 : 2;
  return cases.map((one, i) => [rank(one), i, one]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , one]) => one);
}

/* Of many cases, one at a time. */
function chosenFigure(data, cases) {
  const holder = element("div", {}), choice = element("select", {}, cases.map((one, i) => element("option", { value: String(i) }, one.name)));
  const show = () => {
    const old = drawn.findIndex(picture => holder.contains(picture.canvas));
    if (old >= 0) drawn.splice(old, 1)[0].chart.destroy();
    holder.replaceChildren(caseFigure(data, cases[Number(choice.value)]));
    workOff();
  };
  choice.addEventListener("change", show);
  later(show);
  return element("section", {}, element("h2", {}, `The other ${plural(cases.length, "case")}`), element("div", { class: "controls" }, element("label", {}, "Case: ", choice)), holder);
}

function seriesCsv(data) {
  return csvText([["case", "on", "session", "time", "label", data.metric], ...data.cases.flatMap(one => one.series.flatMap(series =>
    series.at.map((session, i) => [one.name, series.on, session, data.sessions[session][0], data.sessions[session][1], series.values[i]])))]);
}

function historyPage(main, page) {
  const { data } = page, blocks = page.blocks.filter(block => block.kind !== "title"), title = page.blocks.find(block => block.kind === "title");
  const cases = inOrder(data.cases), shown = cases.length > CASES_DRAWN + 1 ? cases.slice(0, CASES_DRAWN) : cases;
  const grids = blocks.findIndex(block => block.kind === "grid") + 1;
  document.title = "bench history: " + data.metric;
  main.append(element("h1", {}, document.title), title ? element("p", { class: "lead" }, title.text) : "");
  if (page.missing) main.append(missingNotice(page));
  appendBlocks(main, blocks.slice(0, grids));
  main.append(overviewFigure(data) || "", ...shown.map(one => caseFigure(data, one)));
  if (shown.length < cases.length) main.append(chosenFigure(data, cases.slice(shown.length)));
  main.append(element("section", { id: "remarks" }, element("h2", {}, "Remarks")));
  appendBlocks(main, blocks.slice(grids));
  main.append(element("div", { class: "controls" }, download("The values drawn here as CSV", "history.csv", () => seriesCsv(data))));
  main.append(pageEnd(page));
}
