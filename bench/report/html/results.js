/* Pictures of one workload's cases. */

const INTERVAL = "The bar is the median's 95 % confidence interval.";

/* ---- cases ---- */

function valueOf(data, one, name) {
  const own = one.fields[name];
  return own !== undefined ? own : data.common[name];
}

/* What a picture wants to know of each case that has a time, by the names of the summary's columns. */
function goodCases(data, group) {
  return group.cases.filter(one => valueOf(data, one, "status") === "ok" && isKnown(one.fields.median_s)).map(one => ({
    one, name: one.name, ...one.fields,
    executor: valueOf(data, one, "executor"), workers: valueOf(data, one, "workers"), inflight: valueOf(data, one, "inflight"),
    walls: one.runs.wall.filter((wall, i) => one.runs.phases[i] === "m" && isKnown(wall)),
  }));
}

/* The same way of running has the same colour and shape in all pictures of a workload. */
function executorsOf(cases) {
  return [...new Set(cases.map(one => one.executor))];
}

/* The value of a key that tells cases apart; undefined: it does not. */
function partOf(group, one, key) {
  const at = group.keys.indexOf(key);
  return at < 0 ? undefined : one.one.parts[at];
}

/* What is left of a case's name without some keys: the lines of a picture. */
function wayWithout(group, one, without) {
  const words = group.keys.map((key, i) => [key, one.one.parts[i]])
    .filter(([key, value]) => value !== null && key !== "executor" && !without.includes(key));
  return [one.executor, ...words.map(([key, value]) => key + " " + value)].join(", ");
}

function manyRows(rows, all, what) {
  return all > rows ? ` The ${rows} ${what} of ${all} cases; the table of all of them is at the end.` : "";
}

/* ---- what is best ---- */

function bestFigure(data, group, cases, title) {
  const executors = executorsOf(goodCases(data, group));
  const shown = [...cases].sort((a, b) => a.median_s - b.median_s).slice(0, ROWS_MOST);
  const kept = shown.reduce((sum, one) => sum + one.one.runs.kept, 0), of = shown.reduce((sum, one) => sum + one.one.runs.of, 0);
  const rows = shown.map(one => ({
    label: one.name, value: one.median_s, low: one.median_low_s, high: one.median_high_s, dots: one.walls,
    colour: executors.indexOf(one.executor), shape: SHAPES[executors.indexOf(one.executor) % 4],
    tip: [one.name, "median " + seconds(one.median_s), between(one.median_low_s, one.median_high_s, seconds) + " (95 %)",
      plural(one.n, "run") + ", " + plural(one.launches, "launch")],
  }));
  const thinned = kept < of ? ` ${kept} of ${of} runs are drawn, evenly chosen, with the fastest and the slowest of each case; the medians are of all.` : "";
  return figure({
    title,
    note: "The time of a run: each dot is a run, the mark is the median. " + INTERVAL + " Further left is faster." + beyond(rows, false, seconds, "run") + thinned + manyRows(ROWS_MOST, cases.length, "fastest"),
    height: rowsHeight(rows.length),
    make: pointRows(rows, "time of a run", ofTime),
    columns: [["case", false], ["median", true], ["95 % interval", true], ["fastest", true], ["slowest", true], ["speed-up", true], ["runs", true], ["launches", true]],
    rows: shown.map(one => [one.name, seconds(one.median_s), between(one.median_low_s, one.median_high_s, seconds), seconds(one.min_s), seconds(one.max_s), times(one.speedup), String(one.n), String(one.launches)]),
  });
}

/* A picture for each work that has several cases, while there are few works. */
function bestFigures(data, group) {
  const cases = goodCases(data, group), works = [...new Set(cases.map(one => one.one.work))];
  const several = works.length > 1 && works.length <= 8 && cases.length >= 2 * works.length;
  if (!several) return cases.length > 0 ? [bestFigure(data, group, cases, "What is best")] : [];
  return works.map(work => {
    const own = cases.filter(one => one.one.work === work);
    const same = group.keys.map((key, i) => [key, own[0].one.parts[i]])
      .filter(([key, value], i) => value !== null && own.every(one => one.one.parts[i] === value) && !cases.every(one => one.one.parts[i] === value));
    return bestFigure(data, group, own, "What is best with " + same.map(([key, value]) => key + " " + value).join(", "));
  });
}

/* ---- scaling ---- */

