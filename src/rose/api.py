"""The one module that puts the stages together: tracing, derivatives, optimisation, lowering, running."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, ParamSpec, TypeVar, overload

from rose.ad.activity import Mask
from rose.ad.jvp import jvp as jvp_of
from rose.ad.reverse import Halves
from rose.ad.reverse import linearization as linearization_of
from rose.ad.reverse import value_and_grad as value_and_grad_of
from rose.ad.reverse import vjp as vjp_of
from rose.errors import (
    ArgumentError,
    DerivativeError,
    MemoryLimitError,
    SignatureError,
    user_location,
)
from rose.front.fn import (
    DerivedFamily,
    PythonFamily,
    Traceable,
    captures_of,
    definition_line,
    first_argument,
    with_captures_of,
)
from rose.front.signature import MISSING, Signature, python_template
from rose.front.tracer import tracing
from rose.front.tree import (
    REAL_TREE,
    RawTree,
    Tree,
    TupleTree,
    children,
    describe,
    leaf_types,
    passed_types,
    tangent_tree,
)
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.printer import print_program
from rose.ir.types import is_real
from rose.opt import finish, optimize
from rose.opt.share import share_all
from rose.primitives.memory import nested
from rose.run import marshal
from rose.run.bundle import Exported, loader_source, types_source
from rose.run.interp import NanWatch, interpret
from rose.wasm.encode import encode
from rose.wasm.layout import Interface, place_buffers
from rose.wasm.program import Export, Program, lower_program
from rose.wasm.report import memory_report, size_report
from rose.wasm.wat import print_module

P = ParamSpec("P")
R = TypeVar("R")


class Fn(Traceable, Generic[P, R]):
    """A function that can be called, differentiated and built; made by `@fn` and by the transformations.

    Called with numbers, lists, tuples, structures or NumPy arrays it is compiled (once) and runs as WebAssembly;
    called with traced values, inside another `@fn`, it becomes a call in that function. Printing it shows its IR.
    """

    @cached_property
    def compiled(self) -> Compiled:
        """The module with this function alone."""
        return compile_functions({self.__name__: self})

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it.

        Raises:
            ArgumentError: if there are too few, too many or unknown arguments.
            TypeMismatchError: if an argument is not of its type.
            IndexRangeError: if an index is out of range.
        """
        target = self.specialized(*args, **kwargs)
        if tracing():
            return target.call_traced(args, kwargs)  # type: ignore[no-any-return]
        values = target.signature.bind(self.__name__, args, kwargs)
        return target.compiled.call(self.__name__, values)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return print_program(self.func, locations=True)

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"the @fn {self.__name__}"

    def __repr__(self) -> str:
        text = self._family if self.is_open else self.signature
        return f"<fn {self.__name__}{text}>"

    def __get__(self, instance: object, owner: type | None = None) -> Fn[P, R]:
        return self


@overload
def fn(function: Callable[P, R], /) -> Fn[P, R]: ...


@overload
def fn(params: Sequence[Any], result: Any = MISSING, /) -> Callable[[Callable[P, R]], Fn[P, R]]: ...


def fn(function: Any, result: Any = MISSING, /) -> Any:
    """Mark a function as one of the language: `@rose.fn`, or with its types `rose.fn([Real, Vec[3]], Real)`.

    It is kept as a function in the module, however often it is called, and so are its derivatives.

    Args:
        function: its parameters and result are annotated with Real, Bool, Index[n], Vec[n, T], a dataclass, a
            NamedTuple or a tuple of those. Parameters without annotation, and static ones (int, str, an Enum,
            `Static[T]`), make it another function for each type or value given. It runs once for each, on
            traced values, when that is first needed. Or the list of the types of the parameters, and then the
            result is a decorator.
        result: the type of the result, after such a list; inferred if left out.

    Raises:
        SignatureError: if it is no Python function; when first used, if an annotation is no type of the language.
    """
    scope = sys._getframe(1).f_locals
    if isinstance(function, list | tuple):
        types = tuple(function)
        return lambda marked: mark(marked, scope, (types, result))
    if result is not MISSING:
        raise SignatureError(
            f"rose.fn takes a list of types and the type of the result, given {describe(function)}; "
            "write rose.fn([Real, Vec[3]], Real)"
        )
    return mark(function, scope)


