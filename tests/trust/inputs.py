"""Types, and what programs are called with."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from rose.ir.types import BOOL, REAL, Array, Bool, Index, Real, Scalar, Type

SPECIAL = [
    *[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 10.0, math.pi, -math.pi / 2, 1e-9],
    *[math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.0**-1022, 1.7976931348623157e308],
    *[1e16, -(2.0**31), 2.0**52 + 0.5, 709.8, -745.2, 1 + 2.0**-52, 0.1],
]


@lru_cache(maxsize=1000)
def upto(low: int, high: int) -> st.SearchStrategy[int]:
    """Integers from low to high. Strategies are slow to make, so each is made once."""
    return st.integers(low, high)


shapes = st.one_of(
    st.tuples(st.integers(1, 4)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(5, 20)),
    st.tuples(st.integers(1, 2), st.integers(4, 9)),
    st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 3)),
)
scalar_types: st.SearchStrategy[Scalar] = st.one_of(
    st.just(REAL), st.just(REAL), st.just(BOOL), st.builds(Index, st.integers(1, 5))
)
array_types = st.builds(Array, st.one_of(st.just(REAL), scalar_types), shapes)
types: st.SearchStrategy[Type] = st.one_of(
    st.just(REAL), st.just(REAL), scalar_types, array_types, array_types
)
wild_reals = st.one_of(
    st.sampled_from(SPECIAL), st.floats(-4, 4), st.floats(), st.floats(-100, 100)
)
mild_reals = st.floats(-2, 2)
booleans = st.booleans()


@lru_cache(maxsize=1000)
def values(type: Type, *, wild: bool = True) -> st.SearchStrategy[Any]:
    """Python values of a type, as the interpreter takes them; wild Reals are any, the others of moderate size."""
    match type:
        case Real():
            return wild_reals if wild else mild_reals
        case Bool():
            return booleans
        case Index(size):
            return st.integers(0, size - 1)
        case Array(_, shape):
            elems = values(type.at(1), wild=wild)
            return st.lists(elems, min_size=shape[0], max_size=shape[0])
        case _:
            raise AssertionError("references are no inputs")
