"""What every round of a loop computes anew from numbers that do not change, computed once before it."""

from __future__ import annotations

from collections.abc import Hashable, Set
from dataclasses import replace

from adcompiler.analysis.undefined import perhaps_undefined
from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Region, Value, walk
from adcompiler.ir.raising import may_raise
from adcompiler.ir.rewrite import region_with, substitute, with_inputs, with_regions

_ARITHMETIC = ("add", "subtract", "multiply", "negative")
_QUERIES = ("axis_length", "shape", "size", "ndim")


def hoist_invariants(program: Program) -> Program:
    """Move arithmetic on Python's numbers that do not change out of loops, with the lengths that it needs.

    Nothing is moved that may raise or warn: there may be no round. What is moved of the primal need not be kept for the
    backward sweep, round by round; what comes out of one loop twice is one value.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(
    ...     hoist_invariants,
    ...     "def f(x, h, n):\\n    for i in range(n):\\n        x = x + 0.5 * h * x\\n    return x",
    ...     x="float64[m]", h="float", n="int",
    ... )
    program f(x: float64[m], h: float64*, n: int64*):
        t.1: range = range(0, n, 1)
        t.5: float64* = multiply(0.5, h)
        x.5: float64[m], i.4: int64* = for(t.1, x, UNDEFINED, reverse=False, sequences=1)
          (i.2: int64*, x.3: float64[m], i.3: int64*):
            t.6: float64[m] = multiply(t.5, x.3)
            x.4: float64[m] = add(x.3, t.6)
            yield x.4, i.2
        return x.5
    """
    if not any(equation.is_loop for equation in walk(program.body)):
        return program
    hoister = _Hoister(perhaps_undefined(program))
    body, _ = hoister.region(program.body, None)
    if body is program.body:
        return program
    return replace(program, body=substitute(body, {value: hoister.first(value) for value in hoister.same}))


class _Hoister:
    def __init__(self, undefined: Set[Value]) -> None:
        self._undefined = undefined
        self.same: dict[Value, Value] = {}
        """Values that were moved, by those that would have been the same ones."""

    def first(self, value: Value) -> Value:
        """The value that was moved instead of this one."""
        while value in self.same:
            value = self.same[value]
        return value

    def region(self, region: Region, inside: set[Value] | None) -> tuple[Region, list[Equation]]:
        """A region, and what can stand before the loop that it belongs to.

        `inside` is what that loop defines; None for a region that is not run in every round.
        """
        kept: list[Equation] = []
        moved: list[Equation] = []
        known: dict[Hashable, Value] = {}
        waiting: dict[Value, Equation] = {}
        for equation in region.equations:
            placed = self._before(equation) if equation.regions else [equation]
            for original in placed:
                each = with_inputs(original, self.same) if self.same else original
                if inside is None or not self._is_invariant(each, inside):
                    kept.append(each)
                    if inside is not None:
                        inside.update(each.outputs)
                elif _is_cheap(each):
                    kept.append(each)
                    waiting[each.outputs[0]] = each
                else:
                    moved += [*_taken(each, waiting), *self._first_of(each, known)]
        if not moved:
            return region_with(region, kept), []
        gone = {output for equation in moved for output in equation.outputs}
        return region_with(region, [e for e in kept if not e.outputs or e.outputs[0] not in gone]), moved

    def _first_of(self, equation: Equation, known: dict[Hashable, Value]) -> list[Equation]:
        """An equation, unless another that was moved computes the same."""
        (output,) = equation.outputs
        first = known.setdefault((equation.primitive, equation.inputs, equation.static), output)
        if first is output:
            return [equation]
        self.same[output] = first
        return []

    def _before(self, equation: Equation) -> list[Equation]:
        """An equation with regions after what left them."""
        regions: list[Region] = []
        moved: list[Equation] = []
        for inner in equation.regions:
            shrunk, left = self.region(inner, set(inner.parameters) if equation.is_loop else None)
            regions.append(shrunk)
            moved += left
        return [*moved, with_regions(equation, regions)]

    def _is_invariant(self, equation: Equation, inside: Set[Value]) -> bool:
        name = equation.primitive.name
        values = [atom for atom in equation.inputs if isinstance(atom, Value)]
        if not values or any(value in inside or value in self._undefined for value in values):
            return False
        if name in _ARITHMETIC:
            return not may_raise(equation)
        if name == "divide":
            return all(map(_is_python_number, equation.inputs)) and _is_not_zero(equation.inputs[1])
        return name in _QUERIES and equation.inputs[0].type.kind == "array"


def _is_cheap(equation: Equation) -> bool:
    """Whether an equation leaves a loop only for another that needs it: a length, the integer after another."""
    name = equation.primitive.name
    return name in _QUERIES or (name in ("add", "subtract") and equation.outputs[0].type.dtype == "int64")


def _taken(equation: Equation, waiting: dict[Value, Equation]) -> list[Equation]:
    """What an equation needs of those that wait in the loop, which do so no more."""
    found: list[Equation] = []
    for atom in equation.inputs:
        if isinstance(atom, Value) and (needed := waiting.pop(atom, None)) is not None:
            found += [*_taken(needed, waiting), needed]
    return found


def _is_python_number(atom: Atom) -> bool:
    return atom.type.kind == "scalar" and atom.type.weak and atom.type.dtype == "float64"


def _is_not_zero(atom: Atom) -> bool:
    return isinstance(atom, Literal) and atom.value != 0
