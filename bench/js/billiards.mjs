// The billiards table of DiffTaichi: the constants and the start, shared by every peer in JavaScript.

export const STEPS = 1024;
export const LAYERS = 4;
export const BALLS = 1 + (LAYERS * (LAYERS + 1)) / 2;
export const RADIUS = 0.03;
export const ELASTICITY = 0.8;
export const TIME_STEP = 0.003;
export const GOAL = [0.9, 0.75];
export const TARGET = BALLS - 1;

/** Positions of the balls at rest: a triangle that opens to the right. */
export const triangle = () =>
  Array.from({ length: LAYERS }, (_, layer) =>
    Array.from({ length: layer + 1 }, (_, k) => [
      2 * layer * RADIUS + 0.5,
      2 * k * RADIUS + 0.5 - 0.7 * layer * RADIUS,
    ]),
  ).flat();
