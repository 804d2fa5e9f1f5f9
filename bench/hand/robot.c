/* DiffTaichi's mass-spring robot D: the loss after 1364 steps, and its derivatives by the network's weights.
 *
 * The forward sweep puts on a tape, per step, where the objects are, how they move before and after the springs act, and what
 * the network's units say; the reverse sweep recomputes the springs.
 */

#include <math.h>

#include "run.h"
/* OBJECTS, SPRINGS, objects_at_start[][2] and springs[], made from the example's robot.json. */
#include "robot.h"

#define STEPS 1364
#define WAVES 10
#define HIDDEN 32
#define INPUTS (WAVES + 4 * OBJECTS + 2)
#define HEAD 0

static const double TIME_STEP = 0.004;
static const double GRAVITY = -4.8;
static const double DAMPING = 15;
static const double GROUND = 0.1;
static const double GOAL_X = 0.9;
static const double GOAL_Y = 0.2;
static const double WAVE_SPEED = 10;
static const double SENSITIVITY = 0.05;
static const double SLOWEST_FALL = -1e-4;
static const double GUARD = 1e-4;
static const double PI = 3.14159265358979323846;

typedef struct {
  double x, y;
} Vec2;

static inline Vec2 add(Vec2 a, Vec2 b) { return (Vec2){a.x + b.x, a.y + b.y}; }
static inline Vec2 sub(Vec2 a, Vec2 b) { return (Vec2){a.x - b.x, a.y - b.y}; }
static inline Vec2 scale(double s, Vec2 a) { return (Vec2){s * a.x, s * a.y}; }
static inline double dot(Vec2 a, Vec2 b) { return a.x * b.x + a.y * b.y; }

typedef struct {
  double weights1[HIDDEN][INPUTS];
  double bias1[HIDDEN];
  double weights2[SPRINGS][HIDDEN];
  double bias2[SPRINGS];
} Network;

#define SIZE (sizeof(Network) / sizeof(double))

double x[SIZE];
double answer[1 + SIZE];

/* What the reverse sweep needs of a step; `falling` is the velocity behind the springs and gravity. */
typedef struct {
  Vec2 position[OBJECTS], velocity[OBJECTS], falling[OBJECTS];
  double inputs[INPUTS], hidden[HIDDEN], tension[SPRINGS];
} Frame;

static Frame tape[STEPS];
static Vec2 position[OBJECTS], velocity[OBJECTS];
static Vec2 position_bar[OBJECTS], velocity_bar[OBJECTS];

static void feel(Frame *frame, int step) {
  double phase = WAVE_SPEED * TIME_STEP * step;
  double *input = frame->inputs;
  Vec2 center = {0, 0};
  for (int k = 0; k < OBJECTS; k++) center = add(center, position[k]);
  center = (Vec2){center.x / OBJECTS, center.y / OBJECTS};
  for (int j = 0; j < WAVES; j++) *input++ = sin(phase + 2 * PI / WAVES * j);
  for (int k = 0; k < OBJECTS; k++) {
    *input++ = SENSITIVITY * (position[k].x - center.x);
    *input++ = SENSITIVITY * (position[k].y - center.y);
    *input++ = SENSITIVITY * velocity[k].x;
    *input++ = SENSITIVITY * velocity[k].y;
  }
  *input++ = GOAL_X - center.x;
  *input++ = GOAL_Y - center.y;
}

static void contract(const Network *network, Frame *frame) {
  for (int i = 0; i < HIDDEN; i++) {
    double sum = 0;
    for (int k = 0; k < INPUTS; k++) sum += network->weights1[i][k] * frame->inputs[k];
    frame->hidden[i] = tanh(sum + network->bias1[i]);
  }
  for (int s = 0; s < SPRINGS; s++) {
    double sum = 0;
    for (int i = 0; i < HIDDEN; i++) sum += network->weights2[s][i] * frame->hidden[i];
    frame->tension[s] = tanh(sum + network->bias2[s]);
  }
}

static int lands(Vec2 at, Vec2 falling) {
  return at.y + TIME_STEP * falling.y < GROUND && falling.y < SLOWEST_FALL;
}

static void advance(const Network *network, int step) {
  const double decay = exp(-TIME_STEP * DAMPING);
  Frame *frame = &tape[step];
  Vec2 pulls[OBJECTS];
  for (int k = 0; k < OBJECTS; k++) {
    frame->position[k] = position[k];
    frame->velocity[k] = velocity[k];
    pulls[k] = (Vec2){0, 0};
  }
  feel(frame, step);
  contract(network, frame);
  for (int s = 0; s < SPRINGS; s++) {
    const Spring *spring = &springs[s];
    Vec2 apart = sub(position[spring->a], position[spring->b]);
    double length = sqrt(dot(apart, apart)) + GUARD;
    double wanted = spring->rest_length * (1 + spring->actuation * frame->tension[s]);
    Vec2 impulse = scale(TIME_STEP * spring->stiffness * (length - wanted) / length, apart);
    pulls[spring->a] = sub(pulls[spring->a], impulse);
    pulls[spring->b] = add(pulls[spring->b], impulse);
  }
  for (int k = 0; k < OBJECTS; k++) {
    Vec2 falling = add(scale(decay, velocity[k]), (Vec2){0, TIME_STEP * GRAVITY});
    falling = frame->falling[k] = add(falling, pulls[k]);
    if (lands(position[k], falling)) {
      double time_of_impact = (GROUND - position[k].y) / falling.y;
      position[k] = add(position[k], scale(time_of_impact, falling));
      velocity[k] = (Vec2){0, 0};
    } else {
      position[k] = add(position[k], scale(TIME_STEP, falling));
      velocity[k] = falling;
    }
  }
}

