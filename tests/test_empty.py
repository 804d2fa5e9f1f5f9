"""Vecs without elements, and loops without iterations: what they give is what NumPy gives, in every host."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from flat import run_interp, run_wasm
from hypothesis import given, settings
from hypothesis import strategies as st

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.ir.check import check
from rose.ir.parser import parse
from rose.ir.printer import print_program


@dataclass(frozen=True)
class Ball:
    position: Vec[Literal[2]]
    kind: Index[Literal[3]]
    is_heavy: Bool


Empty = Vec[Literal[0]]
on_empty = fn([Empty])


def both(f: Fn[..., Any], *args: Any) -> Any:
    """What a function gives, the same in the interpreter and in the module."""
    check(f.func)
    assert run_wasm(f, args) == pytest.approx(run_interp(f, args), rel=1e-14)
    return f(*args)


def powers(x: Any) -> Any:
    return [x, 1.0, x * x]


def gram(m: Any) -> Any:
    return m.T @ m


# Functions of a Vec[n], and what NumPy makes of an array of n numbers.
LIKE_NUMPY: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "itself": (lambda v: v, lambda a: a),
    "arithmetic": (lambda v: -v * 2 + v / 4, lambda a: -a * 2 + a / 4),
    "functions": (rose.sin, np.sin),
    "sum": (lambda v: v.sum(), np.sum),
    "prod": (lambda v: v.prod(), np.prod),
    "norm": (lambda v: v.norm(), np.linalg.norm),
    "dot": (lambda v: v @ v, lambda a: a @ a),
    "any": (lambda v: rose.where((v > 1).any(), 1.0, 0.0), lambda a: float((a > 1).any())),
    "all": (lambda v: rose.where((v > 1).all(), 1.0, 0.0), lambda a: float((a > 1).all())),
    "where": (lambda v: rose.where(v > 1, v, 0), lambda a: np.where(a > 1, a, 0)),
    "slices": (
        lambda v: rose.concat(v[2:], v[:1], v[::-2], v[5:]),
        lambda a: np.concatenate((a[2:], a[:1], a[::-2], a[5:])),
    ),
    "gathered": (lambda v: v[list(range(0, len(v), 2))], lambda a: a[::2]),
    "outer": (
        lambda v: rose.map(lambda x: x * v, v).T,
        lambda a: (a[:, None] * a[None, :]).T,
    ),
    "matrix": (
        lambda v: rose.vec(len(v), lambda i: v + v[i]) @ v,
        lambda a: (a[None, :] + a[:, None]) @ a,
    ),
    "matrices": (
        lambda v: gram(rose.map(powers, v)),
        lambda a: gram(np.stack([a, np.ones_like(a), a * a], axis=1)),
    ),
    "ring": (
        lambda v: rose.vec(len(v), lambda i: v[(i + 1) % len(v)] - v[(i - 1) % len(v)]),
        lambda a: np.roll(a, -1) - np.roll(a, 1),
    ),
    "cumulative": (
        lambda v: rose.scan(len(v), 0, lambda t, s: (s + v[t], s + v[t]))[1],
        np.cumsum,
    ),
    "updated": (
        lambda v: rose.loop(len(v), v, lambda t, w: w.at[t].add(v[len(v) - 1 - t])),
        lambda a: a + a[::-1],
    ),
    "folded": (
        lambda v: rose.sum(len(v), lambda i: v[i] * [1.0, 2.0]),
        lambda a: a.sum() * np.arange(1, 3),
    ),
}


@pytest.mark.parametrize("name", LIKE_NUMPY)
@given(st.lists(st.floats(-4, 4), max_size=6))
@settings(max_examples=12, deadline=None)
def test_vecs_of_any_length_are_as_numpy_has_them(name: str, numbers: list[float]) -> None:
    ours, numpys = LIKE_NUMPY[name]
    f = fn([Annotated[Vec, len(numbers)]])(lambda v: ours(v))  # noqa: PLW0108 (an Fn of a name and no annotations)
    array = np.array(numbers)
    expected = numpys(array)
    assert np.shape(f(array)) == np.shape(expected)
    found = np.reshape(both(f, numbers), np.shape(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("size", [0, 1, 3, 6])
def test_derivatives_of_functions_of_any_length(size: int) -> None:
    n = size

    @fn
    def f(v: Annotated[Vec, n], w: Vec[Literal[3]]) -> Real:
        along = rose.scan(n, w, lambda t, c: (c * 0.5 + v[t], (c, v * w[0])))
        return along[0] @ w + rose.concat(v, w).norm() + rose.sum(n, lambda i: along[1][i][1] @ v)

    v, w = [0.3 + 0.2 * k for k in range(n)], [0.5, -1.0, 2.0]
    rose.check_grads(f, (v, w), order=2)
    by_v, by_w = both(rose.grad(f, argnums=(0, 1)), v, w)
    assert (len(by_v), len(by_w)) == (n, 3)
    hessian = both(rose.hessian(f), v, w)
    assert np.shape(hessian) == ((n, n) if n else (0,))
    assert hessian == both(rose.jacobian(rose.grad(f), mode="rev"), v, w) or n
    assert both(rose.hvp(f), (v, w), v) == pytest.approx(list(np.array(hessian) @ v) if n else [])


def test_jacobians_by_nothing_and_of_nothing() -> None:
    to_three = on_empty(lambda v: rose.vec([1.0, 2.0, 3.0]) + v.sum())
    from_three = fn([Annotated[Vec, 3]])(lambda v: v[:0])
    for mode in ("fwd", "rev", None):
        assert both(rose.jacobian(to_three, mode=mode), []) == [[], [], []]
        assert both(rose.jacobian(from_three, mode=mode), [1.0, 2.0, 3.0]) == []


def test_every_transformation_of_a_function_of_nothing() -> None:
    f = on_empty(lambda v: v.prod() + 2.0)
    assert rose.value_and_grad(f)([]) == (3.0, [])
    assert rose.jvp(f)(([],), ([],)) == (3.0, 0.0)
    value, pullback = rose.vjp(f)([])
    assert (value, pullback(1.0)) == (3.0, ([],))
    value, pushforward = rose.linearize(f)([])
    assert (value, pushforward([])) == (3.0, 0.0)
    assert rose.grad(rose.remat(f))([]) == []
    rose.debug_nans(f)([])
    with pytest.raises(rose.NanError):
        rose.debug_nans(on_empty(lambda v: v.mean()))([])


def test_structures_bools_and_indices_without_elements() -> None:
    @fn
    def f(balls: Vec[Literal[0], Ball], edges: Vec[Literal[0], Index[Literal[0]]], b: Bool) -> Any:
        kinds = rose.map(lambda ball: ball.kind, balls)
        heavy = rose.any(len(balls), lambda i: balls[edges[i]].is_heavy)
        chosen = rose.where(b, balls, rose.cond(b, lambda: balls, lambda: balls[1:]))
        return chosen, kinds, heavy, {"a": balls[:0], "b": rose.tree_map(lambda x: 2 * x, balls)}

    assert both(f, [], [], True) == ([], [], False, {"a": [], "b": []})
    assert str(f.signature.result).count("Vec[0") == 4


def test_what_a_loop_without_iterations_gives() -> None:
    @fn
    def f(x: Real) -> Any:
        looped = rose.loop(0, x, lambda t, y: y * t, reverse=True, checkpoint="sqrt")
        last, seen = rose.scan(0, (x, [1, 2]), lambda t, c: (c, (c[0] > t, t, None)))
        stepped = rose.while_loop(lambda y: y < 9, lambda y: y + 1, x, max_steps=0)
        folds = [rose.sum(0, lambda i: x + i), rose.prod(0, lambda i: x + i)]
        return (
            looped,
            last,
            seen,
            stepped,
            folds,
            rose.any(0, lambda i: x > i),
            rose.all(0, lambda i: x > i),
        )

    assert both(f, 3.0) == (3.0, (3.0, [1.0, 2.0]), [], 3.0, [0.0, 1.0], False, True)


def test_where_nothing_runs_indices_may_be_of_size_0() -> None:
    @fn
    def f(v: Empty, w: Vec[Literal[4]]) -> Any:
        n = len(v)
        return rose.vec(
            n,
            lambda i: (
                v[(i + 1) % n] + v[(i - 1) % n] + v[n - 1 - i] + v[rose.to_index(i + 1, n)] + v[0],
                w[i] + w[i + 4] + w[3 * i] + v[i * i] + v[i + i] + v[i // n] + 1.0 * i,
                [v[j] for j in divmod(i + 2, n)],
                rose.vec(n, lambda j: (i == j) & (i < j + 1)),
                lookup(v, i),
            ),
        )

    @fn
    def lookup(v: Empty, i: Index[Literal[0]]) -> Real:
        return v[i] + v[(i + 1) % len(v)]

    assert both(f, [], [1.0, 2.0, 3.0, 4.0]) == []


def test_mean_of_nothing_is_nan() -> None:
    assert math.isnan(on_empty(rose.mean)([]))

    @fn
    def means(m: Vec[Literal[0], Vec[Literal[2]]]) -> Any:
        return m.mean()

    assert [math.isnan(x) for x in means([])] == [True, True]


def test_arrays_of_numpy_keep_their_shapes() -> None:
    f = fn([Any])(lambda m: (m, m.T, m.T @ m))
    for shape in ((0, 3), (3, 0), (0, 0)):
        m = np.zeros(shape)
        found = f(m)
        assert [x.shape for x in found] == [shape, shape[::-1], (shape[1], shape[1])]
    assert fn([Any])(lambda v: v.all())(np.zeros(0, bool)) is True


def test_reports_and_the_text_form() -> None:
    f = fn([Empty, Annotated[Vec, 3]])(lambda v, w: rose.concat(v, w).sum())
    module = rose.compile(f)
    assert str(module.memory_report()).split("\n")[1:3] == [
        "      0      0  argument of <lambda>",
        "      0     24  argument of <lambda>",
    ]
    text = print_program(f.func)
    assert print_program(check(parse(text))) == text
    prepared = f.prepared()
    assert prepared.args.v.shape == (0,)
    prepared.args.w[:] = [1, 2, 3]
    prepared.run()
    assert prepared.result[0] == 6.0


def test_the_same_in_javascript(tmp_path: Path, node: Callable[..., Any]) -> None:
    @fn
    def f(balls: Vec[Literal[0], Ball], v: Empty, x: Real) -> Any:
        """Nothing and something."""
        return rose.concat(v, [x]), balls, [v, v], {"kept": v}

    @fn
    def never(i: Index[Literal[0]]) -> Index[Literal[0]]:
        return i

    files = rose.bundle({"f": f, "never": never}, "model")
    (tmp_path / "model.wasm").write_bytes(files.wasm)
    (tmp_path / "model.mjs").write_text(files.mjs)
    assert "v: ArrayLike<number>" in files.types
    found = node(
        """
        import { load } from "./model.mjs";
        const { f, never } = await load(new URL("./model.wasm", import.meta.url));
        const refusal = (act) => { try { act(); } catch (error) { return `${error}`; } };
        f.args.x[0] = 4;
        f.run();
        const inPlace = [...f.result[0]];
        console.log(JSON.stringify([f([], new Float64Array(0), 3), inPlace, f.args.v.length,
          f.args.balls.position.length, refusal(() => f([], [1], 3)), refusal(() => never(0))]));
        """,
        folder=tmp_path,
    )
    assert found == [
        [[3], [], [[], []], {"kept": []}],
        [4],
        0,
        0,
        "TypeError: argument v of f: expected an array of 0, given an array of 1",
        "TypeError: argument i of never: expected an integer from 0 to -1, given 0",
    ]
