"""The workloads as operations on arrays, for engines whose functions are named as NumPy's are."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

Loss = Callable[[Any], Any]
"""A number of an array of numbers."""


@dataclass(frozen=True)
class Arrays:
    """An engine's arrays.

    Attributes:
        np: what has sqrt, where, sin and so on.
        real: makes a constant array of doubles.
        index: makes a constant array of places.
        loop: `loop(steps, state, step)` gives the state after the steps, each `step(t, state)`.
    """

    np: Any
    real: Callable[[Any], Any]
    index: Callable[[Any], Any]
    loop: Callable[[int, Any, Callable[[Any, Any], Any]], Any]


def python_loop(steps: int, state: Any, step: Callable[[Any, Any], Any]) -> Any:
    """The loop of engines that see only what happens."""
    for t in range(steps):
        state = step(t, state)
    return state


def pairs(e: Arrays, n: int) -> Loss:
    one, two = e.index([i % 100 for i in range(n)]), e.index([(7 * i + 3) % 100 for i in range(n)])
    offsets = e.real([i + 1.0 for i in range(n)])

    def total(x: Any) -> Any:
        apart = x[one] - x[two]
        return e.np.sum(e.np.sqrt(apart * apart + offsets))

    return total


def unrolled(e: Arrays, n: int) -> Loss:
    def total(x: Any) -> Any:
        values = [x[k] for k in range(100)]
        result = 0.0
        for i in range(n):
            apart = values[i % 100] - values[(7 * i + 3) % 100]
            result = result + e.np.sqrt(apart * apart + (i + 1))
        return result

    return total


def tiny(e: Arrays, _: int) -> Loss:
    def length(x: Any) -> Any:
        apart = x[:-1] - x[1:]
        return e.np.sum(e.np.sqrt(1 + apart * apart))

    return length


# --- billiards --------------------------------------------------------------------------------------------

BALLS = 11
RADIUS = 0.03
ELASTICITY = 0.8
TIME_STEP = 0.003


def racked() -> list[tuple[float, float]]:
    return [
        (2 * i * RADIUS + 0.5, 2 * j * RADIUS + 0.5 - 0.7 * i * RADIUS)
        for i in range(4)
        for j in range(i + 1)
    ]


def billiards(e: Arrays, _: int) -> Loss:
    """All ordered pairs as one array; both outcomes of each are computed, and one is chosen."""
    np = e.np
    places = [(i, j) for i in range(BALLS) for j in range(BALLS) if i != j]
    one, two = e.index([i for i, _ in places]), e.index([j for _, j in places])
    others, still, goal = e.real(racked()), e.real([(0.0, 0.0)] * 10), e.real([0.9, 0.75])
    slowest, nothing = e.real(-1e-3), e.real(0.0)

    def step(_: Any, state: Any) -> Any:
        position, velocity = state
        ahead = position + TIME_STEP * velocity
        apart = ahead[one] - ahead[two]
        distance = np.sqrt(np.sum(apart * apart, 1))[:, None]
        direction = apart / (1e-6 + distance)
        approach = np.sum(direction * (velocity[one] - velocity[two]), 1)[:, None]
        hit = (distance < 2 * RADIUS) & (approach < 0)
        impulse = np.where(hit, -(1 + ELASTICITY) / 2 * approach * direction, nothing)
        time = (distance - 2 * RADIUS) / np.minimum(slowest, approach)
        shift = np.minimum(time - TIME_STEP, nothing) * impulse
        velocity = velocity + np.sum(impulse.reshape(BALLS, BALLS - 1, 2), 1)
        position = position + np.sum(shift.reshape(BALLS, BALLS - 1, 2), 1)
        return position + TIME_STEP * velocity, velocity

    def loss(x: Any) -> Any:
        start = np.concatenate((x[None, :2], others)), np.concatenate((x[None, 2:], still))
        position, _ = e.loop(1024, start, step)
        miss = position[10] - goal
        return np.sum(miss * miss)

    return loss


# --- robot ------------------------------------------------------------------------------------------------

HIDDEN, INPUTS, SPRINGS, OBJECTS, WAVES = 32, 116, 61, 26, 10
ROBOT_STEP = 0.004
GROUND = 0.1


def robot(e: Arrays, _: int) -> Loss:
    np = e.np
    tables = json.loads((EXAMPLES / "robot" / "robot.json").read_text())
    a, b, rest, stiffness, actuation = zip(*tables["springs"], strict=True)
    one, two = e.index(a), e.index(b)
    rest, stiffness, actuation = e.real(rest), e.real(stiffness), e.real(actuation)
    ends = [[(k == j) - (k == i) + 0.0 for i, j in zip(a, b, strict=True)] for k in range(OBJECTS)]
    pulling = e.real(ends)  # what each spring does to each object
    waves = e.real([2 * math.pi / WAVES * j for j in range(WAVES)])
    goal, nothing, usual = e.real([0.9, 0.2]), e.real(0.0), e.real(ROBOT_STEP)
    gravity = e.real([0.0, ROBOT_STEP * -4.8])
    decay = math.exp(-ROBOT_STEP * 15)

    def stepped(network: Sequence[Any]) -> Callable[[Any, Any], Any]:
        weights1, bias1, weights2, bias2 = network

        def step(t: Any, state: Any) -> Any:
            position, velocity = state
            center = np.sum(position, 0) / OBJECTS
            poses = 0.05 * np.concatenate((position - center, velocity), 1)
            time = np.sin(waves + t * (10 * ROBOT_STEP))
            inputs = np.concatenate((time, poses.reshape(-1), goal - center))
            hidden = np.tanh(weights1 @ inputs + bias1)
            tension = np.tanh(weights2 @ hidden + bias2)

            apart = position[one] - position[two]
            length = np.sqrt(np.sum(apart * apart, 1)) + 1e-4
            wanted = rest * (1 + actuation * tension)
            factor = ROBOT_STEP * stiffness * (length - wanted) / length
            falling = decay * velocity + gravity + pulling @ (factor[:, None] * apart)

            fall, height = falling[:, 1:], position[:, 1:]
            lands = (height + ROBOT_STEP * fall < GROUND) & (fall < -1e-4)
            safe = np.where(lands, fall, usual)  # so that what is not chosen has a derivative
            time = np.where(lands, (GROUND - height) / safe, usual)
            return position + time * falling, np.where(lands, nothing, falling)

        return step

    def loss(x: Any) -> Any:
        network, start = [], 0
        for shape in ((HIDDEN, INPUTS), (HIDDEN,), (SPRINGS, HIDDEN), (SPRINGS,)):
            size = math.prod(shape)
            network.append(x[start : start + size].reshape(shape))
            start += size
        places = e.real(tables["objects"])
        position, _ = e.loop(1364, (places, 0 * places), stepped(network))
        return -position[0, 0]

    return loss


PROGRAMS: dict[str, Callable[[Arrays, int], Loss]] = {
    "pairs": pairs,
    "unrolled": unrolled,
    "tiny": tiny,
    "billiards": billiards,
    "robot": robot,
}
