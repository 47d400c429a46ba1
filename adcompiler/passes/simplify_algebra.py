"""Algebra that is exact in floating point, on the adjoint."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from adcompiler.analysis.activity import varied_values
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Equation, Literal, Primitive, Program, Value
from adcompiler.ir.rewrite import Definitions, Replacement, count_uses, number_regions, replace_equations
from adcompiler.ir.types import Type
from adcompiler.rules.table import RULES


def simplify_algebra(program: Program) -> Program:
    """Write the adjoint's arithmetic shorter, where every bit of the result stays the same.

    Literals come first in a product and meet where one of them is a power of two; a sum of equal terms is a product;
    negations move out of products into sums and literals; what is negated before it is summed is negated afterwards.
    Nothing is done that would change what comes of infinities, NaN, shapes or
    dtypes: `0 * x` and `x - x` stay. The forward sweep stays as the user wrote it.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(simplify_algebra, "def f(x): return 4.0 * (x * 3.0)", x="float64", gradient=True)
    program grad_f(x: float64, out_bar: float64):
        t.1: float64 = multiply(x, 3.0)
        t.2: float64 = multiply(4.0, t.1)
        t.3: float64 = multiply(4.0, out_bar)
        x_bar: float64 = multiply(12.0, out_bar)
        return x_bar
    """
    simplifier = _Simplifier(program)
    while simplifier.changed:
        program = simplifier.run(program)
    return program


class _Simplifier:
    """Rewrites one equation, knowing how often each value is used."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.uses: Counter[Value] = Counter()
        self.changed = True
        self._made: list[tuple[Value, tuple[Atom, ...]]] = []
        """New values with what they are computed from, since the last look at `cotangents`."""
        self._block: dict[Value, int] = {}
        self._here = 0

    @cached_property
    def names(self) -> NameSupply:
        """New names beside those of the program."""
        return NameSupply.beside(self.program)

    @cached_property
    def cotangents(self) -> set[Value]:
        """The values that depend on the seed."""
        seeds = [parameter for parameter in self.program.body.parameters if parameter.name == self.program.seed]
        return set(varied_values(self.program, seeds))

    def _is_cotangent(self, atom: Atom) -> bool:
        for value, parts in self._made:
            if not self.cotangents.isdisjoint(part for part in parts if isinstance(part, Value)):
                self.cotangents.add(value)
        self._made.clear()
        return atom in self.cotangents

    def run(self, program: Program) -> Program:
        """Offer each equation once."""
        self.uses = count_uses(program.body)
        self._block = number_regions(program.body)
        self.changed = False
        return replace_equations(program, self.rewrite)

    def rewrite(self, equation: Equation, definitions: Definitions) -> Replacement:
        """What to put in the place of one equation of the adjoint, with what follows from that."""
        replacement: Replacement = None
        if equation.outputs:
            self._here = self._block.get(equation.outputs[0], 0)
        while equation.sweep == "backward" and (rule := _RULES.get(equation.primitive.name)) is not None:
            further = rule(self, equation, definitions)
            if further is None:
                break
            replacement, self.changed = further, True
            if not isinstance(further, Equation):
                break
            equation = further
        return replacement

    def _fresh(self, type: Type, hint: str | None, *parts: Atom) -> Value:
        """A new value, a cotangent if one of the parts it is computed from is."""
        value = Value(self.names.fresh(hint), type, hint)
        self._made.append((value, parts))
        self.uses[value], self._block[value] = 1, self._here
        return value

    def _only_used_here(self, atom: Atom, definitions: Definitions) -> Equation | None:
        """The equation of the backward sweep and of this region that defines an atom, if nothing else mentions that."""
        if not isinstance(atom, Value) or self.uses[atom] != 1 or self._block.get(atom) != self._here:
            return None
        inner = definitions.get(atom)
        return inner if inner is not None and inner.sweep == "backward" and len(inner.outputs) == 1 else None

    def multiply(self, equation: Equation, definitions: Definitions) -> Replacement:
        left, right = equation.inputs
        if isinstance(right, Literal) and not isinstance(left, Literal):
            left, right = right, left
        if self._starts_with_literal(right, definitions) and not self._starts_with_literal(left, definitions):
            left, right = right, left
        if isinstance(left, Literal) and isinstance(right, Value):
            if _is_one(left) and _is_like(right, equation):
                return right
            if _is_number(left) and left.value == -1 and self._is_floating(right):
                return _apply("negative", equation, right)
            inner = definitions.get(right)
            if inner is not None and inner.sweep == "backward":
                found = self._scaled(left, right, inner, equation, definitions)
                if found is not None:
                    return found
        if (left, right) != equation.inputs:
            return _apply("multiply", equation, left, right)
        return self._without_two_signs(equation, definitions)

    def _without_two_signs(self, equation: Equation, definitions: Definitions) -> Replacement:
        """`-a * -b` as `a * b`."""
        left, right = (self._negated(atom, definitions) for atom in equation.inputs)
        return None if left is None or right is None else _apply(equation.primitive.name, equation, left, right)

    def _starts_with_literal(self, atom: Atom, definitions: Definitions) -> bool:
        """Whether this is a literal, or a product that is written in place and starts with one: `3 * x`."""
        while isinstance(atom, Value) and self.uses[atom] == 1:
            inner = definitions.get(atom)
            if inner is None or inner.primitive.name != "multiply":
                return False
            atom = inner.inputs[0]
        return isinstance(atom, Literal)

    def _merged(
        self, factor: Literal, atom: Atom, definitions: Definitions
    ) -> tuple[tuple[Equation, ...], Atom] | None:
        """`factor * atom`, where `atom` is a product whose number takes the factor, or one with other axes."""
        inner = self._only_used_here(atom, definitions)
        if inner is None:
            return None
        match inner.primitive.name, inner.inputs:
            case "multiply", (Literal() as other, rest) if _is_exact(factor, other):
                inputs: tuple[Atom, ...] = (Literal(factor.value * other.value), rest)
                equations: tuple[Equation, ...] = ()
            case name, (first, *others) if name in _REARRANGING and (found := self._merged(factor, first, definitions)):
                equations, inputs = found[0], (found[1], *others)
            case _:
                return None
        fresh = self._fresh(inner.outputs[0].type, inner.outputs[0].hint, *inner.outputs)
        return (*equations, replace(inner, inputs=inputs, outputs=(fresh,))), fresh

    def _scaled(
        self, factor: Literal, operand: Value, inner: Equation, equation: Equation, definitions: Definitions
    ) -> Replacement:
        """`factor * operand`, where `operand` is itself a product or a negation."""
        match inner.primitive.name, inner.inputs:
            case "negative", (negated,) if _is_number(factor):
                return _apply("multiply", equation, Literal(-factor.value), negated)
            case name, (Value() as inside, *_) if name in _REARRANGING and (
                merged := self._merged(factor, inside, definitions)
            ):
                equations, first = merged
                return *equations, replace(inner, inputs=(first, *inner.inputs[1:]), **_place(equation))
            case "multiply", (Literal() as other, rest) if _is_exact(factor, other):
                return _apply("multiply", equation, Literal(factor.value * other.value), rest)
            case "multiply", (one, rest) if _is_power_of_two(factor) and self.uses[operand] == 1:
                if not isinstance(one, Value):
                    return None
                scaled = self._fresh(RULES["multiply"].primitive.infer(factor.type, one.type)[0], None, one)
                return (
                    replace(equation, inputs=(factor, one), outputs=(scaled,)),
                    _apply("multiply", equation, scaled, rest),
                )
        return None

    def add(self, equation: Equation, definitions: Definitions) -> Replacement:
        left, right = equation.inputs
        if left == right and isinstance(left, Value) and self._is_floating(left):
            return _apply("multiply", equation, Literal(2), left)
        if (negated := self._negated(right, definitions)) is not None:
            return _apply("subtract", equation, left, negated)
        if (negated := self._negated(left, definitions)) is not None:
            return _apply("subtract", equation, right, negated)
        return self._with_sign(equation, "subtract", definitions)

    def subtract(self, equation: Equation, definitions: Definitions) -> Replacement:
        left, right = equation.inputs
        if (negated := self._negated(right, definitions)) is not None:
            return _apply("add", equation, left, negated)
        return self._with_sign(equation, "add", definitions)

    def _is_floating(self, atom: Atom) -> bool:
        """Whether this is floating point: by its type, or because it is a cotangent."""
        if atom.type.dtype is not None:
            return atom.type.may_be_differentiable
        return self._is_cotangent(atom)

    def _with_sign(self, equation: Equation, opposite: str, definitions: Definitions) -> Replacement:
        """`a + -2 * x * y` as `a - 2 * x * y`."""
        left, right = equation.inputs
        flipped = self._flipped(right, definitions)
        if flipped is None:
            return None
        equations, product = flipped
        return *equations, _apply(opposite, equation, left, product)

    def _flipped(self, atom: Atom, definitions: Definitions) -> tuple[tuple[Equation, ...], Atom] | None:
        """The negative of what has a sign: of `-x`, of a negative number, of what is linear in such a thing."""
        if isinstance(atom, Literal):
            return ((), Literal(-atom.value)) if _is_number(atom) and math.copysign(1, atom.value) < 0 else None
        inner = self._only_used_here(atom, definitions)
        if inner is None:
            return None
        if inner.primitive.name == "negative":
            return ((), inner.inputs[0]) if self._is_floating(inner.inputs[0]) else None
        for position in _LINEAR.get(inner.primitive.name, ()):
            if inner.primitive.name == "multiply" and position == 1 and isinstance(inner.inputs[0], Literal):
                break
            flipped = self._flipped(inner.inputs[position], definitions)
            if flipped is not None:
                equations, operand = flipped
                inputs = tuple(operand if n == position else other for n, other in enumerate(inner.inputs))
                (output,) = inner.outputs
                fresh = self._fresh(output.type, output.hint, output)
                return (*equations, replace(inner, inputs=inputs, outputs=(fresh,))), fresh
        return None

    def _negated(self, atom: Atom, definitions: Definitions) -> Atom | None:
        """What `atom` is the negative of, if that is all it is used for."""
        inner = definitions.get(atom) if isinstance(atom, Value) and self.uses[atom] == 1 else None
        return inner.inputs[0] if inner is not None and inner.primitive.name == "negative" else None

    def sum(self, equation: Equation, definitions: Definitions) -> Replacement:
        """`np.sum(-x)` as `-np.sum(x)`, `np.sum(2 * x)` as `2 * np.sum(x)`."""
        (operand,) = equation.inputs
        inner = self._only_used_here(operand, definitions)
        if inner is None or not isinstance(operand, Value) or not self._is_floating(operand):
            return None
        match inner.primitive.name, inner.inputs:
            case "multiply", (Literal() as factor, rest) if _is_finite(factor) and self._is_floating(rest):
                if rest.type.shape != operand.type.shape or rest.type.dtype != operand.type.dtype:
                    return None
                total = self._fresh(equation.outputs[0].type, None, rest)
                return replace(equation, inputs=(rest,), outputs=(total,)), _apply("multiply", equation, factor, total)
            case (("negative" | "multiply" | "divide"), _) if flipped := self._flipped_whole(operand, definitions):
                equations, rest = flipped
                total = self._fresh(equation.outputs[0].type, None, rest)
                summed = replace(equation, inputs=(rest,), outputs=(total,))
                return *equations, summed, _apply("negative", equation, total)
        return None

    def _flipped_whole(self, atom: Value, definitions: Definitions) -> tuple[tuple[Equation, ...], Atom] | None:
        """The negative of what has a sign, if an array of the same shape is negated in it."""
        inside: Atom = atom
        while (inner := self._only_used_here(inside, definitions)) is not None and inside.type.shape == atom.type.shape:
            if inner.primitive.name == "negative":
                return self._flipped(atom, definitions)
            if inner.primitive.name not in ("multiply", "divide") or isinstance(inner.inputs[0], Literal):
                return None
            inside = inner.inputs[0]
        return None

    def negative(self, equation: Equation, definitions: Definitions) -> Replacement:
        (operand,) = equation.inputs
        inner = definitions.get(operand) if isinstance(operand, Value) else None
        match inner:
            case Equation(primitive=Primitive(name="negative"), inputs=(original,)):
                return original if _is_like(original, equation) else None
            case Equation(primitive=Primitive(name="multiply"), inputs=(Literal() as left, right), sweep="backward"):
                if _is_number(left):
                    return _apply("multiply", equation, Literal(-left.value), right)
        flipped = self._flipped(operand, definitions)
        if flipped is None or not flipped[0]:
            return None
        *equations, last = flipped[0]
        return *equations, replace(last, **_place(equation))

    def divide(self, equation: Equation, definitions: Definitions) -> Replacement:
        left, right = equation.inputs
        if _is_one(right) and _is_like(left, equation) and self._is_floating(left):
            return left
        return self._without_two_signs(equation, definitions)

    def power(self, equation: Equation, definitions: Definitions) -> Replacement:
        base, exponent = equation.inputs
        return base if _is_one(exponent) and _is_like(base, equation) else None


