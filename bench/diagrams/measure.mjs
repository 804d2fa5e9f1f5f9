// What is measured of an engine once it can be called: first call, steady state, the whole optimisation.

import { performance } from "node:perf_hooks";

import { optimize } from "./optimizer.mjs";

const WARM_UP_MS = 300;
const SAMPLES = 15;
const SAMPLE_MS = 10;
const MOST_EVALUATIONS = 10; // times Penrose's

/** Run `work` and return its result (awaited) and the milliseconds it took. */
export const timed = async (work) => {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
};

const repeat = (call, times) => {
  const start = performance.now();
  for (let k = 0; k < times; k++) call();
  return performance.now() - start;
};

/** Microseconds of a call once warm: the median of samples of many calls. */
const steady = async (call) => {
  let times = 1;
  const end = performance.now() + WARM_UP_MS;
  while (performance.now() < end) if (repeat(call, times) < SAMPLE_MS) times *= 2;
  // V8 needs a free moment on this thread to put its better code in place.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const samples = Float64Array.from({ length: SAMPLES }, () => (1e3 * repeat(call, times)) / times);
  return samples.sort()[SAMPLES >> 1];
};

/** The gradient with 0 for what the stage holds fixed. */
const masked = (gradient, inputs) => gradient.map((g, i) => (inputs[i] ? g : 0));

/**
 * `evaluatorOf(stage)` gives a function of (x, weight) that gives { energy, gradient }, the latter a Float64Array that
 * the next call may write to; of the stage `null` it counts all terms and inputs.
 */
export const measure = async (diagram, evaluatorOf) => {
  const { start, stages, reference, optimizer } = diagram;
  const first = evaluatorOf(stages[0]);
  const weight = reference.stage0.weight;
  const [found, first_call_ms] = await timed(() => first(start, weight));
  const answers = { value: found.energy, gradient: [...masked(found.gradient, stages[0].inputs)] };

  const penrose = optimizer.stages.reduce((sum, { evaluations }) => sum + evaluations, 0);
  const evaluators = stages.map((stage) => {
    const evaluate = evaluatorOf(stage);
    return (x, w) => {
      const { energy, gradient } = evaluate(x, w);
      for (let i = 0; i < gradient.length; i++) if (!stage.inputs[i]) gradient[i] = 0;
      return { energy, gradient };
    };
  });
  const [run, optimize_ms] = await timed(() =>
    optimize(evaluators, start, MOST_EVALUATIONS * penrose),
  );
  const energy = evaluators.at(-1)(run.x, run.weight).energy;

  const everything = evaluatorOf(null);
  const all = everything(start, weight);
  const all_answers = { value: all.energy, gradient: [...all.gradient] };
  return {
    ...answers,
    all: all_answers,
    first_call_ms,
    optimize_ms,
    run: {
      evaluations: run.evaluations,
      penrose,
      steps: run.steps,
      stopped: run.stopped,
      energy,
      weight: run.weight,
    },
    first_stage_us: await steady(() => first(start, weight)),
    steady_us: await steady(() => everything(start, weight)),
  };
};
