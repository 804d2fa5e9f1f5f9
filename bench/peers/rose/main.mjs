// npm rose. usage: node main.mjs JOB

import { job, report, sizes } from "../../js/job.mjs";
import { measure, timed } from "../../js/measure.mjs";
import { spyOnCompile } from "./spy.mjs";

const [rose, load_ms] = await timed(() => import("rose"));
const { program } = await import(`./${job.problem}.mjs`);
const seen = spyOnCompile();
const memory = new WebAssembly.Memory({ initial: 0 });
const [built, all_ms] = await timed(async () => {
  const made = program(job.size);
  return { ...made, compiled: await rose.compile(made.gradient, { memory }) };
});
const { compiled, given, read } = built;

// The argument as rose wants it, nested arrays and objects, is made by the caller once a call.
const figures = await measure(job, (x) => compiled(given(x)), read);
report({
  load_ms,
  build_ms: all_ms - seen.compile_ms,
  compile_ms: seen.compile_ms,
  ...figures,
  ...sizes(seen.bytes),
  memory_bytes: memory.buffer.byteLength,
});
