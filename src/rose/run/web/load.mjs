// @ts-check
// From a module's bytes, wherever they are, to its functions.

import { bind, shown } from "./marshal.mjs";

/** @typedef {import("./marshal.mjs").Entry} Entry */
/** @typedef {[name: string, entry: Entry][]} Manifest */
/** @typedef {{ imports?: Record<string, (...args: number[]) => number> }} Options */

/**
 * What a module's opaque functions are: those that the page gives, and else the global ones of these names.
 * @param {WebAssembly.Module} module @param {Options} [options] @returns {WebAssembly.Imports}
 */
function importsOf(module, options) {
  const found = WebAssembly.Module.imports(module).map(({ name }) => {
    /** @type {any} */
    let [owner, given] = [undefined, options?.imports?.[name]];
    if (given === undefined) {
      given = globalThis;
      for (const step of name.split(".")) [owner, given] = [given, given?.[step]];
    }
    if (typeof given !== "function") {
      throw new TypeError(`the model calls ${name}, which is no function here; give one: load(source, { imports: { "${name}": … } })`);
    }
    return [name, (/** @type {number[]} */ ...args) => given.apply(owner, args)];
  });
  return { host: Object.fromEntries(found) };
}

/** @param {Manifest} manifest @param {any} source bytes or a WebAssembly.Module @param {Options} [options] */
export function instantiate(manifest, source, options) {
  if (!(source instanceof WebAssembly.Module)) {
    if (!source?.byteLength) throw new TypeError(`expected bytes or a WebAssembly.Module, given ${shown(source)}; load() fetches the .wasm`);
    source = new WebAssembly.Module(source);
  }
  const exports = /** @type {any} */ (new WebAssembly.Instance(source, importsOf(source, options)).exports);
  const functions = manifest.map(([name, entry]) => [name, bind(name, entry, exports[name], exports.memory.buffer)]);
  return { ...Object.fromEntries(functions), memory: exports.memory };
}

/** @param {Manifest} manifest @param {any} source @param {Options} [options] */
export async function loadFrom(manifest, source, options) {
  const found = await bytesOf(await source);
  return instantiate(manifest, found?.byteLength ? await WebAssembly.compile(found) : found, options);
}

// A name, and not a literal where it is imported: bundlers for pages would look for it.
const NODE_FILES = "node:fs/promises";

/**
 * What is behind a URL or a Response; anything else is taken as it is. Node's fetch does not read files, so there they
 * are read directly.
 * @param {any} source @returns {Promise<any>}
 */
async function bytesOf(source) {
  const url = source instanceof URL || typeof source === "string" ? `${source}` : "";
  if (!url && !(source instanceof Response)) return source;
  if (/^file:/.test(url) && globalThis.process?.versions?.node) {
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ NODE_FILES);
    return readFile(new URL(url));
  }
  if (!/^(\w+:|$)/.test(url) && !globalThis.location) throw new TypeError(`no page is here; write new URL("${url}", import.meta.url)`);
  if (url) source = await fetch(url);
  if (!source.ok) throw new Error(`cannot load ${source.url || "the module"}: ${source.status}`);
  return source.arrayBuffer();
}
