"""What is measured of an engine in Python on a diagram; the counterpart of measure.mjs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bench.diagrams.graph import Diagram, Stage, numbers
from bench.diagrams.optimizer import Evaluate, Vector, optimize
from bench.measuring import Figures, Job, WrongAnswerError, faults, looping, steady, timed

MOST_EVALUATIONS = 10  # times Penrose's


def check(what: str, found: tuple[float, Vector], expected: dict[str, Any]) -> None:
    """Raises unless a value and gradient are Penrose's."""
    answer: Sequence[float] = [found[0], *found[1]]
    if wrong := faults(answer, expected):
        raise WrongAnswerError(f"wrong {what}: {'; '.join(wrong)}")


def measure(job: Job, diagram: Diagram, evaluator: Callable[[Stage], Evaluate]) -> Figures:
    """First call, whole optimisation and steady state, after all answers were found right.

    `evaluator` gives a function of (x, weight) that gives the value and a fresh gradient, 0 for what the stage holds fixed.

    Raises:
        WrongAnswerError: if a value or a derivative is off.
    """
    at_start, with_all, at_end = job["expected"]
    start, weight = np.array(diagram.start), float(diagram.reference["stage0"]["weight"])
    evaluators = [evaluator(stage) for stage in diagram.stages]
    found, first_call_ms = timed(lambda: evaluators[0](start, weight))
    check("at the start", found, at_start)
    everything = evaluator(diagram.everything)
    check("with all terms", everything(start, weight), with_all)
    stages = diagram.optimizer["stages"]
    end, last_weight = numbers(stages[-1]["x"]), float(diagram.reference["final"]["weight"])
    check("at Penrose's end", evaluators[-1](np.array(end), last_weight), at_end)

    penrose = sum(stage["evaluations"] for stage in stages)
    run, optimize_ms = timed(
        lambda: optimize(evaluators, diagram.start, MOST_EVALUATIONS * penrose)
    )
    return {
        "first_call_ms": first_call_ms,
        "optimize_ms": optimize_ms,
        "evaluations": run["evaluations"],
        "penrose_evaluations": penrose,
        "stopped": run["stopped"],
        **steady(looping(lambda x: everything(x, weight), start), job["seconds"]),
    }
