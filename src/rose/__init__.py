"""Rose for Python: automatic differentiation that compiles to WebAssembly.

import rose
from rose import Real, fn

@fn
def area(radius: Real) -> Real:
    return 3.14159 * radius**2

rose.grad(area)(2.0)
"""

import sys as _sys
import typing as _typing
from types import FunctionType as _FunctionType

from rose.absent import Finder as _Finder
from rose.absent import refuse as _refuse
from rose.api import Fn, bundle, debug_nans, fn, grad, jvp, linearize, value_and_grad, vjp
from rose.api import compile_functions as compile
from rose.checking import check_grads
from rose.composed import hessian, hvp, jacobian
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
    NoAttributeError,
    NoNameError,
    ParseError,
    RecursiveCallError,
    RoseError,
    SignatureError,
    SizeLimitError,
    TimeLimitError,
    TracedValueError,
    TypeMismatchError,
)
from rose.front import (
    array_numpy as _array_numpy,  # noqa: F401  # pyright: ignore[reportUnusedImport] (it fills NumPy's table)
)
from rose.front.arguments import checked as _checked
from rose.front.array_reduce import (
    argmax,
    argmin,
    dot,
    matmul,
    max,
    mean,
    min,
    norm,
)
from rose.front.array_shape import concat
from rose.front.blanks import Static
from rose.front.control import cond, logical_not, select, switch, where
from rose.front.conversions import real, to_index
from rose.front.folds import all, any, prod, sum
from rose.front.functions import (
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    clip,
    copysign,
    cos,
    cosh,
    digamma,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floor,
    floor_divide,
    fmod,
    hypot,
    isfinite,
    isnan,
    lgamma,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    mod,
    pow,
    round,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
    trunc,
)
from rose.front.loops import loop, scan, while_loop
from rose.front.maps import map, vec
from rose.front.range import Range
from rose.front.tree_map import tree_map
from rose.front.typed import Bool, Index, Real, Vec
from rose.hosted import opaque
from rose.run.limits import time_limit

__version__ = "0.1.0"

if not _typing.TYPE_CHECKING:  # to checkers a module with it has every name

    def __getattr__(name: str) -> object:
        """What to write in place of a name that there is not."""
        _refuse(name, __all__)


_sys.meta_path.append(_Finder)


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
    "NoAttributeError",
    "NoNameError",
    "ParseError",
    "Range",
    "Real",
    "RecursiveCallError",
    "RoseError",
    "SignatureError",
    "SizeLimitError",
    "Static",
    "TimeLimitError",
    "TracedValueError",
    "TypeMismatchError",
    "Vec",
    "abs",
    "acos",
    "acosh",
    "all",
    "any",
    "argmax",
    "argmin",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bundle",
    "cbrt",
    "ceil",
    "check_grads",
    "clip",
    "compile",
    "concat",
    "cond",
    "copysign",
    "cos",
    "cosh",
    "custom_jvp",
    "custom_vjp",
    "debug_nans",
    "digamma",
    "dot",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "fmod",
    "fn",
    "grad",
    "hessian",
    "hvp",
    "hypot",
    "isfinite",
    "isnan",
    "jacobian",
    "jvp",
    "lgamma",
    "linearize",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_not",
    "loop",
    "map",
    "matmul",
    "max",
    "mean",
    "min",
    "mod",
    "norm",
    "opaque",
    "pow",
    "prod",
    "real",
    "remat",
    "round",
    "scan",
    "select",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softplus",
    "sqrt",
    "stop_gradient",
    "sum",
    "switch",
    "tan",
    "tanh",
    "time_limit",
    "to_index",
    "tree_map",
    "trunc",
    "value_and_grad",
    "vec",
    "vjp",
    "where",
    "while_loop",
]

if not _typing.TYPE_CHECKING:  # to checkers they stay what they are
    for _name in __all__:
        _public = globals()[_name]
        if isinstance(_public, _FunctionType):
            globals()[_name] = _checked(f"rose.{_name}")(_public)
        elif isinstance(_public, type):
            _public.__module__ = "rose"  # tracebacks, signatures and pickles name what users import
    for _class in (Range, custom_jvp, custom_vjp):
        _init = _checked(f"rose.{_class.__name__}")(_class.__init__)
        _class.__init__ = _init  # type: ignore[method-assign]  # pyright: ignore[reportAttributeAccessIssue]
