"""Random programs of loops over elements, with the arrays worked on as lists and without.

The two must agree to the last digits, in what they return and in what they raise: a list is no array, and Python's
numbers are not NumPy's.
"""

from __future__ import annotations

import copy
import math
import textwrap
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from random_programs import check_gradient, defined, sampled

import adcompiler as ad
from adcompiler.passes import pipeline
from adcompiler.passes.work_on_lists import work_on_lists

LENGTH = 18
"""More than arrays have that are made into numbers."""
VECTOR, MATRIX = np.linspace(1.3, -0.9, LENGTH), np.sin(np.arange(3.0 * LENGTH)).reshape(LENGTH, 3)
NUMBER, INDICES = 0.72, np.arange(LENGTH)[::-1] - 1
ARGUMENTS = (VECTOR, MATRIX, NUMBER, INDICES)

PLACES = ("x[i]", "x[i - 1]", "x[-i]", "x[0]", "x[k[i]]", "a[i, j]", "a[i - 1, j]", "a[-1, j]", "a[i, -j]", "y[i]")
READS = (*PLACES, "y[i - 1]", "t", "s", "0.5", "i", "w[i]")
TERMS = (
    "{p} * {q}",
    "{p} + {q}",
    "{p} - 2 * {q}",
    "-{p}",
    "{p} ** 2",
    "{p} ** 3",
    "({p} * {p} + 1.0) ** 0.5",
    "{p} / (2.0 + {q} * {q})",
    "{p} / {q}",
    "np.sin({p})",
    "abs({p})",
    "np.abs({p} - 0.1)",
    "np.maximum({p}, 0.2)",
    "max({p}, {q})",
    "np.sqrt({p} * {p} + 0.5)",
    "({p} if {p} > {q} else {q} * 0.3)",
    "math.tanh({p})",
    "float({p})",
    "({p} > 0.3) * {q}",
    "{p} // 0.7 + {q}",
    "({p} + 0.0).real / {q}",
)
OTHERS = ("a[i] = a[i] * 0.5", "a[i, 0] = np.sum(a[:, 0])", "s += np.sum(x) * 0.1", "w[i] += 0.1")
BETWEEN = ("s += np.sum(x)", "x = x * 0.5", "y = x.copy()", "x, y = y, x", "s += x[0]", "a[:, 0] *= 0.9")
ENDS = ("s", "x[0]", "s + np.sum(x * x) + np.sum(a)", "np.sum(y * y) + s + a[0, 0]")


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """An expression of one or two elements or numbers, twice at most."""
    text = draw(st.sampled_from(TERMS)).format(p=draw(st.sampled_from(READS)), q=draw(st.sampled_from(READS)))
    if draw(st.booleans()):
        text = draw(st.sampled_from(TERMS[:7])).format(p=f"({text})", q=draw(st.sampled_from(READS)))
    return text


