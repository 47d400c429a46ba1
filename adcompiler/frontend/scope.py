"""What a free name means, and the scope of a live function: its closure, globals and builtins.

`static_scope` has the other kind: a file that is never run.
"""

from __future__ import annotations

import builtins
from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

import numpy as np

from adcompiler.frontend.places import Enclosed, Global, Place
from adcompiler.ir.nodes import Named
from adcompiler.ir.types import Type


@dataclass(frozen=True)
class Known:
    """A Python object that is known before the program runs: a function, a module, a string, a flag."""

    value: Any


def snapshot(value: Any) -> Any:
    """What a value is now, so that a later change, in place too, shows as inequality.

    Numbers, strings and containers compare by content, functions by their code too (which a notebook replaces when a
    file has changed), methods by their function, everything else by identity.
    """
    match value:
        case FunctionType():
            return Same(value), Same(value.__code__)
        case int() | float() | complex() | str() | bytes() | None:
            return type(value), value
        case tuple() | list() | set() | frozenset():
            return type(value), tuple(map(snapshot, value))
        case dict():
            return dict, tuple((snapshot(key), snapshot(item)) for key, item in value.items())
        case MethodType(__func__=function, __self__=owner):
            return snapshot(function), Same(owner)
        case BuiltinMethodType(__name__=name, __self__=owner) if owner is not None:
            return Same(owner), name
    return Same(value)


def is_fixed(value: Any) -> bool:
    """Whether a value, as far as `snapshot` sees it, is the same for as long as it is the same object."""
    if isinstance(value, tuple | frozenset):
        return all(map(is_fixed, value))
    return not isinstance(value, list | set | dict | FunctionType | MethodType)


@dataclass(frozen=True, eq=False)
class Same:
    """Equal for one object alone."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def is_exception_class(value: object) -> bool:
    """Whether calling this makes an exception. Of a file that is only read, nothing but exceptions is `Named`."""
    if isinstance(value, Named) and value.value is None:
        return True
    return isinstance(value, type) and issubclass(value, BaseException)


@dataclass(frozen=True)
class Lifted:
    """A number or array outside the function, read when it is called: a hidden input."""

    name: str
    type: Type | None
    """None where only the value can tell."""
    value: Any = None


Binding = Known | Lifted


class Scope(ABC):
    """The names around a function."""

    @abstractmethod
    def lookup(self, name: str) -> Binding | None:
        """What `name` means, or None where it is not defined."""

    @abstractmethod
    def key(self, name: str) -> object:
        """What tells this name from one spelled alike in another scope."""


@dataclass(frozen=True, eq=False)
class LiveScope(Scope):
    """The closure, globals and builtins of a live function."""

    function: Any

    def lookup(self, name: str) -> Binding | None:
        """What `name` means now; the closure's cells come before globals and builtins."""
        function = self.function
        if name in function.__code__.co_freevars:
            cell = function.__closure__[function.__code__.co_freevars.index(name)]
            try:
                return _classify(name, cell.cell_contents)
            except ValueError:
                return None
        if name in function.__globals__:
            return _classify(name, function.__globals__[name])
        if hasattr(builtins, name):
            return Known(getattr(builtins, name))
        return None

    def reader(self, name: str) -> Place:
        """Where the value of a free variable is found at the time of a call."""
        function = self.function
        if name in function.__code__.co_freevars:
            return Enclosed(function.__closure__[function.__code__.co_freevars.index(name)])
        return Global(function.__globals__, name)

    def key(self, name: str) -> object:
        """The cell or namespace that holds the name."""
        function = self.function
        if name in function.__code__.co_freevars:
            return id(function.__closure__[function.__code__.co_freevars.index(name)])
        return id(function.__globals__), name


def is_number_or_array(value: object) -> bool:
    """Whether a free variable with this value is a hidden input: a number, an array, or a Tensor (flags are not)."""
    if isinstance(value, bool | np.poly1d):  # a polynomial is a function
        return False
    return isinstance(value, int | float | complex) or hasattr(type(value), "__array__")


def _classify(name: str, value: Any) -> Binding:
    return Lifted(name, None, value) if is_number_or_array(value) and not isinstance(value, type) else Known(value)
