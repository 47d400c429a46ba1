"""The end of the graph at a leaf: its gradient is added to `.grad`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from adcompiler.tensors.node import Cotangent, Layout, Node

if TYPE_CHECKING:
    from adcompiler.tensors.tensor import Tensor


class AccumulateGrad(Node):
    """Adds what arrives to `variable.grad`: in place, or as a new tensor where the sweep is recorded."""

    def __init__(self, variable: Tensor) -> None:
        super().__init__((), (Layout(variable.array.shape, variable.array.dtype),))
        self.sequence = math.inf
        self.variable = variable
        self.tensor_hooks = [(0, variable.leaf_hooks)]

    @property
    def is_watched(self) -> bool:
        """Whether something is to be called with the cotangent before it is added."""
        return bool(self.variable.leaf_hooks or self.hooks or self.prehooks or self.retained)

    def name(self) -> str:
        """PyTorch's name."""
        return "torch::autograd::AccumulateGrad"

    def pull(self, cotangents: Sequence[Cotangent | None], recorded: bool) -> Sequence[Cotangent | None]:
        """Accumulate; a leaf has no inputs."""
        accumulate(self.variable, cotangents[0], recorded)
        for hook in list(self.variable.post_accumulate_hooks.values()):
            hook(self.variable)
        return ()


def accumulate(variable: Tensor, cotangent: Cotangent, recorded: bool) -> None:
    """Add a cotangent to a tensor's `.grad`."""
    present = variable.stored_grad
    if recorded:
        variable.stored_grad = cotangent.copied() if present is None else present + cotangent
    elif present is None:
        # A copy: the cotangent may be the seed, another leaf's gradient, or a read-only broadcast.
        variable.stored_grad = type(variable).of(np.array(cotangent, order="C"))
    else:
        np.add(present.array, cotangent, out=present.array)
        present.version.count += 1
