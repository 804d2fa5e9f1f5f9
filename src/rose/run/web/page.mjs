// @ts-check
// The page that a bundle is on its own: a card per function, with its arguments to fill in and its result.

/** @typedef {import("./marshal.mjs").Type} Type */
/** @typedef {import("./load.mjs").Manifest} Manifest */

/** The value to begin with. @param {any} type @returns {any} */
const blank = (type) =>
  type.vec ? Array.from({ length: type.vec[0] }, () => blank(type.vec[1]))
    : type.tuple ? type.tuple.map(blank)
    : type.struct ? Object.fromEntries(type.struct.map((/** @type {[string, Type]} */ [key, item]) => [key, blank(item)]))
    : type === "bool" ? false
    : type === "none" ? null
    : 0;

/** An element with a class and a text. @param {string} tag @param {string} kind @param {string} text */
function element(tag, kind, text) {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
}

/** A field for an argument, and what reads it. @param {string} name @param {any} type @param {any} start */
function field(name, type, start) {
  const label = element("label", "", name);
  const isNumber = type === "real" || type.index;
  const input = /** @type {any} */ (document.createElement(isNumber || type === "bool" ? "input" : "textarea"));
  label.append(input);
  if (type === "bool") {
    input.type = "checkbox";
    input.checked = start ?? false;
    return { label, read: () => input.checked };
  }
  input.value = JSON.stringify(start ?? blank(type));
  if (!isNumber) {
    input.rows = Math.min(6, Math.ceil(input.value.length / 60));
    return { label, read: () => JSON.parse(input.value) };
  }
  input.type = "number";
  input.step = type.index ? "1" : "any";
  if (type.index) [input.min, input.max] = ["0", String(type.index - 1)];
  return { label, read: () => input.valueAsNumber };
}

/** A value as text that can be read. @param {any} value */
const asText = (value) =>
  JSON.stringify(value, (_, part) => (typeof part !== "number" ? part : Number.isFinite(part) ? Number(part.toPrecision(10)) : String(part)));

/** A function's card. @param {string} name @param {any} entry @param {[string, any[]]} about @param {(...args: any[]) => any} call */
function card(name, entry, [doc, defaults], call) {
  const made = document.createElement("article");
  const fields = entry.params.map((/** @type {[string, Type]} */ [param, type], /** @type {number} */ k) => field(param, type, defaults[k]));
  const time = element("span", "time", "");
  const output = document.createElement("output");
  const names = entry.params.map((/** @type {[string, Type]} */ [param]) => param).join(", ");
  made.append(time, element("h2", "", `${name}(${names})`));
  if (doc) made.append(element("p", "doc", doc));
  made.append(...fields.map((/** @type {any} */ each) => each.label), output);
  const update = () => {
    const start = performance.now();
    try {
      output.textContent = asText(call(...fields.map((/** @type {any} */ each) => each.read())));
      output.className = "";
      time.textContent = `${(performance.now() - start).toFixed(1)} ms`;
    } catch (error) {
      output.textContent = String(error);
      output.className = "wrong";
    }
  };
  made.addEventListener("input", update);
  update();
  return made;
}

/** `about` is the docstring of each function, and what its fields begin with. @param {Manifest} manifest @param {[string, any[]][]} about @param {any} model */
export function show(manifest, about, model) {
  const cards = manifest.map(([name, entry], k) => card(name, entry, about[k], model[name]));
  document.querySelector("main")?.replaceChildren(...cards);
}
