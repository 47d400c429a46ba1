"""Values that a file states: literals, and the defaults of parameters."""

from __future__ import annotations

from typing import Any

import gast


def default_nodes(node: Any) -> dict[str, Any]:
    """The expressions of the defaults, by parameter."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    pairs += [
        (argument, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    ]
    return {argument.id: default for argument, default in pairs}


def literal_value(node: Any) -> Any:
    """The value of a literal expression: a constant, a negated one, a tuple of such.

    Raises
    ------
    ValueError
        It is not a literal.
    """
    match node:
        case gast.Constant(value=value):
            return value
        case gast.UnaryOp(op=gast.USub(), operand=operand):
            return -literal_value(operand)
        case gast.Tuple(elts=elements):
            return tuple(literal_value(element) for element in elements)
    raise ValueError("not a literal")
