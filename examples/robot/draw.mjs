// @ts-check
/**
 * Drawing: the robot on its ground, and the plot of the loss.
 *
 * @typedef {import("../shared/page.mjs").Point} Point
 * @typedef {import("./walker.mjs").Body} Body
 * @typedef {import("./walker.mjs").Walk} Walk
 * @typedef {{ body: Body, walk: Walk, time: number, goal: Point, isHeld: boolean }} Scene
 */
import { begin, clamp } from "../shared/page.mjs";

export const OBJECTS = 26;
export const STEPS = 1364;
export const START = 0.2; // the head's x before the first step
const SPRINGS = 61;
const GROUND = 0.1;
const WIDTH = 1.12; // of what is seen at once
const RED = [200, 48, 80];
const GREY = [140, 148, 152];
const BLUE = [52, 104, 220];
const PASSIVE = "rgb(140 148 152 / 60%)";
const SHADES = 12; // of red, and of blue

/** From the world, with y upwards and in its own unit, to CSS pixels. */
export class View {
  /** @param {HTMLCanvasElement} canvas @param {number} left the world's x at the left edge */
  constructor({ clientWidth, clientHeight }, left) {
    this.left = left;
    this.scale = clientWidth / WIDTH;
    this.ground = clientHeight - Math.max(0.15 * clientHeight, 44);
  }

  /** @param {Point} point @returns {Point} */
  at([x, y]) {
    return [(x - this.left) * this.scale, this.ground - (y - GROUND) * this.scale];
  }

  /** @param {Point} point @returns {Point} */
  back([x, y]) {
    return [x / this.scale + this.left, (this.ground - y) / this.scale + GROUND];
  }
}

/** @param {Walk} walk @param {number} step @param {number} object @returns {Point} */
export function placeOf({ positions }, step, object) {
  const at = 2 * (OBJECTS * step + object);
  return [positions[at], positions[at + 1]];
}

/** @param {Walk} walk @param {number} step @returns {Point} the mean of all objects */
export function centerOf(walk, step) {
  let [sumX, sumY] = [0, 0];
  for (let object = 0; object < OBJECTS; object += 1) {
    const [x, y] = placeOf(walk, step, object);
    sumX += x;
    sumY += y;
  }
  return [sumX / OBJECTS, sumY / OBJECTS];
}

/**
 * The view follows a robot that walks out of the picture.
 *
 * @param {{ walk: Walk, time: number }} scene
 */
