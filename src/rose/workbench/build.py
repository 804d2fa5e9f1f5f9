"""One build of a model, in a process of its own: `python -m rose.workbench.build FILE`.

A process of its own starts from nothing, so that a model and the modules it imports are always run as they are now, and may
loop, exit or crash without harm to the server. It prints one line of JSON: {"ok": true, "wasm", "mjs", "functions"}, the bytes in
base64, or {"ok": false, "error"}; what the model prints goes to stderr.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from rose.api import bundle
from rose.errors import RoseError
from rose.models import its_own_faults, load_model, public_functions
from rose.workbench.describe import describe

AROUND = 2  # lines of the source that are shown before and after the one of an error


def built(path: Path) -> dict[str, Any]:
    """What a build prints."""
    try:
        functions = public_functions(load_model(path))
        with its_own_faults(path, "compiling"):
            model = describe(functions)
            files = bundle(model.exports, path.stem)
    except RoseError as error:
        return {"ok": False, "error": _error(error)}
    wasm = base64.b64encode(files.wasm).decode()
    return {"ok": True, "wasm": wasm, "mjs": files.mjs, "functions": model.functions}


def _error(error: RoseError) -> dict[str, Any]:
    file, line = error.location
    return {
        "kind": type(error).__name__,
        "message": error.message,
        "file": file,
        "line": line,
        "excerpt": _excerpt(file, line),
    }


def _excerpt(file: str, line: int) -> list[tuple[int, str]]:
    """The lines around one of a file, numbered from 1; none if there is no such file."""
    try:
        lines = Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    first = max(1, line - AROUND)
    return list(enumerate(lines[first - 1 : line + AROUND], first))


def main() -> None:
    """Build the file that the command line names."""
    answer = os.dup(1)
    os.dup2(2, 1)
    result = built(Path(sys.argv[1]))
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        out.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
