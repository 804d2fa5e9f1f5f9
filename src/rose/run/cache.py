"""Modules on disk, so that a program which was compiled once starts quickly the next time.

An entry is a file of a header and three parts: a table of addresses, the module, and the machine code that
wasmtime made of it. The header has a digest of the rest, without which nothing is believed: machine code that is
damaged would be run all the same. So nothing is read either that somebody else than the user could have written.
"""

from __future__ import annotations

import marshal
import os
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rose.ir.record import record
from rose.ir.types import Bool, Index, Real, Scalar
from rose.lazy import Lazy
from rose.wasm.layout import Buffer, Interface

if TYPE_CHECKING:
    import tempfile

    from rose.run import bindings
else:
    bindings = Lazy("rose.run.bindings")
    tempfile = Lazy("tempfile")  # only what is compiled anew is written

VARIABLE = "ROSE_CACHE"  # a folder, or "off"
MOST_BYTES = 512 * 2**20  # of all entries together
_MAGIC = b"rose cache 2\n"
_HEADER = struct.Struct("<13s32sQQQ")


@record
class Entry:
    """What is kept of a module.

    Attributes:
        data: the module.
        native: the machine code; see `host.Module.native`.
        interfaces: where the buffers of its exports are.
        watched: whether it may run for long.
    """

    data: bytes
    native: bytes
    interfaces: dict[str, Interface]
    watched: bool


def folder() -> Path | None:
    """Where entries are: `$ROSE_CACHE`, or `rose-autodiff` in the user's cache; None if it says off."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen == "off" or sys.platform == "emscripten":
        return None
    if chosen:
        return Path(chosen)
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:  # nobody's home is known
        return None
    return Path(home) / "rose-autodiff"


@cache
def compiler_key() -> bytes:
    """Stands for this version of the compiler, and of wasmtime: an entry that another one made is not found."""
    told = sorted(_sources(str(Path(__file__).parent.parent), ""))
    made = told, bindings.identity(), sys.version_info[:2]
    return sha256(repr(made).encode()).digest()


def _sources(folder: str, name: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of every Python file below a folder; quicker than by Paths, as every start waits for it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _sources(entry.path, f"{name}{entry.name}/")
            elif entry.name.endswith(".py"):
                stat = entry.stat()
                yield name + entry.name, stat.st_size, stat.st_mtime_ns


def key(*parts: object) -> str:
    """The name of the entry for a program, from all that it is made of."""
    return sha256(compiler_key() + repr(parts).encode()).hexdigest()


def load(name: str) -> Entry | None:
    """The entry of this name, if there is one and it is whole."""
    where = folder()
    if where is None:
        return None
    path = where / f"{name}.rose"
    try:
        if not _is_ours(where.stat()):
            return None
        with path.open("rb") as file:  # looked at once it is open, so that it stays the same one
            contents = file.read() if _is_ours(os.fstat(file.fileno())) else b""
        entry = _unpack(name, contents)
        if entry is not None:
            os.utime(path)  # the entries that were not used for longest go first
    except OSError:
        return None
    return entry


def store(name: str, entry: Entry) -> None:
    """Keep an entry; where nothing can be written, nothing is kept."""
    where = folder()
    if where is None:
        return
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(where.stat()):
            return
        with tempfile.NamedTemporaryFile(dir=where, suffix=".new", delete=False) as file:
            file.write(_pack(name, entry))
        Path(file.name).replace(where / f"{name}.rose")
        _make_room(where)
    except OSError:
        return


def _is_ours(stat: os.stat_result) -> bool:
    """Whether a file or folder is the user's own, and nobody else may write it."""
    if not hasattr(os, "getuid"):
        return True
    return stat.st_uid == os.getuid() and not stat.st_mode & 0o022


def _make_room(where: Path) -> None:
    """Remove what was not used for longest, until the rest is small enough."""
    entries = sorted(
        ((path.stat(), path) for path in where.glob("*.rose")), key=lambda e: -e[0].st_mtime
    )
    total = 0
    for stat, path in entries:
        total += stat.st_size
        if total > MOST_BYTES:
            path.unlink(missing_ok=True)


# --- as bytes -------------------------------------------------------------------------------------------------


def _digest(name: str, body: bytes) -> bytes:
    """Of an entry and its name, so that none passes for another."""
    return sha256(name.encode() + body).digest()


def _pack(name: str, entry: Entry) -> bytes:
    table = {
        "watched": entry.watched,
        "interfaces": {
            name: [[_numbers(b) for b in interface.args], [_numbers(b) for b in interface.results]]
            for name, interface in entry.interfaces.items()
        },
    }
    parts = [marshal.dumps(table), entry.data, entry.native]
    body = b"".join(parts)
    return _HEADER.pack(_MAGIC, _digest(name, body), *map(len, parts)) + body


def _unpack(name: str, contents: bytes) -> Entry | None:
    if len(contents) < _HEADER.size:
        return None
    magic, digest, *lengths = _HEADER.unpack_from(contents)
    body = contents[_HEADER.size :]
    if magic != _MAGIC or sum(lengths) != len(body) or _digest(name, body) != digest:
        return None
    table = marshal.loads(body[: lengths[0]])  # noqa: S302 (the user's own, and whole)
    interfaces = {
        name: Interface(_buffers(args), _buffers(results))
        for name, (args, results) in table["interfaces"].items()
    }
    data = body[lengths[0] : lengths[0] + lengths[1]]
    return Entry(data, body[lengths[0] + lengths[1] :], interfaces, table["watched"])


def _numbers(buffer: Buffer) -> list[Any]:
    size = buffer.elem.size if isinstance(buffer.elem, Index) else 0
    return [buffer.elem.__class__.__name__, size, list(buffer.shape), buffer.address]


def _buffers(rows: Sequence[Any]) -> tuple[Buffer, ...]:
    elems: dict[str, Callable[[int], Scalar]] = {
        "Real": lambda _: Real(),
        "Bool": lambda _: Bool(),
        "Index": Index,
    }
    found: list[Buffer] = []
    for kind, size, shape, address in rows:
        elem: Scalar = elems[kind](size)
        found.append(Buffer(elem, tuple(shape), address))
    return tuple(found)
