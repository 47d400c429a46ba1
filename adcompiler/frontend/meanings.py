"""What calls of known functions and methods mean, where that is not the equation of a rule: registered by function.

Apart from `calls`, which asks for these: files of meanings need not know how a call finds them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adcompiler.frontend.heap import Ref
from adcompiler.frontend.state import State

Arguments = list[Ref]
Keywords = dict[str, Ref]
Meaning = Callable[[State, Arguments, Keywords, Any], Ref]

MEANINGS: dict[Any, Meaning] = {}
INSTANCES: dict[type, Meaning] = {}
ARRAY_METHODS: dict[str, Meaning] = {}


def means(*functions: Any) -> Callable[[Meaning], Meaning]:
    """Register what a call of a known function means."""

    def register(meaning: Meaning) -> Meaning:
        for function in functions:
            MEANINGS[function] = meaning
        return meaning

    return register


def means_of(kind: type) -> Callable[[Meaning], Meaning]:
    """Register what a call of an instance of a library's class means; the instance is the first argument."""

    def register(meaning: Meaning) -> Meaning:
        INSTANCES[kind] = meaning
        return meaning

    return register


def method_means(name: str) -> Callable[[Meaning], Meaning]:
    """Register what a call of an array's method means; the array is the first argument."""

    def register(meaning: Meaning) -> Meaning:
        ARRAY_METHODS[name] = meaning
        return meaning

    return register
