"""The adjoints of `try`, `finally` and `with`, whose regions all run, or raise: no exception is caught on the way back.

The backward sweep has neither handlers nor contexts. Where a `try` may have gone on in its body or in its handler, it
is a branch, over an output that says which; else the adjoint is straight-line code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import UNDEFINED, Equation, Literal, Region, Value
from adcompiler.ir.raising import never_completes
from adcompiler.ir.rewrite import exporting, resolve
from adcompiler.ir.types import BOOL, OPAQUE
from adcompiler.transform.cotangents import AdjointBuilder, Cotangents


def with_completion(equation: Equation, builder: AdjointBuilder) -> tuple[Equation, Value]:
    """A `try` with an output that says whether its body completed."""
    flags = (Literal(True), Literal(False))
    results = [region.results for region in equation.regions]
    for output, *pair in zip(equation.outputs, *results, strict=True):
        if tuple(pair) == flags:
            return equation, output
    completed = builder.value(BOOL, "completed")
    regions = tuple(
        replace(region, results=(*region.results, flag)) for region, flag in zip(equation.regions, flags, strict=True)
    )
    return replace(equation, outputs=(*equation.outputs, completed), regions=regions), completed


def pull_in_sequence(
    equation: Equation,
    cotangents: Cotangents,
    pull: Callable[[Sequence[Equation], Cotangents], Sequence[Equation]],
) -> Equation:
    """The adjoint of regions that all run, or of the one that does not raise: straight-line code.

    What it mentions of their inside is an output of the forward equation, under the same name.
    """
    builder = cotangents.builder
    arriving = {output: g for output in equation.outputs if (g := cotangents.take(output)) is not None}
    running = [not never_completes(region) for region in equation.regions]
    with _in_context_again(equation, builder):
        forward = []
        for region, runs in reversed(list(zip(equation.regions, running, strict=True))):
            with builder.scope(iter(_straight_values(region))):
                for output, result in zip(equation.outputs, region.results, strict=True):
                    if runs and output in arriving and result != Literal(UNDEFINED):
                        cotangents.add(result, arriving[output])
                forward.append(pull(region.equations, cotangents) if runs else region.equations)
    return _export_all(equation, forward[::-1], running, builder.names)


@contextmanager
def _in_context_again(equation: Equation, builder: AdjointBuilder) -> Iterator[None]:
    """Put what is written in the `with` block of ours under a context like that of the equation, where it says so."""
    if not equation.parameters.get("again"):
        yield
        return
    with builder.region() as equations:
        yield
    if not equations:
        return
    entered = builder.value(OPAQUE)
    region, outputs = exporting((entered,), equations, builder.names)
    builder.append(replace(equation, outputs=outputs, regions=(region,)))


def _export_all(
    equation: Equation, forward: list[Sequence[Equation]], running: list[bool], names: NameSupply
) -> Equation:
    """The forward equation that also gives out all that its regions define."""
    exports = [
        exporting(region.parameters, equations, names) if runs else (replace(region, equations=tuple(equations)), ())
        for region, equations, runs in zip(equation.regions, forward, running, strict=True)
    ]
    regions = []
    for number, (region, own) in enumerate(exports):
        inside = dict(zip(own, region.results, strict=False)) if running[number] else {}
        results = [resolve(atom, inside) for atom in equation.regions[number].results]
        for other, (_, values) in enumerate(exports):
            results += region.results if other == number and own else [Literal(UNDEFINED)] * len(values)
        regions.append(replace(region, results=tuple(results)))
    outputs = (*equation.outputs, *(value for _, values in exports for value in values))
    return replace(equation, outputs=outputs, regions=tuple(regions))


def _straight_values(region: Region) -> list[Value]:
    return [*region.parameters, *(output for e in region.equations if not e.regions for output in e.outputs)]
