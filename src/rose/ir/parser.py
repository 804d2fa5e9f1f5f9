"""Text form -> Func: the inverse of `rose.ir.printer`."""

from __future__ import annotations

import re
from math import prod
from typing import Any, NoReturn

from rose.errors import NOWHERE, Location, ParseError
from rose.ir.check import check
from rose.ir.func import (
    Accum,
    Add,
    Apply,
    Block,
    Call,
    Cond,
    Func,
    Instr,
    Loop,
    Resolve,
    Values,
    While,
)
from rose.ir.host import Host
from rose.ir.primitive import REGISTRY
from rose.ir.types import BOOL, REAL, Array, Index, Ref, Scalar, Type

_TOKEN = re.compile(
    r"\s+|\#[^\n]*"
    r"|(?P<value>%[0-9]+)"
    r"|(?P<number>-?(?:[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?|inf\b|nan\b))"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_.]*)"
    r"|(?P<string>\"[A-Za-z0-9_$.]*\")"
    r"|(?P<sign>->|[-(){}\[\]<>,:=])"
)
MAX_VALUES = (
    10_000_000  # values are numbered densely, so a number far above this is a slip or an attack
)
MOST_NESTED = 100  # blocks in blocks
MOST_SCALARS = 2**29  # of an array: as many Reals are all the memory that a module may have


def parse(text: str, file: str = "") -> Func:
    """Read a program in the text form; the last function is the one given back.

    Args:
        text: as `print_program` writes it.
        file: named in errors.

    Raises:
        ParseError: with the line where the text stops making sense.
        CheckError: if it reads well but breaks a rule of the IR.
    """
    return check(_Parser(text, file).program())


