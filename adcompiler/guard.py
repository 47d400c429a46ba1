"""A test whether a call is like the latest one, written out: small functions feel it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.structure import argument_packing, attributes_of


def exact_guard(arguments: tuple[Any, ...]) -> Callable[..., bool]:
    """A test whether later arguments are like these to the dtype and length; it fails where that takes more to say.

    It is written out for these arguments, which costs a tenth of what a loop over them would: 0.1 µs an array.
    """
    writer = _Writer()
    names = [f"x{number}" for number in range(len(arguments))]
    for name, argument in zip(names, arguments, strict=True):
        writer.require(name, argument)
    text = f"lambda {', '.join(names)}: {' and '.join(writer.tests) or 'True'}"
    guard: Callable[..., bool] = eval(text, writer.namespace)
    return guard


class _Writer:
    """Collects the tests, and what they compare with."""

    def __init__(self) -> None:
        self.tests: list[str] = []
        self.namespace: dict[str, Any] = {"ndarray": np.ndarray}

    def require(self, expression: str, value: Any) -> None:
        """Add the tests whether what is found there later serves as this value does."""
        if type(value) is np.ndarray:
            shape, dtype = self._known(value.shape), self._known(value.dtype)
            self.tests.append(f"{expression}.__class__ is ndarray")
            self.tests.append(f"{expression}.shape == {shape} and {expression}.dtype is {dtype}")
        elif type(value) in (int, float):
            self.tests.append(f"{expression}.__class__ is {type(value).__name__}")
        elif isinstance(value, np.generic):
            self.tests.append(f"{expression}.__class__ is {self._known(type(value))}")
        elif value is None or isinstance(value, bool):
            self.tests.append(f"{expression} is {value}")
        elif type(value) is str:
            self.tests.append(f"{expression}.__class__ is str and {expression} == {self._known(value)}")
        else:
            self._require_structure(expression, value)

    def _require_structure(self, expression: str, value: Any) -> None:
        packing = argument_packing(value)
        is_constant = type(value) is tuple and any(type(part) is int for part in value)  # known by its value
        if packing is None or is_constant or (packing.is_object and not _is_plain(value)):
            self.tests.append("False")
            return
        self.tests.append(f"{expression}.__class__ is {self._known(packing.kind)}")
        if packing.is_object:
            self.tests.append(f"[*{expression}.__dict__] == {self._known(list(packing.keys or ()))}")
        elif packing.is_named:
            pass  # the class says how many there are
        elif packing.keys is None:
            self.tests.append(f"len({expression}) == {len(value)}")
        else:
            self.tests.append(f"[*{expression}] == {self._known(list(packing.keys))}")
        for number, part in enumerate(packing.parts(value)):
            self.require(f"{expression}{packing.access(number)}", part)

    def _known(self, value: Any) -> str:
        name = f"known{len(self.namespace)}"
        self.namespace[name] = value
        return name


def _is_plain(value: Any) -> bool:
    """Whether all attributes of an object stand in its `__dict__`."""
    return attributes_of(value) == tuple(getattr(value, "__dict__", ()))
