"""copysign, where the sign of a nan must not be seen."""

from __future__ import annotations

from rose.wasm.math.dsl import Body, Local, Operand, choose, define


@define("copysign", params="f64 f64")
def copysign(_: Body, x: Local, y: Local) -> Operand:
    """|x| with the sign of y, and |x| if y is nan: engines are free to give a nan either sign."""
    return choose(y.differs(y), abs(x), x.with_sign_of(y))
