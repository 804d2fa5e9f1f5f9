// @ts-check
// The workbench: follows the server's news, and keeps a card per function of the latest build.

import { Card } from "./card.mjs";
import { html } from "./elements.mjs";
import { Runner } from "./runner.mjs";

/** @typedef {{ file: string, state: "building" | "ready" | "failed", build: number, error: any, output: string }} News */
/** @typedef {import("./card.mjs").Described} Described */

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const runner = new Runner((slow) => element("slow").toggleAttribute("hidden", !slow));
/** @type {Map<string, Card>} */
const cards = new Map();
let shownBuild = 0;
let place = "rose-workbench"; // where values are kept over a reload of the page

/** @returns {Record<string, Record<string, any>>} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "{}");
  } catch {
    return {};
  }
}

function keep() {
  const values = { ...kept(), ...Object.fromEntries([...cards].map(([name, card]) => [name, card.value])) };
  sessionStorage.setItem(place, JSON.stringify(values));
}

/** The state comes last: the page is up to date once it shows the build. @param {News} news */
async function take(news) {
  place = `rose-workbench ${news.file}`;
  document.title = `${news.state === "failed" ? "✗ " : ""}${news.file} · Rose`;
  element("file").textContent = news.file;
  showError(news);
  if (news.build !== shownBuild) await takeBuild(news.build);
  document.body.dataset.state = news.state;
  element("state").textContent = { building: "building…", ready: "up to date", failed: "does not build" }[news.state];
}

/** @param {News} news */
function showError({ error, output, state }) {
  const box = element("error");
  box.toggleAttribute("hidden", !error);
  if (error) {
    const lines = error.excerpt.map((/** @type {[number, string]} */ [number, text]) =>
      html("div", { class: number === error.line ? "source at" : "source" }, html("span", { class: "number" }, String(number)), text || " "));
    box.replaceChildren(
      html("h2", {}, error.kind),
      html("p", { class: "message" }, error.message),
      ...(error.file ? [html("p", { class: "where" }, `${error.file}:${error.line}`)] : []),
      ...(lines.length ? [html("pre", {}, ...lines)] : []),
      ...(cards.size ? [html("p", { class: "note" }, "What is below is the last version that was built.")] : []));
  }
  const printed = element("output");
  printed.toggleAttribute("hidden", !output || state === "building");
  printed.querySelector("pre")?.replaceChildren(output);
}

/** Show a build: cards of functions whose parameters are as before stay as they are, with their values. @param {number} build */
async function takeBuild(build) {
  const answer = await fetch(`model/${build}/functions.json`);
  if (!answer.ok) return;
  /** @type {{ bytes: number, functions: Described[] }} */
  const { bytes, functions } = await answer.json();
  shownBuild = build;
  runner.load(build);
  const before = new Map(cards);
  const values = kept();
  cards.clear();
  for (const described of functions) {
    const old = before.get(described.name);
    if (old && shapeOf(old.described) === shapeOf(described)) {
      old.describe(described);
      cards.set(described.name, old);
    } else {
      cards.set(described.name, new Card(described, old?.value ?? values[described.name] ?? {}, runner, keep));
    }
  }
  element("total").textContent = `${bytes.toLocaleString("en")} bytes in all`;
  arrange(functions);
  for (const card of cards.values()) card.run();
}

/** What the elements of a card depend on. @param {Described} described */
const shapeOf = ({ params, result, gradient }) =>
  JSON.stringify([params.map(({ name, type }) => [name, type]), result, Boolean(gradient)]);

/** Put the cards in order, and leave those that are there where they are. @param {Described[]} functions */
function arrange(functions) {
  const main = element("cards");
  const wanted = [...cards.values()].map((card) => card.element);
  for (const child of [...main.children]) if (!wanted.includes(/** @type {any} */ (child))) child.remove();
  wanted.forEach((card, k) => { if (main.children[k] !== card) main.insertBefore(card, main.children[k] ?? null); });
  element("index").replaceChildren(...functions.map(({ name }) => html("a", { href: `#fn-${name}` }, name)));
}

element("stop").onclick = () => runner.stop("stopped: it had run for more than 3 seconds");

// News are taken one after the other, as each may load a build.
let taken = Promise.resolve();
const news = new EventSource("news");
news.onmessage = ({ data }) => { taken = taken.then(() => take(JSON.parse(data))); };
news.onerror = () => {
  document.body.dataset.state = "away";
  element("state").textContent = "the server has ended";
};
