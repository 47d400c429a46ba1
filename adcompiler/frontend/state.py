"""What the readers of statements and expressions share: the program written so far, the heap, the frames."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from adcompiler.errors import AliasingError, DifferentiationError, UnsupportedSyntaxError
from adcompiler.frontend.heap import (
    Cell,
    Closure,
    Constant,
    Container,
    Heap,
    Maybe,
    Method,
    Object,
    Partial,
    Place,
    Ref,
    ShapeOf,
    Unbound,
    View,
    Walk,
    functions_in,
    places_of,
)
from adcompiler.frontend.lifetimes import may_be_read
from adcompiler.frontend.parse import FunctionSource
from adcompiler.frontend.recollection import Recollection
from adcompiler.frontend.scope import Known, is_number_or_array
from adcompiler.frontend.trials import Trials
from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import UNDEFINED, Atom, Equation, Literal, Program, Value
from adcompiler.ir.structure import Packing
from adcompiler.ir.types import FLOAT, INT, OPAQUE, Type, type_of_constant
from adcompiler.rules.structure import packing_parameter
from adcompiler.rules.table import RULES
from adcompiler.spans import Span

RETURN, RETURNED, STOP, SKIP = "%return", "%returned", "%stop", "%skip"
"""Pseudo-names of a frame: the value it returns, and whether it has returned, left a loop, skipped a round."""

_NUMBERS = {int: INT, float: FLOAT}

FLAGS = (RETURNED, STOP, SKIP)


class StaticValueNeeded(Exception):  # noqa: N818  (a request, answered by the compiler)
    """A parameter's value is needed at compile time (an axis, a keyword): compile again for that value."""

    def __init__(self, name: str, error: DifferentiationError) -> None:
        super().__init__(name)
        self.name = name
        self.error = error


class StaticArgumentNeeded(Exception):  # noqa: N818  (a request, answered by whoever reads the callee)
    """An argument of a callee that is being read is needed at compile time: read the callee for its value."""

    def __init__(self, parameter: Value, error: DifferentiationError) -> None:
        super().__init__(str(parameter))
        self.parameter = parameter
        self.error = error


class OrderNeeded(StaticValueNeeded):
    """Whether a parameter is C-contiguous decides what a write reaches: compile again for the answer."""


class PathEnds(Exception):  # noqa: N818  (a signal to whoever reads the path)
    """The path being read has raised an exception: nothing that follows on it is reached."""


class ValueNotKnownError(UnsupportedSyntaxError):
    """A value is needed at compile time: where it differs from round to round, the rounds are read one by one."""

    sources: frozenset[Value] = frozenset()
    """The values that it follows from."""
    of_structure: bool = False
    """Whether it is a structure that differs from round to round."""


@dataclass(eq=False)
class Frame:
    """One activation of a function that is read: its names, and whether it has been left."""

    source: FunctionSource
    names: dict[str, Ref] = field(default_factory=dict)
    outer: Frame | None = None
    """The frame a nested function was defined in."""
    statement: Any = None
    local_names: frozenset[str] = frozenset()
    is_comprehension: bool = False
    """Whether this is the scope of a comprehension, which assignment expressions see through."""
    depth: int = 0
    """How many regions were open when it was entered."""
    key: object = None
    """What tells this activation from those of other functions, or of the same with other structures as arguments."""


@dataclass(frozen=True)
class FreeVariable:
    """A number or array outside the function: a hidden input of the program."""

    name: str
    read: Callable[[], Any] | None
    value: Any = None


