"""The adjoints of `if`, `for` and `while`: control flow again, over the same paths, backwards.

Each function writes the adjoint equation into the backward sweep and returns the forward equation with what the
adjoint needs of its inside as further outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.nodes import (
    CALL,
    FOR,
    IF,
    TRY,
    UNDEFINED,
    Atom,
    Equation,
    Literal,
    Region,
    Value,
    free_values,
)
from adcompiler.ir.raising import never_completes
from adcompiler.ir.rewrite import substitute
from adcompiler.ir.types import INT, Type
from adcompiler.rules.solvers import solver_of
from adcompiler.transform.calls import pull_call
from adcompiler.transform.containers import is_container, joined_type, with_shapes, without_shapes
from adcompiler.transform.cotangents import AdjointBuilder, Cotangent, Cotangents, Form
from adcompiler.transform.guarded import pull_in_sequence, with_completion
from adcompiler.transform.pullbacks import pull_equation
from adcompiler.transform.residuals import Residuals, observe_residuals
from adcompiler.transform.restoring import restored_outputs, restored_parameters, undo, yielded_versions
from adcompiler.transform.rounds import count_trips, keep_rounds
from adcompiler.transform.sequences import Walk, add_walked, lists_of_cotangents, walk_of
from adcompiler.transform.solvers import pull_solver, refuse_second_derivative


def pull_equations(equations: Sequence[Equation], cotangents: Cotangents) -> tuple[Equation, ...]:
    """Write the backward sweep of straight-line code; returns its forward sweep."""
    forward = [_pull(equation, cotangents) for equation in reversed(equations)]
    return tuple(equation for group in reversed(forward) for equation in group)


def _pull(equation: Equation, cotangents: Cotangents) -> tuple[Equation, ...]:
    cotangents.builder.span = equation.span
    match equation.primitive:
        case primitive if primitive is IF:
            return (_pull_branches(equation, equation.inputs[0], cotangents),)
        case primitive if primitive is CALL:
            return (pull_call(equation, cotangents),)
        case _ if (solver := solver_of(equation)) is not None:
            pull_solver(equation, solver, cotangents)
            return (equation,)
        case _ if equation.handed:
            refuse_second_derivative(equation, cotangents)
            return (equation,)
        case primitive if primitive is TRY and not any(map(never_completes, equation.regions)):
            equation, completed = with_completion(equation, cotangents.builder)
            return (_pull_branches(equation, completed, cotangents),)
        case _ if equation.yields_outputs:
            return (pull_in_sequence(equation, cotangents, pull_equations),)
        case _ if equation.is_loop:
            return (_pull_loop(equation, cotangents),)
        case _:
            saved = undo(equation, cotangents)
            pull_equation(equation, cotangents)
            return (*saved, equation)


def _values_in(region: Region) -> list[Value]:
    return [*region.parameters, *(output for e in region.equations if not e.regions for output in e.outputs)]


def _active_free_values(regions: Sequence[Region], cotangents: Cotangents) -> list[Value]:
    """The outer values that regions mention and that carry a cotangent."""
    mentioned = dict.fromkeys(value for region in regions for value in free_values(region))
    return [value for value in mentioned if cotangents.is_active(value)]


# Branches


def _pull_branches(equation: Equation, condition: Atom, cotangents: Cotangents) -> Equation:
    """Branch again in the backward sweep: where the condition holds, into the adjoint of the first region."""
    builder = cotangents.builder
    outputs = {
        number: cotangents.leaving(output, cotangent)
        for number, output in enumerate(equation.outputs)
        if cotangents.is_active(output) and (cotangent := cotangents.take(output)) is not None
    }
    earlier = builder.restoring.before_outputs(equation)
    if not outputs and not earlier:
        return equation
    outer = _active_free_values(equation.regions, cotangents) if outputs else []
    incoming = {value: whole for value in outer if (whole := cotangents.whole(value)) is not None}
    branches = []
    for region in equation.regions:
        with builder.region() as backward, builder.scope(iter(_values_in(region))):
            inner = cotangents.child(incoming)
            inner.restored |= yielded_versions(equation, region, earlier)
            for number, g in outputs.items():
                result = region.results[number]
                inner.add(result, _with_shape_of(result, g))
            forward = pull_equations(region.equations, inner)
        branches.append((inner, backward, forward, region))
    touched = [value for value in outer if any(inner.is_touched(value) for inner, *_ in branches)]
    ends = []
    builder.span = None
    for inner, backward, *_ in branches:
        with builder.region(backward):
            ends.append([inner.finish(value) for value in touched])
    types = [joined_type(end[number].type for end in ends) for number in range(len(touched))]
    forward_regions, adjoint_regions, exported = [], [], []
    for (inner, backward, forward, region), end in zip(branches, ends, strict=True):
        with builder.region(backward):
            results = (*map(inner.strong, end, types), *(inner.restored[value] for value in earlier.values()))
        residuals = observe_residuals(
            Region((), tuple(backward), results),
            (),
            forward,
            builder.names,
            restored=inner.restored,
            changing=builder.changing,
            shape_in_scope=builder.shape_in_scope,
        )
        residuals = _received_as_outputs(residuals, region.results, equation.outputs)
        adjoint_regions.append(residuals.adjoint)
        forward_regions.append(replace(region, equations=(*forward, *residuals.queries)))
        exported.append(residuals)
    builder.span = equation.span
    outputs_bar = tuple(builder.cotangent_of(value, type) for value, type in zip(touched, types, strict=True))
    arrays = restored_outputs(equation, earlier, cotangents)
    if touched or arrays:
        builder.append(Equation(IF, (condition,), (*outputs_bar, *arrays), (), tuple(adjoint_regions)))
    for value, output in zip(touched, outputs_bar, strict=True):
        cotangents.put(value, cotangents.arriving(value, output))
    return _export(equation, forward_regions, exported)


def _with_shape_of(result: Atom, g: Cotangent) -> Cotangent:
    """A cotangent of the `if`'s output, with what the branch knows of its shape."""
    if g.form is Form.NARROW or not isinstance(g.atom, Value):
        return g
    return replace(g, atom=replace(g.atom, type=with_shapes(g.atom.type, result.type)))


