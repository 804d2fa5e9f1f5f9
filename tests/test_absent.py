"""What to write in place of names that rose does not have is what they mean in NumPy, JAX and CasADi."""

from __future__ import annotations

import math
import re
from typing import Any, Literal

import numpy as np
import pytest

import rose
from rose import Bool, Real, Vec, fn

Three = Vec[Literal[3]]

X, Y, V, W, A, B = 0.7, -1.9, [1.5, -2.0, 0.25], [3.0, 0.5, -1.25], True, False
SHIFTED = np.exp(np.array(V))
M = np.outer(V, W)

# What the names mean, of the values above for what the advice calls x, y, v, w, a and b; m is the matrix of v times w.
MEANS: dict[str, Any] = {
    "array": [X, Y],
    "zeros": [0.0] * 3,
    "ones": [1.0] * 3,
    "arange": [0.0, 1.0, 2.0],
    "float": X,
    "arcsin": math.asin(X),
    "arccos": math.acos(X),
    "arctan": math.atan(X),
    "arctan2": math.atan2(Y, X),
    "arcsinh": math.asinh(X),
    "arccosh": math.nan,
    "arctanh": math.atanh(X),
    "square": X**2,
    "absolute": abs(X),
    "fabs": abs(X),
    "relu": X,
    "silu": X / (1 + math.exp(-X)),
    "expit": 1 / (1 + math.exp(-X)),
    "logit": math.log(X / (1 - X)),
    "log_sigmoid": -math.log(1 + math.exp(-X)),
    "softmax": SHIFTED / SHIFTED.sum(),
    "logsumexp": math.log(SHIFTED.sum()),
    "add": X + Y,
    "subtract": X - Y,
    "multiply": X * Y,
    "divide": X / Y,
    "true_divide": X / Y,
    "negative": -X,
    "reciprocal": 1 / X,
    "remainder": np.remainder(X, Y),
    "rint": np.rint(X),
    "fix": np.trunc(X),
    "exp10": 10**X,
    "gamma": math.gamma(X),
    "tgamma": math.gamma(X),
    "factorial": math.gamma(X + 1),
    "sinc": np.sinc(X),
    "signbit": np.signbit(X),
    "heaviside": np.heaviside(X, Y),
    "isclose": np.isclose(X, Y),
    "allclose": np.allclose(V, W),
    "amax": np.amax(V),
    "amin": np.amin(V),
    "average": np.average(V),
    "var": np.var(V),
    "std": np.std(V),
    "cumsum": np.cumsum(V),
    "cumprod": np.cumprod(V),
    "diff": np.diff(V),
    "flip": np.flip(V),
    "inner": np.inner(V, W),
    "vdot": np.vdot(V, W),
    "outer": M,
    "cross": np.cross(V, W),
    "append": np.append(V, X),
    "full": np.full(3, X),
    "isinf": False,
    "pi": math.pi,
    "inf": math.inf,
    "nan": math.nan,
    "e": math.e,
    "degrees": np.degrees(X),
    "rad2deg": np.rad2deg(X),
    "radians": np.radians(X),
    "deg2rad": np.deg2rad(X),
    "concatenate": np.concatenate([V, W]),
    "hstack": np.hstack([V, W]),
    "vstack": np.vstack([V, W]),
    "stack": np.stack([V, W]),
    "transpose": M.T,
    "not_": not B,
    "logical_and": A and B,
    "logical_or": A or B,
    "logical_xor": A ^ B,
    "less": X < Y,
    "less_equal": X <= Y,
    "greater": X > Y,
    "greater_equal": X >= Y,
    "equal": X == Y,
    "not_equal": X != Y,
    "gammaln": math.lgamma(X),
    "eye": np.eye(3),
    "diag": np.diag(M),
    "diagonal": np.diagonal(M),
    "trace": np.trace(M),
    "roll": np.roll(V, 1),
    "ravel": np.ravel(M),
    "flatten": M.flatten(),
    "zeros_like": np.zeros(3),
    "ones_like": np.ones(3),
    "if_else": X,
    "vertcat": [*V, *W],
    "horzcat": np.transpose([V, W]),
    "mtimes": M @ V,
    "sumsqr": np.dot(V, V),
}


def advice(name: str) -> str:
    """The second half of the message."""
    with pytest.raises(rose.NoAttributeError) as refused:
        getattr(rose, name)
    return str(refused.value).splitlines()[0].split("; ", 1)[1]


def written(text: str, values: dict[str, Any]) -> Any:
    """What the advice computes: its first expression, after what it says its names are."""
    code, *rest = re.split(r", (?=with|of|for|or)| or | for the ", text.removeprefix("write "))
    names = {"rose": rose, "math": math, "n": 3, **values}
    for definition in rest:
        if definition.startswith("with "):
            name, expression = definition.removeprefix("with ").split(" = ")
            names[name] = eval(expression, names)  # noqa: S307 (our own message)
    return eval(code, names)  # noqa: S307 (our own message)


@pytest.mark.parametrize("name", MEANS)
def test_the_advice_computes_what_the_name_means(name: str) -> None:
    text = advice(name)
    assert text.startswith("write ")

    @fn
    def f(  # type: ignore[no-untyped-def]
        x: Real, y: Real, v: Three, w: Three, m: Vec[Literal[3], Three], a: Bool, b: Bool
    ):
        return written(text, {"x": x, "y": y, "v": v, "w": w, "m": m, "a": a, "b": b})

    given = f(X, Y, V, W, M, A, B)
    np.testing.assert_allclose(given, MEANS[name], rtol=1e-12)


def test_sinc_and_heaviside_at_zero() -> None:
    @fn
    def sinc(x: Real) -> Real:
        value: Real = written(advice("sinc"), {"x": x})
        return value

    @fn
    def heaviside(x: Real, y: Real) -> Real:
        value: Real = written(advice("heaviside"), {"x": x, "y": y})
        return value

    assert sinc(0.0) == 1.0
    assert rose.grad(sinc)(0.0) == 0.0
    assert heaviside(0.0, 0.25) == 0.25


@pytest.mark.parametrize("name", ["sine", "tanhh", "valueandgrad", "nextafterr"])
def test_what_is_only_like_a_name_is_asked_not_told(name: str) -> None:
    assert re.fullmatch(r"did you mean rose\.\w+\?|docs/language\.md says .*", advice(name))
