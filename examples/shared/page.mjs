// @ts-check
/**
 * What the example pages share: finding elements, drawing on sharp canvases, dragging with mouse, pen, finger.
 *
 * @typedef {[number, number]} Point
 */

/**
 * The element of that id, which has to be there.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return found;
}

/** @param {string} id @param {string} text */
export function show(id, text) {
  const place = element(id, HTMLElement);
  if (place.textContent !== text) place.textContent = text;
}

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Whether the visitor has asked for little motion. */
export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * A function that asks for one call of `paint` in the next animation frame, however often it is called.
 *
 * @param {(now: number) => void} paint given the time in milliseconds
 */
export function onFrames(paint) {
  let request = 0;
  return () => {
    request ||= requestAnimationFrame((now) => {
      request = 0;
      paint(now);
    });
  };
}

/** Call `draw` whenever the size or focus of a canvas, or the visitor's choice of light or dark, changes. */
export function redrawn(/** @type {HTMLCanvasElement[]} */ canvases, /** @type {() => void} */ draw) {
  const observer = new ResizeObserver(draw);
  for (const canvas of canvases) {
    observer.observe(canvas);
    for (const change of ["focus", "blur", "keyup"]) canvas.addEventListener(change, draw);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/**
 * A cleared canvas, to be drawn on in CSS pixels, and the colours of the style sheet.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function begin(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const [pixelWidth, pixelHeight] = [width, height].map((n) => Math.round(n * devicePixelRatio));
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineCap = context.lineJoin = "round";
  const style = getComputedStyle(canvas);
  const color = (/** @type {string} */ name) => style.getPropertyValue(name);
  return { context, width, height, color };
}

/** How near a handle a press must be, in CSS pixels: fingers are less exact. */
const REACH = { mouse: 16, pen: 22, touch: 30 };

/**
 * The nearest of some places that lies within `reach`, by its name.
 *
 * @template {string | number} Name
 * @param {Point} point
 * @param {number} reach
 * @param {[Name, Point][]} places
 * @returns {Name | undefined}
 */
export function nearest([x, y], reach, places) {
  const distances = places.map(([, at]) => Math.hypot(at[0] - x, at[1] - y));
  const least = Math.min(...distances);
  return least <= reach ? places[distances.indexOf(least)][0] : undefined;
}

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * What can be dragged on a canvas. A finger that lands elsewhere scrolls the page, as ever. On the keyboard, Enter
 * chooses the next handle, and arrow keys move it, ten times as far with Shift.
 *
 * All points are in CSS pixels from the canvas's upper left.
 *
 * @template {string | number} Name
 * @typedef {{
 *   handles: () => [Name, Point][],
 *   reach?: () => number,
 *   pick?: (handle: Name) => void,
 *   move: (handle: Name, point: Point, start: Point) => void,
 *   drop?: (handle: Name) => void,
 *   press?: (point: Point) => void,
 * }} Dragging  `reach` is how large handles are, if they are large; `press` is a press that meets none
 */

/** @template {string | number} Name */
export class Handles {
  /** @type {{ name: Name, start: Point, pressed: Point } | undefined} */
  #held;
  #turn = 0; // which handle the keyboard moves

  /** @param {HTMLCanvasElement} canvas @param {Dragging<Name>} does */
  constructor(canvas, does) {
    this.canvas = canvas;
    this.does = does;
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", () => this.#drop());
    canvas.addEventListener("pointercancel", () => this.#drop());
    canvas.addEventListener("touchstart", (event) => this.#claim(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#type(event));
  }

  /** @param {{ clientX: number, clientY: number }} event @returns {Point} */
  #pointOf({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  /** @param {Point} point @param {string} pointer a mouse, a pen or a touch */
  #at(point, pointer) {
    const reach = REACH[/** @type {"mouse"} */ (pointer)] ?? REACH.mouse;
    return nearest(point, Math.max(reach, this.does.reach?.() ?? 0), this.does.handles());
  }

  /** The place of every handle; of several with one name it is the first. */
  #places() {
    return new Map(this.does.handles().reverse());
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const pressed = this.#pointOf(event);
    const name = this.#at(pressed, event.pointerType);
    if (name === undefined) return this.does.press?.(pressed);
    this.#held = { name, pressed, start: /** @type {Point} */ (this.#places().get(name)) };
    this.does.pick?.(name);
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.style.cursor = "grabbing";
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const [x, y] = this.#pointOf(event);
    if (this.#held) {
      const { name, start, pressed } = this.#held;
      this.does.move(name, [start[0] + x - pressed[0], start[1] + y - pressed[1]], start);
    } else {
      this.canvas.style.cursor = this.#at([x, y], "mouse") === undefined ? "" : "grab";
    }
  }

