"""`Fn`, the handle that users have on a function, and `@fn`, which makes it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from importlib import import_module
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    ParamSpec,
    Protocol,
    Self,
    TypeAlias,
    TypeVar,
    overload,
)

from rose.api import shown
from rose.errors import ArgumentError, LoadError, RoseError, SignatureError, is_users, user_location
from rose.front.blanks import MISSING
from rose.front.families import PythonFamily
from rose.front.fn import Traceable
from rose.front.lines import definition_line, names_in_scope
from rose.front.parameters import python_template
from rose.front.tracebacks import short, shorten
from rose.front.tracer import tracing
from rose.front.tree import Tree, leaves_of_trees
from rose.front.words import describe
from rose.lazy import Lazy

if TYPE_CHECKING:
    import inspect

    from rose.api import compiling
    from rose.api.compiling import Compiled
    from rose.ir import printer
    from rose.run import marshal
    from rose.run.caller import Prepared
    from rose.wasm import layout
else:
    compiling = Lazy("rose.api.compiling")
    printer = Lazy("rose.ir.printer")
    marshal = Lazy("rose.run.marshal")
    layout = Lazy("rose.wasm.layout")

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Fn(Traceable, Generic[P, R_co]):
    """A function that can be called, differentiated and built; made by `@fn` and by the transformations.

    Called with numbers, lists, tuples, structures or NumPy arrays it is compiled (once) and runs as WebAssembly;
    called with traced values, inside another `@fn`, it becomes a call in that function. Printing it shows its IR.

    Example:
        >>> double = fn([Real], Real)(lambda x: 2 * x)
        >>> isinstance(double, rose.Fn), double
        (True, <fn <lambda>(x: Real) -> Real>)
    """

    _direct: Callable[[Sequence[Any]], Any] | None = None  # the quick way for arguments by place
    _shown: Callable[[], inspect.Signature] | None = None  # the parameters, for people
    __signature__ = shown.Shown()
    if TYPE_CHECKING:

        @property
        def _by_place(self) -> Callable[P, R_co]:
            """For `Derivable`."""
            raise NotImplementedError

    @cached_property
    @short
    def compiled(self) -> Compiled:
        """The module with this function alone.

        Example:
            >>> fn([Real])(lambda x: 2 * x).compiled.wat[:7]
            '(module'
        """
        return compiling.compile_functions({self.__name__: self})

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run it.

        Raises:
            ArgumentError: if there are too few, too many or unknown arguments.
            TypeMismatchError: if an argument is not of its type.
            IndexRangeError: if an index is out of range.
        """
        try:
            if self._direct is not None and not kwargs and not tracing():
                return self._direct(args)  # type: ignore[no-any-return]
            return self._call_bound(args, kwargs)
        except RoseError as error:
            shorten(error)
            raise

    def _call_bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> R_co:
        target = self.specialized(*args, **kwargs)
        if tracing():
            return target.call_traced(args, kwargs)  # type: ignore[no-any-return]
        values = target.signature.bind(self.__name__, args, kwargs)
        caller = target.compiled.caller(self.__name__)
        if target is self and not target.signature.by_name:
            self._direct = caller.call
        return caller.call(values)  # type: ignore[no-any-return]

    @short
    def prepared(self, *args: Any, **kwargs: Any) -> Prepared:
        """The function with buffers of its own, for calls that convert and allocate nothing.

        Args:
            args, kwargs: only if it is specialised; see `specialized`.

        Example:
            >>> double = fn([Vec[2]])(lambda v: 2 * v).prepared()
            >>> double.args.v[:] = [1, 2]
            >>> double.run()
            >>> list(map(float, double.result))
            [2.0, 4.0]
        """
        return self.specialized(*args, **kwargs).compiled.prepared(self.__name__)

    def written_as(self, function: Callable[..., Any]) -> Self:
        """Say that it is this Python function, whose documentation and parameters are shown for it."""
        self.__wrapped__ = function
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self._shown = shown.like(function)
        return self

    def shown_as(self, signature: Callable[[], inspect.Signature], doc: str | None) -> Self:
        """Say what is shown for it."""
        self._shown, self.__doc__ = signature, doc
        return self

    def __reduce__(self) -> tuple[Callable[[str, str], Any], tuple[str, str]]:
        """How it is pickled: by the name by which its module has it, as functions are.

        Raises:
            LoadError: if there is no such name.
        """
        for module, content in list(sys.modules.items()):
            file = getattr(content, "__file__", None)
            if module == self.__module__ or file == self.located.file:
                for name, value in list(vars(content).items()):
                    if value is self:
                        return found_again, (module, name)
        raise LoadError(
            f"{self.__name__} has no name in its module, by which it could be pickled; define it outside of functions "
            f"and classes, or write {self.__name__} = ... there",
            self.located,
        )

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    @short
    def __str__(self) -> str:
        return printer.print_program(self.func, locations=True)

    def __repr__(self) -> str:
        text = self._family if self.is_open else self.signature
        return f"<fn {self.__name__}{text}>"

    def __get__(self, instance: object, owner: type | None = None) -> Fn[P, R_co]:
        return self


