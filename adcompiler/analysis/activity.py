"""Which values carry a cotangent: those that depend on a differentiated input and influence the differentiated output.

A value is *varied* if it depends on a differentiated input, *useful* if it influences the differentiated output, and
*active* if it is both. A primitive without a rule is taken to pass both on, so that its derivative is asked for, and
refused, exactly where it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from adcompiler.ir.nodes import FOR, Atom, Equation, Program, Region, Value
from adcompiler.ir.types import Type
from adcompiler.rules.solvers import solver_of
from adcompiler.rules.table import RULES

_CONTAINERS = ("make_tuple", "item")


@dataclass(frozen=True)
class Activity:
    """The active values of a program and of its callees, which are differentiated as one: as any call of them needs."""

    values: frozenset[Value]
    callees: Mapping[str, frozenset[Value]]


_Callees = Mapping[str, tuple[Region, set[Value]]]
"""By name: the body of a callee, and the facts about its values."""


def active_values(program: Program, inputs: Iterable[Value], outputs: Iterable[Atom]) -> Activity:
    """The values through which `inputs` influence `outputs`.

    Parameters
    ----------
    program : Program
    inputs : iterable of Value
        Parameters of the program.
    outputs : iterable of Atom
        Atoms in scope at the end of its body.
    """
    varied, inside_varied = _spread_everywhere(_spread_forwards, program, inputs)
    useful, inside_useful = _spread_everywhere(
        _spread_backwards, program, (atom for atom in outputs if isinstance(atom, Value))
    )
    callees = {name: frozenset(inside_varied[name][1] & inside_useful[name][1]) for name in inside_varied}
    return Activity(frozenset(varied & useful), callees)


def _spread_everywhere(
    spread: Callable[[Region, set[Value], _Callees], None], program: Program, marked: Iterable[Value]
) -> tuple[set[Value], _Callees]:
    """Spread marks through a program and the callees that it calls, until nothing changes."""
    facts = set(marked)
    callees: _Callees = {callee.name: (callee.body, set()) for callee in program.callees}
    count = -1
    while count != (count := len(facts) + sum(len(inside) for _, inside in callees.values())):
        spread(program.body, facts, callees)
        for body, inside in callees.values():
            spread(body, inside, callees)
    return facts, callees


def varied_values(program: Program, inputs: Iterable[Value]) -> frozenset[Value]:
    """The values that depend smoothly on parameters of a program: floating-point numbers, all of them."""
    varied = set(inputs)
    _spread_forwards(program.body, varied, {})
    return frozenset(varied)


def can_carry_cotangent(type: Type) -> bool:
    """Whether values of this type are differentiated: floating point, and what has such in it."""
    return type.may_be_differentiable or type.kind == "residuals" or any(map(can_carry_cotangent, type.elements))


def differentiable_operands(equation: Equation) -> tuple[Atom, ...]:
    """The inputs of an equation without regions that its outputs depend on smoothly."""
    smooth = _smooth_positions(equation.primitive.name, len(equation.inputs))
    return equation.inputs if len(smooth) == len(equation.inputs) else tuple(equation.inputs[n] for n in smooth)


@lru_cache(maxsize=1024)
def _smooth_positions(name: str, count: int) -> tuple[int, ...]:
    rule = RULES.get(name)
    if rule is None or name in _CONTAINERS:
        return tuple(range(count))
    if rule.kind == "nondifferentiable":
        return ()
    return tuple(number for number in range(count) if rule.pullback(number) is not None)


def loop_parts(equation: Equation) -> tuple[Sequence[Atom], Sequence[Atom], Region]:
    """The sequences, the initial values, and the body of a `for` or `while`."""
    count = equation.parameters["sequences"] if equation.primitive is FOR else 0
    return equation.inputs[:count], equation.inputs[count:], equation.regions[-1]


def _mark(facts: set[Value], atoms: Iterable[Atom]) -> None:
    for atom in atoms:
        if isinstance(atom, Value) and can_carry_cotangent(atom.type):
            facts.add(atom)


def _spread_forwards(region: Region, varied: set[Value], callees: _Callees) -> None:
    for equation in region.equations:
        if (name := equation.callee) is not None and name in callees:
            body, inside = callees[name]
            _mark(inside, _counterparts(equation.inputs, varied, body.parameters))
            _mark(varied, _counterparts(body.results, inside, equation.outputs))
        elif (solver := solver_of(equation)) is not None and equation.handed[-1] in callees:
            body, inside = callees[equation.handed[-1]]
            if any(atom in varied for atom in solver.smooth(equation)):
                _mark(inside, body.parameters[: solver.solved_for])
                _mark(inside, _counterparts(solver.passed_on(equation), varied, body.parameters[solver.given :]))
                _mark(varied, equation.outputs)
        elif not equation.regions:
            for atom in differentiable_operands(equation):
                if atom in varied:
                    _mark(varied, equation.outputs)
                    break
        elif equation.yields_outputs:
            for branch in equation.regions:
                _spread_forwards(branch, varied, callees)
                _mark_where(varied, branch.results, equation.outputs)
        else:
            sequences, initial, body = loop_parts(equation)
            _mark_where(varied, equation.inputs, body.parameters)
            size = -1
            while size != len(varied):
                size = len(varied)
                _spread_forwards(body, varied, callees)
                _mark_where(varied, body.results[: len(initial)], body.parameters[len(sequences) :])
            _mark_where(varied, initial, equation.outputs[: len(initial)])
            _mark_where(varied, body.results, equation.outputs)


def _mark_where(facts: set[Value], sources: Sequence[Atom], targets: Sequence[Atom]) -> None:
    """Mark each target whose counterpart among the sources is marked."""
    _mark(facts, _counterparts(sources, facts, targets))


def _counterparts(sources: Sequence[Atom], facts: set[Value], targets: Sequence[Atom]) -> list[Atom]:
    """The targets whose counterparts among the sources are marked."""
    return [target for source, target in zip(sources, targets, strict=True) if source in facts]


def _spread_backwards(region: Region, useful: set[Value], callees: _Callees) -> None:
    for equation in reversed(region.equations):
        if (name := equation.callee) is not None and name in callees:
            body, inside = callees[name]
            _mark(inside, _counterparts(equation.outputs, useful, body.results))
            _mark(useful, _counterparts(body.parameters, inside, equation.inputs))
        elif (solver := solver_of(equation)) is not None and equation.handed[-1] in callees:
            body, inside = callees[equation.handed[-1]]
            if any(output in useful for output in equation.outputs):
                _mark(inside, body.results)
                _mark(useful, solver.smooth(equation)[: solver.operands(equation)])
                _mark(useful, _counterparts(body.parameters[solver.given :], inside, solver.passed_on(equation)))
        elif not equation.regions:
            for output in equation.outputs:
                if output in useful:
                    _mark(useful, differentiable_operands(equation))
        elif equation.yields_outputs:
            for branch in equation.regions:
                _mark_where(useful, equation.outputs, branch.results)
                _spread_backwards(branch, useful, callees)
        else:
            sequences, initial, body = loop_parts(equation)
            carried = body.parameters[len(sequences) :]
            _mark_where(useful, equation.outputs, body.results)
            size = -1
            while size != len(useful):
                size = len(useful)
                _spread_backwards(body, useful, callees)
                _mark_where(useful, carried, body.results[: len(initial)])
            _mark_where(useful, equation.outputs[: len(initial)], initial)
            _mark_where(useful, body.parameters, equation.inputs)