def mark(
    function: Any, scope: Mapping[str, Any], explicit: tuple[Sequence[Any], Any] | None = None
) -> Fn[..., Any]:
    """The Fn of a Python function that is defined where these names can be seen."""
    if not hasattr(function, "__code__"):
        how = (
            "it is marked already"
            if isinstance(function, Fn)
            else "write def and @rose.fn above it"
        )
        raise SignatureError(f"@rose.fn marks a Python function, given {describe(function)}; {how}")
    located = definition_line(function.__code__)
    names = dict(scope) if "<locals>" in function.__qualname__ else {}

    def make(*parts: Any) -> Fn[..., Any]:
        made: Fn[..., Any] = Fn(*parts)
        made.__doc__ = function.__doc__
        made.__module__ = function.__module__
        return made

    family = PythonFamily(
        function, lambda: python_template(function, located, names, explicit), located, make
    )
    return make(
        function.__name__,
        lambda: family.member((), {}).signature,
        lambda: family.member((), {}).local_func,
        located,
        family,
    )


# --- derivatives ------------------------------------------------------------------------------------------


def _expect_fn(name: str, f: Any) -> None:
    if not isinstance(f, Fn):
        raise DerivativeError(
            f"rose.{name} takes a function marked with @rose.fn, given {describe(f)}; mark it, with annotations"
        )


def _argnums(name: str, f: Traceable, argnums: int | tuple[int, ...]) -> tuple[int, ...]:
    """The parameters chosen, checked."""
    count = len(f.signature.names)
    chosen = tuple(argnums) if isinstance(argnums, tuple | list) else (argnums,)
    for k in chosen or (None,):
        if isinstance(k, bool) or not isinstance(k, int) or not -count <= k < count:
            numbered = f"are numbered 0 to {count - 1}" if count else "are none"
            raise ArgumentError(
                f"rose.{name}: argnums {argnums!r} does not fit {f.__name__}{f.signature}, "
                f"whose parameters {numbered}"
            )
    chosen = tuple(k % count for k in chosen)
    if len(set(chosen)) != len(chosen):
        raise ArgumentError(f"rose.{name}: argnums {argnums} names a parameter twice")
    for k in chosen:
        if not leaf_types(tangent_tree(f.signature.params[k])):
            raise DerivativeError(
                f"rose.{name}: parameter {f.signature.names[k]} of {f.__name__} is "
                f"{f.signature.params[k]}, which has no Reals to differentiate by"
            )
    return chosen


def _mask(signature: Signature, chosen: Sequence[int]) -> Mask:
    """Which IR params hold Reals of the parameters chosen."""
    mask: list[bool] = []
    for k, tree in enumerate(signature.params):
        mask += [k in chosen and is_real(type) for type in passed_types(tree)]
    return tuple(mask)


def _real_count(tree: Tree) -> int:
    """How many IR values the Reals of a tree are passed as."""
    return len(passed_types(tangent_tree(tree)))


def value_and_grad(f: Fn[..., Any], argnums: int | tuple[int, ...] = 0) -> Fn[..., tuple[Any, Any]]:
    """A function that gives f's value and its gradient, as `(value, gradient)`.

    Args:
        f: gives one Real.
        argnums: the parameter, or parameters, to differentiate by. The gradient has the structure of the
            parameter, with None in place of Bools and indices; for a tuple of numbers it is a tuple.

    Raises:
        DerivativeError: when first used, if f does not give one Real, or a parameter holds none.
        ArgumentError: when first used, if argnums names no parameter.
    """
    _expect_fn("value_and_grad", f)
    return _gradient("value_and_grad", f, argnums, with_value=True)


def grad(f: Fn[..., Any], argnums: int | tuple[int, ...] = 0) -> Fn[..., Any]:
    """A function that gives the gradient of f. Arguments and errors as for `value_and_grad`."""
    _expect_fn("grad", f)
    return _gradient("grad", f, argnums, with_value=False)


