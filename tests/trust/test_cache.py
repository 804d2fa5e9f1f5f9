"""The cache on disk: found again in another process, and never believed when it is damaged."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rose.ir.record import replace
from rose.run import cache

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
import rose
from rose import Real, Vec, fn
from rose.api import compiling

@fn
def energy(v: Vec[3], scale: Real = {scale}) -> Real:
    return scale * rose.exp({factor} * rose.dot(v, v))

lowered = []
lower = compiling._lower
compiling._lower = lambda functions: lowered.append(1) or lower(functions)
value, slope = rose.value_and_grad(energy)([0.1, 0.2, 0.3])
print(len(lowered), value, slope)
assert "f64.mul" in rose.value_and_grad(energy).compiled.wat
"""


def run(folder: Path | str, factor: float = 1.0, scale: float = 1.0, seed: str = "0") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(factor=factor, scale=scale)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": "src",
            "ROSE_CACHE": str(folder),
            "PYTHONHASHSEED": seed,
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(maxsplit=1)


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.rose"))


def test_an_unchanged_program_is_found_again(tmp_path: Path) -> None:
    compiled, result = run(tmp_path / "c", seed="1")
    assert compiled == "1"
    assert run(tmp_path / "c", seed="2") == ["0", result]
    assert len(entries(tmp_path / "c")) == 1
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o700


def test_a_changed_program_is_another_one(tmp_path: Path) -> None:
    run(tmp_path)
    assert run(tmp_path, factor=2.0)[0] == "1"
    assert run(tmp_path, factor=-1.0)[0] == "1"
    assert len(entries(tmp_path)) == 3


def test_off_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert run("off")[0] == run("off")[0] == "1"
    assert not any(tmp_path.iterdir())


def test_it_is_kept_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert run("")[0] == "1"
    assert len(entries(tmp_path / "rose-autodiff")) == 1


def with_a_bit_turned(k: int, data: bytes) -> bytes:
    return data[:k] + bytes([data[k] ^ 1]) + data[k + 1 :]


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda data: data[:0],
    lambda data: data[:10],
    lambda data: data[:-1],
    lambda data: data + b"\0",
    lambda data: b"rose cache 0\n" + data[13:],
    *[partial(with_a_bit_turned, k) for k in (0, 20, 50, 70, 100, -1000, -1)],
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    _, result = run(tmp_path)
    (entry,) = entries(tmp_path)
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole))
    assert run(tmp_path) == ["1", result]
    assert run(tmp_path) == ["0", result]


def test_what_others_may_write_is_not_read(tmp_path: Path) -> None:
    _, result = run(tmp_path)
    (entry,) = entries(tmp_path)
    entry.chmod(0o666)
    assert run(tmp_path) == ["1", result]
    tmp_path.chmod(0o777)
    assert run(tmp_path) == ["1", result]


def test_an_entry_under_the_name_of_another_is_not_read(tmp_path: Path) -> None:
    _, result = run(tmp_path)
    (first,) = entries(tmp_path)
    run(tmp_path, factor=2.0)
    other = next(path for path in entries(tmp_path) if path != first)
    first.write_bytes(other.read_bytes())
    assert run(tmp_path) == ["1", result]


def test_machine_code_of_another_wasmtime_is_made_anew(tmp_path: Path) -> None:
    _, result = run(tmp_path)
    (path,) = entries(tmp_path)
    name = path.stem
    entry = cache._unpack(name, path.read_bytes())
    assert entry is not None
    older = replace(entry, native=entry.native.replace(b"wasmtime", b"wasmtide"))
    assert older != entry
    path.write_bytes(cache._pack(name, older))
    assert run(tmp_path) == ["0", result]
    assert cache._unpack(name, path.read_bytes()) == entry


@given(st.binary(max_size=200), st.integers(0, 120))
def test_any_bytes_are_no_entry(data: bytes, start: int) -> None:
    whole = cache._pack("name", cache.Entry(b"module", b"code", {}, watched=True))
    assert cache._unpack("name", data) is None
    changed = whole[:start] + data + whole[start + len(data) :]
    assert changed == whole or cache._unpack("name", changed) is None


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert run(tmp_path / "file" / "cache")[0] == "1"


def test_old_entries_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSE_CACHE", str(tmp_path))
    entry = cache.Entry(b"x" * 1000, b"y" * 1000, {}, watched=False)
    monkeypatch.setattr(cache, "MOST_BYTES", 7000)
    for k in range(5):
        cache.store(f"{k}", entry)
        os.utime(tmp_path / f"{k}.rose", (k, k))
    assert cache.load("0") is None
    assert cache.load("4") == entry
    assert [path.stem for path in entries(tmp_path)] == ["2", "3", "4"]