if TYPE_CHECKING:

    class Derivable(Protocol[P, Q, R_co]):
        """An Fn in both of its forms: the types of its first parameters are found in Q, and P keeps their names and defaults."""

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

        @property
        def _by_place(self) -> Callable[Q, R_co]: ...

    # A function whose parameters checkers do not know takes seven of them as well, and of others next to none does. It
    # comes first among overloads, since of the next ones it would be the first that fits, with parameters that nothing
    # is known of.
    Unknown: TypeAlias = Derivable[
        [Any, Any, Any, Any, Any, Any, Any], [Any, Any, Any, Any, Any, Any, Any], R
    ]


class Mark(Protocol[R_co]):
    """What `fn([…], result)` gives: a decorator. Parameters are Any, since a list of types says nothing to checkers."""

    @overload
    def __call__(self, function: Callable[[], Any], /) -> Fn[[], R_co]: ...
    @overload
    def __call__(self, function: Callable[[Any], Any], /) -> Fn[[Any], R_co]: ...
    @overload
    def __call__(self, function: Callable[[Any, Any], Any], /) -> Fn[[Any, Any], R_co]: ...
    @overload
    def __call__(
        self, function: Callable[[Any, Any, Any], Any], /
    ) -> Fn[[Any, Any, Any], R_co]: ...
    @overload
    def __call__(
        self, function: Callable[[Any, Any, Any, Any], Any], /
    ) -> Fn[[Any, Any, Any, Any], R_co]: ...
    @overload
    def __call__(  # type: ignore[overload-cannot-match]  # it is for more parameters
        self, function: Callable[..., Any], /
    ) -> Fn[..., R_co]: ...


def found_again(module: str, name: str) -> Any:
    """What a module has by this name.

    Raises:
        LoadError: if it has none.
    """
    found = getattr(import_module(module), name, None)
    if found is None:
        raise LoadError(f"the module {module} has no {name}, which was pickled by this name")
    return found


def _accepts(tree: Tree, value: Any) -> bool:
    """Whether a call from Python takes a value for a parameter."""
    buffers, size = layout.place_buffers(leaves_of_trees([tree]), 0)
    try:
        marshal.write(bytearray(size), [tree], ["value"], [value], buffers, function="call")
    except RoseError:
        return False
    return True


@overload
def fn(function: Callable[P, R], /) -> Fn[P, R]: ...


@overload
def fn(params: Sequence[Any], result: None, /) -> Mark[None]: ...


@overload
def fn(params: Sequence[Any], result: type[R], /) -> Mark[R]: ...


@overload
def fn(params: Sequence[Any], result: Any = MISSING, /) -> Mark[Any]: ...


def fn(function: Any = MISSING, result: Any = MISSING, /) -> Any:
    """Mark a function as one of the language: `@rose.fn`, or with its types `rose.fn([Real, Vec[3]], Real)`.

    It is kept as a function in the module, however often it is called, and so are its derivatives.

    Args:
        function: its parameters and result are annotated with Real, Bool, Index[n], Vec[n, T], a dataclass, a
            NamedTuple, a TypedDict or a tuple of those. Parameters without annotation, and static ones (int, str, an Enum,
            `Static[T]`), make it another function for each type or value given. It runs once for each, on
            traced values, when that is first needed. Or the list of the types of the parameters, and then the
            result is a decorator.
        result: the type of the result, after such a list; inferred if left out.

    Raises:
        ArgumentError: if nothing is given.
        SignatureError: if it is no Python function; when first used, if an annotation is no type of the language.
        TypeMismatchError: if a default is no value of its parameter's type; when first used, if the annotations name
            what is defined later.
        IndexRangeError: if it is an index out of range, likewise.

    Example:
        >>> @fn
        ... def area(radius: Real) -> Real:
        ...     return 3 * radius**2
        >>> area(2.0), rose.grad(area)(2.0)
        (12.0, 12.0)
        >>> fn([Vec[2]], Real)(lambda v: v[0] * v[1])([3, 4])
        12.0
    """
    scope = names_in_scope()
    if function is MISSING:
        raise ArgumentError(
            "rose.fn is called with nothing; write @rose.fn without parentheses, "
            "or @rose.fn([Real, Vec[3]], Real) with the types"
        )
    if isinstance(function, list | tuple):
        if hasattr(result, "__code__"):
            raise SignatureError(
                f"rose.fn takes the type of the result behind the types, given {describe(result)}; "
                "write rose.fn([Real], Real)(f) for a function f"
            )
        return partial(mark, scope=scope, explicit=(tuple(function), result))
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
        how = "write def and @rose.fn above it"
        if isinstance(function, Fn):
            how = "it is marked already"
        if isinstance(function, staticmethod | classmethod):
            how = "write @rose.fn below @staticmethod, and no classmethod"
        raise SignatureError(f"@rose.fn marks a Python function, given {describe(function)}; {how}")
    located = definition_line(function.__code__)
    if not is_users(located.file):  # such as rose.sin
        located = user_location()
    names = dict(scope) if "<locals>" in function.__qualname__ else {}

    def make(*parts: Any) -> Fn[..., Any]:
        return Fn(*parts).written_as(function)

    family = PythonFamily(
        function,
        lambda: python_template(function, located, names, explicit),
        located,
        make,
        _accepts,
    )
    if function.__defaults__ or function.__kwdefaults__:
        family.check()
    return make(
        function.__name__,
        lambda: family.member((), {}).signature,
        lambda: family.member((), {}).local_func,
        located,
        family,
    )
