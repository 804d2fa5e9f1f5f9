// DiffTaichi's mass-spring robot D by hand: plain JavaScript, with the algorithm and the tape of robot.c.
//
// Vectors lie flat, x and y side by side, and every array is made once.

import * as scene from "../js/robot.mjs";

const { DAMPING, GOAL, GRAVITY, GROUND, GUARD, HEAD, HIDDEN, INPUTS } = scene;
const { OBJECTS, SENSITIVITY, SLOWEST_FALL, SPRINGS, STEPS, TIME_STEP, WAVES, WAVE_SPEED } = scene;

const DECAY = Math.exp(-TIME_STEP * DAMPING);
const STATE = 2 * OBJECTS;

const column = (k) => Float64Array.from(scene.springs, (spring) => spring[k]);
/** Where in an array of vectors the ends of each spring are. */
const ends = (k) => Int32Array.from(scene.springs, (spring) => 2 * spring[k]);
const [froms, tos] = [ends(0), ends(1)];
const restLength = column(2);
const stiffness = column(3).map((value) => TIME_STEP * value);
const actuation = column(4);
const atStart = Float64Array.from(scene.objects.flat());

/** Where the parts of the network begin in the argument, and behind the loss in the answer. */
const WEIGHTS1 = 0;
const BIAS1 = WEIGHTS1 + HIDDEN * INPUTS;
const WEIGHTS2 = BIAS1 + HIDDEN;
const BIAS2 = WEIGHTS2 + SPRINGS * HIDDEN;
const SIZE = BIAS2 + SPRINGS;

const zeros = (size) => new Float64Array(size);

const position = zeros(STATE);
const velocity = zeros(STATE);
const pulls = zeros(STATE);

const answer = zeros(1 + SIZE);
const bar = answer.subarray(1);
const positionBar = zeros(STATE);
const velocityBar = zeros(STATE);
const pullsBar = zeros(STATE);
const tensionBar = zeros(SPRINGS);
const hiddenBar = zeros(HIDDEN);
const inputsBar = zeros(INPUTS);

/** What the reverse sweep needs of each step; `falling` is the velocity behind the springs and gravity. */
const tape = Array.from({ length: STEPS }, () => ({
  position: zeros(STATE),
  falling: zeros(STATE),
  inputs: zeros(INPUTS),
  hidden: zeros(HIDDEN),
  tension: zeros(SPRINGS),
}));

const feel = (inputs, step) => {
  const phase = WAVE_SPEED * TIME_STEP * step;
  let centerX = 0;
  let centerY = 0;
  for (let k = 0; k < STATE; k += 2) {
    centerX += position[k];
    centerY += position[k + 1];
  }
  centerX /= OBJECTS;
  centerY /= OBJECTS;
  for (let j = 0; j < WAVES; j++) inputs[j] = Math.sin(phase + ((2 * Math.PI) / WAVES) * j);
  let at = WAVES;
  for (let k = 0; k < STATE; k += 2) {
    inputs[at++] = SENSITIVITY * (position[k] - centerX);
    inputs[at++] = SENSITIVITY * (position[k + 1] - centerY);
    inputs[at++] = SENSITIVITY * velocity[k];
    inputs[at++] = SENSITIVITY * velocity[k + 1];
  }
  inputs[at++] = GOAL[0] - centerX;
  inputs[at] = GOAL[1] - centerY;
};

/** tanh(W · given + b), W and b being parts of the network. */
const layer = (network, weights, bias, given, units) => {
  for (let i = 0, at = weights; i < units.length; i++) {
    let sum = 0;
    for (let k = 0; k < given.length; k++) sum += network[at++] * given[k];
    units[i] = Math.tanh(sum + network[bias + i]);
  }
};

const lands = (y, fall) => y + TIME_STEP * fall < GROUND && fall < SLOWEST_FALL;

const pull = (tension) => {
  pulls.fill(0);
  for (let s = 0; s < SPRINGS; s++) {
    const a = froms[s];
    const b = tos[s];
    const dx = position[a] - position[b];
    const dy = position[a + 1] - position[b + 1];
    const length = Math.sqrt(dx * dx + dy * dy) + GUARD;
    const wanted = restLength[s] * (1 + actuation[s] * tension[s]);
    const factor = (stiffness[s] * (length - wanted)) / length;
    pulls[a] -= factor * dx;
    pulls[a + 1] -= factor * dy;
    pulls[b] += factor * dx;
    pulls[b + 1] += factor * dy;
  }
};

const move = (falling) => {
  for (let k = 0; k < STATE; k += 2) {
    const dx = (falling[k] = DECAY * velocity[k] + pulls[k]);
    const dy = (falling[k + 1] = DECAY * velocity[k + 1] + TIME_STEP * GRAVITY + pulls[k + 1]);
    const landing = lands(position[k + 1], dy);
    const time = landing ? (GROUND - position[k + 1]) / dy : TIME_STEP;
    position[k] += time * dx;
    position[k + 1] += time * dy;
    velocity[k] = landing ? 0 : dx;
    velocity[k + 1] = landing ? 0 : dy;
  }
};

