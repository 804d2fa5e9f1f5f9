"""Values of every kind, nested at will, go through everything that carries, stacks, chooses or stores them, in every host."""

from __future__ import annotations

import dataclasses
import json
import pickle
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict, cast

import pytest
from flat import NO_DOT, is_sequence, run_interp, run_wasm

import rose
from rose import Bool, Fn, Index, Real, Static, Vec, fn


@dataclasses.dataclass(frozen=True)
class Both:
    flag: Bool
    number: Real


class Pair(NamedTuple):
    first: Real
    place: Index[Literal[5]]


class Named(TypedDict):
    weight: Real
    rows: Vec[Literal[2], Vec[Literal[6]]]


SCALARS: list[Any] = [Real, Bool, Annotated[Index, 5], None]
STRUCTURES: list[Any] = [Both, Pair, Named]


def vec_of(elem: Any, size: int) -> Any:
    """The type of a Vec whose elements are of a type that is known when the test runs."""
    made: Any = Vec
    return made[size, elem]


def random_type(draw: random.Random, depth: int) -> Any:
    """A type of the language; structures have fields of their own."""
    kind = draw.randrange(5) if depth else 0
    if kind == 0:
        return draw.choice(SCALARS)
    if kind == 1:
        return draw.choice(STRUCTURES)
    if kind == 2:
        items = tuple(random_type(draw, depth - 1) for _ in range(draw.randrange(4)))
        return GenericAlias(tuple, items)
    return vec_of(random_type(draw, depth - 1), draw.choice((1, 2, 4, 6)))


def random_value(draw: random.Random, tree: Any) -> Any:
    """A value of a tree of the front end."""
    match type(tree).__name__:
        case "RealTree":
            return draw.uniform(-2, 2)
        case "BoolTree":
            return draw.random() < 0.5
        case "IndexTree":
            return draw.randrange(tree.size)
        case "NoneTree":
            return None
        case "VecTree":
            return [random_value(draw, tree.elem) for _ in range(tree.size)]
        case "TupleTree":
            return tuple(random_value(draw, item) for item in tree.items)
        case _:
            items = [random_value(draw, item) for item in tree.items]
            named = dict(zip(tree.names, items, strict=True))
            return named if tree.cls is dict else tree.cls(**named)


def travels(type: Any) -> Fn[..., Any]:
    """A value goes through a carried value, a stack, a choice, a branch, a store, a map, a call and a closure."""

    @fn([type], type)
    def inner(x: Any) -> Any:
        return x

    three = vec_of(type, 3)

    @fn(
        [type, type, Bool, Annotated[Index, 3]],
        GenericAlias(tuple, (type, type, type, three, three, type)),
    )
    def outer(x: Any, y: Any, first: Bool, k: Index) -> Any:
        carried, stacked = rose.scan(3, x, lambda _, c: (inner(c), c))
        chosen = rose.where(first, x, y)
        taken = rose.cond(first, lambda: inner(x), lambda: y)
        branches: list[Callable[[Any], Any]] = [lambda v: v, lambda _: y, inner]
        switched = rose.switch(k, branches, x)
        stored = stacked.at[k].set(y)

        @fn([])
        def closing() -> Any:
            return rose.while_loop(
                lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1]), (0.0, carried), max_steps=4
            )

        mapped = rose.map(lambda a, b: rose.where(first, a, b), stored, rose.vec(3, lambda _: x))
        return chosen, taken, switched, stored, mapped, closing()[1]

    return outer


SEEDS = range(24)


def program(seed: int) -> tuple[Fn[..., Any], tuple[Any, ...], tuple[Any, ...]]:
    """A function, its arguments and what it gives for them."""
    draw = random.Random(seed)
    f = travels(random_type(draw, 1 + seed % 3))
    tree = f.signature.params[0]
    x, y = random_value(draw, tree), random_value(draw, tree)
    first, k = draw.random() < 0.5, draw.randrange(3)
    chosen = x if first else y
    stored = [y if t == k else x for t in range(3)]
    result = (chosen, chosen, y if k == 1 else x, stored, stored if first else [x] * 3, x)
    return f, (x, y, first, k), result


@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_arrives_as_it_is(seed: int) -> None:
    f, args, expected = program(seed)
    assert f(*args) == expected
    assert run_interp(f, args) == run_wasm(f, args)


@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_go_with_it(seed: int) -> None:
    f, args, _ = program(seed)
    rose.check_grads(f, args, order=1 + (seed % 8 == 0))


