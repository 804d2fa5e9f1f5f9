"""The playground: write Python in a page, where Rose compiles and runs it in Pyodide.

python examples/playground/serve.py [--port N]
"""

import argparse
import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PYODIDE = ROOT / ".npm" / "node_modules" / "pyodide"
OF_PYODIDE = [
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
]


def assemble(target: Path) -> None:
    """Put all that the page needs into a folder: itself, Pyodide, and the wheel of Rose."""
    for file in FOLDER.iterdir():
        if file.suffix in {".html", ".css", ".mjs"} or file.name == "playground.py":
            shutil.copy(file, target)
    (target / "pyodide").mkdir()
    for name in OF_PYODIDE:
        shutil.copy(PYODIDE / name, target / "pyodide")
    with tempfile.TemporaryDirectory() as wheels:
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        (wheel,) = Path(wheels).glob("*-py3-none-any.whl")
        shutil.copy(wheel, target / "rose.whl")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the types that browsers ask of modules and WebAssembly."""

    extensions_map = {  # noqa: RUF012 (the base class declares it so)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about requests."""


def main() -> None:
    """Serve the playground on the loopback address until interrupted."""
    arguments = argparse.ArgumentParser(description="Python and Rose in a page.")
    arguments.add_argument("--port", type=int, default=0, help="default: any free port")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        assemble(Path(folder))
        handler = functools.partial(Handler, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler) as server:
            print(f"the playground: http://127.0.0.1:{server.server_port}/  (Ctrl+C ends)")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                print("bye")


if __name__ == "__main__":
    main()
