// @ts-check
/** The diagram's page: some steps of gradient descent in every frame, until nothing moves any more. */
import {
  begin,
  element,
  Handles,
  moduleSize,
  onFrames,
  redrawn,
  show,
  Stopwatch,
} from "../shared/page.mjs";
import { load } from "./dist/model.mjs";

/** @typedef {import("../shared/page.mjs").Point} Point */

const NAMES = ["A", "B", "C"];
const COLORS = ["--a", "--b", "--c"];
const STEPS = 6; // of descent in a call
const UNIT = 100; // the sliders count hundredths
const STILL = 1e-9;

const canvas = element("scene", HTMLCanvasElement);
const areas = ["a", "b", "c"].map((id) => element(id, HTMLInputElement));
const overlaps = ["ab", "bc", "ca"].map((id) => element(id, HTMLInputElement));

class Page {
  centers = Float64Array.of(-0.4, 0.1, 0.4, 0.1, 0, -0.4);
  held = -1;
  /** @type {import("../shared/page.mjs").Handles<number> | undefined} */
  handles;
  loss = 0;
  descents = new Stopwatch();

  /** @param {import("./dist/model.mjs").Model} model */
  constructor(model) {
    this.model = model;
    this.draw = onFrames(() => this.paint());
  }

  /** @param {number} circle @returns {Point} */
  center(circle) {
    return [this.centers[2 * circle], this.centers[2 * circle + 1]];
  }

  /** @param {number} circle @param {Point} place */
  push(circle, place) {
    this.centers.set(place, 2 * circle);
    this.draw();
  }

  /** Move the circles downhill, but for the one that is held. */
  descend() {
    const { arrange } = this.model;
    arrange.args.centers.set(this.centers);
    areas.forEach((slider, k) => (arrange.args.areas[k] = slider.valueAsNumber / UNIT));
    overlaps.forEach((slider, k) => (arrange.args.overlaps[k] = slider.valueAsNumber / UNIT));
    this.descents.time(arrange.run);
    const [loss, after] = arrange.result;
    const place = this.center(Math.max(this.held, 0));
    this.loss = loss[0];
    const moved = Math.hypot(...after.map((x, k) => x - this.centers[k]));
    this.centers.set(after);
    if (this.held >= 0) this.centers.set(place, 2 * this.held);
    return moved;
  }

  paint() {
    if (this.descend() > STILL) this.draw();
    this.picture();
    this.handles?.drawFocus();
    this.report();
  }

  report() {
    for (const slider of [...areas, ...overlaps]) show(`${slider.id}-value`, slider.value);
    show("loss", this.loss.toExponential(0).replace("e-", " · 10⁻").replace("e+0", "").replace(/\d+$/, superscript));
    const { count, milliseconds } = this.descents;
    show("speed", ((1000 * milliseconds) / (count * STEPS)).toFixed(1));
    show("status", this.held < 0 && this.loss > 1e-4 ? "Circles cannot have these overlaps; this is as near as they come." : "");
    const [x, y] = viewOf().at(this.center(0));
    Object.assign(canvas.dataset, { x, y, loss: this.loss });
    document.body.dataset.state = "ready";
  }

  picture() {
    const { context, width, height, color } = begin(canvas);
    if (!width) return;
    const view = viewOf();
    context.fillStyle = color("--board");
    context.fillRect(0, 0, width, height);
    NAMES.forEach((name, circle) => {
      const [x, y] = view.at(this.center(circle));
      const radius = Math.sqrt(areas[circle].valueAsNumber / UNIT / Math.PI) * view.scale;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      Object.assign(context, { fillStyle: color(COLORS[circle]), strokeStyle: color(COLORS[circle]) });
      context.globalAlpha = 0.22;
      context.fill();
      context.globalAlpha = 1;
      context.lineWidth = 2.5;
      context.stroke();
      const [outX, outY] = this.outwards(circle);
      context.font = "700 22px system-ui, sans-serif";
      Object.assign(context, { textAlign: "center", textBaseline: "middle" });
      context.fillText(name, x + outX * radius * 0.6, y - outY * radius * 0.6);
    });
  }

  /** The direction from the middle of all circles to one of them. @param {number} circle @returns {Point} */
  outwards(circle) {
    const [sumX, sumY] = [0, 1].map((axis) => [0, 1, 2].reduce((sum, k) => sum + this.center(k)[axis], 0));
    const [x, y] = this.center(circle);
    const length = Math.hypot(3 * x - sumX, 3 * y - sumY) || 1;
    return [(3 * x - sumX) / length, (3 * y - sumY) / length];
  }
}

/** From units to CSS pixels: the origin is in the middle. */
function viewOf() {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = Math.min(width / 2, height / 1.9);
  return {
    scale,
    at: (/** @type {Point} */ [x, y]) => /** @type {Point} */ ([width / 2 + x * scale, height / 2 - y * scale]),
    back: (/** @type {Point} */ [x, y]) => /** @type {Point} */ ([(x - width / 2) / scale, (height / 2 - y) / scale]),
  };
}

/** @param {string} digits */
const superscript = (digits) => [...digits].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");

/** @param {Page} page */
function listen(page) {
  page.handles = new Handles(canvas, {
    handles: () => NAMES.map((_, circle) => [circle, viewOf().at(page.center(circle))]),
    reach: () => 0.22 * viewOf().scale,
    pick: (circle) => (page.held = circle),
    move: (circle, point) => page.push(circle, viewOf().back(point)),
    drop: () => {
      page.held = -1;
      page.draw();
    },
  });
  for (const slider of [...areas, ...overlaps]) slider.addEventListener("input", page.draw);
  redrawn([canvas], page.draw);
}

async function main() {
  const page = new Page(await load());
  listen(page);
  show("size", moduleSize());
  page.draw();
}

main().catch((error) => {
  document.body.dataset.state = "failed";
  show("status", `The page could not start: ${error.message}`);
});
