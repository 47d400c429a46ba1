"""What a loop carries: names its body binds anew, cells whose content it changes, and objects that it changes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Any

from adcompiler.frontend.alignment import is_mergeable, may_be_array, word_of
from adcompiler.frontend.growing import list_value, new_list, share_memory
from adcompiler.frontend.heap import (
    Cell,
    Constant,
    Container,
    Content,
    Object,
    Place,
    Ref,
    Unbound,
    link,
    may_share,
    same,
)
from adcompiler.frontend.merge import hint_of, link_merged, named_value
from adcompiler.frontend.paths import Path
from adcompiler.frontend.recollection import is_lasting
from adcompiler.frontend.state import State
from adcompiler.frontend.templates import (
    End,
    Fixed,
    Part,
    Steps,
    Template,
    Variable,
    build,
    list_type_at,
    objects,
    part_at,
    unify,
    unify_contents,
    variables,
    widen,
)
from adcompiler.ir.nodes import UNDEFINED, Atom, Literal, Value
from adcompiler.ir.types import OPAQUE, Type, join_types, without_own_lengths
from adcompiler.record import record

Root = str | Object
"""A name, or an object from before the loop."""


@record(frozen=True)
class Slot:
    """A part of what a name stands for, or of what an object holds."""

    root: Root
    steps: Steps

    @property
    def name(self) -> str | None:
        """What its variable is called: the user's word that is nearest."""
        words = [word for step in self.steps if (word := word_of(step)) is not None]
        own = hint_of(self.root) if isinstance(self.root, str) else self.root.name
        word = words[-1] if words else own
        return f"has_{word}" if word and self.steps and self.steps[-1] is Part.PRESENT else word


