"""Where paths meet: the two branches of an `if`, and the start and end of a loop's body.

A name that stands for different values on two paths becomes one new cell, an output of the control-flow equation. So
does the changed content of a cell that both paths know. What cannot be one variable (two functions, a tuple and an
array) becomes a name without a value, which is refused only if it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from adcompiler.frontend.heap import (
    UNBOUND,
    Cell,
    Constant,
    Container,
    Ref,
    ShapeOf,
    Unbound,
    View,
    link,
    may_share,
    reach,
)
from adcompiler.frontend.state import FLAGS, RETURN, RETURNED, SKIP, STOP, PathEnds, State
from adcompiler.ir.build import own_shape
from adcompiler.ir.nodes import IF, UNDEFINED, Atom, Equation, Literal, Region, Value
from adcompiler.ir.types import OPAQUE, Dim, Extent, Shape, Type, Unranked, type_of_constant

RESULT = "%result"
"""The pseudo-name of the value that an expression's branches yield."""


def join_types(one: Type, other: Type) -> Type:
    """The type of a variable that has either; what they disagree on is not known (`?` stands for a new shape)."""
    if one == other or other == OPAQUE:
        return one
    if one == OPAQUE:
        return other
    if one.kind == other.kind == "tuple" and len(one.elements) == len(other.elements):
        return Type("tuple", elements=tuple(map(join_types, one.elements, other.elements)))
    if not (one.is_numeric and other.is_numeric):
        return OPAQUE
    kind = one.kind if one.kind == other.kind else "unknown"
    return Type(kind, _join_dtypes(one, other), _join_shapes(one.shape, other.shape), one.weak and other.weak)


def _join_dtypes(one: Type, other: Type) -> str | None:
    if one.dtype == other.dtype:
        return one.dtype
    if one.dtype is None or other.dtype is None:
        return None
    for weak, strong in ((one, other), (other, one)):
        # Beside a narrower dtype a Python number shows: `np.tanh` of it is float64.
        if weak.weak and weak.dtype in ("int64", "bool", "float64") and strong.dtype == "float64":
            return strong.dtype
    return None


_OPEN = Unranked(frozenset(["?"]))


def _join_shapes(one: Shape, other: Shape) -> Shape:
    if one in (other, _OPEN):
        return one
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return tuple(_join_dims(a, b) for a, b in zip(one, other, strict=True))
    return _OPEN


def _join_dims(one: Dim, other: Dim) -> Dim:
    return one if one in (other, Extent("?")) else Extent("?")


def is_mergeable(state: State, ref: Ref) -> bool:
    """Whether a reference has a value that a variable of the program can hold."""
    match ref:
        case Cell() | View() | ShapeOf():
            return True
        case Constant(value=value):
            return type_of_constant(value).is_numeric
        case Container(items=items):
            return all(is_mergeable(state, item) for item in items)
    return False


@dataclass
class Path:
    """One way to reach a meeting point: the state at its end, and the equations on it (open for more)."""

    names: dict[str, Ref]
    values: dict[Cell, Atom]
    equations: list[Equation]
    ended: bool = False
    """Whether it has raised, so that nothing meets it."""

    @classmethod
    def here(cls, state: State, equations: list[Equation]) -> Path:
        """The present state as the end of a path."""
        return cls(dict(state.frame.names), dict(state.heap.values), equations)

    def resume(self, state: State) -> None:
        """Make this path's end the present state."""
        state.frame.names = dict(self.names)
        state.heap.values = self.cells(state)

    def cells(self, state: State) -> dict[Cell, Atom]:
        """The content of every cell at the end of this path, hidden inputs that were found later among them."""
        hidden = {cell: value for _, value, cell, _ in state.free.values() if cell is not None}
        return {**hidden, **self.values}

    def ref(self, name: str) -> Ref:
        """What a name stands for at the end of this path."""
        return self.names.get(name, Constant(False) if name in FLAGS else UNBOUND)

    def read(self, state: State, ref: Ref, node: Any) -> Atom:
        """Read a reference at the end of this path, adding to its equations."""
        self.resume(state)
        with state.builder.region(self.equations):
            return state.read_value(ref, node)


def branch(
    state: State, test: Atom, then: Callable[[], Ref | None], orelse: Callable[[], Ref | None], node: Any
) -> Ref:
    """Read both branches of a conditional and merge what they leave behind; returns the merged result."""
    if isinstance(test, Literal):
        return (then() if test.value else orelse()) or UNBOUND
    before = Path.here(state, [])
    paths = []
    for run in (then, orelse):
        before.resume(state)
        ended = False
        with state.builder.region() as equations:
            try:
                state.frame.names[RESULT] = run() or UNBOUND
            except PathEnds:
                ended = True
        paths.append(replace(Path.here(state, equations), ended=ended))
    if any(path.ended for path in paths):
        return _go_on_without_ended(state, test, paths)
    merge = _Merge(state, test, (paths[0], paths[1]), node)
    names = {
        name: merge.refs(paths[0].ref(name), paths[1].ref(name), name) for name in {**paths[0].names, **paths[1].names}
    }
    one, other = (path.cells(state) for path in paths)
    updated = {cell: merge.atoms(one[cell], other[cell], cell.name) for cell in before.cells(state)}
    before.resume(state)
    state.heap.values.update(updated)
    state.frame.names = names
    merge.finish()
    return state.frame.names.pop(RESULT)


