// @ts-check
// The plane in which points are dragged: handles for those of the arguments, arrows for their gradients, and the points of the result.

import { html, svg } from "./elements.mjs";
import { at, pointCount, pointsOf, put, shown, written } from "./types.mjs";

/** @typedef {import("./controls.mjs").Holder} Holder */
/** @typedef {{ params: { name: string, type: any }[], result: any, is_made: boolean, gradient: any }} Described */

const HANDLES = 200;
const DRAWN = 4000; // points of a result
const LABELS = 40; // handles that are few enough to be named
const [WIDTH, HEIGHT, MARGIN] = [600, 400, 34];
const LONGEST_ARROW = 60; // pixels

export class Stage {
  /** @param {Holder} holder @param {Described} described */
  constructor(holder, described) {
    this.holder = holder;
    this.type = described.result;
    this.handles = described.params
      .flatMap(({ name, type }) => pointsOf(type, HANDLES).map(({ path, type: t }) => ({ path: [name, ...path], type: t })))
      .slice(0, HANDLES);
    this.drawsResult = !described.is_made && pointsOf(described.result, 1).length > 0;
    this.isEmpty = !this.handles.length && !this.drawsResult;
    this.margin = MARGIN + (described.gradient ? LONGEST_ARROW - 10 : 0);
    this.view = { x: 0, y: 0, scale: 1 };
    this.grid = svg("g", { class: "grid" });
    this.drawn = svg("g", { class: "drawn" });
    this.arrows = svg("g", { class: "arrows" });
    this.circles = this.handles.map((handle) => this.handle(handle.path));
    this.labels = this.handles.slice(0, this.handles.length > LABELS ? 0 : LABELS)
      .map(({ path }) => svg("text", { class: "label" }, written(String(path[0]), path.slice(1))));
    const layers = [this.grid, this.drawn, this.arrows, ...this.labels, ...this.circles];
    this.svg = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}` }, ...layers);
    this.caption = html("figcaption", {});
    this.element = html("figure", { class: "stage" }, this.svg, this.caption);
    /** @type {any} */
    this.result = null;
    this.gradient = {};
  }

  /** A point that is dragged, by pointer or by the arrow keys. @param {(string | number)[]} path */
  handle(path) {
    const name = written(String(path[0]), path.slice(1));
    const circle = svg("circle", { r: 9, class: "handle", tabindex: 0, role: "slider", "aria-label": name, "data-path": name });
    circle.append(svg("title", {}, name));
    circle.addEventListener("pointerdown", (event) => {
      circle.setPointerCapture(event.pointerId);
      circle.classList.add("held");
      event.preventDefault();
      circle.focus();
    });
    circle.addEventListener("pointermove", (event) => {
      if (circle.classList.contains("held")) this.move(path, this.planeOf(event));
    });
    for (const end of ["pointerup", "pointercancel"]) circle.addEventListener(end, () => {
      circle.classList.remove("held");
      this.fit();
      this.draw();
    });
    circle.addEventListener("keydown", (event) => {
      const [right, up] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
      if (!right && !up) return;
      event.preventDefault();
      const step = (event.shiftKey ? 20 : 4) / this.view.scale;
      const [x, y] = at(this.holder.value, path);
      this.move(path, [x + right * step, y + up * step]);
    });
    return circle;
  }

  /** @param {(string | number)[]} path @param {number[]} point */
  move(path, [x, y]) {
    const type = this.handles.find((handle) => handle.path === path)?.type.vec[1];
    const [low, high] = type?.real ?? [-Infinity, Infinity];
    const clipped = [x, y].map((c) => Number(Math.min(high, Math.max(low, c)).toPrecision(6)));
    put(this.holder.value, path, clipped);
    this.draw();
    this.holder.changed();
  }

  /** @param {PointerEvent} event */
  planeOf(event) {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const y = ((event.clientY - box.top) / box.height) * HEIGHT;
    return [(x - WIDTH / 2) / this.view.scale + this.view.x, (HEIGHT / 2 - y) / this.view.scale + this.view.y];
  }

  /** @param {number[]} point */
  place([x, y]) {
    const { view } = this;
    return [WIDTH / 2 + (x - view.x) * view.scale, HEIGHT / 2 - (y - view.y) * view.scale];
  }

  /** Take a result and the gradient by parameter. @param {any} result @param {Record<string, any>} gradient */
  update(result, gradient) {
    this.result = result;
    this.gradient = gradient;
    const held = this.circles.some((circle) => circle.classList.contains("held"));
    if (!held && (!this.fitted || this.overflows())) this.fit();
    this.draw();
  }

  /** All points to be seen. */
  points() {
    const given = this.handles.map(({ path }) => at(this.holder.value, path));
    const made = this.drawsResult && this.result !== null
      ? pathsOf(this.type, this.result, DRAWN).flat() : [];
    return [...given, ...made].filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  }

  overflows() {
    return this.points().some((point) => {
      const [x, y] = this.place(point);
      return x < 0 || y < 0 || x > WIDTH || y > HEIGHT;
    });
  }

  /** Choose the part of the plane that shows all points, ranges included. */
  fit() {
    const corners = this.handles.flatMap(({ type }) => (type.vec[1].real ? [0, 1].map((k) => Array(2).fill(type.vec[1].real[k])) : []));
    const points = [...this.points(), ...corners];
    if (!points.length) return;
    const [xs, ys] = [0, 1].map((k) => points.map((point) => point[k]));
    const bounds = [xs, ys].map((cs) => [cs.reduce((a, b) => Math.min(a, b)), cs.reduce((a, b) => Math.max(a, b))]);
    const [[left, right], [low, high]] = bounds;
    const room = [(WIDTH - 2 * this.margin) / (right - left || 2), (HEIGHT - 2 * this.margin) / (high - low || 2)];
    this.view = { x: (left + right) / 2, y: (low + high) / 2, scale: Math.min(...room) };
    this.fitted = true;
    this.drawGrid();
  }

  drawGrid() {
    const step = niceStep(60 / this.view.scale);
    /** @type {Node[]} */
    const lines = [];
    for (const [k, size] of [[0, WIDTH], [1, HEIGHT]]) {
      const middle = k ? this.view.y : this.view.x;
      const half = size / 2 / this.view.scale;
      for (let i = Math.ceil((middle - half) / step); i * step <= middle + half; i++) {
        const [x, y] = this.place([i * step, i * step]);
        const ends = k ? { x1: 0, x2: WIDTH, y1: y, y2: y } : { x1: x, x2: x, y1: 0, y2: HEIGHT };
        lines.push(svg("line", { ...ends, class: i === 0 ? "axis" : "" }));
        lines.push(svg("text", k ? { x: 4, y: y - 4 } : { x: x + 4, y: HEIGHT - 6 }, shown(i * step)));
      }
    }
    this.grid.replaceChildren(...lines);
  }

  draw() {
    this.handles.forEach(({ path }, k) => {
      const point = at(this.holder.value, path);
      const [x, y] = this.place(point);
      const said = `${shown(point[0])}, ${shown(point[1])}`;
      for (const [key, value] of [["cx", x], ["cy", y], ["aria-valuetext", said]]) {
        this.circles[k].setAttribute(String(key), String(value));
      }
      this.labels[k]?.setAttribute("x", String(x + 12));
      this.labels[k]?.setAttribute("y", String(y - 10));
    });
    this.drawArrows();
    this.drawn.replaceChildren(...(this.drawsResult && this.result !== null ? this.shapes(this.type, this.result) : []));
  }

  drawArrows() {
    const slopes = this.handles.map(({ path }) => at(this.gradient, path));
    const lengths = slopes.map((slope) => (slope ? Math.hypot(...slope) : 0)).filter(Number.isFinite);
    const longest = Math.max(0, ...lengths);
    if (!longest) {
      this.arrows.replaceChildren();
      this.caption.textContent = this.handles.length ? "Drag the points, or move them with the arrow keys." : "";
      return;
    }
    this.arrows.replaceChildren(...slopes.flatMap((slope, k) => {
      if (!slope?.every(Number.isFinite)) return [];
      const [x, y] = this.place(at(this.holder.value, this.handles[k].path));
      const [dx, dy] = slope.map((/** @type {number} */ c) => (c / longest) * LONGEST_ARROW);
      return Math.hypot(dx, dy) < 1 ? [] : [arrow(x, y, x + dx, y - dy)];
    }));
    this.caption.textContent = `Drag the points. Arrows: the gradient; the longest one is ${shown(longest)}.`;
  }

  /** What a result's points are drawn as: a dot each, and a line through those of a Vec. @param {any} type @param {any} value
   * @returns {SVGElement[]} */
  shapes(type, value) {
    return pathsOf(type, value, DRAWN).flatMap((points) => {
      const placed = points.map((point) => this.place(point)).filter((point) => point.every(Number.isFinite));
      const text = placed.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
      const line = placed.length > 1 ? [svg("polyline", { points: text })] : [];
      const dots = placed.length <= 60 ? placed : placed.slice(-1);
      return [...line, ...dots.map(([cx, cy]) => svg("circle", { cx, cy, r: placed.length > 20 ? 2 : 3.5 }))];
    });
  }
}

/**
 * The rows of points in a value. Of a Vec of Vecs of points, as of positions over time, the outer one is followed.
 * @param {any} type @param {any} value @param {number} most @returns {number[][][]}
 */
export function pathsOf(type, value, most) {
  if (type.vec && pointCount(type) > most) {
    // Of many rows, some are left out evenly, so that the whole is seen.
    const every = Math.ceil(pointCount(type) / most);
    const [size, elem] = type.vec;
    const kept = value.filter((/** @type {any} */ _, /** @type {number} */ k) => (size - 1 - k) % every === 0);
    return pathsOf({ vec: [kept.length, elem] }, kept, Infinity);
  }
  const points = pointsOf(type, most);
  /** @type {Map<string, number[][]>} */
  const rows = new Map();
  for (const { path } of points) {
    const first = path.findIndex((key) => typeof key === "number");
    const key = JSON.stringify(path.map((step, k) => (k === first ? "*" : step)));
    const row = rows.get(key);
    if (row) row.push(at(value, path));
    else rows.set(key, [at(value, path)]);
  }
  return [...rows.values()];
}

/** The 1, 2 or 5 times a power of ten that is next to a number. @param {number} x */
function niceStep(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return (x / power < 2 ? 2 : x / power < 5 ? 5 : 10) * power;
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function arrow(x1, y1, x2, y2) {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const wings = [2.6, -2.6].map((turn) => `L ${x2 + 8 * Math.cos(angle + turn)} ${y2 + 8 * Math.sin(angle + turn)}`);
  return svg("path", { d: `M ${x1} ${y1} L ${x2} ${y2} ${wings[0]} M ${x2} ${y2} ${wings[1]}` });
}
