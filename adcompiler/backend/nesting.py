"""Nesting: which values are written as a part of the expression that uses them, instead of having a name.

A value is nested where it is used once, not inside a loop that it is outside of, and nothing is lost: the user's own
names keep their statements, a read of an array does not move past an update of it, and no variable has to live
longer under another name. What costs nothing (`x.shape`, `range(n)`) is written wherever it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from adcompiler.analysis.facts import Facts
from adcompiler.analysis.liveness import Liveness
from adcompiler.analysis.positions import Positions, Use, around
from adcompiler.backend.conditionals import Conditionals
from adcompiler.backend.delays import find_delayed
from adcompiler.backend.motion import Motion
from adcompiler.ir.nodes import FOR, IF, Atom, Equation, Literal, Program, Value
from adcompiler.ir.raising import may_raise
from adcompiler.rules.structure import has_several_results

WIDEST = 72
"""Characters of an expression above which its parts get names (an estimate)."""


_WRITTEN_IN_PLACE = ("exception", "format")
"""What has no name of its own however long it is: what is raised, and texts."""


@dataclass(slots=True)
class Nesting:
    """What is nested in `program`, which has numbered `positions`."""

    program: Program
    positions: Positions
    values: dict[Value, None] = field(default_factory=dict)
    """Nested values, in order."""
    targets: dict[Value, None] = field(default_factory=dict)
    """Values that are bound by taking a tuple apart: `for y, t in tape`."""
    conditionals: dict[Value, None] = field(default_factory=dict)
    """Outputs of `if` equations that are written as conditional expressions."""

    def definition(self, atom: Atom) -> Equation | None:
        """The equation of a nested value; None for a value with a name, and for a literal."""
        return self.positions.definition[atom] if isinstance(atom, Value) and atom in self.values else None

    def is_statement(self, equation: Equation) -> bool:
        """Whether an equation is written as a statement of its own."""
        return not (equation.outputs and (equation.outputs[0] in self.values or equation.outputs[0] in self.targets))

    def is_conditional(self, equation: Equation) -> bool:
        """Whether an `if` is written as a conditional expression."""
        return bool(equation.outputs) and equation.outputs[0] in self.conditionals

    def named_parts(self, atom: Atom) -> Iterator[Value]:
        """The values with names in the expression for an atom."""
        if (equation := self.definition(atom)) is not None:
            for part in _operands(equation):
                yield from self.named_parts(part)
        elif isinstance(atom, Value):
            yield atom


def nest(facts: Facts) -> Nesting:
    """Decide what is nested, in the order of the program."""
    positions = facts.positions
    nesting = Nesting(facts.program, positions)
    finder = _Finder(nesting, facts.liveness)
    for equation in positions.equations():
        finder.consider(equation)
    return nesting


def _operands(equation: Equation) -> Iterator[Atom]:
    yield from equation.inputs
    for region in equation.regions:
        yield from region.results


class _Finder:
    def __init__(self, nesting: Nesting, liveness: Liveness) -> None:
        self._nesting = nesting
        self._positions = nesting.positions
        self._delayed = find_delayed(nesting.positions, liveness)
        self._conditionals = Conditionals(nesting.positions)
        self._motion = Motion(nesting.positions, liveness, self._delayed)
        self._widths: dict[Value, int] = {}
        self._free: set[Value] = set()
        self._risky: set[Atom] = set()
        """Nested values whose expression may raise."""
        self._loads: dict[int, int] = {}
        self._stored = {e.inputs[0] for e in self._positions.equations() if e.primitive.updates}

    def consider(self, equation: Equation) -> None:
        """Nest the output of an equation, if it can be."""
        if len(equation.outputs) != 1 or equation.has_effect:
            return
        if equation.regions and equation.primitive is not IF:
            return
        (value,) = equation.outputs
        if value in self._nesting.values:
            return
        if equation.primitive.name == "item" and is_taken_apart(equation.inputs[0], self._positions):
            self._nesting.targets[value] = None
            return
        if value in self._stored or equation.primitive.updates:
            return
        if equation.primitive is IF:
            if not self._conditionals.is_expression(equation):
                return
            self._nest_branches(equation)
        parts = {part: None for atom in _operands(equation) for part in self._nesting.named_parts(atom)}
        uses = self._positions.uses.get(value, [])
        if self._is_free(equation, uses, parts):
            self._free.add(value)
        elif len(uses := self._conditionals.mentions(value)) != 1 or not self._may_nest(value, uses[0]):
            return
        is_risky = may_raise(equation) or any(part in self._risky for part in _operands(equation))
        if uses and all(self._motion.may_move(value, parts, use, is_risky=is_risky) for use in uses):
            if is_risky:
                self._risky.add(value)
            self._nest(equation)
            for use in uses:
                if not (use.equation is not None and self._is_listed(use.equation)):
                    self._loads[use.number] = self._loads.get(use.number, 0) + self._widths[value]

    def _nest(self, equation: Equation) -> None:
        (value,) = equation.outputs
        self._nesting.values[value] = None
        self._widths[value] = self._width(equation)

    def _nest_branches(self, conditional: Equation) -> None:
        """Nest all that the branches of a conditional expression compute."""
        self._nesting.conditionals[conditional.outputs[0]] = None
        for region in conditional.regions:
            for equation in region.equations:
                if equation.primitive is IF:
                    self._nest_branches(equation)
                self._nest(equation)

    def _is_free(self, equation: Equation, uses: list[Use], parts: dict[Value, None]) -> bool:
        """Whether an expression costs nothing, and what it is made of is there wherever it is used."""
        name = equation.primitive.name
        if equation.outputs[0].hint is not None:
            return False
        is_attribute = name in ("shape", "size", "ndim", "axis_length") and equation.inputs[0].type.kind == "array"
        is_number = name in ("add", "subtract") and _is_integer(equation.outputs[0]) and len(equation.inputs) == 2
        if not (
            is_attribute
            or is_number
            or name in ("len", "item", "range")
            or (name in ("shape", "size") and len(uses) == 1)
        ):
            return False
        if any(atom in self._nesting.values and atom not in self._free for atom in equation.inputs):
            return False
        if not is_attribute and name in ("shape", "size") and self._is_in_loop(equation.outputs[0], uses[0]):
            return False
        return all(self._motion.is_there(part, use) for part in parts for use in uses)

    def _is_in_loop(self, value: Value, use: Use) -> bool:
        """Whether a use repeats though the value is computed once."""
        block = self._positions.block_of[value]
        return any(inner.repeats for inner in around(use.block) if block.encloses(inner) and inner is not block)

    def _may_nest(self, value: Value, use: Use) -> bool:
        """Whether a value that is used once is written there."""
        definition = self._positions.definition[value]
        if self._is_in_loop(value, use):
            return False
        width = self._width(definition) + self._loads.get(use.number, 0)
        if width > WIDEST and not self._is_listed(definition) and definition.primitive.name not in _WRITTEN_IN_PLACE:
            return False
        if value.hint is None or self._is_returned_at_once(value, use) or value in self._delayed:
            return True
        return self._is_read_to_be_written(value, use)

    def _is_read_to_be_written(self, value: Value, use: Use) -> bool:
        """Whether a view, or what an operation makes of it, is for nothing but the part itself: `x[1:] *= 3`."""
        definition, equation = self._positions.definition[value], use.equation
        if equation is None or len(equation.outputs) != 1:
            return False
        if equation.primitive.name == "setitem":
            is_operand = use.index == 1 and equation.sweep == "backward"
            return is_operand and any(map(self._reads_part(equation), definition.inputs))
        written = self._positions.uses.get(equation.outputs[0], [])
        if len(written) != 1 or written[0].equation is None or written[0].equation.primitive.name != "setitem":
            return False
        if equation.sweep == "forward" and not _statement(equation).startswith(f"{value.hint} "):
            return False  # the user wrote this out
        return equation.outputs[0].hint is None and self._reads_part(written[0].equation)(value)

    def _reads_part(self, write: Equation) -> Callable[[Atom], bool]:
        """A test whether a value is the part that is written."""
        array, _, *slots = write.inputs

        def reads(atom: Atom) -> bool:
            read = self._positions.definition.get(atom) if isinstance(atom, Value) else None
            if read is None or read.primitive.name != "getitem" or read.static != write.static:
                return False
            return read.inputs == (array, *slots)

        return reads

    def _is_returned_tuple(self, equation: Equation) -> bool:
        """Whether an equation makes the tuple that the program returns, or a tuple in it."""
        if equation.primitive.name != "make_tuple":
            return False
        uses = self._positions.uses.get(equation.outputs[0], [])
        if len(uses) != 1 or uses[0].block is not self._positions.program:
            return False
        return uses[0].equation is None or self._is_returned_tuple(uses[0].equation)

    def _is_listed(self, equation: Equation) -> bool:
        """Whether an equation makes a tuple that is written across lines if it is long: a result, or what is kept."""
        uses = self._positions.uses.get(equation.outputs[0], []) if equation.outputs else []
        is_kept = len(uses) == 1 and uses[0].equation is not None and uses[0].equation.primitive.name == "append"
        return self._is_returned_tuple(equation) or (is_kept and equation.primitive.name == "make_tuple")

    def _is_returned_at_once(self, value: Value, use: Use) -> bool:
        """Whether a cotangent is returned as soon as it is computed, so that its comment still fits."""
        definition = self._positions.definition[value]
        if definition.sweep != "backward" or self._positions.block_of[value] is not self._positions.program:
            return False
        if use.block is not self._positions.program:
            return False
        if use.equation is not None and not self._is_returned_tuple(use.equation):
            return False
        statement = definition.span and definition.span.statement
        start = self._positions.of(definition).start
        return all(
            equation.sweep == "backward" and (equation.span and equation.span.statement) == statement
            for equation in self._positions.program.region.equations
            if self._positions.of(equation).start > start and not self._is_returned_tuple(equation)
        )

    def _width(self, equation: Equation) -> int:
        """About how many characters the expression for an equation takes."""
        atoms = list(_operands(equation))
        if equation.primitive is IF:  # what `a and b` both tests and yields is written once
            atoms = list(dict.fromkeys(atoms))
        widths = [
            len(str(atom)) if isinstance(atom, Literal) else self._widths.get(atom) or len(atom.hint or "x_part")
            for atom in atoms
        ]
        if len(widths) == 2 and "." not in equation.primitive.spelling.removeprefix("np.") and not equation.static:
            return sum(widths) + 3  # most are operators
        static = sum(4 + len(name) + len(str(value)) for name, value in equation.static if name != "index")
        return len(equation.primitive.spelling) + 2 + sum(widths) + 2 * len(widths) + static


def _statement(equation: Equation) -> str:
    return equation.span.statement if equation.span is not None else ""


def _is_integer(value: Value) -> bool:
    return value.type.kind == "scalar" and value.type.dtype == "int64" and value.type.weak


def is_taken_apart(atom: Atom, positions: Positions) -> bool:
    """Whether a tuple is used only for its items, each under one name, so that a target takes it apart.

    That is a parameter, or what a function with several results returns, two or more of which are used.
    """
    if not isinstance(atom, Value) or not atom.type.elements or atom.type.kind != "tuple":
        return False
    if (known := positions.taken_apart.get(atom)) is None:
        known = positions.taken_apart[atom] = _is_taken_apart(atom, positions)
    return known


def _is_taken_apart(atom: Value, positions: Positions) -> bool:
    definition = positions.definition.get(atom)
    block = positions.block_of[atom]
    if definition is None:
        is_keyed = atom.type.packing is not None and atom.type.packing.keys is not None
        if is_keyed or (block.owner is not None and block.owner.primitive is not FOR):
            return False
    elif not has_several_results(definition):
        return False
    uses = positions.uses.get(atom, [])
    items = [use.equation.parameters["index"] for use in uses if use.equation and use.equation.primitive.name == "item"]
    at_top = all(use.block is block for use in uses)
    is_complete = len(items) == len(uses) == len(set(items)) and at_top and all(item >= 0 for item in items)
    return is_complete and (definition is None or len(items) > 1)
