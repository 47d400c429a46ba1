"""Arrays of numbers of a program: NumPy's functions, applied to them, write equations on the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from adcompiler.ir.build import Builder
from adcompiler.ir.nodes import Atom, Equation, Literal, Slot
from adcompiler.passes.fold_constants import ARITHMETIC
from adcompiler.rules.table import RULES


class NotNumbersError(Exception):
    """Something that is not said of numbers one by one."""


class Number:
    """An element: NumPy's functions, applied to an array of these, write what they compute.

    Comparisons have no truth value, so that whatever decides by one is not taken for numbers.
    """

    __slots__ = ("atom", "builder")

    def __init__(self, builder: Builder, atom: Atom) -> None:
        self.builder = builder
        self.atom = atom

    def apply(self, name: str, *operands: Any) -> Number:
        """An operation of the rule table on numbers."""
        atoms = [atom_of(operand) for operand in operands]
        return Number(self.builder, self.builder.emit(RULES[name].primitive, *atoms))

    def __bool__(self) -> bool:
        raise NotNumbersError

    def __add__(self, other: Any) -> Number:
        return self.apply("add", self, other)

    def __radd__(self, other: Any) -> Number:
        return self.apply("add", other, self)

    def __sub__(self, other: Any) -> Number:
        return self.apply("subtract", self, other)

    def __rsub__(self, other: Any) -> Number:
        return self.apply("subtract", other, self)

    def __mul__(self, other: Any) -> Number:
        return self.apply("multiply", self, other)

    def __rmul__(self, other: Any) -> Number:
        return self.apply("multiply", other, self)

    def __truediv__(self, other: Any) -> Number:
        return self.apply("divide", self, other)

    def __rtruediv__(self, other: Any) -> Number:
        return self.apply("divide", other, self)

    def __neg__(self) -> Number:
        return self.apply("negative", self)

    def __pos__(self) -> Number:
        return self

    def __abs__(self) -> Number:
        return self.apply("builtins.abs", self)

    def __pow__(self, exponent: Any) -> Number:
        if atom_of(exponent) == Literal(2):
            return self * self  # exact, as NumPy's is
        return self.apply("math.pow", self, exponent)  # `**` makes a complex number of a root of a negative one

    def __rpow__(self, base: Any) -> Number:
        return self.apply("math.pow", base, self)

    def conjugate(self) -> Number:
        """Itself: a real number."""
        return self


def _function(name: str) -> Callable[[Number], Number]:
    return lambda number: number.apply(name, number)


_OF_NUMBERS = {
    "exp": "math.exp",
    "exp2": "math.exp2",
    "expm1": "math.expm1",
    "log": "math.log",
    "log2": "math.log2",
    "log10": "math.log10",
    "log1p": "math.log1p",
    "sin": "math.sin",
    "cos": "math.cos",
    "tan": "math.tan",
    "arcsin": "math.asin",
    "arccos": "math.acos",
    "arctan": "math.atan",
    "sinh": "math.sinh",
    "cosh": "math.cosh",
    "tanh": "math.tanh",
    "arcsinh": "math.asinh",
    "arccosh": "math.acosh",
    "arctanh": "math.atanh",
    "sqrt": "math.sqrt",
    "cbrt": "math.cbrt",
}
"""NumPy calls the methods of these names of an array's objects; and what Python calls the same function."""

for _numpy, _python in _OF_NUMBERS.items():
    setattr(Number, _numpy, _function(_python))
Number.square = lambda self: self * self  # type: ignore[attr-defined]
Number.reciprocal = lambda self: 1.0 / self  # type: ignore[attr-defined]

_ARITHMETIC = {"add", "subtract", "multiply", "divide", "negative", "positive", "power", "float_power", "absolute"}
_CONTRACTIONS = {"sum", "mean", "prod", "dot", "matmul", "inner", "outer", "vdot", "trace", "cumsum", "cumprod"}
_REARRANGED = {"reshape", "ravel", "transpose", "swapaxes", "moveaxis", "expand_dims", "squeeze", "flip", "roll"}
_COMPOSED = {"stack", "concatenate", "vstack", "hstack", "column_stack", "broadcast_to", "copy", "diagonal", "diag"}
_MASKED = {"eye", "where", "tril", "triu", "unbroadcast"}
EXPRESSIBLE = frozenset(
    {*_OF_NUMBERS, "square", "reciprocal", *_ARITHMETIC, *_CONTRACTIONS, *_REARRANGED, *_COMPOSED, *_MASKED}
)
"""Functions that NumPy computes of objects as it does of floats: element by element, or by adding up their products."""

