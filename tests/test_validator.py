"""The validator that watches all tests sees what is wrong."""

from __future__ import annotations

import validator

import rose
from rose import Real, fn
from rose.ir.record import replace


@fn
def half(x: Real) -> Real:
    return x / 2.0


def test_it_sees_faults() -> None:
    compiled = rose.compile({"half": half})
    module = compiled.program.module
    checks = validator.Validator()
    checks.emitted(module, compiled.data)
    checks.emitted(module, compiled.data)
    checks.emitted(module, compiled.data[:-1] + b"\x0c")
    checks.emitted(module, compiled.data.replace(b"\xa3", b"\xa2"))  # f64.div, f64.mul
    checks.emitted(replace(module, memory_bytes=2**20), compiled.data + b"\x00\x02\x01x")
    first, second, third = checks.faults()
    assert len(checks.asked) == 4
    assert "test_it_sees_faults" in first
    assert "error" in first
    assert second.endswith("is     f64.mul), and of its text     f64.div)")
    assert "(memory" in third