@st.composite
def statements(draw: st.DrawFn, depth: int = 1) -> str:
    """A statement of the inner loop."""
    place, value = draw(st.sampled_from(PLACES)), draw(expressions())
    match draw(st.integers(0, 9 if depth else 6)):
        case 0 | 1 | 2:
            return f"{place} = np.tanh({value})" if draw(st.booleans()) else f"{place} = 0.5 * ({value})"
        case 3:
            return f"{place} {draw(st.sampled_from(['+=', '-=', '*=']))} 0.3 * ({value})"
        case 4:
            return f"s += 0.1 * ({value})"
        case 5:
            return f"y[i] = {value}"
        case 6:
            return f"s = s * 0.5 + {value}\n{place} = s"
        case 7:
            inner = draw(statements(0))
            return f"if {place} > {draw(st.sampled_from(['0.2', 's', 'x[0]']))}:\n{textwrap.indent(inner, '    ')}"
        case 8:
            return draw(st.sampled_from(OTHERS))
    return f"e = {value}\n{place} = e * e"


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function of a vector, a matrix, a number and positions, with one to three loops over elements."""
    lines = ["x = x.copy()", "a = a.copy()", "y = np.zeros(len(x))", "w = np.linspace(0.5, 1.5, len(x))", "s = 0.0"]
    for _ in range(draw(st.integers(1, 3))):
        body = "\n".join(draw(statements()) for _ in range(draw(st.integers(1, 3))))
        rows = draw(st.sampled_from(["range(len(x))", "range(1, x.shape[0])", "range(len(x) - 1, -1, -1)", "range(n)"]))
        columns = draw(st.sampled_from(["range(a.shape[1])", "range(1, a.shape[1] - 1)", "range(i)", "range(2)"]))
        loop = f"for i in {rows}:\n    for j in {columns}:\n{textwrap.indent(body, ' ' * 8)}"
        if draw(st.integers(0, 3)) == 0:
            loop = f"for _ in range(2):\n{textwrap.indent(loop, '    ')}"
        lines.append(loop)
        if draw(st.integers(0, 3)) == 0:
            lines.append(draw(st.sampled_from(BETWEEN)))
    lines.append(f"return {draw(st.sampled_from(ENDS))}")
    body = textwrap.indent("\n".join(lines), "    ")
    return f"def program(x, a, t, k, n=4):\n{body}\n"


def names() -> dict[str, Any]:
    return {"np": np, "math": math}


def outcome(text: str, arguments: tuple[Any, ...]) -> tuple[Any, str]:
    """What value and gradient of a program are, or the class of what is raised; and the code."""
    gradient = ad.value_and_grad(defined(text, names()), (0, 1, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return gradient(*copy.deepcopy(arguments)), gradient.source
        except Exception as error:
            return type(error), ""


def compare(text: str, arguments: tuple[Any, ...]) -> str:
    """The outcome with lists, compared with the one without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "FINISH", tuple(each for each in pipeline.FINISH if each is not work_on_lists))
        expected, plain = outcome(text, arguments)
    found, code = outcome(text, arguments)
    shown = f"\n{text}\n{plain}\n{code}"
    event("on lists" if ".tolist()" in code or "np.array(" in code else "on arrays")
    if isinstance(expected, type):
        event("raises")
        assert found is expected, shown
        return code
    assert not isinstance(found, type), f"{found}{shown}"
    assert isinstance(found[0], np.float64) == isinstance(expected[0], np.float64) or found[0] == 0, shown
    for one, other in zip((found[0], *found[1]), (expected[0], *expected[1]), strict=True):
        assert np.shape(one) == np.shape(other), shown
        assert np.asarray(one).dtype == np.asarray(other).dtype, shown
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-300, err_msg=shown)
    return code


def points() -> Iterator[tuple[Any, ...]]:
    """Arguments: usual ones, with zeros, infinities and NaN, short ones and of no elements."""
    yield ARGUMENTS
    yield np.resize([0.0, -0.0, 1e200, -1e-200], LENGTH), np.zeros((LENGTH, 3)), 0.0, INDICES
    yield np.resize([np.inf, np.nan, 0.0, -np.inf], LENGTH), MATRIX * 1e300, np.nan, INDICES
    yield VECTOR, MATRIX, NUMBER, np.resize([2, 7, LENGTH, 0], LENGTH)
    yield VECTOR[:1], MATRIX[:1], NUMBER, INDICES[:1] * 0
    yield np.zeros(0), np.zeros((0, 3)), NUMBER, np.zeros(0, int)
    yield VECTOR[::-1], np.asfortranarray(MATRIX)[:, ::-1], np.float64(NUMBER), INDICES
    yield VECTOR.astype(np.float32), MATRIX, NUMBER, INDICES
    yield VECTOR, MATRIX.astype(np.float32), np.float32(NUMBER), INDICES.astype(np.int32)


@sampled(10)
@given(programs())
def test_lists_change_nothing(text):
    for arguments in points():
        compare(text, arguments)


@sampled(10)
@given(programs())
def test_gradient_of_random_element_loops(text):
    try:
        with np.errstate(all="raise"):
            defined(text, names())(*copy.deepcopy(ARGUMENTS))
    except (ArithmeticError, IndexError):
        event("not finite")
        return
    check_gradient(text, ARGUMENTS, names())
