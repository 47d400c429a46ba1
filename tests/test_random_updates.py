"""Random programs of writes in place: through chains of views, with every kind of index.

They are compared with differences and with PyTorch.

The generator follows shapes by running each view on an array, so that nearly every program is valid. A program may be
refused where nobody can know whether a view shares memory; it may not be wrong.
"""

from __future__ import annotations

import copy
import textwrap
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from random_programs import check_gradient, defined, sampled

from adcompiler.api import value_and_grad
from adcompiler.errors import AliasingError

ARGUMENTS = (
    np.array([[0.41, -0.83, 1.12, 0.27], [-0.35, 0.58, 0.94, -1.21], [0.73, 0.19, -0.66, 1.04]]),
    np.linspace(-1.1, 1.3, 12).reshape(2, 3, 2),
    np.array([0.61, -0.47, 1.23, 0.89]),
    0.72,
)
SHAPES = {"a": (3, 4), "b": (2, 3, 2), "c": (4, 3)}


def shape_of(text: str, **arrays: np.ndarray[Any, Any]) -> tuple[int, ...] | None:
    """The shape of an expression, found by evaluating it; None where NumPy refuses it."""
    dummies = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    try:
        value = eval(text, {"np": np, **dummies, "v": np.zeros(4), "t": 1.0, "i": 1, **arrays})
    except (IndexError, ValueError):
        return None
    return np.shape(value)


@st.composite
def views(draw: st.DrawFn) -> str:
    """A chain of up to three views of one of the arrays, of one axis or more."""
    text = draw(st.sampled_from(sorted(SHAPES)))
    for _ in range(draw(st.integers(0, 3))):
        step = draw(
            st.sampled_from(
                (
                    "{}.T",
                    "{}[1:]",
                    "{}[::-1]",
                    "{}[..., ::2]",
                    "{}[0]",
                    "{}[-1]",
                    "{}[:, 1]",
                    "{}[None]",
                    "{}[..., None]",
                    "{}.reshape(-1)",
                    "{}.ravel()",
                    "{}.reshape(2, -1)",
                    "np.swapaxes({}, 0, -1)",
                    "np.moveaxis({}, 0, -1)",
                    "np.flip({}, 0)",
                    "np.flip({})",
                    "np.squeeze({})",
                    "np.expand_dims({}, 0)",
                    "np.asarray({})",
                )
            )
        )
        longer = step.format(text)
        if shape_of(longer):
            text = longer
    return text


@st.composite
def indices(draw: st.DrawFn, target: str, in_loop: bool) -> str:
    """An index that is valid for `target`."""
    shape = shape_of(target)
    assert shape
    last = shape[-1] - 1
    simple = ["0", "-1", ":", "1:", "::-1", "::2", "...", "None, 0", "..., 0", "..., -1", "0, ...", ":, 0", "0, 1:"]
    simple += [f"[0, {last}, 0]" if shape[0] > 0 else "0", f"..., [0, {last}]", "[-1, 0, -1], 0", "0, [0, 0]"]
    simple += ["np.array([[0, 0], [-1, 0]])", "[[0], [-1]], [0, -1, 0]", "slice(None, -1)", "np.s_[0, ::2]"]
    simple += [f"np.arange({shape[0]}) % 2 == 0", f"np.array({[n % 2 == 1 for n in range(shape[0])]}), 0"]
    if in_loop:
        simple += ["i", "i - 1", "..., i", "[i, 0, i]", "i:, 0"]
    index = draw(st.sampled_from(simple))
    return index if shape_of(f"{target}[{index}]") is not None else "..."


@st.composite
def values(draw: st.DrawFn, shape: tuple[int, ...], inside: str) -> str:
    """An expression that broadcasts to `shape`: of a number, a vector, or what stands there."""
    kinds = ["t", "v[1] * t", "np.sin(v[0] + t)", "0.5", f"np.cos({inside})", f"{inside} * t"]
    if shape and shape[-1] <= 4:
        kinds += [f"v[:{shape[-1]}]", f"np.sin(v[{4 - shape[-1]}:] * t)"]
    return draw(st.sampled_from(kinds))


