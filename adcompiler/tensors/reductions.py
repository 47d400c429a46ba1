"""Sums, extrema, norms and orders, along axes or over everything."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from adcompiler.rules.rule import Rule
from adcompiler.rules.table import RULES
from adcompiler.tensors.conversions import clone
from adcompiler.tensors.dtypes import DTypeLike
from adcompiler.tensors.extra_rules import MEDIAN
from adcompiler.tensors.indexing import along_axis
from adcompiler.tensors.shapes import normal_axis
from adcompiler.tensors.shaping import permute, reshape, unbind
from adcompiler.tensors.tape import apply
from adcompiler.tensors.tensor import Tensor

Dims = int | Sequence[int] | None

_NO_DIM = (
    "{0}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' "
    "argument."
)


class ValuesIndices(NamedTuple):
    """What was selected along an axis, and where it was."""

    values: Tensor
    indices: Tensor


def _named_result(name: str) -> type[ValuesIndices]:
    def describe(self: ValuesIndices) -> str:
        return f"torch.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"

    return type(name, (ValuesIndices,), {"__slots__": (), "__repr__": describe})


_RESULTS = {
    name: _named_result(name) for name in ("max", "min", "median", "sort", "topk", "kthvalue", "cummax", "cummin")
}


def _axes(input: Tensor, dim: Dims, axis: Dims) -> int | tuple[int, ...] | None:
    chosen = axis if dim is None else dim
    if chosen is None or (isinstance(chosen, (tuple, list)) and not chosen):
        return None
    rank = input.array.ndim
    if isinstance(chosen, int):
        return normal_axis(chosen, rank) if rank else None
    return tuple(normal_axis(d, rank) for d in chosen)


def _reduce(
    rule: Rule, input: Tensor, axes: int | tuple[int, ...] | None, keepdim: bool, name: str | None = None
) -> Tensor:
    if axes is None and not input.array.ndim:
        keepdim = False
    static: dict[str, Any] = {} if axes is None else {"axis": axes}
    if keepdim:
        static["keepdims"] = True
    return apply(rule, [input], static, name)


def _in_dtype(input: Tensor, dtype: DTypeLike | None) -> Tensor:
    return input if dtype is None else input.to(dtype)


def _counted(input: Tensor) -> Tensor:
    """Booleans and small integers as they are summed: as int64."""
    return input.to("int64") if input.array.dtype.kind in "biu" and input.array.dtype != np.int64 else input


def sum(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
    axis: Dims = None,
    keepdims: bool = False,
) -> Tensor:
    """The sum of all elements, or along axes."""
    axes = _axes(input, dim, axis)
    everything = dim is None and axis is None
    name = "SumBackward0" if everything else "SumBackward1"
    return _reduce(RULES["sum"], _counted(_in_dtype(input, dtype)), axes, keepdim or keepdims, name)


def mean(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
    axis: Dims = None,
    keepdims: bool = False,
) -> Tensor:
    """The mean of all elements, or along axes."""
    axes = _axes(input, dim, axis)
    input = _in_dtype(input, dtype)
    if not input.dtype.is_differentiable:
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            f"{input.dtype.legacy_name}"
        )
    name = "MeanBackward0" if dim is None and axis is None else "MeanBackward1"
    with warnings.catch_warnings():
        if input.array.size == 0:
            warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is nan, without a word
        return _reduce(RULES["mean"], input, axes, keepdim or keepdims, name)


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
    """The product of all elements, or along an axis."""
    name = "ProdBackward0" if dim is None else "ProdBackward1"
    return _reduce(RULES["prod"], _counted(_in_dtype(input, dtype)), _axes(input, dim, None), keepdim, name)


def _extremum(name: str) -> Callable[..., Any]:
    def function(input: Tensor, dim: Any = None, keepdim: bool = False, *, axis: Any = None) -> Any:
        dim = axis if dim is None else dim
        if isinstance(dim, Tensor):
            return apply(RULES[f"{name}imum"], [input, dim])
        if dim is None:
            if not input.array.size:
                raise RuntimeError(_NO_DIM.format(name))
            return apply(RULES[name], [input], {}, f"{name.capitalize()}Backward1")
        choose = np.argmax if name == "max" else np.argmin
        return _chosen(name, input, dim, keepdim, lambda array, place: np.expand_dims(choose(array, place), place))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"The {name}imum of all elements, along an axis, or of two tensors.\n\n"
        "    Of all elements, equal ones share the gradient. Along an axis it returns values and indices, and the\n"
        "    element chosen has the gradient."
    )
    return function


max, min = _extremum("max"), _extremum("min")


def _chosen(
    name: str, input: Tensor, dim: int, keepdim: bool, choose: Callable[[np.ndarray[Any, Any], int], Any]
) -> ValuesIndices:
    """Values and indices of what `choose` selects along an axis, which stays, unless it is one long and dropped."""
    if not input.array.ndim:
        return _RESULTS[name](input.clone(), Tensor.of(np.zeros((), np.int64)))
    axis = normal_axis(dim, input.array.ndim)
    indices = np.asarray(choose(input.array, axis))
    values = along_axis(input, indices, axis, f"{name.capitalize()}Backward0", drop=not keepdim)
    return _RESULTS[name](values, Tensor.of(indices if keepdim else np.squeeze(indices, axis)))


def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest elements along axes; equal ones share the gradient."""
    return _reduce(RULES["max"], input, _axes(input, dim, None), keepdim, "AmaxBackward0")


