"""Rose for Python: automatic differentiation that compiles to WebAssembly.

import rose
from rose import Real, fn

@fn
def area(radius: Real) -> Real:
    return 3.14159 * radius**2

rose.grad(area)(2.0)
"""

from rose.api import Fn, bundle, fn, grad, jvp, value_and_grad, vjp
from rose.api import compile_functions as compile
from rose.errors import (
    ArgumentError,
    CheckError,
    DerivativeError,
    EscapedValueError,
    IndexRangeError,
    LoadError,
    MemoryLimitError,
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
    "compile",
    "cond",
    "cos",
    "dot",
    "exp",
    "fn",
    "grad",
    "jvp",
    "log",
    "loop",
    "max",
    "min",
    "norm",
    "pow",
    "scan",
    "select",
    "sin",
    "sqrt",
    "sum",
    "tanh",
    "value_and_grad",
    "vec",
    "vjp",
    "where",
]
