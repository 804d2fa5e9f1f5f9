// @ts-check
// Python, with Rose in it, off the page's own thread: whatever runs too long is ended with its worker.

// @ts-expect-error: Pyodide is put beside the page when it is served.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const SETUP = await (await fetch("playground.py")).text();

/** Python with Rose installed from its wheel, and with playground.py. */
async function started() {
  const python = await loadPyodide();
  const wheel = await fetch("rose.whl");
  python.unpackArchive(await wheel.arrayBuffer(), "wheel");
  python.runPython(SETUP);
  return python;
}

const ready = started();
ready.then(
  () => postMessage({ kind: "ready" }),
  (error) => postMessage({ kind: "failed", text: String(error) }),
);

onmessage = async ({ data }) => {
  const python = await ready;
  const run = python.globals.get("run");
  const answer = run(data.code);
  postMessage({ kind: "ran", id: data.id, ...answer.toJs({ dict_converter: Object.fromEntries }) });
  answer.destroy();
  run.destroy();
};
