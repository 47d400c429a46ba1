"""Functions with a backward half of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adcompiler.tensors.grad_mode import is_grad_enabled, set_grad_enabled
from adcompiler.tensors.node import FREED, Cotangent, Layout, Node, Saved
from adcompiler.tensors.tensor import Tensor

_NO_BACKWARD = (
    "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward "
    "mode AD."
)


class Function(Node):
    """Subclass it, give it static methods `forward(ctx, …)` and `backward(ctx, *grads)`, and call `apply`.

    The node that `apply` leaves in the graph is `ctx` itself: an instance of a class named `<Name>Backward`.

    Examples
    --------
    >>> from adcompiler.tensors import tensor
    >>> class Square(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * g
    >>> Square.apply(tensor(3.0, requires_grad=True))
    tensor(9., grad_fn=<SquareBackward>)
    """

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Any:
        """Compute the result, from detached tensors."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        """Cotangents of the arguments, from those of the results."""
        raise NotImplementedError(_NO_BACKWARD)

    @classmethod
    def apply(cls, *arguments: Any) -> Any:
        """Call the function; what it does inside is not recorded."""
        tensors = [argument if isinstance(argument, Tensor) else None for argument in arguments]
        wanted = tuple(tensor is not None and tensor.requires_grad for tensor in tensors)
        context: Function = cls.named(f"{cls.__name__}Backward")(
            [None if tensor is None else tensor.edge() for tensor in tensors], []
        )
        context._begin(tensors, wanted)
        with set_grad_enabled(False):
            returned = cls.forward(context, *arguments)
        results = returned if isinstance(returned, tuple) else (returned,)
        if is_grad_enabled() and any(wanted):
            results = tuple(_fresh(result, arguments) for result in results)
            context._finish(results)
        return results if isinstance(returned, tuple) else results[0]

    def _begin(self, tensors: Sequence[Tensor | None], wanted: tuple[bool, ...]) -> None:
        self.needs_input_grad = wanted
        self._inputs = [None if t is None else Layout(t.array.shape, t.array.dtype) for t in tensors]
        self._to_save: tuple[Tensor | None, ...] = ()
        self._saved: tuple[Saved | None, ...] | None = ()
        self._constant: set[int] = set()

    def _finish(self, results: Sequence[Any]) -> None:
        tensors = [result for result in results if isinstance(result, Tensor)]
        self.outputs = tuple(Layout(tensor.array.shape, tensor.array.dtype) for tensor in tensors)
        for number, tensor in enumerate(tensors):
            if tensor.dtype.is_differentiable and id(tensor) not in self._constant:
                tensor.set_history(self, number)
        own = {id(tensor) for tensor in tensors}
        self._saved = tuple(
            None if tensor is None else Saved(tensor, of=self if id(tensor) in own else None)
            for tensor in self._to_save
        )
        self._to_save = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for `backward`, which finds them in `saved_tensors`."""
        self._to_save = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say that these results have no gradient."""
        self._constant.update(map(id, tensors))

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What `save_for_backward` kept."""
        if self._saved is None:
            raise RuntimeError(FREED)
        return tuple(None if saved is None else saved.tensor() for saved in self._saved)

    def release(self) -> None:
        """Let go of the saved tensors."""
        if self._saved:
            self._saved = None

    def pull(self, cotangents: Sequence[Cotangent | None], recorded: bool) -> Sequence[Cotangent | None]:
        """Call the user's `backward` and check what it returns."""
        given = [
            Tensor.of(np.zeros(layout.shape, layout.dtype))
            if cotangent is None
            else cotangent
            if isinstance(cotangent, Tensor)
            else Tensor.of(cotangent)
            for cotangent, layout in zip(cotangents, self.outputs, strict=True)
        ]
        returned = type(self).backward(self, *given)
        bars = list(returned) if isinstance(returned, (tuple, list)) else [returned]
        while len(bars) > len(self._inputs) and bars[-1] is None:
            bars.pop()
        if len(bars) != len(self._inputs):
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {len(self._inputs)}, got "
                f"{len(bars)})"
            )
        return [self._checked(number, bar, recorded) for number, bar in enumerate(bars)]

    def _checked(self, number: int, bar: Any, recorded: bool) -> Cotangent | None:
        from adcompiler.tensors.shapes import fit

        layout = self._inputs[number]
        if bar is None or self.edges[number] is None or layout is None:
            return None
        if not isinstance(bar, Tensor):
            raise TypeError(f"expected Variable or None (got {type(bar).__name__})")
        try:
            compatible = np.broadcast_shapes(bar.array.shape, layout.shape) == bar.array.shape
        except ValueError:
            compatible = False
        if not compatible:
            raise RuntimeError(
                f"Function {self.name()} returned an invalid gradient at index {number} - got "
                f"{list(bar.array.shape)} but expected shape compatible with {list(layout.shape)}"
            )
        return fit(bar if recorded else bar.array, layout, recorded)


def _fresh(result: Any, arguments: Sequence[Any]) -> Any:
    """A result of its own, where `forward` returned one of its arguments."""
    if isinstance(result, Tensor) and any(result is argument for argument in arguments):
        return Tensor.of(result.array, result.version)
    return result
