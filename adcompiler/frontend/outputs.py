"""`out=` and `where=`: where a function of NumPy's writes its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.frontend.heap import Cell, Constant, Container, Ref, View
from adcompiler.frontend.state import State
from adcompiler.frontend.subscripts import overwrite, store
from adcompiler.ir.nodes import Slot
from adcompiler.rules.table import Rule

Arguments = list[Ref]
Keywords = dict[str, Ref]
Application = Callable[[Arguments, Keywords], Ref]

_NEUTRAL = {"sum": 0.0, "prod": 1.0, "any": False, "all": True}
"""What an element that `where=` leaves out of a reduction stands for."""


def with_output(
    state: State, rule: Rule, arguments: Arguments, keywords: Keywords, apply: Application, node: Any
) -> Ref | None:
    """The call of a function that is told where to write, or where not to compute; None if this one is not."""
    is_ufunc = isinstance(rule.function, np.ufunc)
    keywords = dict(keywords)
    out = keywords.pop("out", Constant(None))
    if is_ufunc and len(arguments) == len(rule.operands) + 1:
        out = arguments[-1]
        arguments = arguments[:-1]
    if isinstance(out, Container) and out.kind is tuple and len(out.items) == 1:
        out = out.items[0]
    where = keywords.get("where", Constant(True))
    if out == Constant(None) and where == Constant(True):
        return None
    if where != Constant(True) and not is_ufunc:
        if rule.primitive.name not in _NEUTRAL:
            return None
        del keywords["where"]
        return with_output_or_without(state, out, apply(_left_out(state, rule, arguments, where, node), keywords), node)
    keywords.pop("where", None)
    if out == Constant(None):
        state.refuse(
            node,
            "without `out=`, what `where=` leaves out is memory that nobody has written",
            "pass `out=`, or use `np.where`",
        )
    target = array_to_write(state, out, node)
    with state.holding(target):
        if where == Constant(True):
            return with_output_or_without(state, target, apply(arguments, keywords), node)
        _write_where(state, target, arguments, keywords, where, apply, node)
    return target


def with_output_or_without(state: State, out: Ref, result: Ref, node: Any) -> Ref:
    """A result, written into `out` if there is such a thing."""
    if out == Constant(None):
        return result
    target = array_to_write(state, out, node)
    overwrite(state, target, state.read_value(result, node), node)
    return target


def array_to_write(state: State, ref: Ref, node: Any) -> Cell | View:
    """An array that a function writes into."""
    type_ = state.type_of(ref)
    if not isinstance(ref, Cell | View) or type_ is None or type_.kind not in ("array", "unknown"):
        state.refuse(node, "an array to write into is needed here")
    return ref


def _write_where(
    state: State,
    target: Cell | View,
    arguments: Arguments,
    keywords: Keywords,
    where: Ref,
    apply: Application,
    node: Any,
) -> None:
    """Compute and write the elements that a mask selects, and those alone: the others may be outside the domain."""
    shape = state.emit("shape", state.read_value(target, node))

    def spread(ref: Ref) -> Any:
        atom = state.read_value(ref, node)
        return atom if atom.type.shape == shape.type.shape else state.emit("broadcast_to", atom, shape)

    mask = spread(where)
    selected: Arguments = []
    for ref in arguments:
        type_ = state.type_of(ref)
        is_number = type_ is not None and type_.kind == "scalar"
        part = None if is_number else state.emit("getitem", spread(ref), mask, index=(Slot(0),))
        selected.append(ref if part is None else state.bind(part))
    store(state, target, (Slot(0),), (mask,), state.read_value(apply(selected, keywords), node), node)


def _left_out(state: State, rule: Rule, arguments: Arguments, where: Ref, node: Any) -> Arguments:
    """The operands of a reduction with what leaves the result as it is in the place of what is left out."""
    neutral = Constant(_NEUTRAL[rule.primitive.name])
    atoms = [state.read_value(ref, node) for ref in (where, arguments[0], neutral)]
    return [state.bind(state.emit("where", *atoms)), *arguments[1:]]
