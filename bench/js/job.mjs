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

export const report = (figures) => console.log(JSON.stringify(figures));
