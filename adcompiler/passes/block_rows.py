"""Row by row in blocks that fit the cache, where whole arrays do not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from adcompiler.analysis.row_plan import LEAST_SAVED, IsLarge, RowPlan, mentioned
from adcompiler.analysis.rows import rows_of, shape_source
from adcompiler.ir.build import NameSupply
from adcompiler.ir.dims import Dim, Extent, extent, lower_bound
from adcompiler.ir.nodes import FOR, Atom, Equation, Literal, Program, Region, Slot, Value
from adcompiler.ir.rewrite import rebuilt, region_with, renewed, with_regions
from adcompiler.ir.types import INT, RANGE, Type, array
from adcompiler.rules.table import RULES

_ELEMENTS = 32768
"""Of the largest array of a block. Smaller ones cost more calls: a quarter more time for k-means with 16384."""


def is_large_literally(type: Type) -> bool:
    """Whether an array is larger than the cache, where its lengths are numbers."""
    lengths = [dim for dim in type.shape if isinstance(dim, int)] if isinstance(type.shape, tuple) else []
    return len(lengths) == type.rank and exceeds_cache(math.prod(lengths), type.dtype)


def exceeds_cache(count: int, dtype: str | None) -> bool:
    """Whether an array of so many elements is better worked on in parts: below 2 MiB nothing was gained."""
    return count * (np.dtype(dtype).itemsize if dtype is not None else 8) > 1 << 21


def block_rows(program: Program, is_large: IsLarge = is_large_literally) -> Program:
    """Compute what concerns each row of large arrays alone for a block of rows at a time.

    Values and adjoints are computed in one loop, which is possible where the value is a sum over all rows. Arrays that
    only such equations use are never stored whole. Sums over all rows are added up block by block.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(block_rows, "def f(x): return np.sum(np.exp(np.sin(x) * x))", x="float64[1000000]")
    program f(x: float64[1000000]):
        t.5: range = range(0, 1000000, 32768)
        t.4: float64 = for(t.5, 0.0, reverse=False, sequences=1)
          (start: int64*, total: float64):
            stop: int64* = add(start, 32768)
            x_rows: float64[block rows] = getitem(x, start, stop, index=(slice(Slot(number=0), Slot(number=1), None),))
            t.6: float64[block rows] = sin(x_rows)
            t.7: float64[block rows] = multiply(t.6, x_rows)
            t.8: float64[block rows] = exp(t.7)
            t.9: float64 = sum(t.8)
            total.2: float64 = add(total, t.9)
            yield total.2
        return t.4
    """
    blocking = _Blocking(NameSupply.beside(program), is_large)
    return replace(program, body=blocking.region(program.body, {}))


@dataclass
class _Blocking:
    names: NameSupply
    is_large: IsLarge

    def region(self, region: Region, outer: dict[Value, None]) -> Region:
        """Block the straight-line parts of a region, and of those within; `outer` are the values known around it."""
        known = outer | dict.fromkeys(region.parameters)
        equations: list[Equation] = []
        parts = [list(part) for _, part in groupby(region.equations, key=lambda equation: equation.has_effect)]
        later = _uses_after(parts, region.results)
        for part, used in zip(parts, later, strict=True):
            if part[0].has_effect:
                blocked = part
            else:
                blocked = self._straight([self._inner(equation, known) for equation in part], used, known)
            known |= dict.fromkeys(output for equation in part for output in equation.outputs)
            equations += blocked
        return region_with(region, equations)

    def _inner(self, equation: Equation, known: dict[Value, None]) -> Equation:
        if not equation.is_loop and equation.primitive.name != "if":
            return equation  # in a `try`, nothing changes its place
        return with_regions(equation, [self.region(inner, known) for inner in equation.regions])

    def _straight(self, equations: list[Equation], used: frozenset[Value], known: dict[Value, None]) -> list[Equation]:
        """Block equations without an effect, of which some results are used later."""
        made: dict[Dim, list[Type]] = {}
        for equation in equations:
            if (count := _rows_made(equation)) is not None:
                made.setdefault(count, []).append(equation.outputs[0].type)
        for count, types in sorted(made.items(), key=lambda item: -len(item[1]))[:3]:
            if len(types) >= LEAST_SAVED and any(map(self.is_large, dict.fromkeys(types))):  # else nothing is tried
                plan = RowPlan(equations, used, count)
                if plan.settle(self.is_large):
                    writer = _Writer(plan, self.names, known)
                    if writer.rows_are_known():
                        equations = writer.equations()
        return equations


def _rows_made(equation: Equation) -> Dim | None:
    count = rows_of(equation.outputs[0].type) if len(equation.outputs) == 1 and not equation.regions else None
    least = None if count is None else lower_bound(count)
    return count if least is not None and least > 1 else None


def _uses_after(parts: Sequence[Sequence[Equation]], results: Iterable[Atom]) -> list[frozenset[Value]]:
    """For each part what is mentioned after it."""
    used = {atom for atom in results if isinstance(atom, Value)}
    found = []
    for part in reversed(parts):
        found.append(frozenset(used))
        for equation in part:
            used.update(mentioned(equation))
    return found[::-1]


class _Writer:
    """Writes what a plan says."""

    def __init__(self, plan: RowPlan, names: NameSupply, known: dict[Value, None]) -> None:
        self.plan = plan
        self.names = names
        self.known = [value for value in known if value.type.kind == "array" and isinstance(value.type.shape, tuple)]
        self.written: list[Equation] = []
        self.sweep = "forward"
        self.taken: set[str | None] = set()
        """What the arrays and sums are called that a loop fills."""
        self.numbers: Value | None = None
        """The numbers of the rows of a block, where a loop needs them."""

    def rows_are_known(self) -> bool:
        """Whether all lengths that the loops need are those of arrays known before, or numbers; and no row is empty."""
        plan = self.plan
        if any((lower_bound(dim) or 0) < 1 for type in plan.widest() for dim in _dims(type)):
            return False
        needed: set[Dim] = {plan.count, *(dim for type in plan.widest() for dim in _dims(type))}
        for number in plan.treatments:
            output = plan.given[number].outputs[0]
            if plan.treatments[number].combined or output in plan.stored:
                needed.update(_dims(output.type))
        return all(isinstance(dim, int) or self._giver(dim) is not None for dim in needed)

    def equations(self) -> list[Equation]:
        """The equations, those computed by rows in loops."""
        plan = self.plan
        loops = plan.loops()
        pending = [number for number in sorted(plan.needed) if number not in plan.treatments]
        for level, loop in loops.items():
            before = [number for number in pending if plan.levels[number] <= level]
            pending = [number for number in pending if plan.levels[number] > level]
            sweeps = {plan.given[number].sweep for number in loop}
            mixed = len(sweeps) > 1
            self.written += [replace(plan.given[n], sweep="forward") if mixed else plan.given[n] for n in before]
            self.sweep = "forward" if mixed else sweeps.pop()
            self._write_loop([plan.given[number] for number in loop], loop, mixed=mixed)
        return [*self.written, *(plan.given[number] for number in pending)]

    # Lengths

    def _giver(self, dim: Extent) -> tuple[Value, int] | None:
        for value in self.known:
            if dim in _dims(value.type):
                return value, _dims(value.type).index(dim)
        return None

    def _length(self, dim: Dim) -> Atom:
        if isinstance(dim, int):
            return Literal(dim)
        giver = self._giver(dim)
        assert giver is not None
        value, axis = giver
        if axis == 0:
            return self._write("len", value)
        return self._write("axis_length", value, axis=axis)

    def _shape(self, value: Value) -> Atom:
        dims = _dims(value.type)
        lengths = [dim for dim in dims if isinstance(dim, int)]
        if len(lengths) == len(dims):
            return Literal(tuple(lengths))
        alike = [known for known in self.known if known.type.shape == dims]
        primal = (known for known in alike if value.hint == f"{known.hint or known.name}_bar")
        like = next(primal, alike[0] if alike else None)
        return self._write("make_tuple", *map(self._length, dims)) if like is None else self._write("shape", like)

    def _size(self, dims: tuple[Dim, ...]) -> Atom:
        """The product of lengths."""
        like = next((value for value in self.known if value.type.shape == dims), None)
        if like is not None and any(isinstance(dim, Extent) for dim in dims):
            return self._write("size", like)
        size: Atom = Literal(math.prod(dim for dim in dims if isinstance(dim, int)))
        for dim in dims:
            if isinstance(dim, Extent):
                length = self._length(dim)
                size = length if size == Literal(1) else self._write("multiply", size, length)
        return size

    def _rows(self) -> Atom:
        """How many rows a block has."""
        widest = max(self.plan.widest(), key=_width)
        size = self._size(_dims(widest)[1:])
        if isinstance(size, Literal):
            return Literal(max(1, _ELEMENTS // size.value))
        quotient = self._write("floor_divide", Literal(_ELEMENTS), size)
        return self._write("add", Literal(1), quotient, hint="rows")

    def _write(
        self, name: str, *inputs: Atom, hint: str | None = None, type: Type | None = None, **static: object
    ) -> Value:
        primitive = RULES[name].primitive
        inferred = type or primitive.infer(*(atom.type for atom in inputs), **static)[0]
        output = Value(self.names.fresh(hint), inferred, hint)
        parameters = tuple(sorted(static.items()))
        self.written.append(Equation(primitive, inputs, (output,), parameters, (), None, self.sweep))
        return output

    # Loops

    def _write_loop(self, equations: list[Equation], numbers: list[int], *, mixed: bool) -> None:
        plan = self.plan
        rows, length = self._rows(), self._length(plan.count)
        carried: list[tuple[Value, Atom]] = []  # what is known after the loop, and what is there before
        means: list[tuple[Value, Value, Value]] = []
        for number, equation in zip(numbers, equations, strict=True):
            output = equation.outputs[0]
            combined = plan.treatments[number].combined
            if not combined and output not in plan.stored:
                continue
            if not combined:
                start: Atom = self._empty(output)
            elif combined == "add":
                start = self._zeros(output)
            else:
                start = Literal(-math.inf if combined == "maximum" else math.inf)
            if combined and equation.primitive.name == "mean":
                total = renewed(output, self.names)
                means.append((output, total, equation.inputs[0]))  # type: ignore[arg-type]  # it has rows
                output = total
            carried.append((output, start))
        course = self._write("range", Literal(0), length, rows, type=RANGE)
        outside, self.written = self.written, []
        body = self._body(equations, numbers, rows, [output for output, _ in carried])
        self.written = outside
        self.written.append(
            Equation(
                FOR,
                (course, *(start for _, start in carried)),
                tuple(output for output, _ in carried),
                (("reverse", False), ("sequences", 1)),
                (body,),
                None,
                "forward and backward" if mixed else self.sweep,
            )
        )
        for mean, total, x in means:
            self._write_mean(mean, total, x)

    def _write_mean(self, mean: Value, total: Value, x: Value) -> None:
        definition = self.plan.definitions[mean]
        axis = definition.parameters.get("axis")
        dims = _dims(x.type)
        axes = range(len(dims)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        count = self._size(tuple(dims[each] for each in axes))
        self.written.append(replace(definition, primitive=RULES["divide"].primitive, inputs=(total, count), static=()))

    def _empty(self, value: Value) -> Value:
        dtype = {} if value.type.dtype == "float64" else {"dtype": value.type.dtype}
        return self._write("empty", self._shape(value), hint=value.hint, type=value.type, **dtype)

    def _zeros(self, value: Value) -> Atom:
        type = value.type
        if type.kind == "scalar":
            return Literal(0.0)
        dtype = {} if type.dtype == "float64" else {"dtype": type.dtype}
        return self._write("zeros", self._shape(value), type=type, **dtype)

    def _body(self, equations: list[Equation], numbers: list[int], rows: Atom, outputs: list[Value]) -> Region:
        plan = self.plan
        start = Value(self.names.fresh("start"), INT, "start")
        parameters = [_named(output, self.names) for output in outputs]
        self.taken = {value.hint for value in parameters} - {None}
        stop = self._write("add", start, rows, hint="stop")
        inside: dict[Value, Atom] = {}
        self.numbers = None
        for number in numbers:
            for value in plan.row_inputs(number):
                here = plan.in_rows(value) and plan.levels[plan.number_of[value]] == plan.levels[number]
                if not here and value not in inside:
                    inside[value] = self._part(value, start, stop)
        after: list[Value] = []
        for number, equation in zip(numbers, equations, strict=True):
            made = self._write_row(number, equation, inside)
            combined = plan.treatments[number].combined
            if not combined and equation.outputs[0] not in plan.stored:
                continue
            before = parameters[len(after)]
            after.append(renewed(before, self.names))
            if combined:
                step = replace(equation, primitive=RULES[combined].primitive, inputs=(before, made), static=())
            else:
                static = (("index", _BLOCK),)
                inputs = (before, made, start, stop)
                step = replace(equation, primitive=RULES["setitem"].primitive, inputs=inputs, static=static)
            self.written.append(rebuilt(step, outputs=(after[-1],)))
        return Region((start, *parameters), tuple(self.written), tuple(after))

    def _part(self, value: Value, start: Value, stop: Value) -> Value:
        hint = None if value.hint is None else f"{value.hint}_rows"
        return self._write("getitem", value, start, stop, hint=hint, type=_row_type(value.type), index=_BLOCK)

    def _numbers(self, x: Atom) -> Atom:
        """The numbers of the rows of a block, counted within it."""
        if self.numbers is None:
            self.numbers = self._write("arange", self._write("len", x), type=array("int64", (_ROWS,)))
        return self.numbers

    def _write_row(self, number: int, equation: Equation, inside: dict[Value, Atom]) -> Value:
        """An equation for the rows of a block."""
        by_rows = self.plan.treatments[number].by_rows
        source = shape_source(equation, self.plan.definitions)
        numbered = self.plan.treatments[number].numbered
        inputs: list[Atom] = []
        for position, atom in enumerate(equation.inputs):
            if position == numbered:
                atom = self._numbers(inputs[0])
            elif position == self.plan.treatments[number].turned and isinstance(atom, Value):
                turned = self.plan.definitions[atom]
                flipped = (*_dims(atom.type)[:-1], _ROWS)
                x = inside[turned.inputs[0]]  # type: ignore[index]  # it has rows, so it is no literal
                atom = self._write("transpose", x, type=array(atom.type.dtype, flipped))
            elif position in by_rows and source is not None and atom.type.kind == "tuple":
                atom = self._write("shape", inside[source])
            elif position in by_rows and isinstance(atom, Value):
                atom = inside[atom]
            inputs.append(atom)
        output = equation.outputs[0]
        is_sum = bool(self.plan.treatments[number].combined)
        type = output.type if is_sum else _row_type(output.type)
        hint = output.hint
        if hint in self.taken:
            hint = None if is_sum else f"{hint}_rows"
        made = Value(self.names.fresh(hint), type, hint)
        primitive = RULES["sum"].primitive if equation.primitive.name == "mean" and is_sum else equation.primitive
        self.written.append(replace(rebuilt(equation, inputs=tuple(inputs), outputs=(made,)), primitive=primitive))
        inside[output] = made
        return made


_ROWS = extent("block rows")  # a name that no user gives to a length
_BLOCK = (slice(Slot(0), Slot(1), None),)
"""The index of the rows from one number to another."""


def _named(value: Value, names: NameSupply) -> Value:
    """A variable for what becomes a value, block by block."""
    hint = value.hint or "total"
    return Value(names.fresh(hint), value.type, hint)


def _row_type(type: Type) -> Type:
    return array(type.dtype, (_ROWS, *_dims(type)[1:]))


def _dims(type: Type) -> tuple[Dim, ...]:
    """The lengths of the axes of what has rows, or is a sum of rows."""
    assert isinstance(type.shape, tuple)
    return type.shape


def _width(type: Type) -> tuple[int, int]:
    dims = _dims(type)[1:]
    return sum(isinstance(dim, Extent) for dim in dims), math.prod(dim for dim in dims if isinstance(dim, int))
