/* Sum over i < N - 1 of sqrt(1 + (x[i] - x[i + 1])^2), and its gradient. */

#include "run.h"

double x[N];
double answer[1 + N];

void run(void) {
  double *gradient = answer + 1;
  double sum = 0;
  gradient[0] = 0;
  for (int i = 0; i < N - 1; i++) {
    double apart = x[i] - x[i + 1];
    double root = __builtin_sqrt(1 + apart * apart);
    double slope = apart / root;
    sum += root;
    gradient[i] += slope;
    gradient[i + 1] = -slope;
  }
  answer[0] = sum;
}
