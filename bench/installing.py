"""Peers' packages, installed here when a row asks for them; users and tests need none of them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from bench.engines import HERE, PEERS_PYTHON

ENVIRONMENT = HERE / ".python"
STAMP = ".bench-installed"


class InstallError(Exception):
    """A peer's packages could not be installed; the message holds what was said."""


def install(needs: str) -> None:
    """Install what the package.json or the requirements.txt of a folder lists, unless that was done.

    Raises:
        InstallError: if it does not succeed.
    """
    folder = HERE / needs
    requirements = folder / "requirements.txt"
    listed = requirements if requirements.exists() else folder / "package.json"
    if listed == requirements:
        stamp = ENVIRONMENT / f"{STAMP}-{folder.name}"
        command = [PEERS_PYTHON, "-m", "pip", "install", "--quiet", "-r", str(requirements)]
    else:
        stamp = folder / "node_modules" / STAMP
        # A lock file could name a registry's host, which has no place in the repository.
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
    wanted = hashlib.sha256(listed.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if listed == requirements and not Path(PEERS_PYTHON).exists():
        _run([sys.executable, "-m", "venv", str(ENVIRONMENT)], HERE)
    _run(command, folder)
    stamp.write_text(wanted)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=900)
    except FileNotFoundError:
        raise InstallError(f"{command[0]} is needed and was not found") from None
    except subprocess.TimeoutExpired:
        raise InstallError(f"{' '.join(command)} took over 15 minutes") from None
    except subprocess.CalledProcessError as error:
        raise InstallError(f"{' '.join(command)} failed: {error.stderr[-300:]}") from None
