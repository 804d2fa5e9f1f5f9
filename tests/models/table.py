"""Short programs as users write them, whose derivatives' work is counted: each a function of few lines, and what it takes.

Sizes are the arguments': `case(name, n)` gives the function for arguments of size n.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from flat import untyped

from rose import Fn, fn

Model = Callable[..., Any]
MODELS: dict[str, tuple[Model, tuple[str, ...]]] = {}


def model(*shapes: str) -> Callable[[Model], Model]:
    """A function of the table, and the shapes of what it takes: "" a number, "n*3" a Vec[n, Vec[3]], "at" n places of a Vec[n]."""

    def enter(f: Model) -> Model:
        MODELS[f.__name__] = f, shapes
        return f

    return enter


def case(name: str, n: int) -> tuple[Fn[..., Any], tuple[Any, ...]]:
    f, shapes = MODELS[name]
    draw = random.Random(n)
    args = tuple([_drawn(draw, shape, n) for shape in shapes])
    places = untyped.Vec[n, untyped.Index[n]]
    types = [places if shape == "at" else arg for shape, arg in zip(shapes, args, strict=True)]
    return fn(f).specialized(*types), args


def _drawn(draw: random.Random, shape: str, n: int) -> Any:
    if shape == "at":
        return [draw.randrange(n) for _ in range(n)]
    if not shape:
        return draw.uniform(0.3, 1.2)
    size, _, rest = shape.partition("*")
    return [_drawn(draw, rest, n) for _ in range(n if size == "n" else int(size))]
