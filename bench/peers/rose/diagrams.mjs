// A diagram for npm rose, a function per term as its users write it. usage: node diagrams.mjs JOB
//
// The nodes of a term become the operations of a function of the whole vector of inputs. The energy calls all of
// them, since rose has no branches, and selects those whose masks are on. What rose does not have is opaque.

import { readDiagram } from "../../diagrams/diagram.mjs";
import { measure } from "../../diagrams/measure.mjs";
import { job, report, sizes } from "../../js/job.mjs";
import { timed } from "../../js/measure.mjs";
import { spyOnCompile } from "./spy.mjs";

const LEAST_ROOT = 1e-5;

const diagram = readDiagram(job.file);
const [rose, load_ms] = await timed(() => import("rose"));
const { Bool, Dual, Real, Vec, abs, add, and, div, eq, fn, mul, neg, not, opaque, or } = rose;
const { ceil, floor, geq, gt, leq, lt, select, sign, sqrt, sub, trunc, vjp, xor } = rose;

/** An opaque function of one number, with its derivative. */
const unary = (compute, derivative) => {
  const f = opaque([Real], Real, compute);
  f.jvp = fn([Dual], Dual, ({ re: x, du: dx }) => {
    const y = f(x);
    return { re: y, du: mul(dx, derivative(x, y)) };
  });
  return f;
};

const larger = (a, b) => select(gt(a, b), Real, a, b);
const smaller = (a, b) => select(lt(a, b), Real, a, b);

const root = fn([Real], Real, (x) => sqrt(x));
root.jvp = fn([Dual], Dual, ({ re: x, du: dx }) => {
  const y = sqrt(x);
  return { re: y, du: mul(dx, div(0.5, larger(y, LEAST_ROOT))) };
});

/** The larger or smaller of two: each that equals it has the whole derivative, and so in a chain of them. */
const extreme = (choose) => {
  const f = fn([Real, Real], Real, choose);
  f.jvp = fn([Dual, Dual], Dual, ({ re: a, du: da }, { re: b, du: db }) => {
    const found = f(a, b); // where it is computed here instead, 0.4.10 loses it in reverse mode
    const part = (x, dx) => mul(dx, select(eq(x, found), Real, 1, 0));
    return { re: found, du: add(part(a, da), part(b, db)) };
  });
  return f;
};
const largest = extreme(larger);
const smallest = extreme(smaller);

const sine = opaque([Real], Real, Math.sin);
const cosine = opaque([Real], Real, Math.cos);

const OPERATIONS = {
  add,
  sub,
  mul,
  div,
  neg,
  abs,
  sign,
  floor,
  ceil,
  trunc,
  gt,
  lt,
  ge: geq,
  le: leq,
  eq,
  and,
  or,
  xor,
  not,
  max: larger,
  min: smaller,
  sqrt: root,
  squared: (x) => mul(x, x),
  inverse: (x) => div(1, x),
  select: (c, a, b) => select(c, Real, a, b),
  addN: (...xs) => xs.reduce(add, 0),
  maxN: (...xs) => xs.reduce((a, b) => largest(a, b), -Infinity),
  minN: (...xs) => xs.reduce((a, b) => smallest(a, b), Infinity),
  sin: unary(Math.sin, (x) => cosine(x)),
  cos: unary(Math.cos, (x) => neg(sine(x))),
  log: unary(Math.log, (x) => div(1, x)),
  exp: unary(Math.exp, (_, y) => y),
  acos: unary(Math.acos, (x) => div(-1, sqrt(sub(1, mul(x, x))))),
  atan: unary(Math.atan, (x) => div(1, add(1, mul(x, x)))),
};
OPERATIONS.atan2 = opaque([Real, Real], Real, Math.atan2);
OPERATIONS.atan2.jvp = fn([Dual, Dual], Dual, ({ re: y, du: dy }, { re: x, du: dx }) => {
  const squared = add(mul(x, x), mul(y, y));
  const du = sub(mul(dy, div(x, squared)), mul(dx, div(y, squared)));
  return { re: OPERATIONS.atan2(y, x), du };
});

/** The nodes that a term reaches, in order. */
const reached = (graph, node) => {
  const seen = new Set([node]);
  for (const i of seen) for (let k = graph.ptr[i]; k < graph.ptr[i + 1]; k++) seen.add(graph.arg[k]);
  return [...seen].sort((a, b) => a - b);
};

/** One term as a function of all inputs. */
const termOf = (graph, Inputs, node) =>
  fn([Inputs], Real, (x) => {
    const values = new Map();
    for (const i of reached(graph, node)) {
      const name = graph.ops[graph.op[i]];
      const operands = graph.arg.slice(graph.ptr[i], graph.ptr[i + 1]).map((a) => values.get(a));
      values.set(i, valueOf(name, graph.imm[i], operands, x));
    }
    return values.get(node);
  });

const valueOf = (name, immediate, operands, x) => {
  if (name === "const") return Number(immediate);
  if (name === "var") return x[immediate];
  if (!(name in OPERATIONS)) throw new Error(`no operation ${name}`);
  return OPERATIONS[name](...operands);
};

/** Value and gradient of the energy, with a mask per term. */
const energyAndGradient = ({ graph, objectives, constraints, start }) => {
  const Inputs = Vec(start.length, Real);
  const ones = objectives.node.map((node) => termOf(graph, Inputs, node));
  const others = constraints.node.map((node) => termOf(graph, Inputs, node));
  const Masks = Vec(Math.max(ones.length + others.length, 1), Bool);
  const Arguments = { x: Inputs, weight: Real, masks: Masks };
  const energy = fn([Arguments], Real, ({ x, weight, masks }) => {
    let total = 0;
    ones.forEach((f, k) => {
      total = add(total, select(masks[k], Real, f(x), 0));
    });
    others.forEach((g, k) => {
      const excess = larger(g(x), 0);
      const penalty = mul(weight, mul(excess, excess));
      total = add(total, select(masks[ones.length + k], Real, penalty, 0));
    });
    return total;
  });
  const Answer = { energy: Real, gradient: Inputs };
  return fn([Arguments], Answer, (given) => {
    const { ret, grad } = vjp(energy)(given);
    return { energy: ret, gradient: grad(1).x };
  });
};

const seen = spyOnCompile();
const memory = new WebAssembly.Memory({ initial: 0 });
const [call, all_ms] = await timed(() => rose.compile(energyAndGradient(diagram), { memory }));
const build_ms = all_ms - seen.compile_ms;

const evaluatorOf = (stage) => {
  const count = diagram.objectives.node.length + diagram.constraints.node.length;
  const masks = stage
    ? [...stage.objectives, ...stage.constraints].map(Boolean)
    : new Array(count).fill(true);
  return (x, weight) => {
    const { energy, gradient } = call({ x: [...x], weight, masks });
    return { energy, gradient: Float64Array.from(gradient) };
  };
};

const figures = await measure(job, diagram, evaluatorOf);
const memory_bytes = memory.buffer.byteLength;
report({ load_ms, build_ms, compile_ms: seen.compile_ms, ...figures, ...sizes(seen.bytes), memory_bytes });
