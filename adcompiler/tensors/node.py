"""The recorded graph: nodes, the edges between them, and what a node keeps for its backward step."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from adcompiler.tensors.dtypes import NumpyDtype, tensor_type_name

if TYPE_CHECKING:
    from adcompiler.tensors.tensor import Tensor

Array = np.ndarray[Any, Any]
Cotangent = Any
"""An ndarray; a Tensor where the backward sweep is itself recorded (`create_graph=True`)."""

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)


class Edge(NamedTuple):
    """Where a cotangent goes: to output number `output` of `node`."""

    node: Node
    output: int


class Layout(NamedTuple):
    """What a cotangent must look like: the shape and dtype of its primal."""

    shape: tuple[int, ...]
    dtype: NumpyDtype


class HookHandle:
    """Returned by the `register_…hook` methods: `remove()` takes the hook away again."""

    _numbers = itertools.count()

    def __init__(self, hooks: OrderedDict[int, Any], hook: Any) -> None:
        self._hooks = hooks
        self._number = next(HookHandle._numbers)
        hooks[self._number] = hook

    def remove(self) -> None:
        """Remove the hook; nothing happens the second time."""
        self._hooks.pop(self._number, None)

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


class Node:
    """One recorded operation: pulls cotangents of its outputs back to cotangents of its inputs.

    The class of a node carries its name (`AddBackward0`), so that `type(node).__name__` says it as in PyTorch; see
    `named`. Subclasses implement `pull` and, if they keep values, `release`.
    """

    _numbers: ClassVar[itertools.count[int]] = itertools.count()
    _classes: ClassVar[dict[tuple[type, str], type]] = {}

    def __init__(self, edges: Sequence[Edge | None], outputs: Sequence[Layout]) -> None:
        self.edges = tuple(edges)
        self.outputs = tuple(outputs)
        self.sequence: float = next(Node._numbers)
        self.tensor_hooks: list[tuple[int, OrderedDict[int, Any]]] = []
        """Hooks of this node's outputs, by output number; they see the summed cotangent before the node does."""
        self.retained: dict[int, Callable[[Cotangent], None]] = {}
        """For outputs with `retain_grad`: what stores the cotangent."""
        self.hooks: OrderedDict[int, Callable[[tuple[Any, ...], tuple[Any, ...]], Any]] = OrderedDict()
        self.prehooks: OrderedDict[int, Callable[[tuple[Any, ...]], Any]] = OrderedDict()

    @classmethod
    def named(cls, name: str) -> type[Any]:
        """The subclass of this class that bears a name."""
        known = Node._classes.get((cls, name))
        if known is None:
            known = Node._classes[cls, name] = type(name, (cls,), {"__module__": __name__})
        return known

    def pull(self, cotangents: Sequence[Cotangent | None], recorded: bool) -> Sequence[Cotangent | None]:
        """Cotangents of the inputs, one for each edge; `recorded` says that cotangents are Tensors."""
        raise NotImplementedError

    def release(self) -> None:
        """Let go of what was kept for `pull`."""

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """Where the cotangents of the inputs go, with the output numbers there."""
        return tuple((None, 0) if edge is None else (edge.node, edge.output) for edge in self.edges)

    def name(self) -> str:
        """The name of the operation, as PyTorch writes it."""
        return type(self).__name__

    def register_hook(self, hook: Callable[[tuple[Any, ...], tuple[Any, ...]], Any]) -> HookHandle:
        """Call `hook(grad_inputs, grad_outputs)` after this node; what it returns replaces `grad_inputs`."""
        return HookHandle(self.hooks, hook)

    def register_prehook(self, hook: Callable[[tuple[Any, ...]], Any]) -> HookHandle:
        """Call `hook(grad_outputs)` before this node; what it returns replaces them."""
        return HookHandle(self.prehooks, hook)

    def hooks_of_output(self, output: int) -> OrderedDict[int, Any]:
        """The hooks of one output, to be added to."""
        for number, hooks in self.tensor_hooks:
            if number == output:
                return hooks
        hooks = OrderedDict()
        self.tensor_hooks.append((output, hooks))
        return hooks

    def _sequence_nr(self) -> float:
        return self.sequence

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


def short_name(node: Node) -> str:
    """`Exp` for `ExpBackward0`: the operation itself, as in messages about saved values."""
    name = type(node).__name__
    stem, found, number = name.rpartition("Backward")
    return stem if found and (not number or number.isdigit()) else name


class Saved:
    """A tensor kept for the backward step, with the version it had.

    The array is kept, not a copy: `value` checks that nobody has written into it since. An output of the node itself
    (`of` is that node, `output` its number) is kept without its place in the graph, which would be a cycle.
    """

    __slots__ = ("_array", "_count", "_edge", "_of", "_output", "_tensor", "_version")

    def __init__(self, tensor: Tensor, of: Node | None = None, output: int | None = None) -> None:
        self._array = tensor.array
        self._version = tensor.version
        self._count = tensor.version.count
        self._of = of
        self._tensor = tensor if of is None else None
        self._edge = tensor.edge() if of is None else None
        self._output = tensor.output_number if output is None else output

    def array(self) -> Array:
        """The value.

        Raises
        ------
        RuntimeError
            It has been written into since it was saved.
        """
        if self._version.count != self._count:
            raise RuntimeError(self._complaint())
        return self._array

    def tensor(self, graph: Node | None = None) -> Tensor:
        """The value as a tensor in its place in the graph, for a recorded backward sweep."""
        from adcompiler.tensors.tensor import Tensor

        array = self.array()
        edge = self._edge if self._of is None else Edge(self._of, self._output)
        if self._tensor is not None and self._tensor.edge() == edge:
            return self._tensor
        return Tensor.in_graph(array, edge, version=self._version)

    def _complaint(self) -> str:
        node = self._of if self._tensor is None else self._tensor.grad_fn
        output = self._output if self._tensor is None else self._tensor.output_number
        producer = "" if node is None else f", which is output {output} of {short_name(node)},"
        return (
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[{tensor_type_name(self._array.dtype)} {list(self._array.shape)}]{producer} is at version "
            f"{self._version.count}; expected version {self._count} instead. Hint: enable anomaly detection to find "
            "the operation that failed to compute its gradient, with "
            "torch.autograd.set_detect_anomaly(True, check_nan=False)."
        )
