// Our module in Node. usage: node node.mjs JOB

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { job, report, sizes } from "../js/job.mjs";
import { measure, timed } from "../js/measure.mjs";
import { inPlace } from "./in_place.mjs";

const bytes = readFileSync(`${job.folder}/program.wasm`);
const [model, compile_ms] = await timed(async () => {
  const { loadSync } = await import(pathToFileURL(`${job.folder}/program.mjs`));
  return loadSync(bytes);
});
const { call, read } = inPlace(model.gradient);

const figures = await measure(job, call, read);
const memory_bytes = model.memory.buffer.byteLength;
report({ compile_ms, ...figures, ...sizes(bytes), memory_bytes });
