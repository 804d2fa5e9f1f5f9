"""What generated programs are made of: primitives by what they take, and functions of the host.

Primitives come from the registry: those of scalars are found by the types that their own rules accept, and `straight.py` has a method
for each in `STRUCTURAL`. `test_generated.py` holds that none is left out.
"""

from __future__ import annotations

from itertools import product

from rose.ad.jvp import jvp
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.host import Host
from rose.ir.primitive import REGISTRY, Primitive
from rose.ir.types import BOOL, REAL, Array, Index, Scalar

# --- functions of the host --------------------------------------------------------------------------------


def _host_body(count: int) -> Func:
    """x0 · x1 + … of so many Reals: what Python and JavaScript compute alike."""
    builder = Builder(f"host{count}.body")
    xs = [builder.var(builder.param(REAL)) for _ in range(count)]
    total = xs[0] * 0.5
    for x in xs:
        total = total * x + 0.25
    return builder.finish([total.id])


def _host_call(*args: float) -> float:
    total = args[0] * 0.5
    for x in args:
        total = total * x + 0.25
    return total


HOSTS = {
    count: Host(
        f"host{count}",
        f"trust.host{count}",
        count,
        _host_call,
        jvp(_host_body(count), (True,) * count).func,
    )
    for count in (1, 2, 3)
}

# --- primitives --------------------------------------------------------------------------------

KINDS: tuple[Scalar, ...] = (REAL, BOOL, Index(3))


def _scalar_operands(prim: Primitive) -> list[tuple[Scalar, ...]]:
    """The scalars that a primitive takes, by its own type rule; indices stand for those of any size."""
    attrs = tuple([7 for _ in prim.attrs])
    found: list[tuple[Scalar, ...]] = []
    for count in (1, 2, 3):
        for types in product(KINDS, repeat=count):
            try:
                prim.type_rule(types, attrs)
            except (ValueError, TypeError):
                continue
            found.append(types)
    return found


SCALAR = {
    name: found
    for name, prim in REGISTRY.items()
    if name != "pack" and (found := _scalar_operands(prim))
}
STRUCTURAL = ("const", "zeros", "unread", "index", "update", "pack", "part", "join")


def _takes(prim: Primitive, elem: Scalar) -> bool:
    """Whether a primitive takes one array, of any shape, of such scalars."""
    try:
        prim.type_rule([Array(elem, (2, 3))], ())
    except (ValueError, TypeError):
        return False
    return not prim.attrs


OF_ARRAYS = {
    name: found
    for name, prim in REGISTRY.items()
    if name not in STRUCTURAL and (found := [kind for kind in KINDS if _takes(prim, kind)])  # type: ignore[misc]
}
EXACT = ("fmod", "mod", "floor_divide", "copysign")  # math functions whose results are exact


def is_exact(prim: Primitive) -> bool:
    """Whether every host gives it the same bits by the standard of floating-point numbers."""
    return not prim.calls_math or prim.name in EXACT


PLAIN = [name for name in SCALAR if is_exact(REGISTRY[name])]
REALS = {
    name: found[0]
    for name, operands in SCALAR.items()
    if name not in ("opaque", "stop_gradient")
    and (found := [t for t in operands if set(t) == {REAL}])
    and not REGISTRY[name].attrs
    and REGISTRY[name].type_rule(found[0], ()) == REAL
}  # from Reals to a Real
ROUNDED = [name for name in SCALAR if not is_exact(REGISTRY[name])]
