"""Reading a callee: again and again, until its signature holds for the calls within.

It is read in the state of its first call, with stand-ins: each leaf of its arguments is a parameter, and so is the
content of each cell outside that it mentions or changes. The first time no result is known, and a path that calls the
callee itself ends there (`PathEnds`): the types of the paths that do not are where the search begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from adcompiler.frontend.alignment import may_be_array
from adcompiler.frontend.callees import Argument, Callee, Output, Returned, Signature, Structure
from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import (
    Cell,
    Closure,
    Constant,
    Container,
    Content,
    Maybe,
    Method,
    Object,
    Partial,
    Ref,
    ShapeOf,
    Unbound,
    View,
    Walk,
    may_share,
    places_of,
    reach,
)
from adcompiler.frontend.lengths import generalised, lengths, substituted
from adcompiler.frontend.paths import Path
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.skeleton import Place
from adcompiler.frontend.state import State
from adcompiler.ir.dims import Dim
from adcompiler.ir.nodes import Atom, Equation, Program, Region, Value, calls_in, free_values
from adcompiler.ir.rewrite import rename
from adcompiler.ir.types import Shape, join_types

ReadBody = Callable[[State, Frame, Any], Ref]
"""Reads a function's body in a frame whose parameters are bound; returns its result."""

_MOST_READINGS = 12


def define(state: State, callee: Callee, node: Any, read_body: ReadBody) -> None:
    """Read a callee, again and again until its signature holds for the calls within."""
    start = Path.here(state, [])
    known = list(state.callees.known)
    for _ in range(_MOST_READINGS):
        state.callees.known = [*known, callee]
        state.callees.lookups, outer_lookups = [], state.callees.lookups
        state.callees.assumed, outer_assumed = [], state.callees.assumed
        before = _copy(callee.signature)
        programs = dict(state.callees.programs)
        try:
            reading = _Reading(state, callee, read_body)
        except PathEnds:
            if callee.signature.returned is None and state.callees.assumed == [callee]:
                state.refuse(
                    node,
                    f"`{callee.frame.source.name}` calls itself on every path",
                    "return a value on a path that does not",
                )
            raise
        finally:
            start.resume(state)
            found, state.callees.lookups = state.callees.lookups, outer_lookups + state.callees.lookups
            assumed = [other for other in state.callees.assumed if other is not callee]
            state.callees.assumed = [*outer_assumed, *(other for other in assumed if other not in outer_assumed)]
        independent = [other for other in state.callees.known if other.is_independent and other not in known]
        if callee.signature == before:
            program = state.callees.programs[callee.name] = reading.program()
            callee.is_finished = True
            callee.is_independent = not assumed and _is_independent(state, callee, program)
            state.callees.known = [*known, *independent, callee]
            around = list(_around(callee.frame.outer))
            callee.lookups = [entry for entry in found if entry[0] in around]
            callee.objects = reading.outer_objects(callee.lookups)
            return
        known += independent
        kept = {other.name: state.callees.programs[other.name] for other in independent}
        state.callees.programs = programs | kept
    state.refuse(node, f"the types of what `{callee.frame.source.name}` takes and returns do not settle", "give types")


def _is_independent(state: State, callee: Callee, program: Program) -> bool:
    """Whether a callee knows nothing of its first call's surroundings."""
    hidden = [(value, cell) for _, value, cell, _ in state.free.values()]
    independent = {other.name for other in state.callees.known if other.is_independent}
    return (
        callee.frame.outer is None
        and set(callee.signature.cells) <= {cell for _, cell in hidden}
        and set(callee.signature.values) <= {value for value, _ in hidden}
        and set(calls_in(program.body)) <= {*independent, callee.name}
    )


def _copy(signature: Signature) -> Signature:
    return replace(signature, arguments=dict(signature.arguments), cells=dict(signature.cells))


def _around(frame: Frame | None) -> Iterator[Frame]:
    while frame is not None:
        yield frame
        frame = frame.outer


@contextmanager
def _known_to_caller(state: State, arguments: Frame) -> Iterator[None]:
    """Keep in mind, in the `with` block, that the caller has names for the arguments, and sees them changed."""
    state.frames.append(arguments)
    try:
        yield
    finally:
        state.frames.pop()


