"""Where paths meet: the two branches of an `if`, and the start and end of a loop's body.

A name that stands for different values on two paths becomes one new cell, an output of the control-flow equation. So
does the changed content of a cell that both paths know. Tuples, lists, dicts and instances are merged item by item.
What cannot be one variable (two functions, a tuple and an array) becomes a name without a value, which is refused only
if it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from adcompiler.frontend.frames import FLAGS, RETURN, RETURNED, SKIP, STOP
from adcompiler.frontend.growing import list_type, list_value, share_memory
from adcompiler.frontend.heap import (
    NOTHING,
    UNBOUND,
    Cell,
    Constant,
    Container,
    Content,
    Maybe,
    Object,
    Place,
    Presence,
    Ref,
    ShapeOf,
    Unbound,
    View,
    is_ambiguous,
    link,
    may_share,
    maybe_of,
    same,
)
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.state import State
from adcompiler.ir.build import own_shape
from adcompiler.ir.nodes import IF, UNDEFINED, Atom, Equation, Literal, Region, Value
from adcompiler.ir.types import OPAQUE, Type, join_types, type_of_constant

RESULT = "%result"
"""The pseudo-name of the value that an expression's branches yield."""


def is_mergeable(state: State, ref: Ref) -> bool:
    """Whether a reference has a value that a variable of the program can hold."""
    match ref:
        case Cell() | View() | ShapeOf():
            return True
        case Constant(value=value):
            return isinstance(value, str) or type_of_constant(value).is_numeric
        case Container(items=items):
            return all(is_mergeable(state, item) for item in items)
    return False


@dataclass
class Path:
    """One way to reach a meeting point: the state at its end, and the equations on it (open for more)."""

    names: dict[str, Ref]
    values: dict[Cell, Atom]
    contents: dict[Object, Content]
    equations: list[Equation]
    ended: bool = False
    """Whether it has raised, so that nothing meets it."""

    @classmethod
    def here(cls, state: State, equations: list[Equation]) -> Path:
        """The present state as the end of a path."""
        return cls(dict(state.frame.names), dict(state.heap.values), dict(state.heap.contents), equations)

    def resume(self, state: State) -> None:
        """Make this path's end the present state."""
        state.frame.names = dict(self.names)
        state.heap.values = self.cells(state)
        state.heap.contents = self.objects(state)

    def is_left(self, state: State) -> bool:
        """Whether a name, cell or object has another value now."""
        return (
            self.names != state.frame.names
            or any(state.heap.values.get(cell) != value for cell, value in self.values.items())
            or any(state.heap.contents.get(ref) is not content for ref, content in self.contents.items())
        )

    def cells(self, state: State) -> dict[Cell, Atom]:
        """The content of every cell at the end of this path, hidden inputs that were found later among them."""
        hidden = {cell: value for _, value, cell, _ in state.free.values() if cell is not None}
        memories = {ref.memory: Literal(None) for ref in self.contents if ref.memory is not None}
        return {**hidden, **memories, **self.values}

    def objects(self, state: State) -> dict[Object, Content]:
        """The content of every object at the end of this path, those adopted later among them."""
        adopted = {ref: state.pristine(ref) for ref in state.adoptions.values() if ref not in self.contents}
        return {**adopted, **self.contents}

    def same(self, ref: Ref) -> set[Place]:
        """The places that a reference may be itself at the end of this path."""
        return same(ref, self.contents)

    def ref(self, name: str) -> Ref:
        """What a name stands for at the end of this path."""
        return self.names.get(name, Constant(False) if name in FLAGS else UNBOUND)

    def read(self, state: State, ref: Ref, node: Any) -> Atom:
        """Read a reference at the end of this path, adding to its equations."""
        self.resume(state)
        with state.builder.region(self.equations):
            return state.read_value(ref, node)

    def list_type(self, state: State, content: Content) -> Type | None:
        """The type of the content of a list at the end of this path, as one value; None where it cannot be one."""
        self.resume(state)
        return list_type(state, content)

    def read_list(self, state: State, content: Content, node: Any, hint: str | None = None) -> Atom:
        """The content of a list at the end of this path, as one value."""
        self.resume(state)
        with state.builder.region(self.equations):
            return list_value(state, content, node, hint)


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
    updated = {cell: merge.atoms(one[cell], other[cell], cell.name) for cell in before.cells(state)}
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
            merged = self._merged[one, other] = Object(kind, name)
            self.sources[merged] = (one, other)
            contents = [
                path.objects(self.state)[ref] if isinstance(ref, Object) else None
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


def may_be_array(type_: Type) -> bool:
    """Whether a value of this type has memory that could be shared."""
    return type_.kind not in ("scalar", "opaque")


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


def item_names(content: Container, name: str) -> list[str]:
    """The name that each item of a structure suggests for its variable: its own, or the structure's."""
    return [word_of(key) or name for key in content.keys or (None,) * len(content.items)]


def word_of(key: Any) -> str | None:
    """What the variable for the item of a key is called."""
    if isinstance(key, Presence):
        return f"has_{key.key}" if word_of(key.key) else None
    return key if isinstance(key, str) and key.isidentifier() else None


def is_maybe(one: Ref, other: Ref) -> bool:
    """Whether what is one reference or the other may be None, and may be something else."""
    if isinstance(one, Maybe) or isinstance(other, Maybe):
        return True
    return (
        (one == NOTHING) is not (other == NOTHING) and not isinstance(one, Unbound) and not isinstance(other, Unbound)
    )


def aligned(state: State, one: Container, other: Container, owner: Object) -> tuple[Container, Container]:
    """Two contents of a dict or instance with the same keys in one order; a key that one lacks is uncertain."""
    both = (*(one.keys or ()), *(key for key in other.keys or () if one.get(key) is None))
    missing = [key for key in both if one.get(key) is None or other.get(key) is None]

    def item(content: Container, key: Any) -> Ref:
        if isinstance(key, Presence):
            return content.presence(key.key)
        found = content.get(key)
        if found is not None:
            return found
        is_attribute = owner.origin is not None and not isinstance(owner.origin, dict)
        if is_attribute and hasattr(owner.origin, key):
            missing.remove(key)
            return state.lift_attribute(owner.origin, key)
        return UNBOUND

    known = [key for key in both if not isinstance(key, Presence)]
    columns = [[item(content, key) for key in known] for content in (one, other)]
    flags = dict.fromkeys(Presence(key) for key in (*one.uncertain, *other.uncertain, *missing) if key in known)
    keys = (*known, *flags)
    first, second = (
        Container((*column, *(item(content, flag) for flag in flags)), one.kind, keys)
        for column, content in zip(columns, (one, other), strict=True)
    )
    return first, second


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
