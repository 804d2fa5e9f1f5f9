"""The energy of a diagram as a function of the language: one function for each structure of its terms.

    energy(x, weight, active) = sum of objectives + weight * sum of max(constraint, 0)²

`active` has a Bool per group of terms that the stages switch together. Terms of one structure are calls of one
function; where they are several, they are a loop over tables of the inputs and constants that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import rose
from bench.diagrams import operations
from bench.diagrams.graph import Alike, Diagram, Group, Node, Stage, groups
from rose import Bool, Fn, Index, Real, Vec

FEWEST_IN_A_LOOP = 3


class Program:
    """The functions of a diagram.

    Attributes:
        diagram: whose energy it is.
        groups: the groups of its terms.
        energy: takes the inputs, the weight of the constraints, and which groups count.
        gradient: gives the energy and its gradient by the inputs.
    """

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.groups = groups(diagram)
        self.size = len(diagram.start)
        self._functions: dict[tuple[Node, ...], Fn[..., Any]] = {}
        self.energy = self._energy()
        self.gradient = rose.value_and_grad(self.energy)

    @property
    def structures(self) -> int:
        """How many different terms there are, each of which is one function."""
        return len(self._functions)

    def active(self, stage: Stage) -> list[bool]:
        """Which groups count in a stage of the diagram, or in `diagram.everything`."""
        if stage is self.diagram.everything:
            return [True] * len(self.groups)
        k = self.diagram.stages.index(stage)
        return [group.stages[k] for group in self.groups]

    def _energy(self) -> Fn[..., Any]:
        count = len(self.groups)

        def energy(x, weight, active):
            parts = [
                rose.cond(active[k], lambda g=group: self._group(g, x, weight), lambda: 0.0)
                for k, group in enumerate(self.groups)
            ]
            return total(parts)

        return rose.fn([Vec[self.size], Real, Vec[count, Bool]], Real)(energy)

    def _group(self, group: Group, x: Any, weight: Any) -> Any:
        objectives = [self._sum(alike, x, lambda value: value()) for alike in group.objectives]
        penalties = [self._sum(alike, x, penalty) for alike in group.constraints]
        fixed, fixed_penalty = group.constant
        return total([fixed, *objectives]) + weight * total([fixed_penalty, *penalties])

    def _sum(self, alike: Alike, x: Any, count: Callable[..., Any]) -> Any:
        """The sum over terms of one structure of what `count` makes of the function that gives a term."""
        function = self._function(alike.structure, alike.constants)
        if len(alike.inputs) < FEWEST_IN_A_LOOP:
            return total(
                [
                    count(lambda i=i, c=c: function((*[x[k] for k in i], *c)))
                    for i, c in zip(alike.inputs, alike.varying, strict=True)
                ]
            )
        tables = [alike.inputs, alike.varying] if alike.varying[0] else [alike.inputs]
        return looped(function, alike, count, len(x))(x, tuple(tables))

    def _function(self, structure: tuple[Node, ...], constants: tuple[Any, ...]) -> Fn[..., Any]:
        if structure not in self._functions:
            self._functions[structure] = term_function(structure, constants)
        return self._functions[structure]


def total(parts: Sequence[Any]) -> Any:
    """Their sum, from left to right; 0 of none."""
    return reduce(lambda a, b: a + b, parts) if parts else 0.0


def penalty(value: Callable[[], Any]) -> Any:
    """max(g, 0)² of a constraint; where it is satisfied, nothing is derived."""
    violated = rose.stop_gradient(value()) > 0
    return rose.cond(violated, lambda: squared(value()), lambda: 0.0)


def squared(x: Any) -> Any:
    return x * x


def term_function(structure: tuple[Node, ...], constants: tuple[Any, ...]) -> Fn[..., Any]:
    """One function: of the inputs, and of the constants that are not known."""
    inputs = 1 + max([node[1] for node in structure if node[0] == "x"], default=-1)
    varying = [k for k, constant in enumerate(constants) if constant is None]
    kinds = [Real] * (inputs + len(varying))

    def term(given):
        known = dict(zip(varying, given[inputs:], strict=True))
        values: list[Any] = []
        for name, immediate, *places in structure:
            if name == "x":
                values.append(given[immediate])
            elif name == "c":
                constant = constants[immediate]
                values.append(known[immediate] if constant is None else constant)
            else:
                operands = [values[k] for k in places]
                values.append(operations.apply(name, operands, immediate))
        return values[-1]

    return rose.fn([tuple[tuple(kinds)]], Real)(term)


def looped(
    function: Fn[..., Any], alike: Alike, count: Callable[..., Any], size: int
) -> Fn[..., Any]:
    """The sum over several terms of one structure, as a loop over tables of their inputs and constants."""
    terms, inputs, varying = len(alike.inputs), len(alike.inputs[0]), len(alike.varying[0])
    tables: list[Any] = [Vec[terms, Vec[inputs, Index[size]]]]
    tables += [Vec[terms, Vec[varying]]] if varying else []

    def value(x, tables, t):
        places, *constants = [table[t] for table in tables]
        return function((*[x[k] for k in places], *[c for row in constants for c in row]))

    def sum_of_terms(x, tables):
        return rose.sum(terms, lambda t: count(lambda: value(x, tables, t)))

    return rose.fn([Vec[size], tuple[tuple(tables)]], Real)(sum_of_terms)
