// @ts-check
/** The linkage's page: every move of a hand is one call of the solver. */
import {
  begin,
  clamp,
  element,
  Handles,
  isCalm,
  moduleSize,
  onFrames,
  redrawn,
  show,
  spaceBar,
  Stopwatch,
} from "../shared/page.mjs";
import { load } from "./dist/model.mjs";

/** @typedef {import("../shared/page.mjs").Point} Point */

const JOINTS = 6;
const FOOT = 5;
const HANDLES = [FOOT, 0, 1, 2, 3, 4];
const TURN = 96;
const SECONDS = 4; // a turn of the crank
const FIXED = [0, 0, -38, -7.8];
const TRIANGLES = [[1, 3, 7], [2, 4, 5]]; // three bars each, which move as one

const canvas = element("scene", HTMLCanvasElement);
const play = element("play", HTMLButtonElement);
const sliders = [...document.querySelectorAll("input[data-bar]")].map(
  (slider) => /** @type {HTMLInputElement} */ (slider),
);

class Page {
  /** @type {{ joint: number, hand: Point } | undefined} */
  pull;
  isPlaying = false;
  isStale = true; // the path of the foot is that of other lengths
  before = 0;
  /** @type {import("../shared/page.mjs").Handles<number> | undefined} */
  handles;
  solves = new Stopwatch();
  turns = new Stopwatch();

  /** @param {import("./dist/model.mjs").Model} model */
  constructor(model) {
    this.model = model;
    this.bars = model.bars();
    this.lengths = Float64Array.from(this.bars, ({ length }) => length);
    this.joints = Float64Array.from(model.start().flat());
    this.path = new Float64Array(2 * JOINTS * TURN);
    this.draw = onFrames((now) => this.paint(now));
  }

  reset() {
    this.bars.forEach(({ length }, bar) => (this.lengths[bar] = length));
    this.joints.set(this.model.start().flat());
    for (const slider of sliders) slider.value = String(this.lengths[Number(slider.dataset.bar)]);
    Object.assign(this, { isStale: true, pull: undefined });
    this.draw();
  }

  /** @param {number} bar @param {number} length */
  resize(bar, length) {
    this.lengths[bar] = length;
    this.isStale = true;
    this.pull ??= { joint: 0, hand: this.place(0) };
    this.draw();
  }

  /** @param {number} place of a joint, or of a fixed point @returns {Point} */
  place(place) {
    const from = place < JOINTS ? this.joints : FIXED;
    const at = 2 * (place < JOINTS ? place : place - JOINTS);
    return [from[at], from[at + 1]];
  }

  /** @param {number} joint @param {Point} hand */
  solve(joint, hand) {
    const { follow } = this.model;
    follow.args.joints.set(this.joints);
    follow.args.lengths.set(this.lengths);
    follow.args.held[0] = joint;
    follow.args.hand.set(hand);
    this.solves.time(follow.run);
    this.joints.set(follow.result);
  }

  /** Where the foot goes in a turn, from where the leg stands now. */
  trace() {
    const { turn } = this.model;
    turn.args.joints.set(this.model.start().flat());
    turn.args.lengths.set(this.lengths);
    this.turns.time(turn.run);
    this.path.set(turn.result);
    this.isStale = false;
  }

  /** @param {number} now in milliseconds */
  paint(now) {
    const elapsed = clamp(now - this.before, 0, 100) / 1000;
    this.before = now;
    if (this.isStale) this.trace();
    if (this.pull) {
      this.solve(this.pull.joint, this.pull.hand);
      this.pull = undefined;
    } else if (this.isPlaying) {
      const [x, y] = this.place(0);
      const angle = Math.atan2(y, x) + (2 * Math.PI * elapsed) / SECONDS;
      this.solve(0, [this.lengths[0] * Math.cos(angle), this.lengths[0] * Math.sin(angle)]);
    }
    if (this.isPlaying) this.draw();
    this.picture();
    this.handles?.drawFocus();
    this.report();
  }

  /** How far the bars are from their lengths, in the worst case. */
  strain() {
    const errors = this.bars.map(({ a, b }, bar) => {
      const [[x, y], [u, v]] = [this.place(a), this.place(b)];
      return Math.abs(Math.hypot(x - u, y - v) - this.lengths[bar]);
    });
    return Math.max(...errors);
  }

