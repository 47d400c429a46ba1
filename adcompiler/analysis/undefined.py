"""Which variables some path leaves without a value."""

from __future__ import annotations

from collections.abc import Sequence

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.nodes import FINALLY, UNDEFINED, Atom, Literal, Program, Region, Value, mentions, walk
from adcompiler.ir.raising import never_completes


def perhaps_undefined(program: Program) -> frozenset[Value]:
    """The values that are `UNDEFINED` on some path: outputs of control flow, and what loops carry."""
    if not _has_undefined(program.body):
        return frozenset()
    found: set[Value] = set()
    size = -1
    while size != len(found):
        size = len(found)
        _spread(program.body, found)
    return frozenset(found)


def _has_undefined(region: Region) -> bool:
    """Whether anything is left undefined, which in most programs nothing is."""
    return any(
        isinstance(atom, Literal) and atom.value is UNDEFINED
        for equation in walk(region)
        if equation.regions
        for atom in mentions(equation)
    )


def _spread(region: Region, found: set[Value]) -> None:
    for equation in region.equations:
        for inner in equation.regions:
            _spread(inner, found)
        match equation.primitive:
            case _ if equation.yields_outputs:
                for branch in equation.regions:
                    pairs = [] if never_completes(branch) else list(zip(branch.results, equation.outputs, strict=True))
                    if equation.primitive is FINALLY:  # what one of its regions does not define, the other does
                        pairs = [pair for pair in pairs if pair[0] != Literal(UNDEFINED)]
                    _mark(found, [atom for atom, _ in pairs], [output for _, output in pairs])
            case _ if equation.is_loop:
                sequences, initial, body = loop_parts(equation)
                if sequences:  # a tape of what may be undefined
                    _mark(found, sequences, body.parameters[: len(sequences)])
                for inner in equation.regions:
                    _mark(found, initial, inner.parameters[len(sequences) :])
                    _mark(found, body.results[: len(initial)], inner.parameters[len(sequences) :])
                _mark(found, initial, equation.outputs[: len(initial)])
                _mark(found, body.results, equation.outputs)


def _mark(found: set[Value], sources: Sequence[Atom], targets: Sequence[Value]) -> None:
    found.update(
        target
        for source, target in zip(sources, targets, strict=True)
        if source in found or source == Literal(UNDEFINED)
    )
