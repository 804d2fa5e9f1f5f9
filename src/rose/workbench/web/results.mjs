// @ts-check
// Results and gradients as numbers and plots.

import { html, svg } from "./elements.mjs";
import { countOf, isPoint, isReal, isScalar, partsOf, shown } from "./types.mjs";

const IN_A_LINE = 6; // numbers of a Vec that are written out
const LINES = 40; // of a plot
const CELLS = 64; // of a matrix that is written out
const BARS = 48;

/** A value as elements. @param {any} type @param {any} value @param {string} label @returns {HTMLElement} */
export function valueView(type, value, label) {
  if (isScalar(type)) return named(label, html("span", { class: "number" }, scalarText(type, value)));
  if (type === "none") return named(label, html("span", { class: "number" }, "None"));
  if (type.vec) return named(label, vecView(type, value));
  const parts = (partsOf(type) ?? []).map(([key, t]) => valueView(t, value[key], String(key)));
  return named(label, html("div", { class: "parts" }, ...parts));
}

/** @param {string} label @param {HTMLElement} view */
const named = (label, view) =>
  html("div", { class: "value" }, ...(label ? [html("span", { class: "name" }, label)] : []), view);

/** @param {any} type @param {any} value */
const scalarText = (type, value) => (isReal(type) ? shown(value) : String(value));

/** @param {any} type @param {any} value @returns {HTMLElement} */
function vecView(type, value) {
  const [size, elem] = type.vec;
  if (!countOf(type)) return html("span", { class: "number" }, "no numbers");
  if (isScalar(elem)) {
    if (size <= IN_A_LINE) return html("span", { class: "number" }, value.map((/** @type {any} */ x) => scalarText(elem, x)).join(", "));
    return plot([value.map(Number)]);
  }
  if (elem.vec && isScalar(elem.vec[1])) return matrixView(value, isPoint(elem));
  if (elem.struct || elem.tuple) {
    // A Vec of structures is shown field by field, each over the elements.
    const parts = (partsOf(elem) ?? []).map(([key, t]) =>
      valueView({ vec: [size, t] }, value.map((/** @type {any} */ item) => item[key]), String(key)));
    return html("div", { class: "parts" }, ...parts);
  }
  return html("span", { class: "number" }, `${countOf(type).toLocaleString("en")} numbers`);
}

/** A matrix: written out if it is small, else a line for each row, or for each coordinate of points.
 * @param {any[][]} rows @param {boolean} arePoints */
function matrixView(rows, arePoints) {
  if (rows.length * rows[0].length <= CELLS && rows.length <= 12) {
    const cells = rows.map((row) => html("tr", {}, ...row.map((x) => html("td", {}, typeof x === "number" ? shown(x) : String(x)))));
    return html("div", { class: "table" }, html("table", { class: "matrix" }, html("tbody", {}, ...cells)));
  }
  const lines = arePoints || rows[0].length < rows.length ? rows[0].map((_, k) => rows.map((row) => Number(row[k]))) : rows.map((row) => row.map(Number));
  return plot(lines.slice(0, LINES));
}

const [WIDTH, HEIGHT] = [320, 120];

/** Lines over their index. @param {number[][]} lines @returns {HTMLElement} */
function plot(lines) {
  const all = lines.flat().filter(Number.isFinite);
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!all.length) return html("span", { class: "number" }, "nan");
  const y = (/** @type {number} */ v) => HEIGHT - 6 - ((v - low) / (high - low || 1)) * (HEIGHT - 12);
  const drawn = lines.map((line, k) => {
    const every = Math.max(1, Math.floor(line.length / (2 * WIDTH)));
    const points = line.flatMap((v, i) =>
      (i % every === 0 && Number.isFinite(v) ? [`${((i / (line.length - 1 || 1)) * WIDTH).toFixed(1)},${y(v).toFixed(1)}`] : []));
    return svg("polyline", { points: points.join(" "), class: `line line-${k % 6}` });
  });
  const zero = low < 0 && high > 0 ? [svg("line", { x1: 0, x2: WIDTH, y1: y(0), y2: y(0), class: "axis" })] : [];
  return html("figure", { class: "plot" },
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": "plot" }, ...zero, ...drawn),
    html("figcaption", {}, `${lines[0].length} values from ${shown(low)} to ${shown(high)}`));
}

/** A gradient as bars: those of the Reals that are not drawn as arrows.
 * @param {{ name: string, type: any }[]} params @param {Record<string, any>} gradient @returns {HTMLElement[]} */
export function barsView(params, gradient) {
  /** @type {[string, number][]} */
  const bars = [];
  for (const { name, type } of params) {
    if (name in gradient) collect(type, gradient[name], name, bars);
  }
  if (!bars.length) return [];
  const largest = Math.max(...bars.map(([, x]) => (Number.isFinite(x) ? Math.abs(x) : 0))) || 1;
  if (bars.length > BARS) return [plot([bars.map(([, x]) => x)])];
  return bars.map(([name, x]) => {
    const half = Number.isFinite(x) ? (Math.abs(x) / largest) * 50 : 0;
    const rect = svg("rect", { x: x < 0 ? 50 - half : 50, y: 1, width: half, height: 8, class: x < 0 ? "negative" : "positive" });
    const axis = svg("line", { x1: 50, x2: 50, y1: 0, y2: 10, class: "axis" });
    return html("div", { class: "bar" }, html("span", { class: "name" }, name),
      svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none" }, rect, axis),
      html("span", { class: "number" }, shown(x)));
  });
}

/** @param {any} type @param {any} value @param {string} name @param {[string, number][]} bars */
function collect(type, value, name, bars) {
  if (value === null || isPoint(type)) return;
  if (isReal(type)) bars.push([name, value]);
  else if (type.vec) value.forEach((/** @type {any} */ item, /** @type {number} */ k) => collect(type.vec[1], item, `${name}[${k}]`, bars));
  else for (const [key, t] of partsOf(type) ?? []) collect(t, value[key], `${name}.${key}`, bars);
}

