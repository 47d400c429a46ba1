"""Element loops on lists: Python reads and writes the items of a list faster than the elements of an array."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat

from adcompiler.analysis.activity import loop_parts
from adcompiler.analysis.elements import Elements, Mentions, OtherUseError, elements_of
from adcompiler.analysis.python_numbers import Care, NotTheSameError, PythonNumbers
from adcompiler.analysis.trip_counts import TripCounts
from adcompiler.backend.given import given_values
from adcompiler.ir.build import NameSupply
from adcompiler.ir.dims import may_be_one
from adcompiler.ir.nodes import IF, Atom, Equation, Literal, Program, Region, Value, walk
from adcompiler.ir.rewrite import rebuilt, resolve
from adcompiler.ir.types import Type, scalar
from adcompiler.rules.nested_lists import nested_type
from adcompiler.rules.structure import SHAPE_QUERIES
from adcompiler.rules.table import RULES

_WRITES = ("setitem", "additem")


def work_on_lists(program: Program) -> Program:
    """Turn an array into a list before loops that read and write it element by element, and back after them.

    Only where the loops come by every element about once, so that turning it is paid for (20 ns an element, 40 ns
    back; an access of an array costs 60 to 230 ns, that of a list 11 to 30, and arithmetic of Python's floats a third
    of NumPy's), and only arrays of float64, whose elements Python's numbers are. Those divide where NumPy's do not
    raise: a divisor that may be zero is looked at before.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x):
    ...     total = 0.0
    ...     for i in range(len(x)):
    ...         total += x[i] * x[i]
    ...     return total
    ... '''
    >>> show_pass(work_on_lists, text, x="float64[n]")  # doctest: +ELLIPSIS
    program f(x: float64[n]):
    ...
        x_list: list(float64) = to_list(x)
        total...: float64, ... = for(t..., 0.0, UNDEFINED, reverse=False, sequences=1)
    ...
            t...: float64 = getitem(x_list, i..., index=(Slot(number=0),))
    ...
        t...: float64 = astype(total..., dtype=float64)
    ...
    """
    if not any(equation.is_loop for equation in walk(program.body)):
        return program
    plan = _Planner(program).planned()
    if not plan:
        return program
    targets = {version for nest in plan.values() for each in nest for version in each.elements.versions}
    accesses = [access for nest in plan.values() for each in nest for access in each.elements.accesses]
    read = {a.equation.outputs[0] for a in accesses if a.equation.primitive.name == "getitem"}
    numbers = PythonNumbers(program, read, targets)
    try:
        numbers.settle()
    except NotTheSameError:
        return program
    if not _pays(program, plan, numbers):
        return program
    return replace(program, body=_Rewriter(program, plan, numbers).body())


@dataclass(frozen=True)
class _Listed:
    """An array that is worked on as a list in one nest."""

    array: Value
    """What it is before the nest."""
    number: int | None
    """Which of the values that the nest carries it is; None if the nest only reads it."""
    elements: Elements


_Plan = dict[int, list[_Listed]]
"""By the identity of a loop."""


class _Planner:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._counts = TripCounts(program)
        self._mentions = Mentions()
        self._plan: _Plan = {}

    def planned(self) -> _Plan:
        """The arrays to work on as lists, by the loops, outermost where possible, in which that is done."""
        self._visit(self._program.body, frozenset())
        return self._plan

    def _visit(self, region: Region, listed: frozenset[Value]) -> None:
        for equation in region.equations:
            inside = listed
            if equation.is_loop:
                candidates = (self._listed(array, equation) for array in self._arrays(equation))
                found = [c for c in candidates if c is not None and listed.isdisjoint(c.elements.versions)]
                if found:
                    self._plan[id(equation)] = found
                    inside = listed.union(*(each.elements.versions for each in found), (each.array for each in found))
            for inner in equation.regions:
                self._visit(inner, inside)

    def _arrays(self, loop: Equation) -> list[Value]:
        """The arrays that a loop may work on as lists, in the order in which it mentions them."""
        _, initial, _ = loop_parts(loop)
        inside = frozenset().union(*map(self._mentions.of, loop.regions))
        own = {value for region in loop.regions for value in region.parameters}
        defined = {output for region in loop.regions for inner in walk(region) for output in inner.outputs}
        defined |= {p for region in loop.regions for e in walk(region) for r in e.regions for p in r.parameters}
        free = sorted(inside - own - defined, key=lambda value: value.name)
        mentioned = (atom for atom in (*initial, *free) if isinstance(atom, Value))
        return [value for value in dict.fromkeys(mentioned) if _may_be_list(value.type)]

    def _listed(self, array: Value, loop: Equation) -> _Listed | None:
        try:
            elements = elements_of(array, loop, self._mentions)
        except OtherUseError:
            return None
        _, initial, _ = loop_parts(loop)
        listed = _Listed(array, initial.index(array) if array in initial else None, elements)
        weights = [
            2 if access.equation.primitive.name == "additem" else 1
            for access in elements.accesses
            if not access.is_conditional and self._counts.cover(access.loops, array)
        ]
        return listed if sum(weights) >= (1 if listed.number is None else 2) else None


def _may_be_list(type: Type) -> bool:
    if type.kind != "array" or type.dtype != "float64" or not isinstance(type.shape, tuple) or not type.shape:
        return False
    return 0 not in type.shape


def _pays(program: Program, plan: _Plan, numbers: PythonNumbers) -> bool:
    """Whether more is gained by faster accesses than lost by converting numbers to NumPy's and back."""
    accesses = {id(a.equation) for nest in plan.values() for each in nest for a in each.elements.accesses}
    only_read = not any(each.elements.is_written for nest in plan.values() for each in nest)
    if only_read and not any(map(_computes_plain, walk(program.body), repeat(numbers))):
        return False  # what is read goes into arrays

    def gain(region: Region, weight: int) -> int:
        total = 0
        for equation in region.equations:
            if id(equation) in accesses:
                total += weight
            if numbers.cares.get(id(equation)) is Care.CONVERT:
                total -= 2 * weight
            total += sum(gain(inner, 10 * weight if equation.is_loop else weight) for inner in equation.regions)
        return total

    return gain(program.body, 1) > 0


def _kept_here(program: Program) -> set[Value]:
    """What loops run over that other loops of the program have kept, of values that were computed here."""
    given = given_values(program)
    found: set[Value] = set()
    for equation in walk(program.body):
        if equation.is_loop:
            sequences, initial, body = loop_parts(equation)
            found.update(element for element, kept in zip(body.parameters, sequences, strict=False) if kept in found)
            for output, result in list(zip(equation.outputs, body.results, strict=True))[len(initial) :]:
                if output not in given and (result.type.kind == "scalar" or result in found):
                    found.add(output)
    return found


def _computes_plain(equation: Equation, numbers: PythonNumbers) -> bool:
    """Whether this computes one of Python's numbers from others."""
    is_read = equation.primitive.name == "getitem" or bool(equation.regions)
    return not is_read and not numbers.plain.isdisjoint(equation.outputs)


@dataclass
class _Rewriter:
    program: Program
    plan: _Plan
    numbers: PythonNumbers
    lists: dict[Value, Value] = field(default_factory=dict)
    """The list for each version of an array in the nests around."""
    arrays: dict[Value, Value] = field(default_factory=dict)
    """For such versions, the array that was there before the nest."""

    def __post_init__(self) -> None:
        self._names = NameSupply.beside(self.program)
        self._given = given_values(self.program) - _kept_here(self.program)
        self._definitions = {output: equation for equation in walk(self.program.body) for output in equation.outputs}
        self._nests = Counter(each.array for nest in self.plan.values() for each in nest)
        self._worked_on = {each.array for nest in self.plan.values() for each in nest if each.number is not None}

    def body(self) -> Region:
        """The program's body, with lists."""
        return self._region(self.program.body, {})

    def _region(self, region: Region, made: Mapping[Value, Value]) -> Region:
        """A region; `made` holds the lists of arrays that there are outside of it."""
        made = dict(made)
        left: dict[Value, Value] = {}
        equations: list[Equation] = []
        for equation in region.equations:
            equations += self._equation(equation, made, left)
        parameters = tuple(self.lists.get(value, value) for value in region.parameters)
        results: list[Atom] = []
        is_program = region is self.program.body
        for result in region.results:
            if is_program and result in self.numbers.plain:
                conversion = self._converted(result, equations[-1] if equations else None)
                equations.append(conversion)
                result = conversion.outputs[0]
            results.append(resolve(result, self.lists))
        return Region(parameters, tuple(equations), tuple(results))

    def _equation(self, equation: Equation, made: dict[Value, Value], left: dict[Value, Value]) -> list[Equation]:
        if equation.primitive.name in SHAPE_QUERIES:
            return [rebuilt(equation, inputs=(self._asked(equation.inputs[0]), *equation.inputs[1:]))]
        if id(equation) in self.plan:
            return self._nest(equation, self.plan[id(equation)], made, left)
        if not equation.regions:
            return self._simple(equation)
        regions = tuple(self._region(inner, made) for inner in equation.regions)
        return [self._with_lists(equation, regions)]

    def _asked(self, array: Atom) -> Atom:
        """An array of the same shape that is there in any case: before the nest, or before it was copied for one."""
        while isinstance(array, Value):
            made = self._definitions.get(array)
            if array in self.arrays:
                array = self.arrays[array]
            elif array in self._nests and made is not None and made.primitive.name == "copy":
                array = made.inputs[0]
            else:
                break
        return array

    def _with_lists(self, equation: Equation, regions: tuple[Region, ...]) -> Equation:
        inputs = tuple(resolve(atom, self.lists) for atom in equation.inputs)
        outputs = tuple(self.lists.get(value, value) for value in equation.outputs)
        return rebuilt(equation, inputs=inputs, outputs=outputs, regions=regions)

    # Nests

    def _nest(
        self, nest: Equation, listed: Iterable[_Listed], made: dict[Value, Value], left: dict[Value, Value]
    ) -> list[Equation]:
        """A loop on lists, after what makes them of arrays and before what makes arrays of them.

        `made` holds the lists of arrays that nests read, `left` those that nests of this region have worked on.
        """
        before: list[Equation] = []
        after: list[Equation] = []
        sequences, _, _ = loop_parts(nest)
        around = dict(self.lists)
        inputs = list(nest.inputs)
        outputs = [around.get(output, output) for output in nest.outputs]
        for each in listed:
            for version in each.elements.versions:
                self.lists[version] = self._list(version.hint, version.type)
                self.arrays[version] = each.array
            if each.number is None:
                if each.array not in made:
                    hint = f"{each.array.hint or 'part'}_{'list' if each.array.type.rank == 1 else 'rows'}"
                    made[each.array] = self._list(hint, each.array.type)
                    before += self._listing(each.array, made[each.array], nest)
                self.lists[each.array] = made[each.array]
                del self.arrays[each.array]
                continue
            if each.array in left and self._nests[each.array] == 1:
                first = left[each.array]
            else:
                first = self._list(each.array.hint, each.array.type)
                before += self._listing(each.array, first, nest)
            inputs[len(sequences) + each.number] = first
            output = nest.outputs[each.number]
            outputs[each.number] = self.lists.pop(output)
            after += self._array_again(outputs[each.number], output, each.array, nest)
            left[output] = outputs[each.number]
        inside = rebuilt(nest, inputs=tuple(resolve(atom, around) for atom in inputs), outputs=tuple(outputs))
        regions = tuple(self._region(inner, made) for inner in nest.regions)
        for each in listed:
            if each.number is None:
                self.lists.pop(each.array, None)
        for each in listed:
            if each.number is not None and (output := nest.outputs[each.number]) not in self._worked_on:
                made[output] = left[output]
        return [*before, rebuilt(inside, regions=regions), *after]

    def _listing(self, array: Value, items: Value, nest: Equation) -> list[Equation]:
        """Equations that make a list of an array: of what the array is a copy of; `[0.0] * n` of a vector of zeros."""
        made = self._definitions.get(array)
        if made is not None and made.primitive.name == "copy" and made.inputs[0].type == array.type:
            return [self._made("to_list", made.inputs[0], items, nest)]
        if made is not None and made.primitive.name == "zeros" and array.type.rank == 1:
            shape = made.inputs[0]
            if shape.type.kind == "scalar":
                return [self._made("repeat_item", Literal(0.0), items, nest, shape)]
            number = Value(self._names.fresh(None), scalar("int64", weak=True))
            item = replace(self._made("item", shape, number, nest), static=(("index", 0),))
            return [item, self._made("repeat_item", Literal(0.0), items, nest, number)]
        return [self._made("to_list", array, items, nest)]

    def _list(self, hint: str | None, type: Type) -> Value:
        return Value(self._names.fresh(hint), nested_type(type.rank or 0, type.dtype), hint)

    def _made(self, name: str, source: Atom, output: Value, nest: Equation, *others: Atom) -> Equation:
        return Equation(RULES[name].primitive, (source, *others), (output,), span=nest.span, sweep=nest.sweep)

    def _array_again(self, source: Value, output: Value, array: Value, nest: Equation) -> list[Equation]:
        """An array of a list; in its shape, where an axis of no elements would leave none for those after it."""
        made = replace(self._made("from_list", source, output, nest), static=(("dims", output.type.shape),))
        assert isinstance(array.type.shape, tuple)
        if not any(map(may_be_one, array.type.shape[:-1])):
            return [made]
        shape = RULES["shape"].primitive
        (type,) = shape.infer(array.type)
        asked = Value(self._names.fresh(None), type)
        query = Equation(shape, (array,), (asked,), span=nest.span, sweep=nest.sweep)
        return [query, replace(made, inputs=(source, asked))]

    # Numbers

    def _simple(self, equation: Equation) -> list[Equation]:
        care = self.numbers.cares.get(id(equation), Care.NONE)
        is_listed = equation.primitive.name in _WRITES and equation.inputs[0] in self.lists
        changed = rebuilt(
            equation,
            inputs=tuple(resolve(atom, self.lists) for atom in equation.inputs),
            outputs=tuple(self.lists.get(value, value) for value in equation.outputs),
        )
        if is_listed:
            return self._stored(changed)
        match care:
            case Care.NONE:
                return [changed]
            case Care.SQUARE:
                base = changed.inputs[0]
                return [replace(changed, primitive=RULES["multiply"].primitive, inputs=(base, base))]
            case Care.ABSOLUTE:
                return [replace(changed, primitive=RULES["builtins.abs"].primitive)]
            case Care.GUARD:
                return [self._guarded(changed)]
            case Care.CONVERT:
                plain = [a for a in dict.fromkeys(changed.inputs) if isinstance(a, Value) and a in self.numbers.plain]
                conversions = [self._converted(atom, changed) for atom in plain]
                converted = {atom: made.outputs[0] for atom, made in zip(plain, conversions, strict=True)}
                inputs = tuple(resolve(atom, converted) for atom in changed.inputs)
                return [*conversions, rebuilt(changed, inputs=inputs)]

    def _converted(self, atom: Atom, beside: Equation | None) -> Equation:
        """`np.float64(x)`."""
        output = Value(self._names.fresh(None), scalar("float64"))
        static = (("dtype", "float64"),)
        primitive = RULES["astype"].primitive
        if beside is None:
            return Equation(primitive, (atom,), (output,), static)
        return Equation(primitive, (atom,), (output,), static, span=beside.span, sweep=beside.sweep)

    def _guarded(self, division: Equation) -> Equation:
        """`a / b if b else np.float64(a) / b`."""
        dividend, divisor = division.inputs
        plain = rebuilt(division, outputs=(self._number(division),))
        conversion = self._converted(dividend, division)
        other = rebuilt(division, inputs=(conversion.outputs[0], divisor), outputs=(self._number(division),))
        branches = (Region((), (plain,), plain.outputs), Region((), (conversion, other), other.outputs))
        return Equation(IF, (divisor,), division.outputs, (), branches, division.span, division.sweep)

    def _number(self, equation: Equation) -> Value:
        return Value(self._names.fresh(None), equation.outputs[0].type)

    def _stored(self, write: Equation) -> list[Equation]:
        """A write to a list, which keeps what it is given as it is: a Python float."""
        items, value, *slots = write.inputs
        if isinstance(value, Literal):
            return [rebuilt(write, inputs=(items, Literal(float(value.value)), *slots))]
        is_float = value.type.dtype == "float64" and value not in self._given and value not in self.numbers.numpy
        if is_float:
            return [write]
        output = Value(self._names.fresh(None), scalar("float64", weak=True))
        conversion = Equation(
            RULES["builtins.float"].primitive, (value,), (output,), span=write.span, sweep=write.sweep
        )
        return [conversion, rebuilt(write, inputs=(items, output, *slots))]
