// Sums of many terms for npm rose: a function of all numbers per `TERMS` terms, since one function has to have a limit.

import { Real, Vec, add, fn, vjp } from "rose";

export const TERMS = 500;

/** The sum of `term(x, i)` over i < n, x being the numbers; and what main.mjs needs of it. */
export const sumOf = (n, size, term, terms = TERMS) => {
  const Numbers = Vec(size, Real);
  const parts = [];
  for (let start = 0; start < n; start += terms) {
    const end = Math.min(n, start + terms);
    parts.push(
      fn([Numbers], Real, (xs) => {
        // Read each number once: in rose every indexing is an instruction, and code, of its own.
        const x = [...xs];
        let sum = 0;
        for (let i = start; i < end; i++) sum = add(sum, term(x, i));
        return sum;
      }),
    );
  }
  const whole = fn([Numbers], Real, (x) => parts.map((part) => part(x)).reduce(add, 0));
  const f = parts.length === 1 ? parts[0] : whole;
  const Answer = { value: Real, slopes: Numbers };
  const gradient = fn([Numbers], Answer, (x) => {
    const { ret, grad } = vjp(f)(x);
    return { value: ret, slopes: grad(1) };
  });
  return { gradient, given: (x) => [...x], read: ({ value, slopes }) => [value, ...slopes] };
};
