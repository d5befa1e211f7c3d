/* Drawing with Chart.js: themes, axes, points with intervals. */

const hasCharts = typeof Chart !== "undefined";
const drawn = [];

function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue("--" + name).trim();
  return {
    ink: colour("ink"), soft: colour("soft"), grid: colour("grid"), line: colour("line"), paper: colour("paper"),
    bad: colour("bad"), good: colour("good"), series: [0, 1, 2, 3, 4, 5, 6, 7].map(i => colour("s" + i)),
  };
}

const SHAPES = ["circle", "rect", "triangle", "rectRot", "star", "crossRot", "rectRounded", "cross"];

function faded(colour, share) {
  return colour + Math.round(share * 255).toString(16).padStart(2, "0");
}

function draw(picture) {
  const width = picture.frame.clientWidth;
  const height = typeof picture.height === "function" ? picture.height(width) : picture.height;
  picture.frame.style.height = height + "px";
  picture.width = width;
  const colours = theme();
  const config = picture.make(colours, width);
  const options = config.options;
  options.animation = false;
  options.responsive = true;
  options.maintainAspectRatio = false;
  options.color = colours.ink;
  options.font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
  options.interaction = options.interaction || { mode: "nearest", intersect: false, axis: "xy" };
  options.plugins = options.plugins || {};
  options.plugins.tooltip = { animation: false, displayColors: false, callbacks: { title: () => "", label: item => item.raw.tip || "" }, ...options.plugins.tooltip };
  options.plugins.legend = { display: config.data.datasets.filter(set => set.label).length > 1, align: "start",
    labels: { usePointStyle: true, color: colours.ink, boxHeight: 7, padding: 12, filter: item => item.text }, onClick: () => {}, ...options.plugins.legend };
  for (const axis of Object.values(options.scales)) {
    axis.grid = { color: colours.grid, borderColor: colours.line, tickLength: 4, ...axis.grid };
    axis.ticks = { color: colours.soft, ...axis.ticks };
    if (axis.title) axis.title = { display: true, color: colours.soft, ...axis.title };
  }
  if (picture.chart) picture.chart.destroy();
  else drawn.push(picture);
  picture.chart = new Chart(picture.canvas, config);
}

function drawAllAgain() {
  for (const picture of drawn) draw(picture);
}

/* Another theme, another paper; a width at which a picture is laid out otherwise. */
function watchTheme() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAllAgain);
  matchMedia("print").addEventListener("change", drawAllAgain);
  window.addEventListener("resize", () => {
    for (const picture of drawn) {
      if (isNarrow(picture.width) !== isNarrow(picture.frame.clientWidth)) draw(picture);
    }
  });
}

function isNarrow(width) {
  return width < 560;
}

function shorten(text, most) {
  return text.length > most ? text.slice(0, most - 1) + "\u2026" : text;
}

/* Draws below or above the data: `work` gets the chart, its context clipped to the plot. */
function painter(id, where, work) {
  return {
    id,
    [where](chart) {
      const { ctx, chartArea: area } = chart;
      if (!area) return;
      ctx.save();
      ctx.beginPath();
      ctx.rect(area.left - 5, area.top, area.right - area.left + 10, area.bottom - area.top);
      ctx.clip();
      work(chart, ctx, area);
      ctx.restore();
    },
  };
}

/* ---- axes ---- */

/* Ticks of a logarithmic axis: 1, 2, 5, 10, ..., fewer where they would crowd. */
function logTicks(min, max, most) {
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max) + 1; power++) {
      for (const step of steps) {
        const value = step * 10 ** power;
        if (value >= min * 0.999 && value <= max * 1.001) ticks.push({ value });
      }
    }
    if (ticks.length <= most || steps.length === 1) {
      const every = Math.ceil(ticks.length / most);
      return ticks.filter((tick, i) => i % every === 0);
    }
  }
  return [];
}

function plain(value, figures) {
  return String(Number(value.toPrecision(figures)));
}

function inUnit(value, unit) {
  return (plain(value / unit[1], 3) + " " + unit[0]).trim();
}

function powerTicks(min, max, most) {
  const ticks = [];
  for (let value = 1; value <= max; value *= 2) if (value >= min) ticks.push({ value });
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((tick, i) => i % every === 0);
}

/* Ticks of a linear axis of bytes: powers of two are round there. */
function sizeTicks(min, max, most) {
  let step = 1;
  while ((max - min) / step > most) step *= 2;
  const ticks = [];
  for (let value = Math.ceil(min / step) * step; value <= max; value += step) ticks.push({ value });
  return ticks;
}

/*
 * An axis of quantities: `units` with their scale, 0 at its beginning where that costs little, logarithmic
 * where the largest is more than ten times the smallest.
 */
