// @ts-check
/** The billiards page: a shot that can be played, changed by hand, and aimed by its gradient. */
import { aim, HEIGHT, MAX_SPEED, OPENING, Problem, RADIUS, SOLVED, WIDTH } from "./aim.mjs";
import { arrowTip, ballAt, BALLS, drawPlot, drawTable, pathOf, velocityOf } from "./draw.mjs";
import { load } from "./dist/model.mjs";

/**
 * @typedef {import("./dist/model.mjs").Model} Model
 * @typedef {import("./aim.mjs").Point} Point
 * @typedef {import("./aim.mjs").Report} Report
 * @typedef {import("./aim.mjs").Scored} Scored
 * @typedef {import("./aim.mjs").Shot} Shot
 * @typedef {"goal" | "cue" | "tip"} Handle
 */

const STEPS = 1024;
const STEP_SECONDS = 0.003;
const FRAME_MILLISECONDS = 8; // of aiming in every animation frame
const OLD_PATHS = 24;
const REACH = { mouse: 14, pen: 20, touch: 26 }; // how near a handle a press must be, in CSS pixels

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return found;
}

const table = element("table", HTMLCanvasElement);
const plot = element("plot", HTMLCanvasElement);
const buttons = {
  play: element("play", HTMLButtonElement),
  aim: element("aim", HTMLButtonElement),
  reset: element("reset", HTMLButtonElement),
};
const select = element("target", HTMLSelectElement);
const again = element("again", HTMLInputElement);
const slider = element("time", HTMLInputElement);

/** @param {string} id @param {string} text */
function show(id, text) {
  const place = element(id, HTMLElement);
  if (place.textContent !== text) place.textContent = text;
}

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

