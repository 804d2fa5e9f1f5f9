"""What Python itself says of the misuse of a traced value, where nothing of ours is asked, in our words."""

from __future__ import annotations

import opcode
import re
from types import TracebackType

from rose.errors import (
    EscapedValueError,
    Location,
    RoseError,
    TracedValueError,
    TypeMismatchError,
    is_users,
)
from rose.front.fault import line_of, place_of, values_at
from rose.front.structure_refusals import structure_refusal
from rose.front.traced import Traced
from rose.front.vec import Vec
from rose.front.words import STRUCTURES

_NO_STRUCTURES = "(?:int|float|complex|bool|str|bytes|set|NoneType|range|Real|Bool|Index|Vec|Place)"
_CALLED = "(?:type|function|builtin_function_or_method|method|module)"
_PLAIN = "(?:int|float|Real|Bool|Index|list|tuple)"
_LISTS = "lists and tuples have no arithmetic: write rose.vec([x, y]) for a Vec of the elements"

_WORDS = (
    (
        r"'(Real|Bool|Index)' object is not subscriptable",
        "a traced {0} has no elements; n values of a type T are a Vec[n, T]",
    ),
    (
        r"'(Real|Bool|Index|Vec)' object is not callable",
        "a traced {0} is no function; write x * (y) for a product, and v[i] for an element",
    ),
    (
        r"'(?:Real|Whole|Bool|Index|Vec)' object (?:has no attribute|attribute) '(\w+)'(?: is read-only)?",
        "a traced value has no attribute {0} to change: give what you compute a name of its own, or put it into a structure",
    ),
    (
        rf"(?:'{_CALLED}' object is not (?:subscriptable|iterable)|object of type '{_CALLED}' has no len\(\))",
        "a function has no elements: call it first, as in f(x)[0]",
    ),
    (
        r"'Places' object is not callable",
        "v.at takes its place in brackets; write v.at[i].set(x)",
    ),
    (
        r"an? .* has no attribute 'dtype'",
        "a traced value has no attribute 'dtype'; Reals are 64-bit floats",
    ),
    (
        r"can't convert type '(Real|Index)' to numerator/denominator",
        "the functions of statistics take no traced {0}; write v.mean(), or rose.sqrt(((v - v.mean()) ** 2).mean())",
    ),
    (
        r"'Place' object is not subscriptable",
        "a place v.at[i] has set(x) and add(x); write v.at[i, j].set(x) for an element of a row",
    ),
    (
        r"unsupported operand type\(s\) for (\S+?)=?(?: or pow\(\))?: (?:'Place' and '\w+'|'\w+' and 'Place')",
        "a place v.at[i] has set(x) and add(x), and no {0}; write v[i] for the element",
    ),
    (
        (
            r"(?:Methods\.)?(sum|prod|min|max|any|all|mean|norm|argmin|argmax)\(\) "
            r"(?:got an unexpected keyword argument '\w+'|takes 1 positional argument but \d+ were given)"
        ),
        (
            "{0} of a Vec takes nothing else, such as an axis: of a nested Vec it goes over the first dimension; "
            "write m.T.{0}() for the second, and rose.map for the rows"
        ),
    ),
    (
        rf"unsupported operand type\(s\) for (\S+?)=?(?: or pow\(\))?: '({_PLAIN})' and '({_PLAIN})'",
        f"cannot compute {{1}} {{0}} {{2}}; {_LISTS}",
    ),
    (
        r"can't multiply sequence by non-int of type '(float|list|tuple)'",
        f"cannot compute a list or tuple * {{0}}; {_LISTS}",
    ),
    (
        rf"unsupported operand type\(s\) for (\S+?)=?(?: or pow\(\))?: (?:'({_CALLED})' and '(\w+)'|'(\w+)' and '({_CALLED})')",
        "cannot compute with a function or a class, by {0}; call it first, as in f(x) + 1",
    ),
    (
        (
            r"unsupported operand type\(s\) for (\S+?)=?(?: or pow\(\))?: "
            rf"(?!'{_NO_STRUCTURES}' and '{_NO_STRUCTURES}')'(\w+)' and '(\w+)'"
        ),
        "cannot compute {1} {0} {2}; " + STRUCTURES,
    ),
    (
        r"loop of ufunc does not support argument \d+ of type (?!Real|Bool|Index)(\w+) which has no callable (\w+) method",
        "cannot compute numpy.{1} of a {0}; " + STRUCTURES,
    ),
    (
        rf"bad operand type for unary ([-+~]): '(?!{_NO_STRUCTURES}')(\w+)'",
        "cannot compute {0}{1}; " + STRUCTURES,
    ),
    (
        rf"'([<>]=?)' not supported between instances of '(?!{_NO_STRUCTURES}')(\w+)' and '(\w+)'",
        "cannot compare {1} {0} {2}; compare their fields, as in p.x < q.x",
    ),
    (
        r"cannot (?:assign to|delete) field '(\w+)'",
        "a frozen structure does not change: make another one, as in dataclasses.replace(p, {0}=...)",
    ),
    (
        r"can't set attribute",
        "a NamedTuple does not change: make another one, as in p._replace(x=...)",
    ),
    (
        r"(?:too many|not enough) values to unpack \(expected (?:at least )?(\d+)(?:, got \d+)?\)",
        (
            "what is unpacked into {0} names has another number of elements; "
            "write first, *others = v, or v[:2] for some of the elements"
        ),
    ),
)
_PYTHONS_WORDS = [(re.compile(pattern), ours) for pattern, ours in _WORDS]
_TRACED = re.compile(
    r".*(?:'|\btype |\bnot |\bfrom |\ba )(Real|Bool|Index|Vec)\b.*|.*<traced (Real|Bool|Index|Vec)\b.*",
    re.DOTALL,
)
# What Python says of a wrong argument without saying what it is.
_OF_ARGUMENTS = re.compile(
    r"(?!.*\(\) (?:missing|takes|got) )(?!zip).*\b(?:arg 1|argument|must be|expected|derive from|unsupported type for)\b.*",
    re.DOTALL,
)
_UNBOUND = re.compile(
    r"cannot access local variable '(\w+)' where it is not associated with a value"
)