class _Parser:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.tokens = self.tokenize()
        self.position = 0
        self.funcs: dict[str, Func] = {}
        self.types: dict[int, Type] = {}
        self.depth = 0  # of the block that is read

    def tokenize(self) -> list[tuple[str, str, int]]:
        tokens: list[tuple[str, str, int]] = []
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise self.error(f"unexpected character {self.text[at]!r}", at)
            at = match.end()
            if match.lastgroup:
                tokens.append((match.lastgroup, match.group(), match.start()))
        return [*tokens, ("end", "the end", len(self.text))]

    def fail(self, message: str) -> NoReturn:
        """Refuse the next token."""
        raise self.error(message, self.tokens[self.position][2])

    def error(self, message: str, at: int) -> ParseError:
        line = self.text.count("\n", 0, at) + 1
        where = Location(self.file, line) if self.file else NOWHERE
        return ParseError(f"line {line}: {message}", where)

    # --- tokens -------------------------------------------------------------------------------------------

    @property
    def ahead(self) -> str:
        return self.tokens[self.position][1]

    def take(self, kind: str) -> str:
        """The next token, which must be of this kind."""
        if self.tokens[self.position][0] != kind:
            self.fail(f"expected a {kind}, found {self.ahead!r}")
        self.position += 1
        return self.tokens[self.position - 1][1]

    def accept(self, text: str) -> bool:
        """Pass over the next token if it is this one."""
        found = self.ahead == text and self.tokens[self.position][0] != "end"
        self.position += found
        return found

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.fail(f"expected {text!r}, found {self.ahead!r}")

    def integer(self) -> int:
        text = self.take("number")
        if not text.lstrip("-").isdigit() or len(text) > 18:
            self.position -= 1
            self.fail(f"expected an integer, found {text!r}")
        return int(text)

    def value(self) -> int:
        v = int(self.take("value")[1:20])
        if v >= MAX_VALUES:
            self.position -= 1
            self.fail(f"value numbers go up to {MAX_VALUES}, found %{v}")
        return v

    def values(self) -> Values:
        """Values parted by commas; none is allowed. A value with a type begins the next line."""
        found: list[int] = []
        while self.ahead_is_value() and self.tokens[self.position + 1][1] != ":":
            found.append(self.value())
            if not self.accept(","):
                break
        return tuple(found)

    def ahead_is_value(self) -> bool:
        return self.tokens[self.position][0] == "value"

    def typed_values(self) -> Values:
        """Values with their types, parted by commas; none is allowed."""
        found: list[int] = []
        while self.ahead_is_value():
            v = self.value()
            self.expect(":")
            if v in self.types:
                self.fail(f"%{v} is defined twice")
            self.types[v] = self.type()
            found.append(v)
            if not self.accept(","):
                break
        return tuple(found)

    # --- types and literals -------------------------------------------------------------------------------

    def type(self) -> Type:
        word = self.take("word")
        if word == "ref" and self.ahead != "ref":
            array = self.type()
            return Ref(array) if isinstance(array, Array) else self.fail("a ref is to an array")
        elem: Scalar
        match word:
            case "real":
                elem = REAL
            case "bool":
                elem = BOOL
            case "index" if self.accept("["):
                index = self.index()
                self.expect("]")
                return index
            case "index":
                self.expect("<")
                elem = self.index()
                self.expect(">")
            case _:
                self.fail(f"expected a type, found {word!r}")
        return Array(elem, self.shape()) if self.accept("[") else elem

    def index(self) -> Index:
        size = self.integer()
        if not 1 <= size < 2**31:
            self.fail(f"an index has a size from 1 to 2147483647, found {size}")
        return Index(size)

    def shape(self) -> tuple[int, ...]:
        sizes = [self.integer()]
        while self.accept(","):
            sizes.append(self.integer())
        self.expect("]")
        if min(sizes) < 1:
            self.fail(f"sizes are at least 1, found {sizes}")
        if prod(sizes) > MOST_SCALARS:
            self.fail(f"an array holds at most {MOST_SCALARS} scalars, found {prod(sizes)}")
        return tuple(sizes)

    def literal(self) -> Any:
        kind, text, _ = self.tokens[self.position]
        if text == "(":
            return self.tuple()
        if text in ("True", "False"):
            self.position += 1
            return text == "True"
        if text in ("inf", "nan"):
            self.position += 1
            return float(text)
        if kind == "string":
            self.position += 1
            return Host(text[1:-1], text[1:-1], 0)
        if kind == "word":
            return self.type()
        number = self.take("number")
        return int(number) if number.lstrip("-").isdigit() and len(number) < 20 else float(number)

    def tuple(self) -> tuple[Any, ...]:
        self.expect("(")
        items: list[Any] = []
        while not self.accept(")"):
            if items:
                self.expect(",")
            if self.ahead == "(":
                self.fail("tuples do not nest")
            items.append(self.literal())
        return tuple(items)

    # --- functions and instructions -----------------------------------------------------------------------

    def program(self) -> Func:
        last = None
        while self.tokens[self.position][0] != "end":
            last = self.func()
        return last if last is not None else self.fail("expected at least one func")

    def func(self) -> Func:
        self.expect("func")
        name = self.take("word")
        if name in self.funcs:
            self.fail(f"function {name} is defined twice")
        self.types = {}
        self.expect("(")
        params = self.typed_values()
        self.expect(")")
        self.expect("->")
        declared = self.result_types()
        body = self.block(params, "return")
        if any(v not in self.types for v in body.results):
            self.fail(f"{name} returns a value that is not defined")
        if [self.types[v] for v in body.results] != declared:
            self.fail(f"{name} returns other types than it declares")
        if any(v not in self.types for v in range(len(self.types))):
            self.fail(f"the values of {name} are not numbered 0, 1, 2, ... without gaps")
        types = tuple(self.types[v] for v in range(len(self.types)))
        self.funcs[name] = Func(name, types, body)
        return self.funcs[name]

    def result_types(self) -> list[Type]:
        self.expect("(")
        found: list[Type] = []
        while not self.accept(")"):
            if found:
                self.expect(",")
            found.append(self.type())
        return found

    def block(self, params: Values, keyword: str) -> Block:
        """The lines of a block from its opening to its closing brace, without recursion on their number."""
        self.expect("{")
        self.depth += 1
        if self.depth > MOST_NESTED:
            self.fail(f"blocks nest at most {MOST_NESTED} deep")
        instrs: list[Instr] = []
        while not self.accept(keyword):
            instrs.append(self.instr())
        self.depth -= 1
        results = self.values()
        self.expect("}")
        return Block(params, tuple(instrs), results)

    def instr(self) -> Instr:
        results = self.typed_values()
        if results:
            self.expect("=")
        word = self.take("word")
        match word:
            case "call":
                return self.call(results)
            case "loop":
                return self.loop(results)
            case "while":
                return self.while_loop(results)
            case "cond":
                return self.cond(results)
            case "accum":
                return Accum(self.values(), results)
            case "accumulate":
                return Add(self.values(), results)
            case "resolve":
                return Resolve(self.values(), results)
            case _:
                return self.apply(word, results)

    def apply(self, word: str, results: Values) -> Apply:
        if word not in REGISTRY:
            self.position -= 1
            self.fail(f"no primitive is called {word!r}")
        prim = REGISTRY[word]
        operands = self.values()
        attrs: list[Any] = []
        for name in prim.attrs:
            self.expect(name)
            self.expect("=")
            attrs.append(self.literal())
        return Apply(prim, operands, results, tuple(attrs))

    def call(self, results: Values) -> Call:
        name = self.take("word")
        if name not in self.funcs:
            self.position -= 1
            self.fail(f"no function above is called {name!r}")
        self.expect("(")
        operands = self.values()
        self.expect(")")
        return Call(self.funcs[name], operands, results)

    def loop(self, results: Values) -> Loop:
        size = self.integer()
        reverse = self.accept("reverse")
        checkpoint = self.integer() if self.accept("checkpoint") else 0
        self.expect("(")
        operands = self.values()
        self.expect(")")
        self.expect("(")
        params = self.typed_values()
        self.expect(")")
        body = self.block(params, "yield")
        return Loop(size, reverse, operands, body, results, checkpoint=checkpoint)

    def while_loop(self, results: Values) -> While:
        self.expect("(")
        operands = self.values()
        self.expect(")")
        blocks: list[Block] = []
        for _ in range(2):
            self.expect("(")
            params = self.typed_values()
            self.expect(")")
            blocks.append(self.block(params, "yield"))
        test, body = blocks
        return While(operands, test, body, results)

    def cond(self, results: Values) -> Cond:
        operands = self.values()
        branches = [self.block((), "yield")]
        while self.ahead == "{":
            branches.append(self.block((), "yield"))
        return Cond(operands, tuple(branches), results)
