/* The timeline of --trace: a row a lane, computing solid, waiting hatched, waiting for a lock crossed. */

const LANE_STATES = [
  { key: "computing", name: "computing", kind: "solid" },
  { key: "waiting", name: "waiting", kind: "lines" },
  { key: "locked", name: "waiting for a lock that another has", kind: "crossed" },
];

/* What ways there are to read a lane's pieces: their beginnings and ends in seconds, and shares of the states. */
function unpackTrack(track) {
  const from = new Float64Array(track.at.length), to = new Float64Array(track.at.length);
  let end = 0;
  track.at.forEach((gap, i) => {
    from[i] = (end + gap) * 1e-9;
    end += gap + track.took[i];
    to[i] = end * 1e-9;
  });
  return { ...track, from, to, shares: i => [track.mix[i] % 101, Math.floor(track.mix[i] / 101) % 101, Math.floor(track.mix[i] / 10201)].map(percents => percents / 100) };
}

/* The first piece that ends after then. */
function pieceAfter(lane, at) {
  let low = 0, high = lane.to.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane.to[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Of each pixel of a row, how much of it each state has. */
function columnsOf(lane, from, to, width) {
  const columns = LANE_STATES.map(() => new Float32Array(width));
  const scale = width / (to - from);
  for (let i = pieceAfter(lane, from); i < lane.from.length && lane.from[i] < to; i++) {
    const left = Math.max(0, (lane.from[i] - from) * scale), right = Math.min(width, (lane.to[i] - from) * scale);
    const shares = lane.shares(i);
    for (let x = Math.floor(left); x < right; x++) {
      const part = Math.min(x + 1, right) - Math.max(x, left);
      for (let s = 0; s < columns.length; s++) columns[s][x] += part * shares[s];
    }
  }
  return columns;
}

/* ---- drawing ---- */

function hatching(ctx, colour, kind) {
  if (kind === "solid") return colour;
  const tile = document.createElement("canvas"), own = tile.getContext("2d");
  tile.width = tile.height = 6;
  own.fillStyle = faded(colour, 0.16);
  own.fillRect(0, 0, 6, 6);
  own.strokeStyle = colour;
  own.lineWidth = 1.2;
  own.beginPath();
  for (const shift of [-6, 0, 6]) {
    own.moveTo(shift, 6);
    own.lineTo(shift + 6, 0);
    if (kind === "crossed") {
      own.moveTo(shift, 0);
      own.lineTo(shift + 6, 6);
    }
  }
  own.stroke();
  return ctx.createPattern(tile, "repeat");
}

function laneFills(ctx, colours) {
  return [colours.series[0], colours.series[4], colours.bad].map((colour, s) => hatching(ctx, colour, LANE_STATES[s].kind));
}

/* Equal neighbours at once; states stand on each other, computing below. */
function paintLane(ctx, columns, left, top, height, fills) {
  const width = columns[0].length;
  for (let x = 0; x < width;) {
    let end = x + 1;
    while (end < width && columns.every(column => Math.abs(column[end] - column[x]) < 0.004)) end++;
    let bottom = top + height;
    columns.forEach((column, s) => {
      const share = Math.min(1, column[x]) * height;
      if (share < 0.05) return;
      ctx.fillStyle = fills[s];
      ctx.fillRect(left + x, bottom - share, end - x, share);
      bottom -= share;
    });
    x = end;
  }
}

/* Where ranges are wide enough, a line where each begins. */
function paintBeginnings(ctx, lane, x, top, height, colours) {
  if (lane.number.length === 0) return;
  ctx.fillStyle = colours.paper;
  for (let i = pieceAfter(lane, x.min), last = -1; i < lane.from.length && lane.from[i] < x.max; i++) {
    const at = x.getPixelForValue(lane.from[i]), isNew = lane.mix[i] % 101 > 0 && lane.number[i] !== last;
    if (lane.mix[i] % 101 > 0) last = lane.number[i];
    if (isNew && x.getPixelForValue(lane.to[i]) - at > 3) ctx.fillRect(at - 0.5, top, 1, height);
  }
}

function paintMarks(ctx, launch, x, y, height, colours) {
  ctx.fillStyle = colours.ink;
  for (const [track, ns] of launch.marks) {
    const at = x.getPixelForValue(ns * 1e-9), top = y.getPixelForValue(track) - height / 2;
    ctx.beginPath();
    ctx.moveTo(at - 3, top - 3);
    ctx.lineTo(at + 3, top - 3);
    ctx.lineTo(at, top + 3);
    ctx.fill();
  }
}

function paintLanes(launch, lanes) {
  return colours => painter("lanes", "beforeDatasetsDraw", (chart, ctx, area) => {
    const { x, y } = chart.scales, fills = laneFills(ctx, colours);
    const height = Math.max(2, (y.getPixelForValue(1) - y.getPixelForValue(0)) * 0.72);
    const left = Math.round(area.left), width = Math.max(1, Math.round(area.right) - left);
    lanes.forEach((lane, i) => {
      const top = y.getPixelForValue(i) - height / 2;
      paintLane(ctx, columnsOf(lane, x.min, x.max, width), left, top, height, fills);
      paintBeginnings(ctx, lane, x, top, height, colours);
    });
    paintMarks(ctx, launch, x, y, height, colours);
  });
}

/* ---- axes ---- */

function timeTicks(axis) {
  const span = axis.max - axis.min, unit = unitOf(axis.max * 1e9, TIMES);
  const decimals = Math.max(0, Math.ceil(Math.log10(unit[1] / (span * 1e9))) + 1);
  return value => (value * 1e9 / unit[1]).toFixed(decimals) + " " + unit[0];
}

function laneAxis(lanes, width) {
  const every = Math.ceil(lanes.length / 32);
  const short = name => isNarrow(width) ? name.replace("worker ", "w").replace(", lane ", " l") : name;
  return {
    type: "linear", reverse: true, min: -0.6, max: lanes.length - 0.4, grid: { display: false },
    afterBuildTicks: axis => { axis.ticks = lanes.map((lane, value) => ({ value })).filter(tick => tick.value % every === 0); },
    ticks: { autoSkip: false, callback: value => shorten(short(lanes[value].name), 24), color: theme().ink },
  };
}

function laneHeight(count) {
  return 58 + count * (count <= 24 ? 26 : count <= 64 ? 14 : 7);
}

function laneChart(launch, lanes, view) {
  return (colours, width) => ({
    type: "scatter",
    data: { datasets: [{ data: [] }] },
    plugins: [paintLanes(launch, lanes)(colours)],
    options: {
      events: [], plugins: { tooltip: { enabled: false } }, layout: { padding: { right: 14, top: 4 } },
      scales: {
        x: { type: "linear", min: view.from, max: view.to, ticks: { maxRotation: 0, includeBounds: false, maxTicksLimit: Math.max(3, Math.floor(width / 110)), callback(value) { return timeTicks(this)(value); } } },
        y: laneAxis(lanes, width),
      },
    },
  });
}

/* ---- looking closer ---- */

/* Shows from `from` to `to`, within the run and no closer than a nanosecond is seen. */
function lookAt(view, from, to) {
  const span = Math.min(view.length, Math.max(to - from, Math.min(view.length, 200e-9)));
  view.from = Math.min(Math.max(0, from), view.length - span);
  view.to = view.from + span;
  view.show();
}

function zoom(view, factor, around) {
  const at = around === undefined ? (view.from + view.to) / 2 : around;
  lookAt(view, at - (at - view.from) * factor, at + (view.to - at) * factor);
}

function move(view, share) {
  const by = (view.to - view.from) * share;
  lookAt(view, view.from + by, view.to + by);
}

const TIMELINE_KEYS = {
  "+": view => zoom(view, 0.5), "=": view => zoom(view, 0.5), "-": view => zoom(view, 2),
  ArrowRight: view => move(view, 0.25), ArrowLeft: view => move(view, -0.25),
  Home: view => lookAt(view, 0, view.length), 0: view => lookAt(view, 0, view.length),
};

function timelineControls(view) {
  const button = (label, work) => {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", () => work(view));
    return made;
  };
  return element("div", { class: "controls" }, button("Closer", TIMELINE_KEYS["+"]), button("Farther", TIMELINE_KEYS["-"]),
    button("Earlier", TIMELINE_KEYS.ArrowLeft), button("Later", TIMELINE_KEYS.ArrowRight), button("All", TIMELINE_KEYS.Home));
}

function legendOf(launch) {
  const known = LANE_STATES.filter(state => launch.tracks.some(track => track.shares[state.key] > 0));
  return element("p", { class: "legend" }, known.map(state => element("span", {}, element("i", { class: "swatch " + state.kind }), state.name)),
    launch.marks.length > 0 ? element("span", {}, "\u25be something happened at once: point at it") : null);
}

/* What is at a place of the picture, as a sentence. */
function describeAt(launch, lanes, kinds, row, at, within) {
  const lane = lanes[row];
  if (!lane || at < 0 || at > launch.length_s) return "";
  const mark = launch.marks.filter(([track, ns]) => track === row && Math.abs(ns * 1e-9 - at) < within)
    .sort((a, b) => Math.abs(a[1] * 1e-9 - at) - Math.abs(b[1] * 1e-9 - at))[0];
  const i = pieceAfter(lane, at), begin = `${lane.name} at ${seconds(at)}: `;
  if (mark) return begin + mark[2];
  if (i >= lane.from.length || lane.from[i] > at) return begin + (isWhole(launch) ? "nothing to do" : "no range that is here");
  const [computing, waiting, locked] = lane.shares(i), took = seconds(lane.to[i] - lane.from[i]);
  if (lane.number.length === 0) return begin + LANE_STATES.map((state, s) => [state, [computing, waiting, locked][s]]).filter(([, share]) => share > 0).map(([state, share]) => percent(share) + " " + state.name).join(", ") + ` within ${took}`;
  if (computing > 0) return begin + `range ${lane.number[i]}, for ${took}` + (computing < 1 ? ", of which it computed " + percent(computing) : " computing");
  return begin + `waiting (${kinds[lane.number[i]]}) for ${took}`;
}

/* Drag to look closer, ctrl and the wheel to zoom, double click for all; pointing tells what is there. */
function followMouse(made, view, tell) {
  const { canvas, frame } = made.picture, band = element("div", { class: "band", hidden: "" });
  let pressed = null;
  frame.append(band);
  const at = event => made.picture.chart.scales.x.getValueForPixel(event.clientX - canvas.getBoundingClientRect().left);
  canvas.addEventListener("mousedown", event => { pressed = event.button === 0 ? { x: event.clientX, at: at(event) } : null; });
  canvas.addEventListener("mousemove", event => {
    const box = canvas.getBoundingClientRect(), { x, y } = made.picture.chart.scales;
    tell(Math.round(y.getValueForPixel(event.clientY - box.top)), at(event), 4 * (view.to - view.from) / x.width);
    band.hidden = !pressed || Math.abs(event.clientX - pressed.x) < 4;
    if (!pressed) return;
    band.style.left = Math.min(event.clientX, pressed.x) - box.left + "px";
    band.style.width = Math.abs(event.clientX - pressed.x) + "px";
  });
  window.addEventListener("mouseup", event => {
    if (pressed && Math.abs(event.clientX - pressed.x) >= 4) lookAt(view, Math.min(at(event), pressed.at), Math.max(at(event), pressed.at));
    pressed = null;
    band.hidden = true;
  });
  canvas.addEventListener("dblclick", () => lookAt(view, 0, view.length));
  canvas.addEventListener("wheel", event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(view, event.deltaY > 0 ? 1.25 : 0.8, at(event));
  }, { passive: false });
}

function followKeys(frame, view, title) {
  frame.setAttribute("tabindex", "0");
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", title + ": plus and minus zoom, arrows move, Home shows all");
  frame.addEventListener("keydown", event => {
    const work = event.ctrlKey || event.metaKey || event.altKey ? null : TIMELINE_KEYS[event.key];
    if (!work) return;
    event.preventDefault();
    work(view);
  });
}

/* ---- a figure ---- */

function isWhole(launch) {
  return launch.one_in === 1 && launch.timed_one_in === 1;
}

function timelineNote(launch) {
  const said = [`${seconds(launch.length_s)} of the first measured run, ${launch.ranges.toLocaleString("en-US")} ${launch.ranges === 1 ? "range" : "ranges"}.`];
  if (launch.runs.length > 0) said.push("The launch: " + launch.runs.map(([name, took]) => `${name}: ${seconds(took)}`).join(", ") + ".");
  if (launch.one_in > 1) said.push(`Too many to keep all: one in ${launch.one_in} is here, and the slowest.`);
  if (launch.timed_one_in > 1) said.push(`Ranges are so short that one in ${launch.timed_one_in} is timed, and is here.`);
  if (launch.slice_s > 0) said.push(`Summed up in slices of ${seconds(launch.slice_s)}: closer than that there is nothing more to see here, but in the trace itself.`);
  if (launch.off) said.push("Of part of the time within ranges it is known only how long they did not compute, not when: there a row is divided by height.");
  if (launch.lanes > launch.tracks.length) said.push(`The first ${launch.tracks.length} of ${launch.lanes} lanes.`);
  if (launch.marks.length > 0 && launch.marks_of > launch.marks.length) said.push(`${launch.marks.length} of ${launch.marks_of} marks.`);
  return said.join(" ");
}

function timelineFigure(launch, kinds) {
  const lanes = launch.tracks.map(unpackTrack);
  const view = { from: 0, to: launch.length_s, length: launch.length_s, show: () => {} };
  const used = kinds.map((kind, k) => [kind, k]).filter(([kind, k]) => !kind.includes("lock") && launch.tracks.some(track => track.waits[k] > 0));
  const known = isWhole(launch), marks = launch.tracks.some(track => track.marks > 0);
  const made = figure({
    title: launch.name, note: timelineNote(launch), height: laneHeight(lanes.length),
    controls: hasCharts ? element("div", {}, legendOf(launch), timelineControls(view)) : null,
    make: laneChart(launch, lanes, view),
    columns: [["lane", false], ["ranges here", true], ["longest", true], ...(known ? [["computing", true], ["waiting", true], ...used.map(([kind]) => ["of it " + kind, true]), ["for a lock", true]] : []), ...(marks ? [["marks", true]] : [])],
    rows: launch.tracks.map(track => [track.name, String(track.ranges), seconds(track.longest_s),
      ...(known ? [percent(track.shares.computing), percent(track.shares.waiting), ...used.map(([, k]) => percent(track.waits[k])), percent(track.shares.locked)] : []), ...(marks ? [String(track.marks)] : [])]),
  });
  if (!made.picture) return made;
  const said = element("output", { "aria-live": "polite" }, "\u00a0");
  const tell = text => { said.textContent = text || "\u00a0"; };
  made.picture.frame.after(said);
  view.show = () => {
    const { chart } = made.picture;
    Object.assign(chart.options.scales.x, { min: view.from, max: view.to });
    chart.update("none");
    tell(`${seconds(view.from)} to ${seconds(view.to)} of ${seconds(view.length)}`);
  };
  followKeys(made.picture.frame, view, launch.name);
  followMouse(made, view, (row, at, within) => tell(describeAt(launch, lanes, kinds, row, at, within)));
  return made;
}

function timelineSection(timeline) {
  return element("section", { id: "timeline", "aria-label": "Who did what when" },
    timeline.left_out > 0 ? element("p", {}, `${plural(timeline.left_out, "more launch")} of the trace are not here.`) : null,
    timeline.launches.map(launch => timelineFigure(launch, timeline.kinds)));
}

function timelinePage(main, page) {
  document.title = "bench: who did what when";
  main.append(element("h1", {}, document.title));
  if (page.missing) main.append(missingNotice(page));
  main.append(timelineSection(page.data), pageEnd(page));
}
