"""Convolutions and correlations of signals: the transpose of a convolution is one with the other signal turned round.

Which of two signals is the longer one, nobody knows before the program runs; so a part of the whole convolution
(`mode=`) is put into zeros first, and what follows is the same for all.
"""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Type, array
from adcompiler.rules.complex_numbers import conjugate
from adcompiler.rules.inference import DATA_DEPENDENT, joined_dtype, length_from, vector_length
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear
from adcompiler.rules.vector_products import flat, shaped_like

_MODES = ("full", "same", "valid")


def _length(n: Dim, m: Dim, mode: str) -> Dim:
    """The length of the part that `mode` names of the convolution of `n` with `m` elements."""
    if mode not in _MODES:
        raise ValueError(f"`mode={mode!r}` is not supported: it is 'full', 'same' or 'valid'")
    if isinstance(n, int) and isinstance(m, int):
        return {"full": n + m - 1, "same": max(n, m), "valid": abs(n - m) + 1}[mode]
    if DATA_DEPENDENT in (n, m):
        return DATA_DEPENDENT
    if mode == "full":
        return n + m - 1
    if n == m:
        return n if mode == "same" else 1
    return DATA_DEPENDENT


def _dim(x: Type) -> Dim:
    return vector_length(x, "`np.convolve` and `np.correlate` take signals with one axis")


def _part_type(whole: Type, n: Type, m: Type, *, mode: str, correlates: bool = False) -> tuple[Type, ...]:
    return (array(whole.dtype, (_length(length_from(n), length_from(m), mode),)),)


def _whole_type(part: Type, n: Type, m: Type, *, mode: str, correlates: bool = False) -> tuple[Type, ...]:
    return (array(part.dtype, (_length(length_from(n), length_from(m), "full"),)),)


cut_overlap, uncut_overlap = overridable(runtime.cut_overlap), overridable(runtime.uncut_overlap)

_STATIC = {"mode": REQUIRED, "correlates": False}
_LENGTHS = ((5, 4), (4, 5), (4, 2), (2, 4), (3, 3), (1, 3))

linear(
    cut_overlap,
    lambda h, y, whole, n, m, mode, correlates=False: uncut_overlap(h, n, m, mode=mode, correlates=correlates),
    None,
    None,
    static=_STATIC,
    infer=_part_type,
    aliases=(runtime.cut_overlap,),
    views=True,
    at=tuple(((n + m - 1,), n, m, {"mode": mode}) for n, m in _LENGTHS for mode in ("same", "valid")),
)
linear(
    uncut_overlap,
    lambda h, y, part, n, m, mode, correlates=False: cut_overlap(h, n, m, mode=mode, correlates=correlates),
    None,
    None,
    static=_STATIC,
    infer=_whole_type,
    aliases=(runtime.uncut_overlap,),
    at=(
        *(((max(n, m),), n, m, {"mode": "same", "correlates": True}) for n, m in _LENGTHS),
        *(((abs(n - m) + 1,), n, m, {"mode": "valid"}) for n, m in _LENGTHS),
    ),
)


def _whole(g, a, v, mode, **kind):
    return g if mode == "full" else uncut_overlap(g, np.size(a), np.size(v), mode=mode, **kind)


def _convolve_type(a: Type, v: Type, *, mode: str = "full") -> tuple[Type, ...]:
    return (array(joined_dtype(a, v), (_length(_dim(a), _dim(v), mode),)),)


def _convolve_left_bar(g, y, a, v, mode="full"):
    """From y_k = Σ_i a_i v_(k-i): a_bar_i = Σ_k g_k v_(k-i)."""
    return shaped_like(np.convolve(_whole(g, a, v, mode), flat(v)[::-1], mode="valid"), a)


def _convolve_right_bar(g, y, a, v, mode="full"):
    return shaped_like(np.convolve(_whole(g, a, v, mode), flat(a)[::-1], mode="valid"), v)


def _correlate_type(a: Type, v: Type, *, mode: str = "valid") -> tuple[Type, ...]:
    return _convolve_type(a, v, mode=mode)


def _correlate_left_bar(g, y, a, v, mode="valid"):
    """A correlation is the convolution with the conjugate of `v`, turned round."""
    whole = _whole(g, a, v, mode, correlates=True)
    return shaped_like(np.convolve(whole, conjugate(flat(v)), mode="valid"), a)


def _correlate_right_bar(g, y, a, v, mode="valid"):
    whole = _whole(g, a, v, mode, correlates=True)
    return shaped_like(conjugate(np.convolve(whole[::-1], flat(a), mode="valid")), v)


_SIGNALS = tuple(((n,), (m,)) for n, m in _LENGTHS)
_POINTS = (*_SIGNALS, *((*signals, {"mode": mode}) for signals in _SIGNALS for mode in _MODES), ((), (3,)), ((2,), ()))

linear(
    np.convolve,
    _convolve_left_bar,
    _convolve_right_bar,
    static={"mode": "full"},
    infer=_convolve_type,
    at=_POINTS,
)
linear(
    np.correlate,
    _correlate_left_bar,
    _correlate_right_bar,
    static={"mode": "valid"},
    infer=_correlate_type,
    at=_POINTS[:-2],
)