  report() {
    play.textContent = this.isPlaying ? "Stop the crank" : "Turn the crank";
    for (const slider of sliders) show(`${slider.id}-value`, Number(slider.value).toFixed(1));
    show("speed", String(this.solves));
    show("turn-speed", String(this.turns));
    show("strain", `${this.strain() < 0.01 ? "exact" : `off by ${this.strain().toFixed(1)}`}`);
    show("status", this.strain() < 0.01 ? "" : "With these lengths the bars cannot meet here.");
    const view = viewOf();
    const [x, y] = view.at(this.place(FOOT));
    Object.assign(canvas.dataset, { footX: x, footY: y });
    document.body.dataset.state = this.isPlaying ? "playing" : "ready";
  }

  picture() {
    const { context, width, height, color } = begin(canvas);
    if (!width) return;
    const view = viewOf();
    context.fillStyle = color("--board");
    context.fillRect(0, 0, width, height);
    drawGrid(context, width, height, color("--line"));
    this.drawPath(context, view, color);
    context.globalAlpha = 0.14;
    context.fillStyle = color("--blue");
    for (const corners of TRIANGLES) {
      context.beginPath();
      for (const corner of corners) context.lineTo(...view.at(this.place(corner)));
      context.fill();
    }
    context.globalAlpha = 1;
    this.bars.forEach(({ a, b }, bar) => {
      context.strokeStyle = color(bar ? "--bar" : "--accent");
      context.lineWidth = Math.max(3.5, 1.6 * view.scale);
      context.beginPath();
      context.moveTo(...view.at(this.place(a)));
      context.lineTo(...view.at(this.place(b)));
      context.stroke();
    });
    this.drawJoints(context, view, color);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {(name: string) => string} color
   */
  drawPath(context, view, color) {
    Object.assign(context, { strokeStyle: color("--accent"), lineWidth: 2 });
    context.setLineDash([2, 5]);
    context.beginPath();
    for (let time = 0; time < TURN; time += 1) {
      const at = 2 * (JOINTS * time + FOOT);
      context.lineTo(...view.at([this.path[at], this.path[at + 1]]));
    }
    context.closePath();
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {(name: string) => string} color
   */
  drawJoints(context, view, color) {
    for (let place = 0; place < JOINTS + 2; place += 1) {
      const [x, y] = view.at(this.place(place));
      const isFixed = place >= JOINTS;
      context.fillStyle = color(isFixed ? "--bar" : place === FOOT ? "--accent" : "--card");
      Object.assign(context, { strokeStyle: color("--bar"), lineWidth: 2.5 });
      context.beginPath();
      if (isFixed) context.rect(x - 7, y - 7, 14, 14);
      else context.arc(x, y, 8, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}

/** @typedef {{ scale: number, at: (point: Point) => Point, back: (point: Point) => Point }} View */

/** From centimetres to CSS pixels: the leg stands in the middle. @returns {View} */
function viewOf() {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = Math.min(width / 150, height / 178);
  const [left, top] = [width / 2 + 34 * scale, height / 2 - 32 * scale];
  return {
    scale,
    at: ([x, y]) => [left + x * scale, top - y * scale],
    back: ([x, y]) => [(x - left) / scale, (top - y) / scale],
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {string} color
 */
function drawGrid(context, width, height, color) {
  context.fillStyle = color;
  for (let x = (width / 2) % 40; x < width; x += 40) context.fillRect(Math.round(x), 0, 1, height);
  for (let y = (height / 2) % 40; y < height; y += 40) context.fillRect(0, Math.round(y), width, 1);
}

/** @param {Page} page */
function listen(page) {
  page.handles = new Handles(canvas, {
    handles: () => HANDLES.map((joint) => [joint, viewOf().at(page.place(joint))]),
    pick: () => (page.isPlaying = false),
    move: (joint, point) => {
      page.pull = { joint, hand: viewOf().back(point) };
      page.draw();
    },
  });
  spaceBar(() => play.click());
  play.addEventListener("click", () => {
    page.isPlaying = !page.isPlaying;
    page.draw();
  });
  element("reset", HTMLButtonElement).addEventListener("click", () => page.reset());
  for (const slider of sliders) {
    slider.addEventListener("input", () => page.resize(Number(slider.dataset.bar), slider.valueAsNumber));
  }
  redrawn([canvas], page.draw);
}

async function main() {
  const page = new Page(await load());
  page.isPlaying = !isCalm();
  listen(page);
  page.reset();
  show("size", moduleSize());
}

main().catch((error) => {
  document.body.dataset.state = "failed";
  show("status", `The page could not start: ${error.message}`);
});
