"""The text of a tensor, as PyTorch prints it: four digits, one format for all elements, 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

PRECISION = 4
EDGE_ITEMS = 3
LINE_WIDTH = 80
THRESHOLD = 1000
"""Tensors with more elements than this are summarised."""

_PREFIX = "tensor("
_DEFAULT_DTYPES = ("float32", "int64", "bool", "complex64")


def describe(array: np.ndarray[Any, Any], grad_fn: str | None, requires_grad: bool) -> str:
    """The `repr` of a tensor: its elements, then what its elements do not tell.

    Examples
    --------
    >>> describe(np.array([1.0, 2.5], "float32"), "AddBackward0", True)
    'tensor([1.0000, 2.5000], grad_fn=<AddBackward0>)'
    """
    suffixes = []
    if array.size == 0:
        contents = "[]"
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        if array.dtype != np.float32:
            suffixes.append(f"dtype=torch.{array.dtype.name}")
    else:
        contents = _elements(array)
        if array.dtype.name not in _DEFAULT_DTYPES:
            suffixes.append(f"dtype=torch.{array.dtype.name}")
    if grad_fn is not None:
        suffixes.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")
    return _append(_PREFIX + contents, suffixes)


def _append(text: str, suffixes: Sequence[str]) -> str:
    column = len(text) - text.rfind("\n") + 1
    indent = len(_PREFIX)
    for suffix in suffixes:
        if column + len(suffix) + 2 > LINE_WIDTH:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text + ")"


class _RealFormat:
    """One format for all elements: integers of a float type without digits, scientific notation for wide ranges."""

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self.floating = array.dtype.kind == "f"
        self.integral = True
        self.scientific = False
        self.width = 1
        if not self.floating:
            self.width = max((len(str(value)) for value in array.ravel().tolist()), default=1)
            return
        values = array[np.isfinite(array) & (array != 0)].astype(np.float64)
        if values.size == 0:
            return
        largest, smallest = np.abs(values).max(), np.abs(values).min()
        self.integral = bool(np.all(values == np.ceil(values)))
        self.scientific = bool(largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4)
        self.width = max(len(self._text(value)) for value in values.tolist())

    def _text(self, value: Any) -> str:
        if not self.floating:
            return str(value)
        if self.scientific:
            return f"{value:.{PRECISION}e}"
        if self.integral:
            return f"{value:.0f}." if np.isfinite(value) else f"{value:.0f}"
        return f"{value:.{PRECISION}f}"

    def __call__(self, value: Any) -> str:
        return self._text(value).rjust(self.width)


class _ComplexFormat:
    """Real and imaginary parts, each with a format of its own."""

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self._real, self._imag = _RealFormat(array.real), _RealFormat(array.imag)
        self.width = self._real.width + self._imag.width + 1

    def __call__(self, value: complex) -> str:
        imag = self._imag(value.imag).lstrip()
        return self._real(value.real) + ("" if imag[0] in "+-" else "+") + imag + "j"


_Format = _RealFormat | _ComplexFormat


def _elements(array: np.ndarray[Any, Any]) -> str:
    summarise = array.size > THRESHOLD
    shown = _edges(array) if summarise else array
    to_text: _Format = _ComplexFormat(shown) if array.dtype.kind == "c" else _RealFormat(shown)
    return _nested(array, len(_PREFIX), summarise, to_text)


def _edges(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    for axis, length in enumerate(array.shape):
        if length > 2 * EDGE_ITEMS:
            array = np.take(array, [*range(EDGE_ITEMS), *range(length - EDGE_ITEMS, length)], axis)
    return array


def _nested(array: np.ndarray[Any, Any], indent: int, summarise: bool, to_text: _Format) -> str:
    if array.ndim == 0:
        return to_text(array.item())
    cut = summarise and len(array) > 2 * EDGE_ITEMS
    kept = [*array[:EDGE_ITEMS], *array[-EDGE_ITEMS:]] if cut else list(array)
    if array.ndim > 1:
        rows = [_nested(row, indent + 1, summarise, to_text) for row in kept]
        if cut:
            rows.insert(EDGE_ITEMS, "...")
        return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(rows) + "]"
    items = [to_text(value.item()) for value in kept]
    if cut:
        items.insert(EDGE_ITEMS, " ...")
    per_line = max(1, (LINE_WIDTH - indent) // (to_text.width + 2))
    lines = [", ".join(items[start : start + per_line]) for start in range(0, len(items), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