class Page {
  shot = OPENING;
  /** @type {Point} */
  goal = [0.9, 0.75];
  target = 10;
  time = 0;
  isPlaying = false;
  frames = new Float64Array(2 * BALLS * STEPS);
  /** @type {Generator<Report, Scored> | undefined} */
  search;
  /** @type {"ready" | "done" | "stuck"} */
  outcome = "ready";
  /** @type {Point[][]} */
  paths = [];
  /** @type {number[]} */
  losses = [];
  /** @type {Scored} */
  best = { shot: OPENING, loss: Infinity };
  request = 0;
  before = 0;

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.problem = new Problem(model, this.goal, this.target);
  }

  /** A change by hand: aiming ends, and its result no longer counts. @param {string} status */
  change(status) {
    this.search = undefined;
    this.outcome = "ready";
    this.paths = [];
    this.losses = [];
    this.problem = new Problem(this.model, this.goal, this.target);
    this.best = { shot: this.shot, loss: this.problem.loss(this.shot) };
    show("status", status);
    this.simulate();
  }

  /** Run the shot, and draw it. */
  simulate() {
    const { trajectory } = this.model;
    trajectory.args.position.set(this.shot.position);
    trajectory.args.velocity.set(this.shot.velocity);
    trajectory.run();
    this.frames.set(trajectory.result);
    this.draw();
  }

  draw() {
    this.request ||= requestAnimationFrame((now) => {
      this.request = 0;
      this.advance(now);
      drawTable(table, this);
      drawPlot(plot, this.losses);
      this.report();
    });
  }

  /** What one animation frame changes. @param {number} now in milliseconds */
  advance(now) {
    const elapsed = clamp(now - this.before, 0, 100) / 1000;
    this.before = now;
    if (this.search) this.aimOn(this.search);
    if (!this.isPlaying) return;
    this.time = Math.min(this.time + elapsed / STEP_SECONDS, STEPS - 1);
    this.isPlaying = this.time < STEPS - 1;
    this.draw();
  }

  report() {
    const { problem, best } = this;
    const distance = Math.sqrt(best.loss);
    const motion = this.search ? "aiming" : this.isPlaying ? "playing" : undefined;
    document.body.dataset.state = motion ?? this.outcome;
    buttons.aim.textContent = this.search ? "Stop" : "Aim";
    buttons.play.textContent = this.isPlaying ? "Pause" : "Play";
    buttons.play.disabled = Boolean(this.search);
    slider.value = String(Math.round(this.time));
    show("clock", `${(this.time * STEP_SECONDS).toFixed(2)} s`);
    show("loss", best.loss.toPrecision(3));
    show("distance", distance.toPrecision(3));
    show("steps", String(problem.gradients));
    const microseconds = Math.round((1000 * problem.milliseconds) / problem.gradients);
    if (problem.gradients) show("speed", microseconds.toLocaleString("en"));
    const scale = table.clientWidth / WIDTH;
    table.dataset.goalX = String(this.goal[0] * scale);
    table.dataset.goalY = String((HEIGHT - this.goal[1]) * scale);
  }

  startAiming() {
    this.isPlaying = false;
    this.time = 0;
    this.change("Following the gradient …");
    this.search = aim(this.problem, this.shot, again.checked);
  }

  /**
   * As many evaluations as fit into a frame; of the first descent two, slow enough to watch.
   *
   * @param {Generator<Report, Scored>} search
   */
  aimOn(search) {
    const end = performance.now() + FRAME_MILLISECONDS;
    for (let count = 1; ; count += 1) {
      const { done, value } = search.next();
      if (done) return this.finish();
      const report = /** @type {Report} */ (value);
      this.take(report);
      if ((report.attempt === 1 && count >= 2) || performance.now() >= end) break;
    }
    this.simulate();
  }

  /** @param {Report} report */
  take({ shot, loss, attempt, isGradient }) {
    if (!isGradient) return;
    this.shot = shot;
    this.losses.push(loss);
    if (loss < this.best.loss) this.best = { shot, loss };
    if (this.losses.length % 3 === 1) {
      this.paths = [...this.paths.slice(1 - OLD_PATHS), pathOf(this.frames, this.target)];
    }
    if (attempt > 1) show("status", `Descent got stuck. Trying other shots: number ${attempt} …`);
  }

  /** Aiming has ended, by itself or by hand: keep the best shot, and say what it is worth. */
  finish({ wasStopped } = { wasStopped: false }) {
    this.search = undefined;
    this.shot = this.best.shot;
    const isSolved = this.best.loss <= SOLVED;
    this.outcome = isSolved ? "done" : wasStopped ? "ready" : "stuck";
    show("status", this.verdict(isSolved, wasStopped));
    this.simulate();
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const replay = () => this.outcome === "done" && !this.isPlaying && this.play();
    if (isSolved && !isCalm) setTimeout(replay, 800);
  }

  /** @param {boolean} isSolved @param {boolean} wasStopped */
  verdict(isSolved, wasStopped) {
    const { gradients } = this.problem;
    const away = Math.sqrt(this.best.loss).toFixed(3);
    if (isSolved) return `Ball ${this.target} ends in the ring, after ${gradients} gradients.`;
    if (wasStopped) return `Stopped. The best shot so far ends ${away} from the ring.`;
    const fact = `Stuck: the best shot ends ${away} from the ring, after ${gradients} gradients.`;
    return `${fact} Move the ring or the cue ball, or choose another ball, and aim again.`;
  }

  play() {
    if (this.search) return;
    if (this.time >= STEPS - 1) this.time = 0;
    this.isPlaying = !this.isPlaying;
    this.before = performance.now();
    this.draw();
  }

  /** @param {Handle} handle @param {Point} point */
  move(handle, [x, y]) {
    /** @type {Point} */
    const inside = [clamp(x, RADIUS, WIDTH - RADIUS), clamp(y, RADIUS, HEIGHT - RADIUS)];
    const { position, velocity } = this.shot;
    if (handle === "goal") this.goal = inside;
    if (handle === "cue") this.shot = { position: inside, velocity };
    if (handle === "tip") {
      this.shot = { position, velocity: limited(velocityOf(this.shot, inside)) };
    }
    if (handle !== "goal") this.time = 0;
    this.change("Ready to aim.");
  }

  /** @param {number} ball */
  choose(ball) {
    this.target = ball;
    select.value = String(ball);
    this.change(`Ball ${ball} is to end in the ring.`);
  }

  reset() {
    Object.assign(this, { shot: OPENING, goal: [0.9, 0.75], time: 0, isPlaying: false });
    this.choose(BALLS - 1);
  }
}

/** @param {Point} velocity @returns {Point} no faster than the fastest */
function limited([u, v]) {
  const factor = Math.min(1, MAX_SPEED / Math.max(Math.hypot(u, v), 1e-9));
  return [u * factor, v * factor];
}

/** @param {{ clientX: number, clientY: number }} event @returns {Point} on the table */
function pointOf({ clientX, clientY }) {
  const { left, top, width } = table.getBoundingClientRect();
  return [((clientX - left) / width) * WIDTH, HEIGHT - ((clientY - top) / width) * WIDTH];
}

/**
 * What lies under a press: the nearest handle within reach.
 *
 * @param {Page} page
 * @param {Point} point
 * @param {number} reach in CSS pixels
 * @returns {Handle | undefined}
 */
