// Billiards for npm rose: the program of SIMULATIONS in its authors' design, in our words.
//
// Their design: a small function for each operation on vectors, one for a pair of balls (both
// outcomes computed, `select` between them), one for a step that is unrolled over the ordered
// pairs, one that calls the step 1024 times and returns every position, and vjp of the loss.

import { Real, Vec, add, and, div, fn, lt, mul, select, sqrt, sub, vec, vjp } from "rose";

import * as scene from "../../js/billiards.mjs";

const { BALLS, ELASTICITY, GOAL, RADIUS, STEPS, TARGET, TIME_STEP } = scene;

const Point = Vec(2, Real);
const Points = Vec(BALLS, Point);
const Balls = { positions: Points, velocities: Points };
const NOTHING = [0, 0];

const vectorHelpers = () => {
  const scale = fn([Real, Point], Point, (factor, a) => vec(2, Real, (k) => mul(factor, a[k])));
  const length = fn([Point], Real, ([x, y]) => sqrt(add(mul(x, x), mul(y, y))));
  return {
    plus: fn([Point, Point], Point, (a, b) => vec(2, Real, (k) => add(a[k], b[k]))),
    minus: fn([Point, Point], Point, (a, b) => vec(2, Real, (k) => sub(a[k], b[k]))),
    scale,
    length,
    dot: fn([Point, Point], Real, (a, b) => add(mul(a[0], b[0]), mul(a[1], b[1]))),
    lower: fn([Real, Real], Real, (a, b) => select(lt(a, b), Real, a, b)),
    direction: fn([Point, Real], Point, (a, guard) => scale(div(1, add(guard, length(a))), a)),
  };
};

/** What ball `a` gets from ball `b` in one step: a change of velocity and one of position. */
const contactOf = ({ plus, minus, scale, length, dot, lower, direction }) =>
  fn(
    [Point, Point, Point, Point],
    { impulse: Point, shift: Point },
    (positionA, positionB, velocityA, velocityB) => {
      const nextA = plus(positionA, scale(TIME_STEP, velocityA));
      const nextB = plus(positionB, scale(TIME_STEP, velocityB));
      const apart = minus(nextA, nextB);
      const distance = length(apart);
      const normal = direction(apart, 1e-6);
      const approach = dot(normal, minus(velocityA, velocityB));
      const hit = and(lt(distance, 2 * RADIUS), lt(approach, 0));

      const push = scale(mul(-(1 + ELASTICITY) / 2, approach), normal);
      const impulse = select(hit, Point, push, NOTHING);
      const impactTime = div(sub(distance, 2 * RADIUS), lower(-1e-3, approach));
      const correction = scale(lower(sub(impactTime, TIME_STEP), 0), impulse);
      return { impulse, shift: select(hit, Point, correction, NOTHING) };
    },
  );

const stepOf = ({ plus, scale }, contact) =>
  fn([Points, Points], Balls, (positionsBefore, velocitiesBefore) => {
    // Read each ball once: in rose every indexing is an instruction, and code, of its own.
    const at = [...positionsBefore];
    const moving = [...velocitiesBefore];
    const moveBall = (_, i) => {
      let impulse = NOTHING;
      let shift = NOTHING;
      for (let j = 0; j < BALLS; j++) {
        if (j === i) continue;
        const given = contact(at[i], at[j], moving[i], moving[j]);
        shift = plus(shift, given.shift);
        impulse = plus(impulse, given.impulse);
      }
      const velocity = plus(moving[i], impulse);
      return { velocity, position: plus(plus(at[i], shift), scale(TIME_STEP, velocity)) };
    };
    const moved = at.map(moveBall);
    return {
      positions: moved.map((ball) => ball.position),
      velocities: moved.map((ball) => ball.velocity),
    };
  });

/** The positions after each step: what the authors' page draws, and their loss reads. */
const filmOf = (step) =>
  fn([Points, Points], Vec(STEPS, Points), (positions, velocities) => {
    const film = [];
    while (film.length < STEPS) {
      ({ positions, velocities } = step(positions, velocities));
      film.push(positions);
    }
    return film;
  });

/** Loss and its derivatives by the cue ball's position and velocity. */
const lossAndGrad = () => {
  const helpers = vectorHelpers();
  const film = filmOf(stepOf(helpers, contactOf(helpers)));
  const missed = fn([Point, Point], Real, (end, goal) => {
    const [x, y] = [sub(end[0], goal[0]), sub(end[1], goal[1])];
    return add(mul(x, x), mul(y, y));
  });
  const Game = { ...Balls, goal: Point, target: BALLS };
  const loss = fn([Game], Real, ({ positions, velocities, goal, target }) =>
    missed(film(positions, velocities)[STEPS - 1][target], goal),
  );
  const Answer = { value: Real, position: Point, velocity: Point };
  return fn([Game], Answer, ({ positions, velocities, goal, target }) => {
    const { ret, grad } = vjp(loss)({ positions, velocities, goal, target });
    const back = grad(1);
    return { value: ret, position: back.positions[0], velocity: back.velocities[0] };
  });
};

const atRest = scene.triangle();
const still = atRest.map(() => [0, 0]);

/** What main.mjs needs: the function to compile, its argument for a point, and one array of its result. */
export const program = () => ({
  gradient: lossAndGrad(),
  given: ([x, y, vx, vy]) => ({
    positions: [[x, y], ...atRest],
    velocities: [[vx, vy], ...still],
    goal: GOAL,
    target: TARGET,
  }),
  read: ({ value, position, velocity }) => [value, ...position, ...velocity],
});