def refusal_in_our_words(error: Exception) -> RoseError | None:
    """What there is to say in place of an error of Python's; None if it is about something else, or the user's."""
    place = place_of(error)
    if isinstance(error, RoseError) or place is None or _is_raised(error):
        return None
    said, line = str(error), line_of(place)
    for pattern, ours in _PYTHONS_WORDS:
        found = pattern.fullmatch(said)
        if found is not None:
            return TypeMismatchError(ours.format(*found.groups()), line)
    found = _TRACED.fullmatch(said)
    if found is not None:
        return _no_value(found[1] or found[2], said, line)
    if isinstance(error, UnboundLocalError):
        return _not_assigned(said, place, line)
    return structure_refusal(error, place, line) or _wrong_argument(said, place, line)


def _not_assigned(said: str, place: TracebackType, line: Location) -> RoseError | None:
    """The error for a variable that a function assigns to, which a function around it has too."""
    found, frame = _UNBOUND.fullmatch(said), place.tb_frame.f_back
    while found is not None and frame is not None:
        if found[1] in frame.f_locals and is_users(frame.f_code.co_filename):
            inner = place.tb_frame.f_code.co_name
            return EscapedValueError(
                f"{found[1]} is a variable of {inner}, since {inner} assigns to it, and not the one around it, which does not "
                "change; carry the value, as in rose.loop(n, start, lambda t, value: value + x), and use what comes back",
                line,
            )
        frame = frame.f_back
    return None


def _wrong_argument(said: str, place: TracebackType, line: Location) -> RoseError | None:
    """The error for a traced value among the arguments of what refuses one of them without a name."""
    if not _OF_ARGUMENTS.fullmatch(said):
        return None
    traced = [value for value in values_at(place) if isinstance(value, Traced | Vec)]
    return _no_value(type(traced[-1]).__name__, said, line) if traced else None


def _no_value(kind: str, said: str, line: Location) -> RoseError:
    return TracedValueError(
        f"Python says: {said.rstrip('.')}. But this {kind} is traced: it has no value until the compiled function runs; "
        "use the functions of rose, and give to others what the function gives",
        line,
    )


def _is_raised(error: Exception) -> bool:
    """Whether the user's own code raised it, by a `raise`."""
    frame = error.__traceback__
    if frame is None:
        return False
    while frame.tb_next is not None:
        frame = frame.tb_next
    code = frame.tb_frame.f_code
    is_raise = code.co_code[frame.tb_lasti] == opcode.opmap["RAISE_VARARGS"]
    return is_raise and is_users(code.co_filename)
