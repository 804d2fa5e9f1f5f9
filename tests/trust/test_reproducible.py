"""The same program gives the same bytes, whatever the Python and its hash seed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "examples" / "billiards" / "model.py"
OLDEST = (3, 11)

# Compiles what the tests of derivatives compile, and a model as `rose build` does.
SCRIPT = """
import sys
sys.path[:0] = ["src", "tests"]
from hashlib import sha256
from pathlib import Path
import rose
from flat import has_reals
from programs import PROGRAMS
from rose.models import load_model, public_functions
from rose.run import cache

def said(*parts):
    print(*[sha256(p if isinstance(p, bytes) else p.encode()).hexdigest() for p in parts])

functions = {}
for name, (f, _) in PROGRAMS.items():
    key = name.replace(" ", "_")
    functions[key] = f
    chosen = tuple(k for k in range(len(f.signature.params)) if has_reals(f, k))
    if chosen:
        functions[key + "_grad"] = rose.value_and_grad(f, argnums=chosen)
for made in (functions, public_functions(load_model(Path(sys.argv[1])))):
    files = rose.bundle(made, "model")
    said(files.wasm, files.mjs, files.types, files.html)
    said(*[str(f) for f in made.values()])
"""


def pythons() -> dict[str, str]:
    """Every Python here that is new enough, by its version: on the path, and those of pyenv."""
    places = [*os.environ.get("PATH", "").split(os.pathsep)]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places += [str(folder / "bin") for folder in sorted(pyenv.glob("3.*"))]
    found: dict[str, str] = {}
    for minor in range(OLDEST[1], OLDEST[1] + 10):
        name = f"{OLDEST[0]}.{minor}"
        for place in places:
            program = shutil.which(f"python{name}", path=place)
            if program and _runs(program, name):
                found.setdefault(name, program)
    return found


def _runs(program: str, version: str) -> bool:
    """pyenv has programs that only say which version to choose."""
    show = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([program, "-c", show], capture_output=True, text=True, check=False)
    return done.stdout.strip() == version


@cache
def built(python: str, seed: str) -> str:
    """Digests of all that is built."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "ROSE_CACHE": "off"}
    done = subprocess.run(
        [python, "-B", "-c", SCRIPT, MODEL],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hash_seeds_make_no_difference() -> None:
    first = built(sys.executable, "1")
    assert first.count("\n") == 4
    assert built(sys.executable, "2") == first


def test_versions_of_python_make_no_difference() -> None:
    own = "{}.{}".format(*sys.version_info)
    others = {version: program for version, program in pythons().items() if version != own}
    if not others:
        pytest.skip("there is no other Python here that is new enough")
    expected = built(sys.executable, "1")
    for version, program in others.items():
        assert built(program, "1") == expected, version
