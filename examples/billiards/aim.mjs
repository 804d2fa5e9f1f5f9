// @ts-check
/**
 * Aiming: gradient descent on a shot, and other shots where descent gets stuck.
 *
 * The searches are generators that yield after every evaluation of the model, so that the page
 * decides how many of them fit into a frame.
 *
 * @typedef {[number, number]} Point
 * @typedef {{ position: Point, velocity: Point }} Shot
 * @typedef {{ shot: Shot, loss: number }} Scored
 * @typedef {Scored & { attempt: number, isGradient: boolean }} Report
 * @typedef {import("./dist/model.mjs").Model} Model
 * @typedef {Model["loss"]["args"]} Args
 */

import { clamp, Stopwatch } from "../shared/page.mjs";

export const RADIUS = 0.03;
export const WIDTH = 1.2;
export const HEIGHT = 1;
export const MAX_SPEED = 1.5;
export const SOLVED = 1e-4; // a distance of 0.01, a third of a ball's radius
const MAX_GRADIENTS = 6000;
const SHOTS_A_TRY = 20;

/** @type {Shot} */
export const OPENING = { position: [0.1, 0.5], velocity: [0.3, 0] };

/** Where the ten object balls lie: a triangle with its tip towards the cue ball. */
const RACK = [0, 1, 2, 3].flatMap((i) =>
  Array.from({ length: i + 1 }, (_, j) => [
    2 * i * RADIUS + 0.5,
    2 * j * RADIUS + 0.5 - 0.7 * i * RADIUS,
  ]),
);

/** The loss of shots for one goal and one target ball, counted and timed. */
export class Problem {
  gradients = 0;
  stopwatch = new Stopwatch();

  /**
   * @param {Model} model
   * @param {Point} goal
   * @param {number} target
   */
  constructor(model, goal, target) {
    this.model = model;
    this.goal = goal;
    this.target = target;
  }

  /** @param {Shot} shot */
  loss(shot) {
    const { loss } = this.model;
    this.#fill(loss.args, shot);
    loss.run();
    return loss.result[0];
  }

  /**
   * @param {Shot} shot
   * @returns {{ loss: number, gradient: number[] }} the gradient by position, then by velocity
   */
  gradient(shot) {
    const { loss_and_grad: both } = this.model;
    this.#fill(both.args, shot);
    this.stopwatch.time(both.run);
    this.gradients += 1;
    const [loss, [position, velocity]] = both.result;
    return { loss: loss[0], gradient: [...position, ...velocity] };
  }

  /**
   * @param {Args} args
   * @param {Shot} shot
   */
  #fill(args, shot) {
    args.position.set(shot.position);
    args.velocity.set(shot.velocity);
    args.goal.set(this.goal);
    args.target[0] = this.target;
  }
}

/**
 * Descend from a shot; when that gets stuck, go on from others: near the best one, or from anywhere.
 *
 * @param {Problem} problem
 * @param {Shot} start
 * @param {"none" | "near" | "anywhere"} others
 * @returns {Generator<Report, Scored>}
 */
export function* aim(problem, start, others) {
  const random = randoms(1);
  let best = yield* descend(problem, start, 1, { reach: 0.01, patience: 12, steps: 150 });
  for (let attempt = 2; others !== "none" && best.loss > SOLVED; attempt += 1) {
    if (problem.gradients >= MAX_GRADIENTS) break;
    const other = yield* bestOfSome(problem, best, attempt, random, others === "near");
    const found = yield* descend(problem, other, attempt, { reach: 0.02, patience: 5, steps: 25 });
    if (found.loss < best.loss) best = found;
  }
  return best;
}

/**
 * Gradient descent that never moves by more than `reach`.
 *
 * The step is the one that would bring the loss to zero were it linear. Collisions make the loss
 * jump, so a worse value is allowed `patience` times; then the search returns to the best shot with
 * a quarter of the reach, and ends when that is next to nothing.
 *
 * @param {Problem} problem
 * @param {Shot} start
 * @param {number} attempt
 * @param {{ reach: number, patience: number, steps: number }} limits
 * @returns {Generator<Report, Scored>}
 */
