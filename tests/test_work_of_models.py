"""The work of a gradient, of short programs as users write them: at most five times that of its function, at two sizes."""

from __future__ import annotations

import pytest
from flat import gradient
from metering import fuel, instructions
from models import MODELS, case

MOST = 5
SIZES = 8, 20

# Of these the module runs two or four rows at a time, and more of them than on the way back: it executes two for one.
IN_LANES = {"floyd_warshall": 8, "determinant": 7, "greatest_of_columns": 6}


@pytest.mark.parametrize("name", MODELS)
def test_in_instructions_of_the_ir(name: str) -> None:
    for n in SIZES:
        f, args = case(name, n)
        assert instructions(gradient(f), args) <= MOST * instructions(f, args)


@pytest.mark.parametrize("name", MODELS)
def test_in_what_the_module_executes(name: str) -> None:
    for n in SIZES:
        f, args = case(name, n)
        assert fuel(gradient(f), args) <= IN_LANES.get(name, MOST) * fuel(f, args)