def _received_as_outputs(residuals: Residuals, results: Sequence[Atom], outputs: Sequence[Value]) -> Residuals:
    """The same residuals, but for what a branch yields anyway: its adjoint takes that from the output."""
    yielded = {result: output for result, output in zip(results, outputs, strict=True) if result.type == output.type}
    pairs = list(zip(residuals.kept, residuals.received, strict=True))
    kept = [(value, received) for value, received in pairs if value not in yielded]
    return replace(
        residuals,
        kept=tuple(value for value, _ in kept),
        received=tuple(received for _, received in kept),
        adjoint=substitute(residuals.adjoint, {r: yielded[value] for value, r in pairs if value in yielded}),
    )


def _export(equation: Equation, regions: list[Region], residuals: list[Residuals]) -> Equation:
    """The forward `if`, which also gives out what its branches' adjoints need; undefined by the other branch."""
    undefined = Literal(UNDEFINED)
    then, orelse = residuals
    results = (
        (*regions[0].results, *then.kept, *(undefined for _ in orelse.kept)),
        (*regions[1].results, *(undefined for _ in then.kept), *orelse.kept),
    )
    return replace(
        equation,
        outputs=(*equation.outputs, *then.received, *orelse.received),
        regions=tuple(replace(region, results=atoms) for region, atoms in zip(regions, results, strict=True)),
    )


# Loops


@dataclass
class _Loop:
    """A loop being transformed."""

    equation: Equation
    sequences: Sequence[Atom]
    initial: Sequence[Atom]
    body: Region
    carried: list[int]
    """The numbers of the carried values that have a cotangent."""
    collected: Mapping[int, Atom]
    """For the numbers of collected results: the list of their cotangents."""
    outer: list[Value]
    """Values from outside to whose cotangents the body may contribute."""
    walked: list[int]
    """The numbers of the sequences that have a cotangent."""
    restored: list[int]
    """The numbers of the carried arrays that the adjoint restores."""

    @property
    def parameters(self) -> Sequence[Value]:
        """The carried values at the start of the body."""
        return self.body.parameters[len(self.sequences) :]

    def form(self, number: int, builder: AdjointBuilder) -> Form:
        """The form of a carried value's cotangent from one iteration to another."""
        carried = (self.parameters[number], self.equation.outputs[number])
        return Form.NARROW if any(map(builder.may_lack_shape, carried)) else Form.EXACT


