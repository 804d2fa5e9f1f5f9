// @ts-check
// A function of two Reals as a map, with the way that steepest descent takes from a point that is dragged.

const GRID = 240; // points of the map on a side
const STEPS = 400; // of the descent, at most
const LEVELS = 16;
// From low to high, as light as the height (after Matplotlib's viridis: five of its colours).
const COLOURS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

/** @typedef {{ name: string, bytes: number, ranges: [number, number][], height: any, slope: any }} Drawn */

/** @param {number} t from 0 to 1 @returns {number[]} */
function colour(t) {
  const at = Math.min(Math.max(t, 0), 1) * (COLOURS.length - 1);
  const low = Math.min(Math.floor(at), COLOURS.length - 2);
  return COLOURS[low].map((c, k) => c + (at - low) * (COLOURS[low + 1][k] - c));
}

/** @param {number} x */
const shown = (x) => (Number.isFinite(x) ? x.toPrecision(5) : String(x));

/** With so many digits behind the point, and no minus before a zero. @param {number} x @param {number} digits */
const fixed = (x, digits) => (Number(x.toFixed(digits)) + 0).toFixed(digits);

export class Plane {
  /** @param {HTMLCanvasElement} canvas @param {(facts: Record<string, string>) => void} tell */
  constructor(canvas, tell) {
    this.canvas = canvas;
    this.tell = tell;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.start = [0.22, 0.2]; // from the left and from above, as parts of the canvas
    /** @type {Drawn | null} */
    this.drawn = null;
    /** @type {ImageBitmap | HTMLCanvasElement | null} */
    this.map = null;
    let held = false;
    canvas.addEventListener("pointerdown", (event) => {
      held = true;
      canvas.setPointerCapture(event.pointerId);
      this.move(event);
    });
    canvas.addEventListener("pointermove", (event) => { if (held) this.move(event); });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { held = false; });
  }

  /** @param {PointerEvent} event */
  move(event) {
    const box = this.canvas.getBoundingClientRect();
    const parts = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    this.start = parts.map((part) => Math.min(Math.max(part, 0), 1));
    this.draw();
  }

  /** @param {Drawn} drawn */
  show(drawn) {
    this.drawn = drawn;
    this.map = this.painted(drawn);
    this.draw();
  }

  /** From parts of the canvas to the arguments. @param {number[]} parts @param {[number, number][]} ranges */
  point([right, down], [[left, end], [bottom, top]]) {
    return [left + right * (end - left), top - down * (top - bottom)];
  }

  /** From arguments to pixels. @param {number[]} point @param {[number, number][]} ranges */
  pixel([x, y], [[left, end], [bottom, top]]) {
    const { width, height } = this.canvas;
    return [((x - left) / (end - left)) * width, ((top - y) / (top - bottom)) * height];
  }

  /** The map: colours by rank among the heights, so that no cliff hides the rest, and lines of equal height. @param {Drawn} drawn */
  painted({ height, ranges }) {
    const heights = new Float64Array(GRID * GRID);
    const { args, result, run } = height;
    const [xs, ys] = /** @type {Float64Array[]} */ (Object.values(args));
    for (let k = 0; k < heights.length; k++) {
      const [x, y] = this.point([((k % GRID) + 0.5) / GRID, (Math.floor(k / GRID) + 0.5) / GRID], ranges);
      xs[0] = x;
      ys[0] = y;
      run();
      heights[k] = result[0];
    }
    const ranked = heights.filter(Number.isFinite).sort();
    /** @param {number} value */
    const rank = (value) => {
      let [low, high] = [0, ranked.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ranked[middle] < value) low = middle + 1;
        else high = middle;
      }
      return low / ranked.length;
    };
    const ranks = Float64Array.from(heights, (value) => (Number.isFinite(value) ? rank(value) : NaN));
    const image = new ImageData(GRID, GRID);
    const level = (/** @type {number} */ k) => Math.floor(ranks[k] * LEVELS);
    for (let k = 0; k < ranks.length; k++) {
      const isLine = (k % GRID && level(k) !== level(k - 1)) || (k >= GRID && level(k) !== level(k - GRID));
      const [r, g, b] = Number.isNaN(ranks[k]) ? [128, 128, 128] : colour(ranks[k]);
      image.data.set([r, g, b, isLine ? 190 : 255].map(Math.round), 4 * k);
    }
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = GRID;
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    return canvas;
  }

  /** Steepest descent: a step is halved until it goes down by a tenth of what the slope promises (Armijo's rule). */
  descent() {
    const { slope, ranges } = /** @type {Drawn} */ (this.drawn);
    const [xs, ys] = /** @type {Float64Array[]} */ (Object.values(slope.args));
    const [value, [dx, dy]] = slope.result;
    let runs = 0;
    /** @param {number[]} at */
    const measured = ([x, y]) => {
      xs[0] = x;
      ys[0] = y;
      slope.run();
      runs++;
      return { at: [x, y], value: value[0], slope: [dx[0], dy[0]] };
    };
    const begin = performance.now();
    const path = [measured(this.point(this.start, ranges))];
    let size = 0.1 * (ranges[0][1] - ranges[0][0]) / (1e-9 + Math.hypot(...path[0].slope));
    while (path.length < STEPS) {
      const here = path[path.length - 1];
      const steepness = here.slope[0] ** 2 + here.slope[1] ** 2;
      if (!(steepness > 1e-16)) break;
      let next = measured(here.at.map((x, k) => x - size * here.slope[k]));
      while (!(next.value <= here.value - 0.1 * size * steepness) && size * Math.sqrt(steepness) > 1e-12) {
        size /= 2;
        next = measured(here.at.map((x, k) => x - size * here.slope[k]));
      }
      if (!(next.value < here.value)) break;
      path.push(next);
      size *= 1.8;
    }
    return { path, micros: ((performance.now() - begin) * 1000) / runs };
  }

  draw() {
    const { context, canvas, drawn, map } = this;
    if (!drawn || !map) return;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(map, 0, 0, canvas.width, canvas.height);
    const { path, micros } = this.descent();
    const pixels = path.map(({ at }) => this.pixel(at, drawn.ranges));
    for (const [width, colour] of /** @type {[number, string][]} */ ([[7, "#0008"], [3.5, "#fff"]])) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.lineJoin = "round";
      context.beginPath();
      for (const [x, y] of pixels) context.lineTo(x, y);
      context.stroke();
    }
    const [first, last] = [path[0], path[path.length - 1]];
    this.dot(pixels[pixels.length - 1], 8, "#ff4d7d");
    this.dot(pixels[0], 13, "#fff");
    canvas.dataset.x = String(pixels[0][0] / canvas.width);
    canvas.dataset.y = String(pixels[0][1] / canvas.height);
    this.tell({
      name: `${drawn.name}(${first.at.map((x) => fixed(x, 2)).join(", ")})`,
      value: shown(first.value),
      slope: first.slope.map(shown).join(", "),
      descent: `${path.length - 1} steps to ${shown(last.value)} at (${last.at.map((x) => fixed(x, 3)).join(", ")})`,
      size: `${drawn.bytes} bytes, ${micros.toPrecision(2)} µs a gradient`,
    });
  }

  /** @param {number[]} at @param {number} radius @param {string} fill */
  dot([x, y], radius, fill) {
    const { context } = this;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 3;
    context.strokeStyle = "#000a";
    context.stroke();
  }
}
