/* The part of a program that hosts call: where its numbers are, and a run. */

#include "run.h"

EXPORT("arguments") double *arguments(void) { return x; }

EXPORT("results") double *results(void) { return answer; }

EXPORT("run") void run_once(void) { run(); }

/* Natively a call is a loop around here, since to call from Python takes longer than a small gradient does. */
void repeat(int times) {
  for (int k = 0; k < times; k++) run();
}
