"""Penrose diagrams as energy graphs: reading them, and finding the terms that have one structure.

The format is described in FORMAT.md beside the data, which is not a part of this repository; `ROSE_DIAGRAMS` or an
option of the programs here names its folder.
"""

from __future__ import annotations

import gzip
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.diagrams import operations

Node = tuple[Any, ...]
"""An operation of a structure: its name, what `index` takes of its vector, and numbers of earlier nodes."""


def number(value: Any) -> float:
    """A number of the format, which spells what JSON cannot as a string."""
    return float(value)


def numbers(values: Sequence[Any]) -> list[float]:
    return [float(value) for value in values]


def mask(text: str) -> tuple[bool, ...]:
    return tuple(c == "1" for c in text)


@dataclass(frozen=True)
class Stage:
    """Which inputs are free and which terms count in one stage of the layout."""

    name: str
    inputs: tuple[bool, ...]
    objectives: tuple[bool, ...]
    constraints: tuple[bool, ...]


class Diagram:
    """One diagram: its graph, where it starts, its terms and stages, and what Penrose computed."""

    def __init__(self, content: dict[str, Any]) -> None:
        graph = content["graph"]
        self.name: str = content["name"]
        names = graph["ops"]
        self.operations: list[str] = [names[k] for k in graph["op"]]
        ptr, arg = graph["ptr"], graph["arg"]
        self.arguments = [arg[a:b] for a, b in pairwise(ptr)]
        self.immediates: list[Any] = graph["imm"]
        self.start = numbers(content["inputs"]["init"])
        self.objectives: list[int] = content["objectives"]["node"]
        self.constraints: list[int] = content["constraints"]["node"]
        self.stages = [
            Stage(s["name"], mask(s["input"]), mask(s["objective"]), mask(s["constraint"]))
            for s in content["stages"]
        ]
        self.everything = Stage(
            "all",
            (True,) * len(self.start),
            (True,) * len(self.objectives),
            (True,) * len(self.constraints),
        )
        self.reference: dict[str, Any] = content["reference"]
        self.optimizer: dict[str, Any] = content["optimizer"]

    @cached_property
    def constants(self) -> list[Any]:
        """Per node its value if it depends on no input, computed by Python as the language does, or None."""
        known: list[Any] = []
        for name, arguments, immediate in zip(
            self.operations, self.arguments, self.immediates, strict=True
        ):
            if name == "var":
                known.append(None)
            elif name == "const":
                known.append(number(immediate))
            else:
                values = [known[a] for a in arguments]
                whole = None not in values
                known.append(operations.compute(name, values) if whole else None)
        return known


def load(path: Path) -> Diagram:
    with gzip.open(path) as file:
        return Diagram(json.load(file))


# --- structures -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """One term: its structure, and what is put into it.

    Attributes:
        structure: its nodes in order, the last one being its value. Leaves are `("x", k)`, the k-th input, and
            `("c", k)`, the k-th constant.
        inputs: the numbers of its inputs.
        constants: its constants, one for each place where one is used.
    """

    structure: tuple[Node, ...]
    inputs: tuple[int, ...]
    constants: tuple[Any, ...]


class Structures:
    """Finds the structure of terms; equal ones are one object."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.known: dict[tuple[Node, ...], tuple[Node, ...]] = {}

    def term(self, root: int) -> Term:
        """The term whose value is this node."""
        diagram = self.diagram
        names, arguments, constants = diagram.operations, diagram.arguments, diagram.constants
        place: dict[int, int] = {}  # of a node of the graph, in the structure
        nodes: list[Node] = []
        inputs: dict[int, int] = {}
        values: list[Any] = []
        stack = [root]
        while stack:
            node = stack[-1]
            if node in place:
                stack.pop()
                continue
            waiting = [a for a in arguments[node] if a not in place and constants[a] is None]
            if waiting and constants[node] is None:
                stack.extend(reversed(waiting))
                continue
            stack.pop()
            if constants[node] is not None or names[node] == "var":
                place[node] = self._leaf(node, nodes, inputs, values)
                continue
            places = [
                place[a] if constants[a] is None else self._leaf(a, nodes, inputs, values)
                for a in arguments[node]
            ]
            place[node] = len(nodes)
            nodes.append((names[node], diagram.immediates[node], *places))
        structure = tuple(nodes)
        structure = self.known.setdefault(structure, structure)
        return Term(structure, tuple(inputs), tuple(values))

    def _leaf(self, node: int, nodes: list[Node], inputs: dict[int, int], values: list[Any]) -> int:
        constant = self.diagram.constants[node]
        if constant is None:
            at = self.diagram.immediates[node]
            nodes.append(("x", inputs.setdefault(at, len(inputs))))
        else:
            nodes.append(("c", len(values)))
            values.append(constant)
        return len(nodes) - 1


