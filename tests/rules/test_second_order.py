"""The rules are made of functions with rules: pullbacks and pushforwards are differentiated, in both modes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from adcompiler.ir.nodes import Value
from adcompiler.rules.symbolic import atom_of
from tests.rules.differences import derivative, tolerance_of, with_one_step
from tests.rules.equations import Run, push, reverse, write_bar, write_dots
from tests.rules.points import Case, all_cases, by_rule, cotangents_for, like, random_for
from tests.rules.soundness import exact_type
from tests.rules.variants import is_internal

NOT_TWICE: dict[str, str] = {}
"""Rules that are made of functions without rules, and why. (Of functions that only rules call, the first derivative is
what second derivatives need.)"""

CASES = [
    case
    for case in all_cases()
    if case.differentiable
    and case.name != "make_tuple-0"
    and case.rule.primitive.name not in NOT_TWICE
    and not is_internal(case.rule)
]


@pytest.mark.parametrize("cases", by_rule(CASES))
def test_derivative_of_the_pullback(cases: list[Case]) -> None:
    for case in cases:
        _check_pullback(case)


@pytest.mark.parametrize("cases", by_rule(CASES))
def test_derivative_of_the_pushforward(cases: list[Case]) -> None:
    for case in cases:
        _check_pushforward(case)


def _check_pullback(case: Case) -> None:
    rng = random_for(case.name)
    g = cotangents_for(rng, case.value(*case.operands))
    for number in case.differentiable:
        run = Run(exact_type)
        bar = write_bar(run, case, number, g)

        def bar_at(operands: Sequence[Any], g: Any, number: int = number) -> tuple[Any, ...]:
            return (case.bar(number, g, case.value(*operands), *operands),)

        names = (
            {f"g{part}": (part,) for part, item in enumerate(g) if item is not None}
            if isinstance(g, tuple)
            else {"g": ()}
        )
        _check(case, run, [bar], bar_at, g, names, f"the cotangent of operand {number}")


def _check_pushforward(case: Case) -> None:
    rng = random_for(case.name)
    for number in case.differentiable:
        if case.rule.pushforward(number) is None:
            continue
        x_dot = like(rng, case.operands[number])
        run = Run(exact_type)
        dots = write_dots(run, case, number, x_dot)

        def dots_at(operands: Sequence[Any], x_dot: Any, number: int = number) -> tuple[Any, ...]:
            found = case.dot(number, x_dot, case.value(*operands), *operands)
            return found if isinstance(found, tuple) else (found,)

        _check(case, run, dots, dots_at, x_dot, {"x_dot": ()}, f"the tangent from operand {number}")


def _check(
    case: Case,
    run: Run,
    results: Sequence[Any],
    results_at: Callable[[Sequence[Any], Any], tuple[Any, ...]],
    seed: Any,
    seeds: dict[str, tuple[int, ...]],
    what: str,
) -> None:
    """Compare the derivatives of equations with differences: in each operand, and in what they were seeded with."""
    rng = random_for(f"{case.name} {what}")
    atoms = [None if result is None else atom_of(result) for result in results]
    values: list[tuple[Value, Any]] = [
        (atom, like(rng, run.evaluate(atom))) for atom in atoms if isinstance(atom, Value)
    ]
    bars = reverse(run, values)
    for name in (*(f"x{number}" for number in case.differentiable), *seeds):
        source = run.named(name)
        direction = like(rng, run.values[source])
        dots = push(run, {source: direction})

        def moved(distance: float, name: str = name, direction: Any = direction) -> tuple[Any, ...]:
            operands, given = list(case.operands), seed
            if name in seeds:
                given = _moved_part(seed, seeds[name], distance * direction)
            else:
                operands[int(name[1:])] = operands[int(name[1:])] + distance * direction
            found = results_at(operands, given)
            return tuple(part for part, atom in zip(found, atoms, strict=True) if isinstance(atom, Value))

        found = np.sum(np.real(bars[source] * direction)) if bars.get(source) is not None else 0.0
        pushed = None if dots is None else sum(np.sum(np.real(w * dots.get(atom, 0.0))) for atom, w in values)

        def compare(
            step: float, name: str = name, moved: Any = moved, found: Any = found, pushed: Any = pushed
        ) -> None:
            expected = derivative(moved, step)
            wanted = sum(np.sum(np.real(weight * part)) for (_, weight), part in zip(values, expected, strict=True))
            scale = sum(
                np.sum(np.abs(weight) * (np.abs(part) + 1e-2 * np.abs(run.look_up(atom))))
                for (atom, weight), part in zip(values, expected, strict=True)
            )
            for mode, result in (("reverse", found), ("forward", pushed)):
                assert result is None or abs(result - wanted) <= 10 * tolerance_of(case) * scale, (
                    f"{case.name}: {what} with respect to {name}: {mode} mode gives {result}, differences give {wanted}"
                )

        with_one_step(compare)


def _moved_part(seed: Any, place: tuple[int, ...], change: Any) -> Any:
    if not place:
        return seed + change
    return tuple(part + change if number == place[0] else part for number, part in enumerate(seed))
