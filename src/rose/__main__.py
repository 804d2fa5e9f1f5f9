"""The command line: `rose build` and `rose show`."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import traceback
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from rose import __version__
from rose.api import STAGES, Fn, bundle
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
    folder = str(path.parent.resolve())
    sys.path.insert(0, folder)
    try:
        with _its_own_faults(path, "running"):
            spec.loader.exec_module(module)
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
    return module


@contextmanager
def _its_own_faults(path: Path, doing: str) -> Generator[None, None, None]:
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


def build(arguments: argparse.Namespace) -> None:
    """Write NAME.wasm, NAME.mjs and NAME.d.ts for a model."""
    path: Path = arguments.file
    folder: Path = arguments.output
    functions = public_functions(load_model(path))
    with _its_own_faults(path, "compiling"):
        files = bundle(functions, path.stem)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, content in (
            ("wasm", files.wasm),
            ("mjs", files.mjs.encode()),
            ("d.ts", files.types.encode()),
        ):
            target = folder / f"{path.stem}.{suffix}"
            target.write_bytes(content)
            print(f"{target}  {len(content)} bytes")
    except OSError as error:
        raise LoadError(f"cannot write to {folder}: {error.strerror}", NOWHERE) from None


def show(arguments: argparse.Namespace) -> None:
    """Print one stage of one function."""
    file, _, name = arguments.function.rpartition(":")
    if not file or not name:
        raise LoadError(f"name a file and a function, FILE:fn; given {arguments.function}", NOWHERE)
    functions = public_functions(module := load_model(Path(file)))
    value = getattr(module, name, None)
    if not isinstance(value, Fn):
        raise LoadError(
            f"{file} has no function {name}; it has {', '.join(functions)}",
            NOWHERE,
        )
    with _its_own_faults(Path(file), "compiling"):
        print(STAGES[arguments.stage](value), end="")


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser(prog="rose", description="Python functions to WebAssembly.")
    top.add_argument("--version", action="version", version=f"rose {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("build", help="write a model's .wasm, .mjs and .d.ts")
    one.add_argument("file", type=Path, metavar="FILE", help="a Python file with @fn functions")
    one.add_argument(
        "-o", "--output", type=Path, default=Path("dist"), metavar="DIR", help="default: dist"
    )
    one.set_defaults(run=build)
    one = commands.add_parser("show", help="print a function at a stage of compilation")
    one.add_argument("function", metavar="FILE:fn", help="a Python file and a function in it")
    one.add_argument("--stage", choices=list(STAGES), default="ir", help="default: ir")
    one.set_defaults(run=show)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit status: 0, or 1 after an error that was printed."""
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except RoseError as error:
        print(f"rose: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
