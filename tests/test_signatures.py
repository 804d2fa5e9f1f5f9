"""Parameters by name only, defaults that do not fit, what is shown of functions, and how they are copied and pickled."""

from __future__ import annotations

import copy
import doctest
import inspect
import math
import pickle
import pydoc
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pytest

import rose
from rose import Bool, Fn, Index, Real, Vec, fn

ONES = np.ones(2)


@fn
def scaled(x: Real, *, by: Real = 2.0, v: Vec[Literal[3]]) -> Real:
    return x * by + v[1] * by


@fn
def powered(x: Any, *, n: int = 2) -> Any:
    return x**n


gradient = rose.grad(scaled)
kept = rose.remat(scaled)


@rose.custom_jvp
def halved(x: Real, *, times: int = 1) -> Real:
    """By a rule.

    >>> 1 + 1
    2
    """
    return x / (2 * times)


TAKES = "(x: 'Real', *, by: 'Real' = 2.0, v: 'Vec[Literal[3]]')"
SHOWN: list[tuple[Callable[..., Any], str]] = [
    (scaled, f"{TAKES} -> 'Real'"),
    (scaled.specialized(), f"{TAKES} -> 'Real'"),
    (kept, f"{TAKES} -> 'Real'"),
    (rose.debug_nans(scaled), f"{TAKES} -> 'Real'"),
    (gradient, TAKES),
    (rose.value_and_grad(gradient), TAKES),
    (rose.hessian(scaled), TAKES),
    (rose.vjp(scaled), TAKES),
    (rose.linearize(scaled), TAKES),
    (rose.jvp(scaled), "(primals, tangents)"),
    (rose.hvp(scaled), "(args, direction)"),
    (powered, "(x: 'Any', *, n: 'int' = 2) -> 'Any'"),
    (halved, "(x: 'Real', *, times: 'int' = 1) -> 'Real'"),
    (rose.opaque(math.hypot, js="Math.hypot", params=[Real, Real]), "(x0, x1)"),
    (fn([Real], Real)(lambda x: x), "(x)"),
]


@pytest.mark.parametrize(("function", "text"), SHOWN)
def test_parameters_are_shown_as_they_are_written(function: Callable[..., Any], text: str) -> None:
    assert str(inspect.signature(function)) == text


def test_types_are_shown_as_they_are_written() -> None:
    def plain(x: Real, v: Any, i: Any) -> Any:
        return x * v[i]

    # without `from __future__ import annotations` they are the types themselves
    vec: Any = Vec
    index: Any = Index
    plain.__annotations__ = {"x": Real, "v": vec[3, vec[2]], "i": index[3], "return": vec[2]}
    shown = str(inspect.signature(fn(plain)))
    assert shown == "(x: rose.Real, v: Vec[3, Vec[2]], i: Index[3]) -> Vec[2]"


@pytest.mark.parametrize("name", [n for n in rose.__all__ if isinstance(getattr(rose, n), type)])
def test_classes_are_those_of_the_package(name: str) -> None:
    public = getattr(rose, name)
    assert (public.__module__, public.__qualname__) == ("rose", name)
    assert pickle.loads(pickle.dumps(public)) is public  # noqa: S301


def test_nothing_is_traced_to_show_a_function() -> None:
    @fn
    def unfinished(x: Real) -> Real:
        """Not yet."""
        raise NotImplementedError

    slope = rose.grad(unfinished)
    assert "unfinished(x: 'Real') -> 'Real'\n    Not yet." in pydoc.plain(
        pydoc.render_doc(unfinished)
    )
    assert "(x: 'Real')\n    The gradient of unfinished. Not yet." in pydoc.plain(
        pydoc.render_doc(slope)
    )
    assert "return x * by + v[1] * by" in inspect.getsource(scaled)


def test_examples_in_documentation_are_found() -> None:
    found = doctest.DocTestFinder().find(halved, "halved", globs={})
    assert [example.source for test in found for example in test.examples] == ["1 + 1\n"]


def test_parameters_by_name_only() -> None:
    assert scaled(1.0, v=[1, 2, 3]) == 6.0
    assert scaled(1.0, v=[1, 2, 3], by=3) == scaled(by=3.0, x=1, v=[1, 2, 3]) == 9.0
    assert repr(scaled) == "<fn scaled(x: Real, *, by: Real = 2.0, v: Vec[3]) -> Real>"
    assert (powered(3.0), powered(3.0, n=3)) == (9.0, 27.0)

    @fn
    def outer(x: Real) -> Real:
        found: Real = scaled(x, v=[x, 2 * x, 0.0]) + powered(x, n=3)
        return found

    assert outer(2.0) == 4.0 + 8.0 + 8.0
    assert rose.grad(outer)(2.0) == 2 + 4 + 12.0


