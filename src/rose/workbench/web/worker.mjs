// @ts-check
// Runs the functions of one build of the model, and times them.

const LONG_ENOUGH = 2; // milliseconds of runs that are timed together, as one may be shorter than the clock's tick
const OFTEN = 400; // milliseconds for which a time is good

/** @type {Promise<any> | undefined} */
let model;
/** @type {Map<string, { micros: number, at: number }>} */
const times = new Map();

/** @param {number} build */
async function loaded(build) {
  const { load } = await import(`/model/${build}/model.mjs`);
  return load(new URL(`/model/${build}/model.wasm`, location.href));
}

/** Microseconds a run of a function takes on the arguments that are in its buffers. @param {string} name @param {() => void} run */
function micros(name, run) {
  const known = times.get(name);
  if (known && performance.now() - known.at < OFTEN) return known.micros;
  const start = performance.now();
  let [count, now] = [0, start];
  for (let batch = 1; now - start < LONG_ENOUGH; batch *= 2) {
    for (let k = 0; k < batch; k++) run();
    count += batch;
    now = performance.now();
  }
  const result = ((now - start) / count) * 1000;
  times.set(name, { micros: result, at: now });
  return result;
}

onmessage = async ({ data: { id, build, name, args, gradient } }) => {
  try {
    model ??= loaded(build);
    const functions = await model;
    const f = functions[name];
    const result = f(...args);
    const value = gradient ? functions[gradient](...args) : null;
    postMessage({
      id,
      result,
      gradient: value && value[1],
      micros: micros(name, f.run),
      gradientMicros: gradient ? micros(gradient, functions[gradient].run) : null,
    });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
