"""Cutting a program into a forward and a backward sweep that are functions of their own.

Callees that are differentiated are always cut: they are called twice, with the caller's work in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adcompiler.analysis.changing import changing_lists
from adcompiler.analysis.undefined import perhaps_undefined
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Equation, Program, Region, Value
from adcompiler.ir.rewrite import rename
from adcompiler.ir.types import RESIDUALS, Type
from adcompiler.rules.table import RULES
from adcompiler.transform.control_flow import pull_equations
from adcompiler.transform.cotangents import AdjointBuilder, Cotangent, Cotangents
from adcompiler.transform.pairs import Pair, Pairs
from adcompiler.transform.residuals import observe_residuals


@dataclass(frozen=True)
class Halves:
    """Two sweeps without their signatures."""

    forward: tuple[Equation, ...]
    kept: Value
    """The tuple of residuals, which the last equation of the forward sweep makes."""
    residuals: Value
    """The parameter by which the backward sweep knows it."""
    backward: tuple[Equation, ...]
    cotangents: tuple[Atom, ...]


def cut(
    adjoint: Region,
    parameters: Sequence[Value],
    forward: Sequence[Equation],
    written_by: AdjointBuilder,
    restored: Mapping[Value, Atom] | None = None,
) -> Halves:
    """Cut an adjoint, which mentions values of the forward sweep, from it; `restored` as in `observe_residuals`."""
    names = written_by.names
    found = observe_residuals(adjoint, parameters, forward, names, restored=restored, changing=written_by.changing)
    builder = AdjointBuilder(names)
    builder.sweep = "forward"
    kept = builder.call("make_tuple", *found.kept)
    residuals = Value(names.fresh("residuals"), kept.type, "residuals")
    items = tuple(
        Equation(RULES["item"].primitive, (residuals,), (received,), (("index", number),))
        for number, received in enumerate(found.received)
    )
    return Halves(
        (*forward, *found.queries, *builder.equations),
        kept,
        residuals,
        (*items, *found.adjoint.equations),
        found.adjoint.results,
    )


def split_callees(pairs: Pairs, *, mixed: bool, complex_numbers: bool) -> tuple[Program, ...]:
    """The functions of all pairs that are called, also by each other; the rest as for `AdjointBuilder`."""
    made: dict[str, tuple[Program, Program]] = {}
    while needed := pairs.needed(made):
        for pair in needed:
            made[pair.callee.name] = _split_callee(pair, pairs, mixed=mixed, complex_numbers=complex_numbers)
    return tuple(program for both in made.values() for program in both)


def _split_callee(pair: Pair, pairs: Pairs, *, mixed: bool, complex_numbers: bool) -> tuple[Program, Program]:
    callee = pair.callee
    parameters, results = callee.body.parameters, callee.body.results
    names = NameSupply.beside(callee)
    builder = AdjointBuilder(
        names,
        perhaps_undefined(callee),
        mixed=mixed,
        complex_numbers=complex_numbers,
        pairs=pairs,
        changing=changing_lists(callee),
    )
    cotangents = Cotangents(builder, pair.active)
    straight = [output for equation in callee.body.equations if not equation.regions for output in equation.outputs]
    seeds = [_seed(results[number], builder) for number in pair.results]
    with builder.scope(iter([*parameters, *straight])):
        for number, seed in zip(pair.results, seeds, strict=True):
            cotangents.add(results[number], Cotangent(seed))
        equations = pull_equations(callee.body.equations, cotangents)
        builder.span = None
        ends = [
            cotangents.passed(cotangents.returned(parameters[number]), parameters[number].type)
            for number in pair.arguments
        ]
    halves = cut(Region((), builder.equations, tuple(ends)), parameters, equations, builder)
    residuals = replace(halves.kept, type=RESIDUALS)
    *before, packing = halves.forward
    forward = Region(parameters, (*before, replace(packing, outputs=(residuals,))), (*results, residuals))
    backward = Region((halves.residuals, *seeds), halves.backward, halves.cotangents)
    wrt = ", ".join(parameters[number].hint or parameters[number].name for number in pair.arguments)
    return (
        replace(
            callee,
            name=pair.forward,
            body=rename(forward, cotangents.names),
            doc=f"Forward sweep of {callee.doc}.",
        ),
        Program(
            pair.backward,
            rename(backward, cotangents.names),
            seed=seeds[0].name,
            doc=f"Backward sweep of {callee.doc}, wrt {wrt}.",
        ),
    )


def _seed(result: Atom, builder: AdjointBuilder) -> Value:
    """The parameter for the cotangent of a result."""
    type = Type(result.type.kind, result.type.dtype, result.type.shape)
    hint = result.hint if isinstance(result, Value) and result.hint else "out"
    return builder.value(type, f"{hint}_bar")
