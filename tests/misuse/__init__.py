"""Ways to misuse Rose: the class of the error, the whole message, and the line that is named.

A case is a function that ends in an error; the line at fault is the one that ends in `# here`. `test_misuse.py` runs
those of all modules here.

Where a type checker sees the fault as well, the line says by which of its rules: an ignore without an error fails
`make types`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import rose
from rose import Bool, Index, Real, Vec, fn


class Case(NamedTuple):
    run: Callable[[], object]
    kind: type[rose.RoseError]
    message: str


CASES: list[Case] = []


def misuse(kind: type[rose.RoseError], message: str) -> Callable[[Callable[[], object]], object]:
    """Mark a function that ends in this error."""

    def mark(run: Callable[[], object]) -> object:
        CASES.append(Case(run, kind, message))
        return run

    return mark


KEPT: dict[str, Any] = {}
V3 = [1.0, 2.0, 3.0]


@dataclass
class P:
    x: Real
    y: Real


class N(NamedTuple):
    x: Real
    y: Real


@dataclass
class Node:
    next: "Node"
    x: Real


@fn
def px(p: P) -> Real:
    return p.x


@fn
def g2(x: Real, y: Real = 2.0) -> Real:
    return x * y


@fn
def vv(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
    return x * 2


@fn
def iv(x: Vec[Literal[3]], i: Index[Literal[3]]) -> Real:
    return x[i]


@fn
def hv(v: Vec[Literal[3]], i: Index[Literal[3]], b: Bool) -> Real:
    return v[i]
