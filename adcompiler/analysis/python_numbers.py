"""Python's floats in the place of NumPy's: where what is computed stays the same.

An element of a list is a `float`, that of an array a `np.float64`, and so is what is computed from one. They differ
where Python raises (a division by zero, a power that overflows), where another dtype meets them, and where somebody
asks what they are.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from adcompiler.ir.nodes import (
    FINALLY,
    FOR,
    IF,
    TRY,
    WITH,
    Atom,
    Equation,
    Literal,
    Program,
    Region,
    Value,
    walk,
)
from adcompiler.rules.structure import SHAPE_QUERIES

_ARITHMETIC = frozenset(("add", "subtract", "multiply", "negative", "positive"))
_COMPARISONS = frozenset(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"))
_OTHER_OPERATORS = frozenset(("floor_divide", "remainder", "matmul", "bitwise_and", "bitwise_or", "bitwise_xor")) | {
    *("left_shift", "right_shift", "invert")
}
_OPERATORS = _ARITHMETIC | _COMPARISONS | _OTHER_OPERATORS | {"divide", "power", "builtins.abs"}
"""What code writes as operators, or leaves to the operand: of Python's numbers they make Python's numbers."""
_CONVERSIONS = frozenset(("astype", "builtins.float", "builtins.int", "builtins.bool"))
_HANDING_ON = frozenset(("real", "imag"))
"""NumPy's functions that give Python's numbers for Python's."""
_TWO = (Literal(2), Literal(2.0))


class Care(Enum):
    """What to do about an equation whose operands became Python's numbers."""

    NONE = "it computes the same"
    CONVERT = "convert them back to NumPy's"
    GUARD = "divide NumPy's numbers where the divisor is zero"
    SQUARE = "multiply with itself, which does not raise as `**` does"
    ABSOLUTE = "call Python's `abs`"


class NotTheSameError(Exception):
    """Something looks at what kind of numbers a list holds."""


@dataclass
class PythonNumbers:
    """What becomes of a program in which some numbers are Python's.

    Parameters
    ----------
    program : Program
    plain : set of Value
        The numbers that may be Python's where they were NumPy's, and lists of them. Given are those that start it.
    targets : container of Value
        Versions of arrays that will be lists.
    """

    program: Program
    plain: set[Value]
    targets: Container[Value]
    numpy: set[Value] = field(default_factory=set)
    """The numbers that are surely NumPy's."""
    cares: dict[int, Care] = field(default_factory=dict)
    """What to do about equations, by identity, if anything."""

    def settle(self) -> None:
        """Follow the numbers through the program.

        Raises
        ------
        NotTheSameError
            They come, or lists of them, where they must not, they may meet numbers of a narrower dtype, or an exception
        that Python may raise could be caught.
        """
        if any(equation.primitive in (TRY, FINALLY, WITH) for equation in walk(self.program.body)):
            raise NotTheSameError
        if any(map(_may_be_narrower, _values_of(self.program))):
            raise NotTheSameError
        self._conditions = _only_tested(self.program)
        size = -1
        while size != len(self.plain):
            size = len(self.plain)
            self.numpy.clear()
            self.cares.clear()
            self._region(self.program.body)
        if any(atom in self.plain and atom.type.kind == "list" for atom in self.program.body.results):
            raise NotTheSameError

    def _region(self, region: Region) -> None:
        for equation in region.equations:
            if equation.primitive is IF:
                self._branches(equation)
            elif equation.is_loop:
                self._loop(equation)
            else:
                self._simple(equation)

    def _branches(self, equation: Equation) -> None:
        for region in equation.regions:
            self._region(region)
        for output, *results in zip(equation.outputs, *(region.results for region in equation.regions), strict=True):
            self._hand_on(output, results)
            if all(result in self.numpy for result in results):
                self.numpy.add(output)

    def _loop(self, loop: Equation) -> None:
        sequences = loop.parameters["sequences"] if loop.primitive is FOR else 0
        body = loop.regions[-1]
        for element, sequence in zip(body.parameters[:sequences], loop.inputs, strict=False):
            self._hand_on(element, (sequence,))
        for number, initial in enumerate(loop.inputs[sequences:]):
            for region in loop.regions:
                self._hand_on(region.parameters[sequences + number], (initial, body.results[number]))
        for region in loop.regions:
            self._region(region)
        for number, (output, result) in enumerate(zip(loop.outputs, body.results, strict=True)):
            self._hand_on(output, (result, *loop.inputs[sequences + number : sequences + number + 1]))

    def _hand_on(self, value: Value, sources: Iterable[Atom]) -> None:
        if any(source in self.plain for source in sources):
            if value.type.kind == "scalar" and value.type.dtype != "float64":
                raise NotTheSameError  # one that is of another dtype on another path
            self.plain.add(value)

    def _simple(self, equation: Equation) -> None:
        operands = [atom for atom in equation.inputs if atom in self.plain]
        if not operands:
            if self._gives_numpy(equation):
                self.numpy.add(equation.outputs[0])
            return
        name = equation.primitive.name
        if any(atom.type.kind == "list" for atom in operands):
            if name not in SHAPE_QUERIES:
                raise NotTheSameError
            return
        care = self._care(equation)
        if care is not Care.NONE:
            self.cares[id(equation)] = care
        converted = care is Care.CONVERT and name in _OPERATORS
        if len(equation.outputs) == 1 and equation.outputs[0].type.kind == "scalar":
            if converted or self._gives_numpy(equation):
                self.numpy.add(equation.outputs[0])
            elif care is not Care.CONVERT and (name in _OPERATORS - _COMPARISONS or care is Care.ABSOLUTE):
                self.plain.add(equation.outputs[0])

    def _care(self, equation: Equation) -> Care:
        name = equation.primitive.name
        beside_numpy = any(atom in self.numpy or atom.type.kind == "array" for atom in equation.inputs)
        if name in ("setitem", "additem"):
            array, value = equation.inputs[:2]
            keeps = array in self.targets or array.type.kind == "array"
            is_same = array in self.targets or name == "setitem" or array.type.dtype == "float64"
            return Care.NONE if keeps and is_same and value in self.plain else Care.CONVERT
        if name in _CONVERSIONS or equation.primitive.spelling.startswith("math."):
            return Care.NONE
        if name in _COMPARISONS:
            is_tested = equation.outputs[0] in self._conditions
            return Care.NONE if is_tested and self._is_same_type(equation) else Care.CONVERT
        if not self._is_same_type(equation):
            return Care.CONVERT
        if name in _ARITHMETIC or name == "builtins.abs":
            return Care.NONE
        if name == "divide":
            divisor = equation.inputs[1]
            is_safe = beside_numpy or (isinstance(divisor, Literal) and divisor.value != 0)
            return Care.NONE if is_safe else Care.GUARD
        if name == "power" and not beside_numpy:
            base, exponent = equation.inputs
            return Care.SQUARE if base in self.plain and exponent in _TWO else Care.CONVERT
        if name == "absolute" and not equation.static:
            return Care.ABSOLUTE
        is_numpy = beside_numpy if name in _OPERATORS else _is_of_numpy(equation)
        return Care.NONE if is_numpy else Care.CONVERT

    def _is_same_type(self, equation: Equation) -> bool:
        """Whether the result has the same dtype and shape if these operands are Python's numbers, which are weak."""
        before = [atom.type for atom in equation.inputs]
        after = [
            replace(type, weak=True) if atom in self.plain else type
            for atom, type in zip(equation.inputs, before, strict=True)
        ]
        one, other = (equation.primitive.infer(*types, **equation.parameters) for types in (before, after))
        return all(
            (a.dtype, a.shape) == (b.dtype, b.shape) and a.dtype is not None for a, b in zip(one, other, strict=True)
        )

    def _gives_numpy(self, equation: Equation) -> bool:
        """Whether the result is one number, and surely NumPy's."""
        if len(equation.outputs) != 1 or equation.outputs[0].type.kind != "scalar" or equation.outputs[0].type.weak:
            return False
        name = equation.primitive.name
        if name == "getitem":
            return equation.inputs[0].type.kind == "array" and equation.outputs[0] not in self.plain
        if name in _OPERATORS:
            return any(atom in self.numpy or atom.type.kind == "array" for atom in equation.inputs)
        return name == "astype" or _is_of_numpy(equation)


