"""The types of a bundle for TypeScript, from the annotations and docstrings of the model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import assert_never

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
    leaf_types,
)
from rose.ir.types import Bool, Index, Real
from rose.run.bundle.manifest import Exported

_HEAD = """\
// Programs for Node, which have none of the types of pages, do without what these have.
declare global {
  interface Response {}
  interface URL {}
  namespace WebAssembly {
    interface Memory {}
    interface Module {}
  }
}

/** Views on a function's buffers: fill `args`, call `run()`, read `result`; nothing is allocated. */
export interface InPlace<Args, Result> {
  readonly args: Args;
  readonly result: Result;
  /** Throws a RangeError, and runs nothing, if an index in `args` is out of range. */
  run(): void;
}

export interface Model {
  /** The memory that all buffers lie in. */
  readonly memory: WebAssembly.Memory & { readonly buffer: ArrayBuffer };
"""

_TAIL = """\
}}

export type Bytes = ArrayBuffer | ArrayBufferView;
export type Source = URL | string | Response | Bytes | WebAssembly.Module;
/** `imports`: what the model's opaque functions are, by their names; else the global ones are taken. */
export type Options = {{ imports?: Record<string, (...args: number[]) => number> }};
export declare function load(source?: Source | PromiseLike<Source> | null, options?: Options): Promise<Model>;
export declare function loadSync(source{optional}, options?: Options): Model;
"""


def types(exported: Sequence[Exported], *, inline: bool) -> str:
    """The text of `name.d.ts`, which is also that of `name.d.mts`.

    Args:
        inline: whether the module is in the script, and so need not be given.
    """
    source = "Bytes | WebAssembly.Module"
    functions = "".join(_function(function) for function in exported)
    return (
        _HEAD
        + functions
        + _TAIL.format(optional=f"?: {source} | null" if inline else f": {source}")
    )


def _function(function: Exported) -> str:
    labels = _labels([name for name, _ in function.params])
    trees = [tree for _, tree in function.params]
    params = ", ".join(f"{n}: {_taken(t)}" for n, t in zip(labels, trees, strict=True))
    views = _fields([name for name, _ in function.params], [_view(tree) for tree in trees])
    result = function.signature.result
    return (
        f"{_comment(function.doc)}"
        f"  readonly {_key(function.name)}: (({params}) => {_given(result)}) &\n"
        f"    InPlace<{views}, {_view(result)}>;\n"
    )


def _comment(doc: Sequence[str]) -> str:
    """A doc comment of lines that may hold anything."""
    if not doc:
        return ""
    lines = [f"   * {line}".rstrip().replace("*/", "*\\/") for line in doc]
    return "\n".join(["  /**", *lines, "   */", ""])


# Words that are names in Python, and that TypeScript does not take as the name of a parameter.
_WORDS = (
    "arguments case catch const debugger default delete do enum eval export extends function implements instanceof "
    "interface let new null package private protected public static super switch this throw typeof var void"
)
_RESERVED = frozenset(_WORDS.split())


def _labels(names: Sequence[str]) -> list[str]:
    """The names of parameters where they are only labels: none is a word of TypeScript's, no two are the same."""
    labels: list[str] = []
    for name in names:
        label = f"{name}_" if name in _RESERVED else name
        while label in labels or (label != name and label in names):
            label += "_"
        labels.append(label)
    return labels


def _key(name: str) -> str:
    """A key of an object; those of dicts may be any text."""
    return name if name.isidentifier() and name.isascii() else json.dumps(name)


def _fields(names: Sequence[str], types: Sequence[str]) -> str:
    fields = [f"readonly {_key(n)}: {t}" for n, t in zip(names, types, strict=True)]
    return f"{{ {'; '.join(fields)} }}" if fields else "{}"


def _taken(tree: Tree) -> str:
    """The type of an argument in a friendly call: whatever can be read as the value."""
    match tree:
        case VecTree(_, elem):
            return f"ArrayLike<{_taken(elem)}>"
        case TupleTree(items):
            return f"readonly [{', '.join(map(_taken, items))}]"
        case StructTree(_, names, items):
            return _fields(names, [_taken(item) for item in items])
        case NoneTree() | StaticTree():
            return "null | undefined"
        case _:
            return _given(tree)


def _given(tree: Tree) -> str:
    """The type of a result of a friendly call, which is the caller's own."""
    match tree:
        case RealTree() | IndexTree():
            return "number"
        case BoolTree():
            return "boolean"
        case NoneTree() | StaticTree():
            return "null"
        case VecTree(_, elem):
            return f"{_given(elem)}[]"
        case TupleTree(items):
            return f"[{', '.join(map(_given, items))}]"
        case StructTree(_, names, items):
            fields = [f"{_key(n)}: {_given(t)}" for n, t in zip(names, items, strict=True)]
            return f"{{ {'; '.join(fields)} }}" if fields else "{}"
        case RawTree():
            raise AssertionError("residuals stay inside a module")
        case _:
            assert_never(tree)


_VIEWS: dict[type, str] = {Real: "Float64Array", Index: "Int32Array", Bool: "Uint8Array"}


def _view(tree: Tree) -> str:
    """The type of the views on a value's buffers; a Vec's are those of what is in it."""
    while isinstance(tree, VecTree):
        tree = tree.elem
    match tree:
        case TupleTree(items):
            return f"readonly [{', '.join(map(_view, items))}]"
        case StructTree(_, names, items):
            return _fields(names, [_view(item) for item in items])
        case NoneTree() | StaticTree():
            return "null"
        case _:
            (leaf,) = leaf_types(tree)
            return _VIEWS[leaf.elem.__class__]
