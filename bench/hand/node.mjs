// C compiled to wasm, in Node. usage: node node.mjs JOB

import { readFileSync } from "node:fs";

import { job, report, sizes } from "../js/job.mjs";
import { measure, timed } from "../js/measure.mjs";

const bytes = readFileSync(`${job.folder}/program.wasm`);
const [{ exports }, compile_ms] = await timed(
  () => new WebAssembly.Instance(new WebAssembly.Module(bytes)),
);
const { memory, run } = exports;
const size = job.points[0].length;
const x = new Float64Array(memory.buffer, exports.arguments(), size);
const answer = new Float64Array(memory.buffer, exports.results(), 1 + size);

const call = (point) => {
  x.set(point);
  run();
  return answer;
};

const figures = await measure(job, call);
report({ compile_ms, ...figures, ...sizes(bytes), memory_bytes: memory.buffer.byteLength });
