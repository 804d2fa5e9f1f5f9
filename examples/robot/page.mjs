// @ts-check
/** The robot's page: it draws. What takes time happens in two workers, one that trains and one that walks. */
import {
  clamp,
  element,
  Handles,
  isCalm,
  onFrames,
  redrawn,
  show,
  spaceBar,
} from "../shared/page.mjs";
import {
  centerOf,
  drawPlot,
  drawScene,
  leftEdge,
  OBJECTS,
  placeOf,
  START,
  STEPS,
  View,
} from "./draw.mjs";

/**
 * @typedef {import("../shared/page.mjs").Point} Point
 * @typedef {import("./network.mjs").Task} Task
 * @typedef {import("./trainer.mjs").Order} Order
 * @typedef {import("./trainer.mjs").Report} Report
 * @typedef {import("./walker.mjs").Body} Body
 * @typedef {import("./walker.mjs").Walk} Walk
 */

const GENERATIONS = 100;
const STEP_SECONDS = 0.004;
const MAX_LIFT = 0.3;

const scene = element("scene", HTMLCanvasElement);
const plot = element("plot", HTMLCanvasElement);
const buttons = {
  play: element("play", HTMLButtonElement),
  train: element("train", HTMLButtonElement),
  reset: element("reset", HTMLButtonElement),
};
const inputs = {
  time: element("time", HTMLInputElement),
  seed: element("seed", HTMLInputElement),
  shown: element("shown", HTMLInputElement),
  lift: element("lift", HTMLInputElement),
};

class Page {
  /** @type {Task} */
  task = { goal: [0.9, 0.2], lift: 0 };
  /** @type {Report[]} */
  reports = [];
  shown = 0;
  /** @type {Walk | undefined} */
  walk;
  /** @type {Body | undefined} */
  body;
  time = 0;
  isPlaying = !isCalm();
  isTraining = false;
  isHeld = false;
  isWalking = false; // in the worker
  isStale = false; // what it computes is no longer what is to be shown
  before = 0;
  run = 0;
  liftBefore = 0;
  /** @type {import("../shared/page.mjs").Handles<"goal" | "robot"> | undefined} */
  handles;

  constructor() {
    this.trainer = new Worker(new URL("trainer.mjs", import.meta.url), { type: "module" });
    this.walker = new Worker(new URL("walker.mjs", import.meta.url), { type: "module" });
    this.draw = onFrames((now) => this.paint(now));
    this.trainer.addEventListener("message", ({ data }) => this.learn(data));
    this.walker.addEventListener("message", ({ data }) => this.take(data));
    for (const worker of [this.trainer, this.walker]) worker.addEventListener("error", failed);
  }

  /** @param {Order} order */
  order(order) {
    this.trainer.postMessage(order);
  }

  /** Begin anew from random weights; generation 0 comes at once. */
  reset() {
    Object.assign(this, { reports: [], shown: 0, isTraining: false, run: this.run + 1 });
    const seed = clamp(Math.round(inputs.seed.valueAsNumber || 1), 1, 9999);
    inputs.seed.value = String(seed);
    this.order({ seed, run: this.run, task: this.task, until: 0 });
  }

  /** @param {Report} report */
  learn(report) {
    if (report.run !== this.run) return; // it was under way when the visitor pressed Reset
    const follows = this.shown >= this.reports.length - 1;
    this.reports.push(report);
    if (report.generation === GENERATIONS) this.isTraining = false;
    if (follows) this.choose(report.generation);
    this.draw();
  }

  train() {
    if (this.reports.length > GENERATIONS) this.reset();
    this.isTraining = !this.isTraining;
    if (this.isTraining) this.choose(Math.max(this.reports.length - 1, 0));
    this.order({ until: this.isTraining ? GENERATIONS : 0 });
    this.draw();
  }

  /** @param {number} generation */
  choose(generation) {
    this.shown = generation;
    this.simulate();
  }

  /** @param {Partial<Task>} change */
  change(change) {
    this.task = { ...this.task, ...change };
    this.order({ task: this.task });
    this.simulate();
  }

  /** @param {Point} goal */
  moveGoal([x, y]) {
    this.change({ goal: [clamp(x, 0.02, 1.06), clamp(y, 0.12, 0.4)] });
  }

  /** The walk that is shown is to be made anew. */
  simulate() {
    this.isStale = true;
    this.draw();
  }

  /** Ask the worker for a walk, at most once a frame, and not before it has answered. */
  ask() {
    const report = this.reports[this.shown];
    if (!this.isStale || this.isWalking || !report) return;
    [this.isStale, this.isWalking] = [false, true];
    this.walker.postMessage({ weights: report.weights, task: this.task });
  }

  /** @param {Body | Walk} answer */
  take(answer) {
    if ("ends" in answer) {
      this.body = answer;
      show("size", answer.size);
    } else {
      this.walk = answer;
      this.isWalking = false;
    }
    this.draw();
  }