export function leftEdge({ walk, time }) {
  const [x] = centerOf(walk, Math.floor(time));
  return Math.max(0, x - 0.85) + Math.min(0, x - 0.12);
}

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function drawScene(canvas, scene) {
  const { context, width, height, color } = begin(canvas);
  if (!width) return;
  const view = new View(canvas, leftEdge(scene));
  const sky = context.createLinearGradient(0, 0, 0, view.ground);
  sky.addColorStop(0, color("--sky"));
  sky.addColorStop(1, color("--horizon"));
  context.fillStyle = sky;
  context.fillRect(0, 0, width, view.ground);
  drawGround(context, view, width, height, color);
  drawDistance(context, view, scene, color);
  drawGoal(context, view, scene, color);
  context.globalAlpha = 0.16;
  drawRobot(context, view, scene, STEPS - 1, color("--ink"));
  context.globalAlpha = 1;
  drawRobot(context, view, scene, Math.floor(scene.time), color("--ink"));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {number} width
 * @param {number} height
 * @param {(name: string) => string} color
 */
function drawGround(context, view, width, height, color) {
  context.fillStyle = color("--ground");
  context.fillRect(0, view.ground, width, height - view.ground);
  context.fillStyle = color("--quiet");
  context.fillRect(0, view.ground, width, 1.5);
  context.font = "12px system-ui, sans-serif";
  Object.assign(context, { textAlign: "center", textBaseline: "top" });
  const first = Math.ceil((view.back([0, 0])[0] - START) * 10);
  for (let tick = first; view.at([START + tick / 10, 0])[0] < width; tick += 1) {
    const [x] = view.at([START + tick / 10, 0]);
    context.fillRect(x - 0.5, view.ground, 1, tick % 2 ? 5 : 9);
    if (tick % 2 === 0 && x > 10 && x < width - 12) {
      context.fillText((tick / 10).toFixed(1), x, view.ground + 24);
    }
  }
}

/**
 * How far the head has come, as a bar on the ground, and its path.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Scene} scene
 * @param {(name: string) => string} color
 */
function drawDistance(context, view, { walk, time }, color) {
  context.strokeStyle = color("--accent");
  context.lineWidth = 6;
  const [from] = view.at([START, GROUND]);
  const [to] = view.at(placeOf(walk, Math.floor(time), 0));
  context.beginPath();
  context.moveTo(from, view.ground + 16);
  context.lineTo(to, view.ground + 16);
  context.stroke();
  context.lineWidth = 1.5;
  context.globalAlpha = 0.55;
  context.beginPath();
  for (let step = 0; step < STEPS; step += 6) context.lineTo(...view.at(placeOf(walk, step, 0)));
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * A flag, whose top can be dragged.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Scene} scene
 * @param {(name: string) => string} color
 */
function drawGoal(context, view, { goal, isHeld }, color) {
  const [x, y] = view.at(goal);
  Object.assign(context, { strokeStyle: color("--ink"), fillStyle: color("--goal"), lineWidth: 2 });
  context.beginPath();
  context.moveTo(x, view.ground);
  context.lineTo(x, y - 26);
  context.stroke();
  context.beginPath();
  context.moveTo(x, y - 26);
  context.lineTo(x + 24, y - 18);
  context.lineTo(x, y - 10);
  context.fill();
  context.beginPath();
  context.arc(x, y, isHeld ? 11 : 8, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = color("--card");
  context.stroke();
}

/**
 * As few strokes as there are colours, since strokes are what takes time.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Scene} scene
 * @param {number} step
 * @param {string} ink
 */
function drawRobot(context, view, { body, walk }, step, ink) {
  const places = Array.from({ length: OBJECTS }, (_, k) => view.at(placeOf(walk, step, k)));
  /** @type {Map<string, [number, number][]>} */
  const byColor = new Map();
  body.ends.forEach((ends, spring) => {
    const isMuscle = body.isMuscle[spring];
    const color = isMuscle ? tint(walk.tension[SPRINGS * step + spring]) : PASSIVE;
    byColor.set(color, [...(byColor.get(color) ?? []), ends]);
  });
  for (const [color, springs] of byColor) {
    context.strokeStyle = color;
    context.lineWidth = (color === PASSIVE ? 0.004 : 0.011) * view.scale;
    context.beginPath();
    for (const [a, b] of springs) {
      context.moveTo(...places[a]);
      context.lineTo(...places[b]);
    }
    context.stroke();
  }
  const radius = 0.0062 * view.scale;
  context.fillStyle = ink;
  context.beginPath();
  for (const [x, y] of places) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
}

/** @param {number} tension from -1, which is blue, by way of grey to 1, which is red */
function tint(tension) {
  const end = tension < 0 ? BLUE : RED;
  const share = Math.round(SHADES * Math.sqrt(Math.min(Math.abs(tension), 1))) / SHADES;
  return `rgb(${GREY.map((grey, k) => Math.round(grey + share * (end[k] - grey))).join(" ")})`;
}

/**
 * The distance that every generation walks, with a dot on the one that is shown.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} losses
 * @param {number} shown
 * @param {number} generations
 */
export function drawPlot(canvas, losses, shown, generations) {
  const { context, width, height, color } = begin(canvas);
  const left = 34;
  const [top, bottom] = [0, Math.min(-0.8, ...losses)];
  const x = (/** @type {number} */ generation) =>
    left + 6 + (generation / generations) * (width - left - 12);
  const y = (/** @type {number} */ loss) => 7 + ((loss - top) / (bottom - top)) * (height - 14);
  context.font = "12px system-ui, sans-serif";
  Object.assign(context, { textBaseline: "middle", textAlign: "left", lineWidth: 1 });
  for (let tick = 0; tick >= bottom; tick -= 0.4) {
    context.fillStyle = color("--quiet");
    context.fillText(tick.toFixed(1).replace("-", "−"), 0, y(tick));
    context.fillStyle = color("--rule");
    context.fillRect(left, y(tick) - 0.5, width - left, 1);
  }
  Object.assign(context, { strokeStyle: color("--accent"), lineWidth: 2 });
  context.beginPath();
  losses.forEach((loss, generation) => context.lineTo(x(generation), y(clamp(loss, bottom, 0))));
  context.stroke();
  if (!losses.length) return;
  context.fillStyle = color("--accent");
  context.beginPath();
  context.arc(x(shown), y(losses[shown]), 4.5, 0, 2 * Math.PI);
  context.fill();
}
