"""Random programs of views and writes have the gradients they have in PyTorch.

Where PyTorch refuses, we may refuse too; else our gradient must agree with central differences.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

OURS = importlib.import_module("adcompiler.tensors")
POINTS = np.random.default_rng(1).uniform(0.3, 0.95, (2, 3, 3))


def _write(target: Any, index: Any, value: Any) -> Any:
    target[index] = value
    return target


def _augment(target: Any, index: Any, value: Any) -> Any:
    target[index] *= value
    return target


# Each takes two 3 x 3 tensors and makes one, or writes into the first.
STEPS: list[Any] = [
    lambda t, u, v: u * v,
    lambda t, u, v: u.sin(),
    lambda t, u, v: u * 1,
    lambda t, u, v: u.exp() * 0.1,
    lambda t, u, v: u + v,
    lambda t, u, v: t.zeros(3, 3, dtype=t.float64),
    lambda t, u, v: u.T,
    lambda t, u, v: u.view(9).view(3, 3) if u.is_contiguous() else u,
    lambda t, u, v: u[:, :],
    lambda t, u, v: u.detach(),
    lambda t, u, v: u.clone(),
    lambda t, u, v: u.mul_(v),
    lambda t, u, v: u.add_(v),
    lambda t, u, v: u.sub_(v[1]),
    lambda t, u, v: u.sigmoid_(),
    lambda t, u, v: u.div_(v.detach() ** 2 + 1),
    lambda t, u, v: u.copy_(v),
    lambda t, u, v: u.zero_(),
    lambda t, u, v: _write(u, 0, v[1]),
    lambda t, u, v: _write(u, (slice(None), 1), 2.0),
    lambda t, u, v: _write(u, (1, 2), v[0, 0] * 3),
    lambda t, u, v: _write(u, (slice(1, None), slice(None, 2)), v[:2, 1:] * v[:2, 1:]),
    lambda t, u, v: _write(u, u > 0.5, 0.25),
    lambda t, u, v: _write(u, ([0, 2], [1, 1]), v[0, :2]),
    lambda t, u, v: _augment(u, 1, v[2]),
    lambda t, u, v: _augment(u, (slice(None), 0), v[0]),
    lambda t, u, v: u.t()[1].mul_(v[0]) is None or u,
    lambda t, u, v: u[1:].add_(v[:2]) is None or u,
    lambda t, u, v: u[0].view(3).copy_(v[1] * 2) is None or u,
]


DETACHING = {9, 15}
"""Steps whose gradient is not the derivative of what they compute, on purpose."""

Program = list[tuple[int, int, int]]


def _total(t: Any, program: Program, leaves: list[Any]) -> Any:
    values = [leaf * 1 for leaf in leaves] + leaves
    for step, left, right in program:
        values.append(STEPS[step](t, values[left % len(values)], values[right % len(values)]))
    return sum((value * value).sum() * weight for weight, value in enumerate(values, 1))


def _gradients(t: Any, program: Program, order: int) -> Any:
    """The gradients, or the beginning of the message of the refusal."""
    leaves = [t.tensor(point, requires_grad=True) for point in POINTS]
    try:
        gradients = t.autograd.grad(_total(t, program, leaves), leaves, create_graph=order == 2)
        if order == 2:
            gradients = t.autograd.grad(sum((g * g).sum() for g in gradients), leaves, allow_unused=True)
    except RuntimeError as error:
        return str(error)[:40]
    return [None if g is None else np.array(g.tolist()) for g in gradients]


def _central_differences(program: Program) -> list[Any]:
    def total(points: Any) -> float:
        with OURS.no_grad():
            # Fresh leaves under `no_grad` may be written into where the program writes into leaves: it never gets here.
            return float(_total(OURS, program, [OURS.tensor(point) for point in points]).item())

    gradients, step = np.zeros_like(POINTS), 1e-6
    for place in np.ndindex(POINTS.shape):
        shift = np.zeros_like(POINTS)
        shift[place] = step
        gradients[place] = (total(POINTS + shift) - total(POINTS - shift)) / (2 * step)
    return list(gradients)


programs = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 30), st.integers(0, 30)), max_size=8)


@pytest.mark.parametrize("order", [1, 2])
@settings(max_examples=150, deadline=None, derandomize=True)
@given(program=programs)
def test_random_writes_have_the_right_gradients(program: Program, order: int) -> None:
    expected, found = _gradients(torch, program, order), _gradients(OURS, program, order)
    if isinstance(found, str):
        assert isinstance(expected, str), f"refused without need: {found}"
        return
    tolerance = {"rtol": 1e-9, "atol": 1e-12}
    if isinstance(expected, str):
        if order == 2 or DETACHING & {step for step, _, _ in program}:
            return
        expected, tolerance = _central_differences(program), {"rtol": 1e-5, "atol": 1e-5}
    for ours, theirs in zip(found, expected, strict=True):
        if ours is None or theirs is None:
            assert ours is theirs
        else:
            np.testing.assert_allclose(ours, theirs, **tolerance)


def test_every_writing_method_is_one_of_pytorch() -> None:
    writing = {name for name in dir(OURS.Tensor) if name.endswith("_") and not name.startswith("_")}
    assert {"add_", "exp_", "clamp_"} < writing
    assert {name for name in writing if not hasattr(torch.Tensor, name)} == set()
