// @ts-check
// Types as the manifest has them (see rose/run/bundle/manifest.py), where a Real may have a range, and paths to the parts of a value.

/** @typedef {"real" | "bool" | "none" | { real: [number, number, number | null] } | { index: number } |
 *   { vec: [number, any] } | { tuple: any[] } | { struct: [string, any][] }} Type */
/** @typedef {(string | number)[]} Path */
/** @typedef {{ path: Path, type: any }} Leaf */

/** @param {any} type */
export const isReal = (type) => type === "real" || Boolean(type.real);

/** Whether it is drawn as a point: a Vec of two Reals. @param {any} type */
export const isPoint = (type) => Boolean(type.vec) && type.vec[0] === 2 && isReal(type.vec[1]);

/** @param {any} type */
export const isScalar = (type) => isReal(type) || type === "bool" || Boolean(type.index);

/** The parts of a tuple or structure as [key, type]; null for other types. @param {any} type
 * @returns {[string | number, any][] | null} */
export const partsOf = (type) =>
  type.tuple ? type.tuple.map((/** @type {any} */ t, /** @type {number} */ k) => [k, t]) : type.struct ?? null;

/** The scalars and points of a type that is not a long Vec, in order. @param {any} type @param {Path} path @returns {Leaf[]} */
export function leavesOf(type, path = []) {
  if (type === "none") return [];
  if (isScalar(type)) return [{ path, type }];
  if (type.vec) {
    const [size, elem] = type.vec;
    return Array.from({ length: size }, (_, k) => leavesOf(elem, [...path, k])).flat();
  }
  return (partsOf(type) ?? []).flatMap(([key, t]) => leavesOf(t, [...path, key]));
}

/** Where points are in a value of a type, no more than so many. @param {any} type @param {number} most
 * @param {Path} path @returns {Leaf[]} */
export function pointsOf(type, most, path = []) {
  if (isScalar(type) || type === "none") return [];
  if (isPoint(type)) return [{ path, type }];
  /** @type {Leaf[]} */
  const found = [];
  const parts = type.vec
    ? Array.from({ length: Math.min(type.vec[0], most) }, (_, k) => [k, type.vec[1]])
    : partsOf(type) ?? [];
  for (const [key, t] of parts) {
    if (found.length >= most) break;
    found.push(...pointsOf(t, most - found.length, [...path, key]));
  }
  return found;
}

/** How many Reals, Bools and indices a value of a type has. @param {any} type @returns {number} */
export const countOf = (type) =>
  type === "none" ? 0
    : isScalar(type) ? 1
    : type.vec ? type.vec[0] * countOf(type.vec[1])
    : (partsOf(type) ?? []).reduce((sum, [, t]) => sum + countOf(t), 0);

/** @param {any} value @param {Path} path @returns {any} */
export const at = (value, path) => path.reduce((part, key) => part?.[key], value);

/** Replace a part in place. @param {any} value @param {Path} path @param {any} part */
export function put(value, path, part) {
  const last = path.length - 1;
  at(value, path.slice(0, last))[path[last]] = part;
}

/** A path as it is written in Python. @param {string} name @param {Path} path */
export const written = (name, path) =>
  name + path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");

/** How many points a type has. @param {any} type @returns {number} */
export const pointCount = (type) =>
  isPoint(type) ? 1
    : type.vec ? type.vec[0] * pointCount(type.vec[1])
    : (partsOf(type) ?? []).reduce((sum, [, t]) => sum + pointCount(t), 0);

/**
 * A value to begin with. Points lie on a circle and numbers differ, since many functions have a kink or a pole where all are equal.
 * @param {any} type
 * @param {{ point: number, number: number }} count of the points and the numbers that other parameters have before it
 * @param {number} points of all parameters
 * @returns {any}
 */
export function starting(type, count, points) {
  if (isPoint(type)) return startingPoint(type.vec[1], count.point++, points);
  if (type === "real") return round(Math.cos(0.7 * count.number++) + 0.5);
  if (type.real) return round(type.real[0] + (type.real[1] - type.real[0]) * ((0.5 + 0.618 * count.number++) % 1));
  if (type === "bool") return false;
  if (type.index) return count.number++ % type.index;
  if (type === "none") return null;
  if (type.vec) return Array.from({ length: type.vec[0] }, () => starting(type.vec[1], count, points));
  const parts = (partsOf(type) ?? []).map(([key, t]) => [key, starting(t, count, points)]);
  return type.tuple ? parts.map(([, value]) => value) : Object.fromEntries(parts);
}

/** @param {any} real @param {number} k @param {number} n */
function startingPoint(real, k, n) {
  const [low, high] = real.real ?? [-1, 1];
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  const angle = (2 * Math.PI * k) / n + 0.4;
  const radius = n === 1 ? 0.5 : 0.8;
  return [round(middle + half * radius * Math.cos(angle)), round(middle + half * radius * Math.sin(angle))];
}

/** @param {number} x */
const round = (x) => Number(x.toPrecision(3));

/** Whether a value is one of a type. @param {any} type @param {any} value @returns {boolean} */
export function fits(type, value) {
  if (isReal(type)) return typeof value === "number";
  if (type === "bool") return typeof value === "boolean";
  if (type.index) return Number.isInteger(value) && value >= 0 && value < type.index;
  if (type === "none") return value === null;
  if (type.vec) {
    return Array.isArray(value) && value.length === type.vec[0] && value.every((item) => fits(type.vec[1], item));
  }
  const parts = partsOf(type) ?? [];
  return typeof value === "object" && value !== null && parts.every(([key, t]) => key in value && fits(t, value[key]));
}

/** A number as it is shown. @param {number} x */
export function shown(x) {
  if (!Number.isFinite(x)) return String(x).replace("Infinity", "∞").replace("NaN", "nan");
  const text = String(Number(x.toPrecision(6)));
  return text.replace("-", "−");
}
