// What is measured of an engine once it can be called. Runs in Node and in a page.

const WARM_UP = 0.4; // of the time that is to be spent
const BATCH_MS = 1; // long for the clock, and short enough not to be disturbed
const FEWEST = 5; // batches
const MOST_SLOWNESS = 10; // how much longer than wanted an engine may take to have so many

/** Run `work` and return its result (awaited) and the milliseconds it took. */
export const timed = async (work) => {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
};

/** A line for each number that is not as it should be, at most three. */
export const faults = (answer, { at, values, squares, tolerance, least }) => {
  const found = [];
  const compare = (what, given, right, scale) => {
    const most = tolerance * Math.max(scale, least);
    if (!(Math.abs(given - right) <= most)) found.push(`${what} is ${given}, not ${right}`);
  };
  const largest = values.slice(1).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  values.forEach((right, k) => {
    const what = at[k] === 0 ? "the value" : `derivative ${at[k] - 1}`;
    compare(what, answer[at[k]], right, at[k] === 0 ? Math.abs(right) : largest);
  });
  for (const [from, to, right] of squares) {
    const sum = answer.slice(from, to).reduce((s, v) => s + v * v, 0);
    compare(`the sum of the squares of derivatives ${from - 1} to ${to - 2}`, sum, right, right);
  }
  return found.slice(0, 3);
};

const repeat = async (call, x, times, waits) => {
  const start = performance.now();
  if (waits) for (let k = 0; k < times; k++) await call(x);
  else for (let k = 0; k < times; k++) call(x);
  return performance.now() - start;
};

/** Microseconds of a call once warm: of the fastest batch of calls, and of the median one. */
export const steady = async (call, x, seconds, waits = false) => {
  const begin = performance.now();
  let times = 1;
  // V8 compiles wasm quickly first and well later, in the background.
  while (performance.now() < begin + 1e3 * WARM_UP * seconds)
    if ((await repeat(call, x, times, waits)) < BATCH_MS / 2) times *= 2;
  // It needs a free moment on this thread to put its better code in place.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const samples = [];
  const late = (slowness) => performance.now() > begin + 1e3 * slowness * seconds;
  while (!samples.length || !late(samples.length < FEWEST ? MOST_SLOWNESS : 1))
    samples.push((1e3 * (await repeat(call, x, times, waits))) / times);
  samples.sort((a, b) => a - b);
  return { steady_us: samples[0], median_us: samples[samples.length >> 1] };
};

/**
 * First call and steady state, after all answers were found right.
 *
 * `call(x)` does one value and gradient; `read(result)` makes one array of them, and is not timed. An engine that
 * `waits` gives promises.
 */
export const measure = async (job, call, read = (answer) => answer, waits = false) => {
  const points = job.points.map((point) => Float64Array.from(point));
  let first_call_ms;
  // The first point once more shows that no call leaves a trace.
  for (const k of [...points.keys(), 0]) {
    const [result, ms] = await timed(() => call(points[k]));
    first_call_ms ??= ms;
    const wrong = faults(Array.from(read(result)), job.expected[k]);
    if (wrong.length) throw new Error(`wrong at point ${k}: ${wrong.join("; ")}`);
  }
  return { first_call_ms, ...(await steady(call, points[0], job.seconds, waits)) };
};
