// npm @tensorflow/tfjs-core with a backend: arrays of floats, since it has no doubles. usage: node main.mjs JOB cpu|wasm

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { job, report } from "../../js/job.mjs";
import { measure, timed } from "../../js/measure.mjs";
import { PROGRAMS, paramsOf } from "../arrays.mjs";

const WASM = new URL("node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url);

const [tf, load_ms] = await timed(async () => {
  const library = createRequire(import.meta.url)(`${job.folder}/tfjs.cjs`); // by build.mjs
  library.setWasmPaths(fileURLToPath(WASM));
  await library.setBackend(process.argv[3]);
  return library;
});

/** Rows that choose elements: gather has no derivative on wasm. */
const choosing = (places, size) => tf.cast(tf.oneHot(places, size), "float32");
const chosen = new Map();
const matrix = (places, size) => {
  if (!chosen.has(places)) chosen.set(places, tf.keep(choosing(places, size)));
  return chosen.get(places);
};
const take = (x, places, axis) => {
  if (x.rank === 1) return tf.reshape(take(tf.reshape(x, [-1, 1]), places, 0), [-1]);
  const choice = matrix(places, x.shape[axis]);
  return axis === 0 ? tf.matMul(choice, x) : tf.matMul(x, choice, false, true);
};

const arrays = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  sqrt: tf.sqrt,
  sin: tf.sin,
  tanh: tf.tanh,
  minimum: tf.minimum,
  // Conditions are 0 and 1, since comparisons have no derivative, not even 0.
  less: (x, y) => tf.step(tf.sub(y, x)),
  and: tf.mul,
  where: (c, x, y) => tf.add(tf.mul(c, x), tf.mul(tf.sub(1, c), y)),
  matmul: tf.matMul,
  sum: tf.sum,
  take,
  reshape: tf.reshape,
  concat: tf.concat,
  real: (values) => tf.keep(tf.tensor(values)),
  index: (places) => tf.keep(tf.tensor1d(places, "int32")),
};

const program = PROGRAMS[job.problem](arrays, job.size);

const lossOf = ({ steps, start, step, loss }) => (params) => {
  let state = start(params);
  for (let t = 0; t < steps; t++) state = step(t, state, params);
  return loss(state[0]);
};

const simulation = program.steps > 0;
const shaped = (numbers, shape) => tf.tensor(Float32Array.from(numbers), shape);
const params = (x) => (simulation ? paramsOf(program, x, shaped) : [tf.tensor1d(Float32Array.from(x))]);
const loss = simulation ? lossOf(program) : ([x]) => program.loss(x);
const gradient = tf.valueAndGrads((...given) => loss(given));

const call = (x) => {
  tf.engine().startScope();
  const { value, grads } = gradient(params(x));
  const results = [value, ...grads].map((tensor) => tensor.dataSync());
  tf.engine().endScope();
  return results;
};
const read = (results) => results.flatMap((result) => [...result]);
report({ load_ms, ...(await measure(job, call, read)) });
