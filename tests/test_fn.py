"""`@fn` itself: types given with the mark, static and unannotated parameters, closures, dicts with fixed keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import numpy as np
import pytest
from families import (
    PROGRAMS,
    STATE,
    Shape,
    Square,
    State,
    area,
    det,
    power,
    rebound,
    rebound_within,
    run,
    scaled,
    squares,
    step,
)
from flat import run_interp, run_wasm

import rose
from rose import Bool, Index, Real, Static, Vec, fn
from rose.checking import check_grads
from rose.composed import hessian, hvp
from rose.models import load_model, public_functions


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_module_computes_what_the_interpreter_does(name: str) -> None:
    f, args = PROGRAMS[name]
    member = f.specialized(*args)
    assert run_wasm(member, args) == pytest.approx(run_interp(member, args), rel=1e-14)


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives_are_difference_quotients(name: str) -> None:
    f, args = PROGRAMS[name]
    check_grads(f, args, order=2)


def test_variables_are_what_they_are_when_called() -> None:
    assert rebound([1.0, 2.0, 3.0]) == 1 + 4 + 9
    total = 1.0
    for x in (1.0, 2.0, 3.0):
        total = (total * x * x + total) + 2 * total * x + 2 * total
    assert rebound_within([1.0, 2.0, 3.0]) == total


# --- types given with the mark ----------------------------------------------------------------------------


def test_types_are_given_with_the_mark() -> None:
    @fn([Real, int])
    def doubled(x: Any, n: Any) -> Any:
        return [x] * n

    assert scaled(2, [0, 0, 5]) == 10
    assert repr(scaled) == "<fn <lambda>(x: Real, v: Vec[3]) -> Real>"
    assert doubled(1.5, 2) == [1.5, 1.5]
    assert repr(doubled) == "<fn doubled(x: Real, n: int)>"
    assert fn([], None)(lambda: None)() is None


# --- specialisation ---------------------------------------------------------------------------------------


def test_static_arguments_are_given_by_place_by_name_or_by_default() -> None:
    assert power(2.0) == 8
    assert (
        power(2.0, 5)
        == power.specialized(2.0, 5)(2.0, np.int64(5))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        == power(2.0, n=5)
        == power(n=5, x=2.0)
        == power(2.0, np.int64(5))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        == 32
    )
    assert rose.grad(power)(2.0) == 12
    assert rose.grad(power)(2.0, 5) == 80
    assert rose.jvp(power)((2.0, 5), (1.0, None)) == (32, 80)
    value, pullback = rose.vjp(power)(2.0, n=5)
    assert (value, pullback(1.0)) == (32, (80, None))
    assert area(1.0, Shape.FLAT) == 4
    assert hessian(power)(2.0, 3) == hvp(power)((2.0, 3), 1.0) == 12


def test_other_metadata_of_annotations_is_ignored() -> None:
    @fn
    def f(
        x: Annotated[Real, "metres"],
        n: Annotated[int, "a count"],
        p: tuple[Annotated[Real, 1], Bool],
    ) -> Annotated[Real, "metres"]:
        return x * n * p[0]

    assert repr(f) == "<fn f(x: Real, n: int, p: tuple[Real, Bool]) -> Real>"


def test_static_parameters_by_name_only_and_of_inner_functions() -> None:
    @fn
    def f(m: Vec[Literal[3], Vec[Literal[3]]], *, last: int = 2) -> Real:
        @fn
        def product(n: int) -> Real:
            return m[0][0] if n == 0 else product(n - 1) * m[n][n]

        return product(last)

    m = [[2.0, 0, 0], [0, 3.0, 0], [0, 0, 5.0]]
    assert (f(m), f(m, last=1)) == (30, 6)
    assert rose.grad(f)(m, last=1) == [[3, 0, 0], [0, 2, 0], [0, 0, 0]]


def test_some_values_and_a_choice_of_classes_are_static() -> None:
    @fn
    def turned(x: Real, way: Literal["up", "down"] = "up", times: int | None = None) -> Real:
        return (x if way == "up" else -x) * (times or 1)

    assert [turned(2.0), turned(2.0, "down"), turned(2.0, "down", 3)] == [2.0, -2.0, -6.0]
    assert turned(2.0, times=cast(int, np.int64(3))) == 6.0
    assert rose.grad(turned)(2.0, way="down") == -1.0
    assert (
        repr(turned)
        == "<fn turned(x: Real, way: Literal['up', 'down'] = 'up', times: int | None = None) -> Real>"
    )


def test_static_values_of_a_choice_may_be_marked() -> None:
    @fn
    def scaled(x: Real, by: rose.Static[Literal["twice"] | tuple[int, ...] | None]) -> Real:
        return x * (2 if by == "twice" else len(by or ()))

    assert [scaled(3.0, "twice"), scaled(3.0, (1, 1, 1)), scaled(3.0, None)] == [6.0, 9.0, 0.0]
    with pytest.raises(rose.TypeMismatchError) as raised:
        scaled(3.0, [1])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert raised.value.message == (
        "argument by of scaled: expected 'twice' or a tuple or None that is known while tracing, given list [1]"
    )


def test_each_static_value_is_traced_once() -> None:
    seen: list[object] = []

    @fn
    def f(x: Real, k: Static[object]) -> Real:
        seen.append(k)
        return x

    for k in (1, 1.0, True, 1, 1.0, True, 0.0, -0.0, (1,), (True,), (1,)):
        f(2.0, k)
    assert list(map(repr, seen)) == ["1", "1.0", "True", "0.0", "-0.0", "(1,)", "(True,)"]
    assert f.specialized(k=1) is f.specialized(Real, 1)


def test_unannotated_parameters_take_the_type_of_the_argument() -> None:
    def unannotated(x, times=2.0):  # type: ignore[no-untyped-def]  # pyright: ignore[reportUnknownParameterType, reportMissingParameterType]
        return x, times  # pyright: ignore[reportUnknownVariableType]

    same: Any = fn(unannotated)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    assert repr(same) == "<fn unannotated(x, times=2.0)>"
    assert same(1) == (1.0, 2.0)
    assert same([1, 2], True) == ([1.0, 2.0], True)
    assert same((1, [True])) == ((1.0, [True]), 2.0)
    assert same(STATE, None) == (STATE, None)
    assert repr(same.specialized(Annotated[Vec, 3], Bool)) == (
        "<fn unannotated(x: Vec[3], times: Bool) -> tuple[Vec[3], Bool]>"
    )
    assert squares(np.array([1.0, 2.0])) == 5
    assert repr(same.specialized(np.ones((2, 3), dtype=int), np.array([True]))) == (
        "<fn unannotated(x: Vec[2, Vec[3]], times: Vec[1, Bool]) -> tuple[Vec[2, Vec[3]], Vec[1, Bool]]>"
    )
    assert repr(rose.grad(squares)(np.array([1.0, 2.0]))) == "array([2., 4.])"
    assert hessian(squares)([1, 2]) == [[2, 0], [0, 2]]


def test_a_member_is_built_for_the_web(tmp_path: Path, node: Callable[..., Any]) -> None:
    exports: Any = {
        "power": power,
        "run": run,
        "step": step,
        "slope": rose.grad(run),
        "minors": det.specialized(Square, 2),
    }
    files = rose.bundle(exports, "model")
    (tmp_path / "model.wasm").write_bytes(files.wasm)
    (tmp_path / "model.mjs").write_text(files.mjs)
    script = """
    import { readFileSync } from "node:fs";
    import { loadSync } from "./model.mjs";
    const { power, run, step, slope, minors } = loadSync(readFileSync("model.wasm"));
    const state = { on: true, position: [1, 2], speed: 3 };
    let said;
    try { step({ speed: 1 }, 0); } catch (error) { said = error.message; }
    const found = [power(2), minors([[1, 2], [3, 4]]), step(state, 0.5), run(state), slope(state), said];
    console.log(JSON.stringify(found));
    """
    found = node(script, folder=tmp_path)
    moved = {"position": [2.5, 3.5], "speed": 2.7, "on": True}
    assert found[:5] == [8, -2, moved, run(STATE), rose.grad(run)(STATE)]
    assert found[5] == "argument state.position of step: expected an array of 2, given undefined"
    assert list(found[2]) == ["position", "speed", "on"]
    assert "readonly power: ((x: number) => number)" in files.types
    taken = "{ readonly position: ArrayLike<number>; readonly speed: number; readonly on: boolean }"
    given = "{ position: number[]; speed: number; on: boolean }"
    assert f"readonly step: ((state: {taken}, dt: number) => {given})" in files.types


def test_a_model_is_built_of_functions_that_are_whole(tmp_path: Path) -> None:
    model = tmp_path / "model.py"
    model.write_text(
        "from rose import Real, fn, grad\n"
        "power = fn([Real, int], Real)(lambda x, n=2: x**n)\n"
        "slope = grad(power)\n"
        "general = fn(lambda x: x)\n"
        "its_slope = grad(general)\n"
        "special = general.specialized(Real)\n"
    )
    assert list(public_functions(load_model(model))) == ["power", "slope", "special"]


def test_keys_of_dicts_are_any_text(tmp_path: Path, node: Callable[..., Any]) -> None:
    @fn
    def odd(x: Real) -> Any:
        return {"2": x, "1": 2 * x, "a b": 3 * x, "__proto__": 4 * x}

    assert list(odd(1.0)) == ["2", "1", "a b", "__proto__"]
    files = rose.bundle({"odd": odd}, "model")
    (tmp_path / "model.wasm").write_bytes(files.wasm)
    (tmp_path / "model.mjs").write_text(files.mjs)
    script = """
    import { readFileSync } from "node:fs";
    import { loadSync } from "./model.mjs";
    const out = loadSync(readFileSync("model.wasm")).odd(1);
    console.log(JSON.stringify([out["2"], out["1"], out["a b"], out["__proto__"]]));
    """
    assert node(script, folder=tmp_path) == [1, 2, 3, 4]
    assert '{ "2": number; "1": number; "a b": number; __proto__: number }' in files.types


# --- dicts ------------------------------------------------------------------------------------------------


def test_dicts_are_vec_elements_branches_and_outputs() -> None:
    @fn
    def chosen(states: Vec[Literal[2], State], i: Index[Literal[2]], flip: Bool) -> State:
        first, other = states[i], states[(i + 1) % 2]
        return rose.cond(flip, lambda: other, lambda: first)

    outputs = fn([Real])(lambda x: rose.scan(2, x, lambda _, a: (a * 2, {"before": a})))
    other = {**STATE, "speed": 7.0}
    assert chosen([STATE, other], 0, True) == other
    assert outputs(1.0) == (4.0, [{"before": 1.0}, {"before": 2.0}])
    assert rose.grad(run)(STATE)["on"] is None
