"""`@fn` itself: types given with the mark, static and unannotated parameters, closures, dicts with fixed keys."""

from __future__ import annotations

import enum
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np
import pytest
from flat import run_interp, run_wasm

import rose
from rose import Bool, Fn, Index, Real, Static, Vec, fn
from rose.checking import check_grads
from rose.composed import hessian, hvp, jacobian
from rose.models import load_model, public_functions


class State(TypedDict):
    position: Vec[Literal[2]]
    speed: Real
    on: Bool


class Partial(TypedDict):
    position: Vec[Literal[2]]
    speed: NotRequired[Real]


class Shape(enum.Enum):
    ROUND = 1
    FLAT = 2


Square = Annotated[Vec[Any, Vec[Literal[2]]], 2]
STATE: Any = {"position": [1.0, 2.0], "speed": 3.0, "on": True}

scaled = fn([Real, Annotated[Vec, 3]], Real)(lambda x, v: x * rose.exp(v[1]) * v[2])


@fn
def power(x: Real, n: int = 3) -> Any:
    return 1.0 if n == 0 else x * power(x, n - 1)


@fn
def det(m: Vec[Any, Vec], n: int) -> Real:
    """By minors."""
    if n == 1:
        return m[0][0]
    total: Real = 0.0
    for k in range(n):
        minor = [[m[i][j] for j in range(n) if j != k] for i in range(1, n)]
        total = total + (-1) ** k * m[0][k] * det(minor, n - 1)
    return total


@fn
def squares(v: Any) -> Any:
    return rose.sum(len(v), lambda i: v[i] ** 2)


@fn
def twice(f: Static[Callable[[Any], Any]], x: Real) -> Real:
    found: Real = f(f(x))
    return found


@fn
def area(size: Real, shape: Shape, name: str = "unit") -> Real:
    return size**2 * (3.0 if shape is Shape.ROUND else 1.0) * len(name)


@fn
def both(v: Vec[Literal[5]]) -> Real:
    """Unannotated and static parameters, called and derived from inside."""
    slopes: Vec[Literal[5]] = rose.grad(squares)(v)
    four: Real = power(v[2], 4)
    found: Real = rose.sum([squares(v), squares([v[0], v[1]]), rose.sum(slopes), four])
    return found


@fn
def closure(x: Real, y: Real) -> Real:
    @fn
    def inner(z: Real) -> Real:
        return x * z * z + rose.sin(y * z)

    _, pullback = rose.vjp(inner)(x)
    along = rose.jvp(inner)((x,), (y,))[1]
    return inner(y) + inner(x) + rose.grad(inner)(y) + along + pullback(2.0)[0]


@fn
def nested(v: Vec[Literal[6]], w: Vec[Literal[2]]) -> Real:
    """Closures in a loop, over what it carries, over Vecs, and through each other."""

    def body(t: Index, a: Real) -> Real:
        @fn
        def g(z: Any) -> Any:
            return z * v[t] * w[0] + a * w[1]

        @fn
        def h(z: Any) -> Any:
            return g(z) + rose.grad(g)(z) * z

        slope = rose.grad(h)
        found: Real = h(a) + hessian(h)(a) + rose.grad(slope)(a)
        return found

    return rose.loop(6, w[0], body)


@fn
def rebound(v: Vec[Literal[3]]) -> Real:
    """What a variable is when the inner function is called counts, as in Python."""
    total: Real = 0.0

    @fn
    def add(y: Real) -> Real:
        return total + y * y

    for x in v:
        total = add(x)
    return total


@fn
def rebound_within(v: Vec[Literal[3]]) -> Real:
    """The same through functions that call such a function, and through its derivatives."""
    total: Real = 1.0
    add = fn([Real], Real)(lambda y: total * y * y)
    through = fn([Real], Real)(lambda y: add(y) + total)
    slopes, hessians = rose.grad(through), hessian(through)
    for x in v:
        total = through(x) + slopes(x) + hessians(x)
    return total


