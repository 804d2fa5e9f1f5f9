// What an engine's process in Node is told, and how it answers.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** What is to be measured: see `Job` in rows.py. */
export const job = JSON.parse(readFileSync(process.argv[2]));

/** Bytes of a wasm module, as they are and as a web server would send them. */
export const sizes = (bytes) => ({
  bytes: bytes.byteLength,
  gzip_bytes: gzipSync(bytes, { level: 9 }).byteLength,
});

/** Print the figures, with the most memory that this process had. */
export const report = (figures) => {
  const process_bytes = 1024 * process.resourceUsage().maxRSS;
  console.log(JSON.stringify({ ...figures, process_bytes }));
};
