"""Tests whether code serves a call, written out as Python: small functions feel them.

A loop over the arguments would cost ten times what these do: 0.1 µs an array.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from adcompiler.frontend.lower import KnownName
from adcompiler.frontend.places import Place
from adcompiler.frontend.scope import is_fixed
from adcompiler.ir.structure import Packing, Path, argument_packing, at_path, attributes_of
from adcompiler.values import describe, summary

UNLIKE = object()
"""What a written call returns that does not serve its arguments."""


RAISED_BY_NUMBERS = (ArithmeticError, ValueError)
"""What Python's numbers raise where NumPy's would be infinite or NaN."""


class Guard:
    """Collects tests of a call's arguments `x0`, `x1`, … and of what lies outside, and what they compare with."""

    def __init__(self) -> None:
        self.tests: list[str] = []
        self.namespace: dict[str, Any] = {"ndarray": np.ndarray, "unlike": UNLIKE}
        self._names: dict[int, str] = {}

    def known(self, value: Any) -> str:
        """A name for an object."""
        if id(value) not in self._names:
            self._names[id(value)] = name = f"known{len(self.namespace)}"
            self.namespace[name] = value
        return self._names[id(value)]

    # Arguments

    def require_like(self, expression: str, value: Any) -> None:
        """What is found there must be like this to the dtype and length; it fails where that takes more to say."""
        if type(value) is np.ndarray:
            shape, dtype = self.known(value.shape), self.known(value.dtype)
            self.tests.append(f"{expression}.__class__ is ndarray")
            self.tests.append(f"{expression}.shape == {shape} and {expression}.dtype is {dtype}")
        elif type(value) in (int, float):
            self.tests.append(f"{expression}.__class__ is {type(value).__name__}")
        elif isinstance(value, np.generic):
            self.tests.append(f"{expression}.__class__ is {self.known(type(value))}")
        elif value is None or isinstance(value, bool):
            self.tests.append(f"{expression} is {value}")
        elif type(value) is str:
            self.tests.append(f"{expression}.__class__ is str and {expression} == {self.known(value)}")
        else:
            self._require_structure(expression, value)

    def _require_structure(self, expression: str, value: Any) -> None:
        packing = argument_packing(value)
        is_constant = type(value) is tuple and any(type(part) is int for part in value)  # known by its value
        if packing is None or is_constant or (packing.is_object and not _is_plain(value)) or not _is_written(packing):
            if isinstance(value, FunctionType | BuiltinFunctionType | type | np.ufunc):
                self.tests.append(f"{expression} is {self.known(value)}")
            else:
                self.tests.append(self._is_described(expression, value))
            return
        self.tests.append(f"{expression}.__class__ is {self.known(packing.kind)}")
        if packing.is_object:
            self.tests.append(f"[*{expression}.__dict__] == {self.known(list(packing.keys or ()))}")
        elif packing.is_named:
            pass  # the class says how many there are
        elif packing.keys is None:
            self.tests.append(f"len({expression}) == {len(value)}")
        else:
            self.tests.append(f"[*{expression}] == {self.known(list(packing.keys))}")
        for number, part in enumerate(packing.parts(value)):
            self.require_like(f"{expression}{packing.access(number)}", part)

    def _is_described(self, expression: str, value: Any) -> str:
        try:
            return f"{self.known(_is_described)}({expression}, {self.known(describe(value))})"
        except TypeError:  # a part of a structure that is not read
            return "False"

    def require_value(self, position: int, path: Path, value: Any) -> None:
        """A number must be the one that the code was compiled for."""
        found = self._leaf(position, path)
        self.tests.append(f"{found}.__class__ is {self.known(type(value))} and {found} == {self.known(value)}")

    def require_order(self, position: int, path: Path, wanted: bool) -> None:
        """An array must be C-contiguous, or must not be."""
        found = f"getattr({self._leaf(position, path)}, 'flags', None)"
        flags = f"({found} is None or {found}.c_contiguous)"
        self.tests.append(flags if wanted else f"not {flags}")

    def _leaf(self, position: int, path: Path) -> str:
        """The expression for a part of an argument."""
        if all(_is_written(packing) for packing, _ in path):
            return f"x{position}" + "".join(packing.access(number) for packing, number in path)
        return f"{self.known(at_path)}(x{position}, {self.known(path)})"

    # Surroundings

    def require_known(self, name: KnownName) -> None:
        """A name must mean what it meant."""
        holds = f"{self.known(name)}.holds()"
        if isinstance(name.value, FunctionType):
            found, (_, code) = self.known(name.value), name.content
            is_same = f"{name.read.expression(self.known)} is {found} and {found}.__code__ is {self.known(code.value)}"
            holds = f"({is_same} or {holds})"
        elif is_fixed(name.value):
            holds = f"({name.read.expression(self.known)} is {self.known(name.value)} or {holds})"
        self.tests.append(holds)

    def require_hidden(self, number: int, place: Place, found: Any) -> str:
        """A number or array outside must be as it was; what it is called in the tests.

        `found` is the summary of what it was.
        """
        name = f"hidden{number}"
        described, requires_grad = found
        test = f"({name} := {place.expression(self.known)}).__class__ is "
        if requires_grad or not (isinstance(described, type) or _is_of_array(described)):
            self.tests.append(f"{self.known(summary)}({name} := {place.expression(self.known)}) == {self.known(found)}")
        elif isinstance(described, type):
            self.tests.append(test + self.known(described))
        else:
            shape, char = described
            self.tests.append(
                f"{test}ndarray and {name}.shape == {self.known(shape)} and {name}.dtype.char == {char!r}"
            )
        return name

    # What is written

    @property
    def condition(self) -> str:
        """All tests, in order."""
        return " and ".join(self.tests) or "True"

    def predicate(self, count: int) -> Callable[..., bool]:
        """A function of this many arguments that says whether all tests hold."""
        text = f"lambda {', '.join(_names(range(count)))}: {self.condition}"
        found: Callable[..., bool] = eval(text, self.namespace)
        return found

    def call(
        self,
        function: Callable[..., Any],
        given: range,
        taken: Sequence[int],
        hidden: Sequence[tuple[str, str]],
        instead: Callable[..., Any] | None = None,
    ) -> Callable[..., Any]:
        """A function of some arguments that calls another if all tests hold, and else returns `UNLIKE`.

        Parameters
        ----------
        function : callable
        given : range
            Which arguments it is called with. A call with fewer or more is unlike.
        taken : sequence of int
            Those that are passed on.
        hidden : sequence of pair of str
            The keywords that are passed, each with what stands for it here.
        instead : callable, optional
            Called where the function raises what Python's numbers do and NumPy's do not.
        """
        names = _names(given)
        passed = ", ".join([*_names(taken), *(f"{keyword}={name}" for keyword, name in hidden)])
        parameters = ", ".join([*(f"{name}=unlike" for name in names), "*more"])
        others = ", ".join([*names, "*more"])
        lines = [
            f"def call({parameters}):",
            f"    if {self.condition} and not more:",
            f"        return {self.known(function)}({passed})",
            f"    return otherwise({others})",
        ]
        if instead is not None:
            lines[2:3] = [
                "        try:",
                f"            return {self.known(function)}({passed})",
                f"        except {self.known(RAISED_BY_NUMBERS)}:",
                f"            return {self.known(instead)}({passed})",
            ]
        self.namespace["otherwise"] = unlike
        exec("\n".join(lines), self.namespace)
        found: Callable[..., Any] = self.namespace["call"]
        return found


