"""The abstract interpreter's state: what references stand for, and what names do.

It stands on `reading` (the program written so far, refusals), `surroundings` (what lies outside the function) and
`writes` (who sees a write).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adcompiler.errors import DifferentiationError
from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import (
    Cell,
    Closure,
    Constant,
    Container,
    Maybe,
    Method,
    Object,
    Partial,
    Ref,
    ShapeOf,
    Unbound,
    View,
    Walk,
)
from adcompiler.frontend.signals import StaticArgumentNeeded, StaticValueNeeded, ValueNotKnownError
from adcompiler.frontend.writes import Writes, kind_in_words, one_in_words
from adcompiler.ir.nodes import Atom, Literal, Value
from adcompiler.ir.structure import Packing
from adcompiler.ir.types import OPAQUE, Type, type_of_constant
from adcompiler.rules.structure import packing_parameter
from adcompiler.rules.table import RULES


class State(Writes):
    """What everything stands for at the point that is read; the parameters are those of `Reading`."""

    # Values

    def rename(self, value: Atom, name: str) -> Atom:
        """Give a value that was just computed the name of the variable that holds it."""
        named = self.builder.rename(value, name)
        if named is not value:
            self.heap.values.update({cell: named for cell, held in self.heap.values.items() if held is value})
            self.heap.contents.update({ref: named for ref, held in self.heap.contents.items() if held is value})
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
                    self.refuse(node, f"{one_in_words(kind)} is used as a value here", "use what it holds")
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
            self.refuse_unbound(node, f"this {kind_in_words(ref.kind)} {content.reason}", content)
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

    def assign(self, name: str, ref: Ref) -> None:
        """Bind a local name."""
        self.trials.note(name, self.frame)
        self.frame.names[name] = ref
        value = self.heap.values.get(ref) if isinstance(ref, Cell) else None
        if value is not None and self.called.get(value, name) is None:
            self.called[value] = name