@st.composite
def updates(draw: st.DrawFn, in_loop: bool = False) -> str:
    """A statement that writes."""
    target = draw(views())
    name = ""
    if draw(st.booleans()):
        name = f"w = {target}\n"
    named = "w" if name else target
    index = draw(indices(target, in_loop))
    shape, whole = shape_of(f"{target}[{index}]"), shape_of(target)
    assert shape is not None
    assert whole is not None
    part = f"{named}[{index}]"
    value, other = draw(values(shape, part)), draw(values(whole, named))
    operator = draw(st.sampled_from(["+=", "-=", "*="]))
    match draw(st.integers(0, 11)):
        case 0 | 1 | 2:
            return f"{name}{part} = {value}"
        case 3 | 4:
            return f"{name}{part} {operator} {value}"
        case 5:
            return f"w = {target}\nw {operator} {other}"
        case 6:
            return f"{name}np.multiply({named}, {other}, out={named})"
        case 7:
            given = index if not any(mark in index for mark in ":.") else "0"
            inner = shape_of(f"{target}[{given}]")
            return f"{name}np.add.at({named}, {f'({given})' if inner is not None else '0'}, t * v[0])"
        case 8:
            return f"{name}np.copyto({named}, {other})"
        case 9:
            rows = f"for row in {named}:\n    row {operator} t * v[2]"
            return f"{name}{rows if len(whole) > 1 else f'{part} = {value}'}"
        case 10:
            return f"{name}{named}.fill(v[3] * t)"
    return f"{name}x = {part} * 1\n{part} = {value}\nt = np.tanh(t + np.sum(x))"


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function of two arrays, a vector and a number that writes two to five times."""
    body = []
    for _ in range(draw(st.integers(2, 5))):
        if draw(st.integers(0, 3)) == 0:
            inside = textwrap.indent(draw(updates(in_loop=True)), "    ")
            body.append(f"for i in range(2):\n{inside}")
        else:
            body.append(draw(updates()))
    setup = "c = np.zeros((4, 3))\nc[1] = v[:3]\nc[:3, 2] = a[:, 0]"
    end = "return np.sum(a * np.cos(a)) + np.sum(b * b * 0.3) + np.sum(c * np.sin(c + t)) + t * v[1]"
    return "def program(a, b, v, t):\n" + textwrap.indent("\n".join([setup, *body, end]), "    ") + "\n"


@sampled(150)
@given(programs())
def test_gradient_of_random_updates(text):
    try:
        defined(text)(*copy.deepcopy(ARGUMENTS))
    except (ValueError, IndexError, TypeError):
        event("not valid")
        return
    check_gradient(text, ARGUMENTS)


class InTorch:
    """NumPy's names for PyTorch's operations; what has no counterpart raises."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self.add = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._torch, name)

    def zeros(self, shape: Any) -> Any:
        return self._torch.zeros(shape, dtype=self._torch.float64)

    def asarray(self, x: Any) -> Any:
        return x

    def flip(self, x: Any, axis: Any = None) -> Any:
        raise NotImplementedError("a flip is a copy in PyTorch")

    def expand_dims(self, x: Any, axis: int) -> Any:
        return x.unsqueeze(axis)

    def copyto(self, x: Any, value: Any) -> None:
        x[...] = value

    def multiply(self, x: Any, value: Any, out: Any) -> None:
        out[...] = x * value

    def at(self, x: Any, index: Any, value: Any) -> None:
        raise NotImplementedError


@sampled(150)
@given(programs())
def test_gradient_of_random_updates_agrees_with_pytorch(text):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: `make compare` installs it")
    if any(mark in text for mark in ("[[", ", [", "np.s_", "np.array", "np.add.at", "% 2")):
        event("PyTorch means something else, or does not say which write lasts")
        return
    try:
        expected = value_and_grad(defined(text), (0, 1, 2, 3))(*copy.deepcopy(ARGUMENTS))
    except (AliasingError, ValueError, IndexError, TypeError):
        return
    leaves = [torch.tensor(argument, dtype=torch.float64, requires_grad=True) for argument in ARGUMENTS]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = defined(text, {"np": InTorch(torch)})(*(leaf.clone() for leaf in leaves))
        gradients = torch.autograd.grad(result, leaves, allow_unused=True, materialize_grads=True)
    except (RuntimeError, ValueError, TypeError, AttributeError, IndexError, NotImplementedError):
        event("PyTorch refuses")
        return
    event("compared")
    if not np.isclose(expected[0], result.item(), rtol=1e-9):  # a view of NumPy's that is a copy in PyTorch
        event("PyTorch copies")
        return
    for one, other in zip(expected[1], gradients, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-7, atol=1e-10, err_msg=text)
