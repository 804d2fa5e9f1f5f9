// @ts-check
// The runtime of a Rose module: loads the bytes, and moves values between JavaScript and the module's memory.
// It knows sizes and addresses only from the manifest (see rose/run/bundle.py).

/** @typedef {"real" | "bool" | "none"} Plain */
/** @typedef {Plain | { index: number } | { vec: [number, Type] } | { tuple: Type[] } | { struct: [string, Type][] }} Type */
/** @typedef {[kind: "f64" | "i32" | "u8", address: number, count: number]} Buffer */
/** @typedef {{ params: [string, Type][], result: Type, args: Buffer[], results: Buffer[] }} Entry */
/** @typedef {Record<string, Entry>} Manifest */
/** @typedef {Float64Array | Int32Array | Uint8Array} View */

const VIEWS = { f64: Float64Array, i32: Int32Array, u8: Uint8Array };

/** The kind of a type: its name, or the one key of its object. @param {Type} type */
const kindOf = (type) => (typeof type === "string" ? type : Object.keys(type)[0]);

/** The parts of a tuple or struct as [key, type] pairs; null for other types. @param {any} type
 * @returns {[string | number, Type][] | null} */
const partsOf = (type) =>
  type.tuple ? type.tuple.map((/** @type {Type} */ t, /** @type {number} */ k) => [k, t])
    : type.struct ?? null;

/** How many leaves, and so buffers, a type has. @param {any} type @returns {number} */
const leafCount = (type) =>
  type === "none" ? 0
    : type.vec ? leafCount(type.vec[1])
    : (partsOf(type) ?? [["", "real"]]).reduce((sum, [, t]) => sum + (partsOf(type) ? leafCount(t) : 1), 0);

/** A type in words. @param {any} type @returns {string} */
const describe = (type) =>
  type.vec ? `an array of ${type.vec[0]}`
    : type.tuple ? `an array of ${type.tuple.length}`
    : type.struct ? `an object with ${type.struct.map((/** @type {[string, Type]} */ [key]) => key).join(", ")}`
    : type.index ? `an integer from 0 to ${type.index - 1}`
    : { real: "a number", bool: "a boolean", none: "null" }[/** @type {Plain} */ (type)];

/** A value in words. @param {any} value @returns {string} */
const shown = (value) =>
  Array.isArray(value) || ArrayBuffer.isView(value) ? `an array of ${/** @type {any} */ (value).length}`
    : typeof value === "string" ? JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value)
    : typeof value === "function" ? "a function"
    : typeof value === "object" && value !== null ? "an object"
    : typeof value === "bigint" ? `${value}n`
    : String(value);

/** What is wrong with an argument, on its way out of the structure that it is in. */
class Fault {
  /** @param {any} type @param {any} value */
  constructor(type, value) {
    this.path = "";
    this.text = `expected ${describe(type)}, given ${shown(value)}`;
    this.Kind = type.index && Number.isInteger(value) ? RangeError : TypeError;
  }
}

/** Add where it was found to a fault; other exceptions are as they were. @param {any} fault @param {string} step */
const within = (fault, step) => {
  if (fault instanceof Fault) fault.path = step + fault.path;
  return fault;
};

/**
 * Check a value, and if it is to be stored, write its scalars into its leaves' views, from element `at` of each on.
 * @param {any} type @param {any} value @param {View[]} views @param {number} at @param {boolean} store
 */
function write(type, value, views, at, store) {
  if (type === "real") {
    if (typeof value !== "number") throw new Fault(type, value);
    if (store) views[0][at] = value;
  } else if (type.vec) {
    const [size, elem] = type.vec;
    if (typeof value !== "object" || value?.length !== size) throw new Fault(type, value);
    for (let k = 0; k < size; k++) {
      try {
        write(elem, value[k], views, at * size + k, store);
      } catch (fault) {
        throw within(fault, `[${k}]`);
      }
    }
  } else if (type.index) {
    if (!Number.isInteger(value) || value < 0 || value >= type.index) throw new Fault(type, value);
    if (store) views[0][at] = value;
  } else if (type === "bool") {
    if (typeof value !== "boolean") throw new Fault(type, value);
    if (store) views[0][at] = value ? 1 : 0;
  } else if (type === "none") {
    if (value != null) throw new Fault(type, value);
  } else {
    if (typeof value !== "object" || value === null || (type.tuple && value.length !== type.tuple.length)) throw new Fault(type, value);
    let start = 0;
    for (const [key, t] of partsOf(type) ?? []) {
      const stop = start + leafCount(t);
      try {
        write(t, value[key], views.slice(start, stop), at, store);
      } catch (fault) {
        throw within(fault, type.tuple ? `[${key}]` : `.${key}`);
      }
      start = stop;
    }
  }
}

