"""`Traceable`: a function with a signature, whose Func is made when it is first wanted."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, cached_property, partial
from types import CellType
from typing import TYPE_CHECKING, Any, Protocol, Self

from rose.errors import (
    NOWHERE,
    ArgumentError,
    EscapedValueError,
    Location,
    RecursiveCallError,
    RoseError,
    SignatureError,
    TypeMismatchError,
    user_location,
)
from rose.front.blanks import Blank, at_line
from rose.front.flatten import infer, passed
from rose.front.lines import result_line
from rose.front.refusals import refusal_in_our_words
from rose.front.signature import Signature, Template
from rose.front.tracer import (
    Tracer,
    current,
    times_under_way,
    trace_into,
    tracing,
    under_way,
    with_room,
    without_collections,
)
from rose.front.tree import NONE_TREE, IndexTree, Tree, passed_types, with_article
from rose.front.vec import wrap_passed
from rose.ir.func import Func
from rose.ir.record import record
from rose.ir.stages import stage
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose.ir import digest as digests
else:
    digests = Lazy("rose.ir.digest")


@record(slots=False)
class _Local:
    """What ties a Func to traces under way, so that it is not kept for its function.

    Attributes:
        home: the trace whose variables it sees; None if it captures values only.
        captures: the values, by their trace and their number there, that its last params are.
    """

    home: Tracer | None
    captures: tuple[tuple[Tracer, int], ...] = ()


_LOCAL = "local"  # the key of it in a Func's memo


def captures_of(func: Func) -> tuple[tuple[Tracer, int], ...]:
    """The values of traces under way that its last params are to be, which calls pass."""
    return func.memo[_LOCAL].captures if _LOCAL in func.memo else ()


def with_captures_of(inner: Func, made: Func) -> Func:
    """Say that what a transformation made of a Func has the same captures as its last params."""
    if _LOCAL in inner.memo:
        made.memo[_LOCAL] = inner.memo[_LOCAL]
    return made


class Family(Protocol):
    """How a function that is specialised finds its members: one per combination of argument trees."""

    def is_open(self) -> bool:
        """Whether it is specialised at all: whether parameters have no tree before a call."""
        ...

    def has_default(self) -> bool:
        """Whether there is a member for no arguments."""
        ...

    def member(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Traceable:
        """The member for such arguments, of which those with a tree may be left out."""
        ...

    def __str__(self) -> str:
        """The parameters and result, as far as they are known."""
        ...


class Traceable:
    """A function of the language: its signature, and its Func, both made when first asked for.

    Args:
        name: what it is called.
        signature: gives the signature.
        build: gives the Func, whose params and results are those of the signature, flattened.
        located: where the user wrote it.
        family: if its signature may depend on the arguments of a call.
    """

    def __init__(
        self,
        name: str,
        signature: Callable[[], Signature],
        build: Callable[[], Func],
        located: Location,
        family: Family | None = None,
    ) -> None:
        self.__name__ = self.__qualname__ = name
        self._make_signature = signature
        self._build = build
        self._signature: Signature | None = None
        self._func: Func | None = None
        self._family = family
        self.located = located
        self._made_by: tuple[str, Traceable] | None = None

    @cached_property
    def is_open(self) -> bool:
        """Whether it is specialised for the arguments of each call: static ones, and those without annotation."""
        return self._family is not None and self._family.is_open()

    @property
    def has_signature(self) -> bool:
        """Whether it has a signature and a Func, be it by its defaults."""
        return self._family is None or self._family.has_default()

    @property
    def signature(self) -> Signature:
        """What it takes and gives; of a function that is specialised, with its defaults.

        Raises:
            ArgumentError: if it is specialised, and has no defaults for that.
        """
        if self._signature is None:
            self._signature = self._make_signature()
        return self._signature

    @property
    def func(self) -> Func:
        """Its IR; errors as for `signature`.

        Raises:
            EscapedValueError: if it uses traced values of a function around it.
        """
        func = self.local_func
        for tracer, _ in captures_of(func):
            raise EscapedValueError(
                f"{self.__name__} uses a traced value of {tracer.owner}, and so is a part of it; "
                f"call it there, or pass the value to {self.__name__} as an argument"
            )
        return func

    def made_by(self, how: str, of: Traceable) -> Self:
        """Say by what transformation, with its options, of what function it was made, which settles what it is."""
        self._made_by = how, of
        return self

    @property
    def is_made(self) -> bool:
        """Whether a transformation made it."""
        return self._made_by is not None

    @property
    def origin(self) -> Traceable:
        """The function that the transformations were applied to, one after the other, which made this one."""
        return self if self._made_by is None else self._made_by[1].origin

    @property
    def fingerprint(self) -> str:
        """What stands for its program, equal in every process; found without deriving anything, where that can be.

        Raises:
            EscapedValueError: if it uses traced values of a function around it.
        """
        if self._made_by is not None:
            how, of = self._made_by
            return f"{self.__name__}: {how} of ({of.fingerprint})"
        return digests.digest(self.func).hex()

    @property
    def local_func(self) -> Func:
        """Its IR for the trace under way, whose last params may be `captures_of` it. It is kept if it has none."""
        if self._func is not None:
            return self._func
        with without_collections():
            func = self._build()
        if _LOCAL in func.memo:
            self._signature = None  # what it closes over may be something else next time
        else:
            self._func = func
        return func

    def specialized(self, *args: Any, **kwargs: Any) -> Self:
        """The function for arguments like these, which has one signature and one Func.

        Only static parameters and those without annotation need arguments; in place of a value may stand its type.

        Raises:
            ArgumentError: if one of those has no argument, or there are too many or unknown ones.
            TypeMismatchError: if an argument is not of its type.

        Example:
            >>> fn(lambda v: v[0] * v[1]).specialized(Vec[2])
            <fn <lambda>(v: Vec[2]) -> Real>
        """
        if self._family is None or not self.is_open:
            return self
        return self._family.member(args, kwargs)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    def call_traced(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Append a call to the trace under way."""
        signature = self.signature
        values = signature.bind(self.__name__, args, kwargs)
        func = self.local_func
        operands: list[int] = []
        for name, tree, value in zip(signature.names, signature.params, values, strict=True):
            operands += passed(tree, value, f"argument {name} of {self.__name__}")
        tracer = current()
        if _LOCAL in func.memo:
            operands += [tracer.local(home, id) for home, id in captures_of(func)]
            home = func.memo[_LOCAL].home
            tracer.sees = home if home is not tracer else tracer.sees
        tracer.builder.loc = user_location()
        return wrap_passed(signature.result, tracer.builder.call(func, operands))