def _gradient(
    name: str, f: Fn[..., Any], argnums: int | tuple[int, ...], *, with_value: bool
) -> Fn[..., Any]:
    def signature() -> Signature:
        inner = f.signature
        if inner.result != REAL_TREE:
            raise DerivativeError(
                f"rose.{name} needs a function that gives one Real; {f.__name__} gives {inner.result}; "
                "write rose.vjp for others"
            )
        trees = tuple(tangent_tree(inner.params[k]) for k in _argnums(name, f, argnums))
        gradient = trees[0] if isinstance(argnums, int) else TupleTree(trees)
        result = TupleTree((REAL_TREE, gradient)) if with_value else gradient
        return Signature(inner.names, inner.params, result, inner.defaults)

    def build() -> Func:
        chosen = _argnums(name, f, argnums)
        func = f.local_func
        mask = _mask(f.signature, chosen) + (False,) * len(captures_of(func))
        whole = value_and_grad_of(optimize(func), mask, optimize)
        builder = Builder(f"{f.__name__}.{name}")
        value, *grads = builder.call(whole, [builder.param(t) for t in whole.param_types])
        parts, start = {}, 0
        for k in sorted(chosen):
            stop = start + _real_count(f.signature.params[k])
            parts[k] = grads[start:stop]
            start = stop
        ordered = [v for k in chosen for v in parts[k]]
        return with_captures_of(func, builder.finish([value, *ordered] if with_value else ordered))

    family = DerivedFamily(f, lambda g: _gradient(name, g, argnums, with_value=with_value))
    made: Fn[..., Any] = Fn(f"{name}_{f.__name__}", signature, build, user_location(), family)
    what = "The value and the gradient" if with_value else "The gradient"
    made.__doc__ = f"{what} of {f.__name__}." + (f" {f.__doc__}" if f.__doc__ else "")
    return made


def jvp(f: Fn[..., Any]) -> Fn[..., tuple[Any, Any]]:
    """A function of primals and tangents that gives f's result and its tangent.

    `jvp(f)((x, y), (x_dot, y_dot))` gives `(result, result_dot)`. Tangents have the structure of what they belong
    to, with None in place of Bools and indices.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.
    """
    _expect_fn("jvp", f)

    def signature() -> Signature:
        inner = f.signature
        primals = TupleTree(inner.params)
        tangents = TupleTree(tuple(map(tangent_tree, inner.params)))
        result = TupleTree((inner.result, tangent_tree(inner.result)))
        return Signature(("primals", "tangents"), (primals, tangents), result)

    def build() -> Func:
        func = f.local_func
        captured = len(captures_of(func))
        mask = _mask(f.signature, range(len(f.signature.params))) + (False,) * captured
        dual = jvp_of(optimize(func), mask)
        builder = Builder(f"{f.__name__}.jvp")
        count, types = len(mask), dual.func.param_types
        primals = [builder.param(t) for t in types[: count - captured]]
        duals = [builder.param(t) for t in types[count:]]
        held = [builder.param(t) for t in types[count - captured : count]]
        results = builder.call(dual.func, [*primals, *held, *duals])
        count = len(dual.results)
        given = iter(results[count:])
        tangents = []
        for v, active in zip(results[:count], dual.results, strict=True):
            type = builder.types[v]
            if is_real(type):
                tangents.append(next(given) if active else builder.zeros(type))
        return with_captures_of(func, builder.finish([*results[:count], *tangents]))

    family = DerivedFamily(f, jvp, first_argument)
    made: Fn[..., Any] = Fn(f"jvp_{f.__name__}", signature, build, user_location(), family)
    made.__doc__ = f"The result of {f.__name__} and its tangent, from primals and tangents."
    return made


