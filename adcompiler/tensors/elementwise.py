"""Elementwise functions under PyTorch's names, each made from NumPy's of the same meaning."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.rules.rule import Rule
from adcompiler.rules.table import RULES, also_spelled, rule_of
from adcompiler.tensors.extra_rules import XLOGY
from adcompiler.tensors.tape import apply
from adcompiler.tensors.tensor import Tensor

_UNARY: dict[str, str] = {
    "abs": "absolute",
    "acos": "arccos",
    "acosh": "arccosh",
    "arccos": "arccos",
    "arcsin": "arcsin",
    "arctan": "arctan",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atanh": "arctanh",
    "ceil": "ceil",
    "cos": "cos",
    "cosh": "cosh",
    "deg2rad": "deg2rad",
    "erf": "erf",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "floor": "floor",
    "isfinite": "isfinite",
    "isinf": "isinf",
    "isnan": "isnan",
    "log": "log",
    "log10": "log10",
    "log1p": "log1p",
    "log2": "log2",
    "logical_not": "logical_not",
    "neg": "negative",
    "negative": "negative",
    "rad2deg": "rad2deg",
    "reciprocal": "reciprocal",
    "relu": "relu",
    "sigmoid": "sigmoid",
    "sign": "sign",
    "sin": "sin",
    "sinc": "sinc",
    "sinh": "sinh",
    "sqrt": "sqrt",
    "square": "square",
    "tan": "tan",
    "tanh": "tanh",
    "trunc": "trunc",
}
"""PyTorch's functions of one tensor, and the primitives they are."""

_BINARY: dict[str, str] = {
    "atan2": "arctan2",
    "copysign": "copysign",
    "div": "divide",
    "divide": "divide",
    "eq": "equal",
    "floor_divide": "floor_divide",
    "fmax": "fmax",
    "fmin": "fmin",
    "fmod": "fmod",
    "ge": "greater_equal",
    "greater": "greater",
    "gt": "greater",
    "hypot": "hypot",
    "le": "less_equal",
    "less": "less",
    "logaddexp": "logaddexp",
    "logaddexp2": "logaddexp2",
    "logical_and": "logical_and",
    "logical_or": "logical_or",
    "logical_xor": "logical_xor",
    "lt": "less",
    "maximum": "maximum",
    "minimum": "minimum",
    "mul": "multiply",
    "multiply": "multiply",
    "ne": "not_equal",
    "pow": "power",
    "remainder": "remainder",
    "true_divide": "divide",
}
"""PyTorch's functions of two, a tensor and a tensor or number."""

_NEGATIVE_POWER = "Integers to negative integer powers are not allowed."
_BOOL_MINUS = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator "
    "instead."
)
_BOOL_NEGATION = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead."
)


def is_operand(value: object) -> bool:
    """Whether an operator of tensors takes this: a tensor, an array or a number."""
    return isinstance(value, (Tensor, np.ndarray, np.generic, numbers.Number))


def rule_named(name: str) -> Rule:
    """The rule behind an elementwise function of this module, by PyTorch's name."""
    return RULES[{**_UNARY, **_BINARY, "add": "add", "sub": "subtract", "round": "rint"}[name]]


def _check(rule: Rule, operands: tuple[Any, ...]) -> None:
    boolean = [isinstance(operand, Tensor) and operand.array.dtype == np.bool_ for operand in operands]
    if rule.primitive.name == "negative" and boolean[0]:
        raise RuntimeError(_BOOL_NEGATION)
    if rule.primitive.name == "subtract" and all(boolean):
        raise RuntimeError(_BOOL_MINUS)
    if rule.primitive.name == "power" and all(_is_integer(operand) for operand in operands):
        exponent = operands[1].array if isinstance(operands[1], Tensor) else operands[1]
        if np.any(np.less(exponent, 0)):
            raise RuntimeError(_NEGATIVE_POWER)


