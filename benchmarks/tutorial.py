"""The gradient of the tutorial on 2 by 2, against a handwritten adjoint and against tapes."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np

import adcompiler as ad
from benchmarks.timing import time_in_turn


def tutorial(x):
    """The function of the autograd tutorial."""
    y = x + 2
    z = y * y * 3
    return z.mean()


def handwritten(x):
    """Its adjoint as one would write it by hand."""
    y = x + 2
    return 6.0 / y.size * y


def measure() -> list[tuple[str, str, str, str]]:
    """Time all in turn, after checking that they agree."""
    x = np.ones((2, 2))
    gradient = ad.grad(tutorial)
    decorated = ad.differentiable(tutorial)

    def backward() -> object:
        leaf = ad.tensor(x, requires_grad=True)
        decorated(leaf).backward()
        return leaf.grad

    calls: dict[str, Callable[[], object]] = {
        "handwritten": lambda: handwritten(x),
        "grad": lambda: gradient(x),
        "Tensor, one node": backward,
    }
    if importlib.util.find_spec("autograd"):
        import autograd

        traced = autograd.grad(tutorial)
        calls["autograd"] = lambda: traced(x)
    if importlib.util.find_spec("torch"):
        import torch

        tensor = torch.ones(2, 2, dtype=torch.float64)

        def taped() -> object:
            leaf = tensor.clone().requires_grad_()
            tutorial(leaf).backward()
            return leaf.grad

        calls["PyTorch"] = taped
    for name, call in calls.items():
        np.testing.assert_allclose(np.asarray(call()), np.full((2, 2), 4.5), err_msg=name)
    times = time_in_turn(calls, rounds=100)
    base = times["handwritten"]
    rows = [
        (
            "gradient of the tutorial, 2 by 2, ÷ handwritten NumPy",
            f"{times['grad'].median / base.median:.2f}",
            f"{times['grad'].minimum / base.minimum:.2f}",
            "1.5",
        )
    ]
    for name in calls.keys() - {"handwritten", "grad"}:
        ratio, best = times[name].median / times["grad"].median, times[name].minimum / times["grad"].minimum
        rows.append((f"the same: {name} ÷ ours", f"{ratio:.1f}", f"{best:.1f}", "> 1" if name[0] != "T" else "—"))
    return [rows[0], *sorted(rows[1:])]
