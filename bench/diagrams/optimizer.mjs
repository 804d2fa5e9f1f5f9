// How Penrose lays a diagram out: rounds of L-BFGS with a growing weight of the constraints.
//
// `evaluate(x, weight)` writes the gradient, 0 for fixed inputs, into `gradient` and gives the energy.

const PAIRS = 17;
const FIRST_WEIGHT = 1000;
const WEIGHT_FACTOR = 10;
const SETTLED = 1e-3; // movement of the point, or of the energy, that ends the rounds
const FEWEST_ROUNDS = 3;
const FLAT = 1e-2; // g · r that ends a round
const GUARD = 1e-11;
const ARMIJO = 1e-3;
const CURVATURE = 0.9;
const MOST_HALVINGS = 10;
const NARROWEST = 1e-9;

const dot = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** a + factor * b, in a new array. */
const moved = (a, factor, b) => {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] + factor * b[i];
  return result;
};

/** Raised when a run has taken as many evaluations as it may. */
export class TooManyEvaluations extends Error {}

/** Counts evaluations, and stops at the most that are allowed. */
const counting = (evaluate, most) => {
  const counter = { evaluations: 0, steps: 0, rounds: 0 };
  counter.at = (x, weight) => {
    if (counter.evaluations >= most) throw new TooManyEvaluations();
    counter.evaluations += 1;
    counter.last = { x, weight };
    return evaluate(x, weight);
  };
  return counter;
};

/** The last step length tried, by bisection for the weak Wolfe conditions. */
const lineSearch = (at, x0, direction, energy0, gradient0, weight) => {
  const slope = -dot(direction, gradient0);
  let [low, high, t] = [0, Infinity, 1];
  for (let j = 0; ; j++) {
    const x = moved(x0, -t, direction);
    if (Math.abs(low - high) < NARROWEST || j > MOST_HALVINGS) return x;
    const { energy, gradient } = at(x, weight);
    if (!(energy <= energy0 + ARMIJO * t * slope)) high = t;
    else if (!(-dot(direction, gradient) >= CURVATURE * slope)) low = t;
    else return x;
    t = high < Infinity ? (low + high) / 2 : 2 * low;
  }
};

/** The gradient multiplied by the approximate inverse Hessian. */
const descent = (gradient, pairs) => {
  let q = Float64Array.from(gradient);
  const alphas = pairs.map(({ s, y, rho }) => {
    const alpha = rho * dot(s, q);
    q = moved(q, -alpha, y);
    return alpha;
  });
  const { s, y } = pairs[0];
  const scale = dot(s, y) / (dot(y, y) + GUARD);
  for (let i = 0; i < q.length; i++) q[i] *= scale;
  for (let k = pairs.length - 1; k >= 0; k--) {
    const beta = pairs[k].rho * dot(pairs[k].y, q);
    q = moved(q, alphas[k] - beta, pairs[k].s);
  }
  return q;
};

/** One round: minimise at one weight. Gives the point and the energy before the last line search. */
const minimise = (counter, start, weight) => {
  let x = start;
  let pairs = [];
  let before = null;
  for (;;) {
    const found = counter.at(x, weight);
    const energy = found.energy;
    const gradient = Float64Array.from(found.gradient);
    let direction = gradient;
    if (before !== null) {
      const s = moved(x, -1, before.x);
      const y = moved(gradient, -1, before.gradient);
      pairs = [{ s, y, rho: 1 / (dot(y, s) + GUARD) }, ...pairs].slice(0, PAIRS);
      direction = descent(gradient, pairs);
    }
    const next = lineSearch(counter.at, x, direction, energy, gradient, weight);
    counter.steps += 1;
    // The first step of a round is a plain one, after which it does not end.
    const done = before !== null && dot(gradient, direction) < FLAT;
    before = { x, gradient };
    x = next;
    if (done) return { x, energy };
  }
};

/** Rounds at growing weights from a start. */
const stage = (counter, start) => {
  let x = start;
  let energy = null;
  let weight = FIRST_WEIGHT;
  for (let round = 1; ; round++) {
    counter.rounds += 1;
    const found = minimise(counter, x, weight);
    const movement = Math.sqrt(found.x.reduce((sum, xi, i) => sum + (xi - x[i]) ** 2, 0));
    const change = energy === null ? Infinity : Math.abs(found.energy - energy);
    ({ x, energy } = found);
    if (round >= FEWEST_ROUNDS && (movement < SETTLED || change < SETTLED)) return { x, weight };
    weight *= WEIGHT_FACTOR;
  }
};

/**
 * The whole layout.
 *
 * `evaluators` has per stage a function of (x, weight) that gives { energy, gradient }; a run ends after `most`
 * evaluations in all.
 */
export const optimize = (evaluators, start, most = Infinity) => {
  let x = Float64Array.from(start);
  let weight = FIRST_WEIGHT;
  const counter = { evaluations: 0, steps: 0, rounds: 0, stopped: false };
  for (const evaluate of evaluators) {
    const one = counting(evaluate, most - counter.evaluations);
    try {
      ({ x, weight } = stage(one, x));
    } catch (error) {
      if (!(error instanceof TooManyEvaluations)) throw error;
      counter.stopped = true;
      ({ x, weight } = one.last ?? { x, weight });
    }
    counter.evaluations += one.evaluations;
    counter.steps += one.steps;
    counter.rounds += one.rounds;
    if (counter.stopped) break;
  }
  return { x, weight, ...counter };
};
