"""Every kernel, as it stands: its value is Python's, and its gradient that of differences and of PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import adcompiler as ad
from tests.kernels import (  # noqa: F401  (each fills the table)
    deep_learning,
    dynamic_programming,
    factorisations,
    fluids,
    linear_algebra,
    physics,
    signals,
    statistics,
    stencils,
    weather,
)
from tests.kernels.differentiation import (
    arguments_of,
    differentiated,
    gradients_of,
    is_continuous,
    names_of,
    objective,
    outcome,
    pullback_of,
    weights_for,
)
from tests.kernels.registry import KERNELS

EVERY = pytest.mark.parametrize("name", sorted(KERNELS))
_STEP = 1e-4


def _slope(function: Callable[[float], float]) -> float:
    """The derivative at 0, by central differences of fourth order."""
    near, far = ((function(step) - function(-step)) / (2 * step) for step in (_STEP, 2 * _STEP))
    return (4 * near - far) / 3


def _directions(shape, *, complex_numbers: bool):
    """Two directions in all coordinates, and up to four coordinates; of complex numbers, real and imaginary parts."""
    rng = np.random.default_rng(2)
    for _ in range(2):
        real = rng.normal(size=shape)
        yield real + 1j * rng.normal(size=shape) if complex_numbers else real
    for position in rng.permutation(int(np.prod(shape)))[:4]:
        for unit in (1, 1j) if complex_numbers else (1,):
            direction = np.zeros(shape, dtype=type(unit) if complex_numbers else float)
            direction[np.unravel_index(position, shape)] = unit
            yield direction


@EVERY
def test_gradient_agrees_with_differences(name):
    kernel = KERNELS[name]
    arguments = arguments_of(kernel)
    weights = weights_for(outcome(kernel, *arguments))
    for parameter, gradient in gradients_of(kernel).items():
        position = names_of(kernel).index(parameter)
        argument = arguments[position]
        assert np.shape(gradient) == np.shape(argument)
        assert np.result_type(gradient) == np.result_type(argument)
        for direction in _directions(np.shape(argument), complex_numbers=np.iscomplexobj(argument)):

            def moved(distance, direction=direction, position=position, argument=argument):
                varied = list(arguments)
                varied[position] = argument + distance * direction
                return objective(outcome(kernel, *varied), weights)

            expected = _slope(moved)
            found = float(np.sum(np.real(np.conj(gradient) * direction)))
            scale = max(1.0, float(np.max(np.abs(gradient))))
            assert abs(found - expected) <= 1e-6 * scale, f"{name}, for {parameter}: {found}, differences: {expected}"


@EVERY
def test_one_function_for_both_sweeps_agrees(name):
    """The sum of all real numbers of an outcome that is written into arguments."""
    kernel = KERNELS[name]
    arguments = arguments_of(kernel)
    parts = outcome(kernel, *arguments)
    if not kernel.of or any(map(np.iscomplexobj, parts)):
        pytest.skip("the outcome has no real sum")
    expected = pullback_of(kernel)(tuple(map(np.ones_like, parts)))
    found = ad.grad(kernel.function, differentiated(kernel), of=kernel.of)(*arguments)
    for given, before in zip(arguments, arguments_of(kernel), strict=True):
        np.testing.assert_array_equal(given, before, "a gradient call changed its argument")
    for one, other in zip(found, expected.values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


@EVERY
def test_gradient_agrees_with_pytorch(name):
    torch = pytest.importorskip("torch", reason="compares with PyTorch, which is not installed")
    from tests.kernels import torch_versions

    version = getattr(torch_versions, name, None)
    if version is None:
        pytest.skip("there is no version in PyTorch")
    kernel = KERNELS[name]
    given = dict(zip(names_of(kernel), arguments_of(kernel), strict=True))
    tensors = {
        key: torch.tensor(value, requires_grad=is_continuous(value)) if isinstance(value, np.ndarray) else value
        for key, value in given.items()
    }
    parts = version(**tensors)
    parts = parts if isinstance(parts, tuple) else (parts,)
    expected = outcome(kernel, *given.values())
    for part, value in zip(parts, expected, strict=True):
        np.testing.assert_allclose(part.detach(), value, rtol=1e-9, atol=1e-12)
    sum(
        (part * torch.tensor(w).conj()).sum().real for part, w in zip(parts, weights_for(expected), strict=True)
    ).backward()
    for parameter, gradient in gradients_of(kernel).items():
        if isinstance(given[parameter], np.ndarray):
            wanted = tensors[parameter].grad
            wanted = np.zeros_like(gradient) if wanted is None else wanted.numpy()
            np.testing.assert_allclose(gradient, wanted, rtol=1e-8, atol=1e-10)
