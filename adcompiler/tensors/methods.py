"""The tensor's operators and methods: the functions of the other modules, attached to the class."""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from adcompiler.rules.rule import Rule
from adcompiler.rules.table import RULES
from adcompiler.tensors import conversions, elementwise, linear, matrix_functions, reductions, shaping
from adcompiler.tensors.elementwise import apply_checked, is_operand, rule_named
from adcompiler.tensors.indexing import getitem, setitem
from adcompiler.tensors.inplace import copy_into, update
from adcompiler.tensors.tape import QUERIES, apply, call, query
from adcompiler.tensors.tensor import Tensor

_TO_SCALAR = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\nConsider using "
    "tensor.detach() first."
)
_warned_of_scalar = False

_SHAPING = (
    "chunk", "diag", "expand", "expand_as", "flatten", "flip", "gather", "index_select", "masked_select", "movedim",
    "narrow", "permute", "ravel", "repeat", "reshape", "reshape_as", "roll", "select", "split", "squeeze", "t",
    "transpose", "tril", "triu", "unbind", "unsqueeze", "view", "view_as",
)  # fmt: skip
_CONVERSIONS = (
    "clone", "conj", "contiguous", "copied", "data_ptr", "is_contiguous", "numel", "stride", "to",
)  # fmt: skip

SHAPING: dict[str, Callable[..., Any]] = {name: getattr(shaping, name) for name in _SHAPING} | {
    "broadcast_to": shaping.expand,
    "moveaxis": shaping.movedim,
    "swapaxes": shaping.transpose,
    "swapdims": shaping.transpose,
}

METHODS: dict[str, Callable[..., Any]] = {
    **elementwise.FUNCTIONS,
    **reductions.FUNCTIONS,
    **linear.FUNCTIONS,
    **matrix_functions.FUNCTIONS,
    **SHAPING,
    **{name: getattr(conversions, name) for name in _CONVERSIONS},
    **conversions.CASTS,
    "dim": lambda input: input.array.ndim,
    "ndimension": lambda input: input.array.ndim,
    "nelement": conversions.numel,
    "where": lambda input, condition, other: elementwise.where(condition, input, other),
    "masked_fill": lambda input, mask, value: elementwise.where(mask, value, input),
    "type_as": lambda input, other: conversions.to(input, other),
}

# Operators


def _operator(rule: Rule, *, reflected: bool = False, name: str | None = None) -> Callable[[Tensor, Any], Any]:
    def operator(self: Tensor, other: Any) -> Any:
        if not is_operand(other):
            return NotImplemented
        return apply_checked(rule, *((other, self) if reflected else (self, other)), name=name)

    return operator


def _reflected_divide(self: Tensor, other: Any) -> Any:
    """A reciprocal, multiplied: its node is a `MulBackward0`, as in PyTorch."""
    if not is_operand(other):
        return NotImplemented
    return apply(RULES["multiply"], [apply(RULES["reciprocal"], [_floating(self)]), other])


def _floating(tensor: Tensor) -> Tensor:
    return tensor if tensor.dtype.is_differentiable else tensor.to("float32")


_COMPARISONS = {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}
_ARITHMETIC = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
}


def _boolean_or_integer(logical: str, bitwise: str) -> Callable[[Tensor, Any], Any]:
    def operator(self: Tensor, other: Any) -> Any:
        if not is_operand(other):
            return NotImplemented
        return apply(RULES[logical if self.array.dtype == np.bool_ else bitwise], [self, other])

    return operator


def _matmul(self: Tensor, other: Any) -> Any:
    return linear.matmul(self, other) if isinstance(other, Tensor) else _with_array(self, other, reflected=False)


def _with_array(self: Tensor, other: Any, *, reflected: bool) -> Any:
    if not isinstance(other, np.ndarray):
        return NotImplemented
    operands = (Tensor.of(other), self) if reflected else (self, Tensor.of(other))
    return linear.matmul(*operands)


def _index(self: Tensor) -> int:
    if self.array.dtype.kind not in "iub" or self.array.size != 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self.array.item())


def _scalar(self: Tensor) -> Any:
    global _warned_of_scalar  # once in a process, as PyTorch
    if self.requires_grad and not _warned_of_scalar:
        _warned_of_scalar = True
        warnings.warn(_TO_SCALAR, UserWarning, stacklevel=3)
    return self.item()


def _truth(self: Tensor) -> bool:
    if self.array.size > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    if self.array.size == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    return bool(self.array.item())


def _length(self: Tensor) -> int:
    if not self.array.ndim:
        raise TypeError("len() of a 0-d tensor")
    return len(self.array)


def _iterate(self: Tensor) -> Iterator[Tensor]:
    if not self.array.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(shaping.unbind(self, 0))


def _contains(self: Tensor, element: Any) -> bool:
    return bool(np.any(np.equal(self.array, element.array if isinstance(element, Tensor) else element)))


def _array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
    if method != "__call__":
        return call(getattr(ufunc, method), inputs, keywords)
    if not all(is_operand(item) for item in inputs):
        return NotImplemented
    return call(ufunc, inputs, keywords)


