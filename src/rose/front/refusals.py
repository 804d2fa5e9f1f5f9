"""What Python itself says of the misuse of a traced value, where nothing of ours is asked, in our words."""

from __future__ import annotations

import opcode
import re

from rose.errors import Location, RoseError, TracedValueError, TypeMismatchError, is_users, line_of
from rose.front.words import STRUCTURES

_NO_STRUCTURES = (
    "(?:int|float|complex|bool|str|bytes|set|NoneType|function|range|Real|Bool|Index|Vec|Place)"
)
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
        r"'Places' object is not callable",
        "v.at takes its place in brackets; write v.at[i].set(x)",
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
_TRANSLATED = (TypeError, AttributeError, ValueError)


def refusal_in_our_words(error: Exception) -> RoseError | None:
    """What there is to say in place of an error of Python's; None if it is about something else, or the user's."""
    if isinstance(error, RoseError) or not isinstance(error, _TRANSLATED) or _is_raised(error):
        return None
    said, line = str(error), line_of(error)
    for pattern, ours in _PYTHONS_WORDS:
        found = pattern.fullmatch(said)
        if found is not None:
            return TypeMismatchError(ours.format(*found.groups()), line)
    found = _TRACED.fullmatch(said)
    return None if found is None else _no_value(found[1] or found[2], said, line)


def _no_value(kind: str, said: str, line: Location) -> RoseError:
    return TracedValueError(
        f"Python says: {said}. But this {kind} is traced: it has no value until the compiled function runs; "
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
