"""The table of kernels: each a function as its author would write it, with arguments to run it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Initialise = Callable[[np.random.Generator], tuple[Any, ...]]


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel, its arguments, and what of it is differentiated.

    Parameters
    ----------
    function : callable
    initialise : callable
        Makes its arguments, at a small size.
    of : tuple of str
        The arguments that it writes and whose final contents are differentiated; none for its result.
    wrt : tuple of str, optional
        The arguments it is differentiated for: all floating-point and complex ones, if not given.
    """

    function: Callable[..., Any]
    initialise: Initialise
    of: tuple[str, ...] = ()
    wrt: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__


KERNELS: dict[str, Kernel] = {}


def kernel(
    initialise: Initialise, *, of: str | tuple[str, ...] = (), wrt: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        assert function.__name__ not in KERNELS
        KERNELS[function.__name__] = Kernel(function, initialise, (of,) if isinstance(of, str) else of, wrt)
        return function

    return enter
