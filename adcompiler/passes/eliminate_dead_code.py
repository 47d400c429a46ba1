"""Dead code elimination."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.nodes import Program


def eliminate_dead_code(program: Program) -> Program:
    """Remove what neither the result nor an effect needs, within loops and branches too.

    The loop of a program that is linear in its inputs disappears from its gradient this way.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x, n):
    ...     y = x
    ...     for i in range(n):
    ...         y = np.exp(y)
    ...     return x * 2
    ... '''
    >>> show_pass(eliminate_dead_code, text, x="float64", n="int")
    program f(x: float64, n: int64*):
        t.4: float64 = multiply(x, 2)
        return t.4
    """
    return replace(program, body=without_dead_code(program.body))
