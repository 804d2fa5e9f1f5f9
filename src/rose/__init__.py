"""Rose for Python: automatic differentiation that compiles to WebAssembly.

import rose
from rose import Real, fn

@fn
def area(radius: Real) -> Real:
    return 3.14159 * radius**2

rose.grad(area)(2.0)
"""

from rose.api import Fn, bundle, debug_nans, fn, grad, jvp, linearize, value_and_grad, vjp
from rose.api import compile_functions as compile
from rose.composed import check_grads, hessian, hvp, jacobian
from rose.custom import custom_jvp, custom_vjp, remat, stop_gradient
from rose.errors import (
    ArgumentError,
    CheckError,
    DerivativeError,
    EscapedValueError,
    IndexRangeError,
    LoadError,
    MemoryLimitError,
    NanError,
    ParseError,
    RecursiveCallError,
    RoseError,
    SignatureError,
    TracedValueError,
    TypeMismatchError,
)
from rose.front.control import cond, loop, scan, select, sum, vec, where
from rose.front.functions import (
    abs,
    cos,
    dot,
    exp,
    log,
    max,
    min,
    norm,
    pow,
    sin,
    sqrt,
    tanh,
)
from rose.front.values import Bool, Index, Real
from rose.front.vec import Vec

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "Bool",
    "CheckError",
    "DerivativeError",
    "EscapedValueError",
    "Fn",
    "Index",
    "IndexRangeError",
    "LoadError",
    "MemoryLimitError",
    "NanError",
    "ParseError",
    "Real",
    "RecursiveCallError",
    "RoseError",
    "SignatureError",
    "TracedValueError",
    "TypeMismatchError",
    "Vec",
    "abs",
    "bundle",
    "check_grads",
    "compile",
    "cond",
    "cos",
    "custom_jvp",
    "custom_vjp",
    "debug_nans",
    "dot",
    "exp",
    "fn",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "linearize",
    "log",
    "loop",
    "max",
    "min",
    "norm",
    "pow",
    "remat",
    "scan",
    "select",
    "sin",
    "sqrt",
    "stop_gradient",
    "sum",
    "tanh",
    "value_and_grad",
    "vec",
    "vjp",
    "where",
]
