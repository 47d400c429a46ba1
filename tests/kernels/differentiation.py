"""What of a kernel is differentiated, as numbers: its outcome for given arguments, and a pullback of it."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.api import vjp
from tests.kernels.registry import Kernel


def arguments_of(kernel: Kernel) -> tuple[Any, ...]:
    """Arguments for a kernel, the same for every test."""
    return kernel.initialise(np.random.default_rng(0))


def names_of(kernel: Kernel) -> tuple[str, ...]:
    """The names of a kernel's parameters."""
    return tuple(inspect.signature(kernel.function).parameters)


def differentiated(kernel: Kernel) -> tuple[str, ...]:
    """The names of the arguments it is differentiated for."""
    given = zip(names_of(kernel), arguments_of(kernel), strict=True)
    return kernel.wrt or tuple(name for name, argument in given if is_continuous(argument))


def is_continuous(argument: Any) -> bool:
    """Whether an argument is a floating-point or complex number, or an array of them."""
    return np.result_type(argument).kind in "fc"


def outcome(kernel: Kernel, *arguments: Any) -> tuple[Any, ...]:
    """The arrays that a kernel computes: its result, or the arguments that it writes. The arguments are copied."""
    arguments = copy.deepcopy(arguments)
    result = kernel.function(*arguments)
    if kernel.of:
        return tuple(arguments[names_of(kernel).index(name)] for name in kernel.of)
    return result if isinstance(result, tuple) else (result,)


def weights_for(outcome: tuple[Any, ...]) -> tuple[Any, ...]:
    """A random weight for each number of an outcome."""
    rng = np.random.default_rng(1)

    def weight(part: Any) -> Any:
        real = rng.uniform(0.5, 1.5, np.shape(part))
        return real + 1j * rng.uniform(0.5, 1.5, np.shape(part)) if np.iscomplexobj(part) else real

    return tuple(map(weight, outcome))


def objective(outcome: tuple[Any, ...], weights: tuple[Any, ...]) -> float:
    """The sum of an outcome's numbers, real and imaginary parts weighted: what `weights` is the cotangent of."""
    return sum(float(np.sum(np.real(np.conj(w) * part))) for w, part in zip(weights, outcome, strict=True))


@functools.cache
def pullback_of(kernel: Kernel) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    """The compiled map from weights for the outcome's parts to gradients, one for each differentiated argument."""
    arguments = arguments_of(kernel)
    parts = outcome(kernel, *arguments)
    value, pullback = vjp(kernel.function, *copy.deepcopy(arguments), of=kernel.of or None)
    alone = len(parts) == 1
    for found, expected in zip((value,) if alone and not kernel.of else value, parts, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)

    def pull(weights: tuple[Any, ...]) -> dict[str, Any]:
        cotangents = pullback(weights[0] if alone and not kernel.of else weights)
        found = dict(zip(names_of(kernel), cotangents if len(arguments) > 1 else (cotangents,), strict=True))
        return {name: found[name] for name in differentiated(kernel)}

    return pull


def gradients_of(kernel: Kernel) -> dict[str, Any]:
    """The compiled gradient of the objective, for each argument it is differentiated for."""
    return pullback_of(kernel)(weights_for(outcome(kernel, *arguments_of(kernel))))
