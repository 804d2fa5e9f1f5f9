"""The search for a program that breaks a property, for the tests and for `make fuzz`."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from trust.derivatives import derivatives_agree
from trust.doors import Door, doors, doors_agree
from trust.generate import Case, cases
from trust.hosts import Script
from trust.properties import Seen, hosts_agree, passes_keep_results, reads_back
from trust.recomputed import computed_again_as_before
from trust.refusals import rules_are_judged_rightly
from trust.rules import fixed
from trust.saved import as_text, door_as_text
from trust.shrink import shrunk
from trust.shrink_doors import shrunk_door
from trust.sizes import ALL_HUGE, ALL_SMALL, SIZES, sizes

from rose.ir.func import callees_first


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


# Which sizes are other ones: some, all small, or all huge.
some_sizes = st.lists(st.sampled_from(sorted(SIZES)), unique=True, max_size=6).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(SIZES[name]) for name in names})
)
chosen_sizes = st.one_of(some_sizes, some_sizes, st.just(ALL_SMALL), st.just(ALL_HUGE))


def everything(case: Case, scripts: Sequence[Script], seen: Seen) -> None:
    """All that holds for a program."""
    func = fixed(case.func, case.marks)
    reads_back(func)
    passes_keep_results(func, [case.wild, case.mild], seen)
    for args in (case.wild, case.mild):
        hosts_agree({"main": func}, {"main": args}, scripts, seen)
    derivatives_agree(case, func, scripts, seen)
    computed_again_as_before(case, func, seen)
    rules_are_judged_rightly(case, seen)
    seen.counts["functions that are fixed"] += sum(f.is_fixed for f in callees_first([func]))
    seen.counts["programs"] += 1


def _outcome(
    case: Case, chosen: Mapping[str, int], scripts: Sequence[Script], seen: Seen
) -> Exception | None:
    try:
        with sizes(chosen):
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
    @given(cases(), chosen_sizes)
    def trial(case: Case, chosen: dict[str, int]) -> None:
        if time.monotonic() > until:
            raise Stop
        error = _outcome(case, chosen, scripts, seen)
        if error is not None:
            failure.append(_smallest(case, chosen, error, scripts))
            raise Stop

    _run(trial)
    return failure[0] if failure else None


def _run(trial: Callable[[], None]) -> None:
    try:
        trial()
    except Stop:
        return


def _smallest(
    case: Case, chosen: Mapping[str, int], error: Exception, scripts: Sequence[Script]
) -> Failure:
    kind, seen = _kind(error), Seen()

    def fails(candidate: Case, chosen: Mapping[str, int]) -> bool:
        found = _outcome(candidate, chosen, scripts, seen)
        return found is not None and _kind(found) == kind

    for name in list(chosen):
        fewer = {other: size for other, size in chosen.items() if other != name}
        if fails(case, fewer):
            chosen = fewer
    case = shrunk(case, lambda candidate: fails(candidate, chosen))
    last = _outcome(case, chosen, scripts, seen) or error
    trace = "".join(traceback.format_exception(last))
    return Failure(kind, as_text(case, " ".join(kind), dict(chosen)), trace)


def search_doors(
    first_seed: int, count: int, scripts: Sequence[Script], seen: Seen, until: float = float("inf")
) -> Failure | None:
    """The same for functions that take and give structures."""
    failure: list[Failure] = []

    @seed(first_seed)
    @_settings(count)
    @given(doors())
    def trial(door: Door) -> None:
        if time.monotonic() > until:
            raise Stop
        error = _door_outcome(door, scripts, seen)
        if error is not None:
            failure.append(_smallest_door(door, error, scripts))
            raise Stop
        seen.counts["programs with structures"] += 1

    _run(trial)
    return failure[0] if failure else None


def _door_outcome(door: Door, scripts: Sequence[Script], seen: Seen) -> Exception | None:
    try:
        doors_agree(door, scripts, seen)
    except Exception as error:  # noqa: BLE001 (whatever it is, it was not to happen)
        return error
    return None


def _smallest_door(door: Door, error: Exception, scripts: Sequence[Script]) -> Failure:
    kind, seen = _kind(error), Seen()

    def fails(candidate: Door) -> bool:
        found = _door_outcome(candidate, scripts, seen)
        return found is not None and _kind(found) == kind

    door = shrunk_door(door, fails)
    last = _door_outcome(door, scripts, seen) or error
    trace = "".join(traceback.format_exception(last))
    return Failure(kind, door_as_text(door, " ".join(kind)), trace)
