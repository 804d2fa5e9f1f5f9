"""`Host`: a function outside of the module, which the attr of an `opaque` instruction names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rose.errors import RoseError, TypeMismatchError
from rose.ir.func import Apply, Func, callees_first, instrs_of
from rose.ir.record import field, record


@record(frozen=False, eq=False)
class Host:
    """A function of Reals that Python and JavaScript have each for themselves.

    Attributes:
        name: what it is called in Python.
        js: what it is called in JavaScript.
        count: how many Reals it takes.
        function: the Python callable; None for what was read from the text form.
        rule: its jvp, if the user gave one: from the arguments and their tangents to the result and its tangent.
    """

    name: str
    js: str
    count: int
    function: Callable[..., Any] | None = None
    rule: Func | None = None
    memo: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"Host({self.js!r})"

    def call(self, *args: float) -> float:
        """What the Python callable gives.

        Raises:
            TypeMismatchError: if that is no number.
        """
        if self.function is None:
            raise RoseError(
                f"{self.js} is a function of the host, which the text form does not have"
            )
        value = self.function(*args)
        is_text = isinstance(value, bool | str | bytes | bytearray)
        try:
            number = None if is_text else float(value)
        except (TypeError, ValueError, OverflowError):
            number = None
        if number is None:
            raise TypeMismatchError(
                f"the opaque function {self.name} gives {value!r:.40}; it gives a Real: write a callable that returns a float"
            )
        return number


def hosts_of(func: Func) -> list[Host]:
    """The functions of the host that a program calls, each once."""
    found: dict[Host, None] = {}
    for inner in callees_first([func]):
        if "hosts" not in inner.memo:
            attrs = [i.attrs for i in instrs_of(inner.body) if isinstance(i, Apply) and i.attrs]
            inner.memo["hosts"] = [a[0] for a in attrs if isinstance(a[0], Host)]
        found.update(dict.fromkeys(inner.memo["hosts"]))
    return list(found)


def may_call_host(func: Func) -> bool:
    """Whether a program, or a derivative of it, calls functions of the host."""
    found: dict[Func, None] = {func: None}
    for root in (waiting := [func]):
        rules = [inner.rule for inner in callees_first([root]) if inner.rule is not None]
        waiting += [rule.func for rule in rules if rule.func is not None and rule.func not in found]
        found.update(dict.fromkeys(waiting))
    return any(map(hosts_of, found))
