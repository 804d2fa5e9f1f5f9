// @ts-check
/**
 * Drawing: the table and the plot of the loss, on canvases of any size and pixel density.
 *
 * @typedef {import("./aim.mjs").Point} Point
 * @typedef {import("./aim.mjs").Shot} Shot
 * @typedef {{
 *   shot: Shot, goal: Point, target: number, frames: Float64Array, time: number, paths: Point[][],
 * }} Scene  `frames` holds the positions of all balls at all times, `time` is an index into it
 */
import { begin } from "../shared/page.mjs";
import { HEIGHT, RADIUS, SOLVED, WIDTH } from "./aim.mjs";

export const BALLS = 11;
const ARROW = 0.5; // length of the arrow on the table, per speed
const COLORS = [
  ...["#fbfaf5", "#f2c230", "#2f62d0", "#d8403a", "#7a4fc0", "#f08632"],
  ...["#86c94a", "#8d2f41", "#23262b", "#f2c230", "#2f62d0"],
];
/** @type {[string, number][]} */
const TICKS = [
  ["1", 1],
  ["10⁻²", 1e-2],
  ["10⁻⁴", SOLVED],
];

/** @param {Shot} shot @returns {Point} where the arrow of a shot ends */
export function arrowTip({ position: [x, y], velocity: [u, v] }) {
  return [x + ARROW * u, y + ARROW * v];
}

/** @param {Shot} shot @param {Point} tip @returns {Point} the velocity whose arrow ends there */
export function velocityOf({ position: [x, y] }, [tipX, tipY]) {
  return [(tipX - x) / ARROW, (tipY - y) / ARROW];
}

/** @param {Float64Array} frames @param {number} time @param {number} ball @returns {Point} */
export function ballAt(frames, time, ball) {
  const at = 2 * (BALLS * time + ball);
  return [frames[at], frames[at + 1]];
}

/** @param {Float64Array} frames @param {number} ball @returns {Point[]} every eighth position */
export function pathOf(frames, ball) {
  const times = frames.length / (2 * BALLS);
  const points = [];
  for (let time = 0; time < times; time += 8) points.push(ballAt(frames, time, ball));
  return [...points, ballAt(frames, times - 1, ball)];
}

/**
 * The table at one time of the shot, with paths, ring and arrow.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 */
