"""A small language in which the formulas of this package are written and become wasm instructions.

A `Value` is code that leaves one number on the operand stack; Python's operators join values. A
`Body` collects the statements of one function: locals, conditional blocks, loops, early returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from rose.ir.record import record
from rose.wasm.module import Function, Op
from rose.wasm.opcodes import ValType

Operand: TypeAlias = "Value | float"


@record(eq=False, slots=False)
class Value:
    """Code that pushes one number of type `valtype`; it may be evaluated any number of times.

    Integers compare as signed, and `>>` shifts in zeros; other readings have methods with names.
    """

    valtype: ValType
    code: tuple[Op, ...]

    def _of(self, operand: Operand) -> Value:
        return operand if isinstance(operand, Value) else constant(self.valtype, operand)

    def _binary(self, name: str, other: Operand, valtype: ValType | None = None) -> Value:
        code = (*self.code, *self._of(other).code, (f"{self.valtype}.{name}",))
        return Value(valtype or self.valtype, code)

    def _reversed(self, name: str, other: Operand) -> Value:
        return self._of(other)._binary(name, self)

    def _compare(self, name: str, other: Operand) -> Value:
        signed = "" if self.valtype == "f64" else "_s"
        return self._binary(name + signed, other, "i32")

    def unary(self, name: str, valtype: ValType | None = None) -> Value:
        """Apply the instruction `name` (with its type), whose result has the type given."""
        return Value(valtype or self.valtype, (*self.code, (name,)))

    def __add__(self, other: Operand) -> Value:
        return self._binary("add", other)

    def __radd__(self, other: Operand) -> Value:
        return self._reversed("add", other)

    def __sub__(self, other: Operand) -> Value:
        return self._binary("sub", other)

    def __rsub__(self, other: Operand) -> Value:
        return self._reversed("sub", other)

    def __mul__(self, other: Operand) -> Value:
        return self._binary("mul", other)

    def __rmul__(self, other: Operand) -> Value:
        return self._reversed("mul", other)

    def __truediv__(self, other: Operand) -> Value:
        return self._binary("div", other)

    def __rtruediv__(self, other: Operand) -> Value:
        return self._reversed("div", other)

    def __and__(self, other: Operand) -> Value:
        return self._binary("and", other)

    def __or__(self, other: Operand) -> Value:
        return self._binary("or", other)

    def __xor__(self, other: Operand) -> Value:
        return self._binary("xor", other)

    def __lshift__(self, other: Operand) -> Value:
        return self._binary("shl", other)

    def __rshift__(self, other: Operand) -> Value:
        return self._binary("shr_u", other)

    def __neg__(self) -> Value:
        return self.unary("f64.neg") if self.valtype == "f64" else 0 - self

    def __abs__(self) -> Value:
        return self.unary("f64.abs")

    def __lt__(self, other: Operand) -> Value:
        return self._compare("lt", other)

    def __le__(self, other: Operand) -> Value:
        return self._compare("le", other)

    def __gt__(self, other: Operand) -> Value:
        return self._compare("gt", other)

    def __ge__(self, other: Operand) -> Value:
        return self._compare("ge", other)

    def equals(self, other: Operand) -> Value:
        """1 where both are equal (never for NaN), else 0."""
        return self._binary("eq", other, "i32")

    def differs(self, other: Operand) -> Value:
        """1 where both differ (always for NaN), else 0."""
        return self._binary("ne", other, "i32")

    def below(self, other: Operand) -> Value:
        """Whether an integer is less than another, both read as unsigned."""
        return self._binary("lt_u", other, "i32")

    def divided_unsigned(self, other: Operand) -> Value:
        """The quotient of two integers, both read as unsigned, cut to a whole number."""
        return self._binary("div_u", other)

    def remainder_unsigned(self, other: Operand) -> Value:
        """What division of two integers leaves, both read as unsigned."""
        return self._binary("rem_u", other)

    def shift_signed(self, count: Operand) -> Value:
        """Shift an integer right, repeating its sign."""
        return self._binary("shr_s", count)

    def fails(self) -> Value:
        """The negation of a condition; of a comparison, it holds for NaN."""
        return self.unary(f"{self.valtype}.eqz", "i32")

    def sqrt(self) -> Value:
        """The square root, correctly rounded."""
        return self.unary("f64.sqrt")

    def floor(self) -> Value:
        """The largest whole number that is not greater."""
        return self.unary("f64.floor")

    def with_sign_of(self, other: Operand) -> Value:
        """The magnitude of this number with the sign of another."""
        return self._binary("copysign", other)

    def bits(self) -> Value:
        """The 64 bits of a float."""
        return self.unary("i64.reinterpret_f64", "i64")

    def float_of_bits(self) -> Value:
        """The float that has these 64 bits."""
        return self.unary("f64.reinterpret_i64", "f64")

    def to_float(self) -> Value:
        """A signed integer as a float."""
        return self.unary(f"f64.convert_{self.valtype}_s", "f64")

    def low_word(self) -> Value:
        """The low 32 bits of a 64-bit integer."""
        return self.unary("i32.wrap_i64", "i32")

    def widened(self) -> Value:
        """A signed 32-bit integer with 64 bits."""
        return self.unary("i64.extend_i32_s", "i64")

    def load(self, valtype: ValType, offset: int = 0) -> Value:
        """The number in memory at this address plus `offset`."""
        return Value(valtype, (*self.code, (f"{valtype}.load", offset)))


@record(eq=False, slots=False)
class Local(Value):
    """A local variable, read by its code."""

    number: int


def constant(valtype: ValType, number: float) -> Value:
    """A constant; integers are given by their low 32 or 64 bits, signed or not."""
    if valtype == "f64":
        return Value("f64", (("f64.const", float(number)),))
    assert isinstance(number, int), f"an {valtype} constant must be an int, got {number!r}"
    half = 1 << int(valtype[1:]) - 1
    signed = (number + half) % (2 * half) - half
    return Value(valtype, ((f"{valtype}.const", signed),))


def data(content: bytes) -> Value:
    """The address of constant bytes."""
    return Value("i32", (("data", content),))


def call(function: Function, *args: Value) -> Value:
    """The result of a function that has one."""
    assert len(function.results) == 1, f"{function.name} has {len(function.results)} results"
    code = tuple(op for arg in args for op in arg.code)
    return Value(function.results[0], (*code, ("call", function)))


def choose(condition: Value, yes: Operand, no: Operand) -> Value:
    """One of two values; only that one is evaluated. Plain numbers are floats."""
    first = yes if isinstance(yes, Value) else constant("f64", yes)
    second = no if isinstance(no, Value) else constant("f64", no)
    assert first.valtype == second.valtype, f"a choice of {first.valtype} or {second.valtype}"
    code = (("if", first.valtype), *first.code, ("else",), *second.code, ("end",))
    return Value(first.valtype, (*condition.code, *code))


def polynomial(x: Value, coefficients: Sequence[Operand]) -> Value:
    """c0 + c1 x + c2 x**2 + ..., by Horner's rule."""
    result, *rest = reversed(coefficients)
    for coefficient in rest:
        result = result * x + coefficient
    return result if isinstance(result, Value) else constant("f64", result)


