"""What is done to the linear part of a derivative rule: things that leave it linear, and things that do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from rose.errors import CheckError
from rose.ir.builder import Builder, Var
from rose.ir.check import check
from rose.ir.func import Apply, Block, Call, Func, Instr, Rule, callees_first, instrs_of
from rose.ir.primitive import REGISTRY
from rose.ir.record import replace
from rose.ir.types import REAL, Array, Index, Type, is_real

MUTANT = "mutant:"  # then three numbers


@dataclass
class Part:
    """The end of a rule.

    Attributes:
        builder: with the instructions before it.
        free: what does not depend on the tangents.
        linear: the results that are to be linear, which are replaced by others.
    """

    builder: Builder
    free: Sequence[int]
    linear: list[int]

    def type(self, v: int) -> Type:
        return self.builder.types[v]

    def var(self, v: int) -> Var:
        return self.builder.var(v)

    def const(self, x: float) -> Var:
        return self.var(self.builder.const(x, REAL))

    @property
    def weight(self) -> Var:
        """A number that does not depend on the tangents."""
        found = [v for v in self.free if self.type(v) == REAL]
        return self.var(found[0]) if found else self.const(0.6)

    def apply(self, name: str, *operands: Var) -> Var:
        return self.var(self.builder.apply(REGISTRY[name], [x.id for x in operands]))

    def each(self, f: Callable[[Var], Var]) -> None:
        """Replace every Real in the results by what f makes of it."""
        self.linear = [self.in_elements(v, f) for v in self.linear]

    def in_elements(self, v: int, f: Callable[[Var], Var]) -> int:
        type = self.type(v)
        if not isinstance(type, Array):
            return f(self.var(v)).id
        with self.builder.block([Index(type.shape[0])]) as block:
            row = self.builder.apply(REGISTRY["index"], (v, block.params[0]))
            made = self.in_elements(row, f)
        (array,) = self.builder.loop(type.shape[0], (), block.close([made]))
        return array

    def first(self, f: Callable[[Var], Var]) -> None:
        """Replace the first Real in the results, if there is one, by what f makes of it."""
        if not self.linear:
            return
        v, type = self.linear[0], self.type(self.linear[0])
        shape = type.shape if isinstance(type, Array) else ()
        at = [self.builder.const(0, Index(n)) for n in shape]
        real = self.builder.apply(REGISTRY["index"], (v, *at)) if at else v
        made = f(self.var(real)).id
        self.linear[0] = self.builder.apply(REGISTRY["update"], (v, *at, made)) if at else made

    def either(self, test: Var, yes: Callable[[], Var], no: Callable[[], Var]) -> Var:
        branches: list[Block] = []
        for side in (no, yes):
            with self.builder.block() as block:
                made = side()
            branches.append(block.close([made.id]))
        (found,) = self.builder.cond(test.id, branches)
        return self.var(found)

    def looped(self, start: Var, body: Callable[[Var], Var]) -> Var:
        with self.builder.block([Index(3), REAL]) as block:
            made = body(self.var(block.params[1]))
        (last,) = self.builder.loop(3, [start.id], block.close([made.id]))
        return self.var(last)

    def during(self, x: Var, test: Callable[[Var], Var], body: Callable[[Var], Var]) -> Var:
        """A while loop of three steps at most, which also ends when the test says so."""
        with self.builder.block([REAL, REAL]) as asked:
            left, now = map(self.var, asked.params)
            goes_on = self.apply("and", self.apply("gt", left, self.const(0.0)), test(now))
        with self.builder.block([REAL, REAL]) as stepped:
            left, now = map(self.var, stepped.params)
            following = [(left - 1.0).id, body(now).id]
        blocks = asked.close([goes_on.id]), stepped.close(following)
        _, last = self.builder.while_loop([self.const(3.0).id, x.id], *blocks)
        return self.var(last)

    def added(self, start: float, x: Var) -> Var:
        """An accumulator that starts with a number and is added to."""
        first = self.builder.apply(REGISTRY["pack"], [self.const(start).id], ((1,),))
        ref = self.builder.accum(Array(REAL, (1,)), first)
        at = self.builder.const(0, Index(1))
        self.builder.add(ref, [at], x.id)
        array = self.builder.resolve(ref)
        return self.var(self.builder.apply(REGISTRY["index"], (array, at)))

    def called(self, func: Func, x: Var) -> Var:
        (found,) = self.builder.call(func, [x.id])
        return self.var(found)


# --- what stays linear ------------------------------------------------------------------------------------


def _exchanged(part: Part) -> None:
    """Results of equal types, each the next one."""
    for type in {part.type(v) for v in part.linear}:
        places = [k for k, v in enumerate(part.linear) if part.type(v) == type]
        values = [part.linear[k] for k in places]
        for k, v in zip(places, [*values[1:], values[0]], strict=True):
            part.linear[k] = v


def _dropped(part: Part) -> None:
    part.linear[:1] = [part.builder.zeros(part.type(v)) for v in part.linear[:1]]


def _mixed(part: Part) -> None:
    """Each Real has all of them added, by way of an array."""
    places = [k for k, v in enumerate(part.linear) if part.type(v) == REAL]
    if not places:
        return
    reals = [part.linear[k] for k in places]
    size = len(reals)
    array = part.builder.apply(REGISTRY["pack"], reals, ((size,),))
    with part.builder.block([Index(size), REAL]) as block:
        i, total = block.params
        element = part.var(part.builder.apply(REGISTRY["index"], (array, i)))
        following = part.var(total) * 0.5 + element
    zero = part.builder.zeros(REAL)
    (total,) = part.builder.loop(size, [zero], block.close([following.id]))
    for k in places:
        part.linear[k] = (part.var(part.linear[k]) - part.var(total)).id


def _one_param(name: str, f: Callable[[Var], Var]) -> Func:
    builder = Builder(name)
    return builder.finish([f(builder.var(builder.param(REAL))).id])


_DOUBLE = replace(_one_param("double", lambda x: x + x), remat=True, memo={})


def _scaled(x: Var, t: Var) -> tuple[Var, Var]:
    """What does not depend on the tangent, and what does."""
    return x * x * 0.5 + 0.3, t * x


def _pair() -> Func:
    builder = Builder("pair")
    x, t = builder.var(builder.param(REAL)), builder.var(builder.param(REAL))
    return builder.finish([v.id for v in _scaled(x, t)])


_PAIR = _pair()


def _in_a_call(part: Part, t: Var) -> Var:
    x, t = map(part.var, part.builder.call(_PAIR, [part.weight.id, t.id]))
    return x * t


def _in_a_loop(part: Part, t: Var) -> Var:
    with part.builder.block([Index(3), REAL, REAL]) as block:
        made = _scaled(*map(part.var, block.params[1:]))
    inits = [part.weight.id, t.id]
    x, t = map(part.var, part.builder.loop(3, inits, block.close([v.id for v in made])))
    return x * t


def _in_a_cond(part: Part, t: Var) -> Var:
    weight = part.weight
    test = part.apply("gt", weight, part.const(0.2))
    branches: list[Block] = []
    for x in (weight, weight + 2.0):
        with part.builder.block() as block:
            made = _scaled(x, t)
        branches.append(block.close([v.id for v in made]))
    x, t = map(part.var, part.builder.cond(test.id, branches))
    return x * t


def _with_own_rule() -> Func:
    """The number itself, whose derivative a rule gives: linear, but not known as such."""
    builder = Builder("same.rule")
    x, x_dot = builder.param(REAL), builder.param(REAL)
    rule = Rule(builder.finish([x, x_dot]))
    return replace(_one_param("same", lambda x: x), rule=rule, memo={})


_RULED = _with_own_rule()

TWISTS: dict[str, Callable[[Part], None]] = {
    "exchanged": _exchanged,
    "dropped": _dropped,
    "mixed": _mixed,
    "doubled": lambda p: p.each(lambda t: p.called(_DOUBLE, t)),
    "weighted": lambda p: p.each(lambda t: t * (p.weight * p.weight + 0.5)),
    "divided": lambda p: p.each(lambda t: -t / (p.weight * p.weight + 1.5)),
    "chosen": lambda p: p.first(
        lambda t: p.either(p.apply("gt", p.weight, p.const(0.2)), lambda: t * 3.0, lambda: -t)
    ),
    "selected": lambda p: p.each(
        lambda t: p.apply("select", p.apply("gt", p.weight, p.const(0.2)), t, p.const(0.0))
    ),
    "in-a-call": lambda p: p.first(partial(_in_a_call, p)),
    "in-a-loop": lambda p: p.first(partial(_in_a_loop, p)),
    "in-a-cond": lambda p: p.first(partial(_in_a_cond, p)),
    "looped": lambda p: p.first(lambda t: p.looped(t, lambda x: x * p.weight + t)),
    "added": lambda p: p.first(lambda t: p.added(0.0, t)),
    "during": lambda p: p.first(
        lambda t: p.during(t, lambda _: p.apply("gt", p.weight, p.const(0.0)), lambda x: x * 0.5)
    ),
}

# --- what does not ----------------------------------------------------------------------------------------


def _of_one(name: str) -> Callable[[Part], None]:
    return lambda p: p.first(partial(p.apply, name))


SPOILS: dict[str, Callable[[Part], None]] = {
    **{name: _of_one(name) for name in ("abs", "sin", "floor", "sign", "stop_gradient", "cbrt")},
    "squared": lambda p: p.first(lambda t: t * t),
    "shifted": lambda p: p.first(lambda t: t + 1.0),
    "shifted-by-primal": lambda p: p.first(lambda t: t - p.weight),
    "constant": lambda p: p.first(lambda _: p.const(1.0)),
    "primal": lambda p: p.first(lambda _: p.weight),
    "inverse": lambda p: p.first(lambda t: 1.0 / t),
    "rectified": lambda p: p.first(lambda t: p.apply("max", t, p.const(0.0))),
    "by-its-sign": lambda p: p.first(
        lambda t: p.apply("select", p.apply("gt", t, p.const(0.0)), t, t * 0.5)
    ),
    "one-side": lambda p: p.first(
        lambda t: p.either(p.apply("gt", p.weight, p.const(0.2)), lambda: t, lambda: p.const(-1.0))
    ),
    "either": lambda p: p.first(
        lambda t: p.either(p.apply("gt", t, p.const(0.0)), lambda: t, lambda: -t)
    ),
    "power": lambda p: p.first(lambda t: p.looped(t, lambda x: x * x)),
    "counted": lambda p: p.first(lambda t: p.looped(t, lambda x: x + 1.0)),
    "until": lambda p: p.first(
        lambda t: p.during(t, lambda x: p.apply("lt", x, p.const(2.0)), lambda x: x * 2.0)
    ),
    "added-to-one": lambda p: p.first(lambda t: p.added(1.0, t)),
    "by-a-rule": lambda p: p.first(partial(p.called, _RULED)),
}


def mutated(root: Func, numbers: Sequence[int]) -> Func:
    """The program with one operand of one primitive replaced by another value of its type: where, which, by what."""
    where, which, what = numbers
    funcs = [f for f in callees_first([root]) if not f.is_fixed]
    sites = [(f, i) for f in funcs for i in instrs_of(f.body) if _operands(f, i)]
    if not sites:
        return root
    func, instr = sites[where % len(sites)]
    places = _operands(func, instr)
    place = places[which % len(places)]
    old = instr.operands[place]
    others = [v for v, t in enumerate(func.types) if t == func.types[old] and v != old]
    for k in range(len(others)):
        new = others[(what + k) % len(others)]
        operands = (*instr.operands[:place], new, *instr.operands[place + 1 :])
        changed = instr.rebuilt(operands, instr.results, instr.blocks)
        try:
            return check(_with_instr(root, func, instr, changed))
        except CheckError:  # that value is made later, or elsewhere
            continue
    return root


def _operands(func: Func, instr: Instr) -> list[int]:
    """The places of a primitive's operands of Reals."""
    if not isinstance(instr, Apply):
        return []
    return [k for k, v in enumerate(instr.operands) if is_real(func.types[v])]


def _with_instr(root: Func, at: Func, old: Instr, new: Instr) -> Func:
    """The program with one instruction of one of its functions replaced."""
    made: dict[Func, Func] = {}

    def block(func: Func, body: Block) -> Block:
        return Block(body.params, tuple([instr(func, i) for i in body.instrs]), body.results)

    def instr(func: Func, one: Instr) -> Instr:
        if func is at and one is old:
            return new
        if isinstance(one, Call):
            return replace(one, func=made[one.func])
        blocks = tuple([block(func, inner) for inner in one.blocks])
        return one.rebuilt(one.operands, one.results, blocks) if blocks else one

    for func in callees_first([root]):
        made[func] = func if func.is_fixed else Func(func.name, func.types, block(func, func.body))
    return made[root]
