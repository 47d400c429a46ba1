"""Which lists change: those that code will change in place, so that what is read of them cannot be read again later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.nodes import Atom, Equation, Program, Value, walk


def changing_lists(program: Program) -> frozenset[Value]:
    """The lists that an update turns into another list, or that control flow hands on to where one may."""
    return frozenset(_lists(atom for equation in walk(program.body) for atom in _handed_on(equation)))


def _handed_on(equation: Equation) -> Iterator[Atom]:
    if equation.primitive.updates:
        yield equation.inputs[0]
    for region in equation.regions:
        yield from region.results
    if equation.is_loop:
        sequences, initial, _ = loop_parts(equation)
        yield from initial
        for region in equation.regions:
            yield from region.parameters[len(sequences) :]


def _lists(atoms: Iterable[Atom]) -> Iterator[Value]:
    return (atom for atom in atoms if isinstance(atom, Value) and atom.type.kind == "list")
