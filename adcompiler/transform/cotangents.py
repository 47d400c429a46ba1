"""The cotangents that the backward sweep has gathered so far, and how each compares in shape with its value.

Two thirds of the work of an adjoint is not derivatives but shapes: a cotangent must end with the shape of its value,
although operands were broadcast on the way forward and uniform cotangents (of `mean`) need no array at all. So a
cotangent may stand in one of three forms, and is brought into shape only where something needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace
from enum import Enum
from typing import Any

import numpy as np

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.dims import Dim, may_be_one
from adcompiler.ir.nodes import Atom, Equation, Literal, Primitive, Value
from adcompiler.ir.types import Relation, Shape, Type, Unranked, relate
from adcompiler.record import record
from adcompiler.rules.structure import SHAPE_QUERIES
from adcompiler.rules.table import RULES
from adcompiler.spans import Span
from adcompiler.transform.containers import sum_of, with_shapes
from adcompiler.transform.pairs import Pairs
from adcompiler.transform.restoring import Restoring
from adcompiler.transform.selecting import Selection


class Form(Enum):
    """The shape of a cotangent beside that of its value."""

    EXACT = "has the value's shape"
    NARROW = "stands for its broadcast to the value's shape"
    WIDE = "stands for its sum over the axes along which the value was broadcast"


@record(frozen=True, slots=True)
class Cotangent:
    """A cotangent of some value: what the program computes, and how that is to be read."""

    atom: Atom
    form: Form = Form.EXACT
    span: Span | None = None
    """Of the user's code whose derivative contributed last."""

    @property
    def statement(self) -> str | None:
        """The user's statement whose derivative contributed last."""
        return self.span.statement if self.span is not None else None


