"""What the arguments of a call must be: known to the compiler, floating point where asked, and each its own memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from adcompiler.ir.structure import Path, Structure, at_path, leaves, spell, structures_in
from adcompiler.ir.types import Parameter, Type
from adcompiler.values import describe


def unsupported_argument(function: Callable[..., Any], names: tuple[str, ...], arguments: tuple[Any, ...]) -> TypeError:
    """The error for an argument that has no summary."""
    for name, argument in zip(names, arguments, strict=True):
        try:
            describe(argument)
        except TypeError as error:
            return TypeError(
                f"`{function.__name__}`: the argument `{name}` is {error}; "
                "arguments are numbers, arrays, structures of these, or hashable values known at compile time"
            )
    raise AssertionError("every argument is supported")


def require_floating(function: Callable[..., Any], name: str, known: Parameter, value: Any) -> None:
    """Refuse an argument that is to be differentiated for and cannot be; a structure may be empty.

    Raises
    ------
    TypeError
        There is no floating-point number in it.
    """
    if isinstance(known, Structure):
        found = list(leaves(known))
        if not found or any(isinstance(leaf, Type) and leaf.may_be_differentiable for leaf in found):
            return
        raise TypeError(
            f"`{function.__name__}` is differentiated for `{name}`, which holds no floating-point number or array"
        )
    if isinstance(known, Type) and known.dtype is not None and known.may_be_differentiable:
        return
    kind = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"{type(value).__name__} {value!r}"
    raise TypeError(
        f"`{function.__name__}` is differentiated for `{name}`, which must be a floating-point number or array, "
        f"not {kind}"
    )


def refuse_shared_memory(
    function: Callable[..., Any], mutated: Iterable[str], inputs: Mapping[str, Any], places: Mapping[str, str]
) -> None:
    """Refuse an array that the function changes in place if another that it sees shares its memory.

    Raises
    ------
    ValueError
        Python would show the change in both.
    """
    arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray)}
    for name in sorted(set(mutated) & arrays.keys()):
        for other, value in arrays.items():
            if other != name and np.shares_memory(arrays[name], value):
                raise ValueError(
                    f"`{function.__name__}` changes `{places.get(name, name)}` in place, and "
                    f"`{places.get(other, other)}` shares its memory: pass a copy"
                )


def refuse_shared_objects(
    function: Callable[..., Any], changed: Iterable[tuple[str, Path]], arguments: Mapping[str, Any]
) -> None:
    """Refuse a list, dict or object that the function changes if it is passed in two places.

    Raises
    ------
    ValueError
        Python would show the change in both.
    """
    held = [(name, path, inner) for name, value in arguments.items() for path, inner in structures_in(value)]
    for name, path in changed:
        one = at_path(arguments[name], path)
        for other, place, inner in held:
            if inner is one and (other, place) != (name, path):
                raise ValueError(
                    f"`{function.__name__}` changes `{spell(name, path)}`, which is `{spell(other, place)}` too: "
                    "pass a copy"
                )
