"""Structures for the tests: their leaves one by one, without the code that is tested."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import numpy as np

Path = tuple[Any, ...]


def parts_of(value: Any) -> dict[Any, Any] | None:
    """The parts of a structure by position, key or attribute; None for a leaf."""
    if isinstance(value, dict):
        return value
    if isinstance(value, tuple | list):
        return dict(enumerate(value))
    if isinstance(value, bool | int | float | complex | str | np.ndarray | np.generic | FunctionType | None):
        return None
    slots = [name for base in type(value).__mro__ for name in base.__dict__.get("__slots__", ())]
    names = [*(name for name in slots if hasattr(value, name)), *getattr(value, "__dict__", ())]
    return {name: getattr(value, name) for name in names if not name.startswith("__")}


def leaves_with_paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every leaf, with the keys on the way to it."""
    parts = parts_of(value)
    if parts is None:
        yield path, value
    else:
        for key, part in parts.items():
            yield from leaves_with_paths(part, (*path, key))


def with_leaf(value: Any, path: Path, leaf: Any) -> Any:
    """A copy of a structure with another leaf at the end of a path."""
    if not path:
        return leaf
    key, *rest = path
    if isinstance(value, tuple):
        items = [with_leaf(item, tuple(rest), leaf) if n == key else item for n, item in enumerate(value)]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    changed = copy.copy(value)
    if isinstance(value, dict | list):
        changed[key] = with_leaf(value[key], tuple(rest), leaf)
    else:
        object.__setattr__(changed, key, with_leaf(getattr(value, key), tuple(rest), leaf))
    return changed


def is_floating(leaf: Any) -> bool:
    """Whether a leaf is differentiated for."""
    return not isinstance(leaf, bool | int | str | None) and np.asarray(leaf).dtype.kind == "f"


def differences(function: Callable[..., Any], arguments: tuple[Any, ...], position: int, step: float = 1e-6) -> Any:
    """The gradient of a scalar function for one argument, in its structure, by central differences."""
    result = arguments[position]
    for path, leaf in leaves_with_paths(arguments[position]):
        if not is_floating(leaf):
            result = with_leaf(result, path, None)
            continue
        gradient = np.zeros(np.shape(leaf))
        for index in np.ndindex(gradient.shape):
            values = []
            for shift in (step, -step):
                moved = np.array(leaf, dtype=float)
                moved[index] += shift
                given = list(copy.deepcopy(arguments))
                given[position] = with_leaf(given[position], path, moved if isinstance(leaf, np.ndarray) else moved[()])
                values.append(float(function(*given)))
            gradient[index] = (values[0] - values[1]) / (2 * step)
        result = with_leaf(result, path, gradient)
    return result


def assert_alike(found: Any, expected: Any, *, rtol: float = 2e-6, atol: float = 2e-6) -> None:
    """Two structures have the same classes, keys, shapes and values."""
    parts, wanted = parts_of(found), parts_of(expected)
    if wanted is None:
        assert parts is None, f"{found!r} instead of {expected!r}"
        if isinstance(expected, str | FunctionType | None):
            assert found is expected or found == expected
            return
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol)
        return
    assert type(found) is type(expected)
    assert parts is not None
    assert list(parts) == list(wanted)
    for key, part in parts.items():
        assert_alike(part, wanted[key], rtol=rtol, atol=atol)
