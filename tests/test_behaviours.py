"""What the original Rose's tests ask of a language like this, in programs of ours: in the interpreter and in a module, and all in Node.

Null, Bools and indices; structures and Vecs of them; select on all of these; Vecs of indices and arithmetic with them; functions of
the host and their derivatives; rules of the user's; derivatives of derivatives. What is shared is in `test_sharing.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import pytest
from flat import NO_DOT, by_leaves, flatten, is_list, is_sequence, run_interp

import rose
from rose import Bool, Fn, Index, Real, Vec, fn


class Mixed(NamedTuple):
    nothing: None
    on: Bool
    x: Real


@dataclass(frozen=True)
class Tagged:
    at: Index[Literal[3]]
    x: Real


@dataclass(frozen=True)
class Pair:
    x: Real
    y: Real


@dataclass(frozen=True)
class Choice:
    on: Bool
    x: Real
    y: Real
    z: Real


# --- values -----------------------------------------------------------------------------------------------


@fn
def nothing(_: None) -> None:
    return None


@fn
def beside_nothing(pair: tuple[None, Real]) -> tuple[Real, None]:
    return pair[1], pair[0]


@fn
def logic(a: Bool, b: Bool) -> tuple[Bool, Bool, Bool, Bool]:
    return ~a, a & b, a | b, a ^ b  # type: ignore[return-value]  # pyright: ignore[reportDeprecated, reportReturnType]


@fn
def same_place(i: Index[Literal[3]]) -> Index[Literal[3]]:
    return i


@fn
def first_place() -> Index[Literal[1]]:
    return rose.vec(1, lambda i: i)[0]


@fn
def tagged(v: Vec[Literal[3]]) -> Vec[Literal[3], Tagged]:
    return rose.vec(3, lambda i: Tagged(i, v[i]))


@fn
def tags(v: Vec[Literal[3]]) -> Vec[Literal[3], Index[Literal[3]]]:
    """A Vec of structures that does not leave the function."""
    inside = rose.vec(3, lambda i: Tagged(2 - i, v[i]))
    return rose.vec(3, lambda i: inside[i].at)


@fn
def permuted(v: Vec[Literal[3]], order: Vec[Literal[3], Index[Literal[3]]]) -> Vec[Literal[3]]:
    return rose.vec(3, lambda i: v[order[order[i]]] + order[(i + 1) % 3])


@fn
def turned(p: Pair) -> Pair:
    return Pair(p.y, -p.x)


@fn
def half_turned(x: Real, y: Real) -> Pair:
    return turned(turned(Pair(x, y)))


@fn
def crossed(a: Vec[Literal[3]], b: Vec[Literal[3]]) -> Vec[Literal[3]]:
    return rose.vec(3, lambda i: a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3])


# --- select on every type ---------------------------------------------------------------------------------


@fn
def chosen_null(c: Bool) -> None:
    return rose.select(c, None, None)


@fn
def chosen_bool(c: Bool) -> Bool:
    return rose.select(c, False, True)


@fn
def chosen_index(c: Bool, i: Index[Literal[3]]) -> Index[Literal[3]]:
    return rose.select(c, i, 2 - i)


@fn
def chosen_structure(c: Bool, p: Pair) -> Pair:
    return rose.select(c, p, Pair(7, 8))


@fn
def chosen_vec(
    c: Bool, v: Vec[Literal[3]], w: Vec[Literal[3], Tagged]
) -> tuple[Vec[Literal[3]], Vec[Literal[3], Tagged]]:
    other = rose.vec(3, lambda i: Tagged(2 - i, 1.0 * i))
    return rose.select(c, v, -v), rose.select(c, w, other)


TAGGED = [Tagged(2, 1.0), Tagged(0, 2.0), Tagged(1, 3.0)]
OTHER = [Tagged(2, 0.0), Tagged(1, 1.0), Tagged(0, 2.0)]

# --- derivatives of these ---------------------------------------------------------------------------------


@fn
def picked(s: Mixed) -> Real:
    return rose.select(False | rose.logical_not(s.on), s.x, 2.0)


@fn
def picked_back(on: Bool, x: Real) -> Any:
    value, pullback = rose.vjp(picked)(Mixed(None, on, x))
    return value, pullback(3.0)[0]


@fn
def logic_forward(a: Bool, b: Bool) -> tuple[Bool, Bool, Bool, Bool]:
    return rose.vjp(logic)(a, b)[0]


@fn
def null_forward(c: Bool) -> None:
    return rose.vjp(chosen_null)(c)[0]


@fn
def index_forward(c: Bool, i: Index[Literal[3]]) -> Index[Literal[3]]:
    return rose.vjp(chosen_index)(c, i)[0]


@fn
def squares_back(u: Vec[Literal[3]], bar: Vec[Literal[3]]) -> Vec[Literal[3]]:
    squares = fn([Vec[Literal[3]]], Vec[Literal[3]])(lambda v: rose.vec(3, lambda i: v[i] * v[i]))  # type: ignore[misc]
    return rose.vjp(squares)(u)[1](bar)[0]


@fn
def area(p: Pair) -> Real:
    return p.x * p.y


@fn
def area_twice(p: Pair, bar: Pair) -> Pair:
    return rose.vjp(rose.grad(area))(p)[1](bar)[0]


@fn
def scaled_choice(s: Choice) -> Real:
    return s.z * rose.select(s.on, s.x, s.y)


@fn
def choice_twice(s: Choice, x: Real, y: Real, z: Real) -> Any:
    return rose.vjp(rose.grad(scaled_choice))(s)[1](Choice(NO_DOT, x, y, z))[0]


@fn
def waves(v: Vec[Literal[2]]) -> Real:
    x, y = v
    return x**3 - 2 * x * y - y**6


@fn
def waves_hessian(v: Vec[Literal[2]]) -> Vec[Literal[2], Vec[Literal[2]]]:
    _, pullback = rose.vjp(rose.grad(waves))(v)
    return [pullback([1, 0])[0], pullback([0, 1])[0]]


# --- rules and the host -----------------------------------------------------------------------------------


@rose.custom_jvp
def tame_root(x: Real) -> Real:
    return rose.sqrt(x)


@tame_root.defjvp
def tame_root_jvp(primals: Any, tangents: Any) -> Any:
    y = tame_root(primals[0])
    return y, tangents[0] * (0.5 / rose.max(1e-5, y))


@fn
def tame_root_back(x: Real, bar: Real) -> Real:
    return rose.vjp(tame_root)(x)[1](bar)[0]


host_sign = rose.opaque(lambda x: math.copysign(1, x), js="Math.sign", params=[Real])


@host_sign.defjvp
def host_sign_jvp(primals: Any, tangents: Any) -> Any:
    return rose.sign(primals[0]), 0.0 * tangents[0]


host_sin = rose.opaque(math.sin, js="Math.sin", params=[Real])
host_cos = rose.opaque(math.cos, js="Math.cos", params=[Real])
host_sin.defjvp(lambda primals, dots: (host_sin(primals[0]), dots[0] * host_cos(primals[0])))
host_cos.defjvp(lambda primals, dots: (host_cos(primals[0]), -dots[0] * host_sin(primals[0])))
host_pow = rose.opaque(math.pow, js="Math.pow", params=[Real, Real])

CASES: dict[str, tuple[Fn[..., Any], tuple[Any, ...], Any]] = {
    "null": (nothing, (None,), None),
    "null in a tuple": (beside_nothing, ((None, 3.0),), (3.0, None)),
    "logic": (logic, (True, False), (False, False, True, True)),
    "an index": (same_place, (2,), 2),
    "the only index": (first_place, (), 0),
    "an array of structs": (tagged, ([3, 5, 7],), [Tagged(0, 3), Tagged(1, 5), Tagged(2, 7)]),
    "an array of structs inside": (tags, ([3, 5, 7],), [2, 1, 0]),
    "an array of indices": (permuted, ([3, 5, 7], [1, 2, 0]), [7 + 2, 3 + 0, 5 + 1]),
    "structs through calls": (half_turned, (3, 5), Pair(-3, -5)),
    "index arithmetic": (crossed, ([3, -3, 1], [4, 9, 2]), [-15, -2, 39]),
    "select null": (chosen_null, (True,), None),
    "select a Bool": (chosen_bool, (True,), False),
    "select an index": (chosen_index, (False, 0), 2),
    "select a struct": (chosen_structure, (False, Pair(1, 2)), Pair(7, 8)),
    "select Vecs": (chosen_vec, (True, [1, 2, 3], TAGGED), ([1, 2, 3], TAGGED)),
    "select Vecs otherwise": (chosen_vec, (False, [1, 2, 3], TAGGED), ([-1, -2, -3], OTHER)),
    "vjp with select": (picked_back, (False, 7), (7.0, Mixed(NO_DOT, NO_DOT, 3.0))),
    "vjp with select of a constant": (picked_back, (True, 5), (2.0, Mixed(NO_DOT, NO_DOT, 0.0))),
    "vjp with logic": (logic_forward, (True, True), (False, True, True, False)),
    "vjp with select on null": (null_forward, (False,), None),
    "vjp with select on indices": (index_forward, (True, 1), 1),
    "vjp of a comprehension": (squares_back, ([2, 3, 4], [5, 7, 1]), [20, 42, 8]),
    "vjp twice with a struct": (area_twice, (Pair(2, 3), Pair(5, 7)), Pair(7, 5)),
    "vjp twice with select": (
        choice_twice,
        (Choice(True, 2, 3, 5), 7, 11, 13),
        Choice(NO_DOT, 13, 0, 7),
    ),
    "vjp twice": (rose.grad(rose.grad(fn([Real], Real)(lambda x: x * (x * x)))), (10,), 60),
    "a Hessian": (waves_hessian, ([1, 2],), [[6, -2], [-2, -480]]),
    "jvp": (rose.jvp(fn([Real], Real)(lambda x: x * x)), ((3,), (1,)), (9, 6)),
    "a rule in reverse": (tame_root_back, (0, 1), 50000.0),
    "a function of the host": (host_pow, (2, 10), 1024),
    "its derivative zero": (rose.jvp(host_sign), ((2,), (1,)), (1, 0)),
    "its first derivative": (rose.grad(host_sin), (1,), math.cos(1)),
    "its second derivative": (rose.grad(rose.grad(host_sin)), (1,), -math.sin(1)),
    "its third derivative": (rose.grad(rose.grad(rose.grad(host_cos))), (1,), math.sin(1)),
}


@pytest.mark.parametrize("name", CASES)
def test_in_python(name: str) -> None:
    f, args, expected = CASES[name]
    found = f(*args)
    assert close(found, expected)
    assert by_leaves(f, found) == pytest.approx(run_interp(f, args), rel=1e-15)


def close(found: Any, expected: Any) -> bool:
    """Equal, numbers but for the last bits, structures by their class."""
    right = pytest.approx(expected, rel=1e-14) if isinstance(expected, float) else expected
    return bool(found == right)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mixed):
        return value._asdict()
    if is_sequence(value):
        return [plain(item) for item in value]
    return vars(value) if is_dataclass(value) else value


def test_in_node(tmp_path: Path, node: Callable[..., Any]) -> None:
    keys = {name: name.replace(" ", "_") for name in CASES}
    files = rose.bundle({keys[name]: f for name, (f, _, _) in CASES.items()}, "all")
    (tmp_path / "all.wasm").write_bytes(files.wasm)
    (tmp_path / "all.mjs").write_text(files.mjs)
    calls = [[keys[name], [plain(x) for x in args]] for name, (_, args, _) in CASES.items()]
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ loadSync }} from "./all.mjs";
        const model = loadSync(readFileSync("all.wasm"));
        console.log(JSON.stringify({json.dumps(calls)}.map(([name, args]) => model[name](...args))));
    """
    for (name, (_, _, expected)), found in zip(
        CASES.items(), node(script, folder=tmp_path), strict=True
    ):
        numbers = flatten(list(scalars(found)))
        assert numbers == pytest.approx(list(scalars(plain(expected))), rel=1e-14), name


def scalars(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        yield from scalars([*cast("dict[str, Any]", value).values()])
    elif is_list(value):
        for item in value:
            yield from scalars(item)
    else:
        yield 0.0 if value is None else float(value)