def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The smallest elements along axes; equal ones share the gradient."""
    return _reduce(RULES["min"], input, _axes(input, dim, None), keepdim, "AminBackward0")


def _position(name: str) -> Callable[..., Tensor]:
    def function(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
        return _reduce(RULES[name], input, _axes(input, dim, None), keepdim)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name}` over everything or along an axis."
    return function


argmax, argmin = _position("argmax"), _position("argmin")
all, any = _position("all"), _position("any")


def count_nonzero(input: Tensor, dim: int | None = None) -> Tensor:
    """How many elements are not zero."""
    return Tensor.of(np.asarray(np.count_nonzero(input.array, axis=dim)))


def var(
    input: Tensor, dim: Dims = None, *, correction: float = 1, keepdim: bool = False, unbiased: bool = True
) -> Tensor:
    """The variance: squared distances from the mean over `n - correction`."""
    return _spread("var", input, dim, correction if unbiased else 0, keepdim)


def std(
    input: Tensor, dim: Dims = None, *, correction: float = 1, keepdim: bool = False, unbiased: bool = True
) -> Tensor:
    """The square root of the variance."""
    return _spread("std", input, dim, correction if unbiased else 0, keepdim)


def _spread(name: str, input: Tensor, dim: Dims, correction: float, keepdim: bool) -> Tensor:
    axes = _axes(input, dim, None)
    static: dict[str, Any] = {} if axes is None else {"axis": axes}
    if keepdim:
        static["keepdims"] = True
    reduced = range(input.array.ndim) if axes is None else np.atleast_1d(axes)
    if math.prod(input.array.shape[axis] for axis in reduced) <= correction:
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            "(input numel divided by output numel).",
            UserWarning,
            stacklevel=3,
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Degrees of freedom", RuntimeWarning)
        return apply(RULES[name], [input], {**static, "ddof": correction}, f"{name.capitalize()}Backward0")


def norm(input: Tensor, p: Any = 2, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """The p-norm of the elements as a vector, or along axes; its gradient at the origin is zero."""
    if not input.dtype.is_differentiable:
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {input.dtype.legacy_name}"
        )
    order = 2.0 if p == "fro" else float(p)
    source = input.detach() if order == 0 else input  # a count: as in PyTorch it does not require gradients
    axes = _axes(input, dim, None)
    if axes is None and order == 2:
        return _reduce(RULES["linalg.norm"], source, None, keepdim, "LinalgVectorNormBackward0")
    if isinstance(axes, int):
        flat, axis = source, axes
    else:
        flat, axis = _joined(source, axes), -1
    result = apply(RULES["linalg.norm"], [flat], {"ord": order, "axis": axis}, "LinalgVectorNormBackward0")
    return _with_axes_kept(result, input, axes) if keepdim else result


def _joined(input: Tensor, axes: tuple[int, ...] | None) -> Tensor:
    """The given axes, or all, as one axis at the end."""
    rank = input.array.ndim
    joined = tuple(range(rank)) if axes is None else axes
    rest = [axis for axis in range(rank) if axis not in joined]
    return reshape(permute(input, (*rest, *joined)), (*(input.array.shape[axis] for axis in rest), -1))


def _with_axes_kept(result: Tensor, input: Tensor, axes: int | tuple[int, ...] | None) -> Tensor:
    gone = range(input.array.ndim) if axes is None else np.atleast_1d(axes)
    return reshape(result, [1 if axis in gone else length for axis, length in enumerate(input.array.shape)])


def logsumexp(input: Tensor, dim: int | Sequence[int], keepdim: bool = False) -> Tensor:
    """The logarithm of the sum of exponentials along axes."""
    axes = _axes(input, dim, None)
    axes = () if axes is None else (axes,) if isinstance(axes, int) else axes
    return apply(RULES["logsumexp"], [input], {"axis": axes, "keepdims": keepdim})


def softmax(input: Tensor, dim: int) -> Tensor:
    """Exponentials over their sum along an axis."""
    return apply(RULES["softmax"], [input], {"axis": normal_axis(dim, input.array.ndim)})


def log_softmax(input: Tensor, dim: int) -> Tensor:
    """The logarithm of `softmax`."""
    return apply(RULES["log_softmax"], [input], {"axis": normal_axis(dim, input.array.ndim)})


def cumsum(input: Tensor, dim: int) -> Tensor:
    """Sums of the elements so far along an axis."""
    axis = normal_axis(dim, input.array.ndim)
    if not input.array.ndim:
        return clone(_counted(input))
    return apply(RULES["cumsum"], [_counted(input)], {"axis": axis})


def cumprod(input: Tensor, dim: int) -> Tensor:
    """Products of the elements so far along an axis."""
    axis = normal_axis(dim, input.array.ndim)
    if not input.array.ndim:
        return clone(_counted(input))
    products = list(itertools.accumulate(unbind(_counted(input), axis), lambda product, factor: product * factor))
    return apply(RULES["stack"], products, {"axis": axis}, "CumprodBackward0") if products else clone(input)


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower of the elements in the middle: of all (equal ones share the gradient), or along an axis."""
    if dim is None:
        return apply(MEDIAN, [input], {}, "MedianBackward0")
    middle = (input.array.shape[dim] - 1) // 2
    return _chosen("median", input, dim, keepdim, lambda array, axis: _ranked(array, axis, slice(middle, middle + 1)))