class _Reading:
    """One reading of a callee's body, which updates its signature."""

    def __init__(self, state: State, callee: Callee, read_body: ReadBody) -> None:
        self._state, self._callee = state, callee
        signature = callee.signature
        self._formals: dict[Place, Value] = {}
        given: dict[Place, Cell] = {}
        for place, type in signature.arguments.items():
            hint = place[0]
            self._formals[place] = value = state.builder.value(type, hint)
            state.stand_ins[value] = None
            callee.parameters[value] = place
            given[place] = state.bind(value, hint if len(place) == 1 else None)
        self._contents: dict[Cell, Value] = {}
        for cell, content in list(state.heap.values.items()):
            if cell not in given.values() and content.type.kind != "opaque":
                type = signature.cells.get(cell, content.type)
                hint = content.hint if isinstance(content, Value) else cell.name
                self._contents[cell] = value = state.builder.value(type, hint)
                state.stand_ins[value] = content
                state.heap.values[cell] = value
        self._places = {cell: place for place, cell in given.items()}
        frame = callee.frame
        self._start = dict(state.heap.contents)
        names, self._objects = callee.arguments(state, frame.names).rebuilt(frame.names, given)
        self._entry = dict(state.heap.contents)
        self._new_objects: list[Object] = []
        arguments = Frame(frame.source, dict(names), statement=frame.source.node)
        with state.builder.region() as equations, _known_to_caller(state, arguments):
            result = read_body(
                state, Frame(frame.source, names, frame.outer, place=frame.place, key=callee.key), frame.source.node
            )
            self._results: list[Atom] = []
            self._refs: list[Ref] = []
            returned = self._returned(result)
            changed = self._changed()
            written = self._written()
            self._end = dict(state.heap.contents)
        self._equations = tuple(equations)
        self._update(returned, written, changed)

    # What is returned

    def _returned(self, ref: Ref) -> Returned:
        match ref:
            case Constant():
                return ref
            case Container(items=items, kind=kind, keys=keys):
                return Structure(kind, keys, tuple(map(self._returned, items)), None)
            case Object() if ref in self._objects:
                return Argument(self._objects[ref])
            case Object() if ref in self._start or ref.origin is not None:
                return ref
            case Object():
                return self._new_object(ref)
            case Cell() if ref in self._places:
                return Argument(self._places[ref])
            case Cell() if ref in self._contents:
                return ref
            case Cell() | View() | ShapeOf():
                return self._output(ref)
            case Closure() | Method() | Partial():
                what = "a function"
            case Unbound(reason=reason):
                what = f"a value that {reason}" if reason else "a value on some paths only"
            case Walk():
                what = "an iterator"
            case Maybe():
                what = "a value on some paths and None on others"
        source = self._callee.frame.source
        self._state.refuse(source.node, f"`{source.name}`, which calls itself, returns {what}")

    def _new_object(self, ref: Object) -> Structure:
        known = ref in self._new_objects
        number = self._new_objects.index(ref) if known else len(self._new_objects)
        content = self._state.content_of(ref, self._callee.frame.source.node)
        self._new_objects += [] if known else [ref]
        if not isinstance(content, Container) or content.uncertain or ref.aliases:
            source = self._callee.frame.source
            self._state.refuse(source.node, f"`{source.name}`, which calls itself, returns a list that grows in a loop")
        return replace(self._structure(content), number=number)

    def _structure(self, content: Container) -> Structure:
        return Structure(content.kind, content.keys, tuple(map(self._returned, content.items)), None)

    def _changed(self) -> list[tuple[Place, Structure]]:
        """The objects among the arguments that hold something else now."""
        state, source, found = self._state, self._callee.frame.source, []
        for ref, place in self._objects.items():
            content = state.heap.contents[ref]
            if content is self._entry[ref]:
                continue
            if not isinstance(content, Container) or content.uncertain:
                state.refuse(source.node, f"`{source.name}`, which calls itself, changes the length of `{place[0]}`")
            found.append((place, self._structure(content)))
        return found

    def outer_objects(self, lookups: list[tuple[Frame, str, Ref]]) -> dict[Object, Content]:
        """The objects that names of enclosing functions lead to, which must hold what they held.

        Raises
        ------
        UnsupportedSyntaxError
            The callee changes one: a call within would not see it as it was read.
        """
        source = self._callee.frame.source
        found: dict[Object, Content] = {}
        for _, name, ref in lookups:
            for place in places_of(ref, self._start):
                if isinstance(place, Object) and place in self._start:
                    if self._end[place] is not self._start[place]:
                        self._state.refuse(
                            source.node,
                            f"`{source.name}`, which calls itself, changes `{name}` of an enclosing function",
                            "pass it as an argument",
                        )
                    found[place] = self._start[place]
        for ref, content in self._end.items():
            if ref.origin is not None and content is not self._start.get(ref):
                self._state.refuse(
                    source.node,
                    f"`{source.name}`, which calls itself, changes an object outside the program",
                    "pass it as an argument",
                )
        return found

    def _output(self, ref: Ref) -> Output:
        contents = self._state.heap.contents
        if ref in self._refs:
            number = self._refs.index(ref)
        else:
            number = len(self._refs)
            self._refs.append(ref)
            self._results.append(self._state.read_value(ref, self._callee.frame.source.node))
        reached = frozenset(
            self._places.get(cell, cell)
            for cell in (reach(ref, contents) if may_be_array(self._results[number].type) else ())
            if isinstance(cell, Cell) and (cell in self._places or cell in self._contents)
        )
        siblings = frozenset(n for n, other in enumerate(self._refs[:number]) if may_share(ref, other, contents))
        return Output(number, reached, siblings)

    def _written(self) -> list[Place | Cell]:
        values = self._state.heap.values
        found: list[Place | Cell] = []
        for place_or_cell, before, cell in self._entered():
            if values[cell] != before:
                found.append(place_or_cell)
                self._results.append(values[cell])
        return found

    def _entered(self) -> Iterator[tuple[Place | Cell, Value, Cell]]:
        for cell, place in self._places.items():
            yield place, self._formals[place], cell
        for cell, content in self._contents.items():
            yield cell, content, cell

    # The signature

    def _update(self, returned: Returned, written: list[Place | Cell], changed: list[tuple[Place, Structure]]) -> None:
        """Make the signature hold for what was found; calls within have widened the types of arguments."""
        signature = self._callee.signature
        mentioned = free_values(Region((), self._equations, tuple(self._results)))
        own = {*self._formals.values(), *self._contents.values()}
        for cell, content in self._contents.items():
            if content in mentioned:
                signature.cells.setdefault(cell, content.type)
        signature.values = tuple(value for value in mentioned if value not in own)
        types = [generalised(atom.type) for atom in self._results]
        if len(types) == len(signature.outputs):
            types = [join_types(old, new) for old, new in zip(signature.outputs, types, strict=True)]
        symbols = self._symbols()
        signature.outputs = tuple(substituted(type, symbols) for type in types)
        signature.returned, signature.written, signature.changed = returned, tuple(written), tuple(changed)

    def _symbols(self) -> dict[str, Dim | Shape]:
        """The lengths and shapes that parameters have: what else occurs in a result's shape means nothing outside."""
        signature = self._callee.signature
        types = [*signature.arguments.values(), *signature.cells.values(), *(value.type for value in signature.values)]
        return {symbol: length for type in types for symbol, length in lengths(type)}

    def program(self) -> Program:
        """The callee, with parameters that have the names of what they are."""
        signature, source = self._callee.signature, self._callee.frame.source
        parameters = [
            *self._formals.values(),
            *(self._contents[cell] for cell in signature.cells),
            *signature.values,
        ]
        names: dict[Value, Value] = {}
        taken: set[str] = set()
        for parameter in parameters:
            stem = parameter.hint or "given"
            name, number = stem, 2
            while name in taken:
                name, number = f"{stem}_{number}", number + 1
            taken.add(name)
            names[parameter] = Value(name, parameter.type, stem)
        defined = {v.name for v in _defined(self._equations)}
        assert defined.isdisjoint(taken), "a value has the name of a parameter"
        region = Region(tuple(parameters), self._equations, tuple(self._results))
        doc = f"{source.name} ({source.span.file.rpartition('/')[2]}:{source.span.line})"
        return Program(self._callee.name, rename(region, names), doc=doc)


def _defined(equations: tuple[Equation, ...]) -> Iterator[Value]:
    for equation in equations:
        yield from equation.outputs
        for region in equation.regions:
            yield from region.parameters
            yield from _defined(region.equations)
