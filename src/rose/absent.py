"""Names that users of other packages look for in ours, and what there is instead."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, NoReturn

from rose.errors import NoAttributeError, NoNameError
from rose.instead import INSTEAD
from rose.lazy import Lazy

if TYPE_CHECKING:
    import difflib
else:
    difflib = Lazy("difflib")


def refuse(name: str, known: list[str]) -> NoReturn:
    """The error for an attribute that the package does not have, given those it has.

    Raises:
        AttributeError: a plain one, soon, for what Python and its tools ask for themselves.
        NoNameError: in `from rose import name`, of which Python would say no more than that there is none.
        NoAttributeError: elsewhere.
    """
    if name.startswith("_"):
        raise AttributeError(f"module 'rose' has no attribute {name!r}")
    instead = INSTEAD.get(name) or _guess(name, known)
    if sys._getframe(2).f_code.co_name != "_handle_fromlist":
        raise NoAttributeError(f"rose has no {name}; {instead}")
    if _is_module(name):  # Python asks before it imports a module of ours
        raise AttributeError(f"module 'rose' has no attribute {name!r}")
    raise NoNameError(f"rose has no {name} to import; {instead}")


def _guess(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1, 0.8)
    return f"did you mean rose.{close[0]}?" if close else "docs/language.md says what there is"


def _is_module(name: str) -> bool:
    return PathFinder.find_spec(f"rose.{name}", sys.modules["rose"].__path__) is not None


class Finder:
    """The last of Python's finders of modules: it knows those that users of other packages import, as `rose.numpy`."""

    @staticmethod
    def find_spec(name: str, /, *_: object) -> None:
        """Nothing, for any module.

        Raises:
            NoNameError: if we know what there is instead.
        """
        module = name.removeprefix("rose.")
        if module == name:
            return
        if module in INSTEAD:
            raise NoNameError(f"rose has no module {module} to import; {INSTEAD[module]}")
        if module in sys.modules["rose"].__all__:
            raise NoNameError(
                f"rose.{module} is no module to import; write from rose import {module}"
            )
