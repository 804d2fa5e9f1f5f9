// @ts-check
/** Times every function of an example's model on its sample arguments, away from the page. */
import { microseconds } from "./examples/shared/page.mjs";

const ENOUGH = 100; // milliseconds a function

addEventListener("message", async ({ data: example }) => {
  const { load } = await import(`./examples/${example}/dist/model.mjs`);
  const { fill } = await import(`./examples/${example}/sample.mjs`);
  const model = await load();
  fill(model);
  for (const [name, f] of Object.entries(model)) {
    if (typeof f === "function") postMessage({ name, time: microseconds(f.run, ENOUGH) });
  }
  postMessage("done");
});
