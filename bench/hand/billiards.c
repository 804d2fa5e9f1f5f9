/* DiffTaichi's billiards: the loss after 1024 steps, and its derivatives by the cue ball's position and velocity.
 *
 * All ordered pairs are asked in every step, and those that hit are put on a tape: all else is linear, so the reverse
 * sweep needs nothing but them.
 */

#include "run.h"

#define BALLS 11
#define LAYERS 4
#define STEPS 1024
#define TARGET 10

static const double RADIUS = 0.03;
static const double TIME_STEP = 0.003;
static const double ELASTICITY = 0.8;
static const double GUARD = 1e-6;
static const double SLOWEST = -1e-3;
static const double GOAL_X = 0.9;
static const double GOAL_Y = 0.75;

typedef struct {
  double x, y;
} Vec2;

static inline Vec2 add(Vec2 a, Vec2 b) { return (Vec2){a.x + b.x, a.y + b.y}; }
static inline Vec2 sub(Vec2 a, Vec2 b) { return (Vec2){a.x - b.x, a.y - b.y}; }
static inline Vec2 scale(double s, Vec2 a) { return (Vec2){s * a.x, s * a.y}; }
static inline double dot(Vec2 a, Vec2 b) { return a.x * b.x + a.y * b.y; }
static inline double smaller(double a, double b) { return a < b ? a : b; }

double x[4];
double answer[5];

static Vec2 position[BALLS], velocity[BALLS], ahead[BALLS];
static Vec2 position_bar[BALLS], velocity_bar[BALLS];

/* Ball i is hit by ball j: where they are apart, and how they move against each other. */
typedef struct {
  int i, j;
  Vec2 apart, moving;
  double distance;
} Hit;

static Hit tape[STEPS * BALLS * (BALLS - 1)];
/* How many hits there are before each step. */
static int hits_before[STEPS + 1];

static void set_up(void) {
  position[0] = (Vec2){x[0], x[1]};
  velocity[0] = (Vec2){x[2], x[3]};
  for (int layer = 0, ball = 1; layer < LAYERS; layer++)
    for (int k = 0; k <= layer; k++, ball++) {
      position[ball] = (Vec2){2 * layer * RADIUS + 0.5, 2 * k * RADIUS + 0.5 - 0.7 * layer * RADIUS};
      velocity[ball] = (Vec2){0, 0};
    }
}

/* One step; gives the number of hits with those of this step. */
static int advance(int hits) {
  Vec2 impulses[BALLS], shifts[BALLS];
  for (int i = 0; i < BALLS; i++) ahead[i] = add(position[i], scale(TIME_STEP, velocity[i]));
  for (int i = 0; i < BALLS; i++) {
    Vec2 impulse_sum = {0, 0}, shift_sum = {0, 0};
    for (int j = 0; j < BALLS; j++) {
      if (i == j) continue;
      Vec2 apart = sub(ahead[i], ahead[j]);
      double distance = __builtin_sqrt(dot(apart, apart));
      if (!(distance < 2 * RADIUS)) continue;
      Vec2 direction = scale(1 / (GUARD + distance), apart);
      Vec2 moving = sub(velocity[i], velocity[j]);
      double approach = dot(direction, moving);
      if (!(approach < 0)) continue;
      Vec2 impulse = scale(-(1 + ELASTICITY) / 2 * approach, direction);
      double time_of_impact = (distance - 2 * RADIUS) / smaller(SLOWEST, approach);
      impulse_sum = add(impulse_sum, impulse);
      shift_sum = add(shift_sum, scale(smaller(time_of_impact - TIME_STEP, 0), impulse));
      tape[hits++] = (Hit){i, j, apart, moving, distance};
    }
    impulses[i] = impulse_sum;
    shifts[i] = shift_sum;
  }
  for (int i = 0; i < BALLS; i++) {
    velocity[i] = add(velocity[i], impulses[i]);
    position[i] = add(add(position[i], shifts[i]), scale(TIME_STEP, velocity[i]));
  }
  return hits;
}

/* Cotangents of a hit's impulse and shift to those of the state before the step. */
static void hit_back(const Hit *hit, Vec2 impulse_bar, Vec2 shift_bar) {
  double inverse = 1 / (GUARD + hit->distance);
  Vec2 direction = scale(inverse, hit->apart);
  double approach = dot(direction, hit->moving);
  double factor = -(1 + ELASTICITY) / 2;
  Vec2 impulse = scale(factor * approach, direction);
  double slow = smaller(SLOWEST, approach);
  double time_of_impact = (hit->distance - 2 * RADIUS) / slow;
  double early = smaller(time_of_impact - TIME_STEP, 0);

  impulse_bar = add(impulse_bar, scale(early, shift_bar));
  double time_bar = early < 0 ? dot(shift_bar, impulse) : 0;
  double slow_bar = -time_bar * time_of_impact / slow;
  double approach_bar = factor * dot(impulse_bar, direction) + (approach < SLOWEST ? slow_bar : 0);
  Vec2 direction_bar = add(scale(factor * approach, impulse_bar), scale(approach_bar, hit->moving));
  double distance_bar = time_bar / slow - dot(direction_bar, direction) * inverse;

  Vec2 apart_bar = add(scale(inverse, direction_bar), scale(distance_bar / hit->distance, hit->apart));
  Vec2 moving_bar = add(scale(approach_bar, direction), scale(TIME_STEP, apart_bar));
  position_bar[hit->i] = add(position_bar[hit->i], apart_bar);
  position_bar[hit->j] = sub(position_bar[hit->j], apart_bar);
  velocity_bar[hit->i] = add(velocity_bar[hit->i], moving_bar);
  velocity_bar[hit->j] = sub(velocity_bar[hit->j], moving_bar);
}

static void advance_back(int step) {
  Vec2 impulse_bar[BALLS], shift_bar[BALLS];
  int first = hits_before[step], last = hits_before[step + 1];
  for (int i = 0; i < BALLS; i++)
    velocity_bar[i] = add(velocity_bar[i], scale(TIME_STEP, position_bar[i]));
  if (first == last) return;
  for (int i = 0; i < BALLS; i++) {
    impulse_bar[i] = velocity_bar[i];
    shift_bar[i] = position_bar[i];
  }
  for (int k = last - 1; k >= first; k--) {
    int i = tape[k].i;
    hit_back(&tape[k], impulse_bar[i], shift_bar[i]);
  }
}

void run(void) {
  int hits = 0;
  set_up();
  for (int step = 0; step < STEPS; step++) {
    hits_before[step] = hits;
    hits = advance(hits);
  }
  hits_before[STEPS] = hits;

  Vec2 miss = sub(position[TARGET], (Vec2){GOAL_X, GOAL_Y});
  for (int i = 0; i < BALLS; i++) position_bar[i] = velocity_bar[i] = (Vec2){0, 0};
  position_bar[TARGET] = scale(2, miss);
  for (int step = STEPS - 1; step >= 0; step--) advance_back(step);

  answer[0] = dot(miss, miss);
  answer[1] = position_bar[0].x;
  answer[2] = position_bar[0].y;
  answer[3] = velocity_bar[0].x;
  answer[4] = velocity_bar[0].y;
}
