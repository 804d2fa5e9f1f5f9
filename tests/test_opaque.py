"""Functions of the host: Python's here, JavaScript's in a page."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rose
from rose import Real, fn
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.run.interp import interpret

hypot = rose.opaque(math.hypot, js="Math.hypot", params=[Real, Real])


@hypot.defjvp
def hypot_jvp(primals: Any, tangents: Any) -> Any:
    (x, y), (x_dot, y_dot) = primals, tangents
    r = hypot(x, y)
    return r, (x * x_dot + y * y_dot) / r


@rose.opaque(js="page.twice")
def twice(x: Real) -> Real:
    return 2 * x


twice.defvjp(lambda x: (twice(x), ()), lambda _, bar: (2 * bar,))


@fn
def path(x: Real, y: Real) -> Real:
    """A loop and a branch around calls of the host."""

    def step(_: Any, c: Real) -> Real:
        return rose.cond(c > 2, lambda: hypot(c, y) * 0.5, lambda: hypot(c * y, 1.0))

    return rose.loop(4, x, step)


def reference(x: float, y: float) -> float:
    for _ in range(4):
        x = math.hypot(x, y) * 0.5 if x > 2 else math.hypot(x * y, 1.0)
    return x


def test_it_is_called() -> None:
    assert hypot(3, 4) == 5.0
    assert path(1.0, 2.0) == reference(1.0, 2.0)
    assert interpret(path.func, [1.0, 2.0]) == [reference(1.0, 2.0)]


def test_derivatives_of_any_order() -> None:
    rose.check_grads(path, (1.0, 2.0), order=2)
    third = rose.grad(rose.grad(rose.grad(hypot)))
    x, y = 0.7, 1.9
    assert third(x, y) == pytest.approx(-3 * x * y**2 / math.hypot(x, y) ** 5, rel=1e-12)


def test_a_vjp_rule() -> None:
    square = fn([Real], Real)(lambda x: twice(x) ** 2)
    assert rose.value_and_grad(square)(3.0) == (36.0, 24.0)
    assert rose.grad(rose.grad(square))(3.0) == 8.0
    assert rose.jvp(square)((3.0,), (1.0,)) == (36.0, 24.0)


def test_equal_calls_are_made_once_and_unused_ones_never() -> None:
    calls: list[float] = []

    @rose.opaque(js="seen")
    def seen(x: Real) -> Real:
        calls.append(x)
        return x

    @fn
    def f(x: Real) -> Real:
        seen(x + 1)
        return seen(x) + seen(x)

    assert f(2.0) == 4.0
    assert calls == [2.0]


def test_what_it_raises_comes_out_and_it_can_be_called_again() -> None:
    @rose.opaque(js="picky")
    def picky(x: Real) -> Real:
        if x < 0:
            raise ValueError("negative")
        return x

    f = fn([Real], Real)(lambda x: picky(x) + 1)
    for _ in range(3):
        with pytest.raises(ValueError, match="negative"):
            f(-1.0)
        assert f(1.0) == 2.0


def test_it_may_call_the_function_that_calls_it() -> None:
    @rose.opaque(js="again")
    def again(x: Real) -> Real:
        return x if x <= 0 else f(x - 1)

    f = fn([Real], Real)(lambda x: again(x) + 1)
    assert f(5.0) == 6.0


def test_the_text_form_reads_back_without_the_callable() -> None:
    text = print_program(path.func)
    assert 'host="Math.hypot"' in text
    again = parse(text)
    assert print_program(again) == text
    with pytest.raises(rose.RoseError) as raised:
        interpret(again, [1.0, 2.0])
    assert raised.value.message == (
        "Math.hypot is a function of the host, which the text form does not have"
    )


def test_node_calls_javascripts(node: Callable[..., Any], tmp_path: Path) -> None:
    made = rose.bundle({"path": path, "slope": rose.grad(path), "square": twice}, "host")
    (tmp_path / "host.wasm").write_bytes(made.wasm)
    (tmp_path / "host.mjs").write_text(made.mjs)
    script = """
        import { load } from "./host.mjs";
        const missing = await load().catch((error) => `${error}`);
        const { path, slope, square } = await load(undefined, { imports: { "page.twice": (x) => 2 * x } });
        globalThis.page = { by: 2, twice(x) { return this.by * x; } };
        const other = await load();
        console.log(JSON.stringify([missing, path(1, 2), slope(1, 2), square(4), other.square(5)]));
    """
    missing, value, slope, square, other = node(script, folder=tmp_path)
    assert missing == (
        "TypeError: the model calls page.twice, which is no function here; "
        'give one: load(source, { imports: { "page.twice": … } })'
    )
    assert value == pytest.approx(path(1.0, 2.0), rel=1e-15)
    assert slope == pytest.approx(rose.grad(path)(1.0, 2.0), rel=1e-15)
    assert (square, other) == (8, 10)
    assert json.loads(json.dumps(value)) == value


def test_the_module_imports_what_it_calls_only() -> None:
    wat = rose.grad(path).compiled.wat
    assert re.findall(r'\(import "host" "([^"]*)"', wat) == ["Math.hypot"]
    assert "(import" not in fn([Real], Real)(lambda x: x + 1).compiled.wat


NO_RULE = (
    "the opaque function plain has no derivative rule; write @plain.defjvp above one, or "
    "rose.stop_gradient around its arguments"
)


def misuses() -> list[tuple[Callable[[], Any], type[Exception], str]]:
    @rose.opaque(js="plain")
    def plain(x: Real) -> Real:
        return x

    @rose.opaque(js="text")
    def text(x: Real) -> Real:
        return "no" if x else x  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    how = (
        "; an opaque function takes Reals and gives one: write params=[Real, Real], or annotations"
    )
    name = 'js of rose.opaque is the name of a JavaScript function, given {}; write names joined by dots, as "Math.hypot"'
    return [
        (
            lambda: rose.grad(fn([Real], Real)(lambda x: plain(x)))(1.0),  # noqa: PLW0108
            rose.DerivativeError,
            NO_RULE,
        ),
        (
            lambda: text(1.0),
            rose.TypeMismatchError,
            "the opaque function text gives 'no'; it gives a Real: write a callable that returns a float",
        ),
        (
            lambda: rose.opaque(math.hypot, js="Math.hypot"),
            rose.SignatureError,
            f"hypot has no Reals as its parameters and result{how}",
        ),
        (
            lambda: rose.opaque(math.hypot, js="Math.hypot", params=[rose.Bool]),
            rose.SignatureError,
            f"hypot has no Reals as its parameters and result{how}",
        ),
        (
            lambda: rose.opaque(3, js="Math.hypot"),  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportUnknownLambdaType]
            rose.SignatureError,
            f"rose.opaque takes a Python callable, given int 3{how}",
        ),
        (
            lambda: rose.opaque(math.sin, js="alert(1)", params=[Real]),
            rose.ArgumentError,
            name.format("'alert(1)'"),
        ),
        (
            lambda: rose.opaque(math.sin, js=None, params=[Real]),  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownLambdaType]
            rose.ArgumentError,
            name.format("None"),
        ),
    ]


@pytest.mark.parametrize(("run", "kind", "message"), misuses())
def test_misuse(run: Callable[[], Any], kind: type[rose.RoseError], message: str) -> None:
    with pytest.raises(kind) as raised:
        run()
    assert raised.value.message == message


def test_a_nan_of_the_host_is_named_at_the_line_that_asks_it() -> None:
    nothing = rose.opaque(lambda _: math.nan, js="page.nothing", params=[Real])

    @fn
    def f(x: Real) -> Real:
        return nothing(2 * x) + 1  # here

    with pytest.raises(rose.NanError) as raised:
        rose.debug_nans(f)(1.0)
    here = next(
        k for k, line in enumerate(Path(__file__).read_text().splitlines(), 1) if "# here" in line
    )
    assert raised.value.message == "opaque of (2.0) is nan"
    assert raised.value.location.line == here
