"""What the host under Pyodide says when the browser refuses something, with a browser that refuses everything."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import rose
from rose.wasm.layout import Interface


class JsException(Exception):  # noqa: N818 (Pyodide's name)
    """What Pyodide raises for an exception of JavaScript."""


class Refusing:
    """A constructor, or a function, of JavaScript that throws; `new` gives an object once `gives` is set."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.gives: Any = None

    def new(self, *_: Any) -> Any:
        return self.gives or self()

    def __call__(self) -> Any:
        raise JsException(self.text)


@pytest.fixture
def js(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What `import js` gives, with `host` as the host that was imported beside it."""

    def to_js(x: Any, **_: Any) -> Any:
        return x

    def get(exports: Any, name: str) -> Any:
        return exports[name]

    def new(*_: Any) -> SimpleNamespace:
        return SimpleNamespace(assign=bytes, assign_to=bytes)

    ffi = SimpleNamespace(JsException=JsException, create_proxy=id, to_js=to_js)
    fake = SimpleNamespace(
        Object=SimpleNamespace(fromEntries=None),
        Reflect=SimpleNamespace(get=get),
        Uint8Array=SimpleNamespace(new=new),
        WebAssembly=SimpleNamespace(
            Module=Refusing("RangeError: too large"), Instance=Refusing("RangeError: no room")
        ),
    )
    modules: dict[str, Any] = {"js": fake, "pyodide": ModuleType("pyodide"), "pyodide.ffi": ffi}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    fake.host = importlib.import_module("rose.run.browser")
    yield fake
    del sys.modules["rose.run.browser"]


def test_what_the_browser_refuses_is_told(js: Any) -> None:
    def module() -> Any:
        return js.host.Module(b"\0asm", {"f": Interface((), ())}, [], watched=False)

    with pytest.raises(rose.RoseError) as raised:
        module()
    assert raised.value.message == (
        "the browser does not compile a module of 4 bytes: RangeError: too large; run Pyodide in a Worker"
    )

    js.WebAssembly.Module.gives = SimpleNamespace()
    with pytest.raises(rose.MemoryLimitError) as refused:
        module().take()
    assert refused.value.message == (
        "the browser gives no memory for an instance of a module: RangeError: no room; make its Vecs smaller"
    )

    exports = {
        "f": Refusing("RangeError: Maximum call stack size exceeded"),
        "memory": SimpleNamespace(buffer=b""),
    }
    js.WebAssembly.Instance.gives = SimpleNamespace(exports=exports)
    with pytest.raises(rose.RoseError) as trapped:
        module().take().call("f")
    assert trapped.value.message == (
        "f trapped while running: RangeError: Maximum call stack size exceeded; if its calls nest too deep, write a "
        "rose.loop in place of functions that call each other in a long chain"
    )
