// A diagram of the format that FORMAT.md beside the data describes.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const bits = (text) => Uint8Array.from(text, Number);

/** Numbers of the format, which spells what JSON cannot as strings. */
export const numbers = (values) => Float64Array.from(values, Number);

export const readDiagram = (file) => {
  const content = JSON.parse(gunzipSync(readFileSync(file)));
  const stages = content.stages.map(({ input, objective, constraint }) => ({
    inputs: bits(input),
    objectives: bits(objective),
    constraints: bits(constraint),
  }));
  return { ...content, stages, start: numbers(content.inputs.init) };
};