function quantityAxis(title, values, { units, factor = 1, log, width = 600, zero = true, format }) {
  const known = values.filter(isKnown);
  let min = Math.min(...known), max = Math.max(...known);
  const isLog = log !== false && min > 0 && max > 10 * min;
  const most = Math.max(3, Math.floor(width / 90));
  if (isLog) {
    return {
      type: "logarithmic", min: min / (max / min) ** 0.04, max: max * (max / min) ** 0.04, title: { text: title + " (logarithmic)" },
      afterBuildTicks: axis => { axis.ticks = units === SIZES ? powerTicks(axis.min, axis.max, most) : logTicks(axis.min, axis.max, most); },
      ticks: { maxRotation: 0, callback: value => units ? inUnit(value * factor, unitOf(value * factor, units)) : plain(value, 3) },
    };
  }
  const span = max - min || max || 1;
  const unit = units ? unitOf(max * factor, units) : ["", 1];
  min = zero && min >= 0 && min < 0.6 * max ? 0 : min - 0.06 * span;
  return {
    type: "linear", min, max: max + 0.06 * (max - min), title: { text: unit[0] ? title + " (" + unit[0] + ")" : title },
    ...(units === SIZES ? { afterBuildTicks: axis => { axis.ticks = sizeTicks(axis.min, axis.max, most); } } : {}),
    ticks: { maxRotation: 0, maxTicksLimit: most, includeBounds: false, callback: value => format ? format(value) : plain(value * factor / unit[1], 4) },
  };
}

const ofTime = { units: TIMES, factor: 1e9 };
const ofSize = { units: SIZES };
const ofChange = { log: false, zero: false, isSigned: true, format: value => (value > 0 ? "+" : "") + plain(100 * value, 3) + " %" };
const ofShare = { log: false, format: value => plain(100 * value, 3) + " %" };
const ofRatio = {};

/* From the lowest mark to the highest; an interval that is far wider than these runs out of the picture. */
function cappedRange(marks, ends) {
  const known = marks.filter(isKnown), least = Math.min(...known), most = Math.max(...known);
  return [...known, ...ends.filter(end => isKnown(end) && end > least / 2 && end < most * 1.6)];
}

/* ---- points with intervals, a row each ---- */

const ROWS_MOST = 200;

/*
 * Between what a picture shows all: beyond it a few runs would press all others into a corner, and become
 * arrows at the edge. Of times only the slow ones are far off, of changes (`isSigned`) either kind.
 */
function limitsOf(rows, isSigned) {
  const dots = rows.flatMap(row => row.dots || []).sort((a, b) => a - b);
  if (dots.length === 0) return [-Infinity, Infinity];
  if (isSigned) {
    const marks = rows.flatMap(row => [row.value, row.low, row.high]).filter(isKnown);
    const least = Math.min(0, ...marks), most = Math.max(0, ...marks), room = 1.5 * (most - least);
    return [least - room, most + room];
  }
  const marks = rows.flatMap(row => [row.value, row.high < 3 * row.value ? row.high : row.value]).filter(isKnown);
  const usual = Math.max(...marks, dots[Math.floor(0.98 * (dots.length - 1))]);
  return [-Infinity, dots[dots.length - 1] <= 1.5 * usual ? Infinity : usual];
}

function beyond(rows, isSigned, format, word) {
  const [least, most] = limitsOf(rows, isSigned);
  const out = rows.flatMap(row => (row.dots || []).filter(value => value < least || value > most)).sort((a, b) => a - b);
  if (out.length === 0) return "";
  const from = out[0] < least ? format(out[0]) : null, to = out[out.length - 1] > most ? format(out[out.length - 1]) : null;
  return ` ${plural(out.length, word)} beyond the edge, ${[from && "down to " + from, to && "up to " + to].filter(text => text).join(", ")}: the arrows.`;
}

function paintArrow(ctx, x, y, toRight) {
  const back = toRight ? -7 : 7;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + back, y - 3.5);
  ctx.lineTo(x + back, y + 3.5);
  ctx.fill();
}

function paintRows(rows, [least, most]) {
  return painter("rows", "beforeDatasetsDraw", (chart, ctx, area) => {
    const { x, y } = chart.scales;
    const size = rows.reduce((sum, row) => sum + (row.dots || []).length, 0) > 4000 ? 1.5 : 2;
    rows.forEach((row, i) => {
      const middle = y.getPixelForValue(i);
      const spread = Math.min(9, (y.getPixelForValue(1) - y.getPixelForValue(0)) * 0.36);
      ctx.fillStyle = faded(row.colour, 0.4);
      (row.dots || []).forEach((value, run) => {
        const up = middle + (((run * 7) % 11) / 5 - 1) * spread;
        if (value > most || value < least) {
          paintArrow(ctx, value > most ? area.right + 4 : area.left - 4, up, value > most);
        } else {
          ctx.fillRect(x.getPixelForValue(value) - size, up - size, 2 * size, 2 * size);
        }
      });
      if (!isKnown(row.low) || !isKnown(row.high)) return;
      const from = x.getPixelForValue(row.low), to = x.getPixelForValue(row.high);
      ctx.strokeStyle = row.colour;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.moveTo(from, middle);
      ctx.lineTo(to, middle);
      for (const end of [from, to]) {
        ctx.moveTo(end, middle - 5);
        ctx.lineTo(end, middle + 5);
      }
      ctx.stroke();
    });
  });
}

