"""Functions of neural networks, of PyTorch's `torch.nn.functional`: of Tensors, and of arrays.

Each is a definition: differentiated programs that call it are read as if that stood there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adcompiler.definitions import activations, losses, networks
from adcompiler.definitions.table import define
from adcompiler.tensors.creation import uniform
from adcompiler.tensors.tape import call
from adcompiler.tensors.tensor import Tensor

_ACTIVATIONS = (
    "celu", "elu", "gelu", "glu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "log_softmax",
    "logsigmoid", "logsumexp", "mish", "normalize", "prelu", "relu", "relu6", "selu", "sigmoid", "silu", "softmax",
    "softmin", "softplus", "softshrink", "softsign", "tanh", "tanhshrink", "threshold",
)  # fmt: skip
_LOSSES = (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_similarity", "cross_entropy",
    "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss", "margin_ranking_loss", "mse_loss",
    "nll_loss", "poisson_nll_loss", "smooth_l1_loss",
)  # fmt: skip
_NETWORKS = (
    "avg_pool1d", "avg_pool2d", "batch_norm", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
    "dropout", "embedding", "group_norm", "layer_norm", "linear", "max_pool1d", "max_pool2d", "one_hot", "rms_norm",
    "scaled_dot_product_attention",
)  # fmt: skip


def _public(definition: Callable[..., Any], of_tensors: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """A function of Tensors or of arrays, by its definition; `of_tensors` if that is another for them."""

    @functools.wraps(definition)
    def function(*arguments: Any, **keywords: Any) -> Any:
        if any(isinstance(value, Tensor) for value in (*arguments, *keywords.values())):
            return call(function, arguments, keywords) if of_tensors is None else of_tensors(*arguments, **keywords)
        return definition(*arguments, **keywords)

    del function.__wrapped__  # what a program reads is the definition, by the table
    function.__module__ = __name__
    define(function, definition, spelling=f"nn.functional.{definition.__name__}")
    return function


_kept = _public(networks.kept)


def _dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """What is drawn for a Tensor comes from the stream that `manual_seed` begins anew."""
    if inplace:
        raise ValueError("`inplace=True` is not supported: assign the result")
    if not training or p == 0:
        return input
    result: Tensor = _kept(input, uniform(input.array.shape) >= p, p)
    return result


FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: _public(getattr(module, name), _dropout if name == "dropout" else None)
    for module, names in ((activations, _ACTIVATIONS), (losses, _LOSSES), (networks, _NETWORKS))
    for name in names
}
"""By name."""

globals().update(FUNCTIONS)

__all__ = sorted(FUNCTIONS)
