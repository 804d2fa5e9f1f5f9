// Sum of sqrt((x[i % 100] - x[(7 i + 3) % 100])² + i + 1): rose has no loop that carries a sum, so every term is traced.

import { add, mul, sqrt, sub } from "rose";

import { sumOf } from "./sums.mjs";

const term = (x, i) => {
  const apart = sub(x[i % 100], x[(7 * i + 3) % 100]);
  return sqrt(add(mul(apart, apart), i + 1));
};

export const program = (n) => sumOf(n, 100, term);