def _values_of(program: Program) -> Iterator[Value]:
    yield from program.body.parameters
    for equation in walk(program.body):
        yield from equation.outputs


def _may_be_narrower(value: Value) -> bool:
    """Whether this may be of a dtype that float64 widens and Python's numbers do not.

    Where a loop carries a Python number at first, more is than types say: `s = 0.0; s += x[i]`.
    """
    return value.type.is_numeric and value.type.dtype in (None, "float32", "float16", "complex64")


def _is_of_numpy(equation: Equation) -> bool:
    """Whether this calls a function that gives NumPy's numbers for any."""
    return equation.primitive.spelling.startswith("np.") and equation.primitive.name not in _HANDING_ON


def _only_tested(program: Program) -> set[Value]:
    """The values that are only ever asked whether they are true, where they are computed or after they were kept."""
    values: set[Value] = set()
    otherwise: set[Value] = set()
    sources: dict[Value, list[Atom]] = {}

    def hand_on(target: Value, *atoms: Atom) -> None:
        sources.setdefault(target, []).extend(atoms)

    def visit(equation: Equation) -> None:
        values.update(equation.outputs)
        if equation.is_loop:
            sequences = equation.parameters["sequences"] if equation.primitive is FOR else 0
            results = equation.regions[-1].results
            for region in equation.regions:
                for number, (parameter, atom) in enumerate(zip(region.parameters, equation.inputs, strict=True)):
                    hand_on(parameter, atom, *(results[number - sequences] for _ in range(number >= sequences)))
            for number, (output, result) in enumerate(zip(equation.outputs, results, strict=True)):
                hand_on(output, result, *equation.inputs[sequences + number : sequences + number + 1])
        elif equation.primitive is IF:
            for output, *atoms in zip(equation.outputs, *(region.results for region in equation.regions), strict=True):
                hand_on(output, *atoms)
        elif equation.primitive.name != "not":
            otherwise.update(atom for atom in equation.inputs if isinstance(atom, Value))

    for equation in walk(program.body):
        visit(equation)
    otherwise.update(atom for atom in program.body.results if isinstance(atom, Value))
    pending = list(otherwise)
    while pending:
        for atom in sources.get(pending.pop(), ()):
            if isinstance(atom, Value) and atom not in otherwise:
                otherwise.add(atom)
                pending.append(atom)
    return values - otherwise
