"""The workloads for casadi: each gives its argument and the value, as expressions."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from casadi import (
    DM,
    MX,
    SX,
    Function,
    dot,
    exp,
    fmin,
    horzcat,
    if_else,
    logic_and,
    repmat,
    sin,
    sqrt,
    sum1,
    sum2,
    tanh,
    vertcat,
)

from bench.peers import arrays

Program = tuple[Any, Any]


def pairs(n: int, size: int) -> Program:
    x = SX.sym("x", size)
    total = SX(0)
    for i in range(n):
        apart = x[i % 100] - x[(7 * i + 3) % 100]
        total += sqrt(apart * apart + (i + 1))
    return x, total


def tiny(_: int, size: int) -> Program:
    x = SX.sym("x", size)
    apart = x[:-1] - x[1:]
    return x, sum1(sqrt(1 + apart * apart))


def billiards(_: int, size: int) -> Program:
    balls, time_step, diameter = arrays.BALLS, arrays.TIME_STEP, 2 * arrays.RADIUS
    state = SX.sym("state", 2, 2 * balls)  # positions, then velocities
    position, velocity = state[:, :balls], state[:, balls:]
    ahead = position + time_step * velocity
    positions, velocities = [], []
    for i in range(balls):
        impulse, shift = SX.zeros(2), SX.zeros(2)
        for j in range(balls):
            if i == j:
                continue
            apart = ahead[:, i] - ahead[:, j]
            distance = sqrt(dot(apart, apart))
            direction = apart / (1e-6 + distance)
            approach = dot(direction, velocity[:, i] - velocity[:, j])
            hit = logic_and(distance < diameter, approach < 0)
            pushed = if_else(hit, -(1 + arrays.ELASTICITY) / 2 * approach * direction, 0)
            time = (distance - diameter) / fmin(-1e-3, approach)
            impulse += pushed
            shift += fmin(time - time_step, 0) * pushed
        velocities.append(velocity[:, i] + impulse)
        positions.append(position[:, i] + shift + time_step * velocities[-1])
    step = Function("step", [state], [horzcat(*positions, *velocities)])

    x = MX.sym("x", size)
    places = DM(arrays.racked()).T
    start = horzcat(x[:2], places, x[2:], DM.zeros(2, balls - 1))
    end = step.fold(1024)(start)
    miss = end[:, 10] - DM([0.9, 0.75])
    return x, dot(miss, miss)


def robot(_: int, size: int) -> Program:
    tables = json.loads((arrays.EXAMPLES / "robot" / "robot.json").read_text())
    count, h = arrays.OBJECTS, arrays.ROBOT_STEP
    state, t, x = SX.sym("state", 2, 2 * count), SX.sym("t"), SX.sym("x", size)
    position, velocity = state[:, :count], state[:, count:]
    weights1, bias1, weights2, bias2 = network(x)
    center = sum2(position) / count
    poses = 0.05 * vertcat(position - repmat(center, 1, count), velocity)
    waves = sin(t * 10 * h + DM([2 * math.pi / arrays.WAVES * j for j in range(arrays.WAVES)]))
    inputs = vertcat(waves, poses.reshape((-1, 1)), DM([0.9, 0.2]) - center)
    tension = tanh(weights2 @ tanh(weights1 @ inputs + bias1) + bias2)

    pulls = [SX.zeros(2) for _ in range(count)]
    for s, (a, b, rest, stiffness, actuation) in enumerate(tables["springs"]):
        apart = position[:, a] - position[:, b]
        length = sqrt(dot(apart, apart)) + 1e-4
        impulse = h * stiffness * (length - rest * (1 + actuation * tension[s])) / length * apart
        pulls[a] -= impulse
        pulls[b] += impulse
    falling = exp(-h * 15) * velocity + repmat(DM([0, h * -4.8]), 1, count) + horzcat(*pulls)
    lands = logic_and(position[1, :] + h * falling[1, :] < arrays.GROUND, falling[1, :] < -1e-4)
    time = if_else(lands, (arrays.GROUND - position[1, :]) / falling[1, :], h)
    moved = position + repmat(time, 2, 1) * falling
    after = horzcat(moved, if_else(repmat(lands, 2, 1), 0, falling))
    step = Function("step", [state, t, x], [after])

    weights = MX.sym("x", size)
    at: Any = horzcat(DM(tables["objects"]).T, DM.zeros(2, count))
    for k in range(1364):  # a fold would have a copy of the weights for each step
        at = step(at, k, weights)
    return weights, -at[0, 0]


def network(x: Any) -> list[Any]:
    """The weights and biases; casadi's matrices are stored by columns."""
    parts, start = [], 0
    for rows, columns in (
        (arrays.HIDDEN, arrays.INPUTS),
        (arrays.HIDDEN, 1),
        (arrays.SPRINGS, arrays.HIDDEN),
        (arrays.SPRINGS, 1),
    ):
        part = x[start : start + rows * columns]
        parts.append(part.reshape((columns, rows)).T if columns > 1 else part)
        start += rows * columns
    return parts


PROGRAMS: dict[str, Callable[[int, int], Program]] = {
    "unrolled": pairs,
    "tiny": tiny,
    "billiards": billiards,
    "robot": robot,
}
