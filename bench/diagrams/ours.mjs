// A diagram as this project builds it. usage: node ours.mjs FILE.json.gz FOLDER (as ours.py writes it)

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { readDiagram } from "./diagram.mjs";
import { measure, timed } from "./measure.mjs";

const diagram = readDiagram(process.argv[2]);
const folder = resolve(process.argv[3]);
const bytes = readFileSync(`${folder}/diagram.wasm`);
const plan = JSON.parse(readFileSync(`${folder}/plan.json`));
const { loadSync } = await import(pathToFileURL(`${folder}/diagram.mjs`));
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

const figures = await measure(diagram, evaluatorOf);
console.log(
  JSON.stringify({
    compile_ms,
    ...figures,
    bytes_raw: bytes.byteLength,
    bytes_gzip: gzipSync(bytes, { level: 9 }).byteLength,
    memory_bytes: model.memory.buffer.byteLength,
  }),
);
