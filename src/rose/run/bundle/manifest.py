"""The manifest: what the loader is told of a module's functions, its only source of types, sizes and addresses."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, assert_never

from rose.front.signature import Signature
from rose.front.tree import (
    BoolTree,
    IndexTree,
    NoneTree,
    RawTree,
    RealTree,
    StaticTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
)
from rose.ir.record import record
from rose.ir.types import Bool, Index, Real
from rose.wasm.layout import Buffer, Interface

_LETTERS: dict[type, str] = {Real: "f64", Index: "i32", Bool: "u8"}


@record
class Exported:
    """One function of a bundle.

    Attributes:
        name: as users write it.
        docstring: as it stands in the model, or "".
    """

    name: str
    signature: Signature
    interface: Interface
    docstring: str

    @property
    def params(self) -> list[tuple[str, Tree]]:
        """The parameters that JavaScript gives: those that are not static."""
        pairs = zip(self.signature.names, self.signature.params, strict=True)
        return [(name, tree) for name, tree in pairs if not isinstance(tree, StaticTree)]

    @property
    def doc(self) -> list[str]:
        """The lines of its docstring, without the indent of the code that it stands in, as text that UTF-8 can have."""
        text = inspect.cleandoc(self.docstring.encode(errors="replace").decode())
        return text.split("\n") if text else []


def manifest(exported: Sequence[Exported]) -> list[Any]:
    """What a host needs to know to call the exports, as pairs of a name and an entry.

    They are pairs, and no object, since an object in JavaScript has names of its own, such as `__proto__`.
    A type is "real", "bool", "none", {"index": n}, {"vec": [n, type]}, {"tuple": [types]} or
    {"struct": [[field, type]]}; a buffer is [element kind, address, count]. Leaves of a type, in order of its fields,
    have a buffer each: a Vec of structures is a structure of arrays.
    """
    return [
        [
            function.name,
            {
                "params": [[name, type_of(tree)] for name, tree in function.params],
                "result": type_of(function.signature.result),
                "args": [_buffer(buffer) for buffer in function.interface.args],
                "results": [_buffer(buffer) for buffer in function.interface.results],
            },
        ]
        for function in exported
    ]


def _buffer(buffer: Buffer) -> list[Any]:
    return [_LETTERS[buffer.elem.__class__], buffer.address, buffer.count]


def type_of(tree: Tree) -> Any:
    """A type as the manifest has it."""
    match tree:
        case RealTree():
            return "real"
        case BoolTree():
            return "bool"
        case IndexTree(size):
            return {"index": size}
        case NoneTree() | StaticTree():
            return "none"
        case VecTree(size, elem):
            return {"vec": [size, type_of(elem)]}
        case TupleTree(items):
            return {"tuple": [type_of(item) for item in items]}
        case StructTree(_, names, items):
            return {"struct": [[n, type_of(item)] for n, item in zip(names, items, strict=True)]}
        case RawTree():
            raise AssertionError("residuals stay inside a module")
        case _:
            assert_never(tree)
