"""Liveness: which values are still needed, after each equation and at the start of each region.

A value from outside a loop that the loop mentions is live throughout the loop; so is what a `for` runs over, since
Python reads it element by element (but a range, which knows them all when the loop begins).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from adcompiler.ir.nodes import (
    FINALLY,
    FOR,
    TRY,
    UNDEFINED,
    Atom,
    Equation,
    Literal,
    Program,
    Region,
    Value,
    free_values,
)
from adcompiler.ir.raising import may_raise


@dataclass(slots=True)
class Liveness:
    """The live values of a program. Equations and regions are told apart by identity."""

    _after: dict[int, frozenset[Value]] = field(default_factory=dict)
    _entry: dict[int, frozenset[Value]] = field(default_factory=dict)

    def after(self, equation: Equation) -> frozenset[Value]:
        """The values needed after an equation, its outputs among them."""
        return self._after[id(equation)]

    def at_entry(self, region: Region) -> frozenset[Value]:
        """The values needed where a region begins, its parameters among them."""
        return self._entry[id(region)]


def find_liveness(
    program: Program, nested: Collection[Value] = (), definition: dict[Value, Equation] | None = None
) -> Liveness:
    """Compute liveness.

    Parameters
    ----------
    nested : collection of Value
        Values that are not computed where they are defined but where they are used, as a part of an expression:
        there, what they are made of is needed.
    definition : dict, optional
        The equations that define them.
    """
    liveness = Liveness()
    parts: dict[Value, frozenset[Value]] = {}

    def leaves(atoms: Iterable[Atom]) -> set[Value]:
        found: set[Value] = set()
        for atom in atoms:
            if not isinstance(atom, Value):
                continue
            if atom in nested:
                if atom not in parts:
                    assert definition is not None
                    parts[atom] = frozenset(leaves(_mentions(definition[atom])))
                found |= parts[atom]
            else:
                found.add(atom)
        return found

    def visit_region(region: Region, live_out: set[Value], caught: frozenset[Value]) -> set[Value]:
        """`caught` is what is needed where the region raises: by the handlers around it."""
        live = live_out | leaves(region.results)
        for equation in reversed(region.equations):
            if not (equation.outputs and equation.outputs[0] in nested):
                live = visit(equation, live, caught)
                if caught and (may_raise(equation) or any(atom in nested for atom in equation.inputs)):
                    live |= caught
        liveness._entry[id(region)] = frozenset(live)
        return live.difference(region.parameters)

    def visit(equation: Equation, live: set[Value], caught: frozenset[Value]) -> set[Value]:
        liveness._after[id(equation)] = frozenset(live)
        around = live.difference(equation.outputs)
        match equation.primitive:
            case primitive if primitive is TRY:
                body, handler = equation.regions
                handled = visit_region(handler, around.union(handler.parameters), caught)  # Python deletes its name
                return visit_region(body, around, caught | handled)
            case primitive if primitive is FINALLY:
                body, final = equation.regions
                first = {
                    v for v, atom in zip(equation.outputs, body.results, strict=True) if atom != Literal(UNDEFINED)
                }
                after = visit_region(final, around | first, caught)
                return visit_region(body, after - first, caught | after)
            case _ if equation.yields_outputs:
                inside = [visit_region(region, around, caught) for region in equation.regions]
                return set().union(*inside) | leaves(equation.inputs)
            case _ if equation.is_loop:
                through = around | leaves(v for region in equation.regions for v in free_values(region))
                if primitive is FOR:
                    sequences = equation.inputs[: equation.parameters["sequences"]]
                    through |= leaves(atom for atom in sequences if atom.type.kind != "range")
                    visit_region(equation.regions[0], through, caught)
                else:
                    condition, body = equation.regions
                    visit_region(body, through, caught)
                    entry = liveness.at_entry(body)
                    carried = zip(condition.parameters, body.parameters, equation.outputs, strict=False)
                    going_on = {c for c, b, out in carried if b in entry or out in live}
                    visit_region(condition, through | going_on, caught)
                return through | leaves(equation.inputs)
            case _:
                return around | leaves(equation.inputs)

    visit_region(program.body, set(), frozenset())
    return liveness


def _mentions(equation: Equation) -> Iterable[Atom]:
    yield from equation.inputs
    for region in equation.regions:
        yield from free_values(region)