def test_derivatives_by_parameters_that_are_given_by_name() -> None:
    grads = rose.grad(scaled, argnums=(0, 1, 2))
    expected = (3.0, 3.0, [0.0, 3.0, 0.0])
    assert grads(1.0, by=3.0, v=[1, 2, 3]) == expected
    assert repr(grads) == (
        "<fn grad_scaled(x: Real, *, by: Real = 2.0, v: Vec[3]) -> tuple[Real, Real, Vec[3]]>"
    )
    assert rose.grad(scaled, argnums=1)(1.0, v=[1, 2, 3]) == 3.0
    assert rose.value_and_grad(scaled)(1.0, v=[1, 2, 3]) == (6.0, 2.0)
    assert rose.grad(powered)(3.0, n=3) == 27.0
    value, pullback = rose.vjp(scaled)(1.0, v=[1, 2, 3])
    assert (value, pullback(1.0)) == (6.0, (2.0, 3.0, [0.0, 2.0, 0.0]))
    tangent = rose.jvp(scaled)((1.0, 2.0, [1, 2, 3]), (1.0, 0.5, [0.0, 1.0, 0.0]))
    assert tangent == (6.0, 2.0 + 0.5 * 3 + 2.0)
    assert rose.jacobian(scaled, argnums=1)(1.0, v=[1, 2, 3]) == 3.0
    assert rose.jacobian(scaled, argnums=2, mode="rev")(1.0, v=[1, 2, 3]) == [0.0, 2.0, 0.0]
    assert rose.hessian(scaled)(1.0, v=[1, 2, 3]) == 0.0
    rose.check_grads(scaled, (1.0, 2.0, [1.0, 2.0, 3.0]), order=2)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("grad_scaled", rose.grad(scaled)),
        ("value_and_grad_scaled", rose.value_and_grad(scaled)),
        ("jacobian_scaled", rose.jacobian(scaled)),
        ("scaled_forward", rose.vjp(scaled)),
    ],
)
def test_derivatives_do_not_take_these_by_place(name: str, made: Callable[..., Any]) -> None:
    with pytest.raises(rose.ArgumentError) as raised:
        made(1.0, 3.0, [1, 2, 3])
    assert raised.value.message.startswith(
        f"{name} takes by and v by name, given by place; write {name}(..., by=..., v=...); it is "
    )


def test_in_javascript_they_have_their_places_and_names(
    tmp_path: Path, node: Callable[..., Any]
) -> None:
    made = rose.bundle({"scaled": scaled}, "model")
    (tmp_path / "model.wasm").write_bytes(made.wasm)
    (tmp_path / "model.mjs").write_text(made.mjs)
    assert (
        "readonly scaled: ((x: number, by: number, v: ArrayLike<number>) => number)" in made.types
    )
    script = """
        import { readFileSync } from "node:fs";
        import { loadSync } from "./model.mjs";
        const model = loadSync(readFileSync("model.wasm"));
        console.log(model.scaled(1, 3, [1, 2, 3]));
    """
    assert node(script, folder=tmp_path) == 9.0


class Pair(NamedTuple):
    a: Real
    b: Bool


def test_defaults_of_every_type_fit() -> None:
    @fn
    def f(x: Real = 1, p: Pair = Pair(2.0, True), i: Index[Literal[3]] = 2, n: int = 3) -> Real:  # noqa: B008 (it is frozen)
        return x + rose.where(p.b, p.a, 0.0) * (1.0 * i) + n

    assert f() == 1 + 4 + 3

    @fn
    def g(
        x: Real = Fraction(1, 2),  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]
        v: Vec[Literal[3]] = range(3),
        w: Vec[Literal[2]] = ONES,
    ) -> Real:
        return x + v[2] + w[1]

    assert g() == 0.5 + 2 + 1

    @fn
    def around(x: Real) -> Real:
        @fn
        def inner(y: Real, by: Real = x, v: Vec[Literal[2]] = (x, 1.0)) -> Real:
            return y * by + v[0]

        return inner(3.0)

    assert (around(2.0), rose.grad(around)(2.0)) == (8.0, 4.0)


def test_a_default_of_a_type_that_is_defined_later_is_looked_at_when_it_is_used() -> None:
    @fn
    def f(x: Later = "a") -> Real:  # type: ignore[name-defined]  # pyright: ignore[reportUndefinedVariable, reportUnknownParameterType]  # noqa: F821
        return rose.real(x)  # pyright: ignore[reportUnknownArgumentType]

    globals()["Later"] = Real
    with pytest.raises(rose.TypeMismatchError) as raised:
        _ = f.signature
    assert raised.value.message == "the default of x of f: expected a Real, given str 'a'"
    del globals()["Later"]