def _go_on_without_ended(state: State, test: Atom, paths: Sequence[Path]) -> Ref:
    """Follow the path that goes on: behind an `if` that holds the one that has raised, its equations need no branch."""
    regions = tuple(Region((), tuple(path.equations) if path.ended else (), ()) for path in paths)
    state.builder.append(Equation(IF, (test,), (), (), regions))
    going_on = next((path for path in paths if not path.ended), None)
    if going_on is None:
        raise PathEnds
    going_on.resume(state)
    for equation in going_on.equations:
        state.builder.append(equation)
    return state.frame.names.pop(RESULT)


class _Merge:
    """Collects the outputs of one `if` equation."""

    def __init__(self, state: State, test: Atom, paths: tuple[Path, Path], node: Any) -> None:
        self.state, self.test, self.paths, self.node = state, test, paths, node
        self.slots: list[tuple[Atom, Atom, Value]] = []
        self.cells: dict[Cell, Atom] = {}
        self.sources: dict[Cell, tuple[Ref, Ref]] = {}

    def refs(self, one: Ref, other: Ref, name: str) -> Ref:
        """What a name stands for after the branches."""
        state = self.state
        if one is other or (isinstance(one, Constant) and one == other):
            return one
        for left, right in ((one, other), (other, one)):
            if isinstance(left, Unbound) and isinstance(right, Container):
                blank = Container((left,) * len(right.items), right.kind)
                return self.refs(blank, right, name) if left is one else self.refs(right, blank, name)
        if isinstance(one, Container) and isinstance(other, Container):
            if one.kind is other.kind and len(one.items) == len(other.items):
                items = (self.refs(a, b, name) for a, b in zip(one.items, other.items, strict=True))
                return Container(tuple(items), one.kind)
            return Unbound("has a different number of elements on different paths")
        if isinstance(one, View) and isinstance(other, View) and _part_of(one) == _part_of(other):
            return one
        known = [ref for ref in (one, other) if not isinstance(ref, Unbound)]
        if not known or not all(is_mergeable(state, ref) for ref in known):
            reasons = [ref.reason for ref in (one, other) if isinstance(ref, Unbound) and ref.reason]
            return Unbound(reasons[0] if reasons else "stands for different things on different paths")
        atoms = [
            Literal(UNDEFINED) if isinstance(ref, Unbound) else path.read(state, ref, self.node)
            for path, ref in zip(self.paths, (one, other), strict=True)
        ]
        cell = Cell(None if name.startswith("%") else name)
        self.cells[cell] = self.atoms(atoms[0], atoms[1], hint_of(name))
        self.sources[cell] = (one, other)
        return cell

    def atoms(self, one: Atom, other: Atom, hint: str | None) -> Atom:
        """One atom for two: the same one, the condition itself, or an output of the `if`."""
        if one == other:
            return one
        if {one, other} == {Literal(True), Literal(False)} and self.test.type.dtype == "bool":
            return self._condition(one == Literal(True))
        for first, second, output in self.slots:
            if (first, second) == (one, other):
                return output
        types = [OPAQUE if atom == Literal(UNDEFINED) else atom.type for atom in (one, other)]
        output = named_value(self.state, join_types(*types), hint)
        self.slots.append((one, other, output))
        return output

    def _condition(self, when: bool) -> Atom:
        return self.test if when else negated(self.state, self.test)

    def finish(self) -> None:
        """Append the `if` equation and give the merged cells their values."""
        state = self.state
        then, orelse = (
            Region((), tuple(path.equations), tuple(slot[number] for slot in self.slots))
            for number, path in enumerate(self.paths)
        )
        outputs = tuple(output for _, _, output in self.slots)
        if outputs or then.equations or orelse.equations:
            state.builder.append(Equation(IF, (self.test,), outputs, (), (then, orelse)))
        link_merged({c: refs for c, refs in self.sources.items() if may_be_array(self.cells[c].type)}, state)
        state.heap.values.update(self.cells)


def _part_of(view: View) -> tuple[Any, ...]:
    return view.base, view.index, view.slots


def may_be_array(type_: Type) -> bool:
    """Whether a value of this type has memory that could be shared."""
    return type_.kind not in ("scalar", "opaque")


def link_merged(sources: Mapping[Cell, tuple[Ref, ...]], state: State) -> None:
    """Note what merged cells may share: what any path's reference reaches, and each other where they do on a path."""
    for cell, refs in sources.items():
        for known in set().union(*map(reach, refs)):
            if known in state.heap.values:
                link(cell, known)
    for one, other in combinations(sources, 2):
        if any(may_share(a, b) for a, b in zip(sources[one], sources[other], strict=True)):
            link(one, other)


_HINTS = {RETURN: "result", RETURNED: "returned", STOP: "stop", SKIP: "skip", RESULT: None}


def hint_of(name: str) -> str | None:
    """The name a variable gets in generated code; the position of a loop is `%name:place`."""
    if name in _HINTS:
        return _HINTS[name]
    return name.removeprefix("%").partition(":")[0]


def named_value(state: State, type: Type, hint: str | None) -> Value:
    """A new value whose shape, where it is open, is named after it."""
    value = state.builder.value(type, hint)
    return replace(value, type=own_shape(type, value.name))


def negated(state: State, atom: Atom) -> Atom:
    """`not atom`."""
    return Literal(not atom.value) if isinstance(atom, Literal) else state.emit("not", atom)
