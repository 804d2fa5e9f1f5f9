"""narrow: what to save in place of its operands, so that the residuals of a split are as few bytes as can be.

A plan computes again what is cheap, from values that are saved. Sometimes those are more than what is made of them: of
two saved numbers only the sum may be needed. Every choice that is enough for the linear part is a cut of the graph of
what is computed again, between the values that are dear and those that the linear part uses; a smallest cut is found by
a largest flow. Where several are smallest, the one that is nearest to the dear values: it is what the plan has already.

Sources: Dinic, Algorithm for solution of a problem of maximum flow in networks with power estimation, 1970, for the flow;
the cut as a choice between saving and computing again is that of PyTorch's partitioner (functorch, min_cut).
"""

from __future__ import annotations

from collections.abc import Iterator

from rose.ad.plan import Plan
from rose.ir.func import Block, Loop
from rose.ir.types import type_bytes

MOST_VALUES = 4096  # of a graph; a flow takes more than linear time

ENDLESS = 2**62
SOURCE, SINK = 0, 1


def cheaper(plan: Plan) -> frozenset[int]:
    """Values that a plan computes again, and that should be saved in place of others; none if that spares nothing."""
    linear, needed, saved = plan.linear, plan.needed, plan.saved
    handed_out = {v for values in plan.kept_in.values() for v in values}
    costs = dict(_costs(plan, plan.func.body, 1))
    dear: list[int] = []
    again: list[int] = []
    for v in costs:
        if needed[v] and not linear[v]:
            if saved[v] or v in handed_out:
                dear.append(v)
            elif v in plan.definition:
                again.append(v)
    # What the linear part uses as it is, and cannot compute, is saved whatever else is.
    dear = [v for v in dear if v not in plan.used]
    if not dear or not again or len(dear) + len(again) > MOST_VALUES:
        return frozenset()
    flow = Flow(2 + 2 * (len(dear) + len(again)))
    ends = {v: 2 + 2 * k for k, v in enumerate((*dear, *again))}
    for v, end in ends.items():
        flow.add(end, end + 1, costs[v])
    for v in dear:
        flow.add(SOURCE, ends[v], ENDLESS)
    for v in again:
        for u in plan.definition[v].operands:
            if u in ends:
                flow.add(ends[u] + 1, ends[v], ENDLESS)
        if v in plan.used:
            flow.add(ends[v] + 1, SINK, ENDLESS)
    flow.fill()
    reached = flow.reached()
    return frozenset([v for v in again if ends[v] in reached and ends[v] + 1 not in reached])


def _costs(plan: Plan, block: Block, times: int) -> Iterator[tuple[int, int]]:
    """The bytes that it takes to save each value of a block that is run so many times; of those of inner blocks too."""
    types = plan.func.types
    if block is not plan.func.body:
        yield from [(v, times * type_bytes(types[v])) for v in block.params]
    for instr in block.instrs:
        yield from [(v, times * type_bytes(types[v])) for v in instr.results]
        if plan.is_mixed(instr):
            many = times * instr.size if isinstance(instr, Loop) else times
            for inner in instr.blocks:
                yield from _costs(plan, inner, many)


class Flow:
    """A network with capacities, and a largest flow through it from SOURCE to SINK."""

    def __init__(self, nodes: int) -> None:
        self.edges: list[list[int]] = [[] for _ in range(nodes)]  # per node, numbers of edges
        self.ends: list[int] = []  # edge k and its reverse, k ^ 1, are made together
        self.left: list[int] = []  # what an edge can still take

    def add(self, start: int, end: int, capacity: int) -> None:
        for node, other, room in ((start, end, capacity), (end, start, 0)):
            self.edges[node].append(len(self.ends))
            self.ends.append(other)
            self.left.append(room)

    def levels(self) -> list[int]:
        """How far every node is from the source along edges with room; -1 if it cannot be reached."""
        levels = [-1] * len(self.edges)
        levels[SOURCE] = 0
        queue = [SOURCE]
        for node in queue:
            for k in self.edges[node]:
                if self.left[k] and levels[self.ends[k]] < 0:
                    levels[self.ends[k]] = levels[node] + 1
                    queue.append(self.ends[k])
        return levels

    def reached(self) -> set[int]:
        return {node for node, level in enumerate(self.levels()) if level >= 0}

    def fill(self) -> None:
        """Fill the shortest ways until there is none with room."""
        while (levels := self.levels())[SINK] >= 0:
            tried = [0] * len(self.edges)  # per node, how many of its edges lead nowhere
            while way := self.way(levels, tried):
                room = min([self.left[k] for k in way])
                for k in way:
                    self.left[k] -= room
                    self.left[k ^ 1] += room

    def way(self, levels: list[int], tried: list[int]) -> list[int]:
        """Edges with room from source to sink, each a level on; nothing if there is no such way."""
        way: list[int] = []
        node = SOURCE
        while node != SINK:
            if tried[node] < len(self.edges[node]):
                k = self.edges[node][tried[node]]
                if self.left[k] and levels[self.ends[k]] == levels[node] + 1:
                    way.append(k)
                    node = self.ends[k]
                else:
                    tried[node] += 1
            elif way:
                node = self.ends[way.pop() ^ 1]
                tried[node] += 1
            else:
                break
        return way
