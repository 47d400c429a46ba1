"""What the adjoint of a loop needs of the primal's rounds, and where it has that from.

Most of it stands on tapes: lists that the forward loop collects. Some is nowhere but at hand:

- an array that a round copies is that array;
- what is the same in every round is what the last one left behind;
- the state at the end of a round is the state at the start of the next. If the latter is on a tape, the adjoint loop,
  which comes from that round, carries it along, beginning with the loop's result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.build import tape_name
from adcompiler.ir.nodes import UNDEFINED, Atom, Equation, Literal, Region, Value
from adcompiler.ir.rewrite import definitions_in, renewed, substitute
from adcompiler.ir.types import INT, Type
from adcompiler.rules.table import RULES
from adcompiler.transform.cotangents import AdjointBuilder
from adcompiler.transform.residuals import Residuals, mentioned_as_such, observe_residuals
from adcompiler.transform.restoring import LONG


@dataclass(frozen=True)
class State:
    """A state that the adjoint loop carries from round to round, backwards."""

    at_end: Value
    """A parameter of the adjoint's body: the state at the end of the primal's round."""
    last: Value
    """What it begins with: the result of the forward loop."""
    at_start: Atom
    """In the adjoint's body, the state at the start of the round, which is that at the end of the one before."""


@dataclass(frozen=True)
class Rounds:
    """A loop that keeps what its adjoint needs."""

    forward: Equation
    tapes: tuple[Value, ...]
    elements: tuple[Value, ...]
    """For each tape, the value by which the adjoint's body knows what is on it."""
    states: tuple[State, ...]
    adjoint: Region
    """The body of the adjoint, without parameters yet."""


def keep_rounds(
    loop: Equation,
    forward: Sequence[Equation],
    adjoint: Region,
    at_hand: Mapping[Value, Atom],
    restored: Mapping[Value, Atom],
    builder: AdjointBuilder,
) -> Rounds:
    """Find what the adjoint of a loop's body, which mentions the primal's values, needs of them.

    Parameters
    ----------
    loop : Equation
        The primal's loop.
    forward : sequence of Equation
        Its body in the forward sweep.
    adjoint : Region
    at_hand : mapping
        What the adjoint has anyway, because it runs over the same sequences.
    restored : mapping
        Versions of arrays that the adjoint restores.
    builder : AdjointBuilder
    """
    parameters = loop.regions[-1].parameters
    at_hand = {**at_hand, **_copied_from_outside(parameters, forward)}
    states = _states(loop, adjoint, {*at_hand, *restored}, builder)

    def observed(states: Mapping[Value, _Pair]) -> Residuals:
        known = at_hand | {pair.end: at_end for at_end, pair in states.items()}
        return observe_residuals(
            adjoint,
            parameters,
            forward,
            builder.names,
            known,
            builder.perhaps_undefined,
            restored,
            builder.changing,
            in_loop=True,
            shape_in_scope=builder.shape_in_scope,
        )

    residuals = observed(states)
    kept = {at_end: pair for at_end, pair in states.items() if pair.start in residuals.kept}
    if len(kept) < len(states):
        states, residuals = kept, observed(kept)
    received = dict(zip(residuals.kept, residuals.received, strict=True))
    carried = tuple(State(at_end, pair.last, received[pair.start]) for at_end, pair in states.items())
    equations = (*forward, *residuals.queries)
    steady = _unchanging(parameters, equations)
    left = {value: builder.value(value.type, value.hint) for value in residuals.kept if value in steady}
    changed = {received.pop(value): output for value, output in left.items()}
    collecting, tapes = _collecting(loop, equations, tuple(received), builder)
    return Rounds(
        _leaving(collecting, left, builder),
        tapes,
        tuple(received.values()),
        carried,
        substitute(residuals.adjoint, changed),
    )


# At hand


def _copied_from_outside(parameters: Sequence[Value], forward: Sequence[Equation]) -> dict[Value, Atom]:
    """For the copies of arrays from outside of a body: these arrays, which are the same."""
    inside = {*parameters, *definitions_in(forward)}
    return {
        equation.outputs[0]: equation.inputs[0]
        for equation in forward
        if equation.primitive.name == "copy" and equation.inputs[0] not in inside
        if equation.inputs[0].type.kind == "array"
    }


