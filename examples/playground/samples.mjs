// @ts-check
// Programs to begin with.

/** @type {Record<string, string>} */
export const SAMPLES = {
  "A bent valley": `import rose
from rose import Real, fn


@fn
def valley(x: Real, y: Real) -> Real:
    """Rosenbrock's function, lowest at (1, 1)."""
    return (1 - x) ** 2 + 10 * (y - x**2) ** 2


slope = rose.grad(valley, argnums=(0, 1))
bend = rose.grad(rose.grad(valley))

print("height", valley(-1.0, 1.5))
print("slope ", slope(-1.0, 1.5))
print("second derivative by x", bend(-1.0, 1.5))
`,
  "Hills and hollows": `from typing import Annotated

import rose
from rose import Range, Real, fn

Side = Annotated[Real, Range(-3, 3)]


@fn
def bump(x: Real, y: Real, width: Real) -> Real:
    return rose.exp(-(x**2 + y**2) / width)


@fn
def hills(x: Side, y: Side) -> Real:
    """Three hollows and a hill, on a slope."""
    hollows = [(-1.5, -1.0, 1.2), (1.6, -0.4, 0.8), (0.2, 1.7, 1.5)]
    low = sum(bump(x - a, y - b, width) for a, b, width in hollows)
    return bump(x, y, 0.5) - low + 0.05 * x


print(rose.grad(hills, argnums=(0, 1))(0.5, 0.5))
`,
  "A marble in a bowl, simulated": `from typing import Annotated

import rose
from rose import Range, Real, fn

Side = Annotated[Real, Range(-2, 2)]


@fn
def miss(speed: Side, spin: Side) -> Real:
    """How far from (1, 0.5) a marble is that was rolled for 200 steps."""

    def step(_, marble):
        x, y, vx, vy = marble
        ax, ay = -rose.sin(2 * x) + spin * vy, -y - spin * vx
        vx, vy = vx + 0.02 * ax, vy + 0.02 * ay
        return x + 0.02 * vx, y + 0.02 * vy, vx, vy

    x, y, _, _ = rose.loop(200, (-0.5, 0.2, speed, 0.5), step)
    return (x - 1) ** 2 + (y - 0.5) ** 2


print(rose.value_and_grad(miss, argnums=(0, 1))(1.0, 0.0))
`,
};