class Vjp:
    """What `vjp` gives: call it with f's arguments to get f's result and the pullback.

    Attributes:
        forward: the Fn from f's arguments to its result and residuals.
        backward: the Fn from residuals and the cotangent of f's result to a tuple of cotangents of the arguments.
    """

    def __init__(self, f: Fn[..., Any]) -> None:
        self.function = f
        self._members: dict[Fn[..., Any], Vjp] = {}
        located = user_location()
        self.forward: Fn[..., Any] = Fn(
            f"{f.__name__}_forward",
            self._forward_signature,
            lambda: with_captures_of(self._inner, self._split.forward),
            located,
        )
        self.backward: Fn[..., Any] = Fn(
            f"{f.__name__}_backward", self._backward_signature, self._backward, located
        )

    @cached_property
    def _inner(self) -> Func:
        return self.function.local_func

    @cached_property
    def _split(self) -> Any:
        f, func = self.function, self._inner
        mask = _mask(f.signature, range(len(f.signature.params)))
        return vjp_of(optimize(func), mask + (False,) * len(captures_of(func)), optimize)

    @cached_property
    def _residuals(self) -> TupleTree:
        return TupleTree(tuple(RawTree(type) for type in self._split.residuals))

    def _forward_signature(self) -> Signature:
        inner = self.function.signature
        result = TupleTree((inner.result, self._residuals))
        return Signature(inner.names, inner.params, result, inner.defaults)

    def _backward_signature(self) -> Signature:
        inner = self.function.signature
        params = (self._residuals, tangent_tree(inner.result))
        result = TupleTree(tuple(map(tangent_tree, inner.params)))
        return Signature(("residuals", "cotangent"), params, result)

    def _backward(self) -> Func:
        split = self._split
        builder = Builder(f"{self.function.__name__}.backward")
        residuals = [builder.param(t) for t in split.residuals]
        types = zip(passed_types(self.function.signature.result), split.results, strict=True)
        bars = [(builder.param(t), active) for t, active in types if is_real(t)]
        operands = [*residuals, *[bar for bar, active in bars if active]]
        return builder.finish(builder.call(split.backward, operands))

    def __call__(self, *args: Any, **kwargs: Any) -> tuple[Any, Callable[[Any], Any]]:
        """f's result, and the pullback: from its cotangent to a tuple of cotangents of the arguments."""
        if self.function.is_open:
            member = self.function.specialized(*args, **kwargs)
            return self._members.setdefault(member, type(self)(member))(*args, **kwargs)
        if self._inner is not self.function.local_func:  # what it closes over has changed
            return type(self)(self.function)._apply(args, kwargs)
        return self._apply(args, kwargs)

    def _apply(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Any, Callable[[Any], Any]]:
        value, residuals = self.forward(*args, **kwargs)

        def pullback(*cotangents: Any) -> Any:
            """Takes one cotangent; may be called many times."""
            if len(cotangents) != 1:
                raise ArgumentError(
                    f"the pullback of {self.function.__name__} takes the cotangent of its result, "
                    f"{self.function.signature.result}, as one argument, given {len(cotangents)}"
                )
            return self.backward(residuals, *cotangents)

        return value, pullback


def vjp(f: Fn[..., Any]) -> Vjp:
    """Give f's result and the pullback, the transpose of f's derivative there.

    It is used as `value, pullback = vjp(f)(*args)`.

    `pullback(cotangent)` takes a cotangent of the structure of f's result and gives a tuple with a cotangent per
    argument. It may be called many times; the forward part is not run again.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.
    """
    _expect_fn("vjp", f)
    return Vjp(f)


class Linearization(Vjp):
    """What `linearize` gives: call it with f's arguments to get f's result and the pushforward.

    Attributes:
        forward: the Fn from f's arguments to its result and residuals.
        backward: the Fn from residuals and tangents of the arguments to the tangent of f's result.
    """

    @cached_property
    def _split(self) -> Halves:
        f, func = self.function, self._inner
        mask = _mask(f.signature, range(len(f.signature.params)))
        return linearization_of(optimize(func), mask + (False,) * len(captures_of(func)), optimize)

    def _backward_signature(self) -> Signature:
        inner = self.function.signature
        tangents = TupleTree(tuple(map(tangent_tree, inner.params)))
        return Signature(
            ("residuals", "tangents"), (self._residuals, tangents), tangent_tree(inner.result)
        )

    def _backward(self) -> Func:
        split = self._split
        builder = Builder(f"{self.function.__name__}.pushforward")
        dots = iter(
            builder.call(split.linear, [builder.param(t) for t in split.linear.param_types])
        )
        types = zip(passed_types(self.function.signature.result), split.results, strict=True)
        tangents = [next(dots) if on else builder.zeros(t) for t, on in types if is_real(t)]
        return builder.finish(tangents)

    def _apply(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Any, Callable[..., Any]]:
        value, residuals = self.forward(*args, **kwargs)

        def pushforward(*tangents: Any) -> Any:
            """Takes a tangent per argument; may be called many times."""
            if len(tangents) != len(self.function.signature.params):
                raise ArgumentError(
                    f"the pushforward of {self.function.__name__} takes a tangent per argument, "
                    f"{len(self.function.signature.params)}, given {len(tangents)}"
                )
            return self.backward(residuals, tangents)

        return value, pushforward


