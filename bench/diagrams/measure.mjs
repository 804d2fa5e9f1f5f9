// What is measured of an engine on a diagram once it can be called: first call, whole optimisation, steady state.

import { faults, steady, timed } from "../js/measure.mjs";
import { numbers } from "./diagram.mjs";
import { optimize } from "./optimizer.mjs";

const MOST_EVALUATIONS = 10; // times Penrose's

/** The value, and then the gradient with 0 for what the stage holds fixed. */
const answerOf = ({ energy, gradient }, stage) => [
  energy,
  ...Array.from(gradient, (g, i) => (stage && !stage.inputs[i] ? 0 : g)),
];

/** Raises unless a value and gradient are Penrose's. */
const check = (what, answer, expected) => {
  const wrong = faults(answer, expected);
  if (wrong.length) throw new Error(`wrong ${what}: ${wrong.join("; ")}`);
};

/**
 * `evaluatorOf(stage)` gives a function of (x, weight) that gives { energy, gradient }, the latter a Float64Array that
 * the next call may write to; of the stage `null` it counts all terms and inputs.
 */
export const measure = async (job, diagram, evaluatorOf) => {
  const { start, stages, reference, optimizer } = diagram;
  const [atStart, withAll, atEnd] = job.expected;
  const { weight } = reference.stage0;
  const first = evaluatorOf(stages[0]);
  const [found, first_call_ms] = await timed(() => first(start, weight));
  check("at the start", answerOf(found, stages[0]), atStart);
  const everything = evaluatorOf(null);
  check("with all terms", answerOf(everything(start, weight)), withAll);

  const evaluators = stages.map((stage) => {
    const evaluate = evaluatorOf(stage);
    return (x, w) => {
      const { energy, gradient } = evaluate(x, w);
      for (let i = 0; i < gradient.length; i++) if (!stage.inputs[i]) gradient[i] = 0;
      return { energy, gradient };
    };
  });
  const end = numbers(optimizer.stages.at(-1).x);
  const last = evaluators.at(-1)(end, reference.final.weight);
  check("at Penrose's end", answerOf(last, stages.at(-1)), atEnd);

  const penrose = optimizer.stages.reduce((sum, { evaluations }) => sum + evaluations, 0);
  const [run, optimize_ms] = await timed(() =>
    optimize(evaluators, start, MOST_EVALUATIONS * penrose),
  );
  return {
    first_call_ms,
    optimize_ms,
    evaluations: run.evaluations,
    penrose_evaluations: penrose,
    stopped: run.stopped,
    ...(await steady(() => everything(start, weight), null, job.seconds)),
  };
};
