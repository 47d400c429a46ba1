"""Removing what nobody reads: equations, outputs of `if`, carried values and tapes of loops, whole loops.

In the body of a `try` everything stays that may raise: which path is taken depends on it.

Used as a pass, and by the reverse transformation to see which primal values an adjoint still mentions.

One set of live values serves a whole program, since every value has a name of its own: what is in it is read by an
equation that is kept, or by a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from adcompiler.ir.nodes import FOR, TRY, Atom, Equation, Region, Value
from adcompiler.ir.raising import may_raise
from adcompiler.ir.rewrite import rebuilt, region_with, with_regions


def without_dead_code(region: Region) -> Region:
    """The equations of a region that its results or an effect need."""
    return _live_region(region, region.results, set())


def _read(atoms: Iterable[Atom], live: set[Value]) -> None:
    for atom in atoms:
        if isinstance(atom, Value):
            live.add(atom)


def _live_region(region: Region, results: tuple[Atom, ...], live: set[Value], tried: bool = False) -> Region:
    """A region that yields `results`, with the equations that matter for these and for what is live after it.

    `tried` says that it is in the body of a `try`.
    """
    _read(results, live)
    kept: list[Equation] = []
    for equation in reversed(region.equations):
        needed = any(output in live for output in equation.outputs) or equation.has_effect
        needed = needed or (tried and may_raise(equation))
        if not needed:
            continue
        if equation.regions:
            equation = (_live_loop if equation.is_loop else _live_branches)(equation, live, tried)
        _read(equation.inputs, live)
        kept.append(equation)
    kept.reverse()
    return region_with(region, kept, results)


def _pick(atoms: Sequence[Atom], numbers: Iterable[int]) -> tuple[Atom, ...]:
    return tuple([atoms[number] for number in numbers])


def _live_branches(equation: Equation, live: set[Value], tried: bool) -> Equation:
    """An equation whose regions yield its outputs, with the outputs that are read."""
    kept = [number for number, output in enumerate(equation.outputs) if output in live]
    regions = tuple(
        [
            _live_region(
                region, _pick(region.results, kept), live, tried or (equation.primitive is TRY and number == 0)
            )
            for number, region in enumerate(equation.regions)
        ]
    )
    if len(kept) == len(equation.outputs):
        return with_regions(equation, regions)
    return rebuilt(equation, outputs=tuple([equation.outputs[number] for number in kept]), regions=regions)


def _live_loop(equation: Equation, live: set[Value], tried: bool) -> Equation:
    """A loop with the carried values and tapes that are read, around it or after it, and the elements read within."""
    sequences = equation.parameters["sequences"] if equation.primitive is FOR else 0
    *conditions, body = equation.regions
    carried = body.parameters[sequences:]
    conditions = [_live_region(condition, condition.results, live, tried) for condition in conditions]
    wanted = {number for number, output in enumerate(equation.outputs) if output in live}
    wanted |= {number for condition in conditions for number, v in enumerate(condition.parameters) if v in live}
    while True:
        slim = _live_region(body, _pick(body.results, sorted(wanted)), live, tried)
        grown = wanted | {number for number, parameter in enumerate(carried) if parameter in live}
        if grown == wanted:
            break
        wanted = grown
    elements = [number for number in range(sequences) if body.parameters[number] in live]
    if sequences and not elements:
        elements = [_cheapest(equation.inputs[:sequences])]
    return _keep(equation, sequences, elements, sorted(wanted), [*conditions, slim])


def _keep(
    equation: Equation, sequences: int, elements: list[int], wanted: list[int], regions: list[Region]
) -> Equation:
    """A loop over the sequences numbered `elements`, with the carried values and tapes numbered `wanted`."""
    if len(elements) == sequences and len(wanted) == len(equation.outputs):
        return with_regions(equation, regions)
    carried = [number for number in wanted if sequences + number < len(equation.inputs)]
    positions = [*elements, *(sequences + number for number in carried)]
    static = dict(equation.static)
    if sequences:
        static["sequences"] = len(elements)
    *conditions, body = regions
    return replace(
        equation,
        inputs=_pick(equation.inputs, positions),
        outputs=tuple(equation.outputs[number] for number in wanted),
        static=tuple(sorted(static.items())),
        regions=(
            *(replace(c, parameters=tuple(c.parameters[number] for number in carried)) for c in conditions),
            replace(body, parameters=tuple(body.parameters[position] for position in positions)),
        ),
    )


def _cheapest(sequences: Sequence[Atom]) -> int:
    """The sequence to count by where no element is read: a range if there is one."""
    return next((number for number, atom in enumerate(sequences) if atom.type.kind == "range"), 0)