class PythonFamily:
    """The members of a Python function.

    Args:
        function: what is traced.
        template: gives what its annotations say.
        located: where it is defined.
        make: makes a member: a Traceable, of a name, a signature, a Func and a location.
        accepts: whether a call from Python takes a value for a parameter of this tree, as calls in traces may not.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        template: Callable[[], Template],
        located: Location,
        make: Callable[..., Traceable],
        accepts: Callable[[Tree, Any], bool],
    ) -> None:
        self._function = function
        self._accepts = accepts
        self._template = cache(lambda: self._with_defaults(template()))
        self._located = located
        self._make = make
        self._members: dict[tuple[Tree, ...], Traceable] = {}
        self._home = current() if tracing() and function.__closure__ is not None else None

    def is_open(self) -> bool:
        return self._template().is_open

    def has_default(self) -> bool:
        return not self._template().missing

    def check(self) -> None:
        """Look at the defaults, if the annotations can be read already.

        Raises:
            TypeMismatchError: if a default is no value of its parameter's type.
            IndexRangeError: if it is an index out of range.
        """
        # An annotation that names what is not defined yet, or is no type, is said when the function is used.
        with suppress(SignatureError):
            self._template()

    def _with_defaults(self, template: Template) -> Template:
        """The template, whose defaults fit; errors as for `check`."""
        name, located = self._function.__name__, self._located
        for parameter, param in zip(template.names, template.params, strict=True):
            if parameter not in template.defaults:
                continue
            default, what = template.defaults[parameter], f"the default of {parameter} of {name}"
            if isinstance(param, Blank):
                at_line(partial(param.fill, default, what), located)
                continue
            if not self._accepts(param, default):
                with trace_into(Tracer(self._function, located, ())):
                    at_line(partial(passed, param, default, what), located)
        return template

    def member(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Traceable:
        try:
            params = self._template().fill(self._function.__name__, args, kwargs)
        except ArgumentError as error:
            if error.location != NOWHERE:
                raise
            raise ArgumentError(
                error.message, self._located
            ) from None  # no line of the user's asks for it
        if params not in self._members:
            self._members[params] = self._new(params)
        return self._members[params]

    def _new(self, params: tuple[Tree, ...]) -> Traceable:
        template = self._template()
        kept: list[tuple[list[Any], tuple[Func, Tree]]] = []

        def traced() -> tuple[Func, Tree]:
            cells = self._closed_over()
            if kept and all(map(operator.is_, kept[0][0], cells)):
                return kept[0][1]
            known = None if isinstance(template.result, Blank) else template.result
            made = trace_inferred(self._function, params, known, self._located)
            self._check_result(made[1])
            if _LOCAL not in made[0].memo:
                kept[:] = [(cells, made)]
            if self._home is not None:
                made[0].memo[_LOCAL] = _Local(self._home, captures_of(made[0]))
            return made

        def signature() -> Signature:
            known = template.result
            return template.signature(params, traced()[1] if isinstance(known, Blank) else known)

        name = self._function.__name__
        return self._make(name, signature, lambda: traced()[0], self._located)

    def _check_result(self, tree: Tree) -> None:
        """Refuse a result that is no Vec, or none of such elements, where the annotation says so."""
        known = self._template().result
        if not isinstance(known, Blank):
            return
        what = f"the result of {self._function.__name__}"
        expected = at_line(lambda: known.completed(tree, tree, what), self._located)
        if expected != tree:
            raise TypeMismatchError(
                f"{what}: expected {with_article(expected)}, given {with_article(tree)}",
                self._located,
            )

    def _closed_over(self) -> list[Any]:
        """What the variables of the functions around it are now: an inner function is traced anew when they change."""
        if self._home is None:
            return []
        return [_content(cell) for cell in self._function.__closure__ or ()]

    def __str__(self) -> str:
        return str(self._template())


def first_argument(*args: Any, **kwargs: Any) -> Sequence[Any]:
    """The arguments of a function that a transformation takes as one tuple, its first argument."""
    given = next(iter((*args, *kwargs.values())), ())
    return given if isinstance(given, tuple | list) else ()


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # the variable has no value yet
        return None


class DerivedFamily:
    """The members of what a transformation makes: it is applied to the members of its function.

    Args:
        of: the function that is transformed.
        transform: what is done with a member.
        arguments: the arguments for `of` among those of a call; by default they are the same.
    """

    def __init__(
        self,
        of: Traceable,
        transform: Callable[[Any], Traceable],
        arguments: Callable[..., Sequence[Any]] | None = None,
    ) -> None:
        self._of = of
        self._transform = cache(transform)
        self._arguments = arguments

    def is_open(self) -> bool:
        return self._of.is_open

    def has_default(self) -> bool:
        return self._of.has_signature

    def member(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Traceable:
        if self._arguments is None:
            return self._transform(self._of.specialized(*args, **kwargs))
        return self._transform(self._of.specialized(*self._arguments(*args, **kwargs)))

    def __str__(self) -> str:
        return f" of {self._of!r}"


def trace(function: Callable[..., Any], signature: Signature, located: Location) -> Func:
    """Run a Python function once on traced values and give the Func of what it did; errors as for `trace_inferred`."""
    return trace_inferred(function, signature.params, signature.result, located)[0]


@stage("trace")
def trace_inferred(
    function: Callable[..., Any],
    params: tuple[Tree, ...],
    result: Tree | None,
    located: Location,
) -> tuple[Func, Tree]:
    """Run a Python function once on traced values and give the Func of what it did, and the tree of its result.

    Args:
        function: its parameters are positional or, the last ones, by name.
        params: the trees of its parameters.
        result: the tree of its result; None to infer it.
        located: where it is defined.

    Raises:
        RecursiveCallError: if the function is being traced already, for the same trees.
        TypeMismatchError: if it gives something else than it should, or None.
        IndexRangeError: if it gives an index that may be larger than its annotation says.
        EscapedValueError: if it gives a value of another trace, or of a block that has ended.
    """
    name = function.__name__
    _check_recursion(function, params)
    with trace_into(Tracer(function, located, params)) as tracer:
        tracer.never += IndexTree(0) in params
        args = []
        for tree in params:
            ids = [tracer.builder.param(type) for type in passed_types(tree)]
            args.append(wrap_passed(tree, ids))
        value = with_room(lambda: _run(function, args))
        line = result_line(function.__code__, located)
        if value is None and result != NONE_TREE:
            says = f", and its result is annotated {result}" if result else ""
            raise TypeMismatchError(f"{name} returns None{says}; write a return at its end", line)
        what = f"the result of {name}"
        given = result if result is not None else at_line(lambda: infer(value, what), line)
        results = at_line(lambda: passed(given, value, what), line)
        func = tracer.builder.finish(results)
        if tracer.captured or tracer.sees is not None:
            func.memo[_LOCAL] = _Local(tracer.sees, tuple(tracer.captured))
        return func, given


def _run(function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Call a function whose last parameters may be by name only."""
    code = function.__code__
    count = len(args) - code.co_kwonlyargcount
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    try:
        return function(*args[:count], **dict(zip(names, args[count:], strict=True)))
    except (TypeError, AttributeError, ValueError) as error:
        refusal = refusal_in_our_words(error)
        if refusal is None:
            raise
        raise refusal from error
    except RecursionError as error:
        if times_under_way(function) == 1 or isinstance(error, RoseError):
            raise
        raise _endless(function) from None


MOST_MEMBERS = 1000  # of one function that may be traced inside of each other
MOST_TRACES = 20_000  # that may be under way


def _endless(function: Callable[..., Any]) -> RecursiveCallError:
    return RecursiveCallError(
        f"{function.__name__} calls itself with new static arguments each time, too many times; "
        "end it with a Python `if` on a static argument"
    )


def _check_recursion(function: Callable[..., Any], params: tuple[Tree, ...]) -> None:
    """Refuse a function that would be traced for the trees it is being traced for, and one that seems never to end."""
    name = function.__name__
    if times_under_way(function) > MOST_MEMBERS:
        raise _endless(function)
    if len(under_way()) > MOST_TRACES:
        raise RecursiveCallError(
            f"{name} is called through a chain of more than {MOST_TRACES} functions; write a rose.loop in place of it"
        )
    if times_under_way(function, params):
        chain = " → ".join([*[t.owner for t in under_way()], name])
        raise RecursiveCallError(
            f"{name} calls itself ({chain}); a traced function cannot, since it would never end: "
            "write rose.loop, or recurse in a plain Python function on plain Python values"
        )