@dataclass(frozen=True)
class Alike:
    """Terms of one structure that are switched together and count alike.

    Attributes:
        structure: see `Term`.
        constants: per constant of the structure, its value if all terms have the same, else None.
        inputs: per term, the numbers of its inputs.
        varying: per term, the constants that are not the same in all of them.
    """

    structure: tuple[Node, ...]
    constants: tuple[Any, ...]
    inputs: list[tuple[int, ...]]
    varying: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Group:
    """Terms that all stages switch on or off together.

    Attributes:
        stages: per stage, whether they count.
        objectives: the objectives.
        constraints: the constraints.
        constant: the sum of the objectives that depend on no input, and of max(g, 0)² of such constraints.
    """

    stages: tuple[bool, ...]
    objectives: list[Alike]
    constraints: list[Alike]
    constant: tuple[float, float]


def groups(diagram: Diagram) -> list[Group]:
    """All terms by the stages in which they count, and within that by structure."""
    structures = Structures(diagram)
    terms: dict[tuple[bool, ...], tuple[list[Term], list[Term]]] = defaultdict(lambda: ([], []))
    constant: dict[tuple[bool, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for kind, roots in enumerate((diagram.objectives, diagram.constraints)):
        for k, root in enumerate(roots):
            stages = tuple(
                [(stage.objectives, stage.constraints)[kind][k] for stage in diagram.stages]
            )
            value = diagram.constants[root]
            if value is None:
                terms[stages][kind].append(structures.term(root))
            else:
                constant[stages][kind] += max(value, 0.0) ** 2 if kind else value
    same = _same_constants([t for both in terms.values() for part in both for t in part])
    return [
        Group(
            stages,
            list(_alike(terms[stages][0], same)),
            list(_alike(terms[stages][1], same)),
            (constant[stages][0], constant[stages][1]),
        )
        for stages in {**terms, **constant}
    ]


def _same_constants(terms: list[Term]) -> dict[tuple[Node, ...], tuple[Any, ...]]:
    """Per structure, the constants that all of its terms have."""
    same: dict[tuple[Node, ...], list[Any]] = {}
    for term in terms:
        held = same.setdefault(term.structure, list(term.constants))
        for k, (ours, other) in enumerate(zip(held, term.constants, strict=True)):
            if not _is_same(ours, other):
                held[k] = None
    return {structure: tuple(values) for structure, values in same.items()}


def _is_same(a: Any, b: Any) -> bool:
    """Whether two constants are the same number, the sign of zero included, or the same truth value."""
    if a is None or a.__class__ is not b.__class__:
        return False
    if isinstance(a, float):
        return a == b and math.copysign(1, a) == math.copysign(1, b)
    return bool(a == b)


def _alike(terms: list[Term], same: dict[tuple[Node, ...], tuple[Any, ...]]) -> Iterator[Alike]:
    by_structure: dict[tuple[Node, ...], list[Term]] = defaultdict(list)
    for term in terms:
        by_structure[term.structure].append(term)
    for structure, members in by_structure.items():
        constants = same[structure]
        varying = [
            tuple(x for x, known in zip(term.constants, constants, strict=True) if known is None)
            for term in members
        ]
        yield Alike(structure, constants, [term.inputs for term in members], varying)