def _pull_loop(equation: Equation, cotangents: Cotangents) -> Equation:
    sequences, initial, body = loop_parts(equation)
    parameters = body.parameters[len(sequences) :]
    carried = [
        number
        for number, (parameter, output) in enumerate(zip(parameters, equation.outputs, strict=False))
        if cotangents.is_active(parameter) or cotangents.is_active(output)
    ]
    arriving = {number: cotangents.take(equation.outputs[number]) for number in carried}
    collected = {
        number: whole.atom
        for number, output in enumerate(equation.outputs[len(initial) :], len(initial))
        if cotangents.is_active(output) and (whole := cotangents.take(output)) is not None
    }
    restored = cotangents.builder.restoring.carried_by(equation)
    useful = bool(collected) or any(cotangent is not None for cotangent in arriving.values())
    if not useful:
        if not restored:
            return equation
        carried = []
    walked = [number for number, sequence in enumerate(sequences) if cotangents.is_active(sequence)] if useful else []
    outer = _active_free_values([body], cotangents) if useful else []
    loop = _Loop(equation, sequences, initial, body, carried, collected, outer, walked, restored)
    seeds = [_initial_cotangent(loop, number, arriving[number], cotangents) for number in carried]
    return _write_loop(loop, seeds, cotangents)


def _initial_cotangent(loop: _Loop, number: int, arriving: Cotangent | None, cotangents: Cotangents) -> Atom:
    return cotangents.leaving(loop.equation.outputs[number], arriving).atom


@dataclass
class _AdjointBody:
    """The adjoint of a loop's body, written on an assumption about the kinds of what it carries."""

    forward: tuple[Equation, ...]
    adjoint: Region
    """Without parameters yet; its results are the carried cotangents, then the accumulators."""
    carried: list[Value]
    accumulators: dict[Value, Value]
    """For each outer value whose cotangent the body contributes to, the parameter that accumulates it."""
    walk: Walk
    walked: list[int]
    """The numbers of the sequences whose elements get a cotangent: the last results of `adjoint`, to be collected."""
    arrays: list[Value]
    """The carried arrays that are restored: parameters, whose values at the end come before these among the results."""
    restored: dict[Value, Atom]
    """The older versions of arrays that the adjoint restores."""


def _write_loop(loop: _Loop, seeds: list[Atom], cotangents: Cotangents) -> Equation:
    """Write the adjoint loop; returns the forward loop."""
    builder = cotangents.builder
    body, seeds, accumulated = _write_body(loop, seeds, cotangents)
    builder.span = loop.equation.span
    rounds = keep_rounds(loop.equation, body.forward, body.adjoint, body.walk.at_hand, body.restored, builder)
    forward, adjoint = rounds.forward, rounds.adjoint
    sequences = [*body.walk.sequences, *rounds.tapes]
    elements = [*body.walk.elements, *rounds.elements]
    if not sequences:
        forward, trips = count_trips(forward, builder)
        sequences = [builder.call("range", Literal(0), trips, Literal(1))]
        elements = [builder.value(INT)]
    states = [state.at_end for state in rounds.states]
    parameters = (*elements, *body.carried, *body.accumulators.values(), *body.arrays, *states)
    position = len(adjoint.results) - len(body.walked)
    elements_bar = adjoint.results[position:]
    results = (*adjoint.results[:position], *(state.at_start for state in rounds.states), *elements_bar)
    adjoint = replace(adjoint, parameters=parameters, results=results)
    ends = [*(loop.initial[number] for number in loop.carried), *body.accumulators]
    forms = [loop.form(number, builder) for number in loop.carried]
    forms += [cotangents.arriving(value, value).form for value in body.accumulators]
    outputs = tuple(
        builder.value(value.type if form is Form.NARROW else with_shapes(value.type, end.type), value.hint)
        for value, end, form in zip(parameters[len(sequences) :], ends, forms, strict=False)
    )
    for result, output in zip(adjoint.results, outputs, strict=False):
        builder.selection.leave(result, output)
    collected = lists_of_cotangents(loop.equation, body.walked, elements_bar, builder)
    backwards = any(element in free_values(replace(adjoint, parameters=())) for element in elements)
    static = (("reverse", backwards), ("sequences", len(sequences)))
    earlier = {number: loop.initial[number] for number in loop.restored}
    finals = [loop.equation.outputs[number] for number in earlier]
    arrays = restored_outputs(loop.equation, earlier, cotangents)
    inputs = (*sequences, *seeds, *accumulated, *finals, *(state.last for state in rounds.states))
    firsts = [builder.value(state.at_end.type, state.at_end.hint) for state in rounds.states]
    builder.append(Equation(FOR, inputs, (*outputs, *arrays, *firsts, *collected), static, (adjoint,)))
    for number, cotangent in zip(body.walked, collected, strict=True):
        add_walked(loop.equation, number, cotangent, cotangents)
    for value, output in zip(body.accumulators, outputs[len(seeds) :], strict=True):
        cotangents.put(value, cotangents.arriving(value, output))
    for number, output, form in zip(loop.carried, outputs, forms, strict=False):
        cotangents.add(loop.initial[number], Cotangent(output, form))
    return forward


