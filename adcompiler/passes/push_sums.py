"""Sums pushed inwards: past what is the same for all terms, and past products of matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adcompiler.ir.build import NameSupply, own_shape
from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.nodes import Atom, Equation, Program, Value, walk
from adcompiler.ir.rewrite import Definitions, Replacement, count_uses, number_regions, rebuilt, replace_equations
from adcompiler.ir.types import Shape
from adcompiler.rules.inference import normal_axes
from adcompiler.rules.table import RULES


def push_sums(program: Program) -> Program:
    """Add up first, where that leaves less to compute: `np.sum(x * s)` is `np.sum(x) * s`, `np.sum(Q @ L, axis=0)` is
    `np.sum(Q, axis=0) @ L`.

    The sum of something that is needed as well is taken from another: of `e * s` it is `np.sum(e) * s`, where the
    program has added up `e` already, as the logarithm of a sum of exponentials does.

    The terms are rounded before they are added up, not after: in the last bits the result may differ, as it may between
    two ways of adding up. Where `s` is infinite, what was NaN may come out as infinity.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(push_sums, "def f(s, x): return np.exp(x / s)", s="float64", x="float64[n]", gradient=True)
    program grad_f(s: float64, x: float64[n], out_bar: float64[n]):
        t.1: float64[n] = divide(x, s)
        t.2: float64[n] = exp(t.1)
        t.3: float64[n] = multiply(out_bar, t.2)
        t.4: float64[n] = negative(t.3)
        t.5: float64[n] = multiply(t.4, t.1)
        t.7: float64 = sum(t.5)
        s_bar: float64 = divide(t.7, s)
        return s_bar
    """
    if not any(equation.primitive.name == "sum" and equation.sweep == "backward" for equation in walk(program.body)):
        return program
    pushed = replace_equations(program, _Pusher(program).rewrite)
    return pushed if pushed is program else replace(pushed, body=without_dead_code(pushed.body))


class _Pusher:
    """Rewrites one sum after the other; what is computed inside is collected before it."""

    def __init__(self, program: Program) -> None:
        self._names = NameSupply.beside(program)
        self._uses = count_uses(program.body)
        self._region: dict[Value, int] = number_regions(program.body)
        self._definitions: Definitions = {}
        self._equation: Equation
        self._new: list[Equation] = []
        self._sums: dict[Atom, list[Equation]] = {}
        """The sums that stand in the program so far, by what is added up."""
        self._keepdims = False

    def rewrite(self, equation: Equation, definitions: Definitions) -> Replacement:
        """A sum of the backward sweep, pushed inwards where that pays."""
        pushed = self._rewrite(equation, definitions)
        if pushed is None and equation.primitive.name == "sum" and len(equation.inputs) == 1:
            self._sums.setdefault(equation.inputs[0], []).append(equation)
        return pushed

    def _rewrite(self, equation: Equation, definitions: Definitions) -> Replacement:
        if equation.primitive.name != "sum" or equation.sweep != "backward" or len(equation.inputs) != 1:
            return None
        given, operand = equation.parameters, equation.inputs[0]
        keepdims, whole = given.get("keepdims", False), operand.type.shape
        if given.get("dtype") is not None or not isinstance(whole, tuple) or operand.type.kind != "array":
            return None
        if keepdims and given.get("axis") is None:
            return None  # all axes have length one then, however many there are
        self._definitions, self._equation, self._new, self._keepdims = definitions, equation, [], keepdims
        axes = normal_axes(given.get("axis"), len(whole))
        found = self._pushed(operand, tuple(sorted(axes)))
        if found is None or found.type != equation.outputs[0].type:
            return None
        self._new[-1] = rebuilt(self._new[-1], outputs=equation.outputs)
        for new in self._new:
            self._uses.update(atom for atom in new.inputs if isinstance(atom, Value))
            self._region.update(dict.fromkeys(new.outputs, self._region[equation.outputs[0]]))
        return tuple(self._new)

    def _pushed(self, atom: Atom, axes: tuple[int, ...]) -> Value | None:
        """The sum of a value over some axes, where there is a better way than to compute the value first."""
        inner = self._definitions.get(atom) if isinstance(atom, Value) else None
        if inner is None or not isinstance(atom, Value) or inner.sweep != "backward":
            return None
        same_region = self._region.get(atom) == self._region[self._equation.outputs[0]]
        if not same_region or not atom.type.may_be_differentiable or atom.type.dtype is None:
            return None
        if self._uses[atom] != 1:  # it is computed in any case: that pays where the other sum is known
            if (name := inner.primitive.name) not in ("multiply", "divide"):
                return None
            left, right = inner.inputs
            return self._past_factor(name, atom, left, right, axes)
        match inner.primitive.name, inner.inputs:
            case "negative", (operand,):
                total = self._pushed(operand, axes)
                return None if total is None else self._emit("negative", total)
            case ("multiply" | "divide") as name, (left, right):
                return self._past_factor(name, atom, left, right, axes)
            case "matmul", (left, right):
                return self._past_matrices(atom, left, right, axes)
            case "transpose", (operand,):
                return self._past_transpose(operand, inner.parameters.get("axes"), axes)
            case ("add" | "subtract") as name, (left, right) if left.type.shape == right.type.shape == atom.type.shape:
                before = len(self._new)
                first = self._pushed(left, axes)
                second = self._pushed(right, axes) if first is not None else None
                if first is not None and second is not None:
                    return self._emit(name, first, second)
                del self._new[before:]
        return None

    def _past_factor(self, name: str, atom: Value, left: Atom, right: Atom, axes: tuple[int, ...]) -> Value | None:
        for terms, factor in ((left, right), (right, left))[: 2 if name == "multiply" else 1]:
            same = (terms.type.shape, terms.type.dtype) == (atom.type.shape, atom.type.dtype)
            if not same or not isinstance(terms, Value) or not isinstance(factor, Value):
                continue
            ones = _constant_along(factor.type.shape, atom.type.rank or 0, axes)
            if ones is None or not factor.type.may_be_differentiable:
                continue
            known = self._known(terms, axes)
            if known is None and self._uses[atom] != 1:
                continue
            total = self._sum(terms, axes) if known is None else known
            if ones and not self._keepdims:
                factor = self._emit("squeeze", factor, axis=ones[0] if len(ones) == 1 else ones)
            return self._emit(name, total, factor)
        return None

    def _past_matrices(self, atom: Value, left: Atom, right: Atom, axes: tuple[int, ...]) -> Value | None:
        """The rows of a product of matrices are added up before they are multiplied, and so are the columns."""
        rank, ranks = atom.type.rank, (left.type.rank, right.type.rank)
        if rank is None or None in ranks or rank < 2 or min(r for r in ranks if r is not None) < 2:
            return None
        if rank == 2 and axes == (0,):
            return self._emit("matmul", self._sum(left, axes), right)
        if rank == 2 and axes == (1,):
            return self._emit("matmul", left, self._sum(right, axes))
        if axes != (rank - 2,) or ranks[0] != rank:
            return None
        if self._keepdims:
            return self._emit("matmul", self._sum(left, axes), right)
        row = self._emit("expand_dims", self._sum(left, axes), axis=rank - 2)
        return self._emit("squeeze", self._emit("matmul", row, right), axis=rank - 2)

    def _past_transpose(self, operand: Atom, order: Sequence[int] | None, axes: tuple[int, ...]) -> Value | None:
        rank = operand.type.rank
        if rank is None:
            return None
        order = tuple(range(rank))[::-1] if order is None else normal_axes(tuple(order), rank)
        summed = tuple(sorted(order[axis] for axis in axes))
        total = self._pushed(operand, summed)
        if total is None:
            return None
        if self._keepdims:
            return self._emit("transpose", total, axes=order)
        left = [axis for axis in range(rank) if axis not in summed]
        places = tuple(left.index(axis) for axis in order if axis in left)
        return total if places == tuple(range(len(places))) else self._emit("transpose", total, axes=places)

    def _sum(self, atom: Atom, axes: tuple[int, ...]) -> Value:
        """The sum of a value over some axes, in the best way there is; of a transpose, that of what is transposed."""
        found = self._pushed(atom, axes)
        if found is not None:
            return found
        inner = self._definitions.get(atom) if isinstance(atom, Value) else None
        if inner is not None and inner.primitive.name == "transpose" and len(axes) == 1 and not self._keepdims:
            given, rank = inner.parameters.get("axes"), atom.type.rank or 0
            order = tuple(range(rank))[::-1] if given is None else normal_axes(tuple(given), rank)
            rest = [axis for axis in order if axis != order[axes[0]]]
            if rest == sorted(rest):
                return self._sum(inner.inputs[0], (order[axes[0]],))
        axis = None if len(axes) == atom.type.rank else axes[0] if len(axes) == 1 else axes
        static = {} if axis is None else {"axis": axis}
        return self._emit("sum", atom, **static, **({"keepdims": True} if self._keepdims else {}))

    def _known(self, atom: Atom, axes: tuple[int, ...]) -> Value | None:
        """The sum of a value over some axes that this region has computed before."""
        here = self._region[self._equation.outputs[0]]
        for equation in self._sums.get(atom, ()):
            (total,), given = equation.outputs, equation.parameters
            over = tuple(sorted(normal_axes(given.get("axis"), atom.type.rank or 0)))
            if over == axes and given.get("dtype") is None and self._region.get(total) == here:
                dropped = axes[0] if len(axes) == 1 else axes
                if given.get("keepdims", False) == self._keepdims:
                    return total
                return self._emit("expand_dims" if self._keepdims else "squeeze", total, axis=dropped)
        return None

    def _emit(self, name: str, *inputs: Atom, **static: Any) -> Value:
        primitive, fresh = RULES[name].primitive, self._names.fresh(None)
        (type,) = primitive.infer(*(atom.type for atom in inputs), **static)
        output, at = Value(fresh, own_shape(type, fresh)), self._equation
        self._new.append(Equation(primitive, inputs, (output,), _sorted(static), (), at.span, at.sweep))
        return output


def _sorted(static: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(static.items()))


def _constant_along(shape: Shape, rank: int, axes: Sequence[int]) -> tuple[int, ...] | None:
    """The axes of length one to drop of a factor that is the same along all of `axes`; None for one that is not."""
    if not isinstance(shape, tuple) or len(shape) > rank:
        return None
    missing = rank - len(shape)
    own = tuple(axis - missing for axis in axes if axis >= missing)
    return own if all(shape[axis] == 1 for axis in own) else None