def _unchanging(parameters: Sequence[Value], forward: Sequence[Equation]) -> frozenset[Value]:
    """The values of a body that are the same in every round, since they follow from values outside alone."""
    varying, steady = set(parameters), set[Value]()
    for equation in forward:
        is_own = equation.regions or equation.callee or equation.handed or equation.primitive.named is not None
        is_pure = not (is_own or equation.has_effect)  # what a user's function depends on, nobody knows
        found = steady if is_pure and varying.isdisjoint(equation.inputs) else varying
        found.update(equation.outputs)
    return frozenset(steady)


@dataclass(frozen=True)
class _Pair:
    """A carried value at the start and at the end of a round, and after the loop."""

    start: Value
    end: Value
    last: Value


def _states(loop: Equation, adjoint: Region, known: set[Value], builder: AdjointBuilder) -> dict[Value, _Pair]:
    """The carried values of which the adjoint mentions both; for each, a new parameter that is the state at the end."""
    sequences, initial, body = loop_parts(loop)
    mentioned = frozenset(mentioned_as_such(adjoint))
    found: dict[Value, _Pair] = {}
    ends: set[Value] = set()
    parameters = body.parameters[len(sequences) :]
    for start, end, last, first in zip(parameters, body.results, loop.outputs, initial, strict=False):
        is_same = isinstance(end, Value) and start.type == end.type == last.type and start.type.kind == "array"
        if not is_same or end in ends or not {start, end} <= mentioned or not known.isdisjoint((start, end)):
            continue
        if first == Literal(UNDEFINED) or end in body.parameters:
            continue
        assert isinstance(end, Value)
        ends.add(end)
        found[builder.value(end.type, end.hint)] = _Pair(start, end, last)
    return found


# Forward loops


def _collecting(
    loop: Equation, equations: tuple[Equation, ...], kept: tuple[Value, ...], builder: AdjointBuilder
) -> tuple[Equation, tuple[Value, ...]]:
    """The forward loop with a tape for each value kept, and the tapes."""
    body = loop.regions[-1]
    body = replace(body, equations=equations, results=(*body.results, *kept))
    tapes = tuple(
        builder.value(Type("list", elements=(value.type,)), tape_name(value.hint) if value.hint else None)
        for value in kept
    )
    builder.restoring.sizes.update(
        (tape, LONG * builder.restoring.size(value)) for tape, value in zip(tapes, kept, strict=True)
    )
    return replace(loop, outputs=(*loop.outputs, *tapes), regions=(*loop.regions[:-1], body)), tapes


def _leaving(loop: Equation, left: Mapping[Value, Value], builder: AdjointBuilder) -> Equation:
    """A loop that also yields values of its body as they were in the last round; without rounds they are undefined."""
    for value, output in left.items():
        builder.restoring.sizes[output] = builder.restoring.size(value)
        parameters = [renewed(output, builder.names) for _ in loop.regions]
        loop = _carrying(loop, Literal(UNDEFINED), parameters, value, output)
    return loop


def count_trips(loop: Equation, builder: AdjointBuilder) -> tuple[Equation, Value]:
    """A loop that also counts how often it runs, and that count."""
    before, after, trips = (builder.value(INT, "trips") for _ in range(3))
    count = Equation(RULES["add"].primitive, (before, Literal(1)), (after,), span=loop.span)
    parameters = [*(builder.value(INT, "trips") for _ in loop.regions[:-1]), before]
    return _carrying(loop, Literal(0), parameters, after, trips, count), trips


def _carrying(
    loop: Equation, start: Atom, parameters: Sequence[Value], result: Atom, output: Value, *more: Equation
) -> Equation:
    """A loop that carries another value, last of all; `more` is the end of its body then."""
    position = len(loop_parts(loop)[1])
    *conditions, body = (
        replace(region, parameters=(*region.parameters, parameter))
        for region, parameter in zip(loop.regions, parameters, strict=True)
    )
    body = replace(
        body,
        equations=(*body.equations, *more),
        results=(*body.results[:position], result, *body.results[position:]),
    )
    return replace(
        loop,
        inputs=(*loop.inputs, start),
        outputs=(*loop.outputs[:position], output, *loop.outputs[position:]),
        regions=(*conditions, body),
    )