/* Lines over x: of each way its points, in the order of x; those with one point are none. */
function linesOver(group, cases, xOf, without, valuesOf) {
  const lines = new Map();
  for (const one of cases) {
    const name = wayWithout(group, one, without), x = xOf(one);
    if (!isKnown(x)) continue;
    if (!lines.has(name)) lines.set(name, []);
    lines.get(name).push({ x, one, ...valuesOf(one) });
  }
  return [...lines].filter(([, points]) => new Set(points.map(point => point.x)).size > 1)
    .map(([name, points]) => [name, points.sort((a, b) => a.x - b.x)]);
}

/* An axis of counts, with a tick where there are points. */
function countAxis(title, values, width, marked) {
  const distinct = [...new Set(marked)].sort((a, b) => a - b);
  const min = Math.min(...values), max = Math.max(...values);
  const every = Math.ceil(distinct.length / Math.max(3, Math.floor(width / 50)));
  const isLog = max >= 8 * min;
  return {
    type: isLog ? "logarithmic" : "linear", min: isLog ? min * 0.92 : min - 0.08 * (max - min), max: isLog ? max * 1.08 : max + 0.08 * (max - min),
    title: { text: title + (isLog ? " (logarithmic)" : "") },
    afterBuildTicks: axis => { axis.ticks = distinct.filter((value, i) => i % every === 0).map(value => ({ value })); },
    ticks: { autoSkip: true, maxRotation: 0, callback: value => String(Number(value.toPrecision(4))) },
  };
}

/* The laws of scaling that hold for the lines of a picture: [number of the line, law]. */
function lawsOf(group, lines, what) {
  return group.laws.filter(law => law.over === what).flatMap(law => {
    const line = lines.findIndex(([, points]) => points.some(point => point.one.one === group.cases[law.case]));
    return line < 0 ? [] : [[line, law]];
  });
}

function lawSets(laws, colours) {
  return laws.flatMap(([line, { curve, twice: [x, y, low, high] }]) => {
    const colour = colours.series[line % 8], common = { label: "", borderColor: colour, backgroundColor: colour, borderDash: [2, 3], borderWidth: 1.5 };
    return [
      { ...common, data: curve.map(([at, value]) => ({ x: at, y: value })), pointRadius: 0, pointHitRadius: 0 },
      { ...common, data: [{ x, y, low, high, tip: ["the law's prediction", times(y), between(low, high, times) + " (95 %)"] }], pointRadius: 3, pointStyle: "rectRot" },
    ];
  });
}

/* Where the law's curve may be: 95 % at each place by itself. */
function paintLawBands(laws, colours) {
  return painter("bands", "beforeDatasetsDraw", (chart, ctx) => {
    const { x, y } = chart.scales;
    for (const [line, { band }] of laws) {
      ctx.fillStyle = faded(colours.series[line % 8], 0.14);
      ctx.beginPath();
      band.forEach(([at, , high]) => ctx.lineTo(x.getPixelForValue(at), y.getPixelForValue(high)));
      [...band].reverse().forEach(([at, low]) => ctx.lineTo(x.getPixelForValue(at), y.getPixelForValue(low)));
      ctx.fill();
    }
  });
}

