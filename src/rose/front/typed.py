"""The types that users annotate with. Type checkers read `typed.pyi` beside this, which says what they are to them."""

from rose.front.index import Index
from rose.front.values import Bool, Real
from rose.front.vec import Vec

__all__ = ["Bool", "Index", "Real", "Vec"]
