// The walking robot for npm rose, in the design of its authors' examples, in our words.
//
// A function for each of what a step does, one for the step, and one that calls the step 1364 times. Both outcomes of a fall
// are computed, and one is selected. tanh and sin are JavaScript's, since rose has no other.

import { Dual, Real, Vec, add, and, div, fn, lt, mul, neg, opaque, select, sqrt, sub, vec, vjp } from "rose";

import * as robot from "../../js/robot.mjs";

const { OBJECTS, SPRINGS, STEPS, WAVES, HIDDEN, INPUTS, HEAD, TIME_STEP, GRAVITY, GROUND, GOAL } = robot;
const { SENSITIVITY, objects, springs } = robot;
const DECAY = Math.exp(-TIME_STEP * robot.DAMPING);

const Point = Vec(2, Real);
const Points = Vec(OBJECTS, Point);
const Body = { positions: Points, velocities: Points };
const Inputs = Vec(INPUTS, Real);
const Tensions = Vec(SPRINGS, Real);
const Network = {
  weights1: Vec(HIDDEN, Inputs),
  bias1: Vec(HIDDEN, Real),
  weights2: Vec(SPRINGS, Vec(HIDDEN, Real)),
  bias2: Tensions,
};

const tanh = opaque([Real], Real, Math.tanh);
tanh.jvp = fn([Dual], Dual, ({ re: x, du: dx }) => {
  const y = tanh(x);
  return { re: y, du: mul(dx, sub(1, mul(y, y))) };
});

const sine = opaque([Real], Real, Math.sin);
const cosine = opaque([Real], Real, Math.cos);
sine.jvp = fn([Dual], Dual, ({ re: x, du: dx }) => ({ re: sine(x), du: mul(dx, cosine(x)) }));

const total = (values) => values.reduce((sum, value) => add(sum, value));
const dot = (size) =>
  fn([Vec(size, Real), Vec(size, Real)], Real, (a, b) =>
    total(Array.from({ length: size }, (_, k) => mul(a[k], b[k]))),
  );

const feel = fn([Real, Points, Points], Inputs, (phase, positions, velocities) => {
  const at = [...positions].map((position) => [...position]);
  const center = [0, 1].map((axis) => div(total(at.map((position) => position[axis])), OBJECTS));
  const waves = Array.from({ length: WAVES }, (_, j) => sine(add(phase, ((2 * Math.PI) / WAVES) * j)));
  const poses = at.flatMap(([x, y], k) => [
    mul(SENSITIVITY, sub(x, center[0])),
    mul(SENSITIVITY, sub(y, center[1])),
    mul(SENSITIVITY, velocities[k][0]),
    mul(SENSITIVITY, velocities[k][1]),
  ]);
  return [...waves, ...poses, sub(GOAL[0], center[0]), sub(GOAL[1], center[1])];
});

const dotInputs = dot(INPUTS);
const dotHidden = dot(HIDDEN);

/** Loops over the units: unrolled, they have too many locals for V8. */
const contract = fn([Network, Inputs], Tensions, ({ weights1, bias1, weights2, bias2 }, inputs) => {
  const hidden = vec(HIDDEN, Real, (i) => tanh(add(dotInputs(weights1[i], inputs), bias1[i])));
  return vec(SPRINGS, Real, (s) => tanh(add(dotHidden(weights2[s], hidden), bias2[s])));
});

/** What a spring does to the velocity of its second object, and with the other sign to that of its first. */
const pull = fn(
  [Point, Point, Real, Real, Real, Real],
  Point,
  (a, b, rest, stiffness, actuation, tension) => {
    const apart = [sub(a[0], b[0]), sub(a[1], b[1])];
    const norm = sqrt(add(mul(apart[0], apart[0]), mul(apart[1], apart[1])));
    const length = add(norm, robot.GUARD);
    const wanted = mul(rest, add(1, mul(actuation, tension)));
    const factor = div(mul(mul(TIME_STEP, stiffness), sub(length, wanted)), length);
    return [mul(factor, apart[0]), mul(factor, apart[1])];
  },
);

const move = fn(
  [Point, Point, Point],
  { position: Point, velocity: Point },
  (position, velocity, pulls) => {
    const fallen = [mul(DECAY, velocity[0]), add(mul(DECAY, velocity[1]), TIME_STEP * GRAVITY)];
    const [x, y] = [add(fallen[0], pulls[0]), add(fallen[1], pulls[1])];
    const below = lt(add(position[1], mul(TIME_STEP, y)), GROUND);
    const lands = and(below, lt(y, robot.SLOWEST_FALL));
    const impact = select(lands, Real, div(sub(GROUND, position[1]), y), TIME_STEP);
    return {
      position: [add(position[0], mul(impact, x)), add(position[1], mul(impact, y))],
      velocity: [select(lands, Real, 0, x), select(lands, Real, 0, y)],
    };
  },
);

const step = fn([Real, Points, Points, Network], Body, (phase, positions, velocities, network) => {
  const tensions = contract(network, feel(phase, positions, velocities));
  const at = [...positions];
  const pulls = objects.map(() => [0, 0]);
  springs.forEach(([a, b, ...spring], s) => {
    const impulse = pull(at[a], at[b], ...spring, tensions[s]);
    for (const axis of [0, 1]) {
      pulls[a][axis] = sub(pulls[a][axis], impulse[axis]);
      pulls[b][axis] = add(pulls[b][axis], impulse[axis]);
    }
  });
  const moved = at.map((position, k) => move(position, velocities[k], pulls[k]));
  return {
    positions: moved.map(({ position }) => position),
    velocities: moved.map(({ velocity }) => velocity),
  };
});

const loss = fn([Network], Real, (network) => {
  let positions = objects;
  let velocities = objects.map(() => [0, 0]);
  for (let t = 0; t < STEPS; t++) {
    const phase = t * robot.WAVE_SPEED * TIME_STEP;
    ({ positions, velocities } = step(phase, positions, velocities, network));
  }
  return neg(positions[HEAD][0]);
});

/** What main.mjs needs: the function to compile, its argument for a point, and one array of its result. */
export const program = () => ({
  gradient: fn([Network], { value: Real, slopes: Network }, (network) => {
    const { ret, grad } = vjp(loss)(network);
    return { value: ret, slopes: grad(1) };
  }),
  given: robot.network,
  read: ({ value, slopes }) => [value, ...Object.keys(robot.PARTS).flatMap((part) => slopes[part].flat())],
});
