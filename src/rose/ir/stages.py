"""What each stage of compiling takes: who calls it how often, for how long, and what it makes of how many instructions.

A function marked with `stage` reports to the `recording` under way, if there is one; `rose show --stats` and
`make profile` print it. Without a recording a stage costs one look-up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from rose.ir.func import Func, callees_first, size
from rose.ir.record import field, record

P = ParamSpec("P")
R = TypeVar("R")


@record(frozen=False)
class Cost:
    """What a stage took, over all of its runs.

    Attributes:
        runs: how often it ran.
        seconds: of the processor, without those of stages that ran inside it.
        before: instructions that it was given.
        after: instructions that it gave.
    """

    runs: int = 0
    seconds: float = 0.0
    before: int = 0
    after: int = 0


@record(frozen=False)
class Recording:
    """The stages that ran, in the order in which they ended first."""

    stages: dict[str, Cost] = field(default_factory=dict)
    _inside: list[float] = field(default_factory=lambda: [0.0])

    def run(self, name: str, work: Callable[[], R], given: Iterable[object]) -> R:
        """Run a stage, and add what it took to what it took before."""
        self._inside.append(0.0)
        start = time.process_time()
        result = work()
        elapsed = time.process_time() - start
        inside = self._inside.pop()
        self._inside[-1] += elapsed
        cost = self.stages.setdefault(name, Cost())
        cost.runs += 1
        cost.seconds += elapsed - inside
        cost.before += instructions(given)
        cost.after += instructions([result])
        self._inside[-1] += (
            time.process_time() - start - elapsed
        )  # counting is no work of the stage around it
        return result


def instructions(values: Iterable[object]) -> int:
    """Of the programs among the values, and in those that are outcomes of a transformation."""
    return sum(map(size, callees_first(list(_funcs(values)))))


def _funcs(values: Iterable[object]) -> Iterator[Func]:
    for value in values:
        if isinstance(value, Func):
            yield value
        elif isinstance(value, list | tuple):
            yield from _funcs(value)
        else:
            fields = getattr(value, "__match_args__", ())
            yield from [f for name in fields if isinstance(f := getattr(value, name), Func)]


_RECORDING: ContextVar[Recording | None] = ContextVar("recording", default=None)


@contextmanager
def recording() -> Generator[Recording, None, None]:
    """Record the stages that run meanwhile in this context."""
    made = Recording()
    token = _RECORDING.set(made)
    try:
        yield made
    finally:
        _RECORDING.reset(token)


def under_way() -> Recording | None:
    """The recording under way in this context."""
    return _RECORDING.get()


def stage(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A function that is recorded under this name."""

    def of(work: Callable[P, R]) -> Callable[P, R]:
        @wraps(work)
        def staged(*args: P.args, **kwargs: P.kwargs) -> R:
            recorded = under_way()
            if recorded is None:
                return work(*args, **kwargs)
            return recorded.run(name, lambda: work(*args, **kwargs), args)

        return staged

    return of
