"""Gradients of complex tensors, in PyTorch's convention: the conjugate of that of the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adcompiler.rules.complex_numbers import ASK_FOR_DTYPE, COMPLEX_COEFFICIENTS, HOLD_FOR_COMPLEX, conjugate
from adcompiler.rules.rule import Rule


def pull_complex(
    rule: Rule,
    pullback: Callable[..., Any],
    g: Any,
    result: Any,
    operands: Sequence[Any],
    static: Mapping[str, Any],
) -> Any:
    """The cotangent of a complex operand: of a holomorphic function, `g * conj(f'(x))`.

    Raises
    ------
    NotImplementedError
        It is not known whether the rule holds for complex numbers.
    """
    name = rule.primitive.name
    if name not in HOLD_FOR_COMPLEX:
        raise NotImplementedError(f"the derivative of `{name}` is not known for complex tensors")
    if name in ASK_FOR_DTYPE or name in COMPLEX_COEFFICIENTS:
        bar = pullback(_conjugates(g), result, *operands, **static)
        return None if bar is None else conjugate(bar)
    # With real coefficients that is the rule at the conjugate operands, which leaves the sign of zeros in g alone.
    return pullback(g, *map(conjugate, (result, *operands)), **static)


def _conjugates(g: Any) -> Any:
    """The conjugate of a cotangent, or of each of several that is there."""
    if isinstance(g, tuple):
        return tuple(None if part is None else conjugate(part) for part in g)
    return conjugate(g)
