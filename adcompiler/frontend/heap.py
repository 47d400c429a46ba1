"""What a name stands for while a function is read: Python's object model, as far as it is known before running.

A *cell* is one object with an SSA value: a number, or the present contents of one buffer. Names refer to cells, so two
names for one array see each other's updates, as in Python. A *view* is a part or a rearrangement of a cell, read afresh
at each use and written through. A tuple is a *container* of references. A list, a dict or an instance of a class is an
*object*, whose present content is a container: names refer to objects, so two names of one list see each other's
appends. Functions, modules, strings and numbers known before the program runs are *constants*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adcompiler.ir.nodes import Atom
from adcompiler.record import record
from adcompiler.spans import Span


@dataclass(eq=False)
class Cell:
    """One object whose value the program computes; its present value stands in `Heap.values`."""

    name: str | None = None
    aliases: set[Cell] = field(default_factory=set, repr=False)
    """Cells that may share this one's memory, as far as can be known."""
    in_order: bool | None = None
    """Whether it is C-contiguous, if that is known: its reshape is then a view."""
    in_order_if: frozenset[str] = frozenset()
    """Parameters of which it would have to be known: it is C-contiguous if they are."""


@record(frozen=True, eq=False)
class View:
    """What a primitive (`getitem`, `transpose`, `reshape`) returns of an array without a copy.

    `operands` and `static` are what the primitive takes beside the array. `snapshot` is what the view read when it was
    given a name: `(content of the cell, content of the view)`. It serves for as long as the cell has that content.
    """

    base: Cell | View
    primitive: str
    operands: tuple[Atom, ...] = ()
    static: tuple[tuple[str, Any], ...] = ()
    snapshot: tuple[Atom, Atom] | None = None

    @property
    def index(self) -> tuple[Any, ...]:
        """Of a part `base[index]`: the index, whose slots are the operands."""
        return dict(self.static)["index"]  # type: ignore[no-any-return]

    @property
    def cell(self) -> Cell:
        """The cell that owns the memory."""
        return self.base if isinstance(self.base, Cell) else self.base.cell


@record(frozen=True)
class Constant:
    """A Python object known before the program runs."""

    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Constant) or type(self.value) is not type(other.value):
            return False
        if isinstance(self.value, int | float | complex | str | bool | tuple):
            return repr(self.value) == repr(other.value)
        return self.value is other.value

    def __hash__(self) -> int:
        return hash(type(self.value))


@record(frozen=True)
class Presence:
    """The key under which the content of a dict or instance says whether another key is there."""

    key: Any


@record(frozen=True, eq=False)
class Container:
    """A tuple, or the content of a list, a dict or an instance of a class at one time.

    Parameters
    ----------
    items : tuple of Ref
    kind : type
        `tuple`, `list`, `dict`, a named tuple's class, or the class of an instance.
    keys : tuple, optional
        One for each item: the keys of a dict, the names of fields and attributes. None for a tuple or list. A key
        that is there on some paths only has a `Presence` beside it, whose item says whether it is.
    """

    items: tuple[Ref, ...]
    kind: type
    keys: tuple[Any, ...] | None = None

    @property
    def uncertain(self) -> tuple[Any, ...]:
        """The keys that are there on some paths only."""
        return tuple(key.key for key in self.keys or () if isinstance(key, Presence))

    def presence(self, key: Any) -> Ref:
        """Whether a key is there: known, or a flag."""
        return self.get(Presence(key)) or Constant(self.get(key) is not None)

    def get(self, key: Any) -> Ref | None:
        """The item of a key; None where there is none."""
        position = self._positions.get(key)
        return None if position is None else self.items[position]

    @cached_property
    def _positions(self) -> dict[Any, int]:
        """Where the item of each key stands."""
        keys = self.keys or ()
        return {keys[number]: number for number in range(len(keys) - 1, -1, -1)}

    def put(self, key: Any, item: Ref) -> Container:
        """The same with another item for a key, which is new or not."""
        certain = self if isinstance(key, Presence) else self._without(Presence(key))
        keys = certain.keys or ()
        position = certain._positions.get(key)
        if position is None:
            return Container((*certain.items, item), self.kind, (*keys, key))
        items = (*certain.items[:position], item, *certain.items[position + 1 :])
        return Container(items, self.kind, keys)

    def drop(self, key: Any) -> Container:
        """The same without a key."""
        return self._without(key)._without(Presence(key))

    def _without(self, key: Any) -> Container:
        position = self._positions.get(key)
        if position is None or self.keys is None:
            return self
        keys, items = self.keys, self.items
        return Container(
            (*items[:position], *items[position + 1 :]), self.kind, (*keys[:position], *keys[position + 1 :])
        )


@dataclass(eq=False)
class Object:
    """One mutable object of Python's: a list, a dict, an instance of a class; its content stands in `Heap.contents`."""

    kind: type
    name: str | None = None
    aliases: set[Object] = field(default_factory=set, repr=False)
    """Objects that may be this one, as far as can be known."""
    origin: Any = None
    """The object outside the program, if it is one: what the program has not written is read there."""
    memory: Cell | None = field(default=None, repr=False)
    """Of a list that the program computes: stands for the arrays in it."""
    repeats: bool = field(default=False, repr=False)
    """Of such a list: whether two of its items may be one array, or share memory."""
    resized: int = field(default=0, repr=False)
    """Of such a list: how often its length has been changed so far."""
    inner: Object | None = field(default=None, repr=False)
    """Of a list that the program computes: stands for the lists in it."""


@record(frozen=True, eq=False)
class ShapeOf:
    """`x.shape`: its axes are asked for one by one, or it is passed on whole."""

    array: Atom