def text_for_a_real() -> None:
    @fn
    def f(x: Real, y: Real = "a") -> Real:  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]  # here
        return x if y else y


def index_out_of_range() -> None:
    @fn
    def f(x: Real, *, i: Index[Literal[3]] = 3) -> Real:  # here
        return x + i


def too_short() -> None:
    @fn
    def f(x: Real, v: Vec[Literal[3]] = (1, 2)) -> Real:  # here
        return x + v[0]


def float_for_an_int() -> None:
    @fn
    def f(x: Real, n: int = 2.5) -> Real:  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]  # here
        return x * n


def field_of_another_type() -> None:
    @fn
    def f(p: Pair = (1.0, 2.0)) -> Real:  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]  # here
        return p.a


def by_types_beside_it() -> None:
    @rose.fn([Real], Real)
    def f(x: Any = None) -> Any:  # here
        return x


REFUSED: list[tuple[Callable[[], None], type[rose.RoseError], str]] = [
    (
        text_for_a_real,
        rose.TypeMismatchError,
        "the default of y of f: expected a Real, given str 'a'",
    ),
    (
        index_out_of_range,
        rose.IndexRangeError,
        "the default of i of f: index 3 is outside 0 to 2",
    ),
    (
        too_short,
        rose.TypeMismatchError,
        "the default of v of f: expected a Vec[3], given 2 elements",
    ),
    (
        float_for_an_int,
        rose.TypeMismatchError,
        "the default of n of f: expected an int that is known while tracing, given float 2.5",
    ),
    (
        field_of_another_type,
        rose.TypeMismatchError,
        "the default of p of f, field b: expected a Bool, given float 2.0",
    ),
    (
        by_types_beside_it,
        rose.TypeMismatchError,
        "the default of x of f: expected a Real, given None",
    ),
]


@pytest.mark.parametrize(("define", "kind", "message"), REFUSED)
def test_a_default_that_does_not_fit_is_refused_when_the_function_is_marked(
    define: Callable[[], None], kind: type[rose.RoseError], message: str
) -> None:
    with pytest.raises(rose.RoseError) as raised:
        define()
    error = raised.value
    assert (type(error), error.message) == (kind, message)
    line = Path(__file__).read_text().splitlines()[error.location.line - 1]
    assert (error.location.file, line.endswith("# here")) == (__file__, True)


def test_what_is_by_name_only_is_not_given_by_place() -> None:
    for _ in range(2):
        with pytest.raises(rose.ArgumentError) as raised:
            scaled(1.0, 2.0, [1, 2, 3])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        assert raised.value.message == (
            "scaled takes by and v by name, given by place; write scaled(..., by=..., v=...); "
            "it is scaled(x: Real, *, by: Real = 2.0, v: Vec[3]) -> Real"
        )


# --- copies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["scaled", "powered", "gradient", "kept"])
def test_a_function_is_pickled_by_its_name_and_copied_as_itself(name: str) -> None:
    f: Fn[..., Any] = globals()[name]
    assert pickle.loads(pickle.dumps(f)) is f  # noqa: S301
    assert copy.copy(f) is copy.deepcopy(f) is copy.deepcopy({"f": [f]})["f"][0] is f
    assert len(pickle.dumps(f)) < 150


def test_a_module_is_pickled_by_its_functions() -> None:
    module = rose.compile({"scaled": scaled, "slope": gradient})
    again = pickle.loads(pickle.dumps(module))  # noqa: S301
    assert again.data == module.data
    assert again.call("slope", [1.0, 2.0, [1, 2, 3]]) == 2.0
    assert copy.deepcopy(module).functions == module.functions


def test_a_local_function_is_not_pickled() -> None:
    @fn
    def local(x: Real) -> Real:  # here
        return x

    with pytest.raises(rose.LoadError) as raised:
        pickle.dumps(local)
    assert raised.value.message == (
        "local has no name in its module, by which it could be pickled; define it outside of functions and classes, or "
        "write local = ... there"
    )
    assert raised.value.location.file == __file__
    assert copy.deepcopy(local) is local


def test_buffers_are_not_copied() -> None:
    for act in (copy.deepcopy, pickle.dumps):
        with pytest.raises(rose.LoadError) as raised:
            act(scaled.prepared())
        assert raised.value.message == (
            "the buffers of scaled are memory of this process, and are not copied or pickled; pickle the function, and "
            "call its prepared() there"
        )


def test_what_the_module_does_not_have_any_more_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = pickle.dumps(gradient)
    monkeypatch.delattr(sys.modules[__name__], "gradient")
    with pytest.raises(rose.LoadError) as raised:
        pickle.loads(data)  # noqa: S301
    expected = f"the module {__name__} has no gradient, which was pickled by this name"
    assert raised.value.message == expected
