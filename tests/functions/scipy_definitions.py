"""What stands for functions of SciPy, at the points that it declares: numbers inside of the support."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special
import scipy.stats
from random_programs import defined

import adcompiler.definitions.scipy_special
import adcompiler.definitions.scipy_stats  # noqa: F401  (these two fill the table)
from adcompiler.definitions.table import DEFINITIONS, Definition

from .table import covers


def _arguments(point: tuple[Any, ...], seed: int) -> tuple[tuple[Any, ...], str]:
    """The operands of a point, and its keywords as text."""
    rng = np.random.default_rng(seed)
    keywords = point[-1] if point and isinstance(point[-1], dict) else {}
    given = point[:-1] if keywords else point
    operands = tuple(rng.uniform(0.5, 2.0, each) if isinstance(each, tuple) else each for each in given)
    return operands, "".join(f", {key}={value!r}" for key, value in keywords.items())


def _enter(definition: Definition) -> None:
    root, name = definition.spelling.removeprefix("scipy.").split(".", 1)
    alike: dict[tuple[int, str], list[tuple[Any, ...]]] = {}
    for number, point in enumerate(definition.at):
        operands, keywords = _arguments(point, number)
        alike.setdefault((len(operands), keywords), []).append(operands)
    for number, ((count, keywords), points) in enumerate(alike.items()):
        names = ", ".join(f"x{n}" for n in range(count))
        text = f"def program({names}):\n    return {definition.spelling}({names}{keywords})\n"
        function = defined(text, {"np": np, "scipy": scipy})
        function.__name__ = f"{name.replace('.', '_')}_{number}"
        with np.errstate(all="ignore"):  # outside of the support: tested in `test_support`
            inside = [point for point in points if np.all(np.isfinite(function(*point)))]
        if inside:
            covers(f"scipy.{root}", name, at=inside)(function)


for _definition in list(DEFINITIONS.values()):
    if _definition.spelling.startswith(("scipy.special.", "scipy.stats.")):
        _enter(_definition)
