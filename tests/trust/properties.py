"""What holds for every program, whoever wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trust.hosts import Script, Wasmtime
from trust.reference import meaning, same

from rose import opt
from rose.ir.check import check
from rose.ir.func import Func
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.opt import PASSES, PROGRAM_PASSES, finish, optimize

Pass = Callable[[Func], Func]

# Every module of rose.opt has the pass that it is named for; `inline` needs to know more and runs inside of `local`.
EACH: dict[str, Pass] = {
    name: f
    for name, f in vars(opt).items()
    if getattr(f, "__module__", "") == f"rose.opt.{name}" and name != "inline"
}
WHOLE: dict[str, Pass] = {"optimize": optimize, "finish": finish, "local": PROGRAM_PASSES["local"]}


@dataclass
class Seen:
    """What was done."""

    counts: Counter[str] = field(default_factory=Counter[str])

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))


def reads_back(func: Func) -> None:
    text = print_program(func)
    again = parse(text)
    assert print_program(again) == text
    assert again.param_types == func.param_types
    assert again.result_types == func.result_types


def passes_keep_results(func: Func, inputs: Sequence[Sequence[Any]], seen: Seen) -> None:
    """Each pass alone, and all of them one after the other, on some lists of arguments; the checker after each."""
    expected = [meaning(func, args) for args in inputs]

    def keeps(after: Func) -> bool:
        check(after)
        seen.counts["passes"] += 1
        found = [meaning(after, args) for args in inputs]
        return all(same(one, other) for one, other in zip(found, expected, strict=True))

    for name, single in {**EACH, **WHOLE}.items():
        assert keeps(single(func)), f"{name} changes a result"
    so_far = PROGRAM_PASSES["local"](func)
    for name, single in {**PASSES, **EACH}.items():
        so_far = single(so_far)
        assert keeps(so_far), f"{name} changes a result after the others"


def hosts_agree(
    funcs: dict[str, Func], args: Mapping[str, Sequence[Any]], scripts: Sequence[Script], seen: Seen
) -> None:
    """wasmtime gives the interpreter's bits, and JavaScript wasmtime's."""
    expected = {name: meaning(func, args[name]) for name, func in funcs.items()}
    for module in (Wasmtime(funcs), Wasmtime(funcs, finished=True)):
        for _ in range(2):  # the second run finds what the first one left in memory
            for name in funcs:
                assert same(module.run(name, args[name]), expected[name]), f"wasmtime, {name}"
                seen.counts["runs in wasmtime"] += 1
    for script in scripts:
        found = script.run(module, [(name, args[name]) for name in funcs])
        for name, result in zip(funcs, found, strict=True):
            assert same(result, expected[name]), f"{type(script).__name__}, {name}"
            seen.counts[f"runs in {type(script).__name__}"] += 1