class Carried:
    """The variables of a loop: found, typed and bound round by round until nothing changes."""

    def __init__(self, state: State, node: Any) -> None:
        self.state, self.node = state, node
        self.before = Path.here(state, [])
        self._depth = len(state.doubts)
        self._templates: dict[Root, Template] = {}
        self._keys: dict[Slot | Cell, Type] = {}
        self._bound: dict[Slot, Place] = {}
        self._sharing: set[frozenset[Slot]] = set()
        """Pairs of parts that may be, or share memory with, each other at the end of a round."""
        self._memories: dict[Slot, Object] = {}
        """For a list that is a name's, and so made anew on every round: who has its memory on all of them."""
        self._reaching: dict[Slot, set[Place]] = {}
        """What is there before the loop that a part may be, or share memory with, at the end of a round."""
        self._around = state.recollection
        self._recollection = self._around.of_next(node)
        self._recall()

    # What was carried when the loop was last read

    def _recall(self) -> None:
        """Begin with the names and cells that were carried in an earlier reading."""
        present = self.before.cells(self.state)
        for key, type_ in self._recollection.types.items():
            if isinstance(key, Cell):
                if key in present and present[key].type.is_numeric:
                    self._keys[key] = present[key].type
                continue
            ref = self.before.ref(key.root)
            is_new = isinstance(ref, Unbound) and ref.reason is None
            here = OPAQUE if is_new else self.state.type_of(ref) if is_mergeable(self.state, ref) else None
            if here is None or not (is_new or here.is_numeric):
                continue
            self._templates[key.root] = Variable()
            self._keys[key] = join_types(here, type_) if is_lasting(type_) else here
        known = self._keys.keys()
        self._sharing = {pair for pair in self._recollection.sharing if pair <= known}
        self._reaching = {
            key: {place for place in there if self.before.knows(self.state, place)}
            for key, there in self._recollection.reaching.items()
            if key in known
        }

    def _remember(self) -> None:
        """Note what is carried, as far as it is plain names and cells."""
        plain = {
            key: type_
            for key, type_ in self._keys.items()
            if type_.is_numeric
            and (isinstance(key, Cell) or (isinstance(key.root, str) and self._templates[key.root] == Variable()))
        }
        memory = self._recollection
        memory.types = plain
        memory.sharing = {pair for pair in self._sharing if pair <= plain.keys()}
        memory.reaching = {key: there for key, there in self._reaching.items() if key in plain}

    # What stands at either end of a round

    def _end(self, path: Path, root: Root) -> End:
        contents = path.objects(self.state)
        return End(path.ref(root) if isinstance(root, str) else contents[root], contents, path.cells(self.state))

    def _part(self, path: Path, slot: Slot) -> Any:
        root = path.ref(slot.root) if isinstance(slot.root, str) else path.content(self.state, slot.root)
        assert root is not None
        return part_at(self.state, root, partial(path.content, self.state), slot.steps)

    def _atom(self, path: Path, key: Slot | Cell) -> Atom:
        if isinstance(key, Cell):
            return path.value(self.state, key)
        part = self._part(path, key)
        if isinstance(part, Unbound):
            return Literal(UNDEFINED)
        if isinstance(part, Value | Literal):
            return part
        listed = self._listed(path, key, part)
        if path is self.before:
            if listed is not None:
                return list_value(self.state, listed, self.node, key.name)
            return self.state.read_value(part, self.node)
        if listed is not None:
            return path.read_list(self.state, listed, self.node, key.name)
        return path.read(self.state, part, self.node)

    def _listed(self, path: Path, key: Slot, part: Any) -> Content | None:
        """The content of a list that is carried as one value."""
        if isinstance(part, Object):
            return path.content(self.state, part)
        return part if isinstance(part, Container) and isinstance(key.root, Object) and not key.steps else None

    def _places(self) -> list[Slot]:
        """The parts that have memory or are objects: whom they may share it with matters."""
        arrays = [key for key, type_ in self._keys.items() if isinstance(key, Slot) and may_be_array(type_)]
        made = [Slot(root, steps) for root, template in self._templates.items() for steps in objects(template)]
        return [*arrays, *(slot for slot in made if isinstance(slot.root, str) or slot.steps)]

    # Rounds

    def enter(self) -> tuple[tuple[Atom, ...], tuple[Value, ...]]:
        """Start a round: bind what is carried to new parameters; returns the initial values and the parameters."""
        state = self.state
        state.doubts[self._depth :] = [[]]
        state.recollection = self._recollection
        self._recollection.begin()
        self.before.resume(state)
        inits = tuple(self._atom(self.before, key) for key in self._keys)
        self.before.resume(state)
        names = [key.name if isinstance(key, Slot | Cell) else None for key in self._keys]
        self.parameters = tuple(
            named_value(state, type_, name) for name, type_ in zip(names, self._keys.values(), strict=True)
        )
        self._bind(self.parameters)
        for slot in self._places():
            if slot not in self._bound:
                continue
            for known in self._known(self.before, self._part(self.before, slot)) | self._reaching.get(slot, set()):
                if type(known) is type(self._bound[slot]):
                    link(self._bound[slot], known)
        for pair in self._sharing:
            one, other = (self._bound[slot] for slot in pair)
            link(one, other)
        return inits, self.parameters

    def _bind(self, values: tuple[Value, ...]) -> None:
        """Bind names, cells and objects to the values of what is carried."""
        state = self.state
        atoms = dict(zip(self._keys, values, strict=True))
        self._bound = {}
        for root, template in self._templates.items():

            def leaf(steps: Steps, root: Root = root) -> Ref | Atom:
                slot = Slot(root, steps)
                if isinstance(root, Object) and not steps:
                    return atoms[slot]  # the list that the object is
                if atoms[slot].type.kind == "list":
                    made = self._bound[slot] = new_list(state, atoms[slot], name=slot.name)
                    holder = self._holder(slot)
                    made.memory, made.inner, made.repeats = holder.memory, holder.inner, holder.repeats
                    return made
                hidden = isinstance(root, str) and root.startswith("%")
                cell = self._bound[slot] = state.bind(atoms[slot], None if hidden else slot.name)
                return cell

            def make(steps: Steps, content: Container, root: Root = root) -> Any:
                if isinstance(root, Object) and not steps:
                    return content
                made = self._bound[Slot(root, steps)] = state.heap.new_object(content)
                made.name = Slot(root, steps).name
                return made

            built = build(template, leaf, make)
            if isinstance(root, str):
                state.frame.names[root] = built
            else:
                state.heap.contents[root] = built
        for key, atom in atoms.items():
            if isinstance(key, Cell):
                state.heap.values[key] = atom

    def _holder(self, slot: Slot) -> Object:
        """Who has the memory of a list that is carried as one value."""
        if isinstance(slot.root, Object) and not slot.steps:
            return slot.root
        if slot not in self._memories:
            holder = self._memories[slot] = Object(list, slot.name)
            holder.memory, holder.inner = Cell(slot.name), Object(list, slot.name)
            self.before.values[holder.memory] = Literal(None)
        return self._memories[slot]

    def _keep_memory(self) -> None:
        """Note what lists that are carried as one value hold at either end of the round."""
        for slot, type_ in self._keys.items():
            if isinstance(slot, Slot) and type_.kind == "list":
                for path in (self.before, self.end):
                    part = self._part(path, slot)
                    path.resume(self.state)
                    if isinstance(part, Container | Object):
                        share_memory(self.state, self._holder(slot), part)

    def leave(self, end: Path) -> bool:
        """End a round: whether all that changed is carried, with a type that holds."""
        self.end = end
        self.state.recollection = self._around
        doubts = self.state.doubts[self._depth]
        del self.state.doubts[self._depth :]
        settled = self._settle()
        if settled and doubts:
            if not self.state.doubts:
                raise doubts[0]
            self.state.doubts[-1].extend(doubts)  # the loop around it may make the list longer
        return settled

    def never_runs(self) -> None:
        """End the first round of a loop whose test is False as it begins."""
        self.state.recollection = self._around
        del self.state.doubts[self._depth :]

    def _settle(self) -> bool:
        if self._find_changed():
            return False
        self._keep_memory()
        self._results = tuple(self._atom(self.end, key) for key in self._keys)
        joined = [
            join_types(type_, _type_of_result(type_, result))
            for type_, result in zip(self._keys.values(), self._results, strict=True)
        ]
        settled = joined == list(self._keys.values())
        self._keys.update(zip(self._keys, joined, strict=True))
        settled = not self._find_sharing() and settled
        if settled:
            self._remember()
        return settled

    def _find_sharing(self) -> bool:
        """Note what may share memory at the end of this round; whether there is something new."""
        found = False
        contents = self.end.objects(self.state)
        parts = {slot: self._part(self.end, slot) for slot in self._places()}
        for (one, part), (other, other_part) in combinations(parts.items(), 2):
            pair = frozenset([one, other])
            if isinstance(part, Object) is not isinstance(other_part, Object) or pair in self._sharing:
                continue
            if may_share(part, other_part, contents):
                self._sharing.add(pair)
                found = True
        for slot, part in parts.items():
            known = self._known(self.end, part)
            if not known <= self._reaching.setdefault(slot, set()):
                self._reaching[slot] |= known
                found = True
        return found

    def _find_changed(self) -> bool:
        """Carry every name, cell and object that this round changed for the first time; whether there was one."""
        state, found = self.state, False
        before, end = self.before.objects(state), self.end.objects(state)
        earlier, later = self.before.cells(state), self.end.cells(state)
        for name in {**self.before.names, **self.end.names}:
            first, last = self.before.ref(name), self.end.ref(name)
            if name in self._templates or not (last is first or (isinstance(last, Constant) and last == first)):
                found |= self._widen(name, unify(state, End(first, before, earlier), End(last, end, later)))
        for ref, content in before.items():
            if ref in self._templates or end[ref] is not content:
                found |= self._widen(
                    ref, unify_contents(state, ref, End(content, before, earlier), End(end[ref], end, later))
                )
        for cell, value in earlier.items():
            last_value = later.get(cell, value)
            if last_value is not value and last_value != value and cell not in self._keys:
                found = True
                self._keys[cell] = value.type
        return found

    def _widen(self, root: Root, template: Template) -> bool:
        known = self._templates.get(root)
        if known is None and isinstance(template, Fixed) and not isinstance(template.ref, Unbound):
            return False
        wider = template if known is None else widen(known, template)
        if wider == known:
            return False
        self._templates[root] = wider
        self.before.resume(self.state)
        kept = {key: type_ for key, type_ in self._keys.items() if isinstance(key, Cell) or key.root != root}
        for slot in _slots(root, wider):
            kept[slot] = self._keys[slot] if slot in self._keys else self._initial_type(slot)
        self._keys = kept
        places = set(self._places())
        self._sharing = {pair for pair in self._sharing if pair <= places}
        return True

    def _initial_type(self, slot: Slot) -> Type:
        part = self._part(self.before, slot)
        if isinstance(part, Unbound):
            return self._type_at_end(slot)
        if isinstance(part, Value | Literal):
            return part.type
        listed = self._listed(self.before, slot, part)
        type_ = (
            self.state.type_of(part)
            if listed is None
            else list_type_at(self.state, self._end(self.before, slot.root), listed)
        )
        assert type_ is not None
        return type_

    def _type_at_end(self, slot: Slot) -> Type:
        """The type of what gets its first value in the loop, as far as it is the same in each round."""
        part = self._part(self.end, slot)
        if isinstance(part, Unbound):
            return OPAQUE
        self.end.resume(self.state)
        type_ = part.type if isinstance(part, Value | Literal) else self.state.type_of(part)
        self.before.resume(self.state)
        return OPAQUE if type_ is None else without_own_lengths(type_)

    def _known(self, path: Path, ref: Ref) -> set[Place]:
        """What is there before the loop that a reference may be, or share memory with."""
        return {place for place in same(ref, path.objects(self.state)) if self.before.knows(self.state, place)}

    # Afterwards

    def results(self) -> tuple[Atom, ...]:
        """What the body yields."""
        return self._results

    def outputs(self) -> tuple[Value, ...]:
        """New values for what the loop leaves behind."""
        pairs = zip(self._keys.values(), self.parameters, strict=True)
        return tuple(named_value(self.state, type_, parameter.hint) for type_, parameter in pairs)

    def finish(self, outputs: tuple[Value, ...]) -> None:
        """Bind names, cells and objects to the loop's outputs."""
        self.before.resume(self.state)
        self._bind(outputs)
        sources: dict[Place, tuple[Ref, ...]] = {}
        for slot in self._places():
            if slot in self._bound:
                sources[self._bound[slot]] = (self._part(self.before, slot), self._part(self.end, slot))
        link_merged(sources, (self.before, self.end), self.state)


def _type_of_result(known: Type, result: Atom) -> Type:
    if result == Literal(UNDEFINED):
        return OPAQUE
    return without_own_lengths(result.type) if known == OPAQUE else result.type


def _slots(root: Root, template: Template) -> Iterator[Slot]:
    return (Slot(root, steps) for steps in variables(template))
