// Sum of sqrt(1 + (x[i] - x[i + 1])²).

import { add, mul, sqrt, sub } from "rose";

import { sumOf } from "./sums.mjs";

const term = (x, i) => {
  const apart = sub(x[i], x[i + 1]);
  return sqrt(add(1, mul(apart, apart)));
};

export const program = (n) => sumOf(n - 1, n, term);