def _array_function(
    self: Tensor, function: Any, types: Iterable[type], arguments: tuple[Any, ...], keywords: Mapping[str, Any]
) -> Any:
    return query(function, arguments, keywords) if function in QUERIES else call(function, arguments, keywords)


_OPERATORS: dict[str, Callable[..., Any]] = {
    **{f"__{name}__": _operator(RULES[primitive]) for name, primitive in {**_ARITHMETIC, **_COMPARISONS}.items()},
    **{f"__r{name}__": _operator(RULES[primitive], reflected=True) for name, primitive in _ARITHMETIC.items()},
    "__rsub__": _operator(RULES["subtract"], reflected=True, name="RsubBackward1"),
    "__rtruediv__": _reflected_divide,
    "__matmul__": _matmul,
    "__rmatmul__": lambda self, other: _with_array(self, other, reflected=True),
    "__neg__": elementwise.UNARY["neg"],
    "__pos__": lambda self: self,
    "__abs__": elementwise.UNARY["abs"],
    "__invert__": lambda self: apply(RULES["logical_not" if self.array.dtype == np.bool_ else "invert"], [self]),
    "__and__": _boolean_or_integer("logical_and", "bitwise_and"),
    "__or__": _boolean_or_integer("logical_or", "bitwise_or"),
    "__xor__": _boolean_or_integer("logical_xor", "bitwise_xor"),
    "__getitem__": getitem,
    "__setitem__": setitem,
    "__len__": _length,
    "__iter__": _iterate,
    "__contains__": _contains,
    "__bool__": _truth,
    "__float__": lambda self: float(_scalar(self)),
    "__int__": lambda self: int(_scalar(self)),
    "__complex__": lambda self: complex(_scalar(self)),
    "__index__": _index,
    "__deepcopy__": conversions.deep_copy,
    "__array__": conversions.as_array,
    "__array_ufunc__": _array_ufunc,
    "__array_function__": _array_function,
}

# Writing methods


def _updating(name: str) -> Callable[..., Tensor]:
    rule = rule_named(name)

    def method(self: Tensor, *others: Any) -> Tensor:
        return update(self, rule, others)

    return method


def _updating_scaled(name: str) -> Callable[..., Tensor]:
    rule = rule_named(name)

    def method(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
        return update(self, rule, [other if alpha == 1 else elementwise.BINARY["mul"](other, alpha)])

    return method


def _fill(self: Tensor, value: Any) -> Tensor:
    return copy_into(self, value, "FillBackward2" if isinstance(value, Tensor) else "FillBackward1")


def _clamp(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    return update(self, RULES["clip"], [min, max], None, "ClampBackward1")


_NEVER_IN_PLACE = frozenset({
    "fmax", "fmin", "isfinite", "isinf", "isnan", "logaddexp", "logaddexp2", "maximum", "minimum",
})  # fmt: skip
"""Elementwise functions that have no writing form in PyTorch."""

_UPDATES: dict[str, Callable[..., Tensor]] = {
    **{
        f"{name}_": _updating(name)
        for name in (*elementwise.UNARY, *elementwise.BINARY, "round")
        if name not in _NEVER_IN_PLACE
    },
    "add_": _updating_scaled("add"),
    "sub_": _updating_scaled("sub"),
    "clamp_": _clamp,
    "clip_": _clamp,
    "copy_": copy_into,
    "fill_": _fill,
    "zero_": lambda self: copy_into(self, 0, "ZeroBackward0"),
    "masked_fill_": lambda self, mask, value: _masked_fill(self, mask, value),
}

_AUGMENTED = {"iadd": "add_", "isub": "sub_", "imul": "mul_", "itruediv": "div_", "ipow": "pow_"}


def _masked_fill(self: Tensor, mask: Any, value: Any) -> Tensor:
    setitem(self, mask, value)
    return self


def _augmented(method: Callable[..., Tensor]) -> Callable[[Tensor, Any], Any]:
    return lambda self, other: method(self, other) if is_operand(other) else NotImplemented


# Attaching


def _as_method(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under the name that a method has: `<bound method Tensor.norm of …>`."""
    assert isinstance(function, types.FunctionType)
    method = types.FunctionType(
        function.__code__, function.__globals__, name, function.__defaults__, function.__closure__
    )
    method.__kwdefaults__ = function.__kwdefaults__
    method.__doc__ = function.__doc__
    method.__qualname__ = f"Tensor.{name}"
    return method


def _attach() -> None:
    augmented = {f"__{name}__": _augmented(_UPDATES[method]) for name, method in _AUGMENTED.items()}
    for name, function in {**METHODS, **_UPDATES, **augmented, **_OPERATORS}.items():
        setattr(Tensor, name, _as_method(name, function))
    for name, getter in {
        "T": shaping.reversed_axes,
        "mT": lambda self: shaping.transpose(self, -2, -1),
        "real": conversions.real,
        "imag": conversions.imag,
        "is_floating_point": lambda self: lambda: self.dtype.is_floating_point,
    }.items():
        setattr(Tensor, name, property(getter))


_attach()
