"""What the playground runs in Pyodide: a program of its visitor, and what there is to draw of it."""

import contextlib
import io
import linecache
import time
import traceback
from typing import Any, cast

import rose
from rose import DerivativeError, Fn, RoseError
from rose.front.tree import RealTree

FILE = "program.py"
RANGE = (-2.0, 2.0)  # of a parameter that says nothing else


def run(code: str) -> dict[str, Any]:
    """What a program printed, and the bundle of what is drawn, if it has a function of two Reals."""
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    out = io.StringIO()
    start = time.perf_counter()
    answer: dict[str, Any] = {"error": None, "mjs": None}
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, FILE, "exec"), names)  # noqa: S102 (it is the visitor's own)
        answer |= drawn(names)
    except RoseError as error:
        answer["error"] = f"{type(error).__name__}: {error}"
    except BaseException as error:  # noqa: BLE001 (whatever it is, the visitor is to read it)
        answer["error"] = told(error)
    return answer | {"printed": out.getvalue(), "seconds": time.perf_counter() - start}


def drawn(names: dict[str, Any]) -> dict[str, Any]:
    """The bundle of the last function of two Reals with its value and gradient, and where it is drawn."""
    functions = cast(
        "dict[str, Fn[..., Any]]", {n: f for n, f in names.items() if isinstance(f, Fn)}
    )
    found = [name for name, f in functions.items() if is_surface(f)]
    if not found:
        return {}
    name = found[-1]
    f = functions[name]
    try:
        both = {"height": f, "slope": rose.value_and_grad(f, argnums=(0, 1))}
        bundle = rose.bundle(both, "drawn", inline=True)
    except DerivativeError:
        return {}
    ranges = [tree.range for tree in f.signature.params if isinstance(tree, RealTree)]
    ends = [[r.low, r.high] if r else list(RANGE) for r in ranges]
    return {"mjs": bundle.mjs, "bytes": len(bundle.wasm), "name": name, "ranges": ends}


def is_surface(f: Fn[..., Any]) -> bool:
    """Whether it is marked with `@fn`, and makes a Real of two."""
    if f.is_made or not f.has_signature:
        return False
    trees = [*f.signature.params, f.signature.result]
    return len(trees) == 3 and all(isinstance(tree, RealTree) for tree in trees)


def told(error: BaseException) -> str:
    """An exception with the lines of the program that it came through."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
    lines = [f"  at {FILE}:{frame.lineno}\n" for frame in frames]
    return "".join([*traceback.format_exception_only(error), *lines])
