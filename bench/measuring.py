"""What is measured of an engine in Python once it can be called; the counterpart of js/measure.mjs.

Runs in the peers' virtual environment too, so it needs nothing but Python.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

WARM_UP = 0.4  # of the time that is to be spent
BATCH_SECONDS = 0.001  # long for the clock, and short enough not to be disturbed
FEWEST = 5  # batches
MOST_SLOWNESS = 10  # how much longer than wanted an engine may take to have so many

Figures = dict[str, Any]
Job = dict[str, Any]
"""What a process is told; see rows.py."""


class WrongAnswerError(Exception):
    """An engine gives something else than the reference."""


def read_job() -> Job:
    """The job that the command line names."""
    job: Job = json.loads(Path(sys.argv[1]).read_text())
    return job


def report(figures: Figures) -> None:
    """Print the figures, with the most memory that this process had."""
    most = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(figures | {"process_bytes": most}))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the milliseconds it took."""
    start = time.perf_counter()
    result = work()
    return result, 1e3 * (time.perf_counter() - start)


def sizes(data: bytes) -> Figures:
    """Bytes of a module, as they are and as a web server would send them."""
    return {"bytes": len(data), "gzip_bytes": len(gzip.compress(data, 9))}


def faults(answer: Sequence[float], expected: dict[str, Any]) -> list[str]:
    """A line for each number that is not as it should be, at most three."""
    found: list[str] = []

    def compare(what: str, given: float, right: float, scale: float) -> None:
        if not abs(given - right) <= expected["tolerance"] * max(scale, expected["least"]):
            found.append(f"{what} is {given}, not {right}")

    values = expected["values"]
    largest = max([abs(v) for v in values[1:]], default=0.0)
    for at, right in zip(expected["at"], values, strict=True):
        what = "the value" if at == 0 else f"derivative {at - 1}"
        compare(what, float(answer[at]), right, abs(right) if at == 0 else largest)
    for start, stop, right in expected["squares"]:
        total = sum(float(v) ** 2 for v in answer[start:stop])
        what = f"the sum of the squares of derivatives {start - 1} to {stop - 2}"
        compare(what, total, right, right)
    return found[:3]


def steady(repeat: Callable[[int], Any], seconds: float) -> Figures:
    """Microseconds of a call once warm: of the fastest batch of calls, and of the median one."""
    begin = time.perf_counter()
    times = 1
    while time.perf_counter() < begin + WARM_UP * seconds:
        if timed(partial(repeat, times))[1] < 1e3 * BATCH_SECONDS / 2:
            times *= 2
    samples: list[float] = []
    late, too_late = begin + seconds, begin + MOST_SLOWNESS * seconds
    while not samples or time.perf_counter() < (too_late if len(samples) < FEWEST else late):
        samples.append(1e3 * timed(partial(repeat, times))[1] / times)
    samples.sort()
    return {"steady_us": samples[0], "median_us": samples[len(samples) // 2]}


def looping(call: Callable[[Any], Any], x: Any) -> Callable[[int], None]:
    """What calls it many times."""

    def repeat(times: int) -> None:
        for _ in range(times):
            call(x)

    return repeat


def measure(
    job: Job,
    call: Callable[[Any], Any],
    *,
    given: Callable[[list[float]], Any] = list,
    read: Callable[[Any], Sequence[float]] = list,
    repeat: Callable[[Any], Callable[[int], Any]] | None = None,
) -> Figures:
    """First call and steady state, after all answers were found right.

    Args:
        job: what is to be measured.
        call: does one value and gradient of what `given` makes of a point; one that starts work in the background waits.
        given: the argument for a point.
        read: makes one sequence of the value and the derivatives; neither is timed.
        repeat: makes of an argument what does many calls, if there is a quicker way than a loop.

    Raises:
        WrongAnswerError: if a value or a derivative is off.
    """
    points = [given(point) for point in job["points"]]
    first_call_ms = None
    # The first point once more shows that no call leaves a trace.
    for k in [*range(len(points)), 0]:
        result, milliseconds = timed(partial(call, points[k]))
        if first_call_ms is None:
            first_call_ms = milliseconds
        if wrong := faults(read(result), job["expected"][k]):
            raise WrongAnswerError(f"wrong at point {k}: {'; '.join(wrong)}")
    many = repeat(points[0]) if repeat else looping(call, points[0])
    return {"first_call_ms": first_call_ms, **steady(many, job["seconds"])}
