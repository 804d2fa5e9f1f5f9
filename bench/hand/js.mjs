// JavaScript by hand, in Node. usage: node js.mjs JOB
//
// A process has nothing else to do: that a wasm memory has grown somewhere makes plain JavaScript slower.

import { job, report } from "../js/job.mjs";
import { measure } from "../js/measure.mjs";

const { make } = await import(`./${job.problem}.mjs`);
report(await measure(job, make(job.size)));
