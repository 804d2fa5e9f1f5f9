"""Functions -> a module, ready to be called."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from rose.errors import ArgumentError, MemoryLimitError
from rose.front.absent_operators import COMPUTING, ELEMENTS, refuse
from rose.front.arguments import checked
from rose.front.attributes import no_attribute_of_module
from rose.front.fn import Traceable
from rose.front.tracer import without_collections
from rose.front.tree import leaves_of_trees, passed_types
from rose.front.words import describe
from rose.ir.host import hosts_of, may_call_host
from rose.ir.record import record
from rose.ir.types import Array
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose import opt
    from rose.ir import work
    from rose.run import cache
    from rose.run import caller as calling
    from rose.run.caller import Caller, Prepared
    from rose.wasm import encode as encoding
    from rose.wasm import layout, report, wat
    from rose.wasm import program as programs
    from rose.wasm.layout import Interface
    from rose.wasm.program import Program
else:
    opt = Lazy("rose.opt")
    work = Lazy("rose.ir.work")
    cache = Lazy("rose.run.cache")
    calling = Lazy("rose.run.caller")
    encoding = Lazy("rose.wasm.encode")
    layout = Lazy("rose.wasm.layout")
    programs = Lazy("rose.wasm.program")
    report = Lazy("rose.wasm.report")
    wat = Lazy("rose.wasm.wat")


@record(slots=False)
class Compiled:
    """A module with some functions, and what is needed to call them.

    Attributes:
        data: the bytes of the WebAssembly module.
        interfaces: where the buffers of the functions are, by name.
        functions: the functions it exports, by name.
        watched: whether it may run for long, so that hosts have to be able to stop it.
        cache_key: under which it is kept on disk; "" if it is not.
        native: its machine code, if it was found on disk.
    """

    data: bytes
    interfaces: Mapping[str, Interface]
    functions: Mapping[str, Traceable]
    watched: bool
    cache_key: str = ""
    native: bytes | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is pickled: by its functions, which are compiled again; errors as for those."""
        return compile_functions, (dict(self.functions),)

    def __bool__(self) -> bool:
        return True  # Python would ask for its length, which it refuses to have

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"the module of {', '.join(self.functions)}"

    if not TYPE_CHECKING:  # to checkers a class with it has every attribute

        def __getattr__(self, name: str) -> NoReturn:
            raise no_attribute_of_module(self, name, self.functions)

    @cached_property
    def program(self) -> Program:
        """The module before encoding."""
        return _lower(self.functions)[0]

    @property
    def wat(self) -> str:
        """The module as WebAssembly text.

        Example:
            >>> double = fn([Real])(lambda x: 2 * x)
            >>> rose.compile(double).wat[:7]
            '(module'
        """
        return wat.print_module(self.program.module)

    def size_report(self) -> str:
        """A table of the bytes of every function: entries, primal code, derivatives, math functions.

        Example:
            >>> double = fn([Real])(lambda x: 2 * x)
            >>> print(rose.compile(double).size_report())
            bytes  part    function
               21  entry   <lambda>
               15  primal  <lambda>
            ...
        """
        return report.size_report(self.program, len(self.data))

    def memory_report(self) -> str:
        """A table of the buffers and frames in memory, with addresses and bytes.

        Example:
            >>> double = fn([Real])(lambda x: 2 * x)
            >>> print(rose.compile({"double": double}).memory_report())
            address  bytes  what
                  0      8  argument of double
                  8      8  result of double
            <BLANKLINE>
            16 bytes in all
        """
        return report.memory_report(self.program)

    @property
    def memory_bytes(self) -> int:
        """Bytes of memory that the buffers and frames of all functions take.

        Example:
            >>> double = fn([Real])(lambda x: 2 * x)
            >>> rose.compile(double).memory_bytes
            16
        """
        return self.program.frames_end

    def interface(self, name: str) -> Interface:
        """Where the buffers of a function are.

        Raises:
            ArgumentError: if the module has no such function.
        """
        if not is_name(name) or name not in self.functions:
            raise ArgumentError(
                f"the module has no function {describe(name)}; it has {', '.join(self.functions)}"
            )
        return self.interfaces[name]

    @cached_property
    def _module(self) -> Any:
        hosts = [] if self.native else [i.host for i in self.program.module.imports if i.host]
        if sys.platform == "emscripten":
            from rose.run import browser  # noqa: PLC0415 (it is there only)

            return browser.Module(self.data, self.interfaces, hosts, watched=self.watched)
        from rose.run.host import Module  # noqa: PLC0415 (wasmtime takes long to import)

        module = Module(self.data, watched=self.watched, native=self.native, hosts=hosts)
        if self.cache_key and module.is_new:
            entry = cache.Entry(self.data, module.native, dict(self.interfaces), self.watched)
            cache.store(self.cache_key, entry)
        return module

    @cached_property
    def _callers(self) -> dict[str, Caller]:
        return {}

    def caller(self, name: str) -> Caller:
        """What calls a function on Python values, one per parameter.

        Raises:
            ArgumentError: if the module has no such function.
        """
        try:
            return self._callers[name]
        except (KeyError, TypeError):  # what is no text may be no key
            interface, signature = self.interface(name), self.functions[name].signature
        self._callers[name] = calling.Caller(name, signature, interface, self._module)
        return self._callers[name]

    @checked("module.call")
    def call(self, name: str, values: Sequence[Any]) -> Any:
        """Run a function on one Python value per parameter.

        Raises:
            ArgumentError: if the module has no such function, or its parameters are not so many.

        Example:
            >>> double = fn([Real])(lambda x: 2 * x)
            >>> rose.compile({"double": double}).call("double", [1.5])
            3.0
        """
        return self.caller(name).call(values)

    @checked("module.prepared")
    def prepared(self, name: str) -> Prepared:
        """A function with buffers of its own, to be filled in place.

        Raises:
            ArgumentError: if the module has no such function.

        Example:
            >>> double = fn([Real])(lambda x: 2 * x)
            >>> prepared = rose.compile({"double": double}).prepared("double")
            >>> prepared.args.x[0] = 1.5
            >>> prepared.run()
            >>> float(prepared.result[0])
            3.0
        """
        interface, signature = self.interface(name), self.functions[name].signature
        return calling.Prepared(name, signature, interface, self._module.take())


