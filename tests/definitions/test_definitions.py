"""Every definition at its points: it means what the library's function means, compiled and on the tape."""

from __future__ import annotations

import inspect
import zlib
from typing import Any

import numpy as np
import pytest
from random_programs import defined

import adcompiler as ad
from adcompiler.definitions import DEFINITIONS, Definition

CASES = [
    pytest.param(definition, point, id=f"{definition.spelling}-{number}")
    for definition in dict.fromkeys(DEFINITIONS.values())
    for number, point in enumerate(definition.at)
    if not definition.spelling.startswith("scipy.")
]
"""Those of SciPy are in the table only where something has loaded it; rows of functions test them."""


def _operands(definition: Definition, point: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
    """The operands of a point, with random numbers for shapes, and its keywords."""
    static = point[-1] if point and isinstance(point[-1], dict) else {}
    rng = np.random.default_rng(zlib.crc32(definition.spelling.encode()))
    names = inspect.signature(definition.definition).parameters
    operands = [
        rng.uniform(0.5, 2.0, operand) * rng.choice([-1.0, 1.0], operand)
        if isinstance(operand, tuple) and "shape" not in parameter
        else operand
        for parameter, operand in zip(names, point[:-1] if static else point, strict=False)
    ]
    return operands, static


def _parts(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


@pytest.mark.parametrize(("definition", "point"), CASES)
def test_definition_means_what_the_function_means(definition: Definition, point: tuple[Any, ...]) -> None:
    operands, static = _operands(definition, point)
    wanted = definition.function(*operands, **static)
    for part, expected in zip(_parts(definition.definition(*operands, **static)), _parts(wanted), strict=True):
        np.testing.assert_allclose(part, expected, rtol=1e-12, atol=1e-14)
        assert np.shape(part) == np.shape(expected)


@pytest.mark.parametrize(("definition", "point"), CASES)
def test_derivative_of_a_definition_agrees_with_differences(definition: Definition, point: tuple[Any, ...]) -> None:
    operands, static = _operands(definition, point)
    first = operands[0]
    if not isinstance(first, float | np.ndarray) or np.result_type(first).kind != "f":
        return
    values = _parts(definition.function(*operands, **static))
    known = {f"w{n}": np.cos(np.arange(np.size(part))).reshape(np.shape(part)) for n, part in enumerate(values)}
    known |= {f"x{n}": value for n, value in enumerate(operands[1:], 1)} | static
    given = [*(_text(f"x{n}", value) for n, value in enumerate(operands[1:], 1))]
    given += [f"{name}={_text(name, value)}" for name, value in static.items()]
    single = len(values) == 1 and not isinstance(definition.function(*operands, **static), tuple | list)
    terms = " + ".join(f"np.sum(w{n} * {'y' if single else f'y[{n}]'})" for n in range(len(values)))
    text = f"def program(x0):\n    y = function({', '.join(['x0', *given])})\n    return {terms}\n"
    program = defined(text, {"np": np, "function": definition.function, **known})
    found = ad.grad(program)(first)
    direction = np.sin(1.0 + np.arange(np.size(first))).reshape(np.shape(first))
    pushed = (program(first + 1e-6 * direction) - program(first - 1e-6 * direction)) / 2e-6
    np.testing.assert_allclose(np.sum(found * direction), pushed, rtol=1e-6, atol=1e-7)


def _text(name: str, value: Any) -> str:
    is_literal = not isinstance(value, np.ndarray) and repr(value).lstrip("-") not in ("inf", "nan")
    return repr(value) if is_literal else name
