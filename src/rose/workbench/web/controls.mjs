// @ts-check
// The controls of a parameter, made from its type: sliders for Reals, tables for arrays, and so on.

import { html } from "./elements.mjs";
import { at, countOf, fits, isPoint, isReal, isScalar, leavesOf, partsOf, put, written } from "./types.mjs";

/**
 * What a control works on: `value` holds the parameters by name, `changed` is called after a change.
 * @typedef {{ value: any, changed: () => void }} Holder
 * @typedef {{ element: HTMLElement, refresh: () => void }} Control
 */
/** @typedef {import("./types.mjs").Path} Path */

const SLIDERS = 6; // Reals of a Vec that get a slider each
const COLUMNS = 12; // scalars of an element that fit into a row of a table
const ROWS = 200; // of a table that are shown
const CELLS = 400; // numbers of a parameter that get a control each

/**
 * The control of a part of the holder's value.
 * @param {Holder} holder @param {Path} path @param {any} type @param {string} label @returns {Control}
 */
export function control(holder, path, type, label) {
  if (isReal(type)) return slider(holder, path, type, label);
  if (type === "bool") return checkbox(holder, path, label);
  if (type.index) return whole(holder, path, type.index, label);
  if (!countOf(type)) return nothing(label);
  if (isPoint(type)) return table(holder, [path], leavesOf(type), [label]);
  if (countOf(type) > CELLS) return text(holder, path, type, label);
  if (type.vec) return vec(holder, path, type, label);
  const parts = (partsOf(type) ?? []).map(([key, t]) => control(holder, [...path, key], t, String(key)));
  return group(label, parts);
}

/** What has no numbers: None, and Vecs without elements. @param {string} label @returns {Control} */
const nothing = (label) => ({ element: html("p", { class: "note" }, `${label}: no numbers`), refresh: () => {} });

/** @param {string} label @param {Control[]} parts @returns {Control} */
function group(label, parts) {
  const element = html("fieldset", {}, html("legend", {}, label), ...parts.map((part) => part.element));
  return { element, refresh: () => parts.forEach((part) => part.refresh()) };
}

/** @param {Holder} holder @param {Path} path @param {any} type @param {string} label @returns {Control} */
function vec(holder, path, type, label) {
  const [size, elem] = type.vec;
  const paths = Array.from({ length: Math.min(size, ROWS) }, (_, k) => [...path, k]);
  if (isScalar(elem) && size <= SLIDERS) {
    return group(label, paths.map((p, k) => control(holder, p, elem, `[${k}]`)));
  }
  if (countOf(elem) <= COLUMNS) {
    const rows = table(holder, paths, leavesOf(elem), paths.map((_, k) => `[${k}]`));
    return details(`${label}: ${size} ${size === 1 ? "row" : "rows"}`, rows, size - paths.length);
  }
  const parts = paths.map((p, k) => control(holder, p, elem, `[${k}]`));
  return details(`${label}: ${size}`, group(label, parts), size - paths.length);
}

/** A control that can be folded. @param {string} summary @param {Control} inner @param {number} hidden @returns {Control} */
function details(summary, inner, hidden) {
  const more = hidden > 0 ? [html("p", { class: "note" }, `and ${hidden} more, which are not shown`)] : [];
  const element = html("details", { open: true }, html("summary", {}, summary), inner.element, ...more);
  return { element, refresh: inner.refresh };
}

/** A slider and the number beside it. @param {Holder} holder @param {Path} path @param {any} type @param {string} label @returns {Control} */
function slider(holder, path, type, label) {
  const name = written(String(path[0]), path.slice(1));
  const range = html("input", { type: "range", "aria-label": name, "data-path": name });
  const number = html("input", { type: "number", step: "any", "aria-label": `${name}, as a number`, "data-number": name });
  let [low, high, step] = type.real ?? [0, 0, null];
  const refresh = () => {
    const x = at(holder.value, path);
    if (!type.real && !(low < x && x < high)) [low, high] = reach(x);
    Object.assign(range, { min: low, max: high, step: step ?? (high - low) / 1000, value: x });
    if (document.activeElement !== number) number.value = Number(x.toPrecision(6));
  };
  /** @param {number} x */
  const set = (x) => {
    if (!Number.isFinite(x)) return;
    put(holder.value, path, x);
    refresh();
    holder.changed();
  };
  range.oninput = () => set(Number(range.value));
  // The ends of a slider without a range follow the value, once it is let go.
  range.onchange = () => { if (!type.real) { [low, high] = reach(Number(range.value)); refresh(); } };
  number.oninput = () => { if (number.value !== "") set(Number(number.value)); };
  number.onchange = refresh;
  const element = html("label", { class: "slider" }, html("span", { class: "name" }, label), range, number);
  refresh();
  return { element, refresh };
}

/** The ends of a slider for a number: twice as far as it is from zero, and at least 2. @param {number} x @returns {[number, number]} */
const reach = (x) => {
  const far = Math.max(2, 2 * 10 ** Math.ceil(Math.log10(Math.abs(x) || 1)));
  return [-far, far];
};

/** @param {Holder} holder @param {Path} path @param {string} label @returns {Control} */
function checkbox(holder, path, label) {
  const name = written(String(path[0]), path.slice(1));
  const input = html("input", { type: "checkbox", "data-path": name });
  const refresh = () => { input.checked = at(holder.value, path); };
  input.onchange = () => { put(holder.value, path, input.checked); holder.changed(); };
  refresh();
  return { element: html("label", { class: "check" }, input, html("span", { class: "name" }, label)), refresh };
}