/* The state's cotangents to those before the move; gives those of what the springs add to the velocities. */
static void move_back(const Frame *frame, Vec2 pulls_bar[OBJECTS]) {
  const double decay = exp(-TIME_STEP * DAMPING);
  for (int k = 0; k < OBJECTS; k++) {
    Vec2 falling = frame->falling[k], falling_bar;
    if (lands(frame->position[k], falling)) {
      double time_of_impact = (GROUND - frame->position[k].y) / falling.y;
      double time_bar = dot(position_bar[k], falling) / falling.y;
      falling_bar = scale(time_of_impact, position_bar[k]);
      falling_bar.y -= time_bar * time_of_impact;
      position_bar[k].y -= time_bar;
    } else {
      falling_bar = add(velocity_bar[k], scale(TIME_STEP, position_bar[k]));
    }
    velocity_bar[k] = scale(decay, falling_bar);
    pulls_bar[k] = falling_bar;
  }
}

static void springs_back(const Frame *frame, const Vec2 pulls_bar[OBJECTS], double tension_bar[SPRINGS]) {
  for (int s = 0; s < SPRINGS; s++) {
    const Spring *spring = &springs[s];
    Vec2 apart = sub(frame->position[spring->a], frame->position[spring->b]);
    double norm = sqrt(dot(apart, apart));
    double length = norm + GUARD;
    double wanted = spring->rest_length * (1 + spring->actuation * frame->tension[s]);
    double stiffness = TIME_STEP * spring->stiffness / length;
    Vec2 impulse_bar = sub(pulls_bar[spring->b], pulls_bar[spring->a]);
    double factor_bar = stiffness * dot(impulse_bar, apart);
    double length_bar = factor_bar * wanted / length;
    Vec2 apart_bar = scale(stiffness * (length - wanted), impulse_bar);
    apart_bar = add(apart_bar, scale(length_bar / norm, apart));
    tension_bar[s] = -factor_bar * spring->rest_length * spring->actuation;
    position_bar[spring->a] = add(position_bar[spring->a], apart_bar);
    position_bar[spring->b] = sub(position_bar[spring->b], apart_bar);
  }
}

static void network_back(
    const Network *restrict network, Network *restrict bar, const Frame *restrict frame,
    const double tension_bar[restrict SPRINGS], double inputs_bar[restrict INPUTS]) {
  double hidden_bar[HIDDEN] = {0};
  for (int s = 0; s < SPRINGS; s++) {
    double sum_bar = tension_bar[s] * (1 - frame->tension[s] * frame->tension[s]);
    bar->bias2[s] += sum_bar;
    for (int i = 0; i < HIDDEN; i++) {
      bar->weights2[s][i] += sum_bar * frame->hidden[i];
      hidden_bar[i] += sum_bar * network->weights2[s][i];
    }
  }
  for (int k = 0; k < INPUTS; k++) inputs_bar[k] = 0;
  for (int i = 0; i < HIDDEN; i++) {
    double sum_bar = hidden_bar[i] * (1 - frame->hidden[i] * frame->hidden[i]);
    bar->bias1[i] += sum_bar;
    for (int k = 0; k < INPUTS; k++) {
      bar->weights1[i][k] += sum_bar * frame->inputs[k];
      inputs_bar[k] += sum_bar * network->weights1[i][k];
    }
  }
}

static void feel_back(const double inputs_bar[INPUTS]) {
  const double *pose_bar = inputs_bar + WAVES;
  Vec2 center_bar = {-inputs_bar[INPUTS - 2], -inputs_bar[INPUTS - 1]};
  for (int k = 0; k < OBJECTS; k++, pose_bar += 4) {
    Vec2 place_bar = {SENSITIVITY * pose_bar[0], SENSITIVITY * pose_bar[1]};
    position_bar[k] = add(position_bar[k], place_bar);
    velocity_bar[k] = add(velocity_bar[k], (Vec2){SENSITIVITY * pose_bar[2], SENSITIVITY * pose_bar[3]});
    center_bar = sub(center_bar, place_bar);
  }
  center_bar = (Vec2){center_bar.x / OBJECTS, center_bar.y / OBJECTS};
  for (int k = 0; k < OBJECTS; k++) position_bar[k] = add(position_bar[k], center_bar);
}

static void advance_back(const Network *network, Network *bar, int step) {
  const Frame *frame = &tape[step];
  Vec2 pulls_bar[OBJECTS];
  double tension_bar[SPRINGS], inputs_bar[INPUTS];
  move_back(frame, pulls_bar);
  springs_back(frame, pulls_bar, tension_bar);
  network_back(network, bar, frame, tension_bar, inputs_bar);
  feel_back(inputs_bar);
}

void run(void) {
  const Network *network = (const Network *)x;
  Network *bar = (Network *)(answer + 1);
  for (int k = 0; k < OBJECTS; k++) {
    position[k] = (Vec2){objects_at_start[k][0], objects_at_start[k][1]};
    velocity[k] = position_bar[k] = velocity_bar[k] = (Vec2){0, 0};
  }
  for (int step = 0; step < STEPS; step++) advance(network, step);

  answer[0] = -position[HEAD].x;
  for (unsigned k = 1; k <= SIZE; k++) answer[k] = 0;
  position_bar[HEAD].x = -1;
  for (int step = STEPS - 1; step >= 0; step--) advance_back(network, bar, step);
}
