"""Views: tensors that share their base's elements, and what a write through one means for the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from adcompiler.rules.rule import Rule
from adcompiler.tensors.grad_mode import enable_grad, is_grad_enabled
from adcompiler.tensors.node import FREED, Array, Cotangent, Edge, Layout, Node
from adcompiler.tensors.rule_node import RuleNode
from adcompiler.tensors.tape import is_recorded, link
from adcompiler.tensors.tensor import Tensor

_MADE_UNDER_NO_GRAD = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case "
    "is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace "
    "either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want "
    "the inplace to be tracked)."
)


class Step(NamedTuple):
    """One way to look at an array: a rule whose result shares its first operand's elements."""

    rule: Rule
    others: tuple[Any, ...]
    static: Mapping[str, Any]

    def of_array(self, array: Array) -> Array:
        """The view of an array."""
        return view_array(self.rule, array, self.others, self.static)

    def of_tensor(self, tensor: Tensor) -> Tensor:
        """The view of a tensor."""
        return view(self.rule, tensor, self.others, self.static)


class View:
    """How a tensor looks at its base.

    Parameters
    ----------
    base : Tensor
        Owns the elements; not a view itself.
    steps : tuple of Step
        From the base to the view.
    refusal : str, optional
        Why the view must not be written through while operations are recorded.
    tracked : bool
        Whether the view belongs to the graph; one made under `no_grad` does not.
    """

    __slots__ = ("base", "refusal", "steps", "tracked")

    def __init__(self, base: Tensor, steps: tuple[Step, ...], refusal: str | None, tracked: bool) -> None:
        self.base = base
        self.steps = steps
        self.refusal = refusal
        self.tracked = tracked

    def grad_fn_now(self) -> tuple[Node, int]:
        """The node of the view of the base as it is since the last write into it."""
        *first, last = self.steps
        tensor = self.base
        with enable_grad():
            for step in first:
                tensor = step.of_tensor(tensor)
        operands = [tensor, *last.others]
        seen = Tensor.of(last.of_array(tensor.array))
        node = RuleNode.named("AsStridedBackward0")(last.rule, operands, last.static, [seen])
        return node, 0


def view_array(rule: Rule, array: Array, others: Sequence[Any], static: Mapping[str, Any]) -> Array:
    """The result of a rule that looks at an array: 0-d where NumPy would read out a number."""
    if rule.primitive.name == "getitem":
        index = static["index"]
        return array[index if Ellipsis in index else (*index, ...)]
    with np.errstate(all="ignore"):
        return np.asarray(rule.function(array, *others, **static))


def view(
    rule: Rule,
    source: Tensor,
    others: Sequence[Any] = (),
    static: Mapping[str, Any] | None = None,
    name: str | None = None,
    refusal: str | None = None,
) -> Tensor:
    """Apply a rule whose result may share its first operand's elements, and remember that it does."""
    static = static or {}
    array = view_array(rule, source.array, others, static)
    if not np.may_share_memory(array, source.array):
        # A reshape that had to copy (or an empty array, of which there is nothing to share).
        return _copied(array, rule, source, others, static, name)
    result = Tensor.of(array, source.version)
    step = Step(rule, tuple(others), static)
    seen = source.view_of
    base, steps = (source, (step,)) if seen is None else (seen.base, (*seen.steps, step))
    refusal = refusal or (None if seen is None else seen.refusal)
    tracked = is_grad_enabled() and (seen is None or seen.tracked)
    operands = [source, *others]
    if is_recorded(rule, operands):
        link(result, rule, operands, static, name)
    result.view_of = View(base, steps, refusal if tracked else _MADE_UNDER_NO_GRAD, tracked)
    return result


def _copied(
    array: Array, rule: Rule, source: Tensor, others: Sequence[Any], static: Mapping[str, Any], name: str | None
) -> Tensor:
    """A tensor around what a view would have been, which turned out to be a copy."""
    result = Tensor.of(array)
    operands = [source, *others]
    if is_recorded(rule, operands):
        link(result, rule, operands, static, name)
    return result


class CopySlices(Node):
    """The base after a write through one of its views.

    The cotangent of the part that was looked at belongs to what was written; the cotangent of the rest, and what the
    write makes of the part's old value, to the base before.
    """

    def __init__(self, before: Edge | None, base: Tensor, steps: tuple[Step, ...], write: Node) -> None:
        layout = Layout(base.array.shape, base.array.dtype)
        super().__init__([before, *write.edges[1:]], [layout])
        self._strides = base.array.strides
        self._layout = layout
        self._steps = steps
        self._write: Node | None = write

    def name(self) -> str:
        """PyTorch's name."""
        return "torch::autograd::CopySlices"

    def release(self) -> None:
        """Let go of the write, which may have a place of its own in the graph of a recorded sweep."""
        self._write = None

    def pull(self, cotangents: Sequence[Cotangent | None], recorded: bool) -> Sequence[Cotangent | None]:
        """Cut the cotangent of the written part out and pull it through the write."""
        if self._write is None:
            raise RuntimeError(FREED)
        pull = self._pull_recorded if recorded else self._pull_arrays
        return pull(self._write, cotangents[0])

    def _pull_arrays(self, write: Node, cotangent: Array | None) -> Sequence[Array | None]:
        rest = _with_strides_like(self._layout, self._strides)
        rest[...] = cotangent
        part = rest
        for step in self._steps:
            part = step.of_array(part)
        old, *others = write.pull([part.copy()], recorded=False)
        part[...] = 0.0 if old is None else old
        return (rest, *others)

    def _pull_recorded(self, write: Node, cotangent: Tensor | None) -> Sequence[Tensor | None]:
        from adcompiler.tensors.conversions import clone
        from adcompiler.tensors.inplace import copy_into

        assert cotangent is not None
        rest = clone(cotangent)
        part = rest
        for step in self._steps:
            part = step.of_tensor(part)
        old, *others = write.pull([clone(part)], recorded=True)
        copy_into(part, 0.0 if old is None else old)
        return (rest, *others)


def _with_strides_like(layout: Layout, strides: tuple[int, ...]) -> Array:
    """An array whose axes lie in memory in the same order, so that a view of one is a view of the other."""
    order = sorted(range(len(strides)), key=lambda axis: -abs(strides[axis]))
    packed = np.empty([layout.shape[axis] for axis in order], layout.dtype)
    return packed.transpose(np.argsort(order)) if order else packed
