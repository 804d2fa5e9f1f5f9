// @ts-check
/** Fills an example's table of times, once it is looked at. */
const made = /** @type {HTMLElement} */ (document.getElementById("made"));
const times = /** @type {HTMLElement} */ (document.getElementById("times"));

/** @param {number} microseconds */
function readable(microseconds) {
  if (microseconds < 10) return `${microseconds.toFixed(2)} µs`;
  if (microseconds < 1000) return `${microseconds.toFixed(0)} µs`;
  return `${(microseconds / 1000).toFixed(microseconds < 10_000 ? 2 : 1)} ms`;
}

/** @param {string} name @param {string} text */
function addRow(name, text) {
  const row = document.createElement("tr");
  const code = document.createElement("code");
  code.textContent = name;
  row.append(document.createElement("td"), document.createElement("td"));
  row.children[0].append(code);
  row.children[1].textContent = text;
  times.append(row);
}

function measure() {
  const worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
  times.replaceChildren();
  worker.addEventListener("message", ({ data }) => {
    if (data !== "done") return addRow(data.name, readable(data.time));
    made.dataset.state = "measured";
    worker.terminate();
  });
  worker.postMessage(made.dataset.example);
}

const observer = new IntersectionObserver((entries) => {
  if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
  observer.disconnect();
  measure();
});
observer.observe(times);
