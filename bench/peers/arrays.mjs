// The workloads as operations on arrays, for engines whose functions `a` has: add, sub, mul, div, sqrt, sin, tanh, minimum,
// less, and, where, sum(x, axis), take(x, places, axis), matmul, reshape, concat(xs, axis), real(nested), index(places).
//
// A sum is { loss(x) }. A simulation is { shapes, steps, start(params), step(t, [position, velocity], params), loss(position) };
// its parameters are arrays of these shapes, and either `start` reads them or, if it `trains`, `step` does.

import * as table from "../js/billiards.mjs";
import * as robot from "../js/robot.mjs";

const range = (count, start = 0) => Array.from({ length: count }, (_, k) => start + k);

const pairs = (a, n) => {
  const one = a.index(range(n).map((i) => i % 100));
  const two = a.index(range(n).map((i) => (7 * i + 3) % 100));
  const offsets = a.real(range(n, 1));
  const loss = (x) => {
    const apart = a.sub(a.take(x, one, 0), a.take(x, two, 0));
    return a.sum(a.sqrt(a.add(a.mul(apart, apart), offsets)));
  };
  return { loss };
};

const tiny = (a, n) => {
  const one = a.index(range(n - 1));
  const two = a.index(range(n - 1, 1));
  const loss = (x) => {
    const apart = a.sub(a.take(x, one, 0), a.take(x, two, 0));
    return a.sum(a.sqrt(a.add(a.mul(apart, apart), 1)));
  };
  return { loss };
};

/** Squares of the rows' lengths, as a column. */
const lengths = (a, rows, count) => {
  const squares = a.sum(a.mul(rows, rows), 1);
  return a.reshape(a.sqrt(squares), [count, 1]);
};

/** All ordered pairs as one array; both outcomes of each are computed, and one is chosen. */
const billiards = (a) => {
  const { BALLS, RADIUS, ELASTICITY, TIME_STEP, STEPS, GOAL, TARGET } = table;
  const places = range(BALLS).flatMap((i) => range(BALLS).filter((j) => j !== i).map((j) => [i, j]));
  const count = places.length;
  const one = a.index(places.map(([i]) => i));
  const two = a.index(places.map(([, j]) => j));
  const others = a.real(table.triangle());
  const still = a.real(table.triangle().map(() => [0, 0]));
  const goal = a.real([GOAL]);
  const slowest = a.real(places.map(() => [-1e-3]));
  const never = a.real(places.map(() => [0]));
  const nothing = a.real(places.map(() => [0, 0]));
  const summed = (rows) => a.sum(a.reshape(rows, [BALLS, BALLS - 1, 2]), 1);

  const [first, second, target] = [[0, 1], [2, 3], [TARGET]].map((places) => a.index(places));
  const start = ([x]) => {
    const cue = (places) => a.reshape(a.take(x, places, 0), [1, 2]);
    return [a.concat([cue(first), others], 0), a.concat([cue(second), still], 0)];
  };
  const step = (_, [position, velocity]) => {
    const ahead = a.add(position, a.mul(velocity, TIME_STEP));
    const apart = a.sub(a.take(ahead, one, 0), a.take(ahead, two, 0));
    const distance = lengths(a, apart, count);
    const direction = a.div(apart, a.add(distance, 1e-6));
    const moving = a.sub(a.take(velocity, one, 0), a.take(velocity, two, 0));
    const approach = a.reshape(a.sum(a.mul(direction, moving), 1), [count, 1]);
    const hit = a.and(a.less(distance, 2 * RADIUS), a.less(approach, 0));
    const push = a.mul(a.mul(approach, -(1 + ELASTICITY) / 2), direction);
    const impulse = a.where(hit, push, nothing);
    const time = a.div(a.sub(distance, 2 * RADIUS), a.minimum(approach, slowest));
    const shift = a.mul(a.minimum(a.sub(time, TIME_STEP), never), impulse);
    const after = a.add(velocity, summed(impulse));
    return [a.add(a.add(position, summed(shift)), a.mul(after, TIME_STEP)), after];
  };
  const loss = (position) => {
    const miss = a.sub(a.take(position, target, 0), goal);
    return a.sum(a.mul(miss, miss));
  };
  return { shapes: [[4]], trains: false, steps: STEPS, start, step, loss };
};

