"""Dead code elimination."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.nodes import Program


def eliminate_dead_code(program: Program) -> Program:
    """Remove what neither the result nor an effect needs, within loops and branches too.

    The loop of a program that is linear in its inputs disappears from its gradient this way.
    """
    return replace(program, body=without_dead_code(program.body))