/**
 * Read a value from its leaves' views, from element `at` of each on.
 * @param {any} type @param {View[]} views @param {number} at @returns {any}
 */
function read(type, views, at) {
  if (type === "real" || type.index) return views[0][at];
  if (type === "bool") return views[0][at] !== 0;
  if (type === "none") return null;
  if (type.vec) {
    const [size, elem] = type.vec;
    return Array.from({ length: size }, (_, k) => read(elem, views, at * size + k));
  }
  let start = 0;
  const parts = (partsOf(type) ?? []).map(([key, t]) => {
    const stop = start + leafCount(t);
    const value = read(t, views.slice(start, stop), at);
    start = stop;
    return [key, value];
  });
  return type.tuple ? parts.map(([, value]) => value) : Object.fromEntries(parts);
}

/**
 * The views of a type in the shape of its structures: a Vec of structures is a structure of views.
 * @param {any} type @param {View[]} views @returns {any}
 */
function shaped(type, views) {
  while (type.vec) type = type.vec[1];
  const parts = partsOf(type);
  if (!parts) return views[0] ?? null;
  let start = 0;
  const shapes = parts.map(([key, t]) => {
    const stop = start + leafCount(t);
    const shape = shaped(t, views.slice(start, stop));
    start = stop;
    return [key, shape];
  });
  return type.tuple ? shapes.map(([, shape]) => shape) : Object.fromEntries(shapes);
}

/** @param {string} name @param {Entry} entry @param {() => void} run @param {ArrayBuffer} memory */
function bind(name, entry, run, memory) {
  /** @param {Buffer} buffer */
  const view = ([kind, address, count]) => new VIEWS[kind](memory, address, count);
  const args = entry.args.map(view);
  const results = entry.results.map(view);
  let start = 0;
  const params = entry.params.map(([param, type]) => {
    const views = args.slice(start, (start += leafCount(type)));
    return { param, type, views };
  });
  /** @param {any[]} values */
  const call = (...values) => {
    if (values.length !== params.length) {
      const names = params.map((p) => p.param).join(", ");
      throw new TypeError(`${name}(${names}) takes ${params.length} argument${params.length === 1 ? "" : "s"}, given ${values.length}`);
    }
    for (const store of [false, true]) params.forEach(({ param, type, views }, k) => {
      try {
        write(type, values[k], views, 0, store);
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        throw new fault.Kind(`argument ${param}${fault.path} of ${name}: ${fault.text}`);
      }
    });
    run();
    return read(entry.result, results, 0);
  };
  return Object.assign(call, {
    args: Object.fromEntries(params.map(({ param, type, views }) => [param, shaped(type, views)])),
    result: shaped(entry.result, results),
    run,
  });
}

/** @typedef {{ imports?: Record<string, (...args: number[]) => number> }} Options */

/** What a module's opaque functions are: those that the page gives, and else the global ones of these names.
 * @param {WebAssembly.Module} module @param {Options} [options] @returns {WebAssembly.Imports} */
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
function instantiate(manifest, source, options) {
  const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
  return bindAll(manifest, new WebAssembly.Instance(module, importsOf(module, options)));
}

/** @param {Manifest} manifest @param {WebAssembly.Instance} instance */
function bindAll(manifest, instance) {
  const exports = /** @type {any} */ (instance.exports);
  const functions = Object.entries(manifest).map(([name, entry]) =>
    [name, bind(name, entry, exports[name], exports.memory.buffer)]);
  return { memory: exports.memory, ...Object.fromEntries(functions) };
}

/** @param {Manifest} manifest @param {any} source @param {Options} [options] */
async function loadModule(manifest, source, options) {
  if (source instanceof WebAssembly.Module || ArrayBuffer.isView(source) || source instanceof ArrayBuffer) {
    return instantiate(manifest, /** @type {any} */ (source), options);
  }
  const bytes = /** @type {BufferSource} */ (await bytesOf(source));
  return instantiate(manifest, await WebAssembly.compile(bytes), options);
}

/** The bytes behind a URL or Response; Node's fetch does not read files, so there they are read directly.
 * @param {URL | string | Response} source @returns {Promise<ArrayBuffer | Uint8Array>} */
async function bytesOf(source) {
  if (source instanceof URL && source.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return readFile(source);
  }
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`cannot load ${response.url || "the module"}: ${response.status}`);
  return response.arrayBuffer();
}