/** The control of an index below n. @param {Holder} holder @param {Path} path @param {number} n @param {string} label @returns {Control} */
function whole(holder, path, n, label) {
  const name = written(String(path[0]), path.slice(1));
  const range = html("input", { type: "range", min: 0, max: n - 1, step: 1, "aria-label": name, "data-path": name });
  const shown = html("output", {});
  const refresh = () => {
    range.value = at(holder.value, path);
    shown.value = `${at(holder.value, path)} of 0 … ${n - 1}`;
  };
  range.oninput = () => { put(holder.value, path, Number(range.value)); refresh(); holder.changed(); };
  refresh();
  const element = html("label", { class: "slider index" }, html("span", { class: "name" }, label), range, shown);
  return { element, refresh };
}

/**
 * A table of numbers, a row for each of the paths, a column for each of the leaves.
 * @param {Holder} holder @param {Path[]} paths @param {import("./types.mjs").Leaf[]} leaves @param {string[]} labels @returns {Control}
 */
function table(holder, paths, leaves, labels) {
  const cells = paths.map((path) => leaves.map((leaf) => cell(holder, [...path, ...leaf.path], leaf.type)));
  const heads = leaves.map((leaf) => html("th", { scope: "col" }, headOf(leaf, leaves.length)));
  const rows = cells.map((row, k) => html("tr", {}, html("th", { scope: "row" }, labels[k]), ...row.map((c) => html("td", {}, c.element))));
  const element = html("div", { class: "table" }, html("table", {},
    html("thead", {}, html("tr", {}, html("td"), ...heads)), html("tbody", {}, ...rows)));
  return { element, refresh: () => cells.flat().forEach((c) => c.refresh()) };
}

/** The head of a column: the coordinates of points are x and y. @param {import("./types.mjs").Leaf} leaf @param {number} count */
function headOf({ path }, count) {
  if (!path.length) return "value";
  if (path.length === 1 && count === 2 && typeof path[0] === "number") return "xy"[path[0]];
  return written("", path).replace(/^\./, "");
}

/** The control of a part with very many numbers: its text, and ways to fill it. @param {Holder} holder @param {Path} path @param {any} type
 * @param {string} label @returns {Control} */
function text(holder, path, type, label) {
  const name = written(String(path[0]), path.slice(1));
  const area = html("textarea", { rows: 4, spellcheck: false, "aria-label": name, "data-path": name });
  const element = html("details", { open: true },
    html("summary", {}, `${label}: ${shapeOf(type)} numbers`), area);
  const refresh = () => {
    if (document.activeElement === area) return;
    area.value = JSON.stringify(at(holder.value, path), (_, x) => (typeof x === "number" ? Number(x.toPrecision(6)) : x));
  };
  /** @param {any} value */
  const set = (value) => { put(holder.value, path, value); holder.changed(); };
  /** @param {string} what @param {() => number} make */
  const filled = (what, make) =>
    html("button", { type: "button", class: "quiet", onclick: () => { set(mapReals(type, at(holder.value, path), make)); refresh(); } }, what);
  area.oninput = () => {
    const value = parsed(area.value);
    const good = fits(type, value);
    area.setAttribute("aria-invalid", String(!good));
    if (good) set(value);
  };
  element.append(html("div", { class: "buttons" }, filled("Zeros", () => 0), filled("Random", normal)));
  refresh();
  return { element, refresh };
}

/** @param {string} json @returns {any} */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** @param {any} type @returns {string} */
const shapeOf = (type) =>
  type.vec && (type.vec[1].vec || isScalar(type.vec[1])) ? `${type.vec[0]}${isScalar(type.vec[1]) ? "" : ` × ${shapeOf(type.vec[1])}`}`
    : countOf(type).toLocaleString("en");

/** A value with other Reals. @param {any} type @param {any} value @param {() => number} make @returns {any} */
function mapReals(type, value, make) {
  if (isReal(type)) return make();
  if (type.vec) return value.map((/** @type {any} */ item) => mapReals(type.vec[1], item, make));
  const parts = partsOf(type)?.map(([key, t]) => [key, mapReals(t, value[key], make)]);
  return !parts ? value : type.tuple ? parts.map(([, item]) => item) : Object.fromEntries(parts);
}

/** A standard normal number, by the method of Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

/** One number or Bool of a table. @param {Holder} holder @param {Path} path @param {any} type @returns {Control} */
function cell(holder, path, type) {
  const name = written(String(path[0]), path.slice(1));
  const isBool = type === "bool";
  const input = html("input", { type: isBool ? "checkbox" : "number", step: type.index ? 1 : "any", "aria-label": name, "data-path": name });
  const refresh = () => {
    const x = at(holder.value, path);
    if (isBool) input.checked = x;
    else if (document.activeElement !== input) input.value = Number(x.toPrecision(6));
  };
  input.oninput = () => {
    const x = isBool ? input.checked : input.value === "" ? NaN : Number(input.value);
    const good = fits(type, x) && !Number.isNaN(x);
    input.setAttribute("aria-invalid", String(!good));
    if (good) { put(holder.value, path, x); holder.changed(); }
  };
  input.onchange = refresh;
  refresh();
  return { element: input, refresh };
}