def linearize(f: Fn[..., Any]) -> Linearization:
    """Give f's result and the pushforward, the linear map that is f's derivative there.

    It is used as `value, pushforward = linearize(f)(*args)`; `pushforward(*tangents)` takes a tangent per argument and
    gives the tangent of the result, without running f again.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.
    """
    _expect_fn("linearize", f)
    return Linearization(f)


# --- compiling --------------------------------------------------------------------------------------------


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
    functions: dict[str, Fn[..., Any]]

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


def compile_functions(functions: dict[str, Fn[..., Any]]) -> Compiled:
    """Compile functions into one module; what they share is shared there.

    Raises:
        ArgumentError: if it is no dict of functions marked with @rose.fn, by the names to export them as.
        MemoryLimitError: if their values need more memory than a module can have.
    """
    _check_functions(functions)
    finished = share_all([finish(f.func) for f in functions.values()])
    exports = [
        Export(name, func, _leaves(f.signature.params), _leaves((f.signature.result,)))
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
        if not isinstance(f, Fn):
            raise ArgumentError(
                f"a module is made of functions, given {describe(f)} as {name}; {how}"
            )
        if not isinstance(name, str):
            raise ArgumentError(f"a function is exported by a name, given {describe(name)}; {how}")
        if name == "memory":
            raise ArgumentError(
                "a function cannot be exported as memory, the name of the module's memory"
            )


def _leaves(trees: Sequence[Tree]) -> tuple[Any, ...]:
    return tuple((leaf.elem, leaf.shape) for tree in trees for leaf in leaf_types(tree))


@dataclass(frozen=True)
class Bundle:
    """The three files of a model for the web, by their suffix."""

    wasm: bytes
    mjs: str
    types: str


def bundle(functions: dict[str, Fn[..., Any]], name: str) -> Bundle:
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


# --- finding NaNs -----------------------------------------------------------------------------------------


def debug_nans(f: Fn[P, R]) -> Callable[P, R]:
    """A function that does what f does, and raises where f makes its first NaN.

    It runs the interpreter, some thousand times slower than the module, before the module itself. A gradient is a
    function too: `debug_nans(grad(f))(x)`.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.
        NanError: when called, with the user's line, if an operation makes a NaN of operands that are none.
    """
    _expect_fn("debug_nans", f)

    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        values = f.signature.bind(f.__name__, args, kwargs)
        interpret(f.func, _interpreted(f, values), NanWatch())
        return f(*args, **kwargs)

    return checked


def _interpreted(f: Fn[..., Any], values: Sequence[Any]) -> list[Any]:
    """The arguments as the interpreter takes them, by way of the bytes that a module would get."""
    trees = f.signature.params
    buffers, size = place_buffers(_leaves(trees), 0)
    memory = bytearray(size)
    marshal.write(memory, trees, f.signature.names, values, buffers, function=f.__name__)
    leaf_of = zip([leaf for tree in trees for leaf in leaf_types(tree)], buffers, strict=True)
    given: list[Any] = []
    for leaf, buffer in leaf_of:
        scalars = marshal.scalars(memory, buffer)
        given += scalars if leaf.passed_as[0] == leaf.elem else [nested(scalars, leaf.shape)]
    return given


# --- stages, for `rose show` ------------------------------------------------------------------------------


def _show_vjp(f: Fn[..., Any]) -> str:
    split = vjp(f)
    return print_program(split.forward.func) + "\n" + print_program(split.backward.func)


# In the order data passes them.
STAGES: dict[str, Callable[[Fn[..., Any]], str]] = {
    "ir": str,
    "opt": lambda f: print_program(optimize(f.func), locations=True),
    "jvp": lambda f: print_program(jvp(f).func),
    "vjp": _show_vjp,
    "wat": lambda f: f.compiled.wat,
}

__all__ = [
    "STAGES",
    "Bundle",
    "Compiled",
    "Fn",
    "bundle",
    "compile_functions",
    "debug_nans",
    "fn",
    "grad",
    "jvp",
    "linearize",
    "value_and_grad",
    "vjp",
]
