"""Which primal values of a region its adjoint needs, and how it gets at each of them.

Residuals are observed, not analysed: the adjoint was generated and freed of dead code, and what it still mentions of
its region's values is what must come from the forward sweep. Some of that costs nothing to compute again (a shape, a
slice of an array that does not change, the index of the loop), some costs less than keeping it; the rest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adcompiler.ir.build import NameSupply
from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.nodes import Atom, Equation, Region, Value, free_values, walk
from adcompiler.ir.rewrite import definitions_in, region_with, renewed, substitute, with_regions
from adcompiler.ir.types import Shape
from adcompiler.rules.structure import SHAPE_QUERIES
from adcompiler.transform.recomputation import Recomputation, computable_for_nothing

ShapeInScope = Callable[[Shape], tuple[list[Equation], Atom] | None]


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
    restored: Mapping[Value, Atom] | None = None,
    changing: frozenset[Value] = frozenset(),
    *,
    in_loop: bool = False,
    shape_in_scope: ShapeInScope = lambda _: None,
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
    restored : mapping, optional
        Versions of arrays that the adjoint restores, and the values of the adjoint that hold them.
    changing : frozenset of Value
        Lists of which nothing can be read again.
    in_loop : bool
        Whether the region is the body of a loop, so that what is kept is kept for every round.
    shape_in_scope : callable, optional
        Equations for a shape that follows from what is in scope around the region; it need not be kept.
    """
    at_hand, restored = at_hand or {}, restored or {}
    adjoint = _without_dead_code(adjoint, restored)
    definitions = definitions_in(forward)
    inside = dict.fromkeys((*parameters, *definitions))
    free = computable_for_nothing(inside, forward, at_hand, changing)
    adjoint, queries = _hoist_queries(
        adjoint, inside, free, perhaps_undefined | _defined_by_control_flow(forward), names, shape_in_scope
    )
    recomputation = Recomputation(
        parameters, (*forward, *queries), at_hand, restored, adjoint, changing, in_loop=in_loop
    )
    kept = recomputation.values_to_keep(in_scope=False)
    received = tuple(renewed(value, names) for value in kept)
    adjoint = recomputation.rewritten({**at_hand, **dict(zip(kept, received, strict=True))}, names)
    if restored:
        adjoint = without_dead_code(adjoint)
        needed = free_values(adjoint)
        pairs = [(value, there) for value, there in zip(kept, received, strict=True) if there in needed]
        kept, received = tuple(value for value, _ in pairs), tuple(there for _, there in pairs)
    return Residuals(kept, queries, received, adjoint)


def with_restored_arrays(
    adjoint: Region,
    parameters: Sequence[Value],
    forward: Sequence[Equation],
    names: NameSupply,
    restored: Mapping[Value, Atom],
) -> Region:
    """An adjoint, in the scope of the region whose adjoint it is, that reads the arrays it restores."""
    if not restored:
        return adjoint
    adjoint = _without_dead_code(adjoint, restored)
    recomputation = Recomputation(parameters, forward, {}, restored, adjoint, frozenset())
    kept = recomputation.values_to_keep(in_scope=True)
    return without_dead_code(recomputation.rewritten({value: value for value in kept}, names))


def _without_dead_code(adjoint: Region, restored: Mapping[Value, Atom]) -> Region:
    """An adjoint without dead code, but for the restoring of arrays, which nothing seems to need yet."""
    defined = {output for equation in adjoint.equations for output in equation.outputs}
    needed = tuple(atom for atom in restored.values() if atom in defined)
    protected = without_dead_code(replace(adjoint, results=(*adjoint.results, *needed)))
    return replace(protected, results=adjoint.results)


def _hoist_queries(
    adjoint: Region,
    inside: Mapping[Value, None],
    free: frozenset[Value],
    perhaps_undefined: frozenset[Value],
    names: NameSupply,
    shape_in_scope: ShapeInScope,
) -> tuple[Region, tuple[Equation, ...]]:
    """Ask for shapes in the forward region, or around it, where the adjoint needs nothing else of an array."""
    if not any(equation.primitive.name in SHAPE_QUERIES for equation in walk(adjoint)):
        return adjoint, ()
    otherwise_mentioned = set(mentioned_as_such(adjoint))
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
            hoisted_here = is_hoisted(equation, depth)
            outside = shape_in_scope(equation.inputs[0].type.shape) if hoisted_here and _is_shape(equation) else None
            if outside is not None:
                equations += outside[0]
                mapping[equation.outputs[0]] = outside[1]
            elif hoisted_here:
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


def _is_shape(equation: Equation) -> bool:
    return equation.primitive.name == "shape"


def _defined_by_control_flow(forward: Sequence[Equation]) -> frozenset[Value]:
    """Values that may be undefined where the path that assigns them was not taken."""
    return frozenset(output for equation in forward if equation.regions for output in equation.outputs)


def mentioned_as_such(region: Region) -> Iterator[Atom]:
    """What a region mentions but in queries of shapes."""
    yield from region.results
    for equation in walk(region):
        if equation.primitive.name not in SHAPE_QUERIES:
            yield from equation.inputs
        for inner in equation.regions:
            yield from inner.results
