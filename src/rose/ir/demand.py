"""Transformations that need those of the functions called: recursion over the call graph, without recursion.

A *rule* transforms one Func under a key (which arguments are active, which results are used, …). It is a
generator that yields (callee, key) where it needs the transformed callee, and is sent it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from typing import Any, TypeAlias

from rose.ir.func import Func
from rose.ir.stages import under_way

Request: TypeAlias = tuple[Func, Hashable]
Demands: TypeAlias = Generator[Request, Any, Any]
Rule: TypeAlias = Callable[[Func, Any], Demands]


def complete(rule: Rule, func: Func, key: Hashable) -> Any:
    """What the rule makes of a Func, memoised on the Func, and on those it calls likewise."""
    if (rule, key) in func.memo:
        return func.memo[rule, key]
    recording = under_way()
    if recording is None:
        return _complete(rule, func, key)
    name = rule.__name__.removesuffix("_func")
    return recording.run(name, lambda: _complete(rule, func, key), [func])


def _complete(rule: Rule, func: Func, key: Hashable) -> Any:
    stack: list[tuple[Request, Demands]] = [((func, key), rule(func, key))]
    answer: Any = None
    while stack:
        (of, with_key), running = stack[-1]
        try:
            callee, callee_key = running.send(answer)
        except StopIteration as stop:
            answer = of.memo[rule, with_key] = stop.value
            stack.pop()
            continue
        if (rule, callee_key) in callee.memo:
            answer = callee.memo[rule, callee_key]
        else:
            stack.append(((callee, callee_key), rule(callee, callee_key)))
            answer = None
    return answer
