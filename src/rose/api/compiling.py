"""Functions -> a module, ready to be called; or the three files of a model for the web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rose.errors import ArgumentError, MemoryLimitError
from rose.front.fn import Traceable
from rose.front.tree import RawTree, Tree, children, describe, leaf_types
from rose.opt import finish
from rose.opt.share import share_all
from rose.run import marshal
from rose.run.bundle import Exported, loader_source, types_source
from rose.wasm.encode import encode
from rose.wasm.layout import Interface
from rose.wasm.program import Export, Program, lower_program
from rose.wasm.report import memory_report, size_report
from rose.wasm.wat import print_module


@dataclass(frozen=True)
class Compiled:
    """A module with some functions, and what is needed to call them.

    Attributes:
        data: the bytes of the WebAssembly module.
        program: the module before encoding.
        functions: the functions it exports, by name.
    """

    data: bytes
    program: Program
    functions: Mapping[str, Traceable]

    @property
    def wat(self) -> str:
        """The module as WebAssembly text."""
        return print_module(self.program.module)

    def size_report(self) -> str:
        """A table of the bytes of every function: entries, primal code, derivatives, math functions."""
        return size_report(self.program, len(self.data))

    def memory_report(self) -> str:
        """A table of the buffers and frames in memory, with addresses and bytes."""
        return memory_report(self.program)

    @property
    def memory_bytes(self) -> int:
        """Bytes of memory that the buffers and frames of all functions take."""
        return self.program.frames_end

    def interface(self, name: str) -> Interface:
        """Where the buffers of a function are.

        Raises:
            ArgumentError: if the module has no such function.
        """
        if name not in self.functions:
            raise ArgumentError(
                f"the module has no function {describe(name)}; it has {', '.join(self.functions)}"
            )
        return self.program.interfaces[name]

    @cached_property
    def _instance(self) -> Any:
        # wasmtime takes long to import, and under Emscripten there is none
        from rose.run.host import Instance  # noqa: PLC0415

        return Instance(self.data)

    def call(self, name: str, values: Sequence[Any]) -> Any:
        """Run a function on one Python value per parameter.

        Raises:
            ArgumentError: if the module has no such function, or its parameters are not so many.
        """
        interface, signature = self.interface(name), self.functions[name].signature
        if len(values) != len(signature.names):
            values = signature.bind(name, values, {})
        instance = self._instance
        with instance.lock:
            marshal.write(
                instance.memory,
                signature.params,
                signature.names,
                values,
                interface.args,
                function=name,
            )
            instance.call(name)
            as_numpy = marshal.has_numpy(values)
            return marshal.read(instance.memory, signature.result, interface.results, as_numpy)


def compile_functions(functions: Mapping[str, Traceable]) -> Compiled:
    """Compile functions into one module; what they share is shared there.

    Raises:
        ArgumentError: if it is no dict of functions marked with @rose.fn, by the names to export them as.
        MemoryLimitError: if their values need more memory than a module can have.
    """
    _check_functions(functions)
    finished = share_all([finish(f.func) for f in functions.values()])
    exports = [
        Export(
            name, func, leaves_of_trees(f.signature.params), leaves_of_trees((f.signature.result,))
        )
        for (name, f), func in zip(functions.items(), finished, strict=True)
    ]
    program = lower_program(exports)
    if program.frames_end > MOST_MEMORY:
        raise MemoryLimitError(
            f"{' and '.join(functions)}: {program.frames_end} bytes of memory are needed, and a WebAssembly module "
            f"has at most {MOST_MEMORY}; make the Vecs smaller, or the loops that are differentiated shorter"
        )
    return Compiled(encode(program.module), program, dict(functions))


MOST_MEMORY = 2**32 - 2**16  # bytes: all pages but one, which is for constants


def _check_functions(functions: Any) -> None:
    """Refuse what cannot be the exports of a module."""
    how = 'write {"name": function}, with functions marked with @rose.fn'
    if not isinstance(functions, dict) or not functions:
        raise ArgumentError(
            f"a module is made of a dict of functions, given {describe(functions)}; {how}"
        )
    for name, f in functions.items():
        if not isinstance(f, Traceable):
            raise ArgumentError(
                f"a module is made of functions, given {describe(f)} as {name}; {how}"
            )
        if not isinstance(name, str):
            raise ArgumentError(f"a function is exported by a name, given {describe(name)}; {how}")
        if name == "memory":
            raise ArgumentError(
                "a function cannot be exported as memory, the name of the module's memory"
            )


def leaves_of_trees(trees: Sequence[Tree]) -> tuple[Any, ...]:
    """The element type and shape of every leaf."""
    return tuple((leaf.elem, leaf.shape) for tree in trees for leaf in leaf_types(tree))


@dataclass(frozen=True)
class Bundle:
    """The three files of a model for the web, by their suffix."""

    wasm: bytes
    mjs: str
    types: str


def bundle(functions: Mapping[str, Traceable], name: str) -> Bundle:
    """Compile functions and write their loader; `name` is that of the files, without suffix.

    Raises:
        ArgumentError: if a function cannot be called from JavaScript: it has no identifier as its name, or
            takes or gives residuals. Otherwise as for `compile_functions`.
    """
    _check_functions(functions)
    for key, f in functions.items():
        if not key.isidentifier():
            raise ArgumentError(
                f"a bundle's functions have identifiers as names, given {describe(key)}"
            )
        if any([_has_residuals(tree) for tree in (*f.signature.params, f.signature.result)]):
            raise ArgumentError(
                f"{key} takes or gives the residuals of rose.vjp, which stay inside of a module; "
                "write an @fn that calls rose.vjp and its pullback"
            )
    compiled = compile_functions(functions)
    exported = [
        Exported(key, f.signature, compiled.interface(key), f.__doc__ or "")
        for key, f in functions.items()
    ]
    return Bundle(compiled.data, loader_source(exported, f"./{name}.wasm"), types_source(exported))


def _has_residuals(tree: Tree) -> bool:
    return isinstance(tree, RawTree) or any(map(_has_residuals, children(tree)))
