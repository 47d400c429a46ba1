"""How the arguments of a call become operands and static parameters."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adcompiler.rules.table import method_rule, rule_of

X, Y, Z = "x", "y", "z"
"""Stand-ins for the frontend's values: binding never looks at operands."""

BINDINGS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], list[Any], dict[str, Any]]] = [
    (np.sin, (X,), {}, [X], {}),
    (np.sum, (X,), {}, [X], {}),
    (np.sum, (X, 0), {}, [X], {"axis": 0}),
    (np.sum, (X,), {"axis": (0, 1), "keepdims": True}, [X], {"axis": (0, 1), "keepdims": True}),
    (np.sum, (X,), {"axis": [0, 1]}, [X], {"axis": (0, 1)}),
    (np.sum, (X,), {"axis": None, "keepdims": False}, [X], {}),
    (np.sum, (X,), {"axis": np.int64(1)}, [X], {"axis": 1}),
    (np.max, (X,), {"axis": 0, "out": None}, [X], {"axis": 0}),
    (np.var, (X,), {"ddof": 1}, [X], {"ddof": 1}),
    (np.clip, (X, 0, 1), {}, [X, 0, 1], {}),
    (np.clip, (X,), {"min": 0}, [X, 0, None], {}),
    (np.clip, (X,), {"a_max": 1}, [X, None, 1], {}),
    (np.zeros, ((2, 3),), {}, [(2, 3)], {}),
    (np.zeros, (3,), {"dtype": float}, [3], {}),
    (np.zeros, (3,), {"dtype": None}, [3], {}),
    (np.zeros, (3,), {"dtype": np.float32}, [3], {"dtype": "float32"}),
    (np.arange, (X,), {}, [X], {}),
    (np.arange, (X, Y, 2), {}, [X, Y, 2], {}),
    (np.linspace, (X, Y), {"num": 5}, [X, Y, 5], {}),
    (np.reshape, (X, (2, 3)), {}, [X, (2, 3)], {}),
    (np.stack, ([X, Y],), {"axis": 1}, [[X, Y]], {"axis": 1}),
    (np.concatenate, ((X, Y),), {}, [(X, Y)], {}),
    (np.where, (X, Y, Z), {}, [X, Y, Z], {}),
    (np.transpose, (X, [1, 0]), {}, [X], {"axes": (1, 0)}),
    (np.linalg.norm, (X, 1), {"axis": 0}, [X], {"ord": 1, "axis": 0}),
    (math.log, (X,), {}, [X], {}),
    (math.log, (X, Y), {}, [X, Y], {}),
    (pow, (X, Y), {}, [X, Y], {}),
    (float, (X,), {}, [X], {}),
]


@pytest.mark.parametrize(("function", "arguments", "keywords", "operands", "static"), BINDINGS)
def test_arguments_become_operands_and_static_parameters(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    operands: list[Any],
    static: dict[str, Any],
) -> None:
    rule = rule_of(function)
    assert rule is not None
    assert rule.bind(arguments, keywords) == (operands, static)


@pytest.mark.parametrize(
    ("function", "arguments", "keywords"),
    [
        (np.sum, (X,), {"where": Y}),
        (np.sum, (X,), {"out": Y}),
        (np.sum, (), {}),
        (np.sin, (X,), {"where": Y}),
        (np.add, (X, Y, Z), {}),
        (np.add, (X, Y), {"out": Z}),
        (np.where, (X,), {}),
        (np.arange, (X,), {"step": 2}),
        (np.sort, (X,), {"order": "name"}),
        (pow, (X, Y, Z), {}),
        (np.pad, (X, 1), {"mode": "reflect"}),
    ],
)
def test_call_that_no_rule_covers_is_refused(
    function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    rule = rule_of(function)
    assert rule is not None
    with pytest.raises(TypeError):
        rule.bind(arguments, keywords)


@pytest.mark.parametrize(
    ("function", "same"),
    [
        (np.abs, np.absolute),
        (np.true_divide, np.divide),
        (np.mod, np.remainder),
        (np.amax, np.max),
        (np.amin, np.min),
        (np.around, np.round),
        (operator.add, np.add),
        (operator.truediv, np.divide),
        (operator.lt, np.less),
        (pow, np.power),
    ],
)
def test_alias_has_the_same_rule(function: Callable[..., Any], same: Callable[..., Any]) -> None:
    assert rule_of(function) is rule_of(same) is not None


METHODS = [
    "sum",
    "mean",
    "prod",
    "max",
    "min",
    "var",
    "std",
    "any",
    "all",
    "argmax",
    "argmin",
    "argsort",
    "cumsum",
    "dot",
    "reshape",
    "ravel",
    "transpose",
    "swapaxes",
    "squeeze",
    "copy",
    "astype",
    "clip",
    "round",
    "trace",
    "diagonal",
    "take",
    "repeat",
]


@pytest.mark.parametrize("name", METHODS)
def test_array_method_has_a_rule(name: str) -> None:
    assert method_rule(name) is not None


def test_unknown_functions_have_no_rule() -> None:
    assert rule_of(np.sort_complex) is None
    assert rule_of([]) is None
    assert method_rule("tofile") is None