const robotD = (a) => {
  const { OBJECTS, SPRINGS, HIDDEN, INPUTS, WAVES, STEPS, TIME_STEP, GROUND, objects, springs } = robot;
  const column = (values) => a.real(values.map((value) => [value]));
  const field = (k) => column(springs.map((spring) => spring[k]));
  const one = a.index(springs.map(([first]) => first));
  const two = a.index(springs.map(([, second]) => second));
  const [rest, stiffness, actuation] = [2, 3, 4].map(field);
  // What each spring does to each object.
  const pulling = a.real(range(OBJECTS).map((k) => springs.map(([i, j]) => (k === j) - (k === i))));
  const waves = column(range(WAVES).map((j) => ((2 * Math.PI) / WAVES) * j));
  const goal = column(robot.GOAL);
  const gravity = a.real([[0, TIME_STEP * robot.GRAVITY]]);
  const usual = column(objects.map(() => TIME_STEP));
  const nothing = a.real(objects.map(() => [0, 0]));
  const decay = Math.exp(-TIME_STEP * robot.DAMPING);
  const [head, horizontal, vertical] = [robot.HEAD, 0, 1].map((place) => a.index([place]));

  const contract = ([weights1, bias1, weights2, bias2], inputs) => {
    const hidden = a.tanh(a.add(a.matmul(weights1, inputs), bias1));
    return a.tanh(a.add(a.matmul(weights2, hidden), bias2));
  };
  const feel = (t, position, velocity) => {
    const center = a.reshape(a.div(a.sum(position, 0), OBJECTS), [1, 2]);
    const poses = a.mul(a.concat([a.sub(position, center), velocity], 1), robot.SENSITIVITY);
    const time = a.sin(a.add(waves, a.mul(t, robot.WAVE_SPEED * TIME_STEP)));
    const far = a.sub(goal, a.reshape(center, [2, 1]));
    return a.reshape(a.concat([time, a.reshape(poses, [4 * OBJECTS, 1]), far], 0), [INPUTS, 1]);
  };
  const pull = (position, tension) => {
    const apart = a.sub(a.take(position, one, 0), a.take(position, two, 0));
    const length = a.add(lengths(a, apart, SPRINGS), robot.GUARD);
    const wanted = a.mul(rest, a.add(a.mul(actuation, tension), 1));
    const factor = a.div(a.mul(a.mul(stiffness, TIME_STEP), a.sub(length, wanted)), length);
    return a.matmul(pulling, a.mul(factor, apart));
  };
  const step = (t, [position, velocity], network) => {
    const tension = contract(network, feel(t, position, velocity));
    const kept = a.add(a.mul(velocity, decay), gravity);
    const falling = a.add(kept, pull(position, tension));
    const fall = a.take(falling, vertical, 1);
    const height = a.take(position, vertical, 1);
    const below = a.less(a.add(height, a.mul(fall, TIME_STEP)), GROUND);
    const lands = a.and(below, a.less(fall, robot.SLOWEST_FALL));
    const safe = a.where(lands, fall, usual); // so that what is not chosen has a derivative
    const time = a.where(lands, a.div(a.sub(GROUND, height), safe), usual);
    return [a.add(position, a.mul(time, falling)), a.where(lands, nothing, falling)];
  };
  const standing = a.real(objects);
  const start = () => [standing, nothing];
  const loss = (position) => {
    const place = a.take(a.take(position, head, 0), horizontal, 1);
    return a.sum(a.mul(place, -1));
  };
  const shapes = Object.values(robot.PARTS).map(([rows, columns = 1]) => [rows, columns]);
  return { shapes, trains: true, steps: STEPS, start, step, loss };
};

/** The parameters of a simulation at a point, `array(numbers, shape)` making each. */
export const paramsOf = ({ shapes }, x, array) => {
  let begin = 0;
  return shapes.map((shape) => {
    const count = shape.reduce((product, size) => product * size);
    return array(x.subarray(begin, (begin += count)), shape);
  });
};

export const PROGRAMS = { pairs, tiny, billiards, robot: robotD };