def _write_body(loop: _Loop, seeds: list[Atom], cotangents: Cotangents) -> tuple[_AdjointBody, list[Atom], list[Atom]]:
    """The adjoint body, and the cotangents with which its carried values and its accumulators start.

    Whether a cotangent is an array or a number, and of which dtype, shows only when the body is written, which needs to
    know: so it is written again as long as an assumption was wrong.
    """
    carried = [
        _first_guess(loop.parameters[number], seed, cotangents.builder)
        for number, seed in zip(loop.carried, seeds, strict=True)
    ]
    sums = {value: without_shapes(value.type) for value in loop.outer}
    accumulated: dict[Value, Atom] = {}
    while True:
        body = _attempt_body(loop, carried, sums, cotangents)
        cotangents.builder.span = None  # what accumulators start with belongs to no statement
        for value in body.accumulators:
            if value not in accumulated:
                accumulated[value] = cotangents.leaving(value, cotangents.whole(value)).atom
        starts = [*seeds, *(accumulated[value] for value in body.accumulators)]
        ends = body.adjoint.results[: len(starts)]
        assumed = [*carried, *(sums[value] for value in body.accumulators)]
        found = [
            joined_type((type, start.type, end.type)) for type, start, end in zip(assumed, starts, ends, strict=True)
        ]
        if found == assumed:
            starts = list(map(cotangents.strong, starts, assumed))
            return body, starts[: len(seeds)], starts[len(seeds) :]
        carried = found[: len(seeds)]
        sums |= dict(zip(body.accumulators, found[len(seeds) :], strict=True))


def _first_guess(parameter: Value, seed: Atom, builder: AdjointBuilder) -> Type:
    """The type of a carried cotangent but for its shape, as far as it can be said before the body is written."""
    type = seed.type
    if is_container(type):
        return joined_type((type,))
    if type.weak and not builder.mixed:
        return Type(type.kind, parameter.type.dtype)  # most likely, and good for a Python number too
    return Type(type.kind, type.dtype, weak=type.weak)


def _attempt_body(loop: _Loop, carried: list[Type], sums: dict[Value, Type], cotangents: Cotangents) -> _AdjointBody:
    builder, body = cotangents.builder, loop.body
    parameters = [
        _carried_cotangent(loop, number, type, builder) for number, type in zip(loop.carried, carried, strict=True)
    ]
    accumulators = {value: builder.cotangent_of(value, type) for value, type in sums.items()}
    inner = cotangents.child({value: cotangents.arriving(value, bar) for value, bar in accumulators.items()})
    walk = walk_of(loop.equation, loop.collected, builder)
    arrays = restored_parameters(loop.equation, loop.restored, inner)
    with builder.region() as backward, builder.scope(iter(_values_in(body))):
        for number, parameter in zip(loop.carried, parameters, strict=True):
            inner.add(body.results[number], Cotangent(parameter, loop.form(number, builder)))
        for number, element in walk.arriving.items():
            inner.add(body.results[number], Cotangent(element))
        forward = pull_equations(body.equations, inner)
        builder.span = loop.equation.span
        results = [
            inner.strong(inner.finish(loop.parameters[number]), type)
            for number, type in zip(loop.carried, carried, strict=True)
        ]
        touched = [value for value in loop.outer if inner.is_touched(value)]
        results += [inner.strong(inner.finish(value), sums[value]) for value in touched]
        results += [inner.restored[loop.parameters[number]] for number in loop.restored]
        walked = [number for number in loop.walked if inner.is_touched(body.parameters[number])]
        results += [inner.finish(body.parameters[number]) for number in walked]
    return _AdjointBody(
        forward,
        Region((), tuple(backward), tuple(results)),
        parameters,
        {value: accumulators[value] for value in touched},
        walk,
        walked,
        arrays,
        inner.restored,
    )


def _carried_cotangent(loop: _Loop, number: int, found: Type, builder: AdjointBuilder) -> Value:
    """The parameter for the cotangent of a carried value: where the adjoint body starts, that of the body's result."""
    parameter, result = loop.parameters[number], loop.body.results[number]
    if loop.form(number, builder) is Form.NARROW:
        return builder.cotangent_of(parameter, found, narrow=True)
    return builder.value(with_shapes(found, result.type), f"{parameter.hint}_bar" if parameter.hint else None)
