/* Sum over i < N of sqrt((x[i % 100] - x[(7 i + 3) % 100])^2 + i + 1), and its gradient. */

#include "run.h"

#define SIZE 100

double x[SIZE];
double answer[1 + SIZE];

void run(void) {
  double *gradient = answer + 1;
  double sum = 0;
  for (int k = 0; k < SIZE; k++) gradient[k] = 0;
  for (unsigned i = 0; i < N; i++) {
    unsigned a = i % SIZE;
    unsigned b = (7 * i + 3) % SIZE;
    double apart = x[a] - x[b];
    double root = __builtin_sqrt(apart * apart + i + 1);
    double slope = apart / root;
    sum += root;
    gradient[a] += slope;
    gradient[b] -= slope;
  }
  answer[0] = sum;
}
