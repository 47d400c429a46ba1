"""Items of lists that are zero only until something is added."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Value, walk
from adcompiler.ir.rewrite import Definitions, count_uses, replace_equations


def fill_items(program: Program) -> Program:
    """Put a cotangent into a list at once, where a zero was put there to add it to.

    The adjoint of `x = xs.pop()` is `xs_bar.append(0.0)` and `xs_bar[-1] += x_bar`.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x, n):
    ...     xs = [x]
    ...     for i in range(n):
    ...         y = xs.pop()
    ...         xs.append(np.sin(y))
    ...         xs.append(y)
    ...     return xs.pop()
    ... '''
    >>> show_pass(fill_items, text, gradient=True, x="float64", n="int")  # doctest: +ELLIPSIS
    program grad_f(x: float64, n: int64*, out_bar: float64):
    ...
            y_bar.2: float64 = add(y_bar, t.14)
            xs_bar.6: list(float64) = append(xs_bar.5, 0.0)
            xs_bar.7: list(float64) = append(xs_bar.5, y_bar.2)
            yield xs_bar.7
    ...
    """
    if not any(equation.primitive.name == "additem" for equation in walk(program.body)):
        return program
    uses = count_uses(program.body)

    def fill(equation: Equation, definitions: Definitions) -> Equation | None:
        if equation.primitive.name != "additem" or equation.inputs[0].type.kind != "list":
            return None
        xs, item, *slots = equation.inputs
        made = definitions.get(xs) if isinstance(xs, Value) and uses[xs] == 1 else None
        if made is None or slots:
            return None
        place = equation.parameters["index"]
        if place == (-1,) and made.primitive.name == "append" and _is_zero_like(made.inputs[1], item, definitions):
            return replace(equation, primitive=made.primitive, inputs=(made.inputs[0], item), static=())
        return None

    return replace_equations(program, fill)


def _is_zero_like(zero: Atom, item: Atom, definitions: Definitions) -> bool:
    """Whether this is zero, of the shape and dtype of an item."""
    if isinstance(zero, Literal):
        return zero == Literal(0.0) and item.type.kind == "scalar"
    made = definitions.get(zero)
    is_zero = made is not None and made.primitive.name in ("zeros", "zeros_like")
    return is_zero and zero.type == item.type