def polynomial_by_halves(x: Value, square: Value, coefficients: Sequence[Operand]) -> Value:
    """The same as a sum of even and odd powers, two chains that a processor runs side by side."""
    return polynomial(square, coefficients[::2]) + x * polynomial(square, coefficients[1::2])


class Body:
    """The statements of one wasm function, in order."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.code: list[Op] = []

    def params(self) -> list[Local]:
        """The function's parameters."""
        return [
            Local(valtype, (("local.get", number),), number)
            for number, valtype in enumerate(self.function.params)
        ]

    def let(self, value: Value) -> Local:
        """A new local variable that holds the value."""
        local = self.new(value.valtype)
        self.set(local, value)
        return local

    def new(self, valtype: ValType) -> Local:
        """A new local variable that holds 0."""
        number = self.function.new_local(valtype)
        return Local(valtype, (("local.get", number),), number)

    def set(self, local: Local, value: Operand) -> None:
        """Change a local variable or parameter."""
        number = value if isinstance(value, Value) else constant(local.valtype, value)
        assert number.valtype == local.valtype, f"{number.valtype} put into a {local.valtype} local"
        self.code += (*number.code, ("local.set", local.number))

    def set_results(self, locals_: Sequence[Local], function: Function, *args: Value) -> None:
        """Call a function with any number of results, each put into one of the locals."""
        self.code += (op for arg in args for op in arg.code)
        self.code.append(("call", function))
        self.code += [("local.set", local.number) for local in reversed(locals_)]

    @contextmanager
    def when(self, condition: Value) -> Generator[None, None, None]:
        """Run the statements inside only where the condition holds."""
        self.code += (*condition.code, ("if", None))
        yield
        self.code.append(("end",))

    @contextmanager
    def repeat_while(self, condition: Value) -> Generator[None, None, None]:
        """Run the statements inside as long as the condition holds."""
        self.code += (("loop", None), *condition.code, ("if", None))
        yield
        self.code += (("br", 1), ("end",), ("end",))

    def give(self, *results: Operand) -> None:
        """Return from the function."""
        self.leave(*results)
        self.code.append(("return",))

    def leave(self, *results: Operand) -> None:
        """Leave the function's results on the operand stack, as its last statement does."""
        for result, valtype in zip(results, self.function.results, strict=True):
            value = result if isinstance(result, Value) else constant(valtype, result)
            assert value.valtype == valtype, f"{self.function.name} returns a {value.valtype}"
            self.code += value.code


