"""Programs from text, and what a pass makes of them: for docstrings and tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from adcompiler.frontend.lower import lower
from adcompiler.frontend.parse import parse_text
from adcompiler.frontend.static_scope import StaticScope
from adcompiler.ir.nodes import Program
from adcompiler.ir.print import format_program
from adcompiler.signature import given_types
from adcompiler.transform.reverse import reverse


def read_program(text: str, **types: str) -> Program:
    """The program of the one function defined in `text`, with `np` and `math` in scope.

    Parameters
    ----------
    text : str
    **types
        Types of its parameters, as text (`"float64[n, 3]"`); nothing is known of those left out.
    """
    scope = StaticScope(parse_text("<text>", f"import math\nimport numpy as np\n{text}"), Path())
    for statement in scope.text.tree.body:
        scope.bind(statement)
    source = scope.function(scope.text.tree.body[-1])
    return lower(source, given_types(source.parameters, types, {})).program


def show_pass(transform: Callable[[Program], Program], text: str, *, gradient: bool = False, **types: str) -> None:
    """Print what a pass makes of the function in `text`, or of its gradient in all floating-point parameters."""
    program = read_program(text, **types)
    if gradient:
        program = reverse(program, (0,), as_tuple=False)
    print(format_program(transform(program)))