def _is_integer(operand: Any) -> bool:
    return operand.array.dtype.kind in "iu" if isinstance(operand, Tensor) else isinstance(operand, int)


def apply_checked(rule: Rule, *operands: Any, name: str | None = None) -> Tensor:
    """Apply a rule, refusing the element types that PyTorch refuses."""
    if rule.primitive.name in ("negative", "subtract", "power"):
        _check(rule, operands)
    return apply(rule, operands, name=name)


def _unary(name: str, rule: Rule) -> Callable[..., Tensor]:
    def function(input: Tensor) -> Tensor:
        return apply_checked(rule, input)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name}` of each element."
    return function


def _binary(name: str, rule: Rule) -> Callable[..., Tensor]:
    def function(input: Any, other: Any) -> Tensor:
        return apply_checked(rule, input, other)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name}` of the elements of two operands, broadcast."
    return function


UNARY = {name: _unary(name, RULES[primitive]) for name, primitive in _UNARY.items()}
BINARY = {name: _binary(name, RULES[primitive]) for name, primitive in _BINARY.items()}


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """`input + alpha * other`."""
    return apply_checked(RULES["add"], input, other if alpha == 1 else BINARY["mul"](other, alpha))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """`input - alpha * other`."""
    return apply_checked(RULES["subtract"], input, other if alpha == 1 else BINARY["mul"](other, alpha))


def rsub(input: Tensor, other: Any) -> Tensor:
    """`other - input`."""
    return apply_checked(RULES["subtract"], other, input, name="RsubBackward1")


def rsqrt(input: Tensor) -> Tensor:
    """One over the square root."""
    return apply(RULES["power"], [input, -0.5], name="RsqrtBackward0")


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest integer, the even one of two."""
    if decimals:
        return apply(RULES["round"], [input], {"decimals": decimals})
    return apply(RULES["rint"], [input]) if input.dtype.is_differentiable else input.clone()


def frac(input: Tensor) -> Tensor:
    """What `trunc` leaves."""
    return sub(input, apply(RULES["trunc"], [input]).detach())


def xlogy(input: Any, other: Any) -> Tensor:
    """`input * log(other)`, and zero where `input` is zero."""
    return apply(XLOGY, [input, other])


def lerp(input: Tensor, end: Any, weight: Any) -> Tensor:
    """`input + weight * (end - input)`."""
    return apply(RULES["add"], [input, BINARY["mul"](sub(end, input), weight)], name="LerpBackward0")


def addcmul(input: Tensor, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Tensor:
    """`input + value * tensor1 * tensor2`."""
    product = BINARY["mul"](tensor1, tensor2)
    term = product if value == 1 else BINARY["mul"](product, value)
    return apply(RULES["add"], [input, term], name="AddcmulBackward0")


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Elements moved into the bounds; the gradient is 1 at both of them."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    bounds = any(isinstance(bound, Tensor) for bound in (min, max))
    name = "ClampBackward0" if bounds else "ClampBackward1"
    if not bounds and max is None:
        name = "ClampBackward1"
    return apply(RULES["clip"], [input, min, max], name=name)


def where(condition: Any, input: Any, other: Any) -> Tensor:
    """Elements of `input` where `condition` holds, else of `other`."""
    return apply(RULES["where"], [condition, input, other])


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **UNARY,
    **BINARY,
    "absolute": UNARY["abs"],
    "add": add,
    "addcmul": addcmul,
    "clamp": clamp,
    "clip": clamp,
    "frac": frac,
    "lerp": lerp,
    "round": round,
    "rsqrt": rsqrt,
    "rsub": rsub,
    "sub": sub,
    "subtract": sub,
    "where": where,
    "xlogy": xlogy,
}

for _name, _function in (*UNARY.items(), *BINARY.items()):
    if (_same := rule_of(getattr(np, _name, None))) is not None:
        also_spelled(_same, _function)