export function drawTable(canvas, scene) {
  const { context, width, height, color } = begin(canvas);
  if (!width) return;
  const scale = width / WIDTH;
  const pen = new Pen(context, scale);
  drawFelt(context, width, height, scale, color);
  scene.paths.forEach((path, i) => {
    pen.line(path, `rgb(255 255 255 / ${(0.3 * (i + 1)) / scene.paths.length})`, 1);
  });
  pen.line(pathOf(scene.frames, 0), "#ffffff55", 1.25, [2, 5]);
  pen.line(pathOf(scene.frames, scene.target), color("--ring"), 2);
  drawGoal(pen, scene, color("--ring"));
  for (let ball = BALLS - 1; ball >= 0; ball -= 1) {
    const ring = ball === scene.target ? color("--ring") : "";
    pen.ball(ballAt(scene.frames, Math.floor(scene.time), ball), ball, ring);
  }
  if (scene.time === 0) pen.arrow(scene.shot.position, arrowTip(scene.shot));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {number} scale
 * @param {(name: string) => string} color
 */
function drawFelt(context, width, height, scale, color) {
  const [x, y] = [width / 2, height / 2];
  const light = context.createRadialGradient(x, y * 0.8, 0, x, y, width * 0.7);
  light.addColorStop(0, color("--felt"));
  light.addColorStop(1, color("--felt-edge"));
  context.fillStyle = light;
  context.fillRect(0, 0, width, height);
  context.fillStyle = color("--felt-line");
  const gap = 0.1 * scale;
  for (let left = gap; left < width - 1; left += gap) context.fillRect(left, 0, 1, height);
  for (let top = gap; top < height - 1; top += gap) context.fillRect(0, top, width, 1);
}

/**
 * The ring to reach, and the outline of the target ball where the shot leaves it.
 *
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {string} color
 */
function drawGoal(pen, { frames, goal, target }, color) {
  const last = ballAt(frames, frames.length / (2 * BALLS) - 1, target);
  pen.line([last, goal], color, 1.25, [3, 5]);
  pen.circle(last, RADIUS, { fill: "#ffffff30", stroke: "#ffffffcc", lineWidth: 1.5 });
  pen.circle(goal, RADIUS * 1.35, { fill: "#0000002e", stroke: color, lineWidth: 3 });
  pen.circle(goal, RADIUS * 0.18, { fill: color });
}

/** Shapes in table coordinates: x to the right, y upwards. */
class Pen {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} scale CSS pixels per unit of the table
   */
  constructor(context, scale) {
    this.context = context;
    this.scale = scale;
  }

  /** @param {Point} point @returns {Point} */
  at([x, y]) {
    return [x * this.scale, (HEIGHT - y) * this.scale];
  }

  /**
   * @param {Point[]} points
   * @param {string} color
   * @param {number} lineWidth in CSS pixels
   * @param {number[]} dash
   */
  line(points, color, lineWidth, dash = []) {
    const { context } = this;
    context.beginPath();
    for (const point of points) context.lineTo(...this.at(point));
    Object.assign(context, { strokeStyle: color, lineWidth });
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * @param {Point} center
   * @param {number} radius
   * @param {{ fill?: string, stroke?: string, lineWidth?: number }} paint
   */
  circle(center, radius, { fill, stroke, lineWidth = 1 }) {
    const { context } = this;
    context.beginPath();
    context.arc(...this.at(center), radius * this.scale, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: fill ?? "", strokeStyle: stroke ?? "", lineWidth });
    if (fill) context.fill();
    if (stroke) context.stroke();
  }

  /** @param {Point} center @param {number} ball @param {string} ring a color, or none */
  ball([x, y], ball, ring) {
    const { context } = this;
    this.circle([x + 0.005, y - 0.008], RADIUS, { fill: "#00000040" });
    this.circle([x, y], RADIUS, { fill: COLORS[ball] });
    if (ball > 8) this.#caps([x, y]);
    if (ball) {
      this.circle([x, y], RADIUS * 0.56, { fill: "#fbfaf5" });
      const size = Math.max(RADIUS * this.scale * 0.78, 7);
      context.font = `700 ${ball > 9 ? size * 0.9 : size}px system-ui, sans-serif`;
      Object.assign(context, { fillStyle: "#1c1f22", textAlign: "center", textBaseline: "middle" });
      const [left, top] = this.at([x, y]);
      context.fillText(String(ball), left, top + size * 0.06);
    }
    this.circle([x - 0.01, y + 0.013], RADIUS * 0.22, { fill: "#ffffff66" });
    if (ring) this.circle([x, y], RADIUS * 1.1, { stroke: ring, lineWidth: 2.5 });
  }

  /** The white ends of a striped ball. @param {Point} center */
  #caps(center) {
    const { context, scale } = this;
    const [x, y] = this.at(center);
    context.fillStyle = "#fbfaf5";
    for (const middle of [0.5 * Math.PI, 1.5 * Math.PI]) {
      context.beginPath();
      context.arc(x, y, RADIUS * scale, middle - 1.13, middle + 1.13);
      context.fill();
    }
  }

  /** @param {Point} from @param {Point} to */
  arrow(from, to) {
    this.line([from, to], "#ffffff", 2.5);
    const [x, y] = to;
    const angle = Math.atan2(y - from[1], x - from[0]);
    /** @type {Point[]} */
    const head = [2.6, -2.6].map((turn) => [
      x + 0.028 * Math.cos(angle + turn),
      y + 0.028 * Math.sin(angle + turn),
    ]);
    this.line([head[0], to, head[1]], "#ffffff", 2.5);
    this.circle(to, 0.02, { fill: "#ffffff30" });
  }
}

/**
 * The losses of the gradient steps as dots, the best so far as a line, on a logarithmic scale.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} losses
 */
export function drawPlot(canvas, losses) {
  const { context, width, height, color } = begin(canvas);
  const [top, bottom, left] = [Math.log10(2), Math.log10(SOLVED / 3), 34];
  const yOf = (/** @type {number} */ loss) =>
    3 + ((top - Math.min(Math.max(Math.log10(loss), bottom), top)) / (top - bottom)) * (height - 6);
  const length = Math.max(losses.length - 1, 40);
  const xOf = (/** @type {number} */ i) => left + 2 + (i / length) * (width - left - 6);
  context.font = "12px system-ui, sans-serif";
  Object.assign(context, { textBaseline: "middle", lineWidth: 1 });
  for (const [label, loss] of TICKS) {
    context.fillStyle = color("--quiet");
    context.fillText(label, 0, yOf(loss));
    context.strokeStyle = color(loss === SOLVED ? "--accent" : "--rule");
    context.setLineDash(loss === SOLVED ? [4, 4] : []);
    context.beginPath();
    context.moveTo(left, yOf(loss));
    context.lineTo(width, yOf(loss));
    context.stroke();
  }
  context.setLineDash([]);
  context.fillStyle = color("--quiet");
  losses.forEach((loss, i) => context.fillRect(xOf(i) - 0.75, yOf(loss) - 0.75, 1.5, 1.5));
  Object.assign(context, { strokeStyle: color("--accent"), lineWidth: 2 });
  context.beginPath();
  losses.reduce((best, loss, i) => {
    const next = Math.min(best, loss);
    context.lineTo(xOf(i), yOf(next));
    return next;
  }, Infinity);
  context.stroke();
}
