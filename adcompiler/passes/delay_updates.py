"""Where in a statement's adjoint an array is written into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adcompiler.ir.nodes import Equation, Program, Region, Value, free_values, walk
from adcompiler.ir.rewrite import region_with, with_regions


def delay_updates(program: Program) -> Program:
    """Write into an array after the parts of it that the same statement's adjoint reads have been used.

    The adjoint of `A[1:-1] = v` reads `A_bar[1:-1]` and clears it. Cleared last, what was read need not be copied.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x):
    ...     x[1:] = np.sin(x[:-1])
    ...     return x
    ... '''
    >>> show_pass(delay_updates, text, gradient=True, x="float64[n]")  # doctest: +ELLIPSIS
    program grad_f(x: float64[n], x_bar: float64[n]):
    ...
        t.3: float64[n-1] = getitem(x_bar, index=(slice(1, None, None),))
        t.5: float64[n-1] = cos(t.1)
        t.6: float64[n-1] = multiply(t.3, t.5)
        x_bar.2: float64[n] = setitem(x_bar, 0.0, index=(slice(1, None, None),))
        x_bar.3: float64[n] = additem(x_bar.2, t.6, index=(slice(None, -1, None),))
        return x_bar.3
    """
    if not any(equation.primitive.updates for equation in walk(program.body)):
        return program
    return replace(program, body=_delay(program.body))


def _delay(region: Region) -> Region:
    equations = [with_regions(equation, [_delay(inner) for inner in equation.regions]) for equation in region.equations]
    for position in range(len(equations) - 1, -1, -1):
        update = equations[position]
        if update.primitive.updates and update.sweep == "backward":
            later = _latest_position(equations, position)
            if later > position and _reads_a_part(
                equations[: position + 1], equations[position + 1 : later + 1], update
            ):
                equations.insert(later, equations.pop(position))
    return region_with(region, equations)


def _latest_position(equations: Sequence[Equation], position: int) -> int:
    """How far an equation can move down without leaving its statement or passing a use of its result."""
    moved = equations[position]
    later = position
    while later + 1 < len(equations):
        following = equations[later + 1]
        if _statement(following) != _statement(moved) or _mentions(following, moved.outputs[0]):
            break
        later += 1
    return later


def _statement(equation: Equation) -> tuple[str, int] | None:
    return (equation.span.statement, equation.span.line) if equation.span is not None else None


def _mentions(equation: Equation, value: Value) -> bool:
    return value in equation.inputs or any(value in free_values(region) for region in equation.regions)


def _reads_a_part(before: Sequence[Equation], between: Sequence[Equation], update: Equation) -> bool:
    """Whether equations in between use a view of the array that `update` writes into."""
    views = {update.inputs[0]}
    for equation in before:
        if equation.primitive.views and equation.inputs and equation.inputs[0] in views:
            views.update(equation.outputs)
    views.discard(update.inputs[0])
    return any(_mentions(equation, view) for equation in between for view in views if isinstance(view, Value))
