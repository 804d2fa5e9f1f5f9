"""Every exception that this package raises for a fault of its user, and how it names the user's line.

RoseError
├── SignatureError      an `@fn` whose annotations do not say what it takes and returns
├── ArgumentError       a call with too few, too many or unknown arguments      (also a TypeError)
├── TypeMismatchError   a value of another type or shape than expected          (also a TypeError)
├── IndexRangeError     an index outside its Vec                                (also an IndexError)
├── NoAttributeError    an attribute, field or key that there is not            (also an AttributeError)
├── NoNameError         a name imported from rose that there is not             (also an ImportError)
├── TracedValueError    Python needs a concrete value and has a traced one      (also a TypeError)
├── EscapedValueError   a traced value used outside the function that made it
├── RecursiveCallError  an `@fn` that calls itself                              (also a RecursionError)
├── DerivativeError     something that has no derivative was asked for one
├── MemoryLimitError    a module that needs more memory than WebAssembly has    (also a MemoryError)
├── SizeLimitError      a module that is larger than `rose build --max-size` allows
├── TimeLimitError      a run that takes longer than `rose.time_limit` allows   (also a TimeoutError)
├── ParseError          text that is not the IR's text form
├── CheckError          IR that breaks a rule of the language
├── NanError            `debug_nans` found the operation that makes the first nan
└── LoadError           a model, or a function in it, that cannot be found, run or written
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import FrameType
from typing import NamedTuple

PACKAGE = __file__.rpartition(os.sep)[0] + os.sep
_COMMANDS = PACKAGE + "cli" + os.sep
_PYTHON = os.__file__.rpartition(os.sep)[0] + os.sep
_INSTALLED = (
    "site-packages",
    "dist-packages",
)  # below the standard library's folder, but not of it


class Location(NamedTuple):
    """A line of the user's program."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Location("", 0)


class _Owners(dict[str, "bool | None"]):
    """By the file of some code: whether it is the user's; None for the command line, which nobody's code calls."""

    def __missing__(self, file: str) -> bool | None:
        owner = None if file.startswith(_COMMANDS) else is_users(file)
        self[file] = owner
        return owner


_OWNERS = _Owners()


@lru_cache(maxsize=4096)
def is_users(file: str) -> bool:
    """Whether a file of code is the user's: not this package's, Python's own, or made up."""
    if file.startswith((PACKAGE, "<string>", "<frozen", "<__array_function__")):
        return False
    folders = file.replace(os.sep, "/").split("/")
    if "numpy" in folders and any(folder in folders for folder in _INSTALLED):
        return False
    return not file.startswith(_PYTHON) or any(folder in folders for folder in _INSTALLED)


def user_location() -> Location:
    """The innermost line on the call stack that is the user's; nobody who calls the command line is."""
    frame: FrameType | None = sys._getframe(1)
    owners = _OWNERS
    while frame is not None:
        file = frame.f_code.co_filename
        owner = owners[file]
        if owner:
            return Location(file, frame.f_lineno)
        frame = None if owner is None else frame.f_back
    return NOWHERE


class RoseError(Exception):
    """Base of all errors a user can cause.

    The message says what was given, what was expected and what to write instead; the last line names
    the user's file and line.

    Args:
        message: the text without the location.
        location: where in the user's program; by default the innermost user line on the stack.

    Example:
        >>> try:
        ...     rose.sin("a")
        ... except rose.RoseError as error:
        ...     print(error.message)
        rose.sin takes Reals, given str 'a'
    """

    def __init__(self, message: str, location: Location | None = None) -> None:
        self.message = message
        self.location = user_location() if location is None else location
        where = f"\n  at {self.location}" if self.location.file else ""
        super().__init__(message + where)

    def __reduce__(self) -> tuple[type[RoseError], tuple[str, Location]]:
        return type(self), (self.message, self.location)


class SignatureError(RoseError):
    """The annotations of an `@fn` do not say what it takes and returns.

    Example:
        >>> Vec[-1]
        Traceback (most recent call last):
        rose.SignatureError: the size of a Vec is at least 0, given -1
          at ...
    """


class ArgumentError(RoseError, TypeError):
    """A call with too few, too many or unknown arguments.

    Example:
        >>> fn([Real])(lambda x: 2 * x)(1.0, 2.0)
        Traceback (most recent call last):
        rose.ArgumentError: <lambda> takes 1 argument, given 2; it is <lambda>(x: Real) -> Real
          at ...
    """


class TypeMismatchError(RoseError, TypeError):
    """A value of another type or shape than was expected.

    Example:
        >>> fn([Real])(lambda x: 2 * x)("a")
        Traceback (most recent call last):
        rose.TypeMismatchError: argument x of <lambda>: expected a Real, given str 'a'
          at ...
    """