_FILLED = {"empty": 0.0, "zeros": 0.0, "ones": 1.0, "zeros_like": 0.0, "ones_like": 1.0}
_QUERIES: dict[str, Callable[[Any], Any]] = {"shape": np.shape, "size": np.size, "ndim": np.ndim, "len": len}
_OF_SCALARS = {"greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "not", "range", "floor_divide"}
"""What is computed of numbers that are none of an array's: conditions, positions."""


def atom_of(value: Any) -> Atom:
    """A number, symbolic or known, as an operand of equations."""
    match value:
        case Number():
            return value.atom
        case np.generic():
            return Literal(value.item())
        case bool() | int() | float():
            return Literal(value)
    raise NotNumbersError


class NumberStructure(tuple[Any, ...]):
    """A tuple, or what Python writes as a list, a dict or an object."""

    static: Mapping[str, Any]

    def __new__(cls, parts: Sequence[Any], static: Mapping[str, Any]) -> NumberStructure:
        """Parts, and the static parameters of the equation that puts them together."""
        made = super().__new__(cls, parts)
        made.static = static
        return made


def computed(equation: Equation, operands: list[Any], builder: Builder) -> Any:
    """What an equation without regions computes of numbers, arrays of numbers and structures of these."""
    name, static = equation.primitive.name, equation.parameters
    if name in _QUERIES:
        found = _QUERIES[name](operands[0])
        return found if isinstance(found, tuple) else Number(builder, Literal(int(found)))
    if name == "axis_length":
        return Number(builder, Literal(np.shape(operands[0])[static["axis"]]))
    if name == "make_tuple":
        return NumberStructure(operands, static)
    if name == "item":
        return operands[0][static["index"]]
    if name in ("getitem", "setitem", "additem"):
        return _part(name, operands, static["index"])
    if name in _FILLED or name == "full":
        return _filled(name, operands, static, builder)
    if name == "float64" and isinstance(operands[0], Number):
        return operands[0]
    if name in _OF_SCALARS and all(isinstance(x, Number) for x in operands):
        return Number(builder, builder.emit(equation.primitive, *(x.atom for x in operands), **static))
    if name not in EXPRESSIBLE or equation.outputs[0].type.dtype not in ("float64", "int64", "bool"):
        raise NotNumbersError
    if name in _ARITHMETIC and all(isinstance(x, Number) and not is_floating(x) for x in operands):
        values = list(map(_known, operands))
        if name in ARITHMETIC and all(isinstance(value, int) for value in values):
            return Number(builder, Literal(ARITHMETIC[name](*values)))
        return Number(builder, builder.emit(equation.primitive, *(x.atom for x in operands), **static))
    function, operands = RULES[name].function, list(map(_known, operands))
    return _wrapped(
        builder, function(operands, **static) if equation.primitive.packs else function(*operands, **static)
    )


def _wrapped(builder: Builder, result: Any) -> Any:
    """What a function of NumPy made of objects."""
    if isinstance(result, np.ndarray) and result.dtype == bool:
        return result  # a mask that is known
    if isinstance(result, np.ndarray) and result.dtype == object:
        numbers = [x if isinstance(x, Number) else Number(builder, atom_of(x)) for x in result.flat]
        return shaped(numbers, result.shape) if result.ndim else numbers[0]
    if isinstance(result, Number):
        return result
    raise NotNumbersError


def _filled(name: str, operands: list[Any], static: Mapping[str, Any], builder: Builder) -> Any:
    if static.get("dtype") not in (None, "float64"):
        raise NotNumbersError
    shape = np.shape(operands[0]) if name.endswith("_like") else _lengths(operands[0])
    value = operands[1] if name == "full" else Number(builder, Literal(_FILLED[name]))
    return shaped([value] * math.prod(shape), shape) if shape else value


def is_floating(number: Number) -> bool:
    """Whether Python's arithmetic on a number is that of its dtype."""
    return number.atom.type.dtype == "float64"


def _known(operand: Any) -> Any:
    """An operand of a function of NumPy: what is known stands as it is."""
    if isinstance(operand, NumberStructure):
        return _lengths(operand)
    if isinstance(operand, Number) and isinstance(operand.atom, Literal):
        return operand.atom.value
    return operand


def _lengths(shape: Any) -> tuple[int, ...]:
    """A shape that is known, of one axis or several."""
    atoms = list(map(atom_of, shape if isinstance(shape, tuple) else (shape,)))
    found = [atom.value for atom in atoms if isinstance(atom, Literal) and isinstance(atom.value, int)]
    if len(found) < len(atoms):
        raise NotNumbersError
    return tuple(found)


def _part(name: str, operands: list[Any], index: tuple[Any, ...]) -> Any:
    """A read or an update at a place that is known."""
    whole, *rest = operands
    slots = list(map(_known, rest if name == "getitem" else rest[1:]))

    def at(item: Any) -> Any:
        match item:
            case slice():
                return slice(at(item.start), at(item.stop), at(item.step))
            case Slot(number=number):
                item = slots[number]
        if not isinstance(item, int | type(None) | type(Ellipsis)):
            raise NotNumbersError
        return item

    place = tuple(map(at, index))
    if not isinstance(whole, np.ndarray):
        raise NotNumbersError
    if name == "getitem":
        return whole[place]
    changed = whole.copy()
    if name == "setitem":
        changed[place] = rest[0]
    else:
        changed[place] = np.frompyfunc(_accumulated, 2, 1)(changed[place], rest[0])
    return changed


def _accumulated(number: Number, contribution: Any) -> Any:
    """A cotangent and one more contribution; the first one takes the place of zero."""
    return contribution if number.atom == Literal(0.0) else number + contribution


def shaped(elements: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """An array of objects."""
    made = np.empty(len(elements), dtype=object)
    for number, element in enumerate(elements):
        made[number] = element
    return made.reshape(shape)