function handleAt(page, [x, y], reach) {
  const limit = Math.max((reach / table.clientWidth) * WIDTH, 1.3 * RADIUS);
  /** @type {[Handle, Point][]} */
  const handles = [["goal", page.goal]];
  if (page.time < 1) handles.push(["tip", arrowTip(page.shot)], ["cue", page.shot.position]);
  const distances = handles.map(([, at]) => Math.hypot(at[0] - x, at[1] - y));
  const nearest = Math.min(...distances);
  return nearest < limit ? handles[distances.indexOf(nearest)][0] : undefined;
}

/** @param {Page} page @param {Point} point @returns {number} the object ball there, or 0 */
function ballUnder(page, [x, y]) {
  const distances = Array.from({ length: BALLS }, (_, ball) => {
    const at = ballAt(page.frames, Math.floor(page.time), ball);
    return ball ? Math.hypot(at[0] - x, at[1] - y) : Infinity;
  });
  const nearest = Math.min(...distances);
  return nearest < 1.2 * RADIUS ? distances.indexOf(nearest) : 0;
}

/** @param {Page} page */
function listenToPointers(page) {
  /** @type {Handle | undefined} */
  let held;
  table.addEventListener("pointerdown", (event) => {
    const reach = REACH[/** @type {"mouse"} */ (event.pointerType)] ?? REACH.mouse;
    held = handleAt(page, pointOf(event), reach);
    if (held) table.setPointerCapture(event.pointerId);
    else {
      const ball = ballUnder(page, pointOf(event));
      if (ball) page.choose(ball);
    }
  });
  table.addEventListener("pointermove", (event) => {
    if (held) page.move(held, pointOf(event));
    else table.style.cursor = handleAt(page, pointOf(event), REACH.mouse) ? "grab" : "";
  });
  for (const end of ["pointerup", "pointercancel"]) {
    table.addEventListener(end, () => (held = undefined));
  }
  // A finger on a handle drags it; anywhere else on the table it scrolls the page.
  const claim = (/** @type {TouchEvent} */ event) => {
    if (handleAt(page, pointOf(event.touches[0]), REACH.touch)) event.preventDefault();
  };
  table.addEventListener("touchstart", claim, { passive: false });
}

/** @param {Page} page */
function listenToKeys(page) {
  /** @type {Record<string, Point>} */
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  table.addEventListener("keydown", (event) => {
    const arrow = arrows[event.key];
    if (!arrow) return;
    event.preventDefault();
    const [dx, dy] = arrow.map((d) => d * (event.shiftKey ? 0.05 : 0.01));
    page.move("goal", [page.goal[0] + dx, page.goal[1] + dy]);
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const isControl = target instanceof Element && target.closest("button, select, input");
    if (event.code !== "Space" || isControl) return;
    event.preventDefault();
    if (!event.repeat) page.play();
  });
}

/** @param {Page} page */
function listenToControls(page) {
  buttons.play.addEventListener("click", () => page.play());
  buttons.aim.addEventListener("click", () => {
    if (page.search) page.finish({ wasStopped: true });
    else page.startAiming();
  });
  buttons.reset.addEventListener("click", () => page.reset());
  select.addEventListener("change", () => page.choose(Number(select.value)));
  slider.addEventListener("input", () => {
    page.isPlaying = false;
    page.time = Number(slider.value);
    page.draw();
  });
  for (const button of Object.values(buttons)) {
    // After a click with a pointer the space bar belongs to the table again.
    button.addEventListener("click", ({ detail }) => {
      if (detail) table.focus({ preventScroll: true });
    });
  }
  new ResizeObserver(() => page.draw()).observe(table);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => page.draw());
}

/** How large the module is, if the browser tells. */
function showSize() {
  const entries = performance.getEntriesByType("resource");
  const entry = entries.find(({ name }) => name.endsWith(".wasm"));
  const size = entry instanceof PerformanceResourceTiming ? entry.decodedBodySize : 0;
  if (size) show("size", `${(size / 1000).toFixed(1)} kB`);
}

async function main() {
  for (let ball = 1; ball < BALLS; ball += 1) select.add(new Option(`Ball ${ball}`, String(ball)));
  const page = new Page(await load());
  page.choose(page.target);
  show("status", "Ready: press Aim, or drag the ring somewhere else first.");
  listenToPointers(page);
  listenToKeys(page);
  listenToControls(page);
  showSize();
}

main().catch((error) => {
  document.body.dataset.state = "failed";
  show("status", `The page could not start: ${error.message}`);
});