class AdjointBuilder(Builder):
    """Writes the backward sweep.

    Shape queries are asked of the outermost value that is known to have the same shape (a parameter, mostly), so that
    no intermediate is kept for its shape where another will do.

    Parameters
    ----------
    names : NameSupply
    perhaps_undefined : frozenset of Value
        Values whose shape may not be there to be asked for.
    mixed : bool
        Whether the program computes with a dtype narrower than float64 anywhere: there a Python number, which takes
        the dtype of what it meets, is not as good as one of float64.
    restoring : Restoring, optional
        Which arrays the backward sweep restores.
    complex_numbers : bool
        Whether there are complex numbers in the program: there a real value that met them gets the real part of its
        cotangent, and what is of unknown dtype is taken to be complex.
    pairs : Pairs, optional
        The split pairs of the program's callees.
    changing : frozenset of Value
        The lists of the primal that change.
    """

    def __init__(
        self,
        names: NameSupply,
        perhaps_undefined: frozenset[Value] = frozenset(),
        *,
        mixed: bool = False,
        restoring: Restoring | None = None,
        complex_numbers: bool = False,
        pairs: Pairs | None = None,
        changing: frozenset[Value] = frozenset(),
    ) -> None:
        super().__init__(names)
        self.pairs = pairs
        self.perhaps_undefined = perhaps_undefined
        self.mixed = mixed
        self.restoring = restoring or Restoring()
        self.complex_numbers = complex_numbers
        self.changing = changing
        self.sweep = "backward"
        self.written: dict[Value, Value] = {}
        self.selection = Selection()
        self._witnesses: list[dict[Shape, Value]] = [{}]
        self._lengths: list[dict[Dim, tuple[Value, int]]] = [{}]
        """For each region around: arrays with an axis of some length."""

    def emit(
        self, primitive: Primitive, *inputs: Atom, hint: str | None = None, type: Type | None = None, **static: Any
    ) -> Value:
        """Append an equation with one output and return it."""
        if primitive.name in SHAPE_QUERIES and isinstance(inputs[0], Value) and inputs[0].type.is_numeric:
            inputs = (self.witness(self.restoring.oldest(inputs[0])), *inputs[1:])
        value = super().emit(primitive, *inputs, hint=hint, type=type, **static)
        self.written[value] = value
        self.selection.note(primitive, inputs, value)
        return value

    def call(self, name: str, *inputs: Atom, **static: Any) -> Value:
        """Append an application of the primitive with this name."""
        return self.emit(RULES[name].primitive, *inputs, **static)

    def witness(self, value: Value) -> Value:
        """The outermost value in scope whose shape is known to be that of `value`."""
        return next((scope[value.type.shape] for scope in self._witnesses if value.type.shape in scope), value)

    def shape_in_scope(self, shape: Shape) -> tuple[list[Equation], Atom] | None:
        """Equations that put a shape together from lengths of arrays in scope, and the shape; None if there are none.

        So a loop does not keep a shape that is the same in each round.
        """
        if not isinstance(shape, tuple):
            return None
        like = next((scope[shape] for scope in self._witnesses if shape in scope), None)
        if like is not None:
            with self.region() as equations:
                return equations, self.call("shape", like)
        axes = [None if isinstance(dim, int) else self._axis_of(dim) for dim in shape]
        if any(axis is None and not isinstance(dim, int) for dim, axis in zip(shape, axes, strict=True)):
            return None
        with self.region() as equations:
            lengths = [
                Literal(dim) if axis is None else self.call("axis_length", axis[0], axis=axis[1])
                for dim, axis in zip(shape, axes, strict=True)
            ]
            return equations, self.call("make_tuple", *lengths)

    def _axis_of(self, dim: Dim) -> tuple[Value, int] | None:
        return next((scope[dim] for scope in self._lengths if dim in scope), None)

    def may_lack_shape(self, value: Value) -> bool:
        """Whether there may be no value to ask for a shape that is not known before the program runs."""
        return value in self.perhaps_undefined and value.type.shape != ()

    def cotangent_of(self, value: Value, found: Type, *, narrow: bool | None = None) -> Value:
        """A new value for the cotangent of `value` between regions, of a type found but for its shape."""
        type = with_shapes(found, value.type)
        if self.may_lack_shape(value) if narrow is None else narrow:
            # As a number it might be added to in place, which would not broadcast it.
            shape = () if found.kind == "scalar" else Unranked(frozenset([f"{value.name}_bar"]))
            type = replace(found, kind="unknown", shape=shape)
        return self.value(type, f"{value.hint}_bar" if value.hint else None)

    @contextmanager
    def scope(self, values: Iterator[Value]) -> Iterator[None]:
        """Let these values, defined in an inner region, stand for others of their shape in the `with` block."""
        witnesses: dict[Shape, Value] = {}
        for value in values:
            if value.type.kind in ("array", "unknown") and value not in self.perhaps_undefined:
                witnesses.setdefault(value.type.shape, value)
        lengths: dict[Dim, tuple[Value, int]] = {}
        for value in witnesses.values():
            for axis, dim in enumerate(value.type.shape if isinstance(value.type.shape, tuple) else ()):
                lengths.setdefault(dim, (value, axis))
        self._witnesses.append(witnesses)
        self._lengths.append(lengths)
        try:
            yield
        finally:
            self._witnesses.pop()
            self._lengths.pop()

    @contextmanager
    def after(self, atom: Atom) -> Iterator[None]:
        """Insert what is emitted in the `with` block after the definition of `atom`, if that is in this region."""
        equations, span = self._open[-1], self.span
        position = len(equations)
        for number, equation in enumerate(equations):
            if atom in equation.outputs:
                position, self.span = number + 1, equation.span
        with self.region() as inserted:
            yield
        self.span = span
        equations[position:position] = inserted


@record(frozen=True, slots=True)
class _Part(Value):
    """A stand-in for an element of a tuple value, under which its cotangent is gathered."""

    container: Value = field(kw_only=True, compare=False)
    number: int = field(kw_only=True, compare=False)


