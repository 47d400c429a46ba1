"""Random programs on rows, in blocks of three: as without blocks, and as differences say.

The generator follows shapes by running each step on arrays. Lengths along other axes may equal the number of rows.
"""

from __future__ import annotations

import textwrap
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from random_programs import defined, sampled

import adcompiler as ad
from adcompiler.errors import AliasingError
from adcompiler.values import Lengths

_STEPS = (
    "np.sin({a})",
    "np.tanh({a}) * {b}",
    "{a} * {b}",
    "{a} + {b}",
    "{a} - 0.5 * {b}",
    "{a} / (2.0 + {b} * {b})",
    "np.exp(-{a} * {a})",
    "np.where({a} > {b}, {a}, 0.5 * {b})",
    "np.maximum({a}, {b})",
    "{a}**2",
    "{a} - np.max({a}, axis=-1, keepdims=True)",
    "{a} / (3.0 + np.sum({a} * {a}, axis=-1, keepdims=True))",
    "np.sum({a}, axis=-1)",
    "np.mean({a}, axis=-1)",
    "np.max({a}, axis=-1)",
    "np.sum({a}, axis=0)",
    "np.mean({a}, axis=0, keepdims=True)",
    "{a} - np.mean({a})",
    "{a} / (2.0 + np.sum({a} * {a}))",
    "{a} - np.max({a})",
    "{a}[:, None]",
    "{a}[:, 0]",
    "{a}[:, 1:]",
    "{a}[..., ::-1]",
    "{a}[1:]",
    "{a}.T",
    "{a} @ {b}",
    "np.dot({a}, {b})",
    "x.T @ {a}",
    "{a} * (y @ {b})",
    "np.expand_dims({a}, -1)",
    "np.stack([{a}, {b}], axis=-1)",
    "np.concatenate([{a}, {b}], axis=-1)",
    "np.swapaxes({a}, -1, -2)",
    "{a}[rows]",
    "{a}[np.arange(len(y)), rows % {a}.shape[1]]",
    "{a}[np.arange(len(y)), rows % {a}.shape[1]]",
    "np.log(3.0 + np.cos({a})) * np.sin({b})",
    "np.cumsum({a}, axis=-1)",
    "np.linalg.norm({a}, axis=-1)",
    "np.var({a}, axis=-1)",
)
_WRITES = (
    "{a} = {a}.copy()\n{a}[:, 1:] = {b}",
    "{a} = {a}.copy()\n{a}[:, 0] += {b}",
    "{a} = {a}.copy()\n{a}[1:] *= 0.5",
    "{a} = {a}.copy()\n{a}[np.arange(len(y)), rows % {a}.shape[1]] *= {b}",
)


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, tuple[Any, ...]]:
    """A function of a matrix, a vector with an element for each row, one with an element for each column."""
    rows = draw(st.integers(2, 11))
    columns = draw(st.sampled_from((1, 2, 3, rows)))
    layers = draw(st.sampled_from((None, None, 2, rows)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    shape = (rows, columns) if layers is None else (rows, columns, layers)
    arguments = (rng.normal(size=shape), rng.normal(size=rows), rng.normal(size=columns), rng.integers(0, rows, rows))
    known: dict[str, Any] = dict(zip(("x", "y", "z", "rows"), arguments, strict=True))
    lines: list[str] = []
    count = draw(st.integers(3, 9))
    repeated = draw(st.sampled_from((0, 0, 0, 1, 2, 3)))
    """How many of the last steps are a loop's, which also runs over what it made itself."""
    for number in range(count):
        names = [name for name, value in known.items() if name != "rows" and np.ndim(value)]
        a, b = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        is_write = draw(st.integers(0, 9)) == 0
        step = draw(st.sampled_from(_WRITES if is_write else _STEPS)).format(a=a, b=b)
        is_repeated = number >= count - repeated
        line = step if is_write else f"{a if is_repeated else f'v{number}'} = {step}"
        values = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in known.items()}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of means of nothing, and remainders by zero
                exec(line, {"np": np}, values)
        except (IndexError, ValueError):  # ValueError: shapes; IndexError: ranks, np.exceptions.AxisError among them
            continue
        if is_repeated and any(np.shape(values[name]) != np.shape(known[name]) for name in names):
            continue
        if all(np.size(value) <= 2000 for value in values.values()):
            known = values
            lines.append(textwrap.indent(line, "    " * is_repeated) if is_repeated else line)
    first = next((number for number, line in enumerate(lines) if line.startswith("    ")), None)
    if first is not None:
        lines.insert(
            first, draw(st.sampled_from(("for i in range(2):", "if x[0].sum() > 0.0:", "while np.sum(y) > 1e9:")))
        )
    names = [name for name in known if name.startswith("v")] or ["x"]
    total = " + ".join(f"np.sum(np.sin({name}))" for name in draw(st.lists(st.sampled_from(names), min_size=1)))
    body = textwrap.indent("\n".join([*lines, f"return {total}"]), "    ")
    return f"def program(x, y, z, rows):\n{body}\n", arguments


@sampled(150)
@given(programs(), st.sampled_from((1, 3)))
def test_blocks_compute_what_whole_arrays_do(program: tuple[str, tuple[Any, ...]], least: int) -> None:
    text, arguments = program
    plain = ad.value_and_grad(defined(text), argnums=(0, 1, 2))
    try:
        value, gradients = plain(*arguments)
    except AliasingError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lengths, "is_large", lambda self, type: True)
        patch.setattr("adcompiler.passes.block_rows._ELEMENTS", 3)
        patch.setattr("adcompiler.passes.block_rows.LEAST_SAVED", least)
        patch.setattr("adcompiler.analysis.row_plan.LEAST_SAVED", least)
        blocked = ad.value_and_grad(defined(text), argnums=(0, 1, 2))
        found, found_gradients = blocked(*arguments)
        _, pullback = ad.vjp(defined(text), *arguments)
        from_pair = pullback(1.0)
    event("blocked" if "for start" in blocked.source else "not blocked")
    np.testing.assert_allclose(found, value, rtol=1e-9, err_msg=blocked.source)
    for one, pair, other, argument in zip(found_gradients, from_pair, gradients, arguments, strict=False):
        assert one.shape == argument.shape
        np.testing.assert_allclose(pair, other, rtol=1e-7, atol=1e-10, err_msg=text)
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-10, err_msg=blocked.source)
