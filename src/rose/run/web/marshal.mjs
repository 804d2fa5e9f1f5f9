// @ts-check
// Between JavaScript values and a module's memory. Sizes and addresses come from the manifest only, which
// rose/run/bundle/manifest.py writes. Comments stand on lines of their own: a bundle goes without them.

/** @typedef {"real" | "bool" | "none"} Plain */
/** @typedef {Plain | { index: number } | { vec: [number, Type] } | { tuple: Type[] } | { struct: [string, Type][] }} Type */
/** @typedef {[kind: "f64" | "i32" | "u8", address: number, count: number]} Buffer */
/** @typedef {{ params: [string, Type][], result: Type, args: Buffer[], results: Buffer[] }} Entry */
/** @typedef {Float64Array | Int32Array | Uint8Array} View */

/**
 * How the values of a type go in and out, made once.
 * @typedef {object} Codec
 * @property {(value: any, at: number, store: boolean) => void} write Checks a value, and if it is to be stored, writes
 *   its scalars, to element `at` of the views of its leaves.
 * @property {(at: number) => any} read Makes a new value of the elements `at`.
 * @property {(() => void) | null} check Checks the indices that its views hold; null if they hold none.
 * @property {any} shape The views in the shape of the structures: a Vec of structures is a structure of views.
 */

const VIEWS = { f64: Float64Array, i32: Int32Array, u8: Uint8Array };

/** A type in words. @param {any} type @returns {string} */
const describe = (type) =>
  type.vec ? `an array of ${type.vec[0]}`
    : type.tuple ? `an array of ${type.tuple.length}`
    : type.struct ? `an object with ${type.struct.map((/** @type {[string, Type]} */ [key]) => key).join(", ")}`
    : type.index >= 0 ? `an integer from 0 to ${type.index - 1}`
    : { real: "a number", bool: "a boolean", none: "null" }[/** @type {Plain} */ (type)];

/** A value in words. @param {any} value @returns {string} */
export const shown = (value) =>
  Array.isArray(value) || ArrayBuffer.isView(value) ? `an array of ${/** @type {any} */ (value).length}`
    : typeof value === "string" ? JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value)
    : typeof value === "function" ? "a function"
    : typeof value === "object" && value !== null ? "an object"
    : typeof value === "bigint" ? `${value}n`
    : String(value);

// What is wrong with an argument, on its way out of the structure that it is in.
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

/** Whether a scalar type takes a value. @param {any} type @returns {(value: any) => boolean} */
const accepts = (type) =>
  type === "real" ? (value) => typeof value === "number"
    : type === "bool" ? (value) => typeof value === "boolean"
    : (value) => Number.isInteger(value) && value >= 0 && value < type.index;

/** @param {any} type @param {View} view @returns {Codec} */
function scalarCodec(type, view) {
  const takes = accepts(type);
  return {
    write(value, at, store) {
      if (!takes(value)) throw new Fault(type, value);
      if (store) view[at] = value;
    },
    read: type === "bool" ? (at) => view[at] !== 0 : (at) => view[at],
    check: type.index && (() => {
      for (let k = 0; k < view.length; k++) {
        if (!takes(view[k])) throw within(new Fault(type, view[k]), view.length > 1 ? `[${k}]` : "");
      }
    }),
    shape: view,
  };
}

/** @param {any} type @param {Codec} elem @returns {Codec} */
function vecCodec(type, elem) {
  const size = type.vec[0];
  return {
    write(value, at, store) {
      if (typeof value !== "object" || value?.length !== size) throw new Fault(type, value);
      let k = 0;
      try {
        for (; k < size; k++) elem.write(value[k], at * size + k, store);
      } catch (fault) {
        throw within(fault, `[${k}]`);
      }
    },
    read(at) {
      const items = [];
      for (let k = 0; k < size; k++) items.push(elem.read(at * size + k));
      return items;
    },
    check: elem.check,
    shape: elem.shape,
  };
}

/** A tuple or a structure. @param {any} type @param {[string, Codec][]} parts @returns {Codec} */
function partsCodec(type, parts) {
  /** @param {(part: Codec) => any} of */
  const gather = (of) =>
    type.tuple ? parts.map(([, part]) => of(part)) : Object.fromEntries(parts.map(([key, part]) => [key, of(part)]));
  /** @param {string} key */
  const step = (key) => (type.tuple ? `[${key}]` : `.${key}`);
  const checked = parts.filter(([, { check }]) => check);
  return {
    write(value, at, store) {
      const fits = typeof value === "object" && value !== null && (!type.tuple || value.length === parts.length);
      if (!fits) throw new Fault(type, value);
      for (const [key, part] of parts) {
        try {
          part.write(value[key], at, store);
        } catch (fault) {
          throw within(fault, step(key));
        }
      }
    },
    check: checked.length ? () => {
      for (const [key, { check }] of checked) {
        try {
          check?.();
        } catch (fault) {
          throw within(fault, step(key));
        }
      }
    } : null,
    read: (at) => gather((part) => part.read(at)),
    shape: gather((part) => part.shape),
  };
}

/** @type {Codec} */
const NONE = {
  write(value) {
    if (value != null) throw new Fault("none", value);
  },
  read: () => null,
  check: null,
  shape: null,
};

/** The codec of a type, which takes the views of its leaves. @param {any} type @param {Iterator<View>} views @returns {Codec} */
function codec(type, views) {
  if (type === "none") return NONE;
  if (type.vec) return vecCodec(type, codec(type.vec[1], views));
  const parts = type.struct ?? type.tuple?.map((/** @type {Type} */ item, /** @type {number} */ k) => [`${k}`, item]);
  if (!parts) return scalarCodec(type, views.next().value);
  return partsCodec(type, parts.map((/** @type {[string, Type]} */ [key, item]) => [key, codec(item, views)]));
}

/**
 * An export as a function of JavaScript values, with `args`, `result` and `run` for calls in place.
 * @param {string} name @param {Entry} entry @param {() => void} run @param {ArrayBuffer} memory
 */
export function bind(name, entry, run, memory) {
  /** @param {Buffer[]} buffers */
  const viewsOf = (buffers) => buffers.map(([kind, address, count]) => new VIEWS[kind](memory, address, count)).values();
  const given = viewsOf(entry.args);
  /** @type {[string, Codec][]} */
  const params = entry.params.map(([param, type]) => [param, codec(type, given)]);
  const result = codec(entry.result, viewsOf(entry.results));
  const names = params.map(([param]) => param).join(", ");
  const checked = params.filter(([, { check }]) => check);

  /** Do something with an argument; what is wrong is told with its name. @param {string} param @param {() => void} act */
  const told = (param, act) => {
    try {
      act();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      throw new fault.Kind(`argument ${param}${fault.path} of ${name}: ${fault.text}`);
    }
  };

  /** @param {any[]} values */
  const call = (...values) => {
    if (values.length !== params.length) {
      const wanted = `${params.length} argument${params.length === 1 ? "" : "s"}`;
      throw new TypeError(`${name}(${names}) takes ${wanted}, given ${values.length}`);
    }
    // Everything is checked before anything is stored: a call that is refused changes nothing.
    for (const store of [false, true]) {
      params.forEach(([param, { write }], k) => told(param, () => write(values[k], 0, store)));
    }
    run();
    return result.read(0);
  };
  const args = Object.fromEntries(params.map(([param, { shape }]) => [param, shape]));
  const inPlace = checked.length ? () => {
    for (const [param, { check }] of checked) told(param, /** @type {() => void} */ (check));
    run();
  } : run;
  return Object.assign(call, { args, result: result.shape, run: inPlace });
}
