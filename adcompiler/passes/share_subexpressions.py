"""Common subexpressions of the adjoint."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from adcompiler.analysis.versions import written_part
from adcompiler.ir.nodes import CALL, Atom, Equation, Program, Region, Value
from adcompiler.ir.rewrite import region_with, resolve, with_inputs, with_regions

_COMMUTATIVE = frozenset(("add", "multiply", "maximum", "minimum"))

_NOT_SHARED = frozenset(
    ("zeros", "empty", "full", "copy", "range", "broadcast_to", "astype", "shape", "size", "len", "axis_length", "ndim")
) | {"make_list", "repeat_item", "zero_items", "rows"}
"""Fresh memory, which two accumulators must not share, and what is shorter said twice."""


def share_subexpressions(program: Program) -> Program:
    """Compute once what the backward sweep computes twice, or what the forward sweep has computed already.

    What the backward sweep has just written to an array it does not read there. The forward sweep stays as the user
    wrote it.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(share_subexpressions, "def f(x): return x * x", x="float64", gradient=True)
    program grad_f(x: float64, out_bar: float64):
        t.1: float64 = multiply(x, x)
        t.2: float64 = multiply(out_bar, x)
        x_bar: float64 = add(t.2, t.2)
        return x_bar
    """
    return replace(program, body=_share(program.body, {}, {}))


def _share(region: Region, known: dict[Hashable, Value], mapping: dict[Value, Atom]) -> Region:
    equations = []
    added = []
    for equation in region.equations:
        current = with_inputs(equation, mapping) if mapping else equation
        if equation.regions:
            current = with_regions(current, [_share(inner, known, mapping) for inner in equation.regions])
        key = _key(current)
        if key is not None:
            (output,) = current.outputs
            same = known.get(key)
            if same is None:
                known[key] = output
                added.append(key)
            elif current.sweep == "backward":
                mapping[output] = same
                continue
        elif current.sweep == "backward" and (read := written_part(current)) is not None:
            known[key := _key(read)] = read.outputs[0]
            added.append(key)
        equations.append(current)
    for key in added:
        del known[key]  # what a region defines is not known outside
    return region_with(region, equations, tuple(resolve(atom, mapping) for atom in region.results))


def _key(equation: Equation) -> Hashable:
    """What two equations that compute the same have in common; None for an equation that is not shared."""
    primitive = equation.primitive
    if len(equation.outputs) != 1 or equation.regions or primitive.effect or primitive.updates or primitive is CALL:
        return None
    name, inputs = primitive.name, equation.inputs
    if name in _NOT_SHARED:
        return None
    if name in _COMMUTATIVE and len(inputs) == 2:
        return name, frozenset(inputs)
    if not equation.static:
        return name, inputs
    try:
        hash(equation.static)
    except TypeError:  # a slice in an index, before Python 3.12
        return name, inputs, repr(equation.static)
    return name, inputs, equation.static
