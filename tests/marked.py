"""Programs that a file of tests is about, marked one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rose import Fn, Real, fn


def marker(
    programs: list[tuple[Fn[..., Any], tuple[Any, ...]]],
) -> Callable[..., Callable[[Callable[..., Any]], object]]:
    """What marks functions that give a Real, given their types and arguments, and adds both to `programs`."""

    def program(types: list[Any], *args: Any) -> Callable[[Callable[..., Any]], object]:
        def mark(function: Callable[..., Any]) -> object:
            f = fn(types, Real)(function)
            programs.append((f, args))
            return f

        return mark

    return program
