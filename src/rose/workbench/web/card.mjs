// @ts-check
// The card of one function: its controls, its result and its gradient, live.

import { control } from "./controls.mjs";
import { html } from "./elements.mjs";
import { barsView, valueView } from "./results.mjs";
import { Stage } from "./stage.mjs";
import { fits, pointCount, starting } from "./types.mjs";

/**
 * @typedef {{ name: string, type: any, default: any }} Param
 * @typedef {{ name: string, signature: string, doc: string, params: Param[], result: any,
 *   is_made: boolean, bytes: number,
 *   gradient: { name: string, params: string[], bytes: number } | null, gradient_error: string | null }} Described
 */

export class Card {
  /** @param {Described} described @param {Record<string, any>} kept values that it had before
   * @param {import("./runner.mjs").Runner} runner @param {() => void} onChange */
  constructor(described, kept, runner, onChange) {
    this.described = described;
    this.runner = runner;
    this.onChange = onChange;
    this.value = startingValues(described.params, kept);
    this.stage = new Stage(this, described);
    this.controls = described.params.map(({ name, type }) => control(this, [name], type, name));
    this.result = html("div", { class: "result", "aria-live": "polite" });
    this.bars = html("div", { class: "bars" });
    this.facts = html("p", { class: "facts" });
    this.fault = html("p", { class: "fault", role: "alert" });
    this.head = html("header", {});
    this.element = this.layout();
    this.describe(described);
    this.isRunning = false;
    this.isStale = false;
  }

  layout() {
    const { name, params, gradient } = this.described;
    const given = params.length ? this.controls.map((c) => c.element) : [html("p", { class: "note" }, "It takes no arguments.")];
    const again = html("button", { type: "button", class: "quiet", onclick: () => this.reset() }, "Reset");
    return html("section", { class: "card", id: `fn-${name}`, "data-function": name },
      this.head,
      html("div", { class: "columns" },
        html("div", { class: "controls" }, ...given, ...(params.length ? [again] : [])),
        html("div", { class: "outcome" },
          this.fault,
          ...(this.stage.isEmpty ? [] : [this.stage.element]),
          html("h3", {}, "Result"), this.result,
          ...(gradient ? [html("h3", { class: "bars-head" }, "Gradient"), this.bars] : []))),
      this.facts);
  }

  /** Take another build of the same function, with the same parameters. @param {Described} described */
  describe(described) {
    this.described = described;
    const why = described.gradient_error;
    this.head.replaceChildren(
      html("h2", {}, html("code", {}, described.signature)),
      ...(described.doc ? [html("p", { class: "doc" }, described.doc)] : []),
      ...(why ? [html("p", { class: "note" }, `No gradient: ${why}`)] : []));
  }

  reset() {
    Object.assign(this.value, startingValues(this.described.params, {}));
    this.stage.fitted = false;
    this.changed();
  }

  /** Something has changed the value: run. */
  changed() {
    this.controls.forEach((c) => c.refresh());
    if (!this.stage.isEmpty) this.stage.draw();
    this.onChange();
    this.run();
  }

  /** Run on the present value; while a run is under way, only the newest value waits. */
  async run() {
    this.isStale = true;
    if (this.isRunning) return;
    this.isRunning = true;
    while (this.isStale) {
      this.isStale = false;
      const { name, params, gradient } = this.described;
      try {
        this.show(await this.runner.run({ name, args: params.map((p) => this.value[p.name]), gradient }));
      } catch (error) {
        this.fault.textContent = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    this.isRunning = false;
  }

  /** @param {import("./runner.mjs").Outcome} outcome */
  show({ result, gradient, micros, gradientMicros }) {
    const { described } = this;
    this.fault.textContent = "";
    this.result.replaceChildren(valueView(described.result, result, ""));
    const byName = Object.fromEntries((described.gradient?.params ?? []).map((name, k) => [name, gradient[k]]));
    if (!this.stage.isEmpty) this.stage.update(result, byName);
    const bars = barsView(described.params, byName);
    this.bars.replaceChildren(...bars);
    this.element.querySelector(".bars-head")?.toggleAttribute("hidden", !bars.length);
    this.facts.replaceChildren(
      fact("Function", `${described.bytes.toLocaleString("en")} bytes`, micros),
      ...(described.gradient && gradientMicros !== null
        ? [fact("Value and gradient", `${described.gradient.bytes.toLocaleString("en")} bytes`, gradientMicros)] : []));
  }
}

/** @param {string} what @param {string} bytes @param {number} micros */
const fact = (what, bytes, micros) =>
  html("span", {}, `${what}: `, html("b", {}, bytes), ", ", html("b", {}, `${Number(micros.toPrecision(2)).toLocaleString("en")} µs`));

/** What the parameters begin with: what they had, their defaults, or something of their types.
 * @param {Param[]} params @param {Record<string, any>} kept */
function startingValues(params, kept) {
  const points = params.reduce((sum, { type }) => sum + pointCount(type), 0);
  const count = { point: 0, number: 0 };
  return Object.fromEntries(params.map(({ name, type, default: given }) => {
    const made = starting(type, count, points);
    const chosen = [kept[name], given].find((value) => value !== undefined && value !== null && fits(type, value));
    return [name, structuredClone(chosen ?? made)];
  }));
}
