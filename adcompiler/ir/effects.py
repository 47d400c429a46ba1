"""Which calls have an effect: known only when all callees are, since they call each other."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.ir.nodes import CALL, Equation, Program, Region, calls_in, walk
from adcompiler.ir.rewrite import region_with, with_regions


def settle_effects(program: Program) -> Program:
    """Note at each call whether the callee, or one that it calls, has an effect."""
    found = {
        callee.name for callee in program.callees if any(equation.primitive.effect for equation in walk(callee.body))
    }
    size = -1
    while size != len(found):
        size = len(found)
        found |= {callee.name for callee in program.callees if not found.isdisjoint(calls_in(callee.body))}

    def settled(equation: Equation) -> Equation:
        if equation.primitive is CALL:
            static = {**equation.parameters, "effect": equation.callee in found}
            return replace(equation, static=tuple(sorted(static.items())))
        return with_regions(equation, list(map(visit, equation.regions)))

    def visit(region: Region) -> Region:
        return region_with(region, list(map(settled, region.equations)))

    callees = tuple(replace(callee, body=visit(callee.body)) for callee in program.callees)
    return replace(program, body=visit(program.body), callees=callees)
