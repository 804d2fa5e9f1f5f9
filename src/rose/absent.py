"""Names that users of other packages look for in ours, and what there is instead."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, NoReturn

from rose.errors import NoAttributeError, NoNameError
from rose.lazy import Lazy

if TYPE_CHECKING:
    import difflib
else:
    difflib = Lazy("difflib")

# Where it says "write …", that is what the name means elsewhere; tests evaluate it.
_INSTEAD = {
    "vmap": "write rose.map(f, v) or rose.vec(n, lambda i: f(v[i]))",
    "pmap": "write rose.map(f, v) or rose.vec(n, lambda i: f(v[i]))",
    "fori_loop": "write rose.loop(n, init, lambda t, value: ...)",
    "lax": "write rose.loop, rose.while_loop, rose.scan, rose.cond and rose.switch",
    "jit": "mark the function with @rose.fn",
    "numpy": "the functions of numbers and Vecs are in rose itself, as in rose.sin(x) and rose.dot(v, w)",
    "nn": "the functions of numbers and Vecs are in rose itself, as in rose.sigmoid(x)",
    "scipy": "the functions of numbers and Vecs are in rose itself, as in rose.erf(x) and rose.norm(v)",
    "linalg": "the functions of Vecs are in rose itself, as in rose.norm(v) and rose.matmul(m, n)",
    "random": "draw random numbers outside, with Python's random or NumPy, and pass them as arguments",
    "config": "there is nothing to configure: Reals are 64-bit floats",
    "tree": "write rose.tree_map(f, tree)",
    "tree_util": "write rose.tree_map(f, tree)",
    "jacfwd": "write rose.jacobian(f)",
    "jacrev": "write rose.jacobian(f)",
    "checkpoint": "write rose.remat(f), or checkpoint= of a loop",
    "array": "write rose.vec([x, y]), or a list of the elements",
    "zeros": "write [0.0] * n",
    "ones": "write [1.0] * n",
    "arange": "write rose.vec(n, lambda i: 1.0 * i)",
    "linspace": "write rose.vec(n, lambda i: a + (b - a) / (n - 1) * i)",
    "range": "write rose.loop, rose.vec or rose.sum, or rose.Range(low, high) for a slider",
    "float": "write rose.real(x)",
    "int": "write rose.to_index(x, n)",
    "index": "write rose.to_index(x, n)",
    "arcsin": "write rose.asin(x)",
    "arccos": "write rose.acos(x)",
    "arctan": "write rose.atan(x)",
    "arctan2": "write rose.atan2(y, x)",
    "arcsinh": "write rose.asinh(x)",
    "arccosh": "write rose.acosh(x)",
    "arctanh": "write rose.atanh(x)",
    "power": "write x**p or rose.pow(x, p)",
    "square": "write x**2",
    "maximum": "write rose.max(a, b)",
    "minimum": "write rose.min(a, b)",
    "absolute": "write rose.abs(x)",
    "fabs": "write rose.abs(x)",
    "fma": "write x * y + z",
    "relu": "write rose.max(x, 0)",
    "silu": "write x * rose.sigmoid(x)",
    "expit": "write rose.sigmoid(x)",
    "logit": "write rose.log(x) - rose.log1p(-x)",
    "log_sigmoid": "write -rose.softplus(-x)",
    "softmax": "write e / rose.sum(e), with e = rose.exp(v - rose.max(v))",
    "logsumexp": "write m + rose.log(rose.sum(rose.exp(v - m))), with m = rose.max(v)",
    "add": "write x + y",
    "subtract": "write x - y",
    "multiply": "write x * y",
    "divide": "write x / y",
    "true_divide": "write x / y",
    "negative": "write -x",
    "reciprocal": "write 1 / x",
    "remainder": "write rose.mod(x, y), of the sign of y, or rose.fmod(x, y), of that of x",
    "rint": "write rose.round(x)",
    "fix": "write rose.trunc(x)",
    "exp10": "write 10**x",
    "gamma": "write rose.exp(rose.lgamma(x)), for x > 0",
    "tgamma": "write rose.exp(rose.lgamma(x)), for x > 0",
    "factorial": "write rose.exp(rose.lgamma(x + 1)), for x > -1",
    "sinc": "write rose.cond(x == 0, lambda: 1, lambda: rose.sin(math.pi * x) / (math.pi * x))",
    "signbit": "write rose.copysign(1, x) < 0",
    "heaviside": "write rose.where(x == 0, y, rose.where(x > 0, 1, 0))",
    "average": "write rose.mean(v)",
    "var": "write rose.mean((v - rose.mean(v)) ** 2)",
    "std": "write rose.sqrt(rose.mean((v - rose.mean(v)) ** 2))",
    "median": "nothing here sorts Reals: find it outside, and pass it as an argument",
    "sort": "nothing here sorts Reals: sort outside, and pass the result as an argument",
    "argsort": "nothing here sorts Reals: sort outside, and pass the result as an argument",
    "cumsum": "write rose.scan(len(v), 0, lambda i, s: (s + v[i], s + v[i]))[1]",
    "cumprod": "write rose.scan(len(v), 1, lambda i, p: (p * v[i], p * v[i]))[1]",
    "diff": "write v[1:] - v[:-1]",
    "flip": "write rose.vec(len(v), lambda i: v[len(v) - 1 - i])",
    "inner": "write rose.dot(v, w)",
    "vdot": "write rose.dot(v, w)",
    "outer": "write rose.map(lambda x: x * w, v)",
    "cross": "write [v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0]]",
    "append": "write rose.concat(v, [x])",
    "full": "write [x] * n",
    "isinf": "write rose.abs(x) == math.inf",
    "pi": "write math.pi",
    "inf": "write math.inf",
    "nan": "write math.nan",
    "e": "write math.e",
    "degrees": "write x * (180 / math.pi)",
    "rad2deg": "write x * (180 / math.pi)",
    "radians": "write x * (math.pi / 180)",
    "deg2rad": "write x * (math.pi / 180)",
    "concatenate": "write rose.concat(v, w)",
    "stack": "write a list of the Vecs, [v, w]",
    "transpose": "write m.T",
    "solve": "write the elimination as a function of your own",
    "not_": "write rose.logical_not(b), or ~b",
    "logical_and": "write a & b",
    "logical_or": "write a | b",
    "logical_xor": "write a ^ b",
    "less": "write x < y",
    "less_equal": "write x <= y",
    "greater": "write x > y",
    "greater_equal": "write x >= y",
    "equal": "write x == y",
    "not_equal": "write x != y",
    "gammaln": "write rose.lgamma(x)",
    "eye": "write rose.vec(n, lambda i: rose.vec(n, lambda j: rose.where(i == j, 1.0, 0.0)))",
    "diag": "write rose.vec(len(m), lambda i: m[i, i]), of a matrix",
    "trace": "write rose.sum(len(m), lambda i: m[i, i])",
    "roll": "write rose.concat(v[-1:], v[:-1])",
    "ravel": "write rose.concat(*m)",
    "zeros_like": "write [0.0] * len(v)",
    "ones_like": "write [1.0] * len(v)",
    "einsum": "write rose.sum(n, lambda k: ...) inside of rose.vec(m, lambda i: ...)",
    "if_else": "write rose.where(a, x, y), or rose.cond(a, lambda: x, lambda: y) to run one side only",
    "vertcat": "write rose.concat(v, w)",
    "horzcat": "write rose.vec([v, w]).T",
    "mtimes": "write m @ v",
    "sumsqr": "write rose.dot(v, v)",
    "gradient": "write rose.grad(f)",
    "jtimes": "write rose.jvp(f), or rose.vjp(f) for the transposed Jacobian",
    "Function": "mark a Python function with @rose.fn",
    "SX": "mark a Python function with @rose.fn: its parameters are the symbols",
    "MX": "mark a Python function with @rose.fn: its parameters are the symbols",
    "Null": "write None",
}


def refuse(name: str, known: list[str]) -> NoReturn:
    """The error for an attribute that the package does not have, given those it has.

    Raises:
        AttributeError: a plain one, soon, for what Python and its tools ask for themselves.
        NoNameError: in `from rose import name`, of which Python would say no more than that there is none.
        NoAttributeError: elsewhere.
    """
    if name.startswith("_"):
        raise AttributeError(f"module 'rose' has no attribute {name!r}")
    instead = _INSTEAD.get(name) or _guess(name, known)
    if sys._getframe(2).f_code.co_name != "_handle_fromlist":
        raise NoAttributeError(f"rose has no {name}; {instead}")
    if _is_module(name):  # Python asks before it imports a module of ours
        raise AttributeError(f"module 'rose' has no attribute {name!r}")
    raise NoNameError(f"rose has no {name} to import; {instead}")


def _guess(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1, 0.8)
    return f"did you mean rose.{close[0]}?" if close else "docs/language.md says what there is"


def _is_module(name: str) -> bool:
    return PathFinder.find_spec(f"rose.{name}", sys.modules["rose"].__path__) is not None


class Finder:
    """The last of Python's finders of modules: it knows those that users of other packages import, as `rose.numpy`."""

    @staticmethod
    def find_spec(name: str, /, *_: object) -> None:
        """Nothing, for any module.

        Raises:
            NoNameError: if we know what there is instead.
        """
        module = name.removeprefix("rose.")
        if module == name:
            return
        if module in _INSTEAD:
            raise NoNameError(f"rose has no module {module} to import; {_INSTEAD[module]}")
        if module in sys.modules["rose"].__all__:
            raise NoNameError(
                f"rose.{module} is no module to import; write from rose import {module}"
            )