# A Body and the parameters of the function, each a Local -> the result or results.
Definition: TypeAlias = Callable[..., "Operand | tuple[Operand, ...]"]


def define(
    name: str, params: str = "f64", results: str = "f64"
) -> Callable[[Definition], Function]:
    """Turn a Python function of a Body and its parameters, which returns the results, into wasm."""

    def build(definition: Definition) -> Function:
        function = Function(name, _types(params), _types(results))
        body = Body(function)
        value = definition(body, *body.params())
        body.leave(*(value if isinstance(value, tuple) else (value,)))
        function.body = _without_idle_locals(body.code)
        _group_locals(function)
        return function

    return build


def _types(text: str) -> tuple[ValType, ...]:
    known: dict[str, ValType] = {"i32": "i32", "i64": "i64", "f64": "f64"}
    return tuple(known[word] for word in text.split())


def _without_idle_locals(code: Sequence[Op]) -> list[Op]:
    """Keep a value on the stack where a local is read right after it is set."""
    reads = Counter(op[1] for op in code if op[0] == "local.get")
    result: list[Op] = []
    for op in code:
        if op[0] == "local.get" and result and result[-1] == ("local.set", op[1]):
            result.pop()
            if reads[op[1]] > 1:
                result.append(("local.tee", op[1]))
        else:
            result.append(op)
    return result


def _group_locals(function: Function) -> None:
    """Renumber the locals in use, so that those of one type lie together and take little room."""
    first = len(function.params)
    used: set[int] = {
        op[1] for op in function.body if op[0].startswith("local.") and op[1] >= first
    }
    order = sorted(used, key=lambda number: (function.locals[number - first], number))
    renumbered = dict(enumerate(range(first))) | {old: first + new for new, old in enumerate(order)}
    function.locals = [function.locals[number - first] for number in order]
    function.body = [
        (op[0], renumbered[op[1]]) if op[0].startswith("local.") else op for op in function.body
    ]
