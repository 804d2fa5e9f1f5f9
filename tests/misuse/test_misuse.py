"""Every case of misuse, and what else may go wrong."""

import contextlib
import inspect
import itertools
import math
import operator
import pickle
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

import rose
from misuse import (
    CASES,
    Case,
    P,
    annotations,
    arithmetic,
    attributes,
    calls,
    changes,
    choice,
    derivatives,
    escaped,
    fields,
    functions,
    g2,
    handles,
    hv,
    indices,
    library,
    loops,
    modules,
    operators,
    python,
    results,
    rules,
    signatures,
    structures,
    truth,
)
from rose import Bool, Index, Real, Vec, errors, fn

MODULES = (
    truth,
    python,
    operators,
    arithmetic,
    changes,
    functions,
    attributes,
    indices,
    escaped,
    annotations,
    signatures,
    structures,
    calls,
    results,
    choice,
    loops,
    derivatives,
    rules,
    modules,
    handles,
    fields,
    library,
)  # importing them collects their cases


def file_of(case: Case) -> Path:
    return Path(inspect.getfile(case.run))


def line_at_fault(case: Case) -> int:
    """The line that ends in `# here`, in the function of the case or marked with its name in the same file."""
    lines, first = inspect.getsourcelines(case.run)
    inside = [first + k for k, text in enumerate(lines) if text.rstrip().endswith("# here")]
    if inside:
        return inside[0]
    mark = f"# {case.run.__name__} is here"
    return next(
        k for k, text in enumerate(file_of(case).read_text().splitlines(), 1) if text.endswith(mark)
    )


@pytest.mark.parametrize("case", CASES, ids=[case.run.__name__ for case in CASES])
def test_misuse_ends_in_an_error_that_teaches(case: Case) -> None:
    with pytest.raises(rose.RoseError) as raised:
        case.run()
    error = raised.value
    file, line = str(file_of(case)), line_at_fault(case)
    assert error.message == case.message
    assert type(error) is case.kind
    assert error.location == errors.Location(file, line)
    assert str(error) == f"{case.message}\n  at {file}:{line}"


def test_a_failed_trace_leaves_nothing_behind() -> None:
    @fn
    def f(x: Real) -> Real:
        return x if x > 0 else -x

    for _ in range(2):
        with pytest.raises(rose.TracedValueError):
            f(1.0)
    assert g2(3.0) == 6.0


def test_a_refused_argument_leaves_the_others_as_they_were() -> None:
    assert hv([1.0, 2.0, 3.0], 1, True) == 2.0
    with pytest.raises(rose.TypeMismatchError):
        hv([4.0, 5.0, 6.0], 1, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(rose.IndexRangeError):
        hv([4.0, 5.0, 6.0], 9, True)
    assert hv([1.0, 2.0, 3.0], 2, True) == 3.0


def test_what_the_user_raises_passes_through() -> None:
    @fn
    def f(x: Real) -> Real:
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        f(1.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308])
def test_every_float_is_a_real(value: float) -> None:
    @fn
    def same(x: Real) -> Real:
        return x

    assert str(same(value)) == str(value)


def test_errors_can_be_pickled() -> None:
    with pytest.raises(rose.TypeMismatchError) as raised:
        g2("a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301
    assert (type(again), str(again)) == (type(raised.value), str(raised.value))


OPERATORS = (
    "add sub mul truediv floordiv pow and_ or_ xor lt le eq ne gt ge".split()  # noqa: SIM905
)
STRANGE: list[Any] = [
    *[0, -1, 2.5, True, None, "a", b"b", [], [1, "a"], (), {}, 1j, 10**400, math.nan],
    np.float64(2),
    np.bool_(True),
    np.array(1.0),
    object(),
    int,
    Real,
    Vec[Literal[2]],  # type: ignore[misc]
    g2,
    ...,
]


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_end_in_values_or_in_errors_of_ours(name: str) -> None:
    apply = getattr(operator, name)

    @fn
    def f(
        x: Real,
        b: Bool,
        i: Index[Literal[3]],
        v: Vec[Literal[3]],
        m: Vec[Literal[9], Vec[Literal[2]]],
        ps: Vec[Literal[5], P],
    ) -> Real:
        values = [x, b, i, v, m, ps]
        for one, other in itertools.product(values, [*values, *STRANGE]):
            for pair in ((one, other), (other, one)):
                with contextlib.suppress(rose.RoseError):
                    apply(*pair)
        return x

    assert f.func is not None