def _ranked(array: np.ndarray[Any, Any], axis: int, ranks: slice, descending: bool = False) -> np.ndarray[Any, Any]:
    order = np.argsort(-array if descending else array, axis=axis, kind="stable")
    return order[(*[slice(None)] * axis, ranks)]


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> ValuesIndices:
    """Values in order along an axis, and where they were."""
    return _chosen("sort", input, dim, True, lambda array, axis: _ranked(array, axis, slice(None), descending))


def argsort(input: Tensor, dim: int = -1, descending: bool = False) -> Tensor:
    """Where the values in order are."""
    return sort(input.detach(), dim, descending).indices


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True) -> ValuesIndices:
    """The `k` largest (or smallest) values along an axis."""
    return _chosen("topk", input, dim, True, lambda array, axis: _ranked(array, axis, slice(k), largest))


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> ValuesIndices:
    """The `k`-th smallest value along an axis."""
    return _chosen("kthvalue", input, dim, keepdim, lambda array, axis: _ranked(array, axis, slice(k - 1, k)))


def _running(ufunc: np.ufunc) -> Callable[[np.ndarray[Any, Any], int], np.ndarray[Any, Any]]:
    """Where the extremum so far is: the last of equal ones."""

    def places(array: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
        shape = [1] * array.ndim
        shape[axis] = -1
        here = np.arange(array.shape[axis]).reshape(shape)
        return np.maximum.accumulate(np.where(array == ufunc.accumulate(array, axis), here, 0), axis)

    return places


def cummax(input: Tensor, dim: int) -> ValuesIndices:
    """The largest value so far along an axis."""
    return _chosen("cummax", input, dim, True, _running(np.maximum))


def cummin(input: Tensor, dim: int) -> ValuesIndices:
    """The smallest value so far along an axis."""
    return _chosen("cummin", input, dim, True, _running(np.minimum))


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements."""
    return np.array_equal(input.array, other.array)


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether all elements are close."""
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        sum, mean, prod, max, min, amax, amin, argmax, argmin, all, any, count_nonzero, var, std, norm, logsumexp,
        softmax, log_softmax, cumsum, cumprod, median, sort, argsort, topk, kthvalue, cummax, cummin, equal, allclose,
    )
}  # fmt: skip
