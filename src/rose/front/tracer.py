"""The trace under way: which Func is being built, in which block, and what may be used there."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable, Generator, Hashable, Sequence
from contextlib import contextmanager
from typing import Any

from rose.errors import EscapedValueError, Location, RecursiveCallError, user_location
from rose.ir.builder import Builder, OpenBlock
from rose.ir.types import Type
from rose.primitives import REGISTRY


@contextmanager
def without_collections() -> Generator[None, None, None]:
    """Collect no garbage meanwhile: a large program is millions of objects, which live on and would all be looked at."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


MOST_NESTED = 64  # blocks in blocks; all that goes over a program recurses on them


class _TracedBuilder(Builder):
    """Builds what a user nests, as deep as passes can follow.

    Raises:
        RecursiveCallError: from `block`, if it is too deep.
    """

    @contextmanager
    def block(self, param_types: Sequence[Type] = ()) -> Generator[OpenBlock, None, None]:
        if len(self.blocks) > MOST_NESTED:
            raise RecursiveCallError(
                f"{self.name} nests loops and conds more than {MOST_NESTED} deep; "
                "make the inner ones a function of their own, marked with @rose.fn"
            )
        with super().block(param_types) as opened:
            yield opened


class Tracer:
    """Builds one Func from a running Python function.

    Attributes:
        function: what is traced.
        owner: its name, for errors.
        builder: where its instructions go.
        located: where the function is defined.
        params: the trees that it is traced for.
        captured: the params added for values of outer traces, by their trace and their number there.
        sees: the trace whose variables the functions see that it calls, if it is another one.
        chain: the traces under way that it is one of; None before and after.
        never: how many reasons there are why what is being traced never runs: a loop of no iterations around it, a
            parameter that has no values. There, indices may be of size 0.
    """

    def __init__(
        self, function: Callable[..., Any], located: Location, params: tuple[Any, ...] = ()
    ) -> None:
        self.function = function
        self.params = params
        self.owner = function.__name__
        self.located = located
        self.builder: Builder = _TracedBuilder(self.owner)
        self.captured: dict[tuple[Tracer, int], int] = {}
        self.sees: Tracer | None = None
        self.chain: Chain | None = None
        self.never = 0
        self._home = Home(self)

    @property
    def scope(self) -> OpenBlock:
        """The block that is being filled."""
        return self.builder.blocks[-1]

    @property
    def home(self) -> Home:
        """Where what is made now belongs; one for all values of a block in a row."""
        if self._home.scope is not self.builder.blocks[-1]:
            self._home = Home(self)
        return self._home

    def emit(self, name: str, operands: Sequence[int], attrs: tuple[Any, ...] = ()) -> int:
        """Append a primitive at the user's line."""
        self.builder.loc = user_location()
        return self.builder.apply(REGISTRY[name], operands, attrs)

    def local(self, home: Tracer, id: int) -> int:
        """A value of this trace, or of an outer one: that becomes a param, which calls of the Func pass."""
        if home is self:
            return id
        if (home, id) not in self.captured:
            self.captured[home, id] = self.builder.param(home.builder.types[id])
        return self.captured[home, id]

    def const(self, value: Any, type: Type) -> int:
        """A constant; there is one in a block of each value and type."""
        known = self.builder.known(value, type)
        if known is not None:
            return known
        self.builder.loc = user_location()
        return self.builder.const(value, type)


class Chain:
    """The traces under way, each in the one before. Its parts may run in several threads; see `room`.

    Attributes:
        tracers: outermost first.
        traced: how often each function is among them, and how often for the same trees of its parameters.
        threads: those that were started for its parts, outermost first: all but the last wait.
        stopped: whether they are to end, since the thread that started the first one waits no longer.
    """

    def __init__(self) -> None:
        self.tracers: list[Tracer] = []
        self.traced: Counter[Hashable] = Counter()
        self.threads: list[threading.Thread] = []
        self.stopped = False


class _State(threading.local):
    def __init__(self) -> None:
        self.chain = Chain()
        self.tracers = self.chain.tracers

    def continue_with(self, chain: Chain) -> None:
        self.chain = chain
        self.tracers = chain.tracers


_STATE = _State()


def tracing() -> bool:
    """Whether some function is being traced in this thread."""
    return bool(_STATE.tracers)


def current() -> Tracer:
    """The innermost trace under way.

    Raises:
        EscapedValueError: if there is none.
    """
    if not _STATE.tracers:
        raise EscapedValueError(
            "a traced value is used where no function is being traced; use it in its function only"
        )
    return _STATE.tracers[-1]


def under_way() -> list[Tracer]:
    """All traces under way in this thread, outermost first."""
    return _STATE.tracers


def chain_under_way() -> Chain:
    """The traces under way in this thread, and what is known of them together."""
    return _STATE.chain


def continue_chain(chain: Chain) -> None:
    """Trace on in this thread what another one began."""
    _STATE.continue_with(chain)


def times_under_way(function: Callable[..., Any], params: tuple[Any, ...] | None = None) -> int:
    """How often a function is being traced in this thread; for these trees of its parameters, if they are given."""
    return _STATE.chain.traced[function if params is None else (function, params)]


@contextmanager
def trace_into(tracer: Tracer) -> Generator[Tracer, None, None]:
    """Make this the innermost trace."""
    chain = _STATE.chain
    keys = (tracer.function, (tracer.function, tracer.params))
    chain.tracers.append(tracer)
    chain.traced.update(keys)
    tracer.chain = chain
    try:
        yield tracer
    finally:
        chain.tracers.pop()
        chain.traced.subtract(keys)
        tracer.chain = None


class Home:
    """Where a traced value was made: it may be used only while that block is open, also by inner traces."""

    __slots__ = ("scope", "tracer")

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        self.scope = tracer.scope

    def is_open(self) -> bool:
        """Whether it is the block that is being filled."""
        tracers = _STATE.tracers
        return bool(tracers) and self.tracer is tracers[-1] and self.scope is self.tracer.scope

    def enter(self, what: str) -> Tracer:
        """The trace under way, if the value may be used in it.

        Raises:
            EscapedValueError: if its trace, or the block that made it, has ended.
        """
        tracer = self.tracer
        if tracer.chain is not _STATE.chain:
            raise EscapedValueError(
                f"a traced {what} of {tracer.owner} is used after {tracer.owner} was traced; give it back as "
                "a result of the function instead of keeping it in a variable outside"
            )
        if self.scope not in tracer.builder.blocks:
            raise EscapedValueError(
                f"a traced {what} made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of "
                f"{tracer.owner} is used after that body ended; give it back as the result of the body instead"
            )
        return _STATE.tracers[-1]

    def entered(self, what: str, id: int) -> int:
        """A value of this trace in the trace under way, if it may be used in it; errors as for `enter`."""
        tracer = self.enter(what)
        return id if tracer is self.tracer else tracer.local(self.tracer, id)

    def local(self, id: int) -> int:
        """A value of this trace in the trace under way."""
        tracers = _STATE.tracers
        return tracers[-1].local(self.tracer, id) if tracers else id
