// What each engine's process does once it can be called: answer, be timed, answer again, report.

import { performance } from "node:perf_hooks";
import { gzipSync } from "node:zlib";

import { ELSEWHERE, START } from "./scene.mjs";

// V8 compiles wasm quickly first and well later, in the background: only calls after that are
// the steady state. Both a time and a number of calls, because engines differ a hundredfold.
const WARM_UP = { milliseconds: 600, calls: 8 };
const SAMPLE = { milliseconds: 800, calls: 9 };

/** Run `work` and return its result (awaited) and the milliseconds it took. */
export const timed = async (work) => {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
};

const median = (numbers) => {
  const sorted = Float64Array.from(numbers).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Milliseconds of each call, until both the time and the number of calls are reached. */
const sample = (call, { milliseconds, calls }) => {
  const times = [];
  const end = performance.now() + milliseconds;
  while (times.length < calls || performance.now() < end) {
    const start = performance.now();
    call(START);
    times.push(performance.now() - start);
  }
  return times;
};

/** The median call once warm. */
export const steady = async (call) => {
  sample(call, WARM_UP);
  // V8 needs a free moment on this thread to put its better code in place.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return median(sample(call, SAMPLE));
};

/**
 * First call, steady state and answers of one way to call an engine.
 *
 * `call(point)` does one value and gradient; `read(result)` turns what it returned into
 * `[value, d_position.x, d_position.y, d_velocity.x, d_velocity.y]` and is not timed.
 */
export const measure = async (call, read) => {
  const [first, first_ms] = await timed(() => call(START));
  const before = read(first);
  const steady_ms = await steady(call);
  // A second point shows that the arguments are used, the first again that no call leaves a trace.
  const elsewhere = read(call(ELSEWHERE));
  const after = read(call(START));
  return { first_ms, steady_ms, answers: { start: before, elsewhere, start_again: after } };
};

/** Bytes of a wasm module, as they are and as a web server would send them. */
export const sizes = (bytes) => ({
  wasm_bytes: bytes.byteLength,
  gzip_bytes: gzipSync(bytes, { level: 9 }).byteLength,
});

export const report = (fields) => console.log(JSON.stringify(fields));
