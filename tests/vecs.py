"""What tests of Vecs share: values by both engines, and gradients against finite differences."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pytest
from flat import finite_difference, flat_args, real_positions, run_interp, run_wasm

import rose
from rose import Fn, Real, Vec
from rose.ir.check import check
from rose.run.interp import interpret

SMALL = [0.5, -1.5, 2.0]
LARGE = [0.5, -1.5, 2.0, 0.25, 3.0, -0.75, 1.25]


@dataclass(frozen=True)
class Ball:
    mass: Real
    position: Vec[Literal[2]]


def values(f: Fn[..., Any], *args: Any) -> list[Any]:
    """All scalars of the result, the same by the interpreter and by the module."""
    check(f.func)
    by_interpreter = run_interp(f, args)
    assert run_wasm(f, args) == pytest.approx(by_interpreter, rel=1e-14)
    return by_interpreter


def flat(x: Any) -> list[Any]:
    return np.asarray(x).ravel().tolist()


def check_gradient(f: Fn[..., Any], *args: Any) -> None:
    """The gradient by the first parameter is the finite difference, in the interpreter and in the module."""
    gradient = rose.grad(f)
    flat_values = flat_args(f, args)
    count = len(values(gradient, *args))
    differences = [
        finite_difference(lambda v: interpret(f.func, v)[0], flat_values, path)
        for path in real_positions(f)[:count]
    ]
    assert values(gradient, *args) == pytest.approx(differences, rel=1e-7, abs=1e-7)