class IndexRangeError(RoseError, IndexError):
    """An index outside the Vec it indexes.

    Example:
        >>> fn([Vec[3]])(lambda v: v[3])([1, 2, 3])
        Traceback (most recent call last):
        rose.IndexRangeError: index 3 is outside a Vec[3], whose elements are 0 to 2
          at ...
    """


class NoAttributeError(RoseError, AttributeError):
    """An attribute, field or key that a traced value, a structure, a function or rose does not have.

    Example:
        >>> fn([Vec[3]])(lambda v: v.size)([1, 2, 3])
        Traceback (most recent call last):
        rose.NoAttributeError: a Vec[3] has no attribute 'size'; write len(v) for the length of a Vec, len(v[0]) for that of its rows
          at ...
    """


class NoNameError(RoseError, ImportError):
    """A name is imported from rose that there is not; the message says what there is instead.

    Example:
        >>> from rose import vmap
        Traceback (most recent call last):
        rose.NoNameError: rose has no vmap to import; write rose.map(f, v) or rose.vec(n, lambda i: f(v[i]))
          at ...
    """


class TracedValueError(RoseError, TypeError):
    """Python needs a concrete value (a truth value, an int) where there is a traced one.

    Example:
        >>> fn([Real])(lambda x: math.sin(x))(1.0)
        Traceback (most recent call last):
        rose.TracedValueError: Python needs a float, but this Real is traced: ...
    """


class EscapedValueError(RoseError):
    """A traced value is used outside the function, or the loop body, that made it.

    Example:
        >>> kept = []
        >>> fn([Real], None)(lambda x: kept.append(x))(1.0)
        >>> kept[0] + 1
        Traceback (most recent call last):
        rose.EscapedValueError: a traced Real of <lambda> is used after <lambda> was traced; ...
    """


class RecursiveCallError(RoseError, RecursionError):
    """An `@fn` calls itself, directly or through others.

    Example:
        >>> @fn
        ... def endless(x: Real) -> Real:
        ...     return endless(x + 1)
        >>> endless(0.0)
        Traceback (most recent call last):
        rose.RecursiveCallError: endless calls itself (endless → endless); ...
    """


class DerivativeError(RoseError):
    """A derivative was asked for that does not exist.

    Example:
        >>> rose.grad(fn([Real], Bool)(lambda x: x > 0))(1.0)
        Traceback (most recent call last):
        rose.DerivativeError: rose.grad needs a function that gives one Real; ...
    """


class MemoryLimitError(RoseError, MemoryError):
    """The values of a module need more memory than a WebAssembly module can have.

    Example:
        >>> fn([Vec[2**31 - 1]])(lambda v: v[0]).compiled.data
        Traceback (most recent call last):
        rose.MemoryLimitError: <lambda>: 17179869184 bytes of memory are needed, ...
    """


class SizeLimitError(RoseError):
    """A module is larger than `rose build --max-size` allows.

    Example:
        `rose build FILE --max-size 8kB` ends in it, and lists the largest functions.

        >>> issubclass(rose.SizeLimitError, rose.RoseError)
        True
    """


class TimeLimitError(RoseError, TimeoutError):
    """A function ran for longer than `rose.time_limit` allows.

    Example:
        >>> endless = fn([Real])(lambda x: rose.while_loop(lambda y: y > 0, lambda y: y + 1, x))
        >>> with rose.time_limit(0.1):
        ...     endless(1.0)
        Traceback (most recent call last):
        rose.TimeLimitError: <lambda> was stopped after 0.1 s, the limit of time it was given; ...
    """


class ParseError(RoseError):
    """Text that is not the IR's text form.

    Example:
        >>> from rose.ir.parser import parse
        >>> parse("func")
        Traceback (most recent call last):
        rose.ParseError: line 1: expected a word, found 'the end'
    """


class CheckError(RoseError):
    """IR that breaks a rule of the language; the message shows the lines around the fault.

    Example:
        >>> from rose.ir.parser import parse
        >>> parse("func f(%0: real) -> (bool) { %1: bool = neg %0  return %1 }")
        Traceback (most recent call last):
        rose.CheckError: in f: gives (real), declared as (bool)
        ...
    """


class NanError(RoseError):
    """`debug_nans` found the operation that makes the first NaN; the location is its line.

    Example:
        >>> rose.debug_nans(fn([Real])(lambda x: rose.log(x)))(-1.0)
        Traceback (most recent call last):
        rose.NanError: log of (-1.0) is nan
          at ...
    """


class LoadError(RoseError):
    """A model, or a function in it, that cannot be found, run or written.

    Example:
        >>> import pickle
        >>> pickle.dumps(fn([Real])(lambda x: 2 * x))
        Traceback (most recent call last):
        rose.LoadError: <lambda> has no name in its module, by which it could be pickled; ...
    """
