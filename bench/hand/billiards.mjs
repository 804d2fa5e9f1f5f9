// Billiards by hand: plain JavaScript, forward and reverse, for information beside the compilers.
//
// Between contacts everything is linear, so the reverse sweep needs only the pairs that touched,
// with their relative position and velocity. The two orders of a pair are mirror images, exactly
// so in floating point too, and are taken together.

import * as scene from "../js/billiards.mjs";

const { BALLS, ELASTICITY, GOAL, RADIUS, STEPS, TARGET, TIME_STEP } = scene;

const TOUCH = 2 * RADIUS;
// Spares the square root for nearly all pairs; the margin leaves the borderline to the real test.
const TOUCH_SQUARED = TOUCH * TOUCH * (1 + 1e-9);
const BOUNCE = -(1 + ELASTICITY) / 2;
const GUARD = 1e-6;
const SLOWEST = -1e-3;

const SIZE = 2 * BALLS;

const zeros = () => new Float64Array(SIZE);
const atRest = Float64Array.from(scene.triangle().flat());

const position = zeros();
const velocity = zeros();
/** Where each ball would be after the step if nothing were in its way. */
const ahead = zeros();
const impulse = zeros();
const shift = zeros();

const positionBar = zeros();
const velocityBar = zeros();
const impulseBar = zeros();
const shiftBar = zeros();

/** Contacts in order: { step, a, b, dx, dy, ux, uy, distance }, a and b being offsets. */
const contacts = [];

/** What both sweeps need of a contact, from its relative position `d` and velocity `u`. */
const response = (dx, dy, ux, uy, distance) => {
  const inverse = 1 / (GUARD + distance);
  const nx = dx * inverse;
  const ny = dy * inverse;
  const approach = nx * ux + ny * uy;
  const speed = Math.min(SLOWEST, approach);
  const impactTime = (distance - TOUCH) / speed;
  const early = Math.min(impactTime - TIME_STEP, 0);
  return { inverse, nx, ny, approach, speed, impactTime, early };
};

const setUp = (x) => {
  position.set(x.subarray(0, 2));
  position.set(atRest, 2);
  velocity.fill(0);
  velocity.set(x.subarray(2));
  contacts.length = 0;
};

/** Add the contact of the balls at offsets `a` and `b` to impulse and shift, if there is one. */
const collide = (step, a, b) => {
  const ux = velocity[a] - velocity[b];
  const uy = velocity[a + 1] - velocity[b + 1];
  const dx = ahead[a] - ahead[b];
  const dy = ahead[a + 1] - ahead[b + 1];
  const distance = Math.sqrt(dx * dx + dy * dy);
  const { nx, ny, approach, early } = response(dx, dy, ux, uy, distance);
  if (!(distance < TOUCH && approach < 0)) return;

  contacts.push({ step, a, b, dx, dy, ux, uy, distance });
  const px = BOUNCE * approach * nx;
  const py = BOUNCE * approach * ny;
  impulse[a] += px;
  impulse[a + 1] += py;
  impulse[b] -= px;
  impulse[b + 1] -= py;
  shift[a] += early * px;
  shift[a + 1] += early * py;
  shift[b] -= early * px;
  shift[b + 1] -= early * py;
};

const collideAll = (step) => {
  for (let k = 0; k < SIZE; k++) ahead[k] = position[k] + TIME_STEP * velocity[k];
  for (let a = 0; a < SIZE; a += 2) {
    const x = ahead[a];
    const y = ahead[a + 1];
    for (let b = a + 2; b < SIZE; b += 2) {
      const dx = x - ahead[b];
      const dy = y - ahead[b + 1];
      if (dx * dx + dy * dy < TOUCH_SQUARED) collide(step, a, b);
    }
  }
};

const advance = (step) => {
  const quiet = contacts.length;
  collideAll(step);
  if (contacts.length > quiet) {
    for (let k = 0; k < SIZE; k++) {
      velocity[k] += impulse[k];
      position[k] += shift[k];
    }
    impulse.fill(0);
    shift.fill(0);
  }
  for (let k = 0; k < SIZE; k++) position[k] += TIME_STEP * velocity[k];
};

/** Transpose of `collide`: cotangents of impulse and shift to those of the state before. */
const collideBack = ({ a, b, dx, dy, ux, uy, distance }) => {
  const met = response(dx, dy, ux, uy, distance);
  const { inverse, nx, ny, approach, speed, impactTime, early } = met;
  const px = BOUNCE * approach * nx;
  const py = BOUNCE * approach * ny;
  const sx = shiftBar[a] - shiftBar[b];
  const sy = shiftBar[a + 1] - shiftBar[b + 1];
  const pxBar = impulseBar[a] - impulseBar[b] + early * sx;
  const pyBar = impulseBar[a + 1] - impulseBar[b + 1] + early * sy;

  const impactTimeBar = early < 0 ? sx * px + sy * py : 0;
  const speedBar = approach < SLOWEST ? (-impactTimeBar * impactTime) / speed : 0;
  const approachBar = BOUNCE * (pxBar * nx + pyBar * ny) + speedBar;
  const nxBar = BOUNCE * approach * pxBar + approachBar * ux;
  const nyBar = BOUNCE * approach * pyBar + approachBar * uy;
  const distanceBar = impactTimeBar / speed - (nxBar * nx + nyBar * ny) * inverse;

  const dxBar = nxBar * inverse + (distanceBar * dx) / distance;
  const dyBar = nyBar * inverse + (distanceBar * dy) / distance;
  const uxBar = approachBar * nx + TIME_STEP * dxBar;
  const uyBar = approachBar * ny + TIME_STEP * dyBar;
  positionBar[a] += dxBar;
  positionBar[a + 1] += dyBar;
  positionBar[b] -= dxBar;
  positionBar[b + 1] -= dyBar;
  velocityBar[a] += uxBar;
  velocityBar[a + 1] += uyBar;
  velocityBar[b] -= uxBar;
  velocityBar[b + 1] -= uyBar;
};

/** Transpose of `advance`. `last` is the latest contact not yet swept; so is what it returns. */
const advanceBack = (step, last) => {
  for (let k = 0; k < SIZE; k++) velocityBar[k] += TIME_STEP * positionBar[k];
  if (last < 0 || contacts[last].step < step) return last;
  // Every contact of a step reads the cotangents after it, whatever the others add before it.
  impulseBar.set(velocityBar);
  shiftBar.set(positionBar);
  while (last >= 0 && contacts[last].step === step) collideBack(contacts[last--]);
  return last;
};

const answer = new Float64Array(5);

const lossAndGrad = (point) => {
  setUp(point);
  for (let step = 0; step < STEPS; step++) advance(step);
  const x = position[2 * TARGET] - GOAL[0];
  const y = position[2 * TARGET + 1] - GOAL[1];

  velocityBar.fill(0);
  positionBar.fill(0);
  positionBar[2 * TARGET] = 2 * x;
  positionBar[2 * TARGET + 1] = 2 * y;
  let last = contacts.length - 1;
  for (let step = STEPS - 1; step >= 0; step--) last = advanceBack(step, last);
  answer[0] = x * x + y * y;
  answer.set(positionBar.subarray(0, 2), 1);
  answer.set(velocityBar.subarray(0, 2), 3);
  return answer;
};

export const make = () => lossAndGrad;
