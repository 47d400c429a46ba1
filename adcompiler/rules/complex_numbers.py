"""Complex numbers: for which rules they are allowed, and the functions that are not holomorphic.

The cotangent of a complex number z is what makes dL = Re(z_bar · dz), with L real: a plain transpose, without
conjugates, so that the rule of a linear or holomorphic function stands as it is written. Its conjugate is
∂L/∂Re z + i ∂L/∂Im z, PyTorch's gradient: gradients and given cotangents are conjugated where they leave and enter, by
`transform.reverse` and by the tape, and nowhere else. A real operand that meets complex ones gets the real part, from
the same two.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler.ir.types import Type
from adcompiler.rules.inference import kept_integral_type, kept_type, real_dtype
from adcompiler.rules.rule import Pullback, Pushforward, RankUnknownError
from adcompiler.rules.table import elementwise

_SPECTRA = ("fft", "ifft", "fft2", "ifft2", "fftn", "ifftn", "rfft", "rfft2", "rfftn", "ihfft")
_OF_SPECTRA = ("irfft", "irfft2", "irfftn", "hfft")

_MATVEC, _VECMAT = (("matvec",), ("vecmat",)) if hasattr(np, "matvec") else ((), ())  # since NumPy 2.2

_SPECIAL = (
    *("erf", "erfc", "erfi", "gamma", "loggamma", "expi", "exp1", "expm1", "log1p", "wrightomega", "logsumexp"),
    *("jv", "yv", "iv", "airy", "hyp0f1", "hyp1f1", "hyp2f1"),
)
_SPECIAL_TO_COMPLEX = ("wofz", "lambertw", "hankel1", "hankel2", "sph_harm_y")

HOLD_FOR_COMPLEX = frozenset(
    [
        *("add", "subtract", "multiply", "divide", "negative", "positive", "reciprocal", "square", "sqrt", "power"),
        *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan"),
        *("sinh", "cosh", "tanh", "arccosh", "arctanh", "where"),
        *("add.outer", "subtract.outer", "multiply.outer", "divide.outer"),
        *("sum", "mean", "prod", "product_of_others", "cumsum", "builtins.sum", "trace"),
        *("matmul", "dot", "inner", "outer", "vdot", "tensordot", "cofactors", "cofactors_slope"),
        *("vecdot", *_MATVEC, *_VECMAT, "cross", "convolve", "correlate", "cut_overlap", "uncut_overlap"),
        *("polyadd", "polysub", "polymul", "polyder", "vander"),
        *(f"{product}_{side}_bar" for product in ("matmul", "dot", "inner", "tensordot") for side in ("left", "right")),
        *("linalg.inv", "linalg.solve", "linalg.det", "linalg.slogdet", "linalg.pinv", "linalg.lstsq"),
        *("linalg.norm", "linalg.vector_norm", "linalg.matrix_norm", "linalg.cholesky", "linalg.qr"),
        *("linalg.eig", "linalg.eigvals", "linalg.eigh", "linalg.eigvalsh", "linalg.svd", "linalg.svdvals"),
        *("linalg.matrix_power", "linalg.multi_dot", "phase_free", "without_rotation"),
        *("reshape", "ravel", "flatten", "transpose", "swapaxes", "moveaxis", "squeeze", "expand_dims"),
        *("atleast_1d", "atleast_2d", "flip", "fliplr", "flipud", "roll", "broadcast_to", "unbroadcast"),
        *("getitem", "setitem", "additem", "concatenate", "stack", "hstack", "vstack", "column_stack", "unstack"),
        *("diag", "diagonal", "diagonal_bar", "tril", "triu", "take", "take_along_axis", "scatter_along_axis"),
        *("repeat", "repeat_bar", "tile", "tile_bar", "array", "asarray", "copy", "full", "full_like"),
        *("matrix_transpose", "rot90", "atleast_3d", "ascontiguousarray", "diagflat", "linspace", "geomspace"),
        *("np.delete", "delete_bar", "insert", "insert_array_bar", "insert_values_bar"),
        *("make_tuple", "item", "astype", "cast_like", "stop_gradient", "complex128", "complex64", "builtins.complex"),
        *("einsum", "place_on_diagonal", "rebroadcast", "pad", "unpad", "diff", "diff_bar"),
        *("fit_shape", "double_mirrored", "fft.fftshift", "fft.ifftshift"),
        *(f"fft.{name}" for name in (*_SPECTRA, *_OF_SPECTRA)),
        *("make_list", "append", "extend", "delete", "rows", "repeat_item", "concatenate_list", "stack_list"),
        *("sum_list", "add_items", "split_like", "unbroadcast_items"),
        *("absolute", "builtins.abs", "conj", "real", "imag", "angle"),
        *(f"cmath.{name}" for name in ("exp", "log", "log10", "sqrt", "phase")),
        *(f"cmath.{inverse}{name}" for inverse in ("", "a") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")),
        *(f"scipy.special.{name}" for name in (*_SPECIAL, *_SPECIAL_TO_COMPLEX)),
        *("arcsinh", "float_power", "sinc", "var", "std", "cumprod", "recurrence", "delayed"),
        *("nan_to_num", "nanmean", "add.reduceat", "spread_parts"),
    ]
)
"""The primitives whose rule is right for complex operands. Any other is refused for them."""

ASK_FOR_DTYPE = frozenset(
    [
        *("absolute", "builtins.abs", "conj", "real", "imag", "angle", "power", "float_power", "cmath.asinh"),
        *("vdot", "vecdot", "correlate", *_VECMAT),
        *("arcsin", "arccos", "arcsinh", "cmath.phase", "var", "std", "nan_to_num"),
        *("astype", "cast_like", "complex128", "complex64"),
        *(f"fft.{name}" for name in _OF_SPECTRA),
        *("linalg.norm", "linalg.vector_norm", "linalg.matrix_norm", "linalg.pinv", "linalg.lstsq", "linalg.slogdet"),
        *("linalg.cholesky", "linalg.qr", "linalg.eig", "linalg.eigvals", "linalg.eigh", "linalg.eigvalsh"),
        *("linalg.svd", "linalg.svdvals"),
    ]
)
"""Those of them whose rule is one for real and another for complex operands."""

MAKE_COMPLEX = frozenset(
    [
        *("complex128", "complex64", "builtins.complex", "linalg.eig", "linalg.eigvals"),
        *(name for name in HOLD_FOR_COMPLEX if name.startswith("cmath.") and not name.endswith("phase")),
        *(f"fft.{name}" for name in _SPECTRA),
        *(f"scipy.special.{name}" for name in _SPECIAL_TO_COMPLEX),
    ]
)
"""Those of them whose result is complex for real operands too."""

COMPLEX_COEFFICIENTS = frozenset(
    [
        *(f"fft.{name}" for name in _SPECTRA),
        *(f"scipy.special.{name}" for name in ("hankel1", "hankel2", "wofz", "sph_harm_y")),
    ]
)
"""Those whose cotangents for conjugate operands are not the conjugates of theirs."""

VARY_WITH_COMPLEX = frozenset(["sign"])
"""Functions whose derivative is zero for real operands, and not for complex ones."""


def is_complex(x: Any) -> bool:
    """Whether an operand is known to be complex."""
    if isinstance(x, complex):
        return True
    try:
        return getattr(x, "dtype", None) is not None and x.dtype.kind == "c"
    except RankUnknownError:
        return False


def conjugate(x: Any) -> Any:
    """The conjugate, which of a real operand is that itself."""
    return np.conj(x) if is_complex(x) else x


def _real_type(x: Type) -> tuple[Type, ...]:
    return (replace(x, dtype=real_dtype(x.dtype), extent=None),)


def _angle_type(z: Type, *, deg: bool = False) -> tuple[Type, ...]:
    (result,) = kept_type(z)
    dtype = real_dtype(z.dtype)
    return (replace(result, dtype="float64" if dtype is not None and np.dtype(dtype).kind in "iub" else dtype),)


def _imag_bar(g, y, x):
    """From dy = Im dx = Re(-i dx)."""
    return -1j * g if is_complex(x) else np.zeros_like(x)


def _angle_bar(g, y, z, deg=False):
    """From dy = Im(dz / z) = Re(-i dz / z), and 0 at 0; that of a real number is 0 or π."""
    if not is_complex(z):
        return np.zeros_like(z)
    there = np.not_equal(z, 0)
    return (-180j / np.pi if deg else -1j) * (g * there) / np.where(there, z, 1)


def _real_part(pullback: Pullback) -> Pushforward:
    """The pushforward of a real function of complex numbers: `dy = Re(c dx)` where the pullback is `c g`."""

    def pushforward(x_dot, y, x, **static):
        y_dot = pullback(x_dot, y, x, **static)
        return np.real(y_dot) if is_complex(x) else y_dot

    return pushforward


elementwise(
    np.conj,
    lambda g, y, x: conjugate(g),
    at=(0.3,),
    infer=kept_integral_type,
    name="conj",
    spelling="np.conj",
    method=("conj", "conjugate"),
)
elementwise(
    np.real, lambda g, y, x: g, jvp=(_real_part(lambda g, y, x: g),), at=(0.3, -2.0), infer=_real_type, views=True
)
elementwise(np.imag, _imag_bar, jvp=(_real_part(_imag_bar),), at=(0.3,), infer=_real_type, views=True)
elementwise(
    np.angle, _angle_bar, jvp=(_real_part(_angle_bar),), at=(0.3, -2.0), static={"deg": False}, infer=_angle_type
)
