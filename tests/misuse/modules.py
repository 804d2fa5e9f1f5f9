"""Modules and bundles."""

from importlib import import_module
from typing import Annotated, Literal

import rose
from misuse import g2, misuse
from rose import Index, Real, Vec, fn


@misuse(
    rose.ArgumentError,
    'a module is made of a dict of functions, given a list of 1; write {"name": function}, with functions marked with @rose.fn',
)
def list_of_functions() -> None:
    rose.compile([g2])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.ArgumentError,
    'a module is made of a dict of functions, given dict {}; write {"name": function}, with functions marked with @rose.fn',
)
def no_functions() -> None:
    rose.compile({})  # here


@misuse(
    rose.ArgumentError,
    'a module is made of functions, given int 3 as a; write {"name": function}, with functions marked with @rose.fn',
)
def number_as_a_function() -> None:
    rose.compile({"a": 3})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.ArgumentError, "the module has no function str 'b'; it has a")
def unknown_function() -> None:
    rose.compile({"a": g2}).call("b", [1])  # here


@misuse(
    rose.ArgumentError, "a function cannot be exported as memory, the name of the module's memory"
)
def function_called_memory() -> None:

    @fn
    def memory(x: Real) -> Real:
        return x

    memory(1)  # here


@misuse(
    rose.MemoryLimitError,
    "f: 17179869184 bytes of memory are needed, and a WebAssembly module has at most 4294901760; make the Vecs smaller, or the loops that are differentiated shorter",
)
def more_than_all_memory() -> None:

    @fn
    def f(v: Annotated[Vec, 2**31 - 1]) -> Real:
        return v[0]

    f([1])  # here


@misuse(
    rose.ArgumentError,
    "a bundle's functions have identifiers as names, given str 'a b'; write {\"name\": function}",
)
def name_that_is_no_identifier() -> None:
    rose.bundle({"a b": g2}, "x")  # here


@misuse(
    rose.ArgumentError,
    "forward takes or gives the residuals of rose.vjp, which stay inside of a module; write an @fn that calls rose.vjp and its pullback",
)
def residuals_for_javascript() -> None:

    @fn
    def square(x: Vec[Literal[9]]) -> Vec[Literal[9]]:
        return x * x

    rose.bundle({"forward": rose.vjp(square).forward}, "x")  # here


@misuse(
    rose.ArgumentError,
    'a function is exported by a name, given int 3; write {"name": function}, with functions marked with @rose.fn',
)
def number_as_a_name() -> None:
    rose.compile({3: g2})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.ArgumentError,
    "the arguments of a are given as a list, given int 3; write module.call('a', [x, y])",
)
def arguments_that_are_no_list() -> None:
    rose.compile({"a": g2}).call("a", 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.ArgumentError,
    'a bundle\'s files have a name, given None; write rose.bundle(functions, "model")',
)
def bundle_without_a_name() -> None:
    rose.bundle({"a": g2}, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.ArgumentError,
    "a function of a bundle cannot be named then, since JavaScript takes an object that has one for a promise, "
    "and load() would never give it; write another name",
)
def function_called_then() -> None:
    rose.bundle({"then": g2}, "model")  # here


@misuse(
    rose.RoseError,
    "f was ended by WebAssembly: out of bounds memory access; buffers that are filled in place are not checked: keep the indices in them below the lengths of their Vecs",
)
def index_that_nobody_checks() -> None:

    @fn
    def f(v: Vec[Literal[9]], i: Index[Literal[9]]) -> Real:
        return v[i]

    prepared = f.prepared()
    prepared.args.i[0] = 2**24
    prepared.run()  # here


@misuse(
    rose.NoNameError,
    "rose has no vmap to import; write rose.map(f, v) or rose.vec(n, lambda i: f(v[i]))",
)
def name_of_jax_imported() -> None:
    __import__("rose", fromlist=["vmap"])  # here


@misuse(rose.ArgumentError, "module.call is called without values; it is module.call(name, values)")
def call_of_a_module_without_values() -> None:
    rose.compile(g2).call("g2")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(rose.ArgumentError, "the module has no function list ['g2']; it has g2")
def call_of_a_module_by_a_list() -> None:
    rose.compile(g2).call(["g2"], [1, 2])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.NoAttributeError, "there is no view 'z'; there are x, y")
def view_of_another_name() -> None:
    g2.prepared().args.z  # here


@misuse(
    rose.NoNameError,
    "rose has no module numpy to import; the functions of numbers and Vecs are in rose itself, as in rose.sin(x) and rose.dot(v, w)",
)
def module_of_numpys_functions() -> None:
    import_module("rose.numpy")  # here


@misuse(
    rose.NoNameError,
    "rose has no module lax to import; write rose.loop, rose.while_loop, rose.scan, rose.cond and rose.switch",
)
def name_from_a_module_that_there_is_not() -> None:
    import_module("rose.lax")  # here


@misuse(
    rose.NoNameError,
    "rose has no module random to import; draw random numbers outside, with Python's random or NumPy, and pass them as arguments",
)
def module_of_random_numbers() -> None:
    import_module("rose.random")  # here


@misuse(
    rose.NoNameError,
    "rose.sin is no module to import; write from rose import sin",
)
def function_imported_as_a_module() -> None:
    import_module("rose.sin")  # here
