"""The adjoints of reading and replacing items of lists.

They differ from those of arrays in that an item has its own shape, and a cotangent in its place has exactly that.
"""

from __future__ import annotations

from adcompiler.ir.nodes import Atom, Equation, Literal, Value
from adcompiler.ir.types import Type
from adcompiler.rules.lists import is_same_for_all, item_of, zero_like
from adcompiler.rules.symbolic import Symbolic, atom_of
from adcompiler.transform.containers import with_shapes
from adcompiler.transform.cotangents import Cotangent, Cotangents


def pull_getitem(equation: Equation, cotangents: Cotangents) -> None:
    """`v = xs[i]`: `xs_bar[i] += v_bar`."""
    xs, *slots = equation.inputs
    output = equation.outputs[0]
    cotangent = cotangents.take(output)
    if cotangent is None or not isinstance(xs, Value) or not cotangents.is_active(xs):
        return
    g = cotangents.settled(output, cotangent)
    base = cotangents.settled(xs, cotangents.whole(xs))
    cotangents.christen(base, xs)
    updated = cotangents.builder.call("additem", base, g, *slots, index=equation.parameters["index"])
    cotangents.put(xs, Cotangent(updated))


def pull_setitem(equation: Equation, cotangents: Cotangents) -> None:
    """`xs1 = xs0; xs1[i] = v`: `v_bar = xs1_bar[i]`, `xs0_bar = xs1_bar; xs0_bar[i] = 0`."""
    xs, value, *slots = equation.inputs
    cotangent = cotangents.take(equation.outputs[0])
    if cotangent is None:
        return
    index = equation.parameters["index"]
    g = cotangents.settled(equation.outputs[0], cotangent)
    _add_item(value, g, equation, cotangents)
    if isinstance(xs, Value) and cotangents.is_active(xs):
        zero = _zero_of_item(xs, value, slots, equation, cotangents)
        cleared = cotangents.builder.call("setitem", g, zero, *slots, index=index)
        cotangents.add(xs, Cotangent(cleared))


def pull_additem(equation: Equation, cotangents: Cotangents) -> None:
    """`xs1 = xs0; xs1[i] += v`: `v_bar = xs1_bar[i]`, `xs0_bar = xs1_bar`."""
    xs, value, *_ = equation.inputs
    cotangent = cotangents.take(equation.outputs[0])
    if cotangent is None:
        return
    _add_item(value, cotangents.settled(equation.outputs[0], cotangent), equation, cotangents)
    cotangents.add(xs, cotangent)


def _add_item(value: Atom, g: Atom, equation: Equation, cotangents: Cotangents) -> None:
    """The contribution to what was written at an index."""
    if isinstance(value, Value) and cotangents.is_active(value):
        _, _, *slots = equation.inputs
        item = cotangents.builder.call("getitem", g, *slots, index=equation.parameters["index"])
        cotangents.add(value, Cotangent(of_item(item, value.type)))


def of_item(atom: Atom, value: Type) -> Atom:
    """A cotangent that was taken from a list, with the shape that it has because its value was put there."""
    if not isinstance(atom, Value):
        return atom
    return Value(atom.name, with_shapes(atom.type, value), atom.hint)


def _zero_of_item(xs: Value, value: Atom, slots: list[Atom], equation: Equation, cotangents: Cotangents) -> Atom:
    """Zero in the place of an item that was replaced: of the new one's shape, if that is the same."""
    item = item_of(xs.type)
    if item.kind == "scalar":
        return Literal(0.0)
    if isinstance(value, Value) and is_same_for_all(item) and value.type.shape == item.shape:
        return cotangents.zeros(value)
    old = cotangents.builder.call("getitem", xs, *slots, index=equation.parameters["index"])
    return atom_of(zero_like(Symbolic(old, cotangents.builder)))