/* The axis of rows: their labels beside them, or above them where there is no room. */
function labelAxis(labels, width) {
  const narrow = isNarrow(width);
  return {
    type: "linear", reverse: true, min: -0.6, max: labels.length - 0.4,
    afterBuildTicks: axis => { axis.ticks = labels.map((label, value) => ({ value })); },
    grid: { drawTicks: false, drawOnChartArea: !narrow },
    ticks: {
      autoSkip: false, mirror: narrow, labelOffset: narrow ? -15 : 0, padding: narrow ? 0 : 8, z: 1,
      callback: value => shorten(labels[value], narrow ? Math.floor(width / 7) : 44),
      color: theme().ink,
    },
  };
}

function rowsHeight(count) {
  return width => 74 + count * (isNarrow(width) ? 40 : count > 60 ? 18 : 26);
}

/*
 * rows: {label, value, low, high, dots, colour (a number of the theme's), tip}; `paint`: more painters.
 */
function pointRows(rows, title, kind, paint) {
  return (colours, width) => {
    const limits = limitsOf(rows, kind.isSigned);
    const marks = rows.flatMap(row => [row.value, ...(row.dots || [])]).filter(value => isKnown(value) && value >= limits[0] && value <= limits[1]);
    const ends = rows.flatMap(row => [row.low, row.high]);
    const all = kind.isSigned ? [...marks, ...ends] : cappedRange(marks, ends);
    const painted = rows.map(row => ({ ...row, colour: typeof row.colour === "string" ? colours[row.colour] : colours.series[row.colour % 8] }));
    return {
      type: "scatter",
      data: { datasets: [{
        data: painted.map((row, i) => ({ x: row.value, y: i, tip: row.tip })),
        pointBackgroundColor: painted.map(row => row.colour), pointBorderColor: colours.paper,
        pointRadius: 4.5, pointHoverRadius: 6.5, pointBorderWidth: 1,
        pointStyle: rows.map(row => row.shape || "circle"),
      }] },
      options: { scales: { x: quantityAxis(title, all, { ...kind, width }), y: labelAxis(rows.map(row => row.label), width) },
        layout: { padding: { right: 12 } } },
      plugins: [...(paint || []).map(make => make(colours)), paintRows(painted, limits)],
    };
  };
}

/* A line at a value, and a band from one to another. */
function paintLine(at, axis) {
  return colours => painter("at" + at, "beforeDatasetsDraw", (chart, ctx, area) => {
    const place = chart.scales[axis].getPixelForValue(at);
    ctx.strokeStyle = colours.ink;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(axis === "x" ? place : area.left, axis === "x" ? area.top : place);
    ctx.lineTo(axis === "x" ? place : area.right, axis === "x" ? area.bottom : place);
    ctx.stroke();
  });
}

function paintBand(low, high) {
  return colours => painter("band", "beforeDatasetsDraw", (chart, ctx, area) => {
    const from = chart.scales.x.getPixelForValue(low), to = chart.scales.x.getPixelForValue(high);
    ctx.fillStyle = faded(colours.soft, 0.12);
    ctx.fillRect(from, area.top, to - from, area.bottom - area.top);
  });
}

/* ---- lines with intervals ---- */

function paintIntervals(sets) {
  return painter("intervals", "beforeDatasetsDraw", (chart, ctx) => {
    const { x, y } = chart.scales;
    for (const set of sets) {
      ctx.strokeStyle = set.borderColor;
      ctx.fillStyle = faded(set.borderColor, 0.14);
      const known = set.data.filter(point => isKnown(point.low) && isKnown(point.high));
      if (known.length > 1) {
        ctx.beginPath();
        known.forEach(point => ctx.lineTo(x.getPixelForValue(point.x), y.getPixelForValue(point.high)));
        [...known].reverse().forEach(point => ctx.lineTo(x.getPixelForValue(point.x), y.getPixelForValue(point.low)));
        ctx.fill();
      }
      ctx.lineWidth = 1.5;
      for (const point of known) {
        const at = x.getPixelForValue(point.x), low = y.getPixelForValue(point.low), high = y.getPixelForValue(point.high);
        ctx.beginPath();
        ctx.moveTo(at, low);
        ctx.lineTo(at, high);
        ctx.moveTo(at - 4, low);
        ctx.lineTo(at + 4, low);
        ctx.moveTo(at - 4, high);
        ctx.lineTo(at + 4, high);
        ctx.stroke();
      }
    }
  });
}

function lineSet(name, points, i, colours) {
  const colour = colours.series[i % 8];
  return {
    label: name, data: points, borderColor: colour, backgroundColor: colour, borderWidth: 2, pointRadius: 4.5, pointHoverRadius: 6,
    pointStyle: SHAPES[i % SHAPES.length], tension: 0, borderDash: i < 8 ? [] : [6, 3],
  };
}
