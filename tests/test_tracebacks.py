"""Tracebacks of errors of ours show the user's frames, and those of the user's own errors show all."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

import rose
from rose import Real, Vec, fn

Three = Vec[Literal[3]]


@fn
def inner(v: Three) -> Real:
    return v[7]


@fn
def outer(v: Three) -> Real:
    return inner(v) * 2


@fn
def broken(v: Three) -> Real:
    empty: dict[str, Real] = {}
    return v[0] * empty["mine"]


@fn
def good(v: Three) -> Real:
    return v[0]


@fn
def of_any(v: Any) -> Any:
    return v[0]


@rose.custom_jvp
def ruled(x: Real) -> Real:
    return x


@rose.custom_vjp
def clipped(x: Real) -> Real:
    return x


def shifted(primals: tuple[Real], tangents: tuple[Real]) -> tuple[Real, Real]:
    return primals[0], tangents[0] + 1


def cut(_: Real, x_bar: Real) -> tuple[Real]:
    return (rose.clip(x_bar, -1, 1),)


def frames(call: Callable[[], Any], kind: type[BaseException]) -> list[tuple[str, bool]]:
    """The functions in an error's traceback, and whether each is of this file."""
    found: list[tuple[str, bool]] = []
    with pytest.raises(kind) as raised:
        call()
    entry = raised.value.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        found.append((code.co_name, code.co_filename == __file__))
        entry = entry.tb_next
    return found[2:]  # this function and the lambda


wrong: Any = "a"
too_few: Callable[..., Any] = good
sine: Callable[..., Any] = rose.sin
CALLS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "call": (lambda: outer([1, 2, 3]), ["outer", "inner"]),
    "derivative": (lambda: rose.grad(outer)([1, 2, 3]), ["outer", "inner"]),
    "compile": (lambda: rose.compile(outer), ["outer", "inner"]),
    "check_grads": (lambda: rose.check_grads(outer, ([1, 2, 3],)), ["outer", "inner"]),
    "argument": (lambda: good(wrong), []),
    "count": (lambda: too_few(1, 2), []),
    "element": (lambda: good([1, 2, wrong]), []),
    "function": (lambda: rose.sin(wrong), []),
    "arguments": (lambda: sine(1.0, 2.0), []),
    "text": (lambda: str(outer), ["outer", "inner"]),
    "prepared": (lambda: outer.prepared().run(), ["outer", "inner"]),
    "specialized": (lambda: of_any.specialized(wrong), []),
    "jvp rule": (lambda: ruled.defjvp(shifted), []),
    "vjp rule": (lambda: clipped.defvjp(lambda x: (x, x), cut), []),
    "host": (lambda: rose.opaque(js="Math.sin")(wrong), []),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_traceback_has_the_users_frames(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call, users = CALLS[name]
    monkeypatch.delenv("ROSE_TRACEBACK", raising=False)
    assert frames(call, rose.RoseError) == [(user, True) for user in users]
    monkeypatch.setenv("ROSE_TRACEBACK", "full")
    full = frames(call, rose.RoseError)
    assert [name for name, is_mine in full if is_mine] == users
    assert len(full) > len(users)


LAMBDA_BEFORE_A_DEF = """
import rose
@rose.custom_vjp
def f(x: rose.Real) -> rose.Real: return x
f.defvjp(lambda x: x, lambda _, bar: (bar,))
def after(): ...
"""


def test_the_line_of_a_lambda_is_its_own(tmp_path: Path) -> None:
    model = tmp_path / "model.py"
    model.write_text(LAMBDA_BEFORE_A_DEF)
    with pytest.raises(rose.ArgumentError, match="the forward half of f's rule") as raised:
        runpy.run_path(str(model))
    assert raised.value.location.line == 5


def test_it_is_also_so_on_the_quick_way() -> None:
    assert good([1, 2, 3]) == 1
    assert frames(lambda: good([1, 2]), rose.RoseError) == []


def test_the_lines_are_those_that_ran() -> None:
    with pytest.raises(rose.IndexRangeError) as raised:
        outer([1, 2, 3])
    entry = raised.value.__traceback__
    lines: list[int] = []
    while entry is not None:
        lines.append(entry.tb_lineno)
        entry = entry.tb_next
    assert lines[1:] == [
        outer.__wrapped__.__code__.co_firstlineno + 2,
        inner.__wrapped__.__code__.co_firstlineno + 2,
    ]


def test_the_users_own_error_keeps_all_frames() -> None:
    found = frames(lambda: broken([1, 2, 3]), KeyError)
    assert found[-1] == ("broken", True)
    assert ("trace_inferred", False) in found
