"""Which primal values of a region its adjoint needs, and how it gets at each of them.

Residuals are observed, not analysed: the adjoint was generated and freed of dead code, and what it still mentions of
its region's values is what must come from the forward sweep. Some of that costs nothing to compute again (a shape, a
slice of an array that does not change, the index of the loop), some costs less than keeping it; the rest is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adcompiler.ir.build import NameSupply
from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.nodes import Atom, Equation, Literal, Region, Value, free_values, walk
from adcompiler.ir.rewrite import copy_equations, definitions_in, region_with, renewed, substitute, with_regions
from adcompiler.rules.structure import SHAPE_QUERIES

_FREE = SHAPE_QUERIES | frozenset(("range", "transpose", "reshape", "ravel", "getitem", "not", "item", "stop_gradient"))
"""What is computed again rather than kept where all its operands are at hand: queries, views, one element."""

_CHEAP = frozenset(
    ("add", "subtract", "multiply", "negative", "astype", "less", "less_equal", "greater", "greater_equal")
)
"""One rounding or comparison per element: computed again where its operands are kept anyway."""

_CHEAP_OF_NUMBERS = _CHEAP | {"floor_divide", "remainder", "equal", "not_equal", "power"}
"""Computed again of single numbers, up to `_MOST_OPERATIONS` of them, where those follow from what is at hand."""

_MOST_OPERATIONS = 4
"""An operation on numbers takes about as long as putting one on a tape and taking it off (30 and 50 ns)."""


@dataclass(frozen=True)
class Residuals:
    """What an adjoint needs from the forward sweep of its region."""

    kept: tuple[Value, ...]
    """Values of the forward region to be kept, in order of definition."""
    queries: tuple[Equation, ...]
    """Shape queries to be appended to the forward region, whose results are kept in place of arrays."""
    received: tuple[Value, ...]
    """For each value kept, the value by which the adjoint knows it."""
    adjoint: Region
    """The adjoint with `received` in place of what is kept, and with what it computes again."""


def observe_residuals(
    adjoint: Region,
    parameters: Sequence[Value],
    forward: Sequence[Equation],
    names: NameSupply,
    at_hand: Mapping[Value, Atom] | None = None,
    perhaps_undefined: frozenset[Value] = frozenset(),
) -> Residuals:
    """Cut an adjoint from the region whose values it mentions.

    Parameters
    ----------
    adjoint : Region
        Mentions values of the forward region as if they were in scope.
    parameters, forward
        The forward region's.
    names : NameSupply
    at_hand : mapping, optional
        Values of the forward region that the adjoint has anyway (a loop's index), and what it calls them.
    perhaps_undefined : frozenset of Value
        Parameters of the region, among others, that may be without a value.
    """
    at_hand = at_hand or {}
    adjoint = without_dead_code(adjoint)
    definitions = definitions_in(forward)
    inside = dict.fromkeys((*parameters, *definitions))
    free = _computable_for_nothing(inside, forward, at_hand)
    adjoint, queries = _hoist_queries(
        adjoint, inside, free, perhaps_undefined | _defined_by_control_flow(forward), names
    )
    forward = (*forward, *queries)
    definitions = definitions_in(forward)
    inside = dict.fromkeys((*parameters, *definitions))
    free_in_adjoint = free_values(adjoint)
    mentioned = [value for value in inside if value in free_in_adjoint]

    kept: dict[Value, None] = {}
    again: dict[Value, None] = {}
    available = {*free, *at_hand}
    for value in mentioned:
        if value in at_hand:
            continue
        equation = definitions.get(value)
        if value in free or (equation is not None and _is_cheaper_again(equation, inside, available)):
            again[value] = None
        else:
            kept[value] = None
        available.add(value)
    received = tuple(renewed(value, names) for value in kept)
    mapping: dict[Value, Atom] = {**at_hand, **dict(zip(kept, received, strict=True))}
    recomputed = copy_equations(
        (replace(equation, sweep="backward") for equation in _needed_for(again, forward, mapping)), names, mapping
    )
    adjoint = substitute(adjoint, mapping)
    adjoint = replace(adjoint, equations=(*recomputed, *adjoint.equations))
    return Residuals(tuple(kept), queries, received, adjoint)


def _computable_for_nothing(
    inside: Iterable[Value], forward: Sequence[Equation], at_hand: Mapping[Value, Atom]
) -> frozenset[Value]:
    """Values that follow from what the adjoint has anyway by queries, views and a few operations on numbers."""
    inside = set(inside)
    operations: dict[Value, int] = dict.fromkeys(at_hand, 0)
    for equation in forward:
        values = [atom for atom in equation.inputs if isinstance(atom, Value) and atom in inside]
        if equation.regions or not all(value in operations for value in values):
            continue
        count = sum(operations[value] for value in values)
        if equation.primitive.name in _FREE:
            operations.update(dict.fromkeys(equation.outputs, count))
        elif _is_cheap_of_numbers(equation) and count < _MOST_OPERATIONS:
            operations.update(dict.fromkeys(equation.outputs, count + 1))
    return frozenset(value for value in operations if value not in at_hand)


def _is_cheap_of_numbers(equation: Equation) -> bool:
    if equation.primitive.name not in _CHEAP_OF_NUMBERS or any(v.type.kind != "scalar" for v in equation.outputs):
        return False
    return equation.primitive.name != "power" or equation.inputs[1] in (Literal(2), Literal(3))


def _is_cheaper_again(equation: Equation, inside: Mapping[Value, None], available: set[Value]) -> bool:
    if equation.primitive.name not in _CHEAP and equation.primitive.name not in SHAPE_QUERIES:
        return False
    return all(isinstance(atom, Literal) or atom not in inside or atom in available for atom in equation.inputs)


def _needed_for(
    wanted: Iterable[Value], forward: Sequence[Equation], mapping: Mapping[Value, Atom]
) -> tuple[Equation, ...]:
    """The equations that compute `wanted`, in order, from what is in `mapping` and outside the region."""
    needed = set(wanted)
    chosen = []
    for equation in reversed(forward):
        if needed.intersection(equation.outputs):
            chosen.append(equation)
            needed.update(atom for atom in equation.inputs if isinstance(atom, Value) and atom not in mapping)
    return tuple(reversed(chosen))


def _hoist_queries(
    adjoint: Region,
    inside: Mapping[Value, None],
    free: frozenset[Value],
    perhaps_undefined: frozenset[Value],
    names: NameSupply,
) -> tuple[Region, tuple[Equation, ...]]:
    """Ask for shapes in the forward region where the adjoint needs nothing else of an array."""
    if not any(equation.primitive.name in SHAPE_QUERIES for equation in walk(adjoint)):
        return adjoint, ()
    otherwise_mentioned = set(_mentioned_otherwise(adjoint))
    hoisted: dict[tuple[object, ...], Equation] = {}
    mapping: dict[Value, Atom] = {}

    def is_hoisted(equation: Equation, depth: int) -> bool:
        if equation.primitive.name not in SHAPE_QUERIES:
            return False
        asked = equation.inputs[0]
        if not isinstance(asked, Value) or asked not in inside or asked in free or asked in otherwise_mentioned:
            return False
        return depth == 0 or asked not in perhaps_undefined

    def visit(region: Region, depth: int) -> Region:
        equations = []
        for equation in region.equations:
            if is_hoisted(equation, depth):
                key = (equation.primitive, equation.inputs, equation.static)
                if key not in hoisted:
                    (output,) = equation.outputs
                    hoisted[key] = replace(equation, outputs=(renewed(output, names),), sweep="forward")
                mapping[equation.outputs[0]] = hoisted[key].outputs[0]
            else:
                equations.append(with_regions(equation, [visit(inner, depth + 1) for inner in equation.regions]))
        return region_with(region, equations)

    adjoint = visit(adjoint, 0)
    return substitute(adjoint, mapping), tuple(hoisted.values())


def _defined_by_control_flow(forward: Sequence[Equation]) -> frozenset[Value]:
    """Values that may be undefined where the path that assigns them was not taken."""
    return frozenset(output for equation in forward if equation.regions for output in equation.outputs)


def _mentioned_otherwise(region: Region) -> Iterator[Atom]:
    """What a region mentions but in queries of shapes."""
    yield from region.results
    for equation in walk(region):
        if equation.primitive.name not in SHAPE_QUERIES:
            yield from equation.inputs
        for inner in equation.regions:
            yield from inner.results
