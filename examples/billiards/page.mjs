// @ts-check
/** The billiards page: a shot that can be played, changed by hand, and aimed by its gradient. */
import {
  clamp,
  element,
  Handles,
  isCalm,
  moduleSize,
  nearest,
  onFrames,
  redrawn,
  show,
  spaceBar,
} from "../shared/page.mjs";
import { aim, HEIGHT, limited, onTable, OPENING, Problem, RADIUS, SOLVED, WIDTH } from "./aim.mjs";
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
const FRAME_MILLISECONDS = 6; // of aiming in every animation frame
const OLD_PATHS = 24;

const table = element("table", HTMLCanvasElement);
const plot = element("plot", HTMLCanvasElement);
const buttons = {
  play: element("play", HTMLButtonElement),
  aim: element("aim", HTMLButtonElement),
  reset: element("reset", HTMLButtonElement),
};
const select = element("target", HTMLSelectElement);
const again = element("again", HTMLInputElement);
const follow = element("follow", HTMLInputElement);
const slider = element("time", HTMLInputElement);

class Page {
  shot = OPENING;
  /** @type {Point} */
  goal = [0.9, 0.75];
  target = 10;
  time = 0;
  isPlaying = false;
  isHeld = false;
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
  isStale = true; // what is drawn is not yet the shot's
  before = 0;
  /** @type {import("../shared/page.mjs").Handles<Handle> | undefined} */
  handles;

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.problem = new Problem(model, this.goal, this.target);
    this.draw = onFrames((now) => {
      this.advance(now);
      if (this.isStale) this.simulate();
      drawTable(table, this);
      this.handles?.drawFocus();
      drawPlot(plot, this.losses);
      this.report();
    });
  }

  /** A change by hand: aiming ends, and its result no longer counts. @param {string} status */
  change(status) {
    this.search = undefined;
    this.outcome = "ready";
    this.paths = [];
    this.losses = [];
    this.problem = new Problem(this.model, this.goal, this.target);
    this.best = { shot: this.shot, loss: Infinity };
    show("status", status);
    this.isStale = true;
    this.draw();
  }

  /** Run the shot: where all balls are at all times, and what the shot is worth. */
  simulate() {
    this.isStale = false;
    if (this.best.loss === Infinity) this.best.loss = this.problem.loss(this.shot);
    const { trajectory } = this.model;
    trajectory.args.position.set(this.shot.position);
    trajectory.args.velocity.set(this.shot.velocity);
    trajectory.run();
    this.frames.set(trajectory.result);
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
    if (problem.stopwatch.count) show("speed", String(problem.stopwatch));
    const scale = table.clientWidth / WIDTH;
    table.dataset.goalX = String(this.goal[0] * scale);
    table.dataset.goalY = String((HEIGHT - this.goal[1]) * scale);
  }

  /** @param {"none" | "near" | "anywhere"} others which shots to try when descent gets stuck */
  startAiming(others) {
    this.isPlaying = false;
    this.time = 0;
    this.change("Following the gradient …");
    this.search = aim(this.problem, this.shot, others);
  }

  /**
   * As many evaluations as fit into a frame; of the first descent two, slow enough to watch, unless it follows a
   * drag.
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
      const isShown = report.attempt === 1 && !follow.checked;
      if ((isShown && count >= 2) || performance.now() >= end) break;
    }
    if (follow.checked) this.shot = this.best.shot; // what follows a hand is not to jump about
    this.isStale = true;
    this.draw();
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
    this.isStale = true;
    this.draw();
    const replay = () => this.outcome === "done" && !this.isPlaying && !this.isHeld && this.play();
    if (isSolved && !isCalm()) setTimeout(replay, 800);
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
  move(handle, point) {
    const inside = onTable(point);
    const { position, velocity } = this.shot;
    if (handle === "goal") this.goal = inside;
    if (handle === "cue") this.shot = { position: inside, velocity };
    if (handle === "tip") {
      this.shot = { position, velocity: limited(velocityOf(this.shot, inside)) };
    }
    if (handle !== "goal") this.time = 0;
    if (follow.checked) this.startAiming("near");
    else this.change("Ready to aim.");
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

const scale = () => table.clientWidth / WIDTH;

/** @param {Point} point on the table @returns {Point} on the screen */
const toScreen = ([x, y]) => [x * scale(), (HEIGHT - y) * scale()];

/** @param {Point} point on the screen @returns {Point} on the table */
const toTable = ([x, y]) => [x / scale(), HEIGHT - y / scale()];

/** @param {Page} page @returns {[Handle, Point][]} what can be dragged: the shot only where it begins */
function handlesOf(page) {
  /** @type {[Handle, Point][]} */
  const shot = [
    ["tip", toScreen(arrowTip(page.shot))],
    ["cue", toScreen(page.shot.position)],
  ];
  return [["goal", toScreen(page.goal)], ...(page.time < 1 ? shot : [])];
}

/** @param {Page} page @param {Point} point @returns {number | undefined} the object ball there */
function ballUnder(page, point) {
  /** @type {[number, Point][]} */
  const places = Array.from({ length: BALLS - 1 }, (_, k) => {
    return [k + 1, toScreen(ballAt(page.frames, Math.floor(page.time), k + 1))];
  });
  return nearest(point, Math.max(1.2 * RADIUS * scale(), 14), places);
}

/** @param {Page} page */
function listenToTable(page) {
  page.handles = new Handles(table, {
    handles: () => handlesOf(page),
    pick: () => (page.isHeld = true),
    move: (handle, point) => page.move(handle, toTable(point)),
    drop: () => {
      page.isHeld = false;
      if (follow.checked && again.checked && page.outcome !== "done") page.startAiming("anywhere");
    },
    press: (point) => {
      const ball = ballUnder(page, point);
      if (ball) page.choose(ball);
    },
  });
  spaceBar(() => page.play());
}

/** @param {Page} page */
function listenToControls(page) {
  buttons.play.addEventListener("click", () => page.play());
  buttons.aim.addEventListener("click", () => {
    if (page.search) page.finish({ wasStopped: true });
    else page.startAiming(again.checked ? "anywhere" : "none");
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
  redrawn([table, plot], page.draw);
}

async function main() {
  for (let ball = 1; ball < BALLS; ball += 1) select.add(new Option(`Ball ${ball}`, String(ball)));
  const page = new Page(await load());
  page.choose(page.target);
  show("status", "Ready: press Aim, or drag the ring somewhere else first.");
  listenToTable(page);
  listenToControls(page);
  show("size", moduleSize());
}

main().catch((error) => {
  document.body.dataset.state = "failed";
  show("status", `The page could not start: ${error.message}`);
});
