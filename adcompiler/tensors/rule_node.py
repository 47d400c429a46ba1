"""The nodes of single operations: of a rule of the table, and of a plain copy."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from adcompiler.rules.rule import Rule
from adcompiler.tensors.complex_numbers import pull_complex
from adcompiler.tensors.dtypes import NumpyDtype
from adcompiler.tensors.node import FREED, Array, Cotangent, Edge, Layout, Node, Saved
from adcompiler.tensors.residuals import residuals
from adcompiler.tensors.shapes import fit
from adcompiler.tensors.tensor import Tensor

_REAL: NumpyDtype = np.dtype(np.float64)


class RuleNode(Node):
    """A node for one application of a rule of the table."""

    def __init__(
        self,
        rule: Rule,
        operands: Sequence[Any],
        static: Mapping[str, Any],
        results: Sequence[Tensor],
        *,
        several: bool = False,
    ) -> None:
        self.rule = rule
        self.static = static
        self.several = several
        # An operand without a derivative has a zero gradient if it is a number, and none if it is a shape or an index.
        zero = rule.kind in ("elementwise", "nondifferentiable")
        self.positions = [number for number in range(len(operands)) if zero or rule.pullback(number) is not None]
        tensors = [operands[number] for number in self.positions]
        super().__init__(
            [operand.edge() if isinstance(operand, Tensor) else None for operand in tensors],
            [Layout(result.array.shape, result.array.dtype) for result in results],
        )
        self.inputs = [
            Layout(operand.array.shape, operand.array.dtype) if isinstance(operand, Tensor) else None
            for operand in tensors
        ]
        arrays = tuple(operand.array if isinstance(operand, Tensor) else operand for operand in operands)
        needed: set[int] = set()
        for number, edge in zip(self.positions, self.edges, strict=True):
            if edge is not None:
                needed |= residuals(rule, number, self.outputs if several else self.outputs[0], arrays, static)
        self.kept: list[Any] | None = [self._keep(operand, number in needed) for number, operand in enumerate(operands)]
        self.kept_results: list[Any] = [
            Saved(result, of=self, output=number) if -1 - number in needed else self.outputs[number]
            for number, result in enumerate(results)
        ]
        self.keeps_values = bool(needed)

    @staticmethod
    def _keep(operand: Any, needed: bool) -> Any:
        array = operand.array if isinstance(operand, Tensor) else operand
        if not needed and isinstance(array, np.ndarray) and array.dtype.kind in "fc":
            return Layout(array.shape, array.dtype)
        if not needed:
            return array
        # A plain array has no version to check, and may be overwritten.
        return (
            Saved(operand) if isinstance(operand, Tensor) else array.copy() if isinstance(array, np.ndarray) else array
        )

    def release(self) -> None:
        """Let go of saved operands; a node that needs none can be used again."""
        if self.keeps_values:
            self.kept = None
            self.kept_results = []

    def pull(self, cotangents: Sequence[Cotangent | None], recorded: bool) -> Sequence[Cotangent | None]:
        """Apply the pullbacks and give their results the shapes and dtypes of the operands."""
        if self.kept is None:
            raise RuntimeError(FREED)
        from adcompiler.tensors.traced import traced

        def operand(kept: Any) -> Any:
            if isinstance(kept, Layout):
                return _stand_in(kept)
            if not isinstance(kept, Saved):
                return kept
            return traced(kept.tensor()) if recorded else kept.array()

        operands = list(map(operand, self.kept))
        results = tuple(map(operand, self.kept_results))
        given = tuple(traced(bar) if recorded and bar is not None else bar for bar in cotangents)
        y, g = (results, given) if self.several else (results[0], given[0])
        bars: list[Cotangent | None] = []
        for number, edge, layout in zip(self.positions, self.edges, self.inputs, strict=True):
            if edge is None:
                bars.append(None)
                continue
            assert layout is not None
            bar = self._pull_one(number, g, y, operands)
            bars.append(fit(np.zeros((), layout.dtype) if bar is None else bar, layout, recorded))
        return bars

    def _pull_one(self, number: int, g: Any, y: Any, operands: Sequence[Any]) -> Any:
        pullback = self.rule.pullback(number)
        if pullback is None:
            return None
        parts = g if self.several else (g,)
        if any(getattr(value, "dtype", _REAL).kind == "c" for value in (*parts, *operands)):
            return pull_complex(self.rule, pullback, g, y, operands, self.static)
        return pullback(g, y, *operands, **self.static)


@functools.lru_cache(maxsize=256)
def _stand_in(layout: Layout) -> Array:
    """For an operand of which the backward step needs no more than the layout; a use of its values would show."""
    value = np.nan if layout.dtype.kind in "fc" else 0
    return np.broadcast_to(np.array(value, layout.dtype), layout.shape)


class CopyNode(Node):
    """The node of a copy: cotangents pass through."""

    def __init__(self, edges: Sequence[Edge | None], source: Layout, output: Layout) -> None:
        super().__init__(edges, [output])
        self._source = source

    def pull(self, cotangents: Sequence[Cotangent | None], recorded: bool) -> Sequence[Cotangent | None]:
        """Give the cotangent to the source, which is the last edge."""
        bar = None if self.edges[-1] is None else fit(cotangents[0], self._source, recorded)
        return (*(None for _ in self.edges[1:]), bar)
