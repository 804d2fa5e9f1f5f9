"""`Traceable`: a function with a signature, whose Func is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

from rose.errors import (
    EscapedValueError,
    Location,
    user_location,
)
from rose.front.absent_operators import COMPUTING, ELEMENTS, refuse
from rose.front.attributes import OF_FUNCTIONS, Absent
from rose.front.captures import LOCAL, captures_of
from rose.front.flatten import passed
from rose.front.signature import Signature
from rose.front.tracebacks import short
from rose.front.tracer import (
    current,
    without_collections,
)
from rose.front.vec import wrap_passed
from rose.ir.func import Func
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose.ir import digest as digests
else:
    digests = Lazy("rose.ir.digest")


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
        if LOCAL in func.memo:
            self._signature = None  # what it closes over may be something else next time
        else:
            self._func = func
        return func

    @short
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
        if LOCAL in func.memo:
            operands += [tracer.local(home, id) for home, id in captures_of(func)]
            home = func.memo[LOCAL].home
            tracer.sees = home if home is not tracer else tracer.sees
        tracer.builder.loc = user_location()
        return wrap_passed(signature.result, tracer.builder.call(func, operands))

    def __bool__(self) -> bool:
        return True  # Python would ask for its length, which it refuses to have

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"the @fn {self.__name__}"

    def __dir__(self) -> list[str]:
        absent = {name for name in OF_FUNCTIONS if isinstance(_found(type(self), name), Absent)}
        return [name for name in super().__dir__() if name not in absent]


def _found(cls: type, name: str) -> Any:
    """What a class has by this name, as it is written there."""
    return next((vars(c)[name] for c in cls.__mro__ if name in vars(c)), None)


refuse(
    Traceable,
    "{} is a function: call it before you compute with it, as in f(x) + 1",
    COMPUTING,
)
refuse(Traceable, "{} is a function, and has no elements: call it first, as in f(x)[0]", ELEMENTS)
for _name, _instead in OF_FUNCTIONS.items():
    setattr(Traceable, _name, Absent(_name, _instead))