refuse(Compiled, "{} is not called itself; call its functions, as in f(x)", "call")
refuse(Compiled, "{} is no value; call its functions, as in f(x) + 1", COMPUTING)
refuse(
    Compiled,
    '{} has no elements; call its functions, as in f(x), or by their names in it, as in module.call("f", [x])',
    ELEMENTS,
)


def compile_functions(functions: Traceable | Mapping[str, Traceable]) -> Compiled:
    """Compile functions into one module; what they share is shared there.

    Args:
        functions: by the names to export them as; or one function, which is exported by its own name.

    Raises:
        ArgumentError: if it is no dict of functions marked with @rose.fn, by the names to export them as.
        MemoryLimitError: if their values need more memory than a module can have, or are more numbers one by one than
            engines pass.

    Example:
        >>> double = fn([Real])(lambda x: 2 * x)
        >>> rose.compile({"double": double, "slope": rose.grad(double)}).call("slope", [1.0])
        2.0
    """
    functions = named(functions)
    for f in functions.values():
        _check_passed(f)
    with without_collections():
        return _found_or_compiled(functions)


def _check_passed(f: Traceable) -> None:
    """Refuse a function that no module can export, before anything is derived from it; errors as for `check_passed`."""
    takes = [type for tree in f.signature.params for type in passed_types(tree)]
    gives = [type for type in passed_types(f.signature.result) if not isinstance(type, Array)]
    layout.check_passed(f.__name__, len(takes), len(gives))


def _found_or_compiled(functions: Mapping[str, Traceable]) -> Compiled:
    if cache.folder() is None or any(may_call_host(f.origin.func) for f in functions.values()):
        return compile_anew(functions)
    key = cache.key([(name, f.fingerprint, _leaves(f)) for name, f in functions.items()])
    entry = cache.load(key)
    if entry is None:
        return compile_anew(functions, key)
    return Compiled(entry.data, entry.interfaces, dict(functions), entry.watched, key, entry.native)


def compile_anew(functions: Mapping[str, Traceable], key: str = "") -> Compiled:
    """Compile functions by name, whatever is kept on disk; with a key, to be kept under it."""
    with without_collections():
        program, watched = _lower(functions)
        data = encoding.encode(program.module)
    compiled = Compiled(data, program.interfaces, dict(functions), watched, key)
    vars(compiled)["program"] = program  # which need not be made again
    return compiled


def _lower(functions: Mapping[str, Traceable]) -> tuple[Program, bool]:
    """The program of all functions, and whether it is to be watched."""
    finished = opt.finish_all([f.func for f in functions.values()])
    exports = [
        programs.Export(name, func, *_leaves(f))
        for (name, f), func in zip(functions.items(), finished, strict=True)
    ]
    program = programs.lower_program(exports)
    if program.frames_end > MOST_MEMORY:
        raise MemoryLimitError(
            f"{' and '.join(functions)}: {program.frames_end} bytes of memory are needed, and a WebAssembly module "
            f"has at most {MOST_MEMORY}; make the Vecs smaller, or the loops that are differentiated shorter"
        )
    return program, any(work.most_work(func) > WATCHED_FROM for func in finished) or any(
        hosts_of(func) for func in finished
    )


def _leaves(f: Traceable) -> tuple[Any, Any]:
    """Those of the parameters and those of the result."""
    return leaves_of_trees(f.signature.params), leaves_of_trees((f.signature.result,))


WATCHED_FROM = 5e8  # scalars computed: about a second
MOST_MEMORY = 2**32 - 2**16  # bytes: all pages but one, which is for constants


def is_name(name: Any) -> bool:
    """Whether it may name an export or a file."""
    return isinstance(name, str) and bool(name)


def named(functions: Any) -> dict[str, Traceable]:
    """The exports of a module by their names; a function alone has its own.

    Raises:
        ArgumentError: if they are none.
    """
    if isinstance(functions, Traceable):
        functions = {functions.__name__: functions}
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
    return functions
