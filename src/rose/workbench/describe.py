"""What the workbench has to know of a model: its functions, the controls their parameters need, their sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rose.api import Fn, compile_functions, value_and_grad
from rose.errors import RoseError
from rose.front.fn import Traceable
from rose.front.tree import (
    RealTree,
    StaticTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    has_reals,
)
from rose.run.bundle.defaults import default_of
from rose.run.bundle.manifest import type_of

GRADIENT = (
    "_gradient"  # what the name of a function is followed by in that of its value and gradient
)


@dataclass(frozen=True)
class Model:
    """The functions of a module for the workbench.

    Attributes:
        exports: the user's functions and, beside each that has one, its value and gradient, by name.
        functions: a description of each of the user's functions, as JSON; see `describe`.
    """

    exports: dict[str, Traceable]
    functions: list[dict[str, Any]]


def describe(functions: Mapping[str, Fn[..., Any]]) -> Model:
    """A model of these functions.

    A description has the function's `name`, `signature` and `doc`; its `params`, each a name, a type as in the
    manifest with the ranges of its Reals, and the default or null; the type of its `result`, and whether it `is_made` by a
    transformation, so that points in it are no places; the `bytes` of a module with the function alone; and its `gradient`: null, or the name of the export that gives value and gradient, by which `params` it
    is, and the bytes of a module with that alone. `gradient_error` says why there is none where one would be expected.

    Raises:
        RoseError: what compiling a function runs into.
    """
    exports: dict[str, Traceable] = dict(functions)
    described: list[dict[str, Any]] = []
    for name, f in functions.items():
        about = _about(name, f)
        active = [k for k, tree in enumerate(f.signature.params) if has_reals(tree)]
        if isinstance(f.signature.result, RealTree) and active:
            try:
                gradient = value_and_grad(f, argnums=tuple(active))
                size = _bytes(name, gradient)
            except RoseError as error:
                about["gradient_error"] = error.message
            else:
                export = _unused(f"{name}{GRADIENT}", exports)
                exports[export] = gradient
                names = [f.signature.names[k] for k in active]
                about["gradient"] = {"name": export, "params": names, "bytes": size}
        described.append(about)
    return Model(exports, described)


def _about(name: str, f: Fn[..., Any]) -> dict[str, Any]:
    signature = f.signature
    return {
        "name": name,
        "signature": f"{name}{signature}",
        "doc": (f.__doc__ or "").strip(),
        "params": [
            {"name": n, "type": _ranged(tree), "default": default_of(tree, signature.defaults, n)}
            for n, tree in zip(signature.names, signature.params, strict=True)
            if not isinstance(tree, StaticTree)
        ],
        "result": type_of(signature.result),
        "is_made": f.is_made,
        "bytes": _bytes(name, f),
        "gradient": None,
        "gradient_error": None,
    }


def _bytes(name: str, f: Traceable) -> int:
    """Those of a module with this function alone."""
    return len(compile_functions({name: f}).data)


def _unused(name: str, taken: Mapping[str, object]) -> str:
    while name in taken:
        name += "_"
    return name


def _ranged(tree: Tree) -> Any:
    """A type as in the manifest, but that of a Real with a range is {"real": [low, high, step or null]}."""
    match tree:
        case RealTree(range) if range is not None:
            return {"real": [range.low, range.high, range.step]}
        case VecTree(size, elem):
            return {"vec": [size, _ranged(elem)]}
        case TupleTree(items):
            return {"tuple": [_ranged(item) for item in items]}
        case StructTree(_, names, items):
            return {"struct": [[n, _ranged(item)] for n, item in zip(names, items, strict=True)]}
        case _:
            return type_of(tree)
