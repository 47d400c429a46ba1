"""Arrays of a few elements as so many numbers.

A program on arrays of three elements spends nearly all its time on getting into NumPy and out of it: one call takes as
long as some twenty operations of Python. Where the length of every array is known, the same formulas are written for
each element, with Python's numbers and `math`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import (
    FOR,
    IF,
    UNDEFINED,
    WHILE,
    Atom,
    Equation,
    Literal,
    Primitive,
    Program,
    Region,
    Value,
)
from adcompiler.ir.types import FLOAT, Type, array
from adcompiler.passes.number_arrays import (
    NotNumbersError,
    Number,
    NumberStructure,
    atom_of,
    computed,
    is_floating,
    shaped,
)
from adcompiler.rules.table import RULES

NUMBERS = Primitive("numbers", "tolist", lambda x: (Type("tuple"),))
"""The elements of an array, a tuple of numbers; written `x.tolist()`."""

MOST_ELEMENTS = 16
"""Of an argument: larger arrays are what NumPy is for."""
MOST_NUMBERS = 300
"""Operations on numbers that a program may come to: more are not worth their compilation."""
_GAIN = 10
"""Operations on numbers that take less than one on arrays: measured, 20 to 40 ns against 250 to 1500."""


def scalarise_arrays(program: Program, shapes: Mapping[str, tuple[int, ...]] | None = None) -> Program | None:
    """Write a program on arrays as one on numbers.

    Numbers are computed with as Python does, which raises where NumPy warns and gives NaN or infinity: what the new
    program computes is what the old one does unless it raises `ArithmeticError` or `ValueError`.

    Parameters
    ----------
    program : Program
    shapes : mapping, optional
        The shapes of parameters that are arrays, by name, where their types do not say them.

    Returns
    -------
    Program or None
        None where something cannot be said of numbers, or nothing would be gained.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(scalarise_arrays, "def f(x): return np.sum(np.sin(x))", x="float64[2]")
    program f(x: float64[2]):
        t.3: tuple(float64*, float64*) = numbers(x)
        x_0: float64* = item(t.3, index=0)
        x_1: float64* = item(t.3, index=1)
        t.4: float64* = math.sin(x_0)
        t.5: float64* = math.sin(x_1)
        t.6: float64* = add(t.4, t.5)
        t.7: float64 = float64(t.6)
        return t.7
    """
    try:
        return _Scalariser(program).run(shapes or {})
    except (NotNumbersError, TypeError, AttributeError, ValueError, ArithmeticError, IndexError):
        return None  # NumPy's functions of arrays of objects raise these where objects lack what they need


class _Tape:
    """A list of arrays, as one list for each of their elements."""

    def __init__(self, item: Any, lists: list[Number]) -> None:
        self.item = item
        """What stands for an item: an array of numbers, or a tape."""
        self.lists = lists


class _Scalariser:
    """Evaluates a program on arrays of `Number`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.builder = Builder(NameSupply.beside(program))
        self.known: dict[Value, Any] = {}
        self.replaced = 0
        """Operations on arrays that are no more."""

    def run(self, shapes: Mapping[str, tuple[int, ...]]) -> Program | None:
        body = self.program.body
        if self.program.callees or self.program.keyword_only:
            return None
        for parameter in body.parameters:
            self.known[parameter] = self._parameter(parameter, shapes)
        for equation in body.equations:
            self._evaluate(equation)
        (result,) = body.results
        returned = self._returned(self._of(result))
        written = self.builder.equations
        if _count(written) > min(MOST_NUMBERS, _GAIN * self.replaced):
            return None
        return replace(self.program, body=Region(body.parameters, written, (returned,)))

    def _parameter(self, parameter: Value, shapes: Mapping[str, tuple[int, ...]]) -> Any:
        if parameter.name == self.program.seed:
            return self._number(parameter)
        shape = shapes.get(parameter.name, parameter.type.shape)
        if parameter.type.kind == "scalar" and parameter.type.weak:
            return self._number(parameter)
        if parameter.type.kind != "array" or parameter.type.dtype != "float64":
            raise NotNumbersError
        lengths = [dim for dim in shape if isinstance(dim, int)] if isinstance(shape, tuple) else []
        if len(lengths) != parameter.type.rank or not 0 < (count := math.prod(lengths)) <= MOST_ELEMENTS:
            raise NotNumbersError
        numbers = self.builder.emit(NUMBERS, parameter, type=Type("tuple", elements=(FLOAT,) * count))
        names = _element_names(parameter.hint or parameter.name, tuple(lengths))
        item = RULES["item"].primitive
        return shaped(
            [self._number(self.builder.emit(item, numbers, hint=name, index=n)) for n, name in enumerate(names)],
            tuple(lengths),
        )

    def _number(self, atom: Atom) -> Number:
        return Number(self.builder, atom)

    def _of(self, atom: Atom) -> Any:
        if isinstance(atom, Value):
            return self.known[atom]
        return atom.value if isinstance(atom.value, tuple) else self._number(atom)

    def _evaluate(self, equation: Equation) -> None:
        self.builder.span, self.builder.sweep = equation.span, equation.sweep
        if equation.regions:
            self._control(equation)
            return
        if equation.has_effect or len(equation.outputs) != 1:
            raise NotNumbersError
        (output,) = equation.outputs
        operands = [self._of(atom) for atom in equation.inputs]
        before = len(self.builder.equations)
        if before > MOST_NUMBERS:
            raise NotNumbersError
        self.replaced += output.type.is_numeric and any(isinstance(x, np.ndarray) for x in operands)
        result = computed(equation, operands, self.builder)
        made = {value for new in self.builder.equations[before:] for value in new.outputs}
        self.known[output] = self._named(result, output, made)

    def _named(self, result: Any, output: Value, made: set[Value]) -> Any:
        """The elements of a variable by its name, each with its position, as far as they were computed for it."""
        if output.hint is None or not isinstance(result, np.ndarray | Number):
            return result
        elements = list(_leaves(result))
        names = _element_names(output.hint, np.shape(result)) if isinstance(result, np.ndarray) else [output.hint]
        renamed: dict[Atom, Number] = {}
        for element, name in zip(elements, names, strict=True):
            atom = atom_of(element)
            if atom not in renamed:
                renamed[atom] = self._number(self.builder.rename(atom, name)) if name and atom in made else element
        found = [renamed[atom_of(element)] for element in elements]
        return shaped(found, result.shape) if isinstance(result, np.ndarray) else found[0]

    # Control flow

    def _control(self, equation: Equation) -> None:
        if equation.primitive is IF:
            condition = atom_of(self._of(equation.inputs[0]))
            branches = [self._region(region, ()) for region in equation.regions]
            self._merge(equation, (condition,), [region for region, _ in branches], [found for _, found in branches])
        elif equation.primitive is FOR or equation.primitive is WHILE:
            self._loop(equation)
        else:
            raise NotNumbersError

    def _loop(self, equation: Equation) -> None:
        count = equation.parameters["sequences"] if equation.primitive is FOR else 0
        inputs: list[Atom] = []
        items = []
        for sequence in equation.inputs[:count]:
            given = self._of(sequence)
            if isinstance(given, _Tape):
                inputs += map(atom_of, given.lists)
                items.append(given.item)
            elif isinstance(given, Number) and given.atom.type.kind == "range":
                inputs.append(given.atom)
                items.append(self._number(Literal(0)))
            else:
                raise NotNumbersError
        static = dict(equation.static)
        if count:
            static["sequences"] = len(inputs)
        carried = [self._of(atom) for atom in equation.inputs[count:]]
        if any(map(_is_undefined, carried)):
            checkpoint = self.builder.checkpoint()
            _, results = self._region(equation.regions[-1], (*items, *carried))
            self.builder.roll_back(checkpoint)
            carried = [_undefined_like(new, old) for new, old in zip(results, carried, strict=False)]
        inputs += [atom_of(leaf) for value in carried for leaf in _leaves(value)]
        regions = [self._region(region, (*items, *carried)) for region in equation.regions]
        results = regions[-1][1]
        if any(_form(new) != _form(old) for new, old in zip(results, carried, strict=False)):
            raise NotNumbersError
        lists = results[len(carried) :]
        self._merge(
            equation, tuple(inputs), [region for region, _ in regions], [results], static=static, collected=len(lists)
        )

    def _region(self, region: Region, given: Sequence[Any]) -> tuple[Region, list[Any]]:
        """A region on numbers, whose parameters are like the given values, and what it yields."""
        parameters: list[Value] = []
        for parameter, value in zip(region.parameters, given, strict=True):
            fresh = self._fresh(value, parameter, parameters)
            self.known[parameter] = fresh
        with self.builder.region() as equations:
            for equation in region.equations:
                self._evaluate(equation)
            results = [self._of(atom) for atom in region.results]
        atoms = tuple(atom_of(leaf) for value in results for leaf in _leaves(value))
        return Region(tuple(parameters), tuple(equations), atoms), results

    def _fresh(self, like: Any, origin: Value, made: list[Value]) -> Any:
        """New values in the place of the numbers of `like`, named for `origin`; they are added to `made`."""
        names = iter(_element_names(origin.hint, np.shape(like)) if isinstance(like, np.ndarray) else [origin.hint])

        def new(number: Number) -> Number:
            type_ = origin.type if number.atom == Literal(UNDEFINED) else number.atom.type
            value = self.builder.value(_weak(type_), next(names, origin.hint))
            made.append(value)
            return self._number(value)

        if isinstance(like, _Tape):
            return _Tape(like.item, [new(listed) for listed in like.lists])
        if isinstance(like, np.ndarray):
            return shaped([new(number) for number in like.flat], like.shape)
        if isinstance(like, Number):
            return new(like)
        raise NotNumbersError

    def _merge(
        self,
        equation: Equation,
        inputs: tuple[Atom, ...],
        regions: list[Region],
        results: list[list[Any]],
        *,
        static: Mapping[str, Any] | None = None,
        collected: int = 0,
    ) -> None:
        """An equation with these regions, and what its outputs are: like what each region yields."""
        if any(list(map(_form, other)) != list(map(_form, results[0])) for other in results[1:]):
            raise NotNumbersError
        outputs: list[Value] = []
        first_list = len(equation.outputs) - collected
        for number, (output, value) in enumerate(zip(equation.outputs, results[0], strict=True)):
            if number >= first_list:
                types = [Type("list", elements=(_weak(leaf.atom.type),)) for leaf in _leaves(value)]
                lists = [self.builder.value(type_, output.hint) for type_ in types]
                outputs += lists
                self.known[output] = _Tape(value, list(map(self._number, lists)))
            else:
                self.known[output] = self._fresh(value, output, outputs)
        self.builder.append(
            Equation(
                equation.primitive,
                inputs,
                tuple(outputs),
                tuple(sorted((static or dict(equation.static)).items())),
                tuple(regions),
                equation.span,
                equation.sweep,
            )
        )

    # Results

    def _returned(self, result: Any) -> Atom:
        """What a caller gets: arrays where there were arrays, NumPy's numbers where there were such."""
        if isinstance(result, NumberStructure):
            return self._tuple([self._returned(part) for part in result], **result.static)
        if isinstance(result, np.ndarray):
            rows = self._nested(result)
            return self.builder.emit(RULES["array"].primitive, rows, type=array("float64", result.shape))
        if isinstance(result, Number):
            if not is_floating(result):
                raise NotNumbersError
            return self.builder.emit(RULES["float64"].primitive, result.atom)
        raise NotNumbersError

    def _nested(self, part: Any) -> Atom:
        if isinstance(part, Number):
            return part.atom
        return self._tuple([self._nested(row) for row in part])

    def _tuple(self, atoms: Sequence[Atom], **static: Any) -> Atom:
        return self.builder.emit(RULES["make_tuple"].primitive, *atoms, **static)


