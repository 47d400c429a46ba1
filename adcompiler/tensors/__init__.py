"""Tensors with a dynamic tape: PyTorch's surface over NumPy, from the same table of derivatives as the compiler.

Everything stands in one namespace, which `adcompiler` takes over, so that `import adcompiler as torch` runs what was
written for `torch`.
"""

from typing import Any

from adcompiler.tensors import autograd, elementwise, linear, matrix_functions, methods, reductions
from adcompiler.tensors.conversions import clone, is_tensor, numel
from adcompiler.tensors.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    manual_seed,
    ones,
    ones_like,
    rand,
    randint,
    randn,
    tensor,
    zeros,
    zeros_like,
)
from adcompiler.tensors.dtypes import (
    DType,
    bool,
    cdouble,
    cfloat,
    complex64,
    complex128,
    double,
    float,
    float16,
    float32,
    float64,
    half,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    short,
    uint8,
)
from adcompiler.tensors.function import Function
from adcompiler.tensors.grad_mode import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from adcompiler.tensors.matrix_functions import linalg
from adcompiler.tensors.shaping import cat, stack
from adcompiler.tensors.tensor import Size, Tensor

_FUNCTIONS: dict[str, Any] = {
    name: function
    for name, function in {
        **elementwise.FUNCTIONS,
        **reductions.FUNCTIONS,
        **linear.FUNCTIONS,
        **matrix_functions.FUNCTIONS,
        **methods.SHAPING,
    }.items()
    if name not in ("expand", "expand_as", "repeat", "reshape_as", "view", "view_as")
}
"""The functions of tensors that are methods too, by name."""

globals().update(_FUNCTIONS)

concat = concatenate = cat
dtype = DType

__all__ = [
    "Function",
    "Size",
    "Tensor",
    "arange",
    "as_tensor",
    "autograd",
    "bool",
    "cat",
    "cdouble",
    "cfloat",
    "clone",
    "complex128",
    "complex64",
    "concat",
    "concatenate",
    "double",
    "dtype",
    "empty",
    "empty_like",
    "enable_grad",
    "eye",
    "float",
    "float16",
    "float32",
    "float64",
    "from_numpy",
    "full",
    "full_like",
    "half",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "is_grad_enabled",
    "is_tensor",
    "linalg",
    "linspace",
    "long",
    "manual_seed",
    "no_grad",
    "numel",
    "ones",
    "ones_like",
    "rand",
    "randint",
    "randn",
    "set_grad_enabled",
    "short",
    "stack",
    "tensor",
    "uint8",
    "zeros",
    "zeros_like",
    *sorted(_FUNCTIONS),
]
