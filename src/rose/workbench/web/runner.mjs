// @ts-check
// The model runs in a worker, so that a function that takes long, or for ever, never holds the page.

/** @typedef {{ result: any, gradient: any, micros: number, gradientMicros: number | null }} Outcome */

const PATIENCE = 3000; // milliseconds until the page offers to stop a run

export class Runner {
  /** @param {(slow: boolean) => void} onSlow told when a run takes long, and when it is over */
  constructor(onSlow) {
    this.onSlow = onSlow;
    this.build = 0;
    /** @type {Map<number, { resolve: (outcome: Outcome) => void, reject: (error: Error) => void }>} */
    this.waiting = new Map();
    this.count = 0;
    this.start();
  }

  start() {
    this.worker = new Worker("worker.mjs", { type: "module" });
    this.worker.onmessage = ({ data }) => this.answered(data);
  }

  /** Take another build; runs that are under way belong to the one before, and are given up. @param {number} build */
  load(build) {
    this.build = build;
    this.stop("the model was rebuilt");
  }

  /** End what runs. @param {string} why */
  stop(why) {
    this.worker?.terminate();
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
    this.watch();
    this.start();
  }

  /**
   * Run a function, and its value and gradient if it has one.
   * @param {{ name: string, args: any[], gradient: { name: string } | null }} call
   * @returns {Promise<Outcome>}
   */
  run({ name, args, gradient }) {
    const id = ++this.count;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker?.postMessage({ id, build: this.build, name, args, gradient: gradient?.name ?? null });
      this.watch();
    });
  }

  /** @param {any} data */
  answered({ id, error, ...outcome }) {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    this.waiting.delete(id);
    this.watch();
    if (error) waiting.reject(new Error(error));
    else waiting.resolve(outcome);
  }

  watch() {
    clearTimeout(this.timer);
    this.onSlow(false);
    if (this.waiting.size) this.timer = setTimeout(() => this.onSlow(true), PATIENCE);
  }
}
