// @ts-check
// Elements of HTML and SVG, made in one expression.

/** @typedef {Record<string, any>} Properties */

/**
 * An HTML element. Properties are set as properties, `class`, `for`, `role` and those with a dash as attributes; children may be text.
 * @param {string} tag @param {Properties} properties @param {...(Node | string)} children @returns {any}
 */
export function html(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (["class", "for", "role"].includes(key) || key.includes("-")) element.setAttribute(key, value);
    else Object.assign(element, { [key]: value });
  }
  element.append(...children);
  return element;
}

/** An SVG element, all of whose properties are attributes. @param {string} tag @param {Properties} attributes
 * @param {...(Node | string)} children @returns {SVGElement} */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}