function* descend(problem, start, attempt, { reach, patience, steps }) {
  let best = { shot: start, loss: Infinity };
  let shot = start;
  for (let step = 0, worse = 0; step < steps && reach > 1e-5; step += 1) {
    const { loss, gradient } = problem.gradient(shot);
    yield { shot, loss, attempt, isGradient: true };
    worse = loss < best.loss ? 0 : worse + 1;
    if (loss < best.loss) best = { shot, loss };
    if (best.loss < SOLVED) break;
    const slope = Math.hypot(...gradient);
    const next = slope > 1e-9 ? moved(shot, gradient, Math.min(loss / slope, reach) / slope) : shot;
    const isLost = worse >= patience || next === shot || !isFree(next);
    shot = isLost ? best.shot : next;
    if (isLost) [reach, worse] = [reach / 4, 0];
    if (isLost && slope <= 1e-9 && best.shot === start) break; // the shot misses the ball
  }
  return best;
}

/**
 * The best of some random shots: some of them near the best, most of them at a ball from anywhere, if not all are to be near.
 *
 * @param {Problem} problem
 * @param {Scored} best
 * @param {number} attempt
 * @param {() => number} random
 * @param {boolean} isNear
 * @returns {Generator<Report, Shot>}
 */
function* bestOfSome(problem, best, attempt, random, isNear) {
  let chosen = { shot: best.shot, loss: Infinity };
  for (let count = 0; count < SHOTS_A_TRY; ) {
    const shot = !isNear && random() < 0.6 ? shotAtABall(random) : shotNear(best.shot, random);
    if (!isFree(shot)) continue;
    count += 1;
    const loss = problem.loss(shot);
    if (loss < chosen.loss) chosen = { shot, loss };
    yield { shot, loss, attempt, isGradient: false };
  }
  return chosen.shot;
}

/**
 * @param {() => number} random
 * @returns {Shot}
 */
function shotAtABall(random) {
  const [x, y] = [0.05 + (WIDTH - 0.1) * random(), 0.05 + (HEIGHT - 0.1) * random()];
  const ball = RACK[Math.floor(RACK.length * random())];
  const angle = Math.atan2(ball[1] - y, ball[0] - x);
  const speed = 0.3 + 0.9 * random();
  return { position: [x, y], velocity: [speed * Math.cos(angle), speed * Math.sin(angle)] };
}

/**
 * @param {Shot} shot
 * @param {() => number} random
 */
function shotNear(shot, random) {
  const size = 0.2 * 100 ** -random(); // from 0.002 to 0.2
  const nudge = Array.from({ length: 4 }, () => random() + random() - 1);
  return moved(shot, nudge, size);
}

/**
 * @param {Shot} shot
 * @param {number[]} direction
 * @param {number} length
 * @returns {Shot} the shot minus length times the direction, or the possible one nearest to that
 */
function moved({ position: [x, y], velocity: [u, v] }, direction, length) {
  const [dx, dy, du, dv] = direction.map((d) => d * length);
  return { position: onTable([x - dx, y - dy]), velocity: limited([u - du, v - dv]) };
}

/** @param {Point} place @returns {Point} where a ball can be */
export function onTable([x, y]) {
  return [clamp(x, RADIUS, WIDTH - RADIUS), clamp(y, RADIUS, HEIGHT - RADIUS)];
}

/** @param {Point} velocity @returns {Point} no faster than the fastest */
export function limited([u, v]) {
  const factor = Math.min(1, MAX_SPEED / Math.max(Math.hypot(u, v), 1e-9));
  return [u * factor, v * factor];
}

/** Whether the cue ball lies on no other one. @param {Shot} shot */
function isFree({ position: [x, y] }) {
  return RACK.every((ball) => Math.hypot(ball[0] - x, ball[1] - y) > 2 * RADIUS);
}

/**
 * Uniform numbers in [0, 1), the same for the same seed: an aim can be repeated.
 *
 * @param {number} seed
 */
function randoms(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
