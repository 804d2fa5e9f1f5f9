"""Functions -> the files of a model for the web."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from rose.api.compiling import Compiled, compile_functions, is_name, named
from rose.errors import ArgumentError
from rose.front.fn import Traceable
from rose.front.tree import RawTree, Tree, children
from rose.front.words import describe
from rose.ir.record import record
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose.run.bundle import manifest, typescript
    from rose.run.bundle import page as pages
    from rose.run.bundle import script as scripts
    from rose.run.bundle.manifest import Exported
else:
    manifest = Lazy("rose.run.bundle.manifest")
    pages = Lazy("rose.run.bundle.page")
    scripts = Lazy("rose.run.bundle.script")
    typescript = Lazy("rose.run.bundle.typescript")


@record(slots=False)
class Bundle:
    """The files of a model for the web, made when they are asked for.

    Attributes:
        name: that of the files, without suffix.
        compiled: the module that they load.
        inline: whether the script has the module in it.
    """

    name: str
    compiled: Compiled
    inline: bool

    @property
    def wasm(self) -> bytes:
        """The module, `NAME.wasm`."""
        return self.compiled.data

    @cached_property
    def mjs(self) -> str:
        """The ES module that loads it, `NAME.mjs`."""
        if self.inline:
            return scripts.inline_script(self._exported, self.wasm)
        return scripts.script(self._exported, self.name)

    @cached_property
    def types(self) -> str:
        """The types of the ES module for TypeScript, `NAME.d.ts` and `NAME.d.mts`."""
        return typescript.types(self._exported, inline=self.inline)

    @cached_property
    def html(self) -> str:
        """One page with the module in it, in which the functions can be tried, `NAME.html`."""
        return pages.page(self._exported, self.wasm, self.name)

    @cached_property
    def linked_page(self) -> dict[str, str]:
        """The same page in files by their names, which a policy without inline scripts and styles allows."""
        return pages.linked_page(self._exported, self.wasm, self.name)

    @cached_property
    def _exported(self) -> list[Exported]:
        interfaces, functions = self.compiled.interfaces, self.compiled.functions
        return [
            manifest.Exported(name, f.signature, interfaces[name], f.__doc__ or "")
            for name, f in functions.items()
        ]


def bundle(
    functions: Traceable | Mapping[str, Traceable], name: str, *, inline: bool = False
) -> Bundle:
    """Compile functions and write what loads them in a page, a Worker or Node.

    Args:
        functions: by the names to export them as; or one, which has its own.
        name: that of the files, without suffix.
        inline: put the module into the script, which then fetches nothing.

    Raises:
        ArgumentError: if a function cannot be called from JavaScript: it has no identifier as its name, is named
            `then`, or takes or gives residuals. Otherwise as for `compile_functions`.

    Example:
        >>> files = rose.bundle({"double": fn([Real])(lambda x: 2 * x)}, "model")
        >>> files.wasm[1:4], "double" in files.mjs, "double" in files.types
        (b'asm', True, True)
    """
    functions = named(functions)
    if not is_name(name):
        raise ArgumentError(
            f'a bundle\'s files have a name, given {describe(name)}; write rose.bundle(functions, "model")'
        )
    for key, f in functions.items():
        if not key.isidentifier():
            raise ArgumentError(
                f'a bundle\'s functions have identifiers as names, given {describe(key)}; write {{"name": function}}'
            )
        if key == "then":
            raise ArgumentError(
                "a function of a bundle cannot be named then, since JavaScript takes an object that has one for a "
                "promise, and load() would never give it; write another name"
            )
        if any([_has_residuals(tree) for tree in (*f.signature.params, f.signature.result)]):
            raise ArgumentError(
                f"{key} takes or gives the residuals of rose.vjp, which stay inside of a module; "
                "write an @fn that calls rose.vjp and its pullback"
            )
    return Bundle(name, compile_functions(functions), inline)


def _has_residuals(tree: Tree) -> bool:
    return isinstance(tree, RawTree) or any(map(_has_residuals, children(tree)))
