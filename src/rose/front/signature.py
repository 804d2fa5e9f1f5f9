"""What a function takes and gives: its signature, and the template of those that calls specialise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rose.errors import ArgumentError
from rose.front.arguments import bound, by_names, default_text, starred
from rose.front.blanks import Blank
from rose.front.tree import StaticTree, Tree
from rose.ir.record import field, record, replace


@record
class Signature:
    """What a function takes and gives.

    Attributes:
        names: of the parameters, in order.
        params: their trees.
        result: the tree of the result.
        defaults: values for parameters that may be left out.
        by_name: how many parameters, the last ones, calls give by name only.
    """

    names: tuple[str, ...]
    params: tuple[Tree, ...]
    result: Tree
    defaults: dict[str, Any] = field(default_factory=dict)
    by_name: int = 0

    def __str__(self) -> str:
        return f"{_written(self)} -> {self.result}"

    def giving(self, result: Tree) -> Signature:
        """The same parameters, and another result."""
        return replace(self, result=result)

    def call(self, function: Callable[..., Any], values: Sequence[Any]) -> Any:
        """Call a function of this signature with a value per parameter."""
        count = len(self.names) - self.by_name
        return function(
            *values[:count], **dict(zip(self.names[count:], values[count:], strict=True))
        )

    def bind(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
        """One value per parameter, from a call's arguments; errors as for `bound`."""
        return bound(name, self, args, kwargs)


@record
class Template:
    """What is known of a function's signature before it is called.

    Attributes:
        names: of the parameters, in order.
        params: their trees, or blanks.
        result: the tree of the result, or a blank if it is to be inferred.
        defaults: values for parameters that may be left out.
        by_name: how many parameters, the last ones, calls give by name only.
    """

    names: tuple[str, ...]
    params: tuple[Tree | Blank, ...]
    result: Tree | Blank
    defaults: dict[str, Any] = field(default_factory=dict)
    by_name: int = 0

    def __str__(self) -> str:
        result = str(self.result)
        return _written(self) + (f" -> {result}" if result else "")

    @property
    def is_open(self) -> bool:
        """Whether parameters are known only when it is called."""
        return any(isinstance(param, Blank) for param in self.params)

    @property
    def missing(self) -> list[str]:
        """The parameters that are known only when it is called, and have no default."""
        pairs = zip(self.names, self.params, strict=True)
        return [n for n, p in pairs if isinstance(p, Blank) and n not in self.defaults]

    def _hint(self, missing: Sequence[str]) -> str:
        """What to write if a parameter lacks its annotation by mistake."""
        pairs = zip(self.names, self.params, strict=True)
        bare = [n for n, p in pairs if n in missing and isinstance(p, Blank) and p.text == ""]
        return f"; or annotate {' and '.join(bare)}, for example {bare[0]}: Real" if bare else ""

    def fill(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Tree, ...]:
        """The trees of the parameters in a call; only blanks need arguments.

        Raises:
            ArgumentError: if a blank is left, or there are too many or unknown arguments.
            TypeMismatchError: if an argument does not fit its blank.
        """
        given = by_names(name, self, args, kwargs)
        pairs = list(zip(self.names, self.params, strict=True))
        missing = [n for n in self.missing if n not in given]
        if missing:
            raise ArgumentError(
                f"{name}{self} is another function for each {' and '.join(missing)}, which "
                f"{'is' if len(missing) == 1 else 'are'} not given; call it with all of its arguments, or write "
                f"{name}.specialized({', '.join(f'{n}=...' for n in missing)})"
                f"{self._hint(missing)}"
            )
        return tuple(
            param.fill(given[n], f"argument {n} of {name}") if isinstance(param, Blank) else param
            for n, param in pairs
        )

    def signature(self, params: tuple[Tree, ...], result: Tree) -> Signature:
        """The signature with these trees. Static values are defaults, so that they may be left out."""
        defaults = dict(self.defaults)
        for name, param, tree in zip(self.names, self.params, params, strict=True):
            if isinstance(tree, StaticTree):
                defaults[name] = tree.value
            elif name in defaults and not _fits(defaults[name], param, tree):
                del defaults[name]
        return Signature(self.names, params, result, defaults, by_name=self.by_name)


def _fits(default: Any, param: Tree | Blank, tree: Tree) -> bool:
    """Whether a default is of the type that a parameter has been specialised to."""
    return not isinstance(param, Blank) or param.fill(default, "a default") == tree


def _written(signature: Signature | Template) -> str:
    """The parameters in parentheses, with their types and defaults."""
    params: list[str] = []
    for name, tree in zip(signature.names, signature.params, strict=True):
        type = str(tree)
        param = f"{name}: {type}" if type else name
        if name in signature.defaults and not isinstance(tree, StaticTree):  # whose value is fixed
            equals = " = " if type else "="
            param += equals + default_text(signature.defaults[name])
        params.append(param)
    return f"({', '.join(starred(params, signature.by_name))})"
