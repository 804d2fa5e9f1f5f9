// @ts-check
// From a module's bytes, wherever they are, to its functions.

import { bind } from "./marshal.mjs";

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

/** @param {Manifest} manifest @param {BufferSource | WebAssembly.Module} source @param {Options} [options] */
export function instantiate(manifest, source, options) {
  const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
  const exports = /** @type {any} */ (new WebAssembly.Instance(module, importsOf(module, options)).exports);
  const functions = manifest.map(([name, entry]) => [name, bind(name, entry, exports[name], exports.memory.buffer)]);
  return { ...Object.fromEntries(functions), memory: exports.memory };
}

/** @param {Manifest} manifest @param {any} source @param {Options} [options] */
export async function loadFrom(manifest, source, options) {
  const found = await bytesOf(await source);
  return instantiate(manifest, found instanceof WebAssembly.Module ? found : await WebAssembly.compile(found), options);
}

// A name, and not a literal where it is imported: bundlers for pages would look for it.
const NODE_FILES = "node:fs/promises";

/**
 * What is behind a URL or a Response; anything else is taken as it is. Node's fetch does not read files, so there they
 * are read directly.
 * @param {any} source @returns {Promise<any>}
 */
async function bytesOf(source) {
  if (source instanceof URL && source.protocol === "file:" && globalThis.process?.versions?.node) {
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ NODE_FILES);
    return readFile(source);
  }
  const isAddress = source instanceof URL || typeof source === "string";
  if (!isAddress && !(source instanceof Response)) return source;
  const response = isAddress ? await fetch(source) : source;
  if (!response.ok) throw new Error(`cannot load ${response.url || "the module"}: ${response.status}`);
  return response.arrayBuffer();
}