@fn
def lines(v: Vec[Literal[5]]) -> Real:
    line = fn([Real])(lambda t: v * t)
    along = rose.jvp(line)((v[1],), (1.0,))[1]
    found: Real = rose.sum(jacobian(line)(v[0] * v[0])) + rose.sum(line(v[3])) + rose.sum(along)
    return found


@fn
def kept_residuals(x: Real) -> Real:
    _, pullback = rose.vjp(power)(rose.exp(x))
    use = fn([Real], Real)(lambda bar: pullback(bar)[0])
    return use(x) + use(2.0)


@fn
def step(state: State, dt: Real) -> State:
    moved = state["position"] + dt * state["speed"]
    return {"speed": state["speed"] * 0.9, "position": moved, "on": state["on"]}


@fn
def run(state: State, n: int = 4) -> Real:
    """A dict with another in it is carried."""

    def body(_: Any, c: Any) -> Any:
        return {"state": step(c["state"], 0.1), "time": c["time"] + 0.1}

    start: Any = {"state": state, "time": 0}
    end = rose.loop(n, start, body)
    x, y = end["state"]["position"]
    found: Real = x * y * end["state"]["speed"] * end["time"]
    return found


PROGRAMS: dict[str, tuple[Fn[..., Any], tuple[Any, ...]]] = {
    "explicit types": (scaled, (2.0, [1.0, 0.5, 3.0])),
    "static default": (power, (1.5, 3)),
    "static": (power, (1.5, 5)),
    "static recursion": (det, ([[1.0, 2.0, 3.0], [0.5, -1.0, 4.0], [2.0, 1.0, 1.0]], 3)),
    "inferred": (squares, ([1.0, 2.0, 3.0],)),
    "static function": (twice, (rose.sin, 0.5)),
    "static Fn": (twice, (power, 0.5)),
    "enum and str": (area, (2.0, Shape.ROUND, "ab")),
    "both": (both, ([1.0, 2.0, 3.0, 4.0, 5.0],)),
    "closure": (closure, (1.5, 0.7)),
    "nested": (nested, ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.3, 0.4])),
    "rebound": (rebound, ([1.0, 2.0, 3.0],)),
    "rebound within": (rebound_within, ([1.0, 2.0, 3.0],)),
    "lines": (lines, ([1.0, 2.0, 3.0, 4.0, 5.0],)),
    "residuals": (kept_residuals, (0.5,)),
    "dict": (step, (STATE, 0.2)),
    "dict in a loop": (run, (STATE, 4)),
}


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
    assert repr(same) == "<fn unannotated(x, times)>"
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


# --- refusals ---------------------------------------------------------------------------------------------


@fn
def forever(x: Real, n: int) -> Real:
    return forever(x, n + 1)


@fn
def around(x: Real, n: int) -> Real:
    return around(x, n)


@fn
def traced_static(i: Index[Literal[3]]) -> Real:
    found: Real = power(1.0, i)
    return found


@fn
def prints_inner(x: Real) -> Real:
    inner = fn([Real], Real)(lambda y: x * y)
    return str(inner)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@fn
def returns_nothing(x: Any) -> Any:
    _ = x + 1


