"""Where it goes: what each stage of compiling a function takes, and what every function of the module costs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, assert_never

from rose.api.compiling import compile_anew
from rose.api.derivatives import vjp
from rose.api.functions import Fn
from rose.api.gradients import value_and_grad
from rose.front.fn import Traceable
from rose.front.tree import REAL_TREE, has_reals
from rose.ir.func import Func
from rose.ir.stages import Recording, recording
from rose.ir.types import Array, Bool, Index, Real, Ref, Type
from rose.ir.work import most_work
from rose.primitives.memory import nested
from rose.run.interp import Counter, interpret
from rose.wasm.program import Program
from rose.wasm.report import function_costs, table

GOLDEN = 0.6180339887498949  # the multiples of this part of 1 are spread evenly between 0 and 1
MOST_INTERPRETED = 1e8  # scalars computed: some minutes of the interpreter


def stats(f: Fn[..., Any]) -> str:
    """Compile a function and its derivative anew, and say what that took and what came of it.

    The derivative is the value and gradient by all parameters with Reals if the function gives one Real, else its vjp.

    Raises:
        RoseError: what compiling the function raises.
    """
    with recording() as made:
        compiled = compile_anew({"function": f, **_derivatives(f)})
    program = compiled.program
    calls = {name: _executed(program, name) for name in program.interfaces}
    return "\n".join(
        [
            *_stage_lines(made),
            "",
            *_function_lines(program, calls),
            "",
            f"{len(compiled.data)} bytes of module; {program.frames_end} bytes of memory",
            "run: instructions, as the interpreter counts them, on numbers between 0 and 1"
            + ("" if all(calls.values()) else f"; not those of more than {MOST_INTERPRETED:.0e}"),
            "",
        ]
    )


def _derivatives(f: Fn[..., Any]) -> dict[str, Traceable]:
    signature = f.signature
    active = tuple(k for k, tree in enumerate(signature.params) if has_reals(tree))
    if not active or not has_reals(signature.result):
        return {}
    if signature.result == REAL_TREE:
        return {"gradient": value_and_grad(f, argnums=active)}
    split = vjp(f)
    return {"forward": split.forward, "backward": split.linear}


def _stage_lines(made: Recording) -> list[str]:
    """A row per stage: the instructions it was given and gave, and its milliseconds."""
    rows = [
        (name, cost.runs, cost.before, cost.after, f"{1e3 * cost.seconds:.1f}")
        for name, cost in made.stages.items()
    ]
    total = 1e3 * sum([cost.seconds for cost in made.stages.values()])
    return table(
        ("stage", "runs", "before", "after", "ms"), [*rows, ("in all", "", "", "", f"{total:.1f}")]
    )


def _function_lines(program: Program, calls: dict[str, dict[Func, int] | None]) -> list[str]:
    """A row per function: its bytes, those of its frame, and its instructions in a call of each export."""
    rows: list[tuple[object, ...]] = []
    costs = function_costs(program)
    for cost in costs:
        run = [str(ran.get(cost.func, "")) if ran and cost.func else "" for ran in calls.values()]
        rows.append((cost.bytes, cost.frame or "", *run, cost.kind, cost.name))
    totals = [str(sum(ran.values())) if ran else "" for ran in calls.values()]
    rows.append((sum([cost.bytes for cost in costs]), "", *totals, "", "in all"))
    head = ("bytes", "frame", *[f"run by {name}" for name in calls], "part", "function")
    return table(head, rows)


def _executed(program: Program, name: str) -> dict[Func, int] | None:
    """How many instructions of each function a call of an export executes; None if there are too many to try."""
    func = program.exported[name]
    if most_work(func) > MOST_INTERPRETED:
        return None
    numbers = (k * GOLDEN % 1 for k in count(1))
    counter = _ByFunction()
    interpret(func, [_some_value(type, numbers) for type in func.param_types], counter)
    return counter.of


def _some_value(type: Type, numbers: Iterator[float]) -> Any:
    """A value of a type: Reals between 0 and 1, True, any index."""
    match type:
        case Array(elem=elem):
            return nested([_some_value(elem, numbers) for _ in range(type.count)], type.shape)
        case Real():
            return next(numbers)
        case Bool():
            return True
        case Index(size):
            return int(next(numbers) * size)
        case Ref():
            raise AssertionError("no export takes an accumulator")
        case _:
            assert_never(type)


class _ByFunction(Counter):
    """Counts the instructions of each function."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[Func, int] = {}

    def ran(self, func: Func, count: int) -> None:
        self.of[func] = self.of.get(func, 0) + count
