// npm @jax-js/jax on wasm: jitted functions of arrays of doubles. usage: node main.mjs JOB
//
// It has no loop of its own, so a step of a simulation and its vjp are jitted, and called from a loop in JavaScript.

import { job, report } from "../../js/job.mjs";
import { measure, timed } from "../../js/measure.mjs";
import { PROGRAMS, paramsOf } from "../arrays.mjs";

// Node 20 has none, and the package asks whether its data is one.
globalThis.Float16Array ??= class Float16Array {};

const [jax, load_ms] = await timed(() => import("@jax-js/jax"));
await jax.init("wasm");
jax.defaultDevice("wasm");
const { numpy: np, jit, valueAndGrad, vjp } = jax;

/** An operand that stays usable: jax-js's functions take ownership of theirs. */
const kept = (x) => (typeof x === "number" ? x : x.ref);
const of = (f) => (...operands) => f(...operands.map(kept));

const real = (values) => np.array(values, { dtype: np.float64 });
const arrays = {
  add: of(np.add),
  sub: of(np.subtract),
  mul: of(np.multiply),
  div: of(np.trueDivide),
  sqrt: of(np.sqrt),
  sin: of(np.sin),
  tanh: of(np.tanh),
  minimum: of(np.minimum),
  less: of(np.less),
  and: of(np.logicalAnd),
  where: of(np.where),
  matmul: of(np.matmul),
  sum: (x, axis) => np.sum(kept(x), axis),
  take: (x, places, axis) => np.take(kept(x), kept(places), axis),
  reshape: (x, shape) => np.reshape(kept(x), shape),
  concat: (xs, axis) => np.concatenate(xs.map(kept), axis),
  real,
  index: (places) => np.array(places, { dtype: np.int32 }),
};

const sumCall = ({ loss }) => {
  const gradient = jit(valueAndGrad(loss));
  return (x) => gradient(real(x));
};

const shaped = (numbers, shape) => np.reshape(real(numbers), shape);
const keptAll = (params) => params.map(kept);
const added = jit((these, those) => these.map((one, k) => np.add(one, those[k])));

const simulationCall = (program) => {
  const { steps, trains, loss } = program;
  const start = (params) => program.start(params).map(kept);
  // Its vjp refuses a function that gives back what it computes another result from.
  const step = (...given) => program.step(...given).map((y) => np.multiply(y, 1));
  const begin = jit((params) => start(params));
  const forward = jit((t, p, v, params) => step(t, [p, v], params));
  const judge = jit(valueAndGrad(loss));
  // What the cotangents of the next state give, for this state and for the parameters if they are read.
  const back = jit((t, p, v, params, pBar, vBar) => {
    const [, pullback] = trains
      ? vjp((p, v, params) => step(t, [p, v], params), [p, v, params])
      : vjp((p, v) => step(t, [p, v], params), [p, v]);
    return pullback([pBar, vBar]);
  });
  const beginBack = jit((params, pBar, vBar) => vjp(start, [params])[1]([pBar, vBar])[0]);
  return (x) => {
    const params = paramsOf(program, x, shaped);
    const states = [begin(keptAll(params))];
    for (let t = 0; t < steps; t++) {
      const [p, v] = states[t];
      states.push(forward(real(t), p.ref, v.ref, keptAll(params)));
    }
    const [end, last] = states.pop();
    let [value, pBar] = judge(end);
    let vBar = np.zerosLike(last);
    let slopes = null;
    for (let t = steps - 1; t >= 0; t--) {
      let more;
      [pBar, vBar, more] = back(real(t), ...states.pop(), keptAll(params), pBar, vBar);
      if (trains) slopes = slopes ? added(slopes, more) : more;
    }
    if (!trains) slopes = beginBack(params, pBar, vBar);
    return [value, ...slopes];
  };
};

const program = PROGRAMS[job.problem](arrays, job.size);
const run = program.steps ? simulationCall(program) : sumCall(program);
const call = (x) => run(x).map((result) => result.dataSync());
const read = (results) => results.flatMap((result) => [...result]);
report({ load_ms, ...(await measure(job, call, read)) });
