"""Where paths meet: the two branches of an `if`, and the start and end of a loop's body.

A name that stands for different values on two paths becomes one new cell, an output of the control-flow equation. So
does the changed content of a cell that both paths know. Tuples, lists, dicts and instances are merged item by item.
What cannot be one variable (two functions, a tuple and an array) becomes a name without a value, which is refused only
if it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from adcompiler.frontend.alignment import aligned, is_maybe, is_mergeable, item_names, may_be_array
from adcompiler.frontend.frames import RETURN, RETURNED, SKIP, STOP
from adcompiler.frontend.growing import share_memory
from adcompiler.frontend.heap import (
    UNBOUND,
    Cell,
    Constant,
    Container,
    Content,
    Maybe,
    Object,
    Place,
    Ref,
    Unbound,
    View,
    is_ambiguous,
    link,
    may_share,
    maybe_of,
)
from adcompiler.frontend.paths import Path
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.state import State
from adcompiler.ir.build import own_shape
from adcompiler.ir.nodes import IF, UNDEFINED, Atom, Equation, Literal, Region, Value
from adcompiler.ir.types import OPAQUE, Type, join_types

RESULT = "%result"
"""The pseudo-name of the value that an expression's branches yield."""


def branch(
    state: State, test: Atom, then: Callable[[], Ref | None], orelse: Callable[[], Ref | None], node: Any
) -> Ref:
    """Read both branches of a conditional and merge what they leave behind; returns the merged result."""
    if isinstance(test, Literal):
        return (then() if test.value else orelse()) or UNBOUND
    before = Path.here(state, [])
    paths = []
    with state.trials.exclusive_paths() as apart:
        for run in (then, orelse):
            with apart:
                paths.append(read_path(state, run, before))
    if any(path.ended for path in paths):
        return _go_on_without_ended(state, test, paths)

    def conditional(outputs: tuple[Value, ...], regions: tuple[Region, Region]) -> Equation:
        return Equation(IF, (test,), outputs, (), regions)

    meet(state, test, (paths[0], paths[1]), before, conditional, node)
    return state.frame.names.pop(RESULT)


def meet(
    state: State,
    test: Atom | None,
    paths: tuple[Path, Path],
    before: Path,
    equation: Callable[[tuple[Value, ...], tuple[Region, Region]], Equation],
    node: Any,
) -> None:
    """Make what two paths leave behind the present state, by an equation that chooses between them."""
    merge = _Merge(state, test, paths, node, equation)
    names = {
        name: merge.refs(paths[0].ref(name), paths[1].ref(name), name) for name in {**paths[0].names, **paths[1].names}
    }
    one, other = (path.cells(state) for path in paths)
    updated = {
        cell: atom if (atom := one[cell]) is other[cell] else merge.atoms(atom, other[cell], cell.name)
        for cell in before.cells(state)
    }
    first, second = (path.objects(state) for path in paths)
    contents = {ref: merge.contents(first[ref], second[ref], ref) for ref in before.objects(state)}
    before.resume(state)
    state.heap.values.update(updated)
    state.heap.contents.update(contents)
    state.frame.names = names
    merge.finish()


def read_path(state: State, run: Callable[[], Ref | None], known: Path) -> Path:
    """Read one of several paths that begin with what is known; what it yields has the name `RESULT`."""
    known.resume(state)
    ended = False
    with state.builder.region() as equations:
        try:
            state.frame.names[RESULT] = run() or UNBOUND
        except PathEnds:
            ended = True
    return replace(Path.here(state, equations), ended=ended)


def _go_on_without_ended(state: State, test: Atom, paths: Sequence[Path]) -> Ref:
    """Follow the path that goes on: behind an `if` that holds the one that has raised, its equations need no branch."""
    regions = tuple(Region((), tuple(path.equations) if path.ended else (), ()) for path in paths)
    state.builder.append(Equation(IF, (test,), (), (), regions))
    going_on = next((path for path in paths if not path.ended), None)
    if going_on is None:
        raise PathEnds
    going_on.resume(state)
    state.builder.extend(going_on.equations)
    return state.frame.names.pop(RESULT)


