// Billiards as this project builds it. usage: node ours.mjs DIST/model.mjs [DIST/model.wasm]

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

import { measure, report, sizes, timed } from "./measure.mjs";
import { GOAL, TARGET } from "./scene.mjs";

const loader = resolve(process.argv[2]);
const bytes = await readFile(process.argv[3] ?? loader.replace(/\.mjs$/, ".wasm"));

const [model, load_ms] = await timed(async () => {
  const { load } = await import(pathToFileURL(loader));
  return load(bytes);
});
const { loss_and_grad } = model;

/** As a user writes it, and as rose is called: numbers and arrays in, numbers and arrays out. */
const friendly = ({ position, velocity }) => loss_and_grad(position, velocity, GOAL, TARGET);

/** As an animation does it: typed arrays in place, nothing allocated. */
const inPlace = ({ position, velocity }) => {
  loss_and_grad.args.position.set(position);
  loss_and_grad.args.velocity.set(velocity);
  loss_and_grad.run();
  return loss_and_grad.result;
};

// `.flat(2)` would not enter typed arrays, and the value is a number or an array of one.
const flatten = (result) =>
  typeof result === "number" ? [result] : Array.from(result).flatMap(flatten);

const called = await measure(friendly, flatten);
loss_and_grad.args.goal.set(GOAL);
loss_and_grad.args.target.set([TARGET]);
const placed = await measure(inPlace, flatten);

report({
  load_ms,
  ...called,
  in_place: { ...placed, first_ms: null },
  ...sizes(bytes),
  memory_bytes: model.memory.buffer.byteLength,
});
