"""Model files: run as modules, with what they export, and with their own faults told as such."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from rose.api import Fn
from rose.errors import NOWHERE, LoadError, Location, RoseError, is_users


def load_model(path: Path) -> ModuleType:
    """Run a model file as a module of its own name, with its folder importable.

    Raises:
        LoadError: if there is no such file, or running it fails; the location is the line that failed.
        RoseError: what the model itself runs into.
    """
    if not path.is_file():
        raise LoadError(f"there is no file {path}; name a Python file with @fn functions", NOWHERE)
    if path.suffix != ".py":
        raise LoadError(f"{path} is not a Python file; models end in .py", NOWHERE)
    taken = getattr(sys.modules.get(path.stem), "__file__", str(path)) != str(path)
    name = f"_model_{path.stem}" if taken or path.stem in sys.builtin_module_names else path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with _importable(path.parent), _no_bytecode(), its_own_faults(path, "running"):
        spec.loader.exec_module(module)
    return module


@contextmanager
def _importable(folder: Path) -> Generator[None]:
    entry = str(folder.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        if entry in sys.path:
            sys.path.remove(entry)


@contextmanager
def _no_bytecode() -> Generator[None]:
    """Keep no bytecode of what is imported: Python takes it for a later edit, too, of the same second and size."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


@contextmanager
def its_own_faults(path: Path, doing: str) -> Generator[None, None, None]:
    """Turn what a model's own code raises into a LoadError at the model's line.

    Raises:
        LoadError: in place of any exception that is not ours.
    """
    try:
        yield
    except RoseError:
        raise
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if is_users(f.filename)]
        location = Location(own[-1].filename, own[-1].lineno or 0) if own else NOWHERE
        if isinstance(error, SyntaxError):
            location = Location(error.filename or str(path), error.lineno or 0)
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        kind = type(error).__name__
        raise LoadError(f"{doing} {path} failed: {kind}: {text}", location) from error


def public_functions(module: ModuleType) -> dict[str, Fn[..., object]]:
    """The functions that a model exports: those in `__all__`, else all whose names have no underscore first.

    Of the latter, those are left out that are specialised and have no defaults to be specialised for.

    Raises:
        LoadError: if there are none, or `__all__` names what is no @fn.
    """
    file = module.__file__ or ""
    names = getattr(module, "__all__", None)
    if names is not None and (isinstance(names, str) or not all(isinstance(n, str) for n in names)):
        raise LoadError(f'__all__ of {file} is not a list of names; write ["name", ...]', NOWHERE)
    if names is None:
        public = {
            name: value
            for name, value in vars(module).items()
            if isinstance(value, Fn) and not name.startswith("_")
        }
        whole = {name: value for name, value in public.items() if value.has_signature}
        return _some(whole or public, file)
    found = {}
    for name in names:
        value = getattr(module, name, None)
        if not isinstance(value, Fn):
            raise LoadError(
                f"__all__ of {file} names {name}, which is no function marked with @rose.fn",
                NOWHERE,
            )
        found[name] = value
    return _some(found, file)


def _some(functions: dict[str, Fn[..., object]], file: str) -> dict[str, Fn[..., object]]:
    if not functions:
        raise LoadError(f"{file} has no function to build; mark one with @rose.fn", NOWHERE)
    return functions
