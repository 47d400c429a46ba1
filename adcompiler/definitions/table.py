"""Functions of libraries that are said in terms of others: which, and how.

A definition is a plain function with the name and parameters of the library's own, as far as they are supported. A
program that calls the library's function is read as if the definition stood there, and the tape runs it on its
operands: so both modes and all orders follow from the parts. What it may ask while it is read: ranks, None, and
parameters that are known before the program runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, signature
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

    @cached_property
    def _parameters(self) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]] | None:
        """Those of the library's function and of the definition; None where one takes any number, or is not known."""
        try:
            both = signature(self.function), signature(self.definition)
        except (TypeError, ValueError):
            return None
        library, own = (tuple(each.parameters.values()) for each in both)
        return None if any(p.kind is p.VAR_POSITIONAL for p in (*library, *own)) else (library, own)

    def arranged(
        self,
        arguments: Sequence[Any],
        keywords: Mapping[str, Any],
        constant: Callable[[Any], Any] = lambda value: value,
    ) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call as the definition takes them, which may lack parameters of the library's function.

        Parameters
        ----------
        arguments, keywords
            Those of the call, in the order of the library's parameters.
        constant : callable
            The value of an argument, as far as it is known.

        Raises
        ------
        TypeError
            A parameter that the definition lacks is given another value than its default.
        """
        if self._parameters is None:
            return list(arguments), dict(keywords)
        library, own = self._parameters
        theirs, ours = ({p.name: p for p in parameters} for parameters in (library, own))
        in_order, own_order = ([p for p in each if p.kind < p.VAR_POSITIONAL] for each in (library, own))
        takes_any = any(p.kind is p.VAR_KEYWORD for p in own)
        first: list[Any] = []
        named: dict[str, Any] = {}
        for number, argument in enumerate(arguments):
            if number >= len(in_order):
                raise TypeError(f"`{self.function.__name__}` takes {len(in_order)} arguments, not {len(arguments)}")
            name = in_order[number].name
            here = own_order[number].name if number < len(own_order) else None
            if name not in ours and here is not None and here not in theirs:
                name = here  # the same under another name
            if name in ours and name == here and len(first) == number:
                first.append(argument)
            elif name in ours:
                named[name] = argument
            else:
                _require_default(theirs[name], constant(argument))
        for name, argument in keywords.items():
            if name in ours or takes_any or name not in theirs:
                named[name] = argument
            else:
                _require_default(theirs[name], constant(argument))
        return first, named


_WITHOUT_EFFECT = ("check_finite", "workers")
"""Parameters that say how something is computed or checked, and not what."""


def _require_default(parameter: Parameter, value: Any) -> None:
    default = parameter.default
    is_same = value is default or (type(value) is type(default) and isinstance(value, int | float | str))
    if parameter.name not in _WITHOUT_EFFECT and not (is_same and value == default):
        raise TypeError(f"`{parameter.name}=` is not supported")


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
