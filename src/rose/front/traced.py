"""`Traced`: what all traced scalars have in common, first of all what they refuse to Python."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from rose.errors import SignatureError, TracedValueError, TypeMismatchError
from rose.front.attributes import NUMPY_METHODS, no_attribute, ours_for
from rose.front.numpy_protocol import call_ufunc, refuse_function
from rose.front.tracer import Tracer
from rose.front.words import describe


class Traced:
    """A scalar that is known only as a value of the Func being built."""

    __slots__ = ("_id", "home")

    kind: ClassVar[str] = "value"

    def __init__(self, tracer: Tracer | None = None, id: int = -1) -> None:
        if not isinstance(tracer, Tracer):  # (users call it)
            raise TypeMismatchError(
                f"{self.kind} is for annotations, and makes no values of {describe(tracer)}; "
                "write the number, or True or False, as it is"
            )
        self.home = tracer.home
        self._id = id

    @property
    def id(self) -> int:
        """The IR value in the trace under way."""
        return self.home.local(self._id)

    def __class_getitem__(cls, parameters: Any) -> Any:
        raise SignatureError(
            f"{cls.kind} takes no parameters, given {describe(parameters)}; "
            f"write Vec[3, {cls.kind}] for 3 of them"
        )

    def enter(self) -> Tracer:
        """The trace under way; errors as for `Home.enter`."""
        return self.home.enter(self.kind)

    def as_real(self) -> int:
        """The IR value of a Real.

        Raises:
            TypeMismatchError: if it is no number.
        """
        raise TypeMismatchError(f"expected a Real, given {describe(self)}")

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"{'an' if self.kind == 'Index' else 'a'} {self.kind}"

    def _refuse(self, needs: str, instead: str) -> NoReturn:
        self.enter()
        raise TracedValueError(
            f"Python needs {needs}, but this {self.kind} is traced: it has no value until the "
            f"compiled function runs; {instead}"
        )

    def __float__(self) -> NoReturn:
        self._refuse(
            "a float",
            "use the functions of rose instead of those of math, and lists instead of NumPy arrays",
        )

    def __int__(self) -> NoReturn:
        self._refuse(
            "an int",
            "whole numbers are of type Index[n], and rose.to_index(x, n) makes one of a Real",
        )

    def __index__(self) -> NoReturn:
        self._refuse(
            "an int",
            "index a Vec instead of a list, and write rose.loop, rose.vec or rose.sum instead of range",
        )

    def __round__(self, digits: int | None = None) -> NoReturn:
        self._refuse("a number to round", "round what the function gives")

    def __trunc__(self) -> NoReturn:
        self.__round__()

    def __floor__(self) -> NoReturn:
        self.__round__()

    def __ceil__(self) -> NoReturn:
        self.__round__()

    def __format__(self, spec: str) -> str:
        if spec:
            self._refuse("a number to format", "print what the function gives")
        return repr(self)

    def __hash__(self) -> NoReturn:  # noqa: PLE0309 (it raises, to teach)
        self._refuse("a key (for a dict, a set or a cache)", "look things up in a Vec by an Index")

    __array_ufunc__ = call_ufunc
    __array_function__ = refuse_function

    def __copy__(self) -> Traced:
        return self

    def __reduce__(self) -> NoReturn:
        self._refuse("a number to pickle", "pickle what the function gives")

    def __deepcopy__(self, memo: Any) -> Traced:
        return self

    def __getattr__(self, name: str) -> Any:
        if name not in NUMPY_METHODS:
            raise no_attribute(self, name)

        def refuse(*_: Any) -> NoReturn:
            self._refuse(
                f"a number for numpy.{name}",
                ours_for(name) or "use the functions of rose instead of those of numpy",
            )

        return refuse

    def __repr__(self) -> str:
        return f"<traced {self.kind} %{self._id} of {self.home.tracer.owner}>"