REFUSED: list[tuple[Callable[[], Any], type[rose.RoseError], str]] = [
    (
        lambda: fn(3, Real),  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownLambdaType]
        rose.SignatureError,
        "rose.fn takes a list of types and the type of the result, given int 3; write rose.fn([Real, Vec[3]], Real)",
    ),
    (
        lambda: fn([Real, Real], Real)(lambda x: x)(1.0),
        rose.SignatureError,
        "<lambda> takes 1 parameter, and rose.fn is given 2 types for them",
    ),
    (
        lambda: power(2.0, 2.5),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument n of power: expected an int that is known while tracing, given float 2.5",
    ),
    (
        lambda: power(2.0, True),
        rose.TypeMismatchError,
        "argument n of power: expected an int that is known while tracing, given bool True",
    ),
    (
        lambda: traced_static(1),
        rose.TypeMismatchError,
        "argument n of power: expected an int that is known while tracing, given an Index[3]; annotate it Real or Index[n] if it is not",
    ),
    (
        lambda: power.specialized(n=2)(2.0, 3),
        rose.TypeMismatchError,
        "argument n of power: expected 2, the static value that this function is for, given int 3",
    ),
    (
        lambda: twice([], 1.0),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument f of twice: expected a Callable that is known while tracing, given list []",
    ),
    (
        lambda: area(1.0, Shape.FLAT, name=3),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument name of area: expected a str that is known while tracing, given int 3",
    ),
    (
        lambda: fn([Static])(lambda k: k)([1]),
        rose.TypeMismatchError,
        "argument k of <lambda>: a static value is hashable, given list [1]; write a tuple in place of a list, and a frozen dataclass in place of an object that changes",
    ),
    (
        lambda: power(2.0, m=3),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownLambdaType]
        rose.ArgumentError,
        "power has no parameter 'm'; it is power(x: Real, n: int)",
    ),
    (
        lambda: rose.grad(power, argnums=1)(2.0, 3),
        rose.DerivativeError,
        "rose.grad: parameter n of power is 3, which has no Reals to differentiate by",
    ),
    (
        lambda: squares("abc"),
        rose.TypeMismatchError,
        "argument v of squares: expected numbers, Vecs or structures of them, given str 'abc'; for a Python value that is known while tracing annotate the parameter rose.Static[...]",
    ),
    (
        lambda: squares.func,
        rose.ArgumentError,
        "squares(v) is another function for each v, which is not given; call it with all of its arguments, or write squares.specialized(v=...); or annotate v, for example v: Real",
    ),
    (
        lambda: det(1.0, 1),
        rose.TypeMismatchError,
        "argument m of det: expected a Vec, given float 1.0",
    ),
    (
        lambda: around(1.0, 3),
        rose.RecursiveCallError,
        "around calls itself (around → around); a traced function cannot, since it would never end: write rose.loop, or recurse in a plain Python function on plain Python values",
    ),
    (
        lambda: forever(1.0, 3),
        rose.RecursiveCallError,
        "forever calls itself with new static arguments each time, too many times; end it with a Python `if` on a static argument",
    ),
    (
        lambda: returns_nothing(1.0),
        rose.TypeMismatchError,
        "returns_nothing returns None; write a return at its end",
    ),
    (
        lambda: prints_inner(1.0),
        rose.EscapedValueError,
        "<lambda> uses a traced value of prints_inner, and so is a part of it; call it there, or pass the value to <lambda> as an argument",
    ),
    (
        lambda: step({"position": [1, 2]}, 1.0),  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument state of step: expected a dict with keys position, speed, on, given those of dict {'position': [1, 2]}",
    ),
    (
        lambda: step([[1, 2], 3.0, True], 1.0),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument state of step: expected a dict {position: Vec[2], speed: Real, on: Bool}, given list [[1, 2], 3.0, True]",
    ),
    (
        lambda: step({**STATE, "position": [1]}, 1.0),  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument state of step, key position: expected a Vec[2], given 1 element",
    ),
    (
        lambda: squares({1: 2.0}),
        rose.TypeMismatchError,
        "argument v of squares: the keys of a dict are strings, given int 1",
    ),
    (
        lambda: fn([Partial], Real)(lambda p: p["speed"]).signature,
        rose.SignatureError,
        "Partial may lack speed, and a dict of Rose has all of its keys; write it without NotRequired and total=False",
    ),
]


@pytest.mark.parametrize(("run", "kind", "message"), REFUSED)
def test_refusals_teach(run: Callable[[], Any], kind: type[rose.RoseError], message: str) -> None:
    with pytest.raises(kind) as raised:
        run()
    assert type(raised.value) is kind
    assert raised.value.message == message
    assert raised.value.location.file == __file__


def test_an_inner_function_is_no_function_outside() -> None:
    kept: list[Any] = []

    @fn
    def leak(x: Real) -> Real:
        kept.append(fn([Real], Real)(lambda y: x * y))
        found: Real = kept[0](2.0)
        return found

    leak(1.0)
    with pytest.raises(rose.EscapedValueError) as raised:
        kept[0](1.0)
    assert raised.value.message == (
        "a traced Real of leak is used after leak was traced; give it back as a result of the function "
        "instead of keeping it in a variable outside"
    )