const advance = (network, step) => {
  const frame = tape[step];
  frame.position.set(position);
  feel(frame.inputs, step);
  layer(network, WEIGHTS1, BIAS1, frame.inputs, frame.hidden);
  layer(network, WEIGHTS2, BIAS2, frame.hidden, frame.tension);
  pull(frame.tension);
  move(frame.falling);
};

/** The state's cotangents to those before the move, and to those of what the springs add to the velocities. */
const moveBack = ({ position, falling }) => {
  for (let k = 0; k < STATE; k += 2) {
    const fall = falling[k + 1];
    if (lands(position[k + 1], fall)) {
      const time = (GROUND - position[k + 1]) / fall;
      const timeBar = (positionBar[k] * falling[k] + positionBar[k + 1] * fall) / fall;
      pullsBar[k] = time * positionBar[k];
      pullsBar[k + 1] = time * positionBar[k + 1] - timeBar * time;
      positionBar[k + 1] -= timeBar;
    } else {
      pullsBar[k] = velocityBar[k] + TIME_STEP * positionBar[k];
      pullsBar[k + 1] = velocityBar[k + 1] + TIME_STEP * positionBar[k + 1];
    }
    velocityBar[k] = DECAY * pullsBar[k];
    velocityBar[k + 1] = DECAY * pullsBar[k + 1];
  }
};

const pullBack = ({ position, tension }) => {
  for (let s = 0; s < SPRINGS; s++) {
    const a = froms[s];
    const b = tos[s];
    const dx = position[a] - position[b];
    const dy = position[a + 1] - position[b + 1];
    const norm = Math.sqrt(dx * dx + dy * dy);
    const length = norm + GUARD;
    const wanted = restLength[s] * (1 + actuation[s] * tension[s]);
    const slope = stiffness[s] / length;
    const px = pullsBar[b] - pullsBar[a];
    const py = pullsBar[b + 1] - pullsBar[a + 1];
    const factorBar = slope * (px * dx + py * dy);
    const lengthBar = (factorBar * wanted) / length / norm;
    const factor = slope * (length - wanted);
    const dxBar = factor * px + lengthBar * dx;
    const dyBar = factor * py + lengthBar * dy;
    tensionBar[s] = -factorBar * restLength[s] * actuation[s];
    positionBar[a] += dxBar;
    positionBar[a + 1] += dyBar;
    positionBar[b] -= dxBar;
    positionBar[b + 1] -= dyBar;
  }
};

/** Transpose of `layer`: adds to the derivatives of its parts, and gives those of what it was given. */
const layerBack = (network, weights, bias, given, givenBar, units, unitsBar) => {
  givenBar.fill(0);
  for (let i = 0, at = weights; i < units.length; i++) {
    const sumBar = unitsBar[i] * (1 - units[i] * units[i]);
    bar[bias + i] += sumBar;
    for (let k = 0; k < given.length; k++, at++) {
      bar[at] += sumBar * given[k];
      givenBar[k] += sumBar * network[at];
    }
  }
};

const feelBack = () => {
  let centerX = -inputsBar[INPUTS - 2];
  let centerY = -inputsBar[INPUTS - 1];
  let at = WAVES;
  for (let k = 0; k < STATE; k += 2) {
    const x = SENSITIVITY * inputsBar[at++];
    const y = SENSITIVITY * inputsBar[at++];
    positionBar[k] += x;
    positionBar[k + 1] += y;
    centerX -= x;
    centerY -= y;
    velocityBar[k] += SENSITIVITY * inputsBar[at++];
    velocityBar[k + 1] += SENSITIVITY * inputsBar[at++];
  }
  for (let k = 0; k < STATE; k += 2) {
    positionBar[k] += centerX / OBJECTS;
    positionBar[k + 1] += centerY / OBJECTS;
  }
};

const advanceBack = (network, step) => {
  const frame = tape[step];
  const { inputs, hidden, tension } = frame;
  moveBack(frame);
  pullBack(frame);
  layerBack(network, WEIGHTS2, BIAS2, hidden, hiddenBar, tension, tensionBar);
  layerBack(network, WEIGHTS1, BIAS1, inputs, inputsBar, hidden, hiddenBar);
  feelBack();
};

const lossAndGrad = (network) => {
  position.set(atStart);
  velocity.fill(0);
  for (let step = 0; step < STEPS; step++) advance(network, step);

  answer.fill(0);
  answer[0] = -position[2 * HEAD];
  positionBar.fill(0);
  velocityBar.fill(0);
  positionBar[2 * HEAD] = -1;
  for (let step = STEPS - 1; step >= 0; step--) advanceBack(network, step);
  return answer;
};

export const make = () => lossAndGrad;
