"""Python values on their way into a function and out of it; tests/test_engines.py compares the engines."""

from __future__ import annotations

import math

import pytest
from flat import flatten
from programs import PROGRAMS, Ball, moved

import rose


def test_numbers_lists_and_structures_go_in_and_come_out() -> None:
    orbit, (ball, dt) = PROGRAMS["orbit"]
    value = orbit(ball, dt)
    assert type(value) is float
    as_instance = Ball([1.1 - 1.0, -0.5], (1.3, -0.2))
    assert orbit(as_instance, dt) == orbit(((1.1 - 1.0, -0.5), (1.3, -0.2)), dt)
    after = moved(as_instance, dt)
    assert isinstance(after, Ball)
    assert after.velocity == pytest.approx([1.3 - 0.1 * math.sin(0.1), -0.2 + 0.1 * math.sin(0.5)])


def test_numpy_arrays_go_in_and_come_out() -> None:
    numpy = pytest.importorskip("numpy")
    f, args = PROGRAMS["energy"]
    points = numpy.array(args[0])
    gradient_of = rose.grad(f)
    as_array, as_list = gradient_of(points), gradient_of(args[0])
    assert isinstance(as_array, numpy.ndarray)
    assert isinstance(as_list, list)
    assert as_array.tolist() == as_list
    assert f(points.astype(numpy.float32)) == pytest.approx(f(args[0]), rel=1e-6)
    assert PROGRAMS["arithmetic"][0](numpy.float64(0.7), numpy.int64(2)) == PROGRAMS["arithmetic"][
        0
    ](0.7, 2)


def test_results_are_new_objects() -> None:
    gradient_of = rose.grad(PROGRAMS["wide"][0])
    first = gradient_of([0.1] * 20)
    kept = flatten(first)
    gradient_of([0.2] * 20)
    assert flatten(first) == kept
