"use strict";
/* Numbers as people read them: as bench/report/units.c, so that a picture and a table say the same. */

const TIMES = [["ns", 1], ["us", 1e3], ["ms", 1e6], ["s", 1e9]];
const SIZES = [["B", 1], ["KiB", 1024], ["MiB", 1024 ** 2], ["GiB", 1024 ** 3], ["TiB", 1024 ** 4]];
const COUNTS = [["", 1], ["k", 1e3], ["M", 1e6], ["G", 1e9], ["T", 1e12]];

function isKnown(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/* Three significant digits, but no fewer than the whole part has. */
function digits(value) {
  const size = Math.abs(value);
  if (size > 0 && size < 0.9995) return String(Number(value.toPrecision(3)));
  return value.toFixed(size === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/* The first unit in which the rounded value stays below the next one. */
function unitOf(value, units) {
  let i = 0;
  while (i + 1 < units.length && Math.abs(value / units[i][1]) >= units[i + 1][1] / units[i][1] - 0.5) i++;
  return units[i];
}

function scaled(value, units) {
  const unit = unitOf(value, units);
  return [digits(value / unit[1]), unit[0]];
}

function seconds(value) {
  if (!isKnown(value)) return "-";
  return value === 0 ? "0 s" : scaled(value * 1e9, TIMES).join(" ");
}

function bytes(value) {
  return isKnown(value) ? scaled(value, SIZES).join(" ") : "-";
}

/* Of a metric, as units_metric: its unit is "s", "byte", "/s" of some work, or none. */
function amount(value, unit, workUnit) {
  if (!isKnown(value)) return "-";
  if (unit === "s") return seconds(value);
  if (unit === "byte") return bytes(value);
  const [number, prefix] = scaled(value, COUNTS);
  if (unit === "/s") return `${number} ${prefix}${workUnit || ""}/s`;
  return Math.abs(value) < 1000 && Number.isInteger(value) ? String(value) : (number + " " + prefix).trim();
}

function percent(ratio) {
  return isKnown(ratio) ? (100 * ratio).toFixed(Math.abs(ratio) < 0.0995 ? 1 : 0) + " %" : "-";
}

function times(ratio) {
  if (!isKnown(ratio)) return "-";
  return Math.abs(ratio) < 9.995 ? ratio.toFixed(2) : digits(ratio);
}

function signed(value, count) {
  return (value < 0 ? "-" : "+") + Math.abs(value).toFixed(count);
}

function changeDigits(change) {
  return Math.abs(change) < 0.00995 ? 2 : Math.abs(change) < 0.0995 ? 1 : 0;
}

/* +1.9 %, of a ratio */
function change(ratio) {
  return isKnown(ratio) ? signed(100 * (ratio - 1), changeDigits(ratio - 1)) + " %" : "-";
}

function changeInterval(low, high) {
  if (!isKnown(low) || !isKnown(high)) return "-";
  const largest = Math.max(Math.abs(low - 1), Math.abs(high - 1));
  const count = largest < 0.00995 ? 2 : high - low < 0.095 ? 1 : changeDigits(largest);
  return signed(100 * (low - 1), count) + " .. " + signed(100 * (high - 1), count) + " %";
}

/* An interval in a unit of its own: "1.23 .. 1.25 ms" is read as two numbers with one unit. */
function between(low, high, format) {
  return isKnown(low) && isKnown(high) ? format(low) + " .. " + format(high) : "-";
}

function plural(count, word) {
  return count + " " + word + (count === 1 ? "" : word.endsWith("ch") ? "es" : "s");
}
