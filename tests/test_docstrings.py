"""Every public name, and every public method, has a docstring with an example, and the examples give what they show."""

from __future__ import annotations

import doctest
import inspect
import math
from collections.abc import Iterator
from typing import Annotated, Any

import pytest

import rose
from rose import Bool, Index, Real, Vec, fn
from rose.api.compiling import Compiled
from rose.front.array_shape import Place
from rose.front.methods import Methods
from rose.run.caller import Prepared

# The methods of what users have in their hands, beside the public names.
METHODS: dict[type, str] = {
    rose.Fn: "specialized compiled prepared",
    Methods: "T at sum prod min max argmin argmax any all mean norm",
    Place: "set add",
    Compiled: "wat size_report memory_report memory_bytes call prepared",
    Prepared: "run",
    rose.custom_jvp: "defjvp",
    rose.custom_vjp: "defvjp",
}
NAMES = {
    "Annotated": Annotated,
    "rose": rose,
    "fn": fn,
    "math": math,
    "Real": Real,
    "Bool": Bool,
    "Index": Index,
    "Vec": Vec,
}
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def public() -> Iterator[tuple[str, Any]]:
    """The names with what they stand for."""
    for name in rose.__all__:
        yield f"rose.{name}", getattr(rose, name)
    for cls, names in METHODS.items():
        for name in names.split():
            yield f"{cls.__name__}.{name}", getattr(cls, name)


def examples(name: str, value: Any) -> doctest.DocTest:
    text = inspect.getdoc(value) or ""
    return doctest.DocTestParser().get_doctest(text, dict(NAMES), name, None, None)


@pytest.mark.parametrize(("name", "value"), list(public()), ids=[name for name, _ in public()])
def test_the_examples_give_what_they_show(name: str, value: Any) -> None:
    found = examples(name, value)
    assert found.examples, (
        f"{name} has no example in its docstring: add a section `Example:` with >>>"
    )
    assert "    >>> " in (inspect.getdoc(value) or ""), f"the example of {name} stands in a section"
    said: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(found, out=said.append)
    assert not said, "".join(said)
