"""The search for a program that breaks a property, for the tests and for `make fuzz`."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from trust.doors import Door, doors, doors_agree
from trust.generate import Case, cases
from trust.hosts import Script
from trust.properties import SIZES, Seen, everything, sizes
from trust.saved import as_text
from trust.shrink import shrunk

from rose.ir.printer import print_program


class Stop(BaseException):
    """The search is over; no Exception, so that hypothesis lets it through."""


@dataclass
class Failure:
    """What was found.

    Attributes:
        what: the exception and where it came from, the same for the same fault.
        text: the program, as small as it could be made.
        trace: the exception's traceback.
    """

    what: tuple[str, ...]
    text: str
    trace: str

    def __str__(self) -> str:
        return f"{self.trace}\n{self.text}"


def _settings(count: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
        ],
    )


def _kind(error: Exception) -> tuple[str, ...]:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    first = str(error).partition("\n")[0].partition(":")[0]
    place = () if isinstance(error, AssertionError) and first else (frame.name, str(frame.lineno))
    return type(error).__name__, "" if isinstance(error, KeyError) else first, *place


def _outcome(
    case: Case, small: Sequence[str], scripts: Sequence[Script], seen: Seen
) -> Exception | None:
    try:
        with sizes(small):
            everything(case, scripts, seen)
    except Exception as error:  # noqa: BLE001 (whatever it is, it was not to happen)
        return error
    return None


def search_programs(
    first_seed: int, count: int, scripts: Sequence[Script], seen: Seen, until: float = float("inf")
) -> Failure | None:
    """Try so many programs, or until a time; the first that fails, made small."""
    failure: list[Failure] = []

    @seed(first_seed)
    @_settings(count)
    @given(cases(), st.lists(st.sampled_from(sorted(SIZES)), unique=True))
    def trial(case: Case, small: list[str]) -> None:
        if time.monotonic() > until:
            raise Stop
        error = _outcome(case, small, scripts, seen)
        if error is not None:
            failure.append(_smallest(case, small, error, scripts))
            raise Stop

    _run(trial)
    return failure[0] if failure else None


def _run(trial: Callable[[], None]) -> None:
    try:
        trial()
    except Stop:
        return


def _smallest(case: Case, small: list[str], error: Exception, scripts: Sequence[Script]) -> Failure:
    kind, seen = _kind(error), Seen()

    def fails(candidate: Case, chosen: Sequence[str]) -> bool:
        found = _outcome(candidate, chosen, scripts, seen)
        return found is not None and _kind(found) == kind

    for name in list(small):
        fewer = [other for other in small if other != name]
        if fails(case, fewer):
            small = fewer
    case = shrunk(case, lambda candidate: fails(candidate, small))
    last = _outcome(case, small, scripts, seen) or error
    trace = "".join(traceback.format_exception(last))
    return Failure(kind, as_text(case, " ".join(kind), small), trace)


def search_doors(
    first_seed: int, count: int, scripts: Sequence[Script], seen: Seen, until: float = float("inf")
) -> Failure | None:
    """The same for functions that take and give structures; what fails stays as large as it is."""
    failure: list[Failure] = []

    @seed(first_seed)
    @_settings(count)
    @given(doors())
    def trial(door: Door) -> None:
        if time.monotonic() > until:
            raise Stop
        try:
            doors_agree(door, scripts, seen)
        except Exception as error:
            f = door.function
            text = f"# main{f.signature} of {door.args}\n{print_program(f.func)}"
            trace = "".join(traceback.format_exception(error))
            failure.append(Failure(_kind(error), text, trace))
            raise Stop from error
        seen.counts["programs with structures"] += 1

    _run(trial)
    return failure[0] if failure else None
