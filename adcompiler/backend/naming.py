"""Naming: which variable holds which value.

Each group of values that share a variable takes the first name its values ask for that no other live group holds,
else that name with a number. Values that nobody named are called after what computes them.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterable
from itertools import chain, count

from adcompiler.analysis.liveness import Liveness
from adcompiler.backend.interference import Group, Interference
from adcompiler.backend.nesting import Nesting
from adcompiler.ir.build import tape_name
from adcompiler.ir.nodes import FOR, IF, Atom, Equation, Program, Value
from adcompiler.ir.types import Type

_KEYWORDS = frozenset(keyword.kwlist) | {"_"}
_BUILTINS = frozenset(dir(builtins))

_NOUNS = {
    "add": "total",
    "subtract": "difference",
    "multiply": "product",
    "matmul": "product",
    "divide": "quotient",
    "negative": "negated",
    "sum": "total",
    "less": "condition",
    "less_equal": "condition",
    "greater": "condition",
    "greater_equal": "condition",
    "equal": "condition",
    "not_equal": "condition",
    "logical_and": "condition",
    "logical_or": "condition",
    "not": "condition",
    "if": "chosen",
    "try": "chosen",
    "transpose": "transposed",
    "make_tuple": "items",
    "make_list": "items",
    "range": "indices",
    "zeros": "total",
    "full": "total",
}
"""What the results of some primitives are called."""

_SUFFIXES = {"shape": "shape", "size": "size", "ndim": "rank", "len": "length", "axis_length": "length"}


def parameter_name(parameter: Value) -> str:
    """A parameter's name in the signature: the user's own."""
    return parameter.name.replace(".", "_")


def name_values(nesting: Nesting, liveness: Liveness, reserved: Iterable[str] = ()) -> dict[Value, str]:
    """A variable for every value that is not nested.

    Parameters
    ----------
    nesting : Nesting
    liveness : Liveness
        Computed with what is nested.
    reserved : iterable of str
        Names that variables must not take, besides keywords: those of functions and modules that the code uses.
    """
    interference = Interference(nesting, liveness)
    naming = _Naming(nesting, interference, reserved)
    for parameter in _with_fixed_names(nesting.program):
        group = interference.group(parameter)
        assert group is not None
        naming.give(group, parameter_name(parameter))
    for group in sorted(interference.groups, key=naming.rank):
        if group not in naming.names:
            naming.give(group, naming.choose(group))
    return {value: naming.names[group] for group in interference.groups for value in group.members}


def _with_fixed_names(program: Program) -> list[Value]:
    """The parameters that a caller passes as they are; those that come in a structure are variables like others."""
    return [argument for _, argument in program.arguments if isinstance(argument, Value)]


class _Naming:
    def __init__(self, nesting: Nesting, interference: Interference, reserved: Iterable[str]) -> None:
        self._nesting = nesting
        self._interference = interference
        self._hints = {hint for group in interference.groups for hint in group.hints}
        self._hints |= set(map(parameter_name, _with_fixed_names(nesting.program)))
        self._reserved = _KEYWORDS | set(reserved)
        self._kept: dict[Group | None, Atom] = {}
        """What is first appended to a list."""
        for equation in nesting.positions.equations():
            if equation.primitive.name == "append":
                self._kept.setdefault(interference.group(equation.inputs[0]), equation.inputs[1])
        self.names: dict[Group, str] = {}
        self._having: dict[str, tuple[int, int]] = {}
        """The members of the groups that have a name, and all that is alive where one of these gets its variable."""

    def give(self, group: Group, name: str) -> None:
        """Decide on the name of a group."""
        self.names[group] = name
        bits, seen = self._having.get(name, (0, 0))
        self._having[name] = bits | group.bits, seen | group.seen

    def rank(self, group: Group) -> tuple[int, int]:
        """Who chooses first: the values that were named; last, tapes and their elements, named after what is kept."""
        first = group.members[0]
        definition = self._nesting.positions.definition.get(first)
        is_late = group in self._kept or definition is None or definition.primitive.name == "item"
        return (0 if group.hints else 2 if is_late else 1), group.order

    def choose(self, group: Group) -> str:
        """A name that no group alive at the same time has."""
        hints = group.hints

        def is_taken(name: str) -> bool:
            """Whether a group alive at the same time has a name."""
            bits, seen = self._having.get(name, (0, 0))
            return bool(group.seen & bits or seen & group.bits)

        def is_free(name: str) -> bool:
            return not (is_taken(name) or name in self._reserved or (name in self._hints and name not in hints))

        if hints:
            return _first_free(hints, is_free)
        for partner in group.partners:
            other = self._interference.group(partner)
            if other in self.names and not is_taken(self.names[other]):
                return self.names[other]
        if self._is_counter(group.members[0]):
            return _first_free(["i", "j", "k"], is_free)
        return _first_free([self._describe(group.members[0])], is_free)

    def _sequence_of(self, value: Value) -> Atom | None:
        """What a loop runs over, for its element."""
        block = self._nesting.positions.block_of[value]
        loop = block.owner
        if value in self._nesting.positions.definition or loop is None or loop.primitive is not FOR:
            return None
        index = block.region.parameters.index(value)
        return loop.inputs[index] if index < loop.parameters["sequences"] else None

    def _is_counter(self, value: Value) -> bool:
        """Whether this is the element of a range."""
        sequence = self._sequence_of(value)
        return sequence is not None and sequence.type.kind == "range"

    def _name(self, atom: Atom) -> str | None:
        """The name of a value, if it has one yet."""
        group = self._interference.group(atom)
        return self.names.get(group) if group is not None else None

    def _describe(self, value: Value) -> str:
        """A name for a value that nobody named."""
        definition = self._nesting.positions.definition.get(value)
        if (kept := self._kept.get(self._interference.group(value))) is not None:
            return "tape" if kept.type.kind == "tuple" else tape_name(self._name_or_description(kept))
        if definition is None:
            sequence = self._sequence_of(value)
            return _element_name(self._name(sequence) if sequence is not None else None)
        if definition.primitive.name == "item":
            return self._describe_item(definition)
        if definition.primitive.name in ("copy", "positive", "unbroadcast", "broadcast_to", "astype"):
            return self._name_or_description(definition.inputs[0])
        if self._is_cotangent(value):
            return "t_bar"
        return self._describe_operation(value)

    def _name_or_description(self, atom: Atom) -> str:
        return self._name(atom) or (self._describe(atom) if isinstance(atom, Value) else "value")

    def _describe_item(self, definition: Equation) -> str:
        """An item of a tuple that a loop kept on a tape has the name under which it was kept."""
        whole, index = definition.inputs[0], definition.parameters["index"]
        if isinstance(whole, Value) and whole.name == self._nesting.program.seed:
            return f"{parameter_name(whole)}_{index}"
        tape = self._sequence_of(whole) if isinstance(whole, Value) else None
        kept = self._kept_on(tape)
        packed = self._nesting.positions.definition.get(kept) if isinstance(kept, Value) else None
        if packed is not None and packed.primitive.name == "make_tuple":
            return self._name_or_description(packed.inputs[index])
        return _kept_name(definition.outputs[0].type)

    def _kept_on(self, tape: Atom | None) -> Atom | None:
        """What was first appended to a tape, also if that is itself on a tape."""
        if not isinstance(tape, Value):
            return None
        if (kept := self._kept.get(self._interference.group(tape))) is not None:
            return kept
        definition = self._nesting.positions.definition.get(tape)
        if definition is None:
            return self._kept_on(self._kept_on(self._sequence_of(tape)))
        whole = definition.inputs[0] if definition.primitive.name == "item" else None
        outer = self._kept_on(self._sequence_of(whole)) if isinstance(whole, Value) else None
        packed = self._nesting.positions.definition.get(outer) if isinstance(outer, Value) else None
        if packed is None or packed.primitive.name != "make_tuple":
            return None
        return self._kept_on(packed.inputs[definition.parameters["index"]])

    def _describe_operation(self, value: Value) -> str:
        definition = self._nesting.positions.definition[value]
        if (same := self._operation_of_branches(definition)) is not None:
            definition = same
        name = definition.primitive.name.rpartition(".")[2]
        operands = [atom for atom in definition.inputs if isinstance(atom, Value)]
        operand = self._name(operands[0]) if len(operands) == 1 and not definition.primitive.effect else None
        if value.type.kind == "scalar" and value.type.dtype == "int64" and name in ("add", "subtract"):
            return "index"
        if name in _SUFFIXES:
            return f"{operand}_{_SUFFIXES[name]}" if operand else _SUFFIXES[name]
        if definition.callee is not None:
            return f"{definition.callee.removesuffix('_forward')}_result"
        if name in _NOUNS:
            return _NOUNS[name]
        if name == "getitem":
            array = self._name(definition.inputs[0])
            if array is not None and definition.inputs[0].type.kind == "list":
                array = array.removesuffix("_list").removesuffix("_rows")
            return "part" if array is None or array.endswith("_part") else f"{array}_part"
        if operand and not operand.startswith(name):
            return f"{name}_{operand}"
        return f"{name}_value" if name in _BUILTINS | _KEYWORDS else name

    def _operation_of_branches(self, definition: Equation) -> Equation | None:
        """The operation with which all branches of an `if` end, if that is one and the same."""
        ends = [region.results[0] for region in definition.regions] if definition.primitive is IF else []
        found = [self._nesting.positions.definition.get(end) for end in ends if isinstance(end, Value)]
        names = {end.primitive.name if end is not None else None for end in found}
        return found[0] if len(found) == len(ends) and len(names) == 1 else None

    def _is_cotangent(self, atom: Atom, depth: int = 6) -> bool:
        """Whether a value of the backward sweep is made from a cotangent, as far as one looks."""
        if not isinstance(atom, Value):
            return False
        if atom.hint is not None:
            return atom.hint.endswith("_bar")
        definition = self._nesting.positions.definition.get(atom)
        if definition is None or definition.sweep != "backward" or depth == 0:
            return False
        if definition.primitive.name in ("zeros", "empty", "full"):
            return True
        parts = [*definition.inputs, *(result for region in definition.regions for result in region.results)]
        return any(self._is_cotangent(part, depth - 1) for part in parts)


def _kept_name(type: Type) -> str:
    """What an item of the residuals is called that nobody named."""
    if type.dtype == "bool":
        return "condition"
    return {"list": "tape", "tuple": "shape", "range": "indices"}.get(type.kind, "kept")


def _element_name(sequence: str | None) -> str:
    """The element of `y_tape` is `y`; of another tape, `kept`; of `rows`, `rows_item`."""
    if sequence is None or sequence.startswith("tape"):
        return "kept"
    found = re.fullmatch(r"(.+?)(_tapes?)(_\d+)?", sequence)
    if found is None:
        return f"{sequence}_item"
    return f"{found[1]}_tape" if found[2] == "_tapes" else found[1]


def _first_free(wished: list[str], is_free: Callable[[str], bool]) -> str:
    """The first name that is free; else the first with the first number that makes it so."""
    numbered = (f"{wished[0]}_{number}" for number in count(1))
    return next(filter(is_free, chain(wished, numbered)))