_RULES: dict[str, Callable[[_Simplifier, Equation, Definitions], Replacement]] = {
    "multiply": _Simplifier.multiply,
    "add": _Simplifier.add,
    "subtract": _Simplifier.subtract,
    "negative": _Simplifier.negative,
    "sum": _Simplifier.sum,
    "divide": _Simplifier.divide,
    "power": _Simplifier.power,
}


_REARRANGING = ("expand_dims", "transpose", "swapaxes", "moveaxis", "reshape", "squeeze")

_LINEAR: dict[str, tuple[int, ...]] = {
    "multiply": (0, 1),
    "divide": (0, 1),
    "matmul": (0, 1),
    "sum": (0,),
    **dict.fromkeys(_REARRANGING, (0,)),
}
"""Functions that turn the sign when one of these operands turns its own, to the last bit."""


def _place(equation: Equation) -> dict[str, Any]:
    """What makes another equation stand in the place of this one."""
    return {"outputs": equation.outputs, "span": equation.span, "sweep": equation.sweep}


def _apply(name: str, equation: Equation, *inputs: Atom) -> Equation:
    return Equation(RULES[name].primitive, inputs, equation.outputs, (), (), equation.span, equation.sweep)


def _is_number(atom: Atom) -> bool:
    return isinstance(atom, Literal) and type(atom.value) in (int, float)


def _is_finite(atom: Atom) -> bool:
    """Whether this is a number by which a sum can be multiplied instead of its terms: neither zero nor infinite."""
    return isinstance(atom, Literal) and _is_number(atom) and math.isfinite(atom.value) and atom.value != 0


def _is_one(atom: Atom) -> bool:
    return isinstance(atom, Literal) and type(atom.value) in (int, float) and atom.value == 1


def _is_like(atom: Atom, equation: Equation) -> bool:
    """Whether using `atom` in place of the equation's result changes neither shape nor dtype nor kind."""
    one, other = atom.type, equation.outputs[0].type
    same = (one.kind, one.shape, one.dtype) == (other.kind, other.shape, other.dtype)
    return same and one.dtype is not None and one.may_be_differentiable


def _is_power_of_two(literal: Literal) -> bool:
    return _is_number(literal) and literal.value != 0 and math.frexp(abs(literal.value))[0] == 0.5


def _is_exact(one: Literal, other: Literal) -> bool:
    """Whether `one * (other * x)` is `(one * other) * x` to the last bit."""
    if not (_is_number(one) and _is_number(other)):
        return False
    return _is_power_of_two(one) or _is_power_of_two(other)
