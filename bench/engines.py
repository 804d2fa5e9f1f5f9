"""What computes: this project in its hosts, code by hand, and peers."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
BROWSER = os.environ.get("ROSE_CHROMIUM", "/usr/bin/chromium")
PEERS_PYTHON = str(HERE / ".python" / "bin" / "python")
"""Of the virtual environment for what is needed from PyPI."""

Command = Sequence[str]


@dataclass(frozen=True)
class Engine:
    """One engine in one host.

    Attributes:
        name: what rows are called by.
        family: what is asked for, as in PEERS=rose,hand.
        label: what readers see.
        commands: run one after the other, JOB being the file with the job; each prints figures as JSON.
        workloads: what it has programs for, apart from diagrams.
        diagrams: what it runs for those, if it has a program.
        needs: the folder whose package.json or requirements.txt lists what has to be installed.
        tolerance: what its answers may be off, if that is more than others' may: it has no doubles.
        rounds: whether it takes turns with others for several rounds, so that ratios are good.
    """

    name: str
    family: str
    label: str
    commands: Sequence[Command]
    workloads: frozenset[str]
    diagrams: Sequence[Command] = ()
    needs: str = ""
    rounds: bool = False
    tolerance: float = 0.0

    def does(self, workload: str) -> bool:
        """Whether it has a program for it."""
        return workload in self.workloads or (workload == "diagrams" and bool(self.diagrams))

    def commands_for(self, workload: str) -> Sequence[Command]:
        """What to run, one after the other."""
        return self.diagrams if workload == "diagrams" else self.commands


def _python(module: str, *arguments: str, python: str = PYTHON) -> Command:
    return (python, "-m", f"bench.{module}", "JOB", *arguments)


ALL = frozenset({"pairs", "unrolled", "tiny", "billiards", "robot"})


def _in_python(name: str, version: str, workloads: frozenset[str]) -> Engine:
    """A peer from PyPI."""
    return Engine(
        name=name,
        family=name,
        label=f"{name} {version}, Python",
        commands=(_python(f"peers.{name}.main", python=PEERS_PYTHON),),
        workloads=workloads,
        needs=f"peers/{name}",
    )


def _tfjs(backend: str) -> Engine:
    return Engine(
        name=f"tfjs-{backend}",
        family="tfjs",
        label=f"tfjs 4.22.0, {backend}, floats, Node",
        commands=(
            ("node", "peers/tfjs/build.mjs", "JOB"),
            ("node", "peers/tfjs/main.mjs", "JOB", backend),
        ),
        workloads=ALL - {"unrolled"},
        needs="peers/tfjs",
        tolerance=1e-2,
    )


def _by_hand(name: str, label: str, *commands: Command, needs: str = "hand") -> Engine:
    return Engine(
        name=name,
        family="hand",
        label=label,
        commands=commands,
        workloads=ALL,
        needs=needs,
        rounds=True,
    )


def _c(target: str) -> Command:
    return _python("hand.build", target, python=PEERS_PYTHON)


_IN_NODE = ("node", "hand/node.mjs", "JOB")

ENGINES = (
    Engine(
        name="ours-node",
        family="ours",
        label="**this project**, Node",
        commands=(_python("ours.build"), ("node", "ours/node.mjs", "JOB")),
        diagrams=(_python("ours.diagrams_build"), ("node", "ours/diagrams.mjs", "JOB")),
        workloads=ALL,
        rounds=True,
    ),
    Engine(
        name="ours-chromium",
        family="ours",
        label="**this project**, Chromium",
        commands=(_python("ours.build"), _python("ours.chromium")),
        workloads=ALL,
    ),
    Engine(
        name="ours-python",
        family="ours",
        label="**this project**, Python (wasmtime)",
        commands=(_python("ours.python"),),
        diagrams=(_python("ours.diagrams_python"),),
        workloads=ALL,
        rounds=True,
    ),
    Engine(
        name="ours-lists",
        family="ours",
        label="**this project**, Python, fresh lists",
        commands=(_python("ours.lists"),),
        workloads=frozenset({"tiny"}),
        rounds=True,
    ),
    Engine(
        name="ours-start",
        family="ours",
        label="**this project**, Python",
        commands=(_python("ours.start", "cold"), _python("ours.start", "warm")),
        workloads=frozenset({"start"}),
        rounds=True,
    ),
    _by_hand("c-node", "C by hand to wasm, Node", _c("wasm"), _IN_NODE),
    _by_hand("c-wasmtime", "C by hand to wasm, wasmtime", _c("wasm"), _python("hand.wasmtime")),
    _by_hand("c-simd", "C by hand to wasm with SIMD, Node", _c("simd"), _IN_NODE),
    _by_hand("c-native", "C by hand, native", _c("native"), _python("hand.native")),
    _by_hand("js", "JavaScript by hand, Node", ("node", "hand/js.mjs", "JOB"), needs=""),
    Engine(
        name="rose",
        family="rose",
        label="npm rose 0.4.10, Node",
        commands=(("node", "peers/rose/main.mjs", "JOB"),),
        diagrams=(("node", "peers/rose/diagrams.mjs", "JOB"),),
        workloads=frozenset({"unrolled", "tiny", "billiards", "robot"}),
        needs="peers/rose",
    ),
    Engine(
        name="jaxjs",
        family="jaxjs",
        label="@jax-js/jax 0.1.25 (wasm), Node",
        commands=(("node", "peers/jaxjs/main.mjs", "JOB"),),
        workloads=ALL - {"unrolled"},
        needs="peers/jaxjs",
    ),
    _tfjs("cpu"),
    _tfjs("wasm"),
    _in_python("jax", "0.10.2, CPU", ALL),
    _in_python("casadi", "3.8.2", ALL - {"pairs"}),
    _in_python("torch", "2.13.0, CPU", ALL),
    _in_python("autograd", "1.9.1", ALL),
)

# The C that an engine's time is divided by runs in the same host, if it can.
C_BESIDE = {engine.name: "c-node" for engine in ENGINES} | {
    "ours-python": "c-wasmtime",
    "ours-lists": "c-wasmtime",
    "c-wasmtime": "c-wasmtime",
}

FAMILIES = tuple(dict.fromkeys(engine.family for engine in ENGINES))


def chosen(names: Sequence[str]) -> list[Engine]:
    """The engines of families, or of their own names, with this project's in front; all if none are named.

    Raises:
        ValueError: if a name is of none.
    """
    known = {name for engine in ENGINES for name in (engine.name, engine.family)}
    if unknown := sorted(set(names) - known):
        raise ValueError(
            f"no engine is called {', '.join(unknown)}; there are {', '.join(FAMILIES)}"
        )
    wanted = {"ours", *names} if names else known
    return [engine for engine in ENGINES if {engine.name, engine.family} & wanted]
