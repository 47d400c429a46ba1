"""Products that are added to one part of a cotangent and subtracted from another: multiplied once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Equation, Literal, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, rebuilt, region_with, renewed, with_regions
from adcompiler.rules.table import RULES


def subtract_products(program: Program) -> Program:
    """Subtract a product that is added elsewhere, instead of adding its negative, which would be multiplied as well.

    `y_bar[1:] += 0.5 * g; y_bar[:-1] += -0.5 * g` becomes `t = 0.5 * g; y_bar[1:] += t; y_bar[:-1] -= t`: a sign is
    carried through a product exactly, and costs nothing in a subtraction.

    Examples
    --------
    >>> from adcompiler.passes.pipeline import CLEAN, run
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x):
    ...     x[1:-1] -= 0.7 * (x[2:] - x[:-2])
    ...     return np.sum(x * x)
    ... '''
    >>> show_pass(lambda p: subtract_products(run(CLEAN, p)), text, x="float64[n]", gradient=True)  # doctest: +ELLIPSIS
    program grad_f(x: float64[n], out_bar: float64):
    ...
        t.14: float64[n-2] = multiply(0.7, t.11)
        x_bar.2: float64[n] = additem(x_bar, t.14, index=(slice(None, -2, None),))
        t.16: float64[n-2] = negative(t.14)
        x_bar.3: float64[n] = additem(x_bar.2, t.16, index=(slice(2, None, None),))
        return x_bar.3
    """
    equations = list(walk(program.body))
    added = Counter(
        equation.inputs[1]
        for equation in equations
        if equation.primitive.name == "additem" and equation.inputs[0].type.kind == "array"
    )
    if not any(_factor(equation) is not None and equation.outputs[0] in added for equation in equations):
        return program
    uses = count_uses(program.body)
    only_added = {value for value, count in added.items() if isinstance(value, Value) and uses[value] == count}
    negated: dict[Value, Value] = {}
    body = _with_products_first(program.body, only_added, negated)
    if not negated:
        return program
    return replace(program, body=_subtracting(body, negated, NameSupply.beside(program)))


def _factor(equation: Equation) -> float | None:
    """The number that a product in the backward sweep has as its one constant factor."""
    if equation.primitive.name != "multiply" or equation.sweep != "backward" or equation.static:
        return None
    factors = [atom.value for atom in equation.inputs if isinstance(atom, Literal)]
    is_number = len(factors) == 1 and type(factors[0]) in (int, float) and factors[0] != 0
    return factors[0] if is_number else None


def _with_products_first(region: Region, only_added: set[Value], negated: dict[Value, Value]) -> Region:
    """A region without negatives that are only added; `negated` learns of which product each is the negative."""
    equations: list[Equation | None] = [
        with_regions(equation, [_with_products_first(inner, only_added, negated) for inner in equation.regions])
        for equation in region.equations
    ]
    groups: dict[object, list[int]] = {}
    for position, equation in enumerate(region.equations):
        if (factor := _factor(equation)) is not None:
            key = tuple(Literal(abs(factor)) if isinstance(atom, Literal) else atom for atom in equation.inputs)
            groups.setdefault(key, []).append(position)
    for positions in groups.values():
        members = [region.equations[position] for position in positions]
        positive = next((member for member in members if (_factor(member) or 0) > 0), None)
        negative = [m for m in members if (_factor(m) or 0) < 0 and m.outputs[0] in only_added]
        if positive is None or not negative:
            continue
        for position, member in zip(positions, members, strict=True):
            if member is positive or member in negative:
                equations[position] = None
        first = next(p for p, member in zip(positions, members, strict=True) if equations[p] is None)
        equations[first] = positive
        negated.update((member.outputs[0], positive.outputs[0]) for member in negative)
    return region_with(region, [equation for equation in equations if equation is not None])


def _subtracting(region: Region, negated: dict[Value, Value], names: NameSupply) -> Region:
    """A region in which the negative of a product is written where it is added."""
    equations: list[Equation] = []
    for equation in region.equations:
        if equation.regions:
            equation = with_regions(equation, [_subtracting(inner, negated, names) for inner in equation.regions])
        elif equation.primitive.name == "additem" and equation.inputs[1] in negated:
            array, value, *slots = equation.inputs
            assert isinstance(value, Value)
            negative = renewed(value, names)
            product = negated[value]
            equations.append(
                Equation(RULES["negative"].primitive, (product,), (negative,), span=equation.span, sweep="backward")
            )
            equation = rebuilt(equation, inputs=(array, negative, *slots))
        equations.append(equation)
    return region_with(region, equations)
