"""linearize, Jacobians, Hessians, stop_gradient, remat and check_grads."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from flat import NO_DOT, run_interp, run_wasm

import rose
from rose import DerivativeError, Fn, Index, Real, Vec, fn


@dataclass(frozen=True)
class Arm:
    length: Real
    bends: Vec[Literal[3]]
    joint: Index[Literal[4]]


@fn
def reach(x: Vec[Literal[3]], arm: Arm, y: Real) -> tuple[Real, Arm]:
    bent = [x[0] * arm.bends[1], x[1] ** 2, x[2] * x[0]]
    return x[0] * x[1] * arm.length + y * y, Arm(rose.sin(x[2]) * y, bent, arm.joint)


ARGS = ([1.0, 2.0, 3.0], Arm(0.5, [0.1, 0.2, 0.3], 2), 1.5)
LONG = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


@fn
def chain(x: Vec[Literal[6]]) -> Real:
    return rose.sum(5, lambda i: x[i] * rose.sin(x[(i + 1) % 6]))


@pytest.mark.parametrize("k", [0, 1, 2])
def test_both_modes_of_jacobian_agree(k: int) -> None:
    forward = rose.jacobian(reach, k, mode="fwd")
    reverse = rose.jacobian(reach, k, mode="rev")
    assert forward(*ARGS) == reverse(*ARGS) == rose.jacobian(reach, k)(*ARGS)
    assert run_interp(forward, ARGS) == pytest.approx(run_wasm(forward, ARGS), rel=1e-12)


def test_by_several_parameters_a_tuple_stands_for_every_real() -> None:
    by_both = rose.jacobian(reach, (2, 0))(*ARGS)
    by_y, by_x = rose.jacobian(reach, 2)(*ARGS), rose.jacobian(reach, 0)(*ARGS)
    assert by_both[0] == (by_y[0], by_x[0])
    assert by_both[1].bends == [(a, b) for a, b in zip(by_y[1].bends, by_x[1].bends, strict=True)]
    for mode in ("fwd", "rev"):
        assert rose.jacobian(reach, (2, 0), mode=mode)(*ARGS) == by_both

    @fn
    def energy(x: Real, v: Vec[Literal[2]]) -> Real:
        return x * x * v[0] + v[1] * v[0] * x

    hessian = rose.hessian(energy, (0, 1))(2.0, [3.0, 4.0])
    assert hessian == ((6.0, [8.0, 3.0]), [(8.0, [0.0, 2.0]), (3.0, [2.0, 0.0])])
    assert rose.hvp(energy, (0, 1))((2.0, [3.0, 4.0]), (1.0, [0.0, 1.0])) == (9.0, [10.0, 3.0])
    assert rose.hvp(energy, -1)((2.0, [3.0, 4.0]), [0.0, 1.0]) == [2.0, 0.0]


def test_a_jacobian_has_the_structure_of_both() -> None:
    by_x, by_arm = rose.jacobian(reach, 0)(*ARGS), rose.jacobian(reach, 1)(*ARGS)
    assert by_x[0] == [1.0, 0.5, 0.0]
    assert by_x[1].bends == [[0.2, 0.0, 0.0], [0.0, 4.0, 0.0], [3.0, 0.0, 1.0]]
    assert by_x[1].joint is None
    assert by_arm[0] == Arm(2.0, [0.0, 0.0, 0.0], NO_DOT)


def test_the_hessian_is_symmetric_and_hvp_its_product() -> None:
    hessian = rose.hessian(chain)(LONG)
    assert all(hessian[i][j] == pytest.approx(hessian[j][i]) for i in range(6) for j in range(6))
    direction = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    product = [math.fsum(a * b for a, b in zip(row, direction, strict=True)) for row in hessian]
    assert rose.hvp(chain)((LONG,), direction) == pytest.approx(product, rel=1e-12)


def test_a_pushforward_may_be_called_many_times() -> None:
    value, pushforward = rose.linearize(chain)(LONG)
    gradient = rose.grad(chain)(LONG)
    assert value == chain(LONG)
    for k in range(6):
        unit = [1.0 if j == k else 0.0 for j in range(6)]
        assert pushforward(unit) == pytest.approx(gradient[k], rel=1e-12)


def test_check_grads_passes_what_is_right() -> None:
    rose.check_grads(chain, (LONG,), order=3)
    rose.check_grads(reach, ARGS, order=2)


def test_stop_gradient_of_any_value() -> None:
    @fn
    def f(x: Real, v: Vec[Literal[6]], arm: Arm) -> Real:
        held = rose.stop_gradient(arm)
        return rose.stop_gradient(x) * x + rose.sum(rose.stop_gradient(v) * v) + held.length * x

    arm = Arm(0.5, [1.0, 2.0, 3.0], 1)
    assert rose.grad(f, argnums=(0, 1))(2.0, LONG, arm) == (2.5, LONG)
    assert rose.grad(f, argnums=2)(2.0, LONG, arm) == Arm(0.0, [0.0, 0.0, 0.0], NO_DOT)
    assert rose.stop_gradient(3) == 3


def test_check_grads_finds_a_wrong_rule() -> None:
    @rose.custom_jvp
    def wrong(x: Real) -> Real:
        return x * x

    @wrong.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        return primals[0] * primals[0], tangents[0]

    with pytest.raises(AssertionError, match=r"^check_grads: fwd mode of wrong gives "):
        rose.check_grads(wrong, (3.0,))


def test_remat_keeps_the_arguments_only() -> None:
    @fn
    def bumpy(x: Real) -> Real:
        for _ in range(10):
            x = rose.sin(x) + rose.exp(-x)
        return x

    frugal = rose.remat(bumpy)

    def loop_of(body: Callable[[Any], Any]) -> Fn[[Real, Real], Real]:
        @fn
        def f(x: Real, y: Real) -> Real:
            return rose.loop(100, x, lambda _, c: body(c) + y)

        return f

    kept, again = (rose.grad(loop_of(body), argnums=(0, 1)) for body in (bumpy, frugal))
    assert again(0.3, 0.1) == kept(0.3, 0.1)
    assert kept.compiled.memory_bytes > 100 * 8 * 15
    assert again.compiled.memory_bytes < 100 * 8 * 3
    rose.check_grads(loop_of(frugal), (0.3, 0.1), order=2)


@pytest.mark.parametrize("name", ["jacobian", "remat"])
def test_what_is_no_fn_is_refused(name: str) -> None:
    with pytest.raises(DerivativeError) as raised:
        getattr(rose, name)(3)
    assert raised.value.message == (
        f"rose.{name} takes a function marked with @rose.fn, given int 3; give the function itself, not what it gives"
    )