function scalingPair(group, cases, what, xOf, without, threads) {
  const lines = linesOver(group, cases, xOf, without, one => ({}));
  if (lines.length === 0) return null;
  const shown = lines.slice(0, 12), points = shown.flatMap(([, own]) => own);
  const laws = lawsOf(group, shown, what);
  const xs = points.map(point => point.x), lanesAreX = points.every(point => point.one.workers * point.one.inflight === point.x);
  const reference = points.some(point => point.one.reference === "serial") ? "serial" : "the first case of the same work";
  const left = lines.length > shown.length ? ` ${shown.length} of ${lines.length} ways are drawn.` : "";
  const table = {
    columns: [["way", false], [what, true], ["speed-up", true], ["95 % interval", true], ["efficiency", true], ["95 % interval", true]],
    rows: lines.flatMap(([name, own]) => own.map(({ x, one }) => [name, String(x), times(one.speedup), between(one.speedup_low, one.speedup_high, times), percent(one.efficiency), between(one.efficiency_low, one.efficiency_high, percent)])),
  };
  const chart = (value, low, high, format, axis, ideal) => (colours, width) => {
    const sets = shown.map(([name, own], i) => lineSet(name, own.map(({ x, one }) => ({ x, y: one[value], low: one[low], high: one[high],
      tip: [name, plural(x, what.replace(/s$/, "")), format(one[value]), between(one[low], one[high], format) + " (95 %)"] })).filter(point => isKnown(point.y)), i, colours));
    const marks = sets.flatMap(set => set.data.map(point => point.y));
    if (value === "speedup") sets.push(...lawSets(laws, colours));
    const intervals = paintIntervals([...sets]), allX = sets.flatMap(set => set.data.map(point => point.x));
    if (ideal && (lanesAreX || value === "efficiency")) {
      const ends = [Math.min(...xs), Math.max(...xs)];
      sets.push({ label: "ideal", data: ends.map(x => ({ x, y: ideal(x) })), borderColor: colours.soft, borderDash: [4, 4], borderWidth: 1.5, pointRadius: 0, pointHitRadius: 0, pointStyle: "line" });
    }
    const painters = value === "speedup" ? [paintLawBands(laws, colours), intervals] : [intervals];
    if (isKnown(threads) && threads > Math.min(...xs) && threads < Math.max(...xs)) painters.push(verticalLine(threads, plural(threads, "CPU"), colours));
    const ys = cappedRange([...marks, ...sets.filter(set => set.label === "").flatMap(set => set.data.map(point => point.y))], sets.flatMap(set => set.data.flatMap(point => [point.y, point.low, point.high])));
    return { type: "line", data: { datasets: sets }, plugins: painters, options: { parsing: false, scales: { x: countAxis(what, allX, width, xs), y: axis(ys, width) } } };
  };
  const speedup = figure({
    title: "Speed-up over " + what,
    note: `Against ${reference}. Bars and bands are 95 % intervals.` + (lanesAreX ? " Dashed: ideal, as many times as fast as there are lanes." : "") + (laws.length > 0 ? " Dotted: the Universal Scalability Law where it holds, up to twice as many, with its 95 % band." : "") + left,
    height: 360,
    make: chart("speedup", "speedup_low", "speedup_high", times, (ys, width) => quantityAxis("speed-up", ys, { width: 600 }), x => x), ...table,
  });
  const efficiency = figure({
    title: "Efficiency over " + what,
    note: "Speed-up divided by the lanes (workers x inflight): 100 % is all that they can give." + left,
    height: 360,
    make: chart("efficiency", "efficiency_low", "efficiency_high", percent, ys => ({
      type: "linear", min: 0, max: Math.max(1.1, ...ys.filter(isKnown)), title: { text: "efficiency" }, ticks: { callback: value => plain(100 * value, 3) + " %", includeBounds: false } }), () => 1), ...table,
  });
  return element("div", { class: "pair" }, speedup, efficiency);
}

function verticalLine(at, label, colours) {
  return painter("line", "beforeDatasetsDraw", (chart, ctx, area) => {
    const x = chart.scales.x.getPixelForValue(at);
    ctx.strokeStyle = ctx.fillStyle = colours.soft;
    ctx.lineWidth = 1;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(x, area.top);
    ctx.lineTo(x, area.bottom);
    ctx.stroke();
    ctx.font = "11px sans-serif";
    ctx.fillText(label, x + 4, area.bottom - 6);
  });
}

function scalingFigures(data, group) {
  const cases = goodCases(data, group).filter(one => isKnown(one.speedup));
  const has = key => new Set(cases.map(one => one[key])).size > 1;
  const made = [];
  if (has("workers")) made.push(scalingPair(group, cases, "workers", one => one.workers, ["workers"], data.threads));
  if (has("inflight")) made.push(scalingPair(group, cases, "lanes", one => one.workers * one.inflight, ["workers", "inflight"], NaN));
  return made;
}

/* ---- the size of tasks ---- */

