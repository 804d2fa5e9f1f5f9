// @ts-check
/** Four points that follow the gradient, a little in every frame. */
import {
  begin,
  element,
  Handles,
  microseconds,
  onFrames,
  redrawn,
  show,
  spaceBar,
} from "../shared/page.mjs";
import { load } from "./dist/model.mjs";

/** @typedef {import("../shared/page.mjs").Point} Point */

const POINTS = 4;
const RATE = 0.02; // of descent, a step a frame
const STILL = 1e-6;

const canvas = element("scene", HTMLCanvasElement);

class Page {
  points = Float64Array.of(-0.9, -0.55, 0.85, -0.75, 0.6, 0.55, -0.45, 0.9);
  slope = new Float64Array(2 * POINTS);
  held = -1;
  /** @type {import("../shared/page.mjs").Handles<number> | undefined} */
  handles;

  /** @param {import("./dist/model.mjs").Model} model */
  constructor(model) {
    this.model = model;
    this.draw = onFrames(() => this.paint());
  }

  /** @param {number} k @returns {Point} */
  point(k) {
    return [this.points[2 * k], this.points[2 * k + 1]];
  }

  /** @param {number} k @param {Point} place */
  push(k, place) {
    this.points.set(place, 2 * k);
    this.draw();
  }

  shake() {
    for (let k = 0; k < 2 * POINTS; k += 1) this.points[k] += Math.random() - 0.5;
    this.draw();
  }

  differentiate() {
    const { downhill } = this.model;
    downhill.args.p.set(this.points);
    downhill.run();
    this.slope.set(downhill.result);
  }

  paint() {
    this.differentiate();
    this.slope.forEach((slope, k) => {
      if (k >> 1 !== this.held) this.points[k] -= RATE * slope;
    });
    if (Math.hypot(...this.slope) > STILL) this.draw();
    this.picture();
    this.handles?.drawFocus();
    this.report();
  }

  report() {
    const { energy } = this.model;
    energy.args.p.set(this.points);
    energy.run();
    show("energy", energy.result[0].toFixed(4));
    const [x, y] = viewOf().at(this.point(2));
    Object.assign(canvas.dataset, { x, y });
    document.body.dataset.state = "ready";
  }

  picture() {
    const { context, width, height, color } = begin(canvas);
    if (!width) return;
    const view = viewOf();
    context.fillStyle = color("--board");
    context.fillRect(0, 0, width, height);
    context.fillStyle = color("--line");
    for (let x = (width / 2) % 40; x < width; x += 40) context.fillRect(Math.round(x), 0, 1, height);
    for (let y = (height / 2) % 40; y < height; y += 40) context.fillRect(0, Math.round(y), width, 1);
    Object.assign(context, { strokeStyle: color("--ink"), lineWidth: 3 });
    context.beginPath();
    for (let k = 0; k < POINTS; k += 1) context.lineTo(...view.at(this.point(k)));
    context.closePath();
    context.stroke();
    for (let k = 0; k < POINTS; k += 1) this.drawLength(context, view, k, color("--quiet"));
    for (let k = 0; k < POINTS; k += 1) this.drawPoint(context, view, k, color);
  }

  /**
   * How long a side is, beside its middle.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {ReturnType<typeof viewOf>} view
   * @param {number} k
   * @param {string} color
   */
  drawLength(context, view, k, color) {
    const [[x, y], [u, v]] = [this.point(k), this.point((k + 1) % POINTS)];
    const length = Math.hypot(u - x, v - y);
    const [left, top] = view.at([(x + u) / 2, (y + v) / 2]);
    const away = 24 / (length || 1);
    context.font = "14px system-ui, sans-serif";
    Object.assign(context, { fillStyle: color, textAlign: "center", textBaseline: "middle" });
    context.fillText(length.toFixed(2), left + (v - y) * away, top + (u - x) * away);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {ReturnType<typeof viewOf>} view
   * @param {number} k
   * @param {(name: string) => string} color
   */
  drawPoint(context, view, k, color) {
    const [x, y] = view.at(this.point(k));
    const [dx, dy] = [-this.slope[2 * k], -this.slope[2 * k + 1]];
    if (Math.hypot(dx, dy) > 0.02) {
      arrow(context, [x, y], [x + 0.3 * dx * view.scale, y - 0.3 * dy * view.scale], color("--accent"));
    }
    Object.assign(context, { strokeStyle: color("--ink"), lineWidth: 3 });
    context.fillStyle = color(k === this.held ? "--accent" : "--card");
    context.beginPath();
    context.arc(x, y, 10, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** From units to CSS pixels: the origin is in the middle. */
function viewOf() {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = Math.min(width, height) / 2.6;
  return {
    scale,
    at: (/** @type {Point} */ [x, y]) => /** @type {Point} */ ([width / 2 + x * scale, height / 2 - y * scale]),
    back: (/** @type {Point} */ [x, y]) => /** @type {Point} */ ([(x - width / 2) / scale, (height / 2 - y) / scale]),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point} from
 * @param {Point} to
 * @param {string} color
 */
function arrow(context, from, to, color) {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  Object.assign(context, { strokeStyle: color, lineWidth: 3 });
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  for (const turn of [2.6, -2.6]) {
    context.moveTo(...to);
    context.lineTo(to[0] + 10 * Math.cos(angle + turn), to[1] + 10 * Math.sin(angle + turn));
  }
  context.stroke();
}

/** @param {Page} page */
function listen(page) {
  page.handles = new Handles(canvas, {
    handles: () => Array.from({ length: POINTS }, (_, k) => [k, viewOf().at(page.point(k))]),
    pick: (k) => {
      page.held = k;
      page.draw();
    },
    move: (k, point) => page.push(k, viewOf().back(point)),
    drop: () => {
      page.held = -1;
      page.draw();
    },
    press: () => page.shake(),
  });
  spaceBar(() => page.shake());
  redrawn([canvas], page.draw);
}

async function main() {
  const page = new Page(await load());
  listen(page);
  show("status", "");
  page.differentiate();
  show("speed", microseconds(page.model.downhill.run, 20).toFixed(2));
  page.draw();
}

main().catch((error) => {
  document.body.dataset.state = "failed";
  show("status", `The page could not start: ${error.message}`);
});
