"""Programs as text, compact and readable: the debugger of everyone who works on the compiler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adcompiler.ir.dims import Extent
from adcompiler.ir.nodes import Equation, Program, Region, Value


def format_program(program: Program) -> str:
    """A program as text, one equation a line."""
    header = ", ".join(map(_declare, program.body.parameters))
    lines = [f"program {program.name}({header}):", *_region_lines(program.body, "return")]
    return "\n".join([*(f"{format_program(callee)}\n" for callee in program.callees), *lines])


def _declare(value: Value) -> str:
    extent = value.type.extent
    if isinstance(extent, Extent) and extent.symbol is not None and extent.is_own:
        return f"{value.name}: {replace(value.type, extent=None)}"  # the index of a loop is itself
    return f"{value.name}: {value.type}"


def _region_lines(region: Region, last_word: str) -> Iterator[str]:
    for equation in region.equations:
        yield from (f"    {line}" for line in _equation_lines(equation))
    yield f"    {last_word} {', '.join(map(str, region.results))}"


def _equation_lines(equation: Equation) -> Iterator[str]:
    arguments = [str(atom) for atom in equation.inputs]
    arguments += [f"{name}={value}" for name, value in equation.static]
    outputs = ", ".join(map(_declare, equation.outputs))
    call = f"{equation.primitive}({', '.join(arguments)})"
    yield f"{outputs} = {call}" if outputs else call
    for region in equation.regions:
        yield f"  ({', '.join(map(_declare, region.parameters))}):"
        yield from _region_lines(region, "yield")