function taskSizeFigure(data, group) {
  const cases = goodCases(data, group);
  const sweeps = group.task_sizes.map(sweep => ({ ...sweep, points: sweep.cases.map(([number, size]) => ({ x: size, one: cases.find(one => one.one === group.cases[number]) })) }));
  if (sweeps.length === 0) return [];
  const params = group.keys.filter((key, i) => sweeps.some(({ points }) => new Set(points.map(({ one }) => one.one.parts[i])).size > 1));
  const nameOf = ({ points }) => wayWithout(group, points[0].one, params);
  const shown = sweeps.slice(0, 12);
  const metgOf = sweep => sweep.is_always ? "below " + seconds(sweep.points[0].x) : isKnown(sweep.metg_s) ? seconds(sweep.metg_s) : "above " + seconds(sweep.points[sweep.points.length - 1].x);
  return [figure({
    title: "Efficiency over the size of tasks",
    note: "The size of a task is what serial takes for it. Where a line crosses 50 % is METG(50 %), the smallest task that is run efficiently: " + shown.map(sweep => nameOf(sweep) + " " + metgOf(sweep)).join(", ") + "." + (sweeps.length > shown.length ? ` ${shown.length} of ${sweeps.length} ways are drawn.` : ""),
    height: 380,
    make: (colours, width) => {
      const sets = shown.map((sweep, i) => lineSet(nameOf(sweep), sweep.points.map(({ x, one }) => ({ x, y: one.efficiency, low: one.efficiency_low, high: one.efficiency_high,
        tip: [one.name, "task of " + seconds(x), percent(one.efficiency), between(one.efficiency_low, one.efficiency_high, percent) + " (95 %)"] })), i, colours));
      const marks = sets.flatMap(set => set.data);
      return { type: "line", data: { datasets: sets }, plugins: [paintLine(0.5, "y")(colours), paintIntervals(sets)], options: { parsing: false, scales: {
        x: quantityAxis("task under serial", marks.map(mark => mark.x), { ...ofTime, width }),
        y: { type: "linear", min: 0, max: Math.max(1.1, ...cappedRange(marks.map(mark => mark.y), marks.map(mark => mark.high))), title: { text: "efficiency" }, ticks: { callback: value => plain(100 * value, 3) + " %", includeBounds: false } } } } };
    },
    columns: [["way", false], ["task", true], ["efficiency", true], ["95 % interval", true], ["METG(50 %)", true]],
    rows: sweeps.flatMap(sweep => sweep.points.map(({ x, one }) => [nameOf(sweep), seconds(x), percent(one.efficiency), between(one.efficiency_low, one.efficiency_high, percent), metgOf(sweep)])),
  })];
}

/* ---- where the time goes ---- */

const WAIT_NAMES = { sleep: "sleeping", read: "reading", write: "writing", sync: "syncing", poll: "sockets and pipes", lock: "waiting for a lock", other: "other waits" };

function timeFigure(data, group) {
  const cases = goodCases(data, group).filter(one => one.one.time).sort((a, b) => a.median_s - b.median_s);
  if (cases.length === 0) return [];
  const shown = cases.slice(0, 60), hasWaits = shown.some(one => one.one.time.has_waits);
  const parts = [
    ["computing", 0, time => isKnown(time.user) && isKnown(time.sys) ? time.user : null], ["in the kernel", 7, time => isKnown(time.user) && isKnown(time.sys) ? time.sys : null],
    ["CPU time", 0, time => isKnown(time.user) && isKnown(time.sys) ? null : time.cpu],
    ...Object.keys(WAIT_NAMES).map((kind, i) => [WAIT_NAMES[kind], [4, 1, 5, 3, 2, 6, 6][i], time => time.waits[kind]]),
    ["ready, without a CPU", 5, time => time.run_delay], ["waiting for storage", 1, time => time.block_delay],
    [hasWaits ? "the rest" : "waiting or idle", null, time => time.rest],
  ].filter(([, , share]) => shown.some(one => share(one.one.time) > 0.0005));
  return [figure({
    title: "Where the time goes",
    note: (hasWaits ? "Of the time of all lanes" : "Of the time of all workers") + ", mean of the measured runs." + (hasWaits ? "" : " Which kinds of waiting there were is known of runs with a lever alone.") + (cases.length > shown.length ? ` The fastest ${shown.length} of ${cases.length} cases.` : ""),
    height: width => rowsHeight(shown.length)(width) + 40,
    make: (colours, width) => ({
      type: "bar",
      data: { labels: shown.map(one => shorten(one.name, isNarrow(width) ? 40 : 44)), datasets: parts.map(([name, colour, share]) => ({
        label: name, backgroundColor: colour === null ? colours.grid : colours.series[colour], pointStyle: "rect", barPercentage: isNarrow(width) ? 0.5 : 0.75, categoryPercentage: 1,
        borderColor: colours.paper, borderWidth: { right: 1 },
        data: shown.map((one, i) => ({ x: Math.min(1, share(one.one.time) || 0), y: i, tip: [one.name, name + ": " + percent(share(one.one.time)) + " of " + seconds(one.one.time.had_s)] })),
      })) },
      options: {
        indexAxis: "y", parsing: { xAxisKey: "x", yAxisKey: "y" },
        scales: { x: { stacked: true, min: 0, max: Math.max(1, ...shown.map(one => parts.reduce((sum, [, , share]) => sum + (share(one.one.time) || 0), 0))), ticks: { callback: value => plain(100 * value, 3) + " %", maxRotation: 0 } },
          y: { stacked: true, type: "category", grid: { drawOnChartArea: false, drawTicks: false }, ticks: { color: colours.ink, autoSkip: false, mirror: isNarrow(width), labelOffset: isNarrow(width) ? -16 : 0, padding: isNarrow(width) ? 0 : 8, z: 1 } } },
      },
    }),
    columns: [["case", false], ["time of a run", true], ...parts.map(([name]) => [name, true])],
    rows: cases.map(one => [one.name, seconds(one.one.time.had_s), ...parts.map(([, , share]) => percent(share(one.one.time)))]),
  })];
}

