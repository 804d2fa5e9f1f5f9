"""The only package that puts the stages together: tracing, derivatives, optimisation, lowering, running."""

from rose.api.bundling import Bundle, bundle
from rose.api.compiling import Compiled, compile_functions
from rose.api.derivatives import (
    Linearization,
    Vjp,
    expect_fn,
    grad,
    jvp,
    linearize,
    value_and_grad,
    vjp,
)
from rose.api.functions import Derivable, Fn, fn, mark
from rose.api.inspecting import STAGES, debug_nans

__all__ = [
    "STAGES",
    "Bundle",
    "Compiled",
    "Derivable",
    "Fn",
    "Linearization",
    "Vjp",
    "bundle",
    "compile_functions",
    "debug_nans",
    "expect_fn",
    "fn",
    "grad",
    "jvp",
    "linearize",
    "mark",
    "value_and_grad",
    "vjp",
]
