// @ts-check
// The editor, and the plane on which a function of two Reals is drawn and descended.

import { SAMPLES } from "./samples.mjs";
import { Plane } from "./plane.mjs";

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);
const [code, said, status, sample, run, stop] = ["code", "console", "status", "sample", "run", "stop"].map(byId);
const PAUSE = 700; // milliseconds without a key until a program runs by itself
const PATIENCE = 1500; // milliseconds until a run can be stopped

const plane = new Plane(byId("plane"), (/** @type {any} */ facts) => {
  for (const [id, text] of Object.entries(facts)) byId(id).textContent = text;
});

/** @type {Worker} */
let worker;
let asked = 0;
let answered = 0;
let isStale = false; // edited since the run under way began
let timer = 0;

/** @param {string} state @param {string} text */
function tell(state, text) {
  document.body.dataset.state = state;
  status.textContent = text;
}

function start() {
  isStale = false;
  tell("loading", "Loading Python, which takes some seconds…");
  worker = new Worker("worker.mjs", { type: "module" });
  worker.onmessage = ({ data }) => ({ ready: begin, failed: () => tell("failed", data.text), ran: () => show(data) })[
    /** @type {"ready" | "failed" | "ran"} */ (data.kind)]();
}

function begin() {
  tell("ready", "");
  runProgram();
}

function runProgram() {
  clearTimeout(timer);
  if (document.body.dataset.state === "running") isStale = true;
  if (asked > answered || document.body.dataset.state === "loading") return;
  tell("running", "Running…");
  worker.postMessage({ id: ++asked, code: code.value });
  const mine = asked;
  setTimeout(() => { stop.hidden = answered >= mine; }, PATIENCE);
}

/** @param {any} answer */
async function show({ id, printed, error, seconds, mjs, ...drawn }) {
  answered = id;
  stop.hidden = true;
  said.className = error ? "wrong" : "";
  said.textContent = printed + (error ?? "");
  if (mjs) {
    const address = URL.createObjectURL(new Blob([mjs], { type: "text/javascript" }));
    const { loadSync } = await import(address);
    URL.revokeObjectURL(address);
    plane.show({ ...drawn, ...loadSync() });
  }
  const what = mjs || error ? "" : " Mark a function of two Reals with @fn, and it is drawn.";
  tell(error ? "wrong" : "ready", `${error ? "Stopped by an error after" : "Traced, differentiated, compiled and run in"} ${(seconds * 1000).toFixed(0)} ms.${what}`);
  document.body.dataset.runs = String(id);
  if (isStale) {
    isStale = false;
    runProgram();
  }
}

stop.addEventListener("click", () => {
  worker.terminate();
  stop.hidden = true;
  answered = asked;
  said.className = "wrong";
  said.textContent = "Stopped.";
  start();
});
run.addEventListener("click", runProgram);
code.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(runProgram, PAUSE);
});
code.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) runProgram();
  if (event.key === "Tab" && !event.shiftKey) {
    event.preventDefault();
    code.setRangeText("    ", code.selectionStart, code.selectionEnd, "end");
  }
});
sample.append(...Object.keys(SAMPLES).map((name) => new Option(name)));
sample.addEventListener("change", () => {
  code.value = SAMPLES[sample.value];
  runProgram();
});
code.value = SAMPLES[sample.value];
start();