/* ---- latency ---- */

const PERCENTILES = ["50", "90", "99", "99.9", "100"];
const PLACES = { 50: 0.301, 90: 1, 99: 2, 99.9: 3, 100: 4 };

function latencyFigure(data, group) {
  const cases = goodCases(data, group).filter(one => one.one.latency && isKnown(one.one.latency["99"]));
  if (cases.length === 0) return [];
  const shown = [...cases].sort((a, b) => a.one.latency["99"] - b.one.latency["99"]).slice(0, 12);
  const hasService = shown.some(one => isKnown(one.one.service["99"]));
  const pointsOf = (one, of) => PERCENTILES.filter(place => isKnown(of[place])).map(place => ({ x: PLACES[place], y: of[place],
    tip: [one.name, (place === "100" ? "slowest" : place + " %") + ": " + seconds(of[place])] }));
  return [figure({
    title: "Latency",
    note: (hasService ? "From the moment a task should have begun; dashed: from when it began." : "The time of a range of tasks.") + " Medians of the measured runs, of the slowest the largest." + (cases.length > shown.length ? ` The ${shown.length} of ${cases.length} cases with the least 99 %.` : ""),
    height: 400,
    make: (colours, width) => {
      const sets = shown.map((one, i) => lineSet(one.name, pointsOf(one, one.one.latency), i, colours));
      shown.forEach((one, i) => {
        const points = pointsOf(one, one.one.service);
        if (points.length > 1) sets.push({ ...lineSet("", points, i, colours), borderDash: [4, 4], pointRadius: 3 });
      });
      return { type: "line", data: { datasets: sets }, options: { parsing: false, scales: {
        x: { type: "linear", min: 0.15, max: 4.2, title: { text: "percentile" }, afterBuildTicks: axis => { axis.ticks = PERCENTILES.map(place => ({ value: PLACES[place] })); },
          ticks: { autoSkip: false, maxRotation: 0, callback: (value, i) => PERCENTILES[i] === "100" ? "max" : PERCENTILES[i] + " %" } },
        y: quantityAxis("latency", sets.flatMap(set => set.data.map(point => point.y)), { ...ofTime, width: 600 }) } } };
    },
    columns: [["case", false], ...PERCENTILES.map(place => [place === "100" ? "slowest" : place + " %", true]), ...(hasService ? [["service 50 %", true], ["service 99 %", true]] : [])],
    rows: cases.map(one => [one.name, ...PERCENTILES.map(place => seconds(one.one.latency[place])), ...(hasService ? [seconds(one.one.service["50"]), seconds(one.one.service["99"])] : [])]),
  })];
}

/* ---- memory and start-up ---- */

function costFigures(data, group) {
  const cases = goodCases(data, group), executors = executorsOf(cases);
  const make = (title, note, axis, kind, format, valueOf) => {
    const own = cases.filter(one => isKnown(valueOf(one))).sort((a, b) => valueOf(a) - valueOf(b)).slice(0, 60);
    if (own.length === 0) return null;
    return figure({
      title, note: note + (cases.length > own.length && own.length === 60 ? ` The least 60 of ${cases.length} cases.` : ""), height: rowsHeight(own.length),
      make: pointRows(own.map(one => ({ label: one.name, value: valueOf(one), colour: executors.indexOf(one.executor), shape: SHAPES[executors.indexOf(one.executor) % 4], tip: [one.name, format(valueOf(one))] })), axis, kind),
      columns: [["case", false], [axis, true]], rows: own.map(one => [one.name, format(valueOf(one))]),
    });
  };
  const isPss = cases.some(one => isKnown(one.pss_bytes));
  const figures = [
    make("Memory", isPss ? "Proportional set size (PSS) of all its processes, median of the runs." : "The highest resident memory of a run.", "memory", ofSize, bytes, one => isPss ? one.pss_bytes : one.peak_rss_bytes),
    make("Start-up", "Making the workers: median over the launches of their first run.", "start-up", ofTime, seconds, one => one.startup_s),
  ].filter(one => one);
  return figures.length > 0 ? [element("div", { class: "pair" }, figures)] : [];
}
