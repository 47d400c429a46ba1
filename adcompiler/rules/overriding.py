"""Calls that an operand takes over: symbolic values, tensors and dual arrays, by NumPy's own protocol.

Apart from the table because functions need this that have no rule: definitions, and what `runtime` holds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def overridable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let an operand take over a call of `function`, by the protocol by which it takes over NumPy's functions.

    Rules call our own functions (`unbroadcast`, `setitem`) on arrays, on symbolic values and on tensors.
    """

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        return call_overridden(call, arguments, keywords, function)

    return call


def call_overridden(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
    otherwise: Callable[..., Any] | None = None,
) -> Any:
    """Let an argument take over a call of `function`; without such an argument, call `otherwise`, or itself."""
    for argument in arguments:
        override = getattr(type(argument), "__array_function__", None)
        if override is not None and override is not np.ndarray.__array_function__:
            return override(argument, function, (type(argument),), arguments, keywords)
    return (otherwise or function)(*arguments, **keywords)