  #drop() {
    if (this.#held) this.does.drop?.(this.#held.name);
    this.#held = undefined;
    this.canvas.style.cursor = "";
  }

  /** A touch that meets a handle drags it, and does not scroll. @param {TouchEvent} event */
  #claim(event) {
    const name = this.#at(this.#pointOf(event.touches[0]), "touch");
    if (name !== undefined) event.preventDefault();
  }

  /** @returns {[Name, Point] | undefined} what the keyboard moves */
  #chosen() {
    const places = [...this.#places()].reverse();
    return places[this.#turn % places.length];
  }

  /** @param {KeyboardEvent} event */
  #type(event) {
    if (event.key === "Enter") this.#turn += 1;
    const [arrow, chosen] = [ARROWS[event.key], this.#chosen()];
    if (!arrow || !chosen) return;
    event.preventDefault();
    const [name, start] = chosen;
    const far = event.shiftKey ? 40 : 4;
    this.does.pick?.(name);
    this.does.move(name, [start[0] + arrow[0] * far, start[1] + arrow[1] * far], start);
    this.does.drop?.(name);
  }

  /** Draw a ring about the handle that the keyboard moves, while it does. */
  drawFocus() {
    const chosen = this.#chosen();
    if (!chosen || !this.canvas.matches(":focus-visible")) return;
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const strokeStyle = getComputedStyle(this.canvas).getPropertyValue("--accent");
    Object.assign(context, { strokeStyle, lineWidth: 2 });
    context.setLineDash([4, 4]);
    context.beginPath();
    context.arc(...chosen[1], 24, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
  }
}

/** Let the space bar act, but for where it is a control's own key. @param {() => void} act */
export function spaceBar(act) {
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const isControl = target instanceof Element && target.closest("button, select, input, summary");
    if (event.code !== "Space" || isControl) return;
    event.preventDefault();
    if (!event.repeat) act();
  });
}

/** How long something takes, on average: browsers round the time of a single short call. */
export class Stopwatch {
  count = 0;
  milliseconds = 0;

  /** @template T @param {() => T} run @returns {T} */
  time(run) {
    const before = performance.now();
    const result = run();
    this.milliseconds += performance.now() - before;
    this.count += 1;
    return result;
  }

  /** In microseconds, as text. */
  toString() {
    if (!this.count) return "–";
    return Math.round((1000 * this.milliseconds) / this.count).toLocaleString("en");
  }
}

/**
 * How long one of many calls takes, in microseconds: the least of some averages, so that what else the machine does
 * counts little.
 *
 * @param {() => void} run
 * @param {number} enough milliseconds to spend
 */
export function microseconds(run, enough) {
  run(); // engines compile while the first calls run
  const times = [];
  for (let spent = 0, count = 1; spent < enough || !times.length; count *= 2) {
    const before = performance.now();
    for (let call = 0; call < count; call += 1) run();
    const taken = performance.now() - before;
    spent += taken;
    if (taken > 2) times.push((1000 * taken) / count);
  }
  return Math.min(...times);
}

/** How large the page's WebAssembly is, as text, if the browser tells. */
export function moduleSize() {
  const entry = performance.getEntriesByType("resource").find(({ name }) => name.endsWith(".wasm"));
  const size = entry instanceof PerformanceResourceTiming ? entry.decodedBodySize : 0;
  return size ? `${(size / 1000).toFixed(1)} kB` : "–";
}