class _Merge:
    """Collects the outputs of one `if` equation, or of a `try`, which has no `test`."""

    def __init__(
        self,
        state: State,
        test: Atom | None,
        paths: tuple[Path, Path],
        node: Any,
        equation: Callable[[tuple[Value, ...], tuple[Region, Region]], Equation],
    ) -> None:
        self.state, self.test, self.paths, self.node = state, test, paths, node
        self.equation = equation
        self.slots: list[tuple[Atom, Atom, Value]] = []
        self.cells: dict[Cell, Atom] = {}
        self.objects: dict[Object, Content] = {}
        self.sources: dict[Place, tuple[Ref, Ref]] = {}
        self._merged: dict[tuple[Ref, Ref], Object] = {}

    def refs(self, one: Ref, other: Ref, name: str) -> Ref:
        """What a name stands for after the branches."""
        state = self.state
        if one is other or (isinstance(one, Constant) and one == other):
            return one
        if is_ambiguous(one) or is_ambiguous(other):
            return self._ambiguous(one, other, name)
        if is_maybe(one, other):
            return self._maybe(maybe_of(one), maybe_of(other), name)
        for left, right in ((one, other), (other, one)):
            if isinstance(left, Unbound) and isinstance(right, Container):
                blank = replace(right, items=(left,) * len(right.items))
                return self.refs(blank, right, name) if left is one else self.refs(right, blank, name)
        if isinstance(one, Container) and isinstance(other, Container):
            if one.kind is other.kind and len(one.items) == len(other.items):
                return self._items(one, other, name)
            return Unbound("has a different number of elements on different paths")
        kinds = {ref.kind for ref in (one, other) if isinstance(ref, Object)}
        if len(kinds) == 1 and isinstance(one, Object | Unbound) and isinstance(other, Object | Unbound):
            return self._object(one, other, name, kinds.pop())
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

    def _maybe(self, one: Maybe, other: Maybe, name: str) -> Maybe:
        word = hint_of(name)
        present = self.refs(one.present, other.present, f"has_{word}" if word else name)
        return Maybe(present, self.refs(one.value, other.value, name))

    def _items(self, one: Container, other: Container, name: str) -> Container:
        pairs = zip(item_names(one, name), one.items, other.items, strict=True)
        return replace(one, items=tuple(self.refs(a, b, item) for item, a, b in pairs))

    def _object(self, one: Ref, other: Ref, name: str, kind: type) -> Object:
        """The object that a name stands for after the branches: either of two, or one that is there on one path."""
        if (one, other) not in self._merged:
            merged = self._merged[one, other] = Object(kind, hint_of(name))
            self.sources[merged] = (one, other)
            contents = [
                path.content(self.state, ref) if isinstance(ref, Object) else None
                for path, ref in zip(self.paths, (one, other), strict=True)
            ]
            known = next(content for content in contents if content is not None)
            blank: Content = Literal(UNDEFINED)
            if isinstance(known, Container):
                blank = replace(known, items=(UNBOUND,) * len(known.items))
            first, second = (blank if content is None else content for content in contents)
            self.objects[merged] = self.contents(first, second, merged)
            for path, ref in zip(self.paths, (one, other), strict=True):
                path.resume(self.state)
                if not isinstance(self.objects[merged], Container | Unbound) and isinstance(ref, Object):
                    share_memory(self.state, merged, ref)
        return self._merged[one, other]

    def contents(self, one: Content, other: Content, owner: Object) -> Content:
        """What an object holds after the branches."""
        if one is other or isinstance(one, Unbound):
            return one
        if isinstance(other, Unbound):
            return other
        name = owner.name or owner.kind.__name__
        if isinstance(one, Container) and isinstance(other, Container):
            if one.keys is not None:
                return self._items(*aligned(self.state, one, other, owner), name)
            if len(one.items) == len(other.items):
                return self._items(one, other, name)
        pairs = list(zip(self.paths, (one, other), strict=True))
        if all(content == Literal(UNDEFINED) or path.list_type(self.state, content) for path, content in pairs):
            atoms = [path.read_list(self.state, content, self.node, owner.name) for path, content in pairs]
            for path, content in pairs:
                path.resume(self.state)
                if isinstance(content, Container):
                    share_memory(self.state, owner, content)
            return self.atoms(atoms[0], atoms[1], owner.name)
        return Unbound("has a different number of elements on different paths")

    def _ambiguous(self, one: Ref, other: Ref, name: str) -> Ref:
        """What a name stands for of which one path cannot say: known after all where that path has left the block."""
        (reason, *_) = [ref.reason for ref in (one, other) if isinstance(ref, Unbound) and ref.reason]
        known = [ref.otherwise if isinstance(ref, Unbound) and ref.reason else ref for ref in (one, other)]
        if known[0] is None or known[1] is None:
            return Unbound(reason)
        return Unbound(reason, self.refs(known[0], known[1], name))

    def atoms(self, one: Atom, other: Atom, hint: str | None) -> Atom:
        """One atom for two: the same one, the condition itself, or an output of the `if`."""
        if one == other:
            return one
        is_test = self.test is not None and self.test.type.dtype == "bool"
        if is_test and {one, other} == {Literal(True), Literal(False)}:
            return self._condition(one == Literal(True))
        for first, second, output in self.slots:
            if (first, second) == (one, other):
                return output
        types = [OPAQUE if atom == Literal(UNDEFINED) else atom.type for atom in (one, other)]
        output = named_value(self.state, join_types(*types), hint)
        self.slots.append((one, other, output))
        return output

    def _condition(self, when: bool) -> Atom:
        assert self.test is not None
        return self.test if when else negated(self.state, self.test)

    def finish(self) -> None:
        """Append the `if` equation and give the merged cells their values."""
        state = self.state
        one, other = (
            Region((), tuple(path.equations), tuple(slot[number] for slot in self.slots))
            for number, path in enumerate(self.paths)
        )
        outputs = tuple(output for _, _, output in self.slots)
        if outputs or one.equations or other.equations:
            state.builder.append(self.equation(outputs, (one, other)))
        sources = {
            place: refs
            for place, refs in self.sources.items()
            if isinstance(place, Object) or may_be_array(self.cells[place].type)
        }
        link_merged(sources, self.paths, state)
        state.heap.values.update(self.cells)
        state.heap.contents.update(self.objects)


def _part_of(view: View) -> tuple[Any, ...]:
    return view.base, view.primitive, view.operands, view.static


def link_merged(sources: Mapping[Place, tuple[Ref, ...]], paths: Sequence[Path], state: State) -> None:
    """Note what merged cells and objects may share: what they may be on a path, and each other where they are one."""
    reached = {  # before anything is linked: what two merged cells reach does not make them one
        place: set[Place]().union(*(path.same(ref) for path, ref in zip(paths, refs, strict=True)))
        for place, refs in sources.items()
    }
    for place, found in reached.items():
        for known in found:
            if type(known) is type(place) and (known in state.heap.values or known in state.heap.contents):
                link(place, known)
    for one, other in combinations(sources, 2):
        pairs = zip(paths, sources[one], sources[other], strict=True)
        if type(one) is type(other) and any(may_share(a, b, p.contents) for p, a, b in pairs):
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
