"""The benchmark's own logic: wrong answers are refused, goals judged by the right figure, rows kept and shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bench import engines, goals, page, plan, results, workloads
from bench.measuring import faults
from bench.problems import Expected, Problem, problem
from bench.results import Row
from bench.rows import Figures, measure, reason
from bench.tables import page_table, text_table

TINY = problem("tiny", "4")
NODE, JAVASCRIPT = engines.chosen(["ours-node", "js"])[0], engines.chosen(["js"])[-1]


def row(run: str = "one", **figures: float) -> Row:
    return Row("2026-01-01 00:00+00:00", run, [dict(figures)])


# --- answers ------------------------------------------------------------------------------------------------


def pairs(x: list[float]) -> float:
    return sum(math.sqrt((x[i % 100] - x[(7 * i + 3) % 100]) ** 2 + i + 1) for i in range(100))


def tiny(x: list[float]) -> float:
    return sum(math.sqrt(1 + (a - b) ** 2) for a, b in pairwise(x))


@pytest.mark.parametrize(
    ("one", "formula"), [(problem("pairs", "100"), pairs), (problem("tiny", "10"), tiny)]
)
def test_expected_derivatives_agree_with_differences(
    one: Problem, formula: Callable[[list[float]], float]
) -> None:
    x, expected = list(one.points[0]), one.expected[0].values
    assert formula(x) == pytest.approx(expected[0], rel=1e-12)
    for k in range(0, len(x), 3):
        above, below = ([*x[:k], x[k] + h, *x[k + 1 :]] for h in (1e-6, -1e-6))
        slope = (formula(above) - formula(below)) / 2e-6
        assert slope == pytest.approx(expected[1 + k], rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([2.0, 3.0, -4.0], []),
        ([2.0, 3.0 + 1e-10, -4.0], []),
        ([2.1, 3.0, -4.0], ["the value is 2.1, not 2.0"]),
        ([2.0, 3.0 + 1e-7, -4.0], ["derivative 0 is 3.0000001, not 3.0"]),
        ([2.0, 3.0, math.nan], ["derivative 1 is nan, not -4.0"]),
    ],
)
def test_a_wrong_answer_is_told(answer: list[float], said: list[str]) -> None:
    assert faults(answer, Expected([2.0, 3.0, -4.0]).as_json()) == said


def test_sums_of_squares_stand_for_derivatives_that_are_not_known_one_by_one() -> None:
    expected = Expected([2.0], at=[0], squares=[(1, 3, 25.0)]).as_json()
    assert faults([2.0, 3.0, -4.0], expected) == []
    wrong = "the sum of the squares of derivatives 0 to 1 is 34.0, not 25.0"
    assert faults([2.0, 3.0, 5.0], expected) == [wrong]


def test_a_row_is_measured_in_a_process_of_its_own() -> None:
    figures = measure(NODE, TINY, seconds=0.01, limit=60)
    assert figures["steady_us"] > 0
    assert figures["build_ms"] > 0
    assert 100 < figures["bytes"] < 1000
    assert figures["process_bytes"] > 1e6


def test_a_row_with_a_wrong_gradient_is_not_timed() -> None:
    first = TINY.expected[0]
    values = [*first.values[:-1], first.values[-1] + 1e-6]
    spoilt: Problem = replace(TINY, expected=[replace(first, values=values), TINY.expected[1]])
    figures = measure(JAVASCRIPT, spoilt, seconds=0.01, limit=60)
    assert set(figures) == {"error"}
    assert figures["error"].startswith("Error: wrong at point 0: derivative 3 is ")


def test_a_row_that_takes_too_long_is_stopped() -> None:
    assert measure(JAVASCRIPT, TINY, seconds=30, limit=0.5) == {"error": "took over 0.5 s"}


def test_a_failure_is_one_line_without_folders() -> None:
    traceback = (
        f"Traceback …\n  File '{page.ROOT}/x.py'\nValueError: no file {page.ROOT}/y\n\nNode.js v20"
    )
    assert reason(traceback) == "ValueError: no file …/y"


# --- what is asked for --------------------------------------------------------------------------------------


def test_engines_are_named_by_family_or_by_themselves_and_ours_are_always_there() -> None:
    names = [engine.name for engine in engines.chosen(["rose", "c-node"])]
    assert names[-2:] == ["c-node", "rose"]
    assert all(name.startswith("ours-") for name in names[:-2])
    assert engines.chosen([]) == list(engines.ENGINES)
    with pytest.raises(ValueError, match="no engine is called rise; there are ours, hand, rose"):
        engines.chosen(["rise"])


def test_problems_are_named_by_workload_or_with_a_size() -> None:
    assert workloads.keys(["tiny-10", "billiards"], None) == [("tiny", "10"), ("billiards", "")]
    assert len(workloads.keys(["pairs"], None)) == len(workloads.SIZES)
    assert workloads.keys(["diagrams"], None) == []
    with pytest.raises(ValueError, match="no workload is called pears; there are pairs, unrolled"):
        workloads.keys(["pears"], None)


def test_a_short_run_has_all_that_goals_name_and_some_of_the_rest() -> None:
    every = workloads.keys([], None)
    rose, torch = engines.chosen(["rose"])[-1], engines.chosen(["torch"])[-1]
    assert all(plan.is_planned(rose, key, every) for key in every)
    planned = [name for name in workloads.SIZES if plan.is_planned(torch, ("pairs", name), every)]
    assert planned == ["100", "2000", "100000"]
    named = workloads.keys(["pairs-1000"], None)
    assert plan.is_planned(torch, ("pairs", "1000"), named)


def test_what_goals_name_comes_first() -> None:
    problems = workloads.keys(["tiny-4", "billiards"], None)
    order = list(plan.work(problems, engines.chosen(["rose", "torch"]), long=False))
    assert [(key[0], engines[-1].name) for key, engines in order] == [
        ("tiny", "rose"),
        ("billiards", "rose"),
        ("tiny", "torch"),
        ("billiards", "torch"),
    ]


def test_what_was_stopped_at_a_smaller_size_is_not_tried() -> None:
    jax = engines.chosen(["jax"])[-1]
    rows = {"unrolled-1000": {"jax": Row("", "now", [{"error": "took over 45 s"}])}}
    said = "not tried: took over 45 s at n = 1000"
    assert plan.hopeless(jax, ("unrolled", "4000"), "now", rows) == said
    assert plan.hopeless(jax, ("unrolled", "4000"), "later", rows) is None
    assert plan.hopeless(jax, ("unrolled", "100"), "now", rows) is None
    assert plan.hopeless(jax, ("pairs", "4000"), "now", rows) is None


# --- figures and goals --------------------------------------------------------------------------------------


def test_the_best_of_times_and_the_median_of_all_else() -> None:
    names = ("steady_us", "build_ms", "median_us", "bytes")
    rounds: list[Figures] = [dict.fromkeys(names, t) for t in (3.0, 1.0, 8.0)]
    several = Row("", "", rounds)
    assert several.figure("steady_us") == several.figure("build_ms") == 1.0
    assert several.figure("median_us") == several.figure("bytes") == 3.0
    assert several.figure("gzip_bytes") is None
    assert Row("", "", [*rounds, {"error": "no"}]).figure("steady_us") is None


@pytest.mark.parametrize(
    ("ours", "c", "verdict"),
    [
        (1.2, 1.0, goals.Verdict("1.2 ×", reached=True)),
        (2.7, 1.0, goals.Verdict("2.7 ×", reached=False)),
        (2.7, None, goals.UNKNOWN),
    ],
)
def test_billiards_is_judged_by_c(ours: float, c: float | None, verdict: goals.Verdict) -> None:
    rows = {"billiards": {"ours-node": row(steady_us=ours)}}
    if c is not None:
        rows["billiards"]["c-node"] = row(steady_us=c)
    (goal,) = [goal for goal in goals.GOALS if goal.what == "`billiards`, Node"]
    assert goal.judge(rows) == verdict


def test_a_goal_over_all_sizes_takes_the_worst_and_needs_all() -> None:
    rows = {
        f"unrolled-{n}": {"ours-node": row(steady_us=float(k)), "js": row(steady_us=2.0)}
        for k, n in enumerate(workloads.SIZES)
    }
    (goal,) = [goal for goal in goals.GOALS if goal.what == "`unrolled`: a call, every n"]
    assert goal.judge(rows) == goals.Verdict("2.5 ×", reached=False)
    del rows["unrolled-4000"]
    assert goal.judge(rows) == goals.UNKNOWN


def test_a_diagram_that_fails_misses_the_goal() -> None:
    rows = {
        "diagrams-a": {"ours-node": row(steady_us=1.0)},
        "diagrams-b": {"ours-node": Row("", "", [{"error": "wrong"}])},
    }
    assert goals.all_compile(rows) == goals.Verdict("1 of 2", reached=False)


def test_every_goal_is_judged_or_not_measured() -> None:
    assert {goal.judge({}) for goal in goals.GOALS} == {goals.UNKNOWN}


# --- what is shown ------------------------------------------------------------------------------------------

SHOWN = {
    "ours-node": row("two", steady_us=1.5, bytes=266.0),
    "c-node": row("one", steady_us=1.0, bytes=400.0),
    "rose": Row(
        "2026-01-01 00:00+00:00", "two", [{"error": "CompileError: local count | too large"}]
    ),
}


def test_tables_show_ratios_of_other_runs_and_errors_as_such() -> None:
    text = text_table("pairs-100", SHOWN, ["ours-node", "rose"])
    assert "1.50~" in text
    assert "C by hand" not in text
    assert "npm rose 0.4.10, Node: CompileError: local count | too large" in text
    assert "CompileError: local count \\| too large" in page_table("pairs-100", SHOWN)


def test_the_page_has_what_was_measured(tmp_path: Path) -> None:
    page.write({"pairs-100": SHOWN}, tmp_path)
    text = (tmp_path / "performance.md").read_text()
    assert "<details><summary>pairs-100</summary>" in text
    assert text.count("not measured") == len(goals.GOALS)


def test_rows_are_kept_between_runs(tmp_path: Path) -> None:
    results.store("pairs-100", SHOWN, tmp_path)
    assert results.load(tmp_path) == {"pairs-100": SHOWN}
