// DiffTaichi's mass-spring robot D: its constants and tables, shared by every peer in JavaScript.

import { readFileSync } from "node:fs";

const FILE = new URL("../../examples/robot/robot.json", import.meta.url);

/** `objects` as [x, y], `springs` as [a, b, rest length, stiffness, actuation]. */
export const { objects, springs } = JSON.parse(readFileSync(FILE));

export const OBJECTS = objects.length;
export const SPRINGS = springs.length;
export const STEPS = 1364;
export const WAVES = 10;
export const HIDDEN = 32;
export const INPUTS = WAVES + 4 * OBJECTS + 2;
export const HEAD = 0;
export const TIME_STEP = 0.004;
export const GRAVITY = -4.8;
export const DAMPING = 15;
export const GROUND = 0.1;
export const GOAL = [0.9, 0.2];
export const WAVE_SPEED = 10;
export const SENSITIVITY = 0.05;
export const SLOWEST_FALL = -1e-4;
export const GUARD = 1e-4;

/** The parts of the network, as shapes; the argument has them one after the other. */
export const PARTS = {
  weights1: [HIDDEN, INPUTS],
  bias1: [HIDDEN],
  weights2: [SPRINGS, HIDDEN],
  bias2: [SPRINGS],
};

/** The network of an argument: per part an array of numbers, or of rows of them. */
export const network = (x) => {
  let start = 0;
  const take = (count) => Array.from(x.subarray(start, (start += count)));
  const part = ([rows, columns]) =>
    columns === undefined ? take(rows) : Array.from({ length: rows }, () => take(columns));
  return Object.fromEntries(Object.entries(PARTS).map(([name, shape]) => [name, part(shape)]));
};
