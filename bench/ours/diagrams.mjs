// A diagram as this project builds it, in Node. usage: node diagrams.mjs JOB

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { readDiagram } from "../diagrams/diagram.mjs";
import { measure } from "../diagrams/measure.mjs";
import { job, report, sizes } from "../js/job.mjs";
import { timed } from "../js/measure.mjs";

const diagram = readDiagram(job.file);
const bytes = readFileSync(`${job.folder}/program.wasm`);
const plan = JSON.parse(readFileSync(`${job.folder}/plan.json`));
const { loadSync } = await import(pathToFileURL(`${job.folder}/program.mjs`));
const [model, compile_ms] = await timed(() => loadSync(bytes));

const { gradient } = model;
const [energy, slopes] = gradient.result;

const evaluatorOf = (stage) => {
  const active = stage ? plan.stages[diagram.stages.indexOf(stage)] : plan.all;
  return (x, weight) => {
    gradient.args.x.set(x);
    gradient.args.weight[0] = weight;
    gradient.args.active.set(active);
    gradient.run();
    return { energy: energy[0], gradient: slopes };
  };
};

const figures = await measure(job, diagram, evaluatorOf);
const memory_bytes = model.memory.buffer.byteLength;
report({ compile_ms, ...figures, ...sizes(bytes), memory_bytes });
