"""The open vocabulary: every primitive is one block in one of these files (see `rose.ir.primitive`)."""

from rose.ir.primitive import REGISTRY
from rose.primitives import arithmetic, elementary, gamma, host, logic, memory, parts, powers

__all__ = [
    "REGISTRY",
    "arithmetic",
    "elementary",
    "gamma",
    "host",
    "logic",
    "memory",
    "parts",
    "powers",
]
