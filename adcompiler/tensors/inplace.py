"""Writing into tensors: what may be written, and what the write leaves in the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adcompiler.rules.rule import Rule
from adcompiler.tensors.dtypes import dtype_of
from adcompiler.tensors.grad_mode import is_grad_enabled
from adcompiler.tensors.names import node_name
from adcompiler.tensors.node import Array, Layout, Node
from adcompiler.tensors.rule_node import CopyNode, RuleNode
from adcompiler.tensors.tape import compute, is_recorded
from adcompiler.tensors.tensor import Tensor
from adcompiler.tensors.views import CopySlices

_LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
_VIEW_OF_LEAF = "a view of a leaf Variable that requires grad is being used in an in-place operation."
_OVERLAP = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please "
    "clone() the tensor before performing the operation."
)


def update(
    target: Tensor, rule: Rule, others: Sequence[Any] = (), static: Any = None, name: str | None = None
) -> Tensor:
    """Replace the elements of `target` by a rule's result for them: `target.mul_(2)`."""
    static = static or {}
    check_writable(target)
    if not is_recorded(rule, [target, *others]):
        value = compute(rule, [target, *others], static)
        check_result(target, value)
        return write(target, value, lambda: None)
    before = snapshot(target)
    operands = [before, *(_unshared(other, target, before) for other in others)]
    value = compute(rule, operands, static)
    check_result(target, value)
    node_class = RuleNode.named(name or node_name(rule, operands))
    return write(target, value, lambda: node_class(rule, operands, static, [target]))


def _unshared(other: Any, target: Tensor, before: Tensor) -> Any:
    """An operand that the write does not change: what shares the target's elements is copied."""
    if other is target:
        return before
    if isinstance(other, Tensor) and other.version is target.version:
        return snapshot(other)
    return other


def snapshot(tensor: Tensor) -> Tensor:
    """A copy of the tensor as it is now, in its place in the graph, for a node that is made after the write."""
    return Tensor.in_graph(tensor.array.copy(), tensor.edge())


def copy_into(target: Tensor, source: Any, name: str = "CopyBackwards") -> Tensor:
    """Replace the elements of `target` by those of `source`, broadcast: `target.copy_(source)`."""
    check_writable(target)
    value = source.array if isinstance(source, Tensor) else np.asarray(source)
    before = target.edge() if is_grad_enabled() else None
    edge = source.edge() if isinstance(source, Tensor) else None
    try:
        np.broadcast_to(value, target.array.shape)
    except ValueError:
        raise _expanded(value.shape, target.array.shape) from None

    def node() -> Node | None:
        if not is_grad_enabled() or (before is None and edge is None):
            return None
        output = Layout(target.array.shape, target.array.dtype)
        made: Node = CopyNode.named(name)([None, edge], Layout(value.shape, value.dtype), output)
        return made

    return write(target, value, node)


def write(target: Tensor, value: Array, node: Callable[[], Node | None]) -> Tensor:
    """Store `value` in `target` and put `node()`, made after the write, into its history, or its base's."""
    before = None if target.view_of is None else target.view_of.base.edge()
    old, output = target.grad_fn, target.output_number
    target.array[...] = value.real if value.dtype.kind == "c" and target.array.dtype.kind != "c" else value
    target.version.count += 1
    made = node()
    if made is None:
        return target
    if target.view_of is None:
        target.set_history(made)
    else:
        base = target.view_of.base
        base.set_history(CopySlices(before, base, target.view_of.steps, made))
    new = target.grad_fn
    if old is not None and new is not None and output in old.retained:
        new.retained[target.output_number] = old.retained.pop(output)
    return target


def check_writable(target: Tensor) -> None:
    """Refuse writes that PyTorch refuses.

    Raises
    ------
    RuntimeError
        The target is a leaf that requires gradients, a view of one, one of several views made at once, or has
        elements that share a place in memory.
    """
    if is_grad_enabled():
        view = target.view_of
        if view is not None and view.base.requires_grad and view.base.is_leaf:
            raise RuntimeError(_VIEW_OF_LEAF)
        if target.requires_grad and target.is_leaf:
            raise RuntimeError(_LEAF)
        if view is not None and view.refusal is not None:
            raise RuntimeError(view.refusal)
    array = target.array
    if any(stride == 0 and length > 1 for stride, length in zip(array.strides, array.shape, strict=True)):
        raise RuntimeError(_OVERLAP)


def check_result(target: Tensor, value: Array) -> None:
    """Refuse a result that does not fit into `target`."""
    if value.shape != target.array.shape:
        raise RuntimeError(
            f"output with shape {list(target.array.shape)} doesn't match the broadcast shape {list(value.shape)}"
        )
    if "biufc".index(value.dtype.kind.replace("u", "i")) > "biufc".index(target.array.dtype.kind.replace("u", "i")):
        raise RuntimeError(
            f"result type {dtype_of(value.dtype).legacy_name} can't be cast to the desired output type "
            f"{target.dtype.legacy_name}"
        )


def _expanded(shape: tuple[int, ...], target: tuple[int, ...]) -> RuntimeError:
    if len(shape) > len(target):
        return RuntimeError(
            f"expand(torch.FloatTensor{{{list(shape)}}}, size={list(target)}): the number of sizes provided "
            f"({len(target)}) must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    for axis in range(1, len(shape) + 1):
        if shape[-axis] not in (1, target[-axis]):
            return RuntimeError(
                f"The expanded size of the tensor ({target[-axis]}) must match the existing size ({shape[-axis]}) at "
                f"non-singleton dimension {len(target) - axis}.  Target sizes: {list(target)}.  Tensor sizes: "
                f"{list(shape)}"
            )
    raise AssertionError("shapes that fit")