def as_json(value: Any) -> Any:
    """What stands for a value in JavaScript."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: as_json(x) for name, x in vars(value).items()}
    if isinstance(value, Pair):
        return {name: as_json(x) for name, x in value._asdict().items()}
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        return {name: as_json(x) for name, x in items.items()}
    return [as_json(x) for x in value] if is_sequence(value) else value


def test_node_gives_them_back_too(tmp_path: Path) -> None:
    programs = [program(seed) for seed in SEEDS]
    functions = {f"f{seed}": f for seed, (f, _, _) in zip(SEEDS, programs, strict=True)}
    bundle = rose.bundle(functions, "model")
    (tmp_path / "model.wasm").write_bytes(bundle.wasm)
    (tmp_path / "model.mjs").write_text(bundle.mjs)
    (tmp_path / "calls.json").write_text(json.dumps([as_json(args) for _, args, _ in programs]))
    (tmp_path / "run.mjs").write_text("""
        import { readFileSync } from "node:fs";
        import { loadSync } from "./model.mjs";
        const read = (name) => readFileSync(new URL(name, import.meta.url));
        const f = loadSync(read("./model.wasm"));
        const calls = JSON.parse(read("./calls.json"));
        console.log(JSON.stringify(calls.map((args, seed) => f[`f${seed}`](...args))));
    """)
    done = subprocess.run(
        ["node", tmp_path / "run.mjs"], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == [as_json(result) for _, _, result in programs]


def test_the_jacobian_of_structures_in_tuples_and_vecs() -> None:
    @fn
    def f(x: Real, pair: tuple[Pair, Vec[Literal[2], Named]]) -> tuple[Pair, Vec[Literal[2], Both]]:
        first, _ = pair
        return Pair(x * first.first, first.place), [Both(True, x), Both(False, x * x)]

    named: Named = {"weight": 1.0, "rows": [[1.0] * 6] * 2}
    args = (3.0, (Pair(2.0, 4), [named] * 2))
    assert rose.jacobian(f)(*args) == (Pair(2.0, NO_DOT), [Both(NO_DOT, 1.0), Both(NO_DOT, 6.0)])
    by_pair = rose.jacobian(f, argnums=1)(*args)
    assert by_pair[0].first[0] == Pair(3.0, NO_DOT)
    rose.check_grads(f, args, order=2)


@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_the_jacobian_of_a_vec_of_structures_by_a_structure(mode: Literal["fwd", "rev"]) -> None:
    @fn
    def f(both: Both, scale: Real) -> Vec[Literal[6], Pair]:
        return rose.vec(6, lambda i: Pair(both.number * scale**2, (i + 1) % 5))

    jacobian = rose.jacobian(f, mode=mode)(Both(True, 3.0), 2.0)
    assert jacobian == [Pair(Both(NO_DOT, 4.0), NO_DOT)] * 6  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] (a Both for a Real)


@dataclasses.dataclass(frozen=True)
class Arm:
    length: Real
    ends: Vec[Literal[2]]


def test_the_third_derivative_by_a_structure_that_holds_a_vec() -> None:
    @fn
    def f(arm: Arm) -> Real:
        return arm.length**3 * arm.ends[1]

    third: Any = rose.jacobian(rose.hessian(f))(Arm(2.0, [5.0, 7.0]))
    assert third.length.length.length == 42
    assert third.ends[1].length.length == third.length.ends[1].length == 12
    assert third.ends[0].length.ends[1] == 0


def test_adding_to_a_place_that_holds_a_dict() -> None:
    @fn
    def f(v: Vec[Literal[3], Named], i: Index[Literal[3]], x: Named) -> Vec[Literal[3], Named]:
        return v.at[i].add(x)

    def of(x: float) -> Named:
        return {"weight": x, "rows": [[x] * 6] * 2}

    assert f([of(1), of(2), of(3)], 1, of(10)) == [of(1), of(12), of(3)]
    rose.check_grads(f, ([of(1), of(2), of(3)], 1, of(10)))


def test_where_of_a_number_and_a_vec() -> None:
    @fn
    def f(
        b: Bool,
        v: Vec[Literal[6]],
        w: Vec[Literal[2], Vec[Literal[3]]],
        i: Vec[Literal[2], Index[Literal[5]]],
    ) -> Any:
        low, high = rose.where(b, v, 0), rose.where(b, 1, w)
        return (
            low,
            high,
            rose.where(b, i, 4),
            rose.where(b, [v[0], 2], -1.0),
            rose.where(True, v, 0),
        )

    v, w, i = [1.0, 2, 3, 4, 5, 6], [[1.0, 2, 3], [4, 5, 6]], [1, 2]
    assert f(True, v, w, i) == (v, [[1, 1, 1], [1, 1, 1]], i, [1, 2], v)
    assert f(False, v, w, i) == ([0] * 6, w, [4, 4], [-1, -1], v)


def test_the_gradient_of_where_of_a_number_and_a_vec() -> None:
    @fn
    def f(v: Vec[Literal[6]], x: Real) -> Real:
        return rose.where(x > 0, v, x) @ v

    assert rose.grad(f, argnums=(0, 1))([1.0] * 6, 2.0) == ([2.0] * 6, 0.0)
    assert rose.grad(f, argnums=(0, 1))([1.0] * 6, -2.0) == ([-2.0] * 6, 6.0)


def test_functions_of_ours_can_be_marked_and_pickled() -> None:
    sine = fn([Annotated[Vec, 3]])(rose.sin)
    assert sine([0, 0, 0]) == [0, 0, 0]
    assert rose.grad(fn([Real], Real)(rose.sin))(0.0) == 1.0
    assert pickle.loads(pickle.dumps(rose.loop)) is rose.loop  # noqa: S301


Metres = NewType("Metres", float)


def test_new_types_are_what_they_are_made_of() -> None:
    @fn
    def area(side: Metres, n: Static[int] = 2) -> Real:
        return side**n

    assert repr(area.specialized(n=2)) == "<fn area(side: Real, n: 2) -> Real>"
    assert rose.grad(area)(Metres(3.0)) == 6.0
