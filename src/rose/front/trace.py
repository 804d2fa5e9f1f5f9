"""Tracing: the Python function runs once, on traced values, and what it did is a Func."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rose.errors import Location, RecursiveCallError, RoseError, TypeMismatchError
from rose.front.blanks import at_line
from rose.front.captures import LOCAL, Local
from rose.front.flatten import infer, passed
from rose.front.lines import result_line
from rose.front.refusals import refusal_in_our_words
from rose.front.room import with_room
from rose.front.signature import Signature
from rose.front.tracer import Tracer, times_under_way, trace_into, under_way
from rose.front.tree import NONE_TREE, IndexTree, Tree, passed_types
from rose.front.vec import wrap_passed
from rose.ir.func import Func
from rose.ir.stages import stage


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
        args: list[Any] = []
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
            func.memo[LOCAL] = Local(tracer.sees, tuple(tracer.captured))
        return func, given


def _run(function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Call a function whose last parameters may be by name only."""
    code = function.__code__
    count = len(args) - code.co_kwonlyargcount
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    try:
        return function(*args[:count], **dict(zip(names, args[count:], strict=True)))
    except RecursionError as error:
        if times_under_way(function) == 1 or isinstance(error, RoseError):
            raise
        raise _endless(function) from None
    except Exception as error:
        refusal = refusal_in_our_words(error)
        if refusal is None:
            raise
        raise refusal from error


MOST_MEMBERS = 1000  # of one function that may be traced inside of each other


MOST_TRACES = 20_000  # that may be under way


def _endless(function: Callable[..., Any]) -> RecursiveCallError:
    return RecursiveCallError(
        f"{function.__name__} calls itself with new types or static arguments each time, too many times; "
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
