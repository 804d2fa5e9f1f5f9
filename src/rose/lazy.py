"""Modules that are imported when they are first needed, so that `import rose` is quick.

What a program only traces, or finds compiled on disk, needs no derivatives, no passes and no WebAssembly. Type checkers
are shown the import:

    if TYPE_CHECKING:
        from rose.ad import reverse
    else:
        reverse = Lazy("rose.ad.reverse")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Lazy:
    """Stands for a module, whose attributes it has."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self._module), name)
        setattr(self, name, value)  # the next time it is found here
        return value
