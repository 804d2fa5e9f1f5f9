"""`rose build --watch`: a build after every change."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rose.errors import NOWHERE, LoadError

_ROUND = 200  # milliseconds


def build_on_changes(file: Path, options: Sequence[str]) -> None:
    """Build now and after every change, until Ctrl-C.

    Every build is a process of its own, which imports what the model imports as it is by then.

    Raises:
        LoadError: if there is no such file, or watchfiles is not installed.
    """
    try:
        from watchfiles import PythonFilter, watch  # noqa: PLC0415 (an extra)
    except ImportError:
        raise LoadError(
            "--watch needs watchfiles; write python -m pip install '.[dev]', in the clone",
            NOWHERE,
        ) from None
    if not file.is_file():
        raise LoadError(
            f"there is no file {file} to watch; name a Python file with @fn functions", NOWHERE
        )
    command = [sys.executable, "-m", "rose", "build", str(file), *options]
    is_built = False
    with suppress(KeyboardInterrupt):
        # The first round ends soon and without a change, so that the folder is watched before the first build.
        for changes in watch(
            file.resolve().parent,
            watch_filter=PythonFilter(),
            rust_timeout=_ROUND,
            yield_on_timeout=True,
        ):
            if changes or not is_built:
                subprocess.run(command, check=False)  # noqa: S603 (this very program)
                is_built = True