def first(call: Callable[..., Any], others: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Written calls in a chain of at most `count`: one first, then those that it was not among."""
    with _LINKING:
        chain = [call]
        while others is not unlike:
            if others is not call:
                chain.append(others)
            others = others.__globals__["otherwise"]
        links = list(zip(chain, [*chain[1:], unlike], strict=True))[:count]
        for one, other in reversed([*links[:-1], (links[-1][0], unlike)]):  # so that no thread meets a circle
            one.__globals__["otherwise"] = other
    return call


_LINKING = threading.Lock()


def _is_described(value: Any, found: Any) -> bool:
    try:
        return bool(describe(value) == found)
    except TypeError:
        return False


def unlike(*arguments: Any) -> Any:
    """Serves no arguments."""
    return UNLIKE


def _names(numbers: Iterable[int]) -> list[str]:
    return [f"x{number}" for number in numbers]


def _is_of_array(described: Any) -> bool:
    """Whether a summary is one of an `ndarray`: its shape and dtype."""
    return isinstance(described, tuple) and len(described) == 2 and isinstance(described[0], tuple)


def _is_written(packing: Packing) -> bool:
    """Whether Python source can say how each part is read."""
    return packing.is_named or packing.keys is None or all(type(key) in (int, str) for key in packing.keys)


def _is_plain(value: Any) -> bool:
    """Whether all attributes of an object stand in its `__dict__`."""
    return attributes_of(value) == tuple(getattr(value, "__dict__", ()))
