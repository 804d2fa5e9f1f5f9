"""The only package that puts the stages together: tracing, derivatives, optimisation, lowering, running."""

from rose.api.argnums import Argnums, argnums_of, expect_fn, is_several
from rose.api.bundling import Bundle, bundle
from rose.api.compiling import Compiled, compile_functions
from rose.api.derivatives import Linearization, Vjp, jvp, linearize, vjp
from rose.api.functions import Fn, fn, mark
from rose.api.gradients import grad, value_and_grad
from rose.api.inspecting import STAGES, debug_nans

__all__ = [
    "STAGES",
    "Argnums",
    "Bundle",
    "Compiled",
    "Fn",
    "Linearization",
    "Vjp",
    "argnums_of",
    "bundle",
    "compile_functions",
    "debug_nans",
    "expect_fn",
    "fn",
    "grad",
    "is_several",
    "jvp",
    "linearize",
    "mark",
    "value_and_grad",
    "vjp",
]
