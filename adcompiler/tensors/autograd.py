"""`backward` and `grad`: the two ways to start a backward sweep (PyTorch's `torch.autograd`)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from adcompiler.tensors.accumulate import AccumulateGrad, accumulate
from adcompiler.tensors.engine import run_backward
from adcompiler.tensors.function import Function
from adcompiler.tensors.grad_mode import enable_grad, no_grad, set_grad_enabled
from adcompiler.tensors.node import Edge
from adcompiler.tensors.tensor import Tensor

__all__ = ["Function", "backward", "enable_grad", "grad", "no_grad", "set_grad_enabled"]

_REFERENCE_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
    "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
    "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the "
    "cycle and avoid the leak."
)
_UNUSED = (
    "The differentiated Tensor at index {} appears to not have been used in the graph. Set allow_unused=True if this "
    "is the desired behavior."
)
_warned_of_cycle = False


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    *,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Accumulate the gradients of `tensors`, weighted with `grad_tensors`, into the leaves they depend on."""
    roots, seeds = _roots_and_seeds(tensors, grad_tensors)
    if create_graph:
        _warn_of_cycle()
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        run_backward(roots, seeds, retain_graph=retain, create_graph=create_graph)
        return
    given = _sequence(inputs)
    if not given:
        raise RuntimeError("'inputs' argument to 'backward' cannot be empty.")
    edges = [_edge(tensor) for tensor in given]
    leaves = [edge for edge in edges if isinstance(edge.node, AccumulateGrad)]
    inner = [tensor for tensor, edge in zip(given, edges, strict=True) if edge not in leaves]
    found = run_backward(
        roots,
        seeds,
        retain_graph=retain,
        create_graph=create_graph,
        captured=[_edge(tensor) for tensor in inner],
        leaves=leaves,
    )
    for tensor, gradient in zip(inner, found, strict=True):
        if gradient is not None:
            accumulate(tensor, gradient if create_graph else gradient.array, create_graph)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Return the gradients of `outputs`, weighted with `grad_outputs`, with respect to `inputs`.

    `.grad` of the inputs is left alone.

    Raises
    ------
    RuntimeError
        An input does not require gradients, or is not used (unless `allow_unused` or `materialize_grads`).

    Examples
    --------
    >>> from adcompiler.tensors import tensor
    >>> x = tensor(3.0, requires_grad=True)
    >>> grad(x**3, x)
    (tensor(27.),)
    """
    if is_grads_batched:
        return _batched(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused, materialize_grads)
    roots, seeds = _roots_and_seeds(outputs, grad_outputs)
    given = _sequence(inputs)
    found = run_backward(
        roots,
        seeds,
        retain_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        captured=[_edge(tensor) for tensor in given],
    )
    if materialize_grads:
        return tuple(
            Tensor.of(np.zeros_like(tensor.array)) if gradient is None else gradient
            for tensor, gradient in zip(given, found, strict=True)
        )
    if not allow_unused and any(gradient is None for gradient in found):
        raise RuntimeError(_UNUSED.format(next(n for n, gradient in enumerate(found) if gradient is None)))
    return tuple(found)


def _batched(
    outputs: Any, inputs: Any, grad_outputs: Any, retain: bool | None, create: bool, unused: bool | None, fill: bool
) -> tuple[Tensor | None, ...]:
    from adcompiler.tensors.shaping import stack

    batches = zip(*(seed.unbind(0) for seed in _sequence(grad_outputs)), strict=True)
    rows = [grad(outputs, inputs, row, True, create, unused, False, fill) for row in batches]
    return tuple(None if column[0] is None else stack(column) for column in zip(*rows, strict=True))


def _warn_of_cycle() -> None:
    global _warned_of_cycle  # once in a process, as PyTorch
    if not _warned_of_cycle:
        _warned_of_cycle = True
        warnings.warn(_REFERENCE_CYCLE, UserWarning, stacklevel=4)


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _edge(tensor: Tensor) -> Edge:
    edge = tensor.edge()
    if edge is None:
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    return edge


def _roots_and_seeds(outputs: Any, given: Any) -> tuple[list[Edge], list[Tensor]]:
    tensors = _sequence(outputs)
    gradients = [None] * len(tensors) if given is None else _sequence(given)
    for gradient in gradients:
        if not (gradient is None or isinstance(gradient, Tensor)):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if len(gradients) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(gradients)} gradients")
    seeds = [_seed(number, *pair) for number, pair in enumerate(zip(tensors, gradients, strict=True))]
    roots = []
    for number, tensor in enumerate(tensors):
        edge = tensor.edge()
        if edge is None:
            raise RuntimeError(f"element {number} of tensors does not require grad and does not have a grad_fn")
        roots.append(edge)
    return roots, seeds


def _seed(number: int, output: Tensor, gradient: Tensor | None) -> Tensor:
    if gradient is None:
        if output.requires_grad and output.array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        return Tensor.of(np.ones(output.array.shape, output.array.dtype))
    if gradient.array.shape != output.array.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{number}] has a shape of {gradient.shape} and output[{number}] has a "
            f"shape of {output.shape}."
        )
    return gradient
