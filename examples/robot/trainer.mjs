// @ts-check
/**
 * The worker that trains. It is told what to do by messages, and reads them between two steps.
 *
 * @typedef {import("./network.mjs").Task} Task
 * @typedef {{ seed?: number, run?: number, task?: Task, until?: number }} Order
 *   a `seed` begins another run; `until` is the last generation to make
 * @typedef {{ run: number, generation: number, loss: number, milliseconds: number, weights: Float64Array }} Report
 */
import { load } from "./dist/model.mjs";
import { fill, packed } from "./network.mjs";

class Trainer {
  run = 0;
  generation = 0;
  until = -1;
  timer = 0;
  /** @type {Float64Array} */
  weights = new Float64Array();
  /** @type {Task} */
  task = { goal: [0, 0], lift: 0 };

  /** @param {import("./dist/model.mjs").Model} model */
  constructor(model) {
    this.model = model;
  }

  /** @param {Order} order */
  obey({ seed, run, task, until }) {
    this.task = task ?? this.task;
    this.until = until ?? this.until;
    this.run = run ?? this.run;
    if (seed !== undefined) {
      const { random_network: start } = this.model;
      start.args.seed[0] = seed;
      start.run();
      this.weights = packed(start.result);
      this.generation = 0;
    }
    this.goOn();
  }

  goOn() {
    clearTimeout(this.timer);
    if (this.generation <= this.until) this.timer = setTimeout(() => this.step());
  }

  /** Report one generation, and make the next. */
  step() {
    const { train } = this.model;
    fill(train.args, this.weights, this.task);
    const before = performance.now();
    train.run();
    const milliseconds = performance.now() - before;
    const [loss, after] = train.result;
    const { run, generation, weights } = this;
    const report = { run, generation, loss: loss[0], milliseconds, weights };
    postMessage(report, { transfer: [weights.buffer] });
    this.weights = packed(after);
    this.generation += 1;
    this.goOn();
  }
}

const trainer = load().then((model) => new Trainer(model));
addEventListener("message", async ({ data }) => (await trainer).obey(data));