@dataclass
class Callees:
    """What is known of functions that are called and not read in place."""

    known: list[Any] = field(default_factory=list)
    """Those that may be called from here."""
    recursive: set[object] = field(default_factory=set)
    """The keys of activations that turned out to contain themselves."""
    static: dict[object, dict[Any, DifferentiationError]] = field(default_factory=dict)
    """By function: the places in its arguments that are needed when it is compiled, and what is said where they are not
    known."""
    programs: dict[str, Program] = field(default_factory=dict)
    """Those that were read, by name."""
    assumed: list[Any] = field(default_factory=list)
    """Those that were called while they were being read: what is known of them may change yet."""
    often: frozenset[Hashable] = frozenset()
    """What tells the functions that are not to be read in place, since that would be done too often."""
    never: set[Hashable] = field(default_factory=set)
    """Of these, those that cannot be called."""
    in_place: list[tuple[Hashable, Hashable, tuple[Equation, ...]]] = field(default_factory=list)
    """What was read in place, of which activation, and what it came to."""
    lookups: list[tuple[Frame, str, Ref]] = field(default_factory=list)
    """What names of enclosing functions stood for where they were read."""


class State:
    """The abstract interpreter's state.

    Parameters
    ----------
    static_free : mapping
        Free numbers whose values are known at compile time because the program needs them so, by name.
    free_type : callable
        The type of a hidden input from its present value.
    problems : list, optional
        Where to note what is outside the language instead of stopping at the first such statement.
    in_order : dict, optional
        Whether a parameter is C-contiguous, where the program turned out to depend on that; all are, by default.
    """

    def __init__(
        self,
        static_free: dict[str, Any],
        free_type: Callable[[Any], Type],
        problems: list[DifferentiationError] | None = None,
        in_order: dict[str, bool] | None = None,
    ) -> None:
        self.problems = problems
        self.in_order = in_order
        self.asked_order: list[str] = []
        """Parameters of which it would help to know whether they are C-contiguous."""
        self.builder = Builder(NameSupply())
        self.heap = Heap()
        self.frames: list[Frame] = []
        self.pending: list[Ref] = []
        """What the expressions being read hold without a name: operands, arguments, elements evaluated so far."""
        self.trials = Trials(self.builder)
        self.static_free = static_free
        self.free_type = free_type
        self.free: dict[str, tuple[FreeVariable, Value, Cell, object]] = {}
        self.known: dict[object, tuple[Callable[[], Any] | None, Any]] = {}
        self.parameters: dict[str, Value] = {}
        self.doubts: list[list[DifferentiationError]] = []
        """For each round that is being read: what raises as long as a list is as short as it was before the loop."""
        self.adoptions: dict[int, Object] = {}
        """Objects outside the program that it writes into, by identity."""
        self.recollection = Recollection()
        """Of the loop whose body is being read."""
        self.attempts = 0
        """How many loops around are read in one way now, and could be read in another."""
        self.called: dict[Atom, str | None] = {}
        """Parameters that come in a structure, with the first variable that each is assigned to."""
        self.stand_ins: dict[Value, Atom | None] = {}
        """Parameters of callees being read: for the content of an outer cell, that content; None for an argument."""
        self.callees = Callees()

    @property
    def frame(self) -> Frame:
        """The innermost activation."""
        return self.frames[-1]

    # Places and refusals

    def span(self, node: Any) -> Span:
        """The place of a node in the function being read."""
        return self.frame.source.text.span(node, self.frame.statement)

    @contextmanager
    def holding(self, *refs: Ref) -> Iterator[None]:
        """Keep in mind, while more is read, what is held without a name."""
        self.pending.extend(refs)
        try:
            yield
        finally:
            del self.pending[len(self.pending) - len(refs) :]

    @contextmanager
    def at(self, node: Any) -> Iterator[None]:
        """Stamp the equations written in the `with` block with the place of `node`."""
        before = self.builder.span
        self.builder.span = self.span(node)
        try:
            yield
        finally:
            self.builder.span = before

    def refuse(
        self,
        node: Any,
        message: str,
        hint: str | None = None,
        kind: type[DifferentiationError] = UnsupportedSyntaxError,
    ) -> NoReturn:
        """Raise an error at the place of `node`."""
        raise kind(message, self.span(node), hint)

    def refuse_unbound(self, node: Any, message: str, ref: Unbound) -> NoReturn:
        """Refuse to read what has no value here; where a loop makes it so, its rounds may be read one by one."""
        if ref.from_loop:
            self.refuse_structure(node, message)
        self.refuse(node, message)

    def refuse_structure(self, node: Any, message: str, hint: str | None = None) -> NoReturn:
        """Refuse a structure that is not the same on all paths; read round by round, a loop has one path."""
        error = ValueNotKnownError(message, self.span(node), hint)
        error.of_structure = True
        raise error

    def doubt(self, node: Any, message: str) -> NoReturn:
        """Refuse what raises; in a loop, which may make a list longer, only if it does so in all of its rounds."""
        if not self.doubts:
            self.refuse(node, message)
        self.doubts[-1].append(UnsupportedSyntaxError(message, self.span(node)))
        raise PathEnds

    # Values

    def effect(self, name: str, *inputs: Atom, **static: Any) -> None:
        """Append the equation of something that happens, without a result."""
        self.builder.append(Equation(RULES[name].primitive, inputs, (), tuple(sorted(static.items()))))

    def emit(self, name: str, *inputs: Atom, hint: str | None = None, **static: Any) -> Value:
        """Append the equation of a primitive in the table."""
        return self.builder.emit(RULES[name].primitive, *inputs, hint=hint, **static)

    def bind(self, value: Atom, name: str | None = None) -> Cell:
        """A new cell for a computed value."""
        return self.heap.new(value, name)

    def rename(self, value: Atom, name: str) -> Atom:
        """Give a value that was just computed the name of the variable that holds it."""
        named = self.builder.rename(value, name)
        if named is not value:
            for cell, content in self.heap.values.items():
                if content == value:
                    self.heap.values[cell] = named
            for ref, held in self.heap.contents.items():
                if held == value:
                    self.heap.contents[ref] = named
        return named

    def read_value(self, ref: Ref, node: Any) -> Atom:
        """The present value of what a reference stands for, as an atom."""
        match ref:
            case Cell():
                return self.heap.values[ref]
            case View(snapshot=(content, part)) if self.heap.values[ref.cell] == content:
                return part
            case View(base=base, primitive=name, operands=operands, static=static):
                inputs = (self.read_value(base, node), *operands)
                given, primitive = dict(static), RULES[name].primitive
                known = None if name == "getitem" else self.builder.recent(primitive, *inputs, **given)
                return known or self.emit(name, *inputs, **given)
            case Constant(value=value):
                return Literal(value)
            case Container(items=items, kind=kind, keys=keys):
                values = [self.read_value(item, node) for item in items]
                return self.emit("make_tuple", *values, **packing_parameter(Packing(kind, keys)))
            case ShapeOf(array=array):
                return self.emit("shape", array)
            case Object(kind=kind):
                held = self.content_of(ref, node)
                if not isinstance(held, Container):
                    return held
                if held.keys is not None:
                    self.refuse(node, f"a {_kind_in_words(kind)} is used as a value here", "use what it holds")
                return self.read_value(held, node)
            case Maybe(value=value):
                return self.read_value(value, node)
            case Unbound(reason=reason):
                self.refuse_unbound(node, reason or "this name has no value here on any path", ref)
            case Walk(kind=walk):
                self.refuse(node, f"a `{walk.__name__}` is used as a value here", "make a list of it: `list(…)`")
            case Method(owner=owner, name=name) if self.type_of(owner) == OPAQUE:
                return self.emit("attribute", self.read_value(owner, node), field=name)
            case Closure() | Method() | Partial():
                self.refuse(node, "a function is used as a value here", "call it, or pass it to a function that does")

    def type_of(self, ref: Ref) -> Type | None:
        """The type of what a reference stands for, without reading it; None for functions and unbound names."""
        match ref:
            case Cell():
                return self.heap.values[ref].type
            case View():
                return self._type_of_view(ref)
            case Constant(value=value):
                return type_of_constant(value)
            case Container(items=items, kind=kind, keys=keys):
                types = [self.type_of(item) for item in items]
                packing = None if kind is tuple else Packing(kind, keys)
                return None if None in types else Type("tuple", elements=tuple(t for t in types if t), packing=packing)
            case ShapeOf(array=array):
                return RULES["shape"].primitive.infer(array.type)[0]
            case Maybe(value=value):
                return self.type_of(value)
            case Object():
                content = self.heap.contents.get(ref)
                if isinstance(content, Container):
                    return self.type_of(content) if content.keys is None else None
                return None if content is None or isinstance(content, Unbound) else content.type
        return None

    def _type_of_view(self, view: View) -> Type:
        base = self.type_of(view.base)
        assert base is not None
        types = (base, *(atom.type for atom in view.operands))
        return RULES[view.primitive].primitive.infer(*types, **dict(view.static))[0]

    def bind_argument(self, name: str, value: Value) -> Cell:
        """A new cell for what the caller passes for a parameter."""
        self.parameters[name] = value
        cell = self.bind(value, name)
        cell.in_order = True if self.in_order is None else self.in_order.get(name)
        cell.in_order_if = frozenset([name]) if cell.in_order is None else frozenset()
        return cell

    def constant_of(self, ref: Ref, node: Any, what: str) -> Any:
        """The compile-time value of a reference, for `what` (an axis, a flag).

        Raises
        ------
        StaticValueNeeded
            It is a parameter: compiling again for its value helps.
        """
        match ref:
            case Constant(value=value):
                return value
            case Container(items=items, keys=None, kind=kind):
                return kind(self.constant_of(item, node, what) for item in items)
            case Container(items=items, keys=keys, kind=kind) if kind is dict and keys is not None:
                return {key: self.constant_of(item, node, what) for key, item in zip(keys, items, strict=True)}
            case Object() if isinstance(content := self.content_of(ref, node), Container):
                return self.constant_of(content, node, what)
        error = ValueNotKnownError(
            f"{what} must be known before the program runs", self.span(node), "write it as a literal"
        )
        if isinstance(ref, Cell):
            value = self.heap.values[ref]
            self.ask_for(value, error)
            error.sources = self.builder.sources(value)
        raise error

    def ask_for(self, atom: Atom, error: DifferentiationError) -> None:
        """Have the program compiled for the value of an atom, instead of the error, if it is a parameter."""
        while isinstance(atom, Value) and atom in self.stand_ins:
            original = self.stand_ins[atom]
            if original is None:
                raise StaticArgumentNeeded(atom, error)
            atom = original
        for name, parameter in self.parameters.items():
            if parameter == atom:
                raise StaticValueNeeded(name, error)

    # Objects

    def new_list(self, items: Iterable[Ref]) -> Object:
        """A new list."""
        return self.heap.new_object(Container(tuple(items), list))

    def new_dict(self, keys: Iterable[Any], items: Iterable[Ref]) -> Object:
        """A new dict."""
        return self.heap.new_object(Container(tuple(items), dict, tuple(keys)))

    def adopted(self, value: Any) -> Object | None:
        """The object that stands for one outside the program, if the program has come to write into it."""
        return self.adoptions.get(id(value))

    def adopt(self, value: Any) -> Object:
        """The object that stands for one outside the program, from now on: its own content is never changed."""
        if id(value) not in self.adoptions:
            self.adoptions[id(value)] = Object(type(value), origin=value)
        return self.adoptions[id(value)]

    def content_of(self, ref: Object, node: Any) -> Container | Atom:
        """The present content of an object."""
        content = self.heap.contents.get(ref)
        if content is None:
            content = self.pristine(ref)
        if isinstance(content, Unbound):
            self.refuse_unbound(node, f"this {_kind_in_words(ref.kind)} {content.reason}", content)
        return content

    def pristine(self, ref: Object) -> Container:
        """The content of an adopted object before the program wrote into it; of an instance, nothing is read yet."""
        value = ref.origin
        if isinstance(value, list):
            return Container(tuple(self.lift_item(value, number) for number in range(len(value))), list)
        if isinstance(value, dict):
            return Container(tuple(self.lift_item(value, key) for key in value), ref.kind, tuple(value))
        return Container((), ref.kind, ())

    def plain(self, ref: Ref) -> Ref:
        """A list as what it holds now, and so the lists in it; any other reference itself."""
        match ref:
            case Maybe(value=value):
                return self.plain(value)
            case Object():
                content = self.heap.contents.get(ref)
                if content is None and ref.origin is not None:
                    content = self.pristine(ref)
                return self.plain(content) if isinstance(content, Container) and content.keys is None else ref
            case Container(items=items, kind=kind, keys=None):
                return Container(tuple(map(self.plain, items)), kind)
        return ref

    # Writes

    def write(self, cell: Cell, value: Atom, node: Any) -> None:
        """Replace the value of a cell, as an update in place does.

        Raises
        ------
        AliasingError
            Another name may or may not see the update, depending on how the program runs.
        """
        self._refuse_aliases(cell, "an array", "write into a copy: `.copy()` says that nothing is shared", node)
        self.trials.note(cell, self.frame)
        self.heap.values[cell] = value
        self.heap.written[cell] = self.span(node)

    def change(self, ref: Object, content: Container | Atom, node: Any) -> None:
        """Replace the content of an object.

        Raises
        ------
        AliasingError
            Another name may or may not see the change, depending on how the program runs.
        """
        what = f"a {_kind_in_words(ref.kind)}"
        self._refuse_aliases(ref, what, "change a copy, which is surely nobody else's", node)
        self.trials.note(ref, self.frame)
        self.heap.contents[ref] = content

    def _refuse_aliases(self, place: Place, what: str, hint: str, node: Any) -> None:
        name = self._name_that_reaches(place.aliases)
        contents = self.heap.contents
        if name is None and any(not place.aliases.isdisjoint(places_of(ref, contents)) for ref in self.pending):
            name = "another part of the statement"
        if name is not None:
            verb = "share memory with" if isinstance(place, Cell) else "stand for as well"
            if isinstance(place, Cell) and self.in_order and not all(self.in_order.values()):
                hint = "pass a C-contiguous array, whose reshape is a view, or write into a copy: `.copy()`"
            message = f"this changes {what} that {name} may {verb}, or not"
            if isinstance(place, Cell) and self.asked_order:
                raise OrderNeeded(self.asked_order[0], AliasingError(message, self.span(node), hint))
            self.refuse(node, message, hint, AliasingError)

    def named(self) -> Iterator[tuple[str, Ref]]:
        """Every name that may still be read, and what it stands for: of all frames, those that nested functions keep
        too, and free names."""
        contents = self.heap.contents
        frames = [*self.frames, *(function.frame for ref in self.pending for function in functions_in(ref, contents))]
        seen: set[int] = set()
        while frames:
            frame = frames.pop(0)
            if frame is None or id(frame) in seen:
                continue
            seen.add(id(frame))
            frames.append(frame.outer)
            for name, ref in frame.names.items():
                frames.extend(function.frame for function in functions_in(ref, contents))
                if not name.startswith("%") and self._may_be_read(name, frame):
                    yield name, ref
        yield from ((variable.name, cell) for variable, _, cell, _ in self.free.values() if cell is not None)
        yield from ((type(ref.origin).__name__, ref) for ref in self.adoptions.values())

    def _may_be_read(self, name: str, frame: Frame) -> bool:
        if frame not in self.frames:
            return may_be_read(name, frame.source.node, None)
        return frame.statement is None or may_be_read(name, frame.source.node, frame.statement)

    def _name_that_reaches(self, places: set[Any]) -> str | None:
        if not places:
            return None
        contents = self.heap.contents
        return next(
            (f"`{name}`" for name, ref in self.named() if not places.isdisjoint(places_of(ref, contents))), None
        )

    def is_shared(self, cell: Cell) -> bool:
        """Whether more than one name reaches a cell, or one that may share its memory."""
        contents = self.heap.contents
        reached = [set(places_of(ref, contents)) for ref in (*(ref for _, ref in self.named()), *self.pending)]
        return any(cells & cell.aliases for cells in reached) or sum(cell in cells for cells in reached) > 1

    # Names

    def lookup(self, name: str, node: Any) -> Ref:
        """What a name stands for: local, of an enclosing function, or free."""
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.names:
                if frame is not self.frame:
                    self.callees.lookups.append((frame, name, frame.names[name]))
                return frame.names[name]
            if name in frame.local_names:
                self.refuse(node, f"`{name}` is read before it has a value")
            frame = frame.outer
        return self.lookup_free(name, node)

    def lookup_free(self, name: str, node: Any) -> Ref:
        """What a name stands for outside the function being read and those around it."""
        root = self.frame
        while root.outer is not None:
            root = root.outer
        binding = root.source.scope.lookup(name)
        if binding is None:
            self.refuse(node, f"the name `{name}` is not defined")
        key = (root.source.scope.key(name), name)
        reader = getattr(root.source.scope, "reader", lambda _: None)(name) if not _is_builtin(binding, name) else None
        if isinstance(binding, Known):
            self.known[key] = (reader, binding.value)
            return Constant(binding.value)
        return self._lift(name, key, reader, binding.type, binding.value)

    def lift_attribute(self, owner: Any, name: str) -> Ref:
        """An attribute of a known object: a hidden input where it is a number or an array, else known itself."""
        return self._lift_part(name, (id(owner), name), lambda: getattr(owner, name))

    def lift_item(self, owner: Any, key: Any) -> Ref:
        """An item of a known list, tuple or dict: a hidden input where it is an array, else known itself."""
        value = owner[key]
        if isinstance(value, int | float | complex) and not isinstance(owner, dict):
            return Constant(value)
        name = key if isinstance(key, str) and key.isidentifier() else "item"
        return self._lift_part(name, (id(owner), "item", key), lambda: owner[key])

    def _lift_part(self, name: str, key: object, read: Callable[[], Any]) -> Ref:
        value = read()
        if is_number_or_array(value) and not isinstance(value, type):
            return self._lift(name, key, read, _NUMBERS.get(type(value)), value)
        self.known[(key, name)] = (read, value)
        return Constant(value)

    def note_defaults(self, function: Any) -> None:
        """Note that the program stands on the defaults of a function that it follows."""

        def read() -> Any:
            return function.__defaults__, function.__kwdefaults__

        if read() != (None, None):
            self.known[(id(function), "defaults")] = (read, read())

    def _lift(self, name: str, key: object, reader: Any, type: Type | None, value: Any) -> Ref:
        unique = name
        while self.free[unique][3] != key if unique in self.free else unique in self.parameters:
            unique += "_"
        if unique in self.static_free:
            self.free.setdefault(unique, (FreeVariable(unique, reader, value), None, None, key))  # type: ignore[arg-type]
            return Constant(self.static_free[unique])
        if unique not in self.free:
            hidden = self.builder.value(type or self.free_type(value), unique)
            self.parameters[unique] = hidden
            self.free[unique] = (FreeVariable(unique, reader, value), hidden, self.bind(hidden, unique), key)
        return self.free[unique][2]

    def assign(self, name: str, ref: Ref) -> None:
        """Bind a local name."""
        self.trials.note(name, self.frame)
        self.frame.names[name] = ref
        value = self.heap.values.get(ref) if isinstance(ref, Cell) else None
        if value is not None and self.called.get(value, name) is None:
            self.called[value] = name


def _is_builtin(binding: Any, name: str) -> bool:
    return isinstance(binding, Known) and getattr(builtins, name, UNDEFINED) is binding.value


def _kind_in_words(kind: type) -> str:
    """What an object is called in messages."""
    return kind.__name__ if kind in (list, dict) else f"object of class `{kind.__name__}`"
