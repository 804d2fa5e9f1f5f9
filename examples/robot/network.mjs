// @ts-check
/**
 * A network's numbers as one array, which travels between page and workers.
 *
 * @typedef {{ goal: [number, number], lift: number }} Task
 * @typedef {{ weights1: Float64Array, bias1: Float64Array, weights2: Float64Array, bias2: Float64Array }} Layers
 */

/** @param {Layers} layers in this order */
const arrays = ({ weights1, bias1, weights2, bias2 }) => [weights1, bias1, weights2, bias2];

/** @param {Layers} layers @returns {Float64Array} a copy of all of them */
export function packed(layers) {
  const parts = arrays(layers);
  const all = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Fill a function's arguments.
 *
 * @param {{ network: Layers, goal: Float64Array, lift: Float64Array }} args
 * @param {Float64Array} weights
 * @param {Task} task
 */
export function fill(args, weights, { goal, lift }) {
  let at = 0;
  for (const part of arrays(args.network)) {
    part.set(weights.subarray(at, at + part.length));
    at += part.length;
  }
  args.goal.set(goal);
  args.lift[0] = lift;
}
