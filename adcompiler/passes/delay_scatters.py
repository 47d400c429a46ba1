"""Cotangents of what was gathered: kept as positions and values until they meet a whole array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adcompiler.ir.build import NameSupply, own_shape
from adcompiler.ir.dims import Dim
from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Slot, Value, walk
from adcompiler.ir.rewrite import Definitions, Replacement, replace_equations
from adcompiler.passes.scatters import Scatter, is_integer, renumbered_item, type_of_part
from adcompiler.rules.indexing import may_repeat_in
from adcompiler.rules.table import RULES


def delay_scatters(program: Program) -> Program:
    """Compute with the few elements that were read of an array, not with an array of zeros that holds their cotangents.

    `y = x[rows, columns]` gives `x` the cotangent `z = np.zeros(x.shape); z[rows, columns] += y_bar`. What is linear in
    `z` element by element, and sums of it, are computed of `y_bar` and scattered afterwards; added to another cotangent
    `d`, this becomes `d[rows, columns] += y_bar`. What the primal did not use has the cotangent zero, also where `z`
    would be multiplied by an infinity. The same holds of maxima, which are few elements as well. Of an index that may
    name an element twice, more may have been read than there is: then only the addition is delayed.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(delay_scatters, "def f(x, i): return np.exp(x)[i]", x="float64[n]", i="int64", gradient=True)
    program grad_f(x: float64[n], i: int64, out_bar: float64):
        t.1: float64[n] = exp(x)
        t.2: float64 = getitem(t.1, i, index=(Slot(number=0),))
        t.3: tuple(int64*=n) = shape(x)
        t.4: float64[n] = zeros(t.3)
        t.5: float64[n] = additem(t.4, out_bar, i, index=(Slot(number=0),))
        t.6: float64 = getitem(t.1, i, index=(Slot(number=0),))
        t.7: float64 = multiply(out_bar, t.6)
        t.8: float64[n] = zeros(t.3)
        x_bar: float64[n] = additem(t.8, t.7, i, index=(Slot(number=0),))
        return x_bar
    """
    names = ("additem", "setitem", "add_at_extremes")
    if not any(equation.sweep == "backward" and equation.primitive.name in names for equation in walk(program.body)):
        return program
    return replace_equations(program, _Delayer(program).rewrite)


class _Delayer:
    """Rewrites one equation after the other; new equations are collected before the one that they are for."""

    def __init__(self, program: Program) -> None:
        self._names = NameSupply.beside(program)
        self._new: list[Equation] = []
        self._definitions: Definitions = {}
        self._equation: Equation

    def rewrite(self, equation: Equation, definitions: Definitions) -> Replacement:
        """What to put in the place of an equation of the backward sweep."""
        if equation.sweep != "backward" or len(equation.outputs) != 1:
            return None
        self._new, self._definitions, self._equation = [], definitions, equation
        last: Replacement
        match equation.primitive.name, equation.inputs:
            case "negative", (operand,) if (found := self._scatter(operand)) is not None:
                last = self._scaled(found, "negative", None)
            case ("multiply" | "divide") as name, (operand, other) if (found := self._scatter(operand)) is not None:
                last = self._scaled(found, name, other)
            case "multiply", (other, operand) if (found := self._scatter(operand)) is not None:
                last = self._scaled(found, "multiply", other)
            case "sum", (operand,) if (found := self._scatter(operand)) is not None:
                last = self._summed(found)
            case "add", (left, right):
                last = self._added(left, right) or self._added(right, left)
            case "additem", (_, part, *_):
                found = self._scatter(part)
                last = self._assigned(equation) if found is None else self._nested(equation, found)
            case _:
                return None
        return (*self._new, last) if isinstance(last, Equation) else last

    # Looking

    def _scatter(self, atom: Atom) -> Scatter | None:
        """What an array is made of, if it is written at some positions of zeros or of a broadcast, and all is known."""
        write = self._defined(atom)
        if write is None or write.primitive.name not in ("additem", "setitem") or write.sweep != "backward":
            return None
        whole = write.outputs[0].type
        base = self._defined(write.inputs[0])
        if base is None or whole.kind != "array" or not isinstance(whole.shape, tuple):
            return None
        if base.primitive.name != "zeros":
            is_patch = write.primitive.name == "setitem" and base.primitive.name == "broadcast_to"
            if not (is_patch and base.sweep == "backward"):
                return None
        value = write.inputs[1].type
        if whole.dtype is None or value.dtype != whole.dtype or (value.weak and not isinstance(write.inputs[1], Value)):
            return None
        found = Scatter(write, base)
        return found if self._part(found) is not None else None

    def _defined(self, atom: Atom) -> Equation | None:
        return self._definitions.get(atom) if isinstance(atom, Value) else None

    def _part(self, scatter: Scatter) -> tuple[Dim, ...] | None:
        """The shape of the part that is written."""
        shape = type_of_part(scatter.type, scatter.slots, scatter.index).shape
        return shape if isinstance(shape, tuple) else None

    def _counts(self, atom: Atom, dim: Dim | None = None) -> bool:
        """Whether this is `np.arange(n)`, so that no two of its elements are equal; of an axis of length `dim`, all."""
        made = self._defined(atom)
        if (
            made is None
            or made.primitive.name != "arange"
            or made.static
            or len(made.inputs) != 1
            or atom.type.rank != 1
        ):
            return False
        if atom.type.dtype is None or not atom.type.dtype.startswith("int"):
            return False
        return dim is None or made.inputs[0].type.extent == dim

    def _is_distinct(self, slots: Sequence[Atom], index: Sequence[Any]) -> bool:
        """Whether an index names no element twice."""
        arrays = [slot for slot in slots if may_repeat_in(slot.type)]
        if not arrays:
            return True
        in_places = {slots[item.number] for item in index if isinstance(item, Slot)}
        same = all(array.type.shape == arrays[0].type.shape and array in in_places for array in arrays)
        return same and any(map(self._counts, arrays))

    # Writing

    def _emit(self, name: str, *inputs: Atom, **static: Any) -> Value:
        """A new equation before the one that is rewritten."""
        primitive, value = RULES[name].primitive, self._names.fresh(None)
        (type,) = primitive.infer(*(atom.type for atom in inputs), **static)
        output = Value(value, own_shape(type, value))
        self._new.append(self._made(name, inputs, output, static))
        return output

    def _made(self, name: str, inputs: Sequence[Atom], output: Value, static: dict[str, Any]) -> Equation:
        at = self._equation
        parameters = tuple(sorted(static.items()))
        return Equation(RULES[name].primitive, tuple(inputs), (output,), parameters, (), at.span, at.sweep)

    def _last(self, name: str, *inputs: Atom, **static: Any) -> Equation:
        """What defines the output of the equation that is rewritten."""
        return self._made(name, inputs, self._equation.outputs[0], static)

    def _gathered(self, atom: Atom, scatter: Scatter) -> Atom | None:
        """What `atom`, broadcast to the shape of the array, has at the positions; None where that cannot be said."""
        shape, whole = atom.type.shape, scatter.shape
        if shape == ():
            return atom
        if not isinstance(shape, tuple) or len(shape) > len(whole) or not isinstance(atom, Value):
            return None
        if shape == whole:
            return self._read(atom, scatter.slots, scatter.index)
        leading = self._leading(scatter)
        if leading is None:
            return None
        missing = len(whole) - len(shape)
        items: list[Any] = []
        for item, dim, own in zip(scatter.index[missing:leading], whole[missing:], shape, strict=False):
            if own != dim and own != 1:
                return None
            items.append(0 if own == 1 and dim != 1 else item)
        if any(own not in (dim, 1) for own, dim in zip(shape, whole[missing:], strict=True)):
            return None
        return self._read(atom, scatter.slots, tuple(items)) if items else atom

    def _leading(self, scatter: Scatter) -> int | None:
        """How many axes an index of integers and arrays of one axis has, if all after these is taken whole."""
        count = 0
        dims: set[Any] = set()
        for item in scatter.index:
            if isinstance(item, Slot):
                type = scatter.slots[item.number].type
                if type.dtype is None or not type.dtype.startswith("int") or type.rank not in (0, 1):
                    return None
                dims.update([type.shape] if type.rank else [])
            elif not is_integer(item):
                break
            count += 1
        whole = all(item == slice(None) for item in scatter.index[count:])
        return count if whole and len(dims) == 1 else None

    def _read(self, atom: Value, slots: Sequence[Atom], index: Sequence[Any]) -> Value | None:
        """`atom[index]`; all of an axis where an array counts its positions."""
        assert isinstance(atom.type.shape, tuple)
        arrays = [item for item in index if isinstance(item, Slot) and slots[item.number].type.rank]
        items = list(index)
        if len(arrays) == 1 and all(isinstance(item, int | Slot) or item == slice(None) for item in index):
            place = items.index(arrays[0])
            if self._counts(slots[arrays[0].number], atom.type.shape[place]):
                items[place] = slice(None)
        used: list[Atom] = []
        renumbered = [renumbered_item(item, slots, used) for item in items]
        if not isinstance(type_of_part(atom.type, used, renumbered).shape, tuple):
            return None
        return self._emit("getitem", atom, *used, index=tuple(renumbered))

    # Rules

    def _scaled(self, scatter: Scatter, name: str, other: Atom | None) -> Equation | None:
        """A product, a quotient or the negative of the array."""
        output = self._equation.outputs[0].type
        if (output.kind, output.shape, output.dtype) != ("array", scatter.shape, scatter.type.dtype):
            return None
        if not self._is_distinct(scatter.slots, scatter.index):
            return None  # more may have been read than there is
        others: tuple[Atom, ...] = ()
        if other is not None:
            if other == self._equation.inputs[0] == self._equation.inputs[-1]:
                return None
            if other.type.dtype != scatter.type.dtype and not (other.type.weak and other.type.dtype != "complex128"):
                return None
            gathered = self._gathered(other, scatter)
            if gathered is None:
                return None
            others = (gathered,)
        values = self._emit(name, scatter.values, *others)
        if values.type.dtype != scatter.type.dtype:
            return None
        if scatter.is_zero_elsewhere:
            return replace(scatter.write, inputs=(self._zeros(scatter), values, *scatter.slots), **self._place())
        whole = () if other is None else (other,)
        base = self._emit(name, scatter.base.inputs[0], *whole)
        if base.type.shape != scatter.shape:
            base = self._emit("broadcast_to", base, *scatter.base.inputs[1:])
        return replace(scatter.write, inputs=(base, values, *scatter.slots), **self._place())

    def _place(self) -> dict[str, Any]:
        at = self._equation
        return {"outputs": at.outputs, "span": at.span, "sweep": at.sweep}

    def _zeros(self, scatter: Scatter) -> Value:
        base = scatter.base
        return self._emit("zeros", *base.inputs, **base.parameters)

    def _summed(self, scatter: Scatter) -> Replacement:
        """A sum of the array, over all or over one axis that is indexed."""
        given = self._equation.parameters
        axis, keepdims = given.get("axis"), given.get("keepdims", False)
        leading = self._leading(scatter)
        is_sum = self._is_distinct(scatter.slots, scatter.index)
        is_sum = is_sum or (scatter.write.primitive.name == "additem" and axis is None)
        if not is_sum or not scatter.is_zero_elsewhere or leading is None or given.get("dtype") is not None:
            return None
        if scatter.values.type.shape != self._part(scatter):
            return None
        if axis is None and not keepdims:
            return self._last("sum", scatter.values)
        if not isinstance(axis, int) or (axis := axis % len(scatter.shape)) >= leading:
            return None
        items = list(scatter.index)
        items[axis : axis + 1] = [0] if keepdims else []
        slots: list[Atom] = []
        index = tuple(renumbered_item(item, scatter.slots, slots) for item in items)
        arrays = [n for n, item in enumerate(index) if isinstance(item, Slot) and slots[item.number].type.rank]
        if not arrays:
            return None
        shape = self._equation.outputs[0].type.shape
        assert isinstance(shape, tuple)
        if len(arrays) == 1 and self._covers(arrays[0], index, slots, shape):
            return self._whole(arrays[0], index, scatter.values)
        lengths = self._lengths(scatter, axis, keepdims)
        if lengths is None:
            return None
        zeros = self._emit("zeros", lengths, **scatter.base.parameters)
        return self._last("additem", zeros, scatter.values, *slots, index=index)

    def _covers(self, place: int, index: Sequence[Any], slots: Sequence[Atom], shape: Sequence[Dim]) -> bool:
        """Whether an index takes everything: it counts along one axis, and all others that it names have length one."""
        others = all(item == 0 and shape[n] == 1 for n, item in enumerate(index) if n != place and item != slice(None))
        return others and self._counts(slots[index[place].number], shape[place])

    def _whole(self, place: int, index: Sequence[Any], values: Atom) -> Replacement:
        """What was written everywhere, with the axes of length one put back."""
        ones = tuple(n for n, item in enumerate(index) if n != place and item != slice(None))
        if not ones:
            return values
        return self._last("expand_dims", values, axis=ones[0] if len(ones) == 1 else ones)

    def _lengths(self, scatter: Scatter, axis: int, keepdims: bool) -> Atom | None:
        """The shape of the array without one axis, or with length one there."""
        shape = scatter.base.inputs[0]
        asked = self._defined(shape)
        lengths: list[Atom] = []
        for number, dim in enumerate(scatter.shape):
            if number == axis:
                lengths += [Literal(1)] if keepdims else []
            elif isinstance(dim, int):
                lengths.append(Literal(dim))
            elif asked is not None and asked.primitive.name == "shape":
                lengths.append(self._emit("axis_length", asked.inputs[0], axis=number))
            else:
                return None
        if all(isinstance(length, Literal) for length in lengths):
            return Literal(tuple(length.value for length in lengths if isinstance(length, Literal)))
        return self._emit("make_tuple", *lengths)

    def _added(self, array: Atom, scattered: Atom) -> Replacement:
        """`array + scattered`, as an update of the array."""
        output = self._equation.outputs[0].type
        if not isinstance(array, Value) or array == scattered or array.type.dtype != output.dtype is not None:
            return None
        write = self._defined(scattered)
        is_whole = array.type.kind == output.kind == "array" and array.type.shape == output.shape
        if write is not None and write.primitive.name == "add_at_extremes" and is_whole:
            base = self._defined(write.inputs[0])
            same = scattered.type.dtype == output.dtype and scattered.type.shape == output.shape
            if base is not None and base.primitive.name == "zeros" and same:
                return replace(write, inputs=(array, *write.inputs[1:]), outputs=self._equation.outputs)
            return None
        found = self._scatter(scattered)
        if found is None or not found.is_zero_elsewhere or found.type.dtype != output.dtype:
            return None
        distinct = self._is_distinct(found.slots, found.index)
        if not distinct and found.write.primitive.name != "additem":
            return None
        if is_whole and found.shape == output.shape:
            if not distinct:
                return replace(found.write, inputs=(array, found.values, *found.slots), **self._place())
            return self._accumulated(array, found.values, found.slots, found.index)
        if found.shape != output.shape or not distinct or array.type.weak:
            return None
        gathered = self._gathered(array, found)
        if gathered is None or self._leading(found) is None:
            return None
        values = self._emit("add", found.values, gathered)
        base_array = self._emit("broadcast_to", array, found.base.inputs[0])
        return self._last("setitem", base_array, values, *found.slots, index=found.index)

    def _assigned(self, write: Equation) -> Replacement:
        """An addition at an array of positions that are distinct: `np.add.at` takes ten times as long as `+=`."""
        array, value, *slots = write.inputs
        index = write.parameters["index"]
        if not any(may_repeat_in(slot.type) for slot in slots) or not self._is_distinct(slots, index):
            return None
        if array.type.kind != "array" or array.type.dtype is None or value.type.dtype != array.type.dtype:
            return None
        base = self._defined(array)
        if base is not None and base.primitive.name == "zeros":
            return replace(write, primitive=RULES["setitem"].primitive)
        return self._accumulated(array, value, slots, index)

    def _nested(self, write: Equation, scatter: Scatter) -> Equation | None:
        """An addition to a part of an array, of which only a part is not zero: to that part of the part."""
        array, _, *slots = write.inputs
        index = write.parameters["index"]
        places = [slots[item.number] if isinstance(item, Slot) else item for item in index]
        are_integers = all(
            (place.type.kind == "scalar" and (place.type.dtype or "").startswith("int"))
            if isinstance(place, Value | Literal)
            else is_integer(place)
            for place in places
        )
        same = array.type.kind == "array" and array.type.dtype == scatter.type.dtype
        if not (are_integers and same and scatter.is_zero_elsewhere):
            return None
        if any(slot.type.kind != "scalar" for slot in scatter.slots):
            return None
        if type_of_part(array.type, slots, index).shape != scatter.shape:
            return None
        used: list[Atom] = list(slots)
        within = tuple(renumbered_item(item, scatter.slots, used) for item in scatter.index)
        return self._last("additem", array, scatter.values, *used, index=(*index, *within))

    def _accumulated(self, array: Atom, value: Atom, slots: Sequence[Atom], index: tuple[Any, ...]) -> Equation:
        """`array[index] += value`, of positions that are distinct."""
        if not any(may_repeat_in(slot.type) for slot in slots):
            return self._last("additem", array, value, *slots, index=index)
        before = self._emit("getitem", array, *slots, index=index)
        after = self._emit("add", before, value)
        return self._last("setitem", array, after, *slots, index=index)
