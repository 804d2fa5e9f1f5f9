"""What is to be reached, and whether it is: each goal with the figure that decides it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.results import Row, Rows, ratio
from bench.workloads import SIZES

OPERATIONS = 5
"""Traced operations of a term of `unrolled`: a difference, its square, a sum, a root, a sum."""

PENROSE_NS = 7.9
"""Nanoseconds that a node of the graph takes Penrose's own engine in a gradient: the median, by the makers of the data."""

AUTHORS_ROBOT = {"bytes": 1.79e6, "memory_bytes": 504e6}
"""What the robot of rose's authors takes, as it was measured with the goal; the one in peers/rose is smaller than theirs."""

Judge = Callable[[Rows], "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What a goal's figure is, and whether that is enough; both None where it was not measured."""

    figure: str | None = None
    reached: bool | None = None


@dataclass(frozen=True)
class Goal:
    """One line of the table.

    Attributes:
        what: what is measured.
        goal: what it should be.
        judge: finds the verdict.
    """

    what: str
    goal: str
    judge: Judge


UNKNOWN = Verdict()


def at_most(most: float, values: Iterable[float | None], unit: str = "×") -> Verdict:
    """The largest has to be at most `most`; not judged unless all are known."""
    known = list(values)
    if not known or None in known:
        return UNKNOWN
    largest = max(v for v in known if v is not None)
    return Verdict(f"{largest:.3g} {unit}", largest <= most)


def part(most: float, value: float | None) -> Verdict:
    """A part of what the peer has, as 1/n."""
    if value is None:
        return UNKNOWN
    return Verdict(f"1/{1 / value:.3g}" if value < 1 else f"{value:.3g} ×", value <= most)


def figure(rows: Rows, key: str, engine: str, name: str) -> float | None:
    row = rows.get(key, {}).get(engine)
    return None if row is None else row.figure(name)


def beside(rows: Rows, key: str, engine: str, other: str, name: str = "steady_us") -> float | None:
    return ratio(rows.get(key, {}), engine, other, name)


def of_c(keys: Iterable[str], engine: str, c: str) -> Judge:
    names = list(keys)
    return lambda rows: at_most(1.3, [beside(rows, key, engine, c) for key in names])


def of_rose(key: str, name: str, most: float) -> Judge:
    return lambda rows: part(most, beside(rows, key, "ours-node", "rose", name))


def of_authors_robot(name: str, most: float) -> Judge:
    def judge(rows: Rows) -> Verdict:
        value = figure(rows, "robot", "ours-node", name)
        return part(most, None if value is None else value / AUTHORS_ROBOT[name])

    return judge


def works(key: str) -> Judge:
    def judge(rows: Rows) -> Verdict:
        found = [rows.get(key, {}).get(engine) for engine in ("ours-node", "ours-python")]
        if None in found:
            return UNKNOWN
        errors = [row.error for row in found if row is not None and row.error]
        return Verdict(errors[0] if errors else "it does", not errors)

    return judge


def per_operation(size: str, name: str, most: float, unit: str) -> Judge:
    """A figure of ours, in thousandths if it is in milliseconds, a traced operation."""
    scale = 1e3 if name == "build_ms" else 1.0

    def judge(rows: Rows) -> Verdict:
        value = figure(rows, f"unrolled-{size}", "ours-node", name)
        per = None if value is None else scale * value / (OPERATIONS * int(size))
        return at_most(most, [per], unit)

    return judge


def linear(rows: Rows) -> Verdict:
    """The time an operation takes at the largest size, over that at a tenth to a fiftieth of it."""
    costs = [
        None if value is None else value / int(size)
        for size in ("2000", "4000", "20000", "100000")
        for value in [figure(rows, f"unrolled-{size}", "ours-node", "build_ms")]
    ]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return UNKNOWN
    return at_most(1.5, [known[-1] / min(known)])


def build_beside_rose(rows: Rows) -> Verdict:
    key = "unrolled-2000"
    ours = figure(rows, key, "ours-node", "build_ms")
    theirs = [figure(rows, key, "rose", name) for name in ("build_ms", "compile_ms")]
    known = [value for value in theirs if value is not None]
    if ours is None or len(known) < 2:
        return UNKNOWN
    return at_most(2.0, [ours / sum(known)])


def start(name: str, most: float, unit: str) -> Judge:
    def judge(rows: Rows) -> Verdict:
        found = [key for key in rows if key.startswith("start-")]
        if name == "import_ms":
            return at_most(most, [figure(rows, key, "ours-start", name) for key in found], unit)
        costs = [
            warm / cold if warm is not None and cold else None
            for key in found
            for warm in [figure(rows, key, "ours-start", "warm_ms")]
            for cold in [figure(rows, key, "ours-start", "cold_ms")]
        ]
        return at_most(most, costs, unit)

    return judge


# --- diagrams ---------------------------------------------------------------------------------------------


def diagrams(rows: Rows) -> dict[str, dict[str, Row]]:
    return {key: of for key, of in rows.items() if key.startswith("diagrams-")}


def all_compile(rows: Rows) -> Verdict:
    found = [of["ours-node"] for of in diagrams(rows).values() if "ours-node" in of]
    if not found:
        return UNKNOWN
    fine = sum(row.error is None for row in found)
    return Verdict(f"{fine} of {len(found)}", fine == len(found))


def gradient_beside_rose(rows: Rows) -> Verdict:
    ratios = [ratio(of, "ours-node", "rose") for of in diagrams(rows).values()]
    known = [value for value in ratios if value is not None]
    return at_most(0.5, [median(known)]) if known else UNKNOWN


def gradient_a_node(rows: Rows) -> Verdict:
    costs = [
        1e3 * time / nodes
        for of in diagrams(rows).values()
        if "ours-node" in of
        for time, nodes in [(of["ours-node"].figure("steady_us"), of["ours-node"].figure("nodes"))]
        if time is not None and nodes
    ]
    return at_most(PENROSE_NS / 2, [median(costs)], "ns a node") if costs else UNKNOWN


PHASES = ("build_ms", "compile_ms", "first_call_ms", "optimize_ms")


def whole(row: Row) -> float | None:
    values = [row.figure(name) for name in PHASES]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(PHASES) else None


def sums(rows: Rows) -> Iterator[tuple[float, float]]:
    """Of every diagram that both do, our time and rose's, in all."""
    for of in diagrams(rows).values():
        if {"ours-node", "rose"} <= of.keys():
            ours, theirs = whole(of["ours-node"]), whole(of["rose"])
            if ours is not None and theirs is not None:
                yield ours, theirs


def whole_beside_rose(rows: Rows) -> Verdict:
    pairs = list(sums(rows))
    if not pairs:
        return UNKNOWN
    ours, theirs = map(sum, zip(*pairs, strict=True))
    figure = f"{ours / 1e3:.1f} s beside {theirs / 1e3:.1f} s, on {len(pairs)} that both do"
    return Verdict(figure, ours < theirs)


def shared_functions(rows: Rows) -> Verdict:
    found = [of["ours-node"] for of in diagrams(rows).values() if "ours-node" in of]
    counts = [[row.figure(name) for row in found] for name in ("terms", "structures", "functions")]
    if not found or any(value is None for count in counts for value in count):
        return UNKNOWN
    terms, structures, functions = [sum(v for v in count if v is not None) for count in counts]
    figure = (
        f"{terms:,.0f} terms, {structures:,.0f} structures, {functions:,.0f} compiled functions"
    )
    return Verdict(figure, functions < terms)


LARGEST = "unrolled-100000"

GOALS = (
    Goal(
        "`pairs` as a loop, every n, Node",
        "≤ 1.3 × C",
        of_c([f"pairs-{n}" for n in SIZES], "ours-node", "c-node"),
    ),
    Goal(
        "`pairs` as a loop, every n, wasmtime",
        "≤ 1.3 × C",
        of_c([f"pairs-{n}" for n in SIZES], "ours-python", "c-wasmtime"),
    ),
    Goal("`billiards`, Node", "≤ 1.3 × C", of_c(["billiards"], "ours-node", "c-node")),
    Goal("`billiards`, wasmtime", "≤ 1.3 × C", of_c(["billiards"], "ours-python", "c-wasmtime")),
    Goal("`robot`, Node", "≤ 1.3 × C", of_c(["robot"], "ours-node", "c-node")),
    Goal("`robot`, wasmtime", "≤ 1.3 × C", of_c(["robot"], "ours-python", "c-wasmtime")),
    Goal("`billiards`: time", "≤ 1/20 of rose", of_rose("billiards", "steady_us", 1 / 20)),
    Goal("`billiards`: code", "≤ 1/40 of rose", of_rose("billiards", "bytes", 1 / 40)),
    Goal("`billiards`: memory", "≤ 1/100 of rose", of_rose("billiards", "memory_bytes", 1 / 100)),
    Goal("`robot`: time", "≤ 1/4 of rose", of_rose("robot", "steady_us", 1 / 4)),
    Goal("`robot`: code", "≤ 1/150 of our program for rose", of_rose("robot", "bytes", 1 / 150)),
    Goal(
        "`robot`: memory",
        "≤ 1/50 of our program for rose",
        of_rose("robot", "memory_bytes", 1 / 50),
    ),
    Goal(
        "`robot`: code",
        "≤ 1/150 of the program of rose's authors, 1.79 MB",
        of_authors_robot("bytes", 1 / 150),
    ),
    Goal(
        "`robot`: memory",
        "≤ 1/50 of the program of rose's authors, 504 MB",
        of_authors_robot("memory_bytes", 1 / 50),
    ),
    Goal("`unrolled`, n = 100,000, Node and Python", "works", works(LARGEST)),
    Goal(
        "`unrolled`: a call, every n",
        "≤ 2 × JavaScript by hand",
        lambda rows: at_most(
            2.0, [beside(rows, f"unrolled-{n}", "ours-node", "js") for n in SIZES]
        ),
    ),
    Goal(
        "`unrolled`, n = 100,000: wasm a traced operation",
        "≤ 25 bytes",
        per_operation("100000", "bytes", 25.0, "bytes"),
    ),
    Goal("`unrolled`: build time an operation, largest n over best", "≤ 1.5 × (linear)", linear),
    Goal(
        "`unrolled`, n = 2000: build", "≤ 2 × rose's trace, derive and compile", build_beside_rose
    ),
    Goal(
        "`unrolled`, n = 100,000: build a traced operation",
        "≤ 60 µs",
        per_operation("100000", "build_ms", 60.0, "µs"),
    ),
    Goal(
        "`tiny`, n = 10, typed arrays in Node",
        "≤ 2 × JavaScript by hand",
        lambda rows: at_most(2.0, [beside(rows, "tiny-10", "ours-node", "js")]),
    ),
    Goal(
        "`tiny`, n = 10, typed arrays in Node",
        "≤ 1/10 of rose",
        of_rose("tiny-10", "steady_us", 1 / 10),
    ),
    Goal(
        "`tiny`, n = 10, Python, prepared",
        "≤ 3 µs",
        lambda rows: at_most(3.0, [figure(rows, "tiny-10", "ours-python", "steady_us")], "µs"),
    ),
    Goal(
        "`tiny`, n = 10, Python, fresh lists",
        "≤ 15 µs",
        lambda rows: at_most(15.0, [figure(rows, "tiny-10", "ours-lists", "steady_us")], "µs"),
    ),
    Goal("`diagrams`", "all compile, and agree with Penrose", all_compile),
    Goal("`diagrams`: a gradient, median of ratios", "≤ 1/2 of rose", gradient_beside_rose),
    Goal(
        "`diagrams`: a gradient, median",
        f"≤ half of Penrose's {PENROSE_NS} ns a node",
        gradient_a_node,
    ),
    Goal("`diagrams`: build, first call and layout, summed", "below rose's", whole_beside_rose),
    Goal("`diagrams`: equal terms", "share one compiled function", shared_functions),
    Goal(
        "an unchanged program from the cache on disk",
        "≤ 1/3 of its cold start",
        start("warm", 1 / 3, "of cold"),
    ),
    Goal("`import rose`", "≤ 100 ms", start("import_ms", 100.0, "ms")),
)
