"""`out=` and `where=`: where a function of NumPy's writes its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.frontend.heap import Cell, Constant, Container, Ref, View
from adcompiler.frontend.meanings import Arguments, Keywords
from adcompiler.frontend.state import State
from adcompiler.frontend.subscripts import overwrite, store
from adcompiler.ir.nodes import Slot
from adcompiler.rules.rule import Rule

Application = Callable[[Arguments, Keywords], Ref]


_DEFAULTS = {"casting": Constant("same_kind"), "order": Constant("K"), "subok": Constant(True)}
"""What ufuncs do if they are not told otherwise."""


def with_output(
    state: State, rule: Rule, arguments: Arguments, keywords: Keywords, apply: Application, node: Any
) -> Ref | None:
    """The call of a function that is told where to write, or where not to compute; None if this one is not."""
    is_ufunc = isinstance(rule.function, np.ufunc)
    given = len(keywords)
    keywords = {name: ref for name, ref in keywords.items() if not is_ufunc or _DEFAULTS.get(name) != ref}
    if isinstance(rule.function, np.ufunc) and rule.function.nout > 1:
        return _with_several_outputs(state, rule, arguments, keywords, apply, node)
    out = keywords.pop("out", Constant(None))
    if is_ufunc and len(arguments) == len(rule.operands) + 1:
        out = arguments[-1]
        arguments = arguments[:-1]
    if isinstance(out, Container) and out.kind is tuple and len(out.items) == 1:
        out = out.items[0]
    where = keywords.pop("where", Constant(True)) if is_ufunc or _is_true(keywords.get("where")) else Constant(True)
    in_dtype = _in_dtype(state, rule, arguments, keywords, node) if is_ufunc else None
    if out == Constant(None) and where == Constant(True):
        is_plain = in_dtype is None and len(keywords) == given
        return None if is_plain else apply(in_dtype or arguments, keywords)
    arguments = in_dtype or arguments
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


def _with_several_outputs(
    state: State, rule: Rule, arguments: Arguments, keywords: Keywords, apply: Application, node: Any
) -> Ref | None:
    """The results of a ufunc that has several, each written where it is told."""
    outs, count = keywords.pop("out", None), len(rule.operands)
    targets = list(outs.items) if isinstance(outs, Container) else arguments[count:]
    if not targets:
        return None
    with state.holding(*targets):
        results = apply(arguments[:count], keywords)
    assert isinstance(results, Container)
    targets += [Constant(None)] * (len(results.items) - len(targets))
    written = [
        with_output_or_without(state, target, result, node)
        for target, result in zip(targets, results.items, strict=True)
    ]
    return Container(tuple(written), tuple)


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


def _is_true(where: Ref | None) -> bool:
    return isinstance(where, Constant) and where.value is True


def _in_dtype(state: State, rule: Rule, arguments: Arguments, keywords: Keywords, node: Any) -> Arguments | None:
    """The operands in the dtype that `dtype=` asks for, which is taken out of the keywords; None if it does not.

    That is what NumPy does, for a ufunc whose operands and results are of one dtype.
    """
    ufunc, dtype = rule.function, state.constant_of(keywords.get("dtype", Constant(None)), node, "`dtype=`")
    assert isinstance(ufunc, np.ufunc)
    if dtype is None:
        return None
    dtype = np.dtype(dtype)
    if f"{dtype.char * ufunc.nin}->{dtype.char * ufunc.nout}" not in ufunc.types:
        state.refuse(
            node, f"`np.{ufunc.__name__}` with `dtype={dtype.name}` is not supported", "convert with `.astype`"
        )
    casting = state.constant_of(keywords.pop("casting", Constant("same_kind")), node, "`casting=`")
    del keywords["dtype"]
    atoms = [state.read_value(ref, node) for ref in arguments]
    every = all(atom.type.weak for atom in atoms)
    converted: Arguments = []
    for ref, atom in zip(arguments, atoms, strict=True):
        given = atom.type.dtype
        if given is not None and not atom.type.weak and not np.can_cast(given, dtype, casting):
            state.refuse(node, f"this raises TypeError: {given} is not cast to {dtype.name} by the rule `{casting}`")
        is_there = given == dtype.name and not atom.type.weak
        takes_it = atom.type.weak and not every
        converted.append(ref if is_there or takes_it else state.bind(state.emit("astype", atom, dtype=dtype.name)))
    return converted
