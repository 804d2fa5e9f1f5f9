// @ts-check
/**
 * The worker that lets a network walk: it answers each request with all that there is to draw.
 *
 * @typedef {{ weights: Float64Array, task: import("./network.mjs").Task }} Request
 * @typedef {{ positions: Float32Array, tension: Float32Array, milliseconds: number }} Walk
 *   the positions of all objects, and the tension of all springs, step by step: exact enough to draw
 * @typedef {{ ends: [number, number][], isMuscle: boolean[], size: string }} Body
 */
import { moduleSize } from "../shared/page.mjs";
import { load } from "./dist/model.mjs";
import { fill } from "./network.mjs";

const loaded = load();

loaded.then(({ springs }) => {
  const all = springs();
  const ends = all.map(({ a, b }) => [a, b]);
  const isMuscle = all.map(({ actuation }) => actuation > 0);
  postMessage({ ends, isMuscle, size: moduleSize() });
});

addEventListener("message", async (/** @type {MessageEvent<Request>} */ { data }) => {
  const { trajectory } = await loaded;
  fill(trajectory.args, data.weights, data.task);
  const before = performance.now();
  trajectory.run();
  const milliseconds = performance.now() - before;
  const { result } = trajectory;
  const [positions, tension] = [new Float32Array(result.positions), new Float32Array(result.tension)];
  postMessage({ positions, tension, milliseconds }, { transfer: [positions.buffer, tension.buffer] });
});