  /** @param {number} now in milliseconds */
  paint(now) {
    const elapsed = clamp(now - this.before, 0, 100) / 1000;
    this.before = now;
    this.ask();
    const { body, walk } = this;
    if (!body || !walk || !this.reports.length) return;
    if (this.isPlaying && !this.isHeld) {
      this.time = (this.time + elapsed / STEP_SECONDS) % STEPS;
    }
    if (this.isPlaying) this.draw();
    const { time, isHeld } = this;
    drawScene(scene, { body, walk, time, goal: this.task.goal, isHeld });
    this.handles?.drawFocus();
    const losses = this.reports.map(({ loss }) => loss);
    drawPlot(plot, losses, this.shown, GENERATIONS);
    this.report(walk);
  }

  /** @param {Walk} walk */
  report(walk) {
    const done = this.reports.length - 1;
    const isDone = done === GENERATIONS;
    document.body.dataset.state = this.isTraining ? "training" : isDone ? "done" : "ready";
    buttons.play.textContent = this.isPlaying ? "Pause" : "Play";
    buttons.train.textContent = this.isTraining ? "Pause training" : isDone ? "Train anew" : done > 0 ? "Go on" : "Train";
    element("progress", HTMLProgressElement).value = done;
    inputs.shown.max = String(done);
    inputs.shown.value = String(this.shown);
    inputs.lift.value = String(this.task.lift);
    inputs.time.value = String(Math.floor(this.time));
    show("clock", `${(this.time * STEP_SECONDS).toFixed(2)} s`);
    show("shown-value", `${this.shown} of ${done}`);
    show("lift-value", this.task.lift.toFixed(2));
    show("caption", `Generation ${this.shown} walks ${signed(distanceOf(walk))}`);
    show("walk-speed", walk.milliseconds.toFixed(1));
    const times = this.reports.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    show("speed", times[times.length >> 1].toFixed(1));
    show("status", this.verdict(done));
    const [x, y] = this.view(walk).at(this.task.goal);
    const [centerX, centerY] = this.view(walk).at(centerOf(walk, Math.floor(this.time)));
    Object.assign(scene.dataset, { goalX: x, goalY: y, robotX: centerX, robotY: centerY });
  }

  /** @param {number} done */
  verdict(done) {
    if (this.isTraining) return `Training: step ${done} of ${GENERATIONS}`;
    if (done === 0) return "Not trained yet: it shakes, and gets nowhere.";
    const [first, last] = [this.reports[0].loss, this.reports[done].loss];
    const losses = `loss ${signed(first)} → ${signed(last)}`;
    return `${done === GENERATIONS ? "Trained" : `Paused after ${done} steps`}: ${losses}`;
  }

  /** @param {Walk} walk */
  view(walk) {
    const time = this.time;
    return new View(scene, leftEdge({ walk, time }));
  }

  /** @returns {["goal" | "robot", Point][]} in CSS pixels; the robot can be lifted wherever it is */
  places() {
    if (!this.walk) return [];
    const view = this.view(this.walk);
    const step = Math.floor(this.time);
    /** @type {["goal" | "robot", Point][]} */
    const places = [["goal", view.at(this.task.goal)]];
    for (let object = 0; object < OBJECTS; object += 1) {
      places.push(["robot", view.at(placeOf(this.walk, step, object))]);
    }
    return places;
  }
}

/** @param {Walk} walk how far the head comes */
const distanceOf = (walk) => placeOf(walk, STEPS - 1, 0)[0] - START;

/** @param {number} number with a minus sign as wide as a plus */
const signed = (number) => number.toFixed(2).replace("-", "−");

/** @param {{ message?: string }} error */
function failed({ message }) {
  document.body.dataset.state = "failed";
  show("status", `The page could not start: ${message}`);
}

/** @param {Page} page */
function listen(page) {
  page.handles = new Handles(scene, {
    handles: () => page.places(),
    pick: (handle) => {
      page.isHeld = true;
      page.liftBefore = page.task.lift;
      if (handle === "robot") page.time = 0;
      page.draw();
    },
    move: (handle, point, start) => {
      const view = new View(scene, 0);
      const up = (start[1] - point[1]) / view.scale;
      if (handle === "goal") page.moveGoal(view.back(point));
      else page.change({ lift: clamp(page.liftBefore + up, 0, MAX_LIFT) });
    },
    drop: () => {
      page.isHeld = false;
      page.draw();
    },
  });
  spaceBar(() => buttons.play.click());
  buttons.play.addEventListener("click", () => {
    page.isPlaying = !page.isPlaying;
    page.draw();
  });
  buttons.train.addEventListener("click", () => page.train());
  buttons.reset.addEventListener("click", () => page.reset());
  inputs.seed.addEventListener("change", () => page.reset());
  inputs.shown.addEventListener("input", () => page.choose(inputs.shown.valueAsNumber));
  inputs.lift.addEventListener("input", () => page.change({ lift: inputs.lift.valueAsNumber }));
  inputs.time.addEventListener("input", () => {
    page.isPlaying = false;
    page.time = inputs.time.valueAsNumber;
    page.draw();
  });
  redrawn([scene, plot], page.draw);
}

const page = new Page();
listen(page);
page.reset();
