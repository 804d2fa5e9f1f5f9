"""How Penrose lays a diagram out: rounds of L-BFGS with a growing weight of the constraints; see optimizer.mjs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Evaluate: TypeAlias = Callable[[Vector, float], tuple[float, Vector]]
"""The energy and a fresh gradient, 0 for fixed inputs, at a point with a weight."""

PAIRS = 17
FIRST_WEIGHT = 1000.0
WEIGHT_FACTOR = 10.0
SETTLED = 1e-3
FEWEST_ROUNDS = 3
FLAT = 1e-2
GUARD = 1e-11
ARMIJO = 1e-3
CURVATURE = 0.9
MOST_HALVINGS = 10
NARROWEST = 1e-9


class TooManyEvaluationsError(Exception):
    """A run has taken as many evaluations as it may."""


@dataclass
class Counter:
    """Counts evaluations, and stops at the most that are allowed."""

    evaluate: Evaluate
    most: float
    evaluations: int = 0
    steps: int = 0
    last: tuple[Vector, float] | None = None

    def at(self, x: Vector, weight: float) -> tuple[float, Vector]:
        if self.evaluations >= self.most:
            raise TooManyEvaluationsError
        self.evaluations += 1
        self.last = x, weight
        return self.evaluate(x, weight)


def line_search(
    counter: Counter, x0: Vector, direction: Vector, found: tuple[float, Vector], weight: float
) -> Vector:
    """The last point tried, by bisection for the weak Wolfe conditions."""
    energy0, gradient0 = found
    slope = -(direction @ gradient0)
    low, high, t, j = 0.0, math.inf, 1.0, 0
    while True:
        x = x0 - t * direction
        if abs(low - high) < NARROWEST or j > MOST_HALVINGS:
            return x
        energy, gradient = counter.at(x, weight)
        if not energy <= energy0 + ARMIJO * t * slope:
            high = t
        elif not -(direction @ gradient) >= CURVATURE * slope:
            low = t
        else:
            return x
        t = (low + high) / 2 if high < math.inf else 2 * low
        j += 1


@dataclass
class Memory:
    """The newest pairs of movements and changes of the gradient, newest first."""

    pairs: list[tuple[Vector, Vector, float]] = field(default_factory=list)

    def keep(self, s: Vector, y: Vector) -> None:
        self.pairs = [(s, y, 1 / (y @ s + GUARD)), *self.pairs[: PAIRS - 1]]

    def descent(self, gradient: Vector) -> Vector:
        """The gradient multiplied by the approximate inverse Hessian."""
        q = gradient.copy()
        alphas = []
        for s, y, rho in self.pairs:
            alphas.append(rho * (s @ q))
            q -= alphas[-1] * y
        s, y, _ = self.pairs[0]
        q *= (s @ y) / (y @ y + GUARD)
        for (s, y, rho), alpha in zip(reversed(self.pairs), reversed(alphas), strict=True):
            q += (alpha - rho * (y @ q)) * s
        return q


def minimise(counter: Counter, x: Vector, weight: float) -> tuple[Vector, float]:
    """One round. Gives the point, and the energy before the last line search."""
    memory = Memory()
    before: tuple[Vector, Vector] | None = None
    while True:
        energy, gradient = counter.at(x, weight)
        direction = gradient
        if before is not None:
            memory.keep(x - before[0], gradient - before[1])
            direction = memory.descent(gradient)
        following = line_search(counter, x, direction, (energy, gradient), weight)
        counter.steps += 1
        # The first step of a round is a plain one, after which it does not end.
        done = before is not None and gradient @ direction < FLAT
        before = x, gradient
        x = following
        if done:
            return x, energy


def stage(counter: Counter, x: Vector) -> tuple[Vector, float]:
    """Rounds at growing weights. Gives the point and the last weight."""
    energy, weight, rounds = math.inf, FIRST_WEIGHT, 0
    while True:
        rounds += 1
        following, found = minimise(counter, x, weight)
        movement, change = float(np.linalg.norm(following - x)), abs(found - energy)
        x, energy = following, found
        if rounds >= FEWEST_ROUNDS and (movement < SETTLED or change < SETTLED):
            return x, weight
        weight *= WEIGHT_FACTOR


def optimize(evaluators: Sequence[Evaluate], start: Sequence[float], most: float) -> dict[str, Any]:
    """The whole layout, stage by stage; it ends after `most` evaluations in all."""
    x, weight = np.array(start), FIRST_WEIGHT
    evaluations, steps, stopped = 0, 0, False
    for evaluate in evaluators:
        counter = Counter(evaluate, most - evaluations)
        try:
            x, weight = stage(counter, x)
        except TooManyEvaluationsError:
            stopped = True
            x, weight = counter.last or (x, weight)
        evaluations += counter.evaluations
        steps += counter.steps
        if stopped:
            break
    return {
        "x": x,
        "weight": weight,
        "evaluations": evaluations,
        "steps": steps,
        "stopped": stopped,
    }