class Cotangents:
    """The cotangents of the values seen by one region of the backward sweep.

    Parameters
    ----------
    builder : AdjointBuilder
    active : frozenset of Value
        The values that carry a cotangent; contributions to others are dropped.
    incoming : mapping
        What values from outside the region bring with them: kept apart from what the region contributes, so that
        contributions meet first and are brought into shape once.
    """

    def __init__(
        self, builder: AdjointBuilder, active: frozenset[Value], incoming: Mapping[Value, Cotangent] | None = None
    ) -> None:
        self.builder = builder
        self.active = active
        self.names: dict[Value, Value] = {}
        self.restored: dict[Value, Atom] = {}
        """What the region's adjoint has of earlier versions of arrays: the value that holds the contents of each."""
        self._incoming = dict(incoming or {})
        self._local: dict[Value, Cotangent] = {}

    def child(self, incoming: Mapping[Value, Cotangent]) -> Cotangents:
        """The cotangents of an inner region."""
        inner = Cotangents(self.builder, self.active, incoming)
        inner.names = self.names
        return inner

    def is_active(self, atom: Atom) -> bool:
        """Whether contributions to this atom matter."""
        return atom in self.active

    def add(self, atom: Atom, contribution: Cotangent) -> None:
        """Accumulate a contribution to the cotangent of `atom`."""
        if isinstance(atom, Value) and self.is_active(atom):
            self._accumulate(atom, contribution)

    def add_part(self, container: Value, number: int, contribution: Cotangent) -> None:
        """Accumulate a contribution to one element of a tuple, apart from its siblings."""
        if self.is_active(container):
            self._accumulate(_part_of(container, number), contribution)

    def take_part(self, container: Value, number: int) -> Cotangent | None:
        """The cotangent of one element of a tuple, as far as it was gathered apart."""
        return self._local.pop(_part_of(container, number), None)

    def take_parts(self, container: Value) -> list[Atom | None]:
        """The cotangents of the elements of a tuple, each in its shape; None for zero."""
        parts = [_part_of(container, number) for number in range(len(container.type.elements))]
        apart = [self._local.pop(part, None) for part in parts]
        whole = self.take(container)
        if whole is not None:
            for number, part in enumerate(parts):
                self._accumulate(part, Cotangent(self.builder.call("item", whole.atom, index=number)))
                if (other := apart[number]) is not None:
                    self._accumulate(part, other)
            apart = [self._local.pop(part) for part in parts]
        return [None if found is None else self.settled(part, found) for part, found in zip(parts, apart, strict=True)]

    def _accumulate(self, atom: Value, contribution: Cotangent) -> None:
        found, form = contribution.atom, contribution.form
        if form is Form.WIDE and can_be_reduced(found.type.shape, atom.type.shape):
            found, form = self.reduce(found, atom), Form.EXACT
        contribution = Cotangent(self._in_dtype_of(atom, found), form, self.builder.span)
        known = self._local.get(atom)
        self._local[atom] = contribution if known is None else self._sum(atom, known, contribution)

    @contextmanager
    def apart(self, value: Value) -> Iterator[None]:
        """Add contributions in the `with` block to each other before they meet what was there."""
        before = self._local.pop(value, None)
        yield
        if before is not None:
            after = self._local.get(value)
            self._local[value] = before if after is None else self._sum(value, before, after)

    def take(self, value: Value) -> Cotangent | None:
        """The whole cotangent of a value, which no equation further back can contribute to; None for zero."""
        whole = self.whole(value)
        self._local.pop(value, None)
        if whole is not None:
            self.christen(whole.atom, value)
        return whole

    def finish(self, value: Value) -> Atom:
        """The whole cotangent of a value at the end of the region, in its shape if that is surely there.

        Without a span of its own, this belongs to what contributed last.
        """
        whole = self.whole(value)
        self._local.pop(value, None)
        span = self.builder.span
        if span is None and whole is not None:
            self.builder.span = whole.span
        atom = self.leaving(value, whole).atom
        self.builder.span = span
        self.christen(atom, value)
        return atom

    def returned(self, value: Value) -> Atom:
        """The whole cotangent that a program returns: of the value's shape and dtype, in memory that may be written."""
        cotangent = self.take(value)
        if cotangent is None:
            return self.strong(self.zeros(value), value.type)
        atom = self.strong(self.full(value, cotangent), value.type)
        wanted = value.type.dtype
        is_unknown = self.builder.mixed and atom.type.dtype is None
        if wanted is not None and (is_unknown or (value.type.is_complex and not atom.type.may_be_complex)):
            atom = self.cast(atom, wanted)
        if cotangent.form is not Form.EXACT:
            self.christen(atom, value)
        return atom

    def leaving(self, value: Value, cotangent: Cotangent | None) -> Cotangent:
        """A cotangent in the form in which it passes from one region to another; zero for None.

        That is exactly the value's shape, unless the value may be undefined here and has no shape to be asked for: then
        it may be narrow, and the region that defines the value brings it into shape.
        """
        if not self.builder.may_lack_shape(value):
            return Cotangent(self.settled(value, cotangent))
        if cotangent is None:
            return Cotangent(Literal(0.0), Form.NARROW)
        return self._not_wide(value, cotangent)

    def arriving(self, value: Value, atom: Atom) -> Cotangent:
        """A cotangent that comes from another region."""
        return Cotangent(atom, Form.NARROW if self.builder.may_lack_shape(value) else Form.EXACT)

    def _gather_parts(self, value: Value) -> None:
        """Make one tuple of what the elements of a tuple have gathered apart."""
        if value.type.kind != "tuple":
            return
        parts = [_part_of(value, number) for number in range(len(value.type.elements))]
        if any(self._is_gathered(part) for part in parts):
            items = [self.settled(part, self.take(part)) for part in parts]
            self._accumulate(value, Cotangent(self.builder.call("make_tuple", *items)))

    def _is_gathered(self, value: Value) -> bool:
        """Whether there is a contribution to a value or, of a tuple, to one of its elements."""
        return value in self._local or any(
            self._is_gathered(_part_of(value, number))
            for number in range(len(value.type.elements) if value.type.kind == "tuple" else 0)
        )

    def whole(self, value: Value) -> Cotangent | None:
        """The cotangent so far, with what came in from outside."""
        self._gather_parts(value)
        incoming, local = self._incoming.pop(value, None), self._local.get(value)
        if incoming is not None:
            if local is None:
                self._local[value] = incoming
            else:
                with self.builder.after(local.atom):
                    self._local[value] = self._sum(value, incoming, local)
        return self._local.get(value)

    def put(self, value: Value, cotangent: Cotangent) -> None:
        """Replace the whole cotangent of a value."""
        self._incoming.pop(value, None)
        self._local[value] = replace(cotangent, span=self.builder.span)

    def is_touched(self, value: Value) -> bool:
        """Whether this region has contributed to the cotangent of a value from outside."""
        return self._is_gathered(value)

    def settled(self, value: Value, cotangent: Cotangent | None) -> Atom:
        """An atom of exactly the shape of `value`; zeros for None."""
        match cotangent:
            case None:
                return self.zeros(value)
            case Cotangent(atom=atom, form=Form.EXACT):
                return atom
            case Cotangent(atom=atom, form=Form.WIDE):
                return self.reduce(atom, value)
            case Cotangent(atom=atom):
                return self.widen(atom, value)

    def zeros(self, value: Value) -> Atom:
        """A zero cotangent of the shape of `value`, and of its structure."""
        type = value.type
        if type.kind == "tuple":
            parts = (_part_of(value, number) for number in range(len(type.elements)))
            return self.builder.call("make_tuple", *map(self.zeros, parts))
        if type.shape == () and type.kind != "list":
            return Literal(0.0)
        span, self.builder.span = self.builder.span, None  # what a sum starts from belongs to no statement
        if type.kind == "list":
            zeros = self._zero_list(value)
        else:
            zeros = self.builder.call("zeros", self.shape(value), **self._dtype_parameter(type))
        self.builder.span = span
        return zeros

    def _zero_list(self, value: Value) -> Atom:
        """A list of zeros: of numbers, one that needs its length alone; of no value, nothing."""
        primal = self._primal(value)
        if value in self.builder.perhaps_undefined:
            type = Type("list", elements=tuple(replace(item, kind="unknown") for item in value.type.elements))
            return self.builder.emit(RULES["zero_items"].primitive, primal, type=type)
        if all(item.kind == "scalar" for item in value.type.elements):
            return self.builder.call("repeat_item", Literal(0.0), self.builder.call("len", primal))
        return self.builder.call("zero_items", primal)

    def _primal(self, value: Value) -> Value:
        """The value itself where this is the stand-in for an element of a tuple."""
        if not isinstance(value, _Part):
            return value
        return self.builder.call("item", self._primal(value.container), index=value.number)

    def widen(self, atom: Atom, value: Value) -> Atom:
        """Broadcast a narrow cotangent to the shape of `value`."""
        if relate(atom.type.shape, value.type.shape) is Relation.EQUAL:
            return atom
        if atom.type.shape == () and value.type.dtype not in (None, "float64"):
            return self.full(value, Cotangent(atom, Form.NARROW))  # a broadcast of a Python number is float64
        return self.builder.call("broadcast_to", atom, self.shape(value))

    def strong(self, atom: Atom, type: Type) -> Atom:
        """A Python number with the dtype of `type`, where the difference shows."""
        if not self.builder.mixed or not atom.type.weak or type.weak or type.dtype is None:
            return atom
        return self.cast(atom, type.dtype)

    def passed(self, atom: Atom, type: Type) -> Atom:
        """A cotangent on its way to or from a callee, which is of the dtype of `type` also where that is weak."""
        if not self.builder.mixed or type.dtype is None:
            return atom
        return self.cast(atom, type.dtype) if atom.type.weak or atom.type.dtype != type.dtype else atom

    def cast(self, atom: Atom, dtype: str) -> Atom:
        """An atom converted to a dtype."""
        if isinstance(atom, Literal):
            return Literal(np.dtype(dtype).type(atom.value))
        return self.builder.call("astype", atom, dtype=dtype)

    def full(self, value: Value, cotangent: Cotangent) -> Atom:
        """A cotangent of exactly the shape of `value`, in memory that may be written into where it was narrow."""
        if cotangent.form is not Form.NARROW or relate(cotangent.atom.type.shape, value.type.shape) is Relation.EQUAL:
            return self.settled(value, cotangent)
        if cotangent.atom.type.shape == ():
            return self.builder.call("full", self.shape(value), cotangent.atom, **self._dtype_parameter(value.type))
        return self.builder.call("copy", self.widen(cotangent.atom, value))

    def shape(self, value: Value) -> Atom:
        """The shape of a primal value."""
        if isinstance(value.type.shape, tuple) and all(isinstance(dim, int) for dim in value.type.shape):
            return Literal(value.type.shape)
        return self.builder.call("shape", self._primal(value))

    def reduce(self, atom: Atom, value: Value) -> Atom:
        """Sum a cotangent over the axes along which `value` was broadcast."""
        source, target = atom.type.shape, value.type.shape
        if source == target:
            return atom
        if target == ():
            return self.builder.call("sum", atom)
        if not (isinstance(source, tuple) and isinstance(target, tuple) and can_be_reduced(source, target)):
            return self.builder.call("unbroadcast", atom, self.shape(value))
        added = len(source) - len(target)
        if added:
            atom = self.builder.call("sum", atom, axis=_axes(tuple(range(added))))
        stretched = tuple(axis for axis, dim in enumerate(target) if dim == 1 != source[added + axis])
        if stretched:
            atom = self.builder.call("sum", atom, axis=_axes(stretched), keepdims=True)
        return atom

    def christen(self, atom: Atom, value: Value) -> None:
        """Name a cotangent after its value, unless it has a name already or belongs to the primal."""
        if value.hint is None or not isinstance(atom, Value) or atom not in self.builder.written:
            return
        if atom.hint is None and atom not in self.names:
            hint = f"{value.hint}_bar"
            defined = self.builder.written[atom]  # whose type says nothing that holds in one branch alone
            self.names[atom] = Value(self.builder.names.fresh(hint), defined.type, hint)

    def _sum(self, value: Value, one: Cotangent, other: Cotangent) -> Cotangent:
        """Two contributions as one, added in the form they share or else brought into shape first."""
        if one.statement != other.statement:
            self.christen(one.atom, value)
        if one.form != other.form or one.atom.type.shape != other.atom.type.shape:
            one, other = self._not_wide(value, one), self._not_wide(value, other)
        total = sum_of(one.atom, other.atom, self.builder)
        form = one.form
        if one.form != other.form or relate(total.type.shape, value.type.shape) is Relation.EQUAL:
            form = Form.EXACT
        return Cotangent(total, form, other.span)

    def _not_wide(self, value: Value, cotangent: Cotangent) -> Cotangent:
        if cotangent.form is not Form.WIDE:
            return cotangent
        return replace(cotangent, atom=self.reduce(cotangent.atom, value), form=Form.EXACT)

    def _in_dtype_of(self, value: Value, atom: Atom) -> Atom:
        """A cotangent has the dtype of its value; Python numbers fit every dtype."""
        if self._lost_imaginary_part(value.type, atom.type):
            atom = self.builder.call("real", atom)
        type, dtype = atom.type, value.type.dtype
        if type.weak or not type.is_numeric or dtype is None or type.dtype in (None, dtype):
            return atom
        if type.shape == () != value.type.shape and value.type.is_complex and not self.builder.mixed:
            return atom  # brought into shape, it becomes complex
        return self.cast(atom, dtype)

    def _lost_imaginary_part(self, primal: Type, cotangent: Type) -> bool:
        """Whether a value is real and its cotangent may be complex."""
        return self.builder.complex_numbers and not primal.may_be_complex and cotangent.may_be_complex

    def _dtype_parameter(self, type: Type) -> dict[str, str]:
        dtype = "complex128" if type.dtype is None and self.builder.complex_numbers else type.dtype
        return {} if dtype in (None, "float64") else {"dtype": dtype}


def can_be_reduced(source: Shape, target: Shape) -> bool:
    """Whether it is known over which axes a cotangent of shape `source` must be summed to have shape `target`.

    The target broadcasts to the source: an axis of two or more elements was not broadcast, whatever is known of the
    other.
    """
    if source == target or target == ():
        return True
    if not (isinstance(source, tuple) and isinstance(target, tuple)):
        return False
    aligned = zip(source[len(source) - len(target) :], target, strict=True) if len(source) >= len(target) else None
    return aligned is not None and all(
        dim == wanted or wanted == 1 or not may_be_one(wanted) for dim, wanted in aligned
    )


def _part_of(container: Value, number: int) -> _Part:
    return _Part(f"{container.name}#{number}", container.type.elements[number], container=container, number=number)


def _axes(axes: tuple[int, ...]) -> int | tuple[int, ...]:
    return axes[0] if len(axes) == 1 else axes
