// Bundles library.mjs into the job's folder: tfjs's gradients are modules for bundlers. usage: node build.mjs JOB

import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { job, report } from "../../js/job.mjs";

await build({
  entryPoints: [fileURLToPath(new URL("library.mjs", import.meta.url))],
  outfile: `${job.folder}/tfjs.cjs`,
  bundle: true,
  platform: "node",
  format: "cjs",
  mainFields: ["module", "main"],
  logLevel: "error",
});
report({});