@record(frozen=True, eq=False)
class Closure:
    """A function defined inside the function being read (`def` or `lambda`), with the frame it sees."""

    source: Any
    frame: Any
    defaults: dict[str, Ref]


@record(frozen=True, eq=False)
class Method:
    """`x.sum`: a method of an array, waiting to be called."""

    owner: Ref
    name: str


@dataclass(eq=False)
class Walk:
    """Something to iterate over that is stored nowhere: a range, `zip(x, y)`, a generator."""

    kind: type
    parts: tuple[Ref, ...]
    """What it reads as it is walked along."""
    course: Any
    """How: called with the place, a `Course` (`iteration.py`)."""
    spent: bool = False
    """Whether it has been walked along: an iterator is then used up."""


@record(frozen=True, eq=False)
class Partial:
    """A function with its first arguments and some keywords: a bound method, a `functools.partial`."""

    function: Ref
    arguments: tuple[Ref, ...]
    keywords: dict[str, Ref] = field(default_factory=dict)


@record(frozen=True, eq=False)
class Maybe:
    """What is None on some paths: the flag `present` says where it is not, and `value` is what it is then."""

    present: Ref
    value: Ref


@record(frozen=True, eq=False)
class Unbound:
    """A name without a value on this path; with a `reason`, one whose value is there and cannot be known.

    The former may be one variable with a name that has a value: nothing reads it. The latter may not, except where the
    path on which it cannot be known has left the block: `otherwise` is what the name stands for on the others.
    """

    reason: str | None = None
    otherwise: Ref | None = None
    from_loop: bool = False
    """Whether it is a loop that makes it so, and reading its rounds one by one would help."""


def is_ambiguous(ref: object) -> bool:
    """Whether a name has a value that cannot be known, rather than none."""
    return isinstance(ref, Unbound) and ref.reason is not None


Ref = Cell | View | Constant | Container | Object | ShapeOf | Closure | Method | Partial | Maybe | Walk | Unbound

UNBOUND = Unbound()

NOTHING = Constant(None)


def maybe_of(ref: Ref) -> Maybe:
    """A reference as one that may be None."""
    if isinstance(ref, Maybe):
        return ref
    if isinstance(ref, Unbound):
        return Maybe(ref, ref)
    return Maybe(Constant(False), UNBOUND) if ref == NOTHING else Maybe(Constant(True), ref)


def if_present(ref: Ref) -> Ref:
    """What a reference is where it is not None."""
    return ref.value if isinstance(ref, Maybe) else ref


Content = Container | Atom | Unbound
"""Of an object: its items; the list that the program computes; or why it cannot be said."""


Place = Cell | Object
"""What can be changed: by a write into an array, or into a list, a dict, an instance."""


@dataclass
class Heap:
    """The present value of every cell, and the present content of every object."""

    values: dict[Cell, Atom] = field(default_factory=dict)
    contents: dict[Object, Content] = field(default_factory=dict)
    written: dict[Cell, Span | None] = field(default_factory=dict)
    """Cells that have been updated in place, with the place of the last write."""

    def new(self, value: Atom, name: str | None = None) -> Cell:
        """A new cell."""
        cell = Cell(name)
        self.values[cell] = value
        return cell

    def new_object(self, content: Container) -> Object:
        """A new object."""
        found = Object(content.kind)
        self.contents[found] = content
        return found


Contents = Mapping[Object, Content]


def link(one: Place, other: Place) -> None:
    """Note that two cells may share memory, or that two objects may be one."""
    if one is not other:
        one.aliases.add(other)  # type: ignore[arg-type]  # both are of one kind
        other.aliases.add(one)  # type: ignore[arg-type]


def reach(ref: Ref, contents: Contents) -> set[Place]:
    """What a reference reaches, and all that may share memory with, or be, one of these."""
    places = set(places_of(ref, contents))
    return places.union(*(place.aliases for place in places))


def same(ref: Ref, contents: Contents) -> set[Place]:
    """The places that a reference may be itself: of an object, not what it holds."""
    return {ref, *ref.aliases} if isinstance(ref, Object) else reach(ref, contents)


def may_share(one: Ref, other: Ref, contents: Contents) -> bool:
    """Whether two references may be, or reach, the same memory."""
    places = {one} if isinstance(one, Object) else set(places_of(one, contents))
    return not same(other, contents).isdisjoint(places)


def places_of(ref: Ref, contents: Contents) -> Iterator[Place]:
    """The cells and objects that a reference reaches."""
    for part in _parts(ref, contents):
        match part:
            case Cell() | Object():
                yield part
            case View():
                yield part.cell


def functions_in(ref: Ref, contents: Contents) -> Iterator[Closure]:
    """The nested functions a reference reaches; each keeps the frame it was defined in."""
    return (part for part in _parts(ref, contents) if isinstance(part, Closure))


def _parts(ref: Ref, contents: Contents) -> Iterator[Ref]:
    """A reference and all that can be reached from it."""
    seen: set[int] = set()
    pending = [ref]
    while pending:
        part = pending.pop(0)
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        match part:
            case Container(items=items) | Walk(parts=items):
                pending.extend(items)
            case Object():
                content = contents.get(part)
                if isinstance(content, Container):
                    pending.extend(content.items)
                pending.extend(held for held in (part.memory, part.inner) if held is not None)
            case Method(owner=owner):
                pending.append(owner)
            case Closure(defaults=defaults):
                pending.extend(defaults.values())
            case Maybe(present=present, value=value):
                pending.extend((present, value))
            case Partial(function=function, arguments=arguments, keywords=keywords):
                pending.extend((function, *arguments, *keywords.values()))