def _is_undefined(value: Any) -> bool:
    return isinstance(value, Number) and value.atom == Literal(UNDEFINED)


def _undefined_like(value: Any, initial: Any) -> Any:
    """What a loop carries into its first round: of a variable without a value, one such for each number it comes to."""
    if not _is_undefined(initial) or not isinstance(value, np.ndarray):
        return initial
    return shaped([initial] * value.size, value.shape)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, np.ndarray):
        yield from value.flat
    elif isinstance(value, Number):
        yield value
    elif isinstance(value, _Tape):
        yield from value.lists
    else:
        raise NotNumbersError


def _form(value: Any) -> Any:
    if isinstance(value, _Tape):
        return "tape", _form(value.item)
    return value.shape if isinstance(value, np.ndarray) else type(value)


def _element_names(name: str | None, shape: tuple[int, ...]) -> list[str | None]:
    """`x_0`, `x_1`, …; `A_00`, `A_01`, … of a matrix."""
    count = math.prod(shape)
    if name is None:
        return [None] * count
    return [f"{name}_{''.join(map(str, position))}" for position in np.ndindex(*shape)]


def _weak(type: Type) -> Type:
    """The type of a number of Python's in the place of this, or of an element of it."""
    if type.dtype == "float64":
        return FLOAT
    if type.kind == "scalar" and type.dtype in ("int64", "bool"):
        return replace(type, weak=True, extent=None)
    if type.kind == "list":
        return type
    raise NotNumbersError


def _count(equations: Sequence[Equation]) -> int:
    return sum(1 + sum(_count(region.equations) for region in equation.regions) for equation in equations)
