"""Functions of libraries that are said in terms of others: which, and how.

A definition is a plain function with the name and parameters of the library's own, as far as they are supported. A
program that calls the library's function is read as if the definition stood there, and the tape runs it on its
operands: so both modes and all orders follow from the parts. What it may ask while it is read: ranks, None, and
parameters that are known before the program runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MethodType
from typing import Any

from adcompiler.rules.optional import OptionalParts


@dataclass(frozen=True, eq=False)
class Definition:
    """A function of a library in terms of others.

    Parameters
    ----------
    function : callable
        The library's.
    definition : callable
        Means the same.
    spelling : str
        What users call it.
    at : tuple
        The points at which it is tested, as those of a `Rule`.
    takes_arrays : bool
        Whether each tuple or list among its arguments stands for an array.
    """

    function: Callable[..., Any]
    definition: Callable[..., Any]
    spelling: str
    at: tuple[Any, ...] = ()
    takes_arrays: bool = False


DEFINITIONS: dict[Callable[..., Any], Definition] = {}
"""Every definition, by the function that it defines."""

_OF_CLASSES: dict[tuple[Any, ...], Definition] = {}
"""Those of methods, by the class and the name of what they are bound to."""

OPTIONAL = OptionalParts(
    {
        "scipy.fft": ("adcompiler.definitions.scipy_fft",),
        "scipy.integrate": ("adcompiler.definitions.scipy_integrate",),
        "scipy.interpolate": ("adcompiler.definitions.scipy_interpolate",),
        "scipy.ndimage": ("adcompiler.definitions.scipy_ndimage",),
        "scipy.linalg": ("adcompiler.definitions.scipy_linalg",),
        "scipy.sparse.linalg": ("adcompiler.definitions.scipy_sparse",),
        "scipy.signal": ("adcompiler.definitions.scipy_signal",),
        "scipy.optimize": ("adcompiler.definitions.scipy_optimize",),
        "scipy.special": ("adcompiler.definitions.scipy_special",),
        "scipy.stats": ("adcompiler.definitions.scipy_stats",),
    }
)
"""Families of definitions of packages that need not be installed."""


def define(
    function: Callable[..., Any],
    definition: Callable[..., Any],
    *,
    at: Iterable[Any] = (),
    spelling: str | None = None,
    aliases: Iterable[Callable[..., Any]] = (),
    takes_arrays: bool = False,
) -> None:
    """Say a function of a library in terms of others; see `Definition`."""
    entry = Definition(function, definition, spelling or _spelling_of(function), tuple(at), takes_arrays)
    for name in (function, *aliases):
        assert name not in DEFINITIONS, f"two definitions of {name}"
        DEFINITIONS[name] = entry
        if (place := _place_of(name)) is not None:
            _OF_CLASSES[place] = entry


def definition_of(function: Any) -> Definition | None:
    """The definition of a function, or None."""
    try:
        found = DEFINITIONS.get(function)
    except TypeError:  # not hashable, hence not a library's function
        return None
    if found is None and OPTIONAL.load():
        return definition_of(function)
    if found is None and (place := _place_of(function)) is not None:
        return _OF_CLASSES.get(place)
    return found


def _place_of(method: Any) -> tuple[Any, ...] | None:
    """What a method of a named object (a distribution, and its support) has in common with that of a copy of it."""
    owner = getattr(method, "__self__", None)
    if not isinstance(method, MethodType) or not isinstance(getattr(owner, "name", None), str):
        return None
    return (type(owner), method.__name__, *(getattr(owner, part, None) for part in ("name", "a", "b")))


def _spelling_of(function: Callable[..., Any]) -> str:
    module = (getattr(function, "__module__", None) or "numpy").replace("numpy", "np", 1)
    return f"{module}.{function.__name__}"
