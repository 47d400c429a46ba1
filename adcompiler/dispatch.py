"""From a call's arguments to the code compiled for them, in microseconds.

A call is looked up by a summary of its arguments (dtypes, shapes). A new summary is mapped to its pattern of lengths;
code is compiled once for a pattern, and after a few patterns of the same ranks once for all. Code stands on what the
function's free names meant when it was compiled; that is checked at each call.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adcompiler.backend.load import annotate
from adcompiler.compiler import Compiled, Goal, compile_gradient
from adcompiler.frontend.lower import Static
from adcompiler.frontend.parse import FunctionSource, function_source
from adcompiler.frontend.scope import snapshot
from adcompiler.ir.types import Type
from adcompiler.signature import Lengths, Parameter, describe

_MOST_PATTERNS = 4
"""Patterns of lengths compiled for one combination of ranks before falling back to code for all."""
_MOST_SUMMARIES = 4096


@dataclass(frozen=True)
class Entry:
    """Compiled code with what a call of it needs."""

    compiled: Compiled
    functions: tuple[Callable[..., Any], ...]
    positions: tuple[int, ...]
    """The arguments the generated code takes, by position in the call."""
    needed: tuple[tuple[int, Any], ...]
    """Arguments whose values the code was compiled for."""
    hidden: tuple[tuple[str, Callable[[], Any], Any], ...]
    """Hidden inputs: name, reader, summary of the value the code was compiled for."""
    passes_all: bool
    """Whether a call hands on its arguments as they are: none left out, nothing read or compared."""

    def matches(self, arguments: tuple[Any, ...]) -> bool:
        """Whether the code is right for this call: needed values, free names and hidden inputs are as they were."""
        return (
            all(_alike(arguments[position], value) for position, value in self.needed)
            and all(known.holds() for known in self.compiled.lowered.known)
            and all(_summary(read()) == summary for _, read, summary in self.hidden)
        )

    def hidden_values(self) -> dict[str, Any]:
        """The present values of the hidden inputs."""
        return {name: array_of(read()) for name, read, _ in self.hidden}


def _alike(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def array_of(value: Any) -> Any:
    """The array in a Tensor; any other value itself."""
    return value.detach().numpy() if hasattr(value, "requires_grad") else value


def _summary(value: Any) -> Any:
    return describe(array_of(value)), bool(getattr(value, "requires_grad", False))


class Dispatcher:
    """The compiled code of one function for one goal, found by the arguments of a call.

    Parameters
    ----------
    function : callable
        A Python function, not decorated.
    goal : Goal
    free_tensors : bool
        Whether free variables that are Tensors requiring grad are differentiated for too.
    """

    def __init__(self, function: Callable[..., Any], goal: Goal, *, free_tensors: bool = False) -> None:
        self.function = function
        self.goal = goal
        self.free_tensors = free_tensors
        self.signature = inspect.signature(function)
        self.names = tuple(self.signature.parameters)
        self._defaults = _defaults_of(function)
        self._by_position = all(
            parameter.kind is not inspect.Parameter.KEYWORD_ONLY for parameter in self.signature.parameters.values()
        )
        self._entries: dict[Any, list[Entry]] = {}
        self._patterns: dict[Any, list[Entry]] = {}
        self._pattern_counts: dict[Any, int] = {}
        self._source: FunctionSource | None = None
        self.last: Entry | None = None
        """The code compiled last."""

    @property
    def source(self) -> FunctionSource:
        """The function's source, found at the first use."""
        if self._source is None:
            self._source = function_source(self.function)
        return self._source

    def bind(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[Any, ...]:
        """The arguments by position, with keywords and defaults in their places."""
        if self._by_position and not keywords and len(arguments) == len(self.names):
            return arguments
        if _defaults_of(self.function) != self._defaults:
            self.signature, self._defaults = inspect.signature(self.function), _defaults_of(self.function)
        bound = self.signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        return tuple(bound.arguments[name] for name in self.names)

    def find(self, arguments: tuple[Any, ...]) -> Entry:
        """The code for a call, compiled if it is the first of its kind."""
        try:
            key = tuple([describe(argument) for argument in arguments])
        except TypeError as error:
            raise _unsupported_argument(self, arguments) from error
        for entry in self._entries.get(key, ()):
            if entry.passes_all or entry.matches(arguments):
                return entry
        entry = self._find_by_pattern(arguments)
        if len(self._entries) >= _MOST_SUMMARIES:
            self._entries.clear()
        self._entries.setdefault(key, []).insert(0, entry)
        return entry

    def call(self, entry: Entry, arguments: tuple[Any, ...]) -> Any:
        """Run the first generated function on the arguments of a call."""
        if entry.compiled.lowered.mutated:
            _refuse_shared_memory(self, entry, arguments)
        try:
            if entry.passes_all:
                return entry.functions[0](*arguments)
            taken = [arguments[position] for position in entry.positions]
            return entry.functions[0](*taken, **entry.hidden_values())
        except Exception as error:
            annotate(error)
            raise

    def _find_by_pattern(self, arguments: tuple[Any, ...]) -> Entry:
        lengths = Lengths()
        types = tuple(lengths.type_of(argument) for argument in arguments)
        pattern = tuple(map(_pattern_key, types))
        for entry in self._patterns.get(pattern, ()):
            if entry.matches(arguments):
                return entry
        ranks = tuple(map(_rank_key, types))
        count = self._pattern_counts[ranks] = self._pattern_counts.get(ranks, 0) + 1
        if count > _MOST_PATTERNS and pattern not in self._patterns:
            generic = Lengths(generic=True)
            types = tuple(generic.type_of(argument) for argument in arguments)
            pattern, lengths = tuple(map(_pattern_key, types)), generic
            for entry in self._patterns.get(pattern, ()):
                if entry.matches(arguments):
                    return entry
        entry = self._compile(arguments, types, lengths)
        self._patterns.setdefault(pattern, []).append(entry)
        return entry

    def _compile(self, arguments: tuple[Any, ...], types: tuple[Parameter, ...], lengths: Lengths) -> Entry:
        parameters = dict(zip(self.names, types, strict=True))
        values = dict(zip(self.names, arguments, strict=True))
        for name in self.goal.wrt:
            _require_floating(self, name, parameters.get(name), values.get(name))

        def free_type(value: Any) -> Type:
            type_ = lengths.type_of(array_of(value))
            assert isinstance(type_, Type)
            return type_

        def tensors(lowered: Any) -> tuple[str, ...]:
            return tuple(v.name for v in lowered.free if getattr(v.value, "requires_grad", False))

        compiled = compile_gradient(
            self.source,
            parameters,
            self.goal,
            values=values,
            free_type=free_type,
            default_wrt=tensors if self.free_tensors else None,
        )
        taken = tuple(
            position
            for position, name in enumerate(self.names)
            if not isinstance(types[position], Static) and name not in compiled.static
        )
        needed = tuple((self.names.index(name), value) for name, value in compiled.static.items() if name in values)
        hidden = tuple((v.name, v.read, _summary(v.value)) for v in compiled.lowered.free if v.read is not None)
        passes_all = len(taken) == len(arguments) and not hidden and not needed and not compiled.lowered.known
        self.last = Entry(compiled, tuple(compiled.load()), taken, needed, hidden, passes_all)
        return self.last


def exact_guard(arguments: tuple[Any, ...]) -> Callable[..., bool]:
    """A test whether later arguments are like these to the dtype and length; it fails where that takes more to say.

    It is written out for these arguments, which costs a tenth of what a loop over them would: 0.1 µs an array.
    """
    tests, namespace = [], {"ndarray": np.ndarray}
    for number, argument in enumerate(arguments):
        name = f"x{number}"
        if type(argument) is np.ndarray:
            namespace |= {f"shape{number}": argument.shape, f"dtype{number}": argument.dtype}
            tests.append(f"{name}.__class__ is ndarray")
            tests.append(f"{name}.shape == shape{number} and {name}.dtype is dtype{number}")
        elif type(argument) in (int, float):
            tests.append(f"{name}.__class__ is {type(argument).__name__}")
        else:
            tests.append("False")
    names = ", ".join(f"x{number}" for number in range(len(arguments)))
    guard: Callable[..., bool] = eval(f"lambda {names}: {' and '.join(tests) or 'True'}", namespace)
    return guard


def own(residuals: Any, arrays: Sequence[np.ndarray[Any, Any]]) -> Any:
    """Residuals that no longer share memory with `arrays`, which the caller may change before the backward sweep."""
    if not arrays:
        return residuals
    if isinstance(residuals, np.ndarray):
        return residuals.copy() if any(np.may_share_memory(residuals, array) for array in arrays) else residuals
    if isinstance(residuals, tuple | list):
        return type(residuals)(own(item, arrays) for item in residuals)
    return residuals


def _defaults_of(function: Callable[..., Any]) -> Any:
    """The defaults that `signature` was made with."""
    return snapshot((getattr(function, "__defaults__", None), getattr(function, "__kwdefaults__", None)))


def _pattern_key(type_: Parameter) -> Any:
    return type_ if isinstance(type_, Type) else describe(type_.value)


def _rank_key(type_: Parameter) -> Any:
    return (type_.kind, type_.dtype, type_.rank) if isinstance(type_, Type) else describe(type_.value)


def _unsupported_argument(dispatcher: Dispatcher, arguments: tuple[Any, ...]) -> TypeError:
    for name, argument in zip(dispatcher.names, arguments, strict=True):
        try:
            describe(argument)
        except TypeError:
            return TypeError(
                f"`{dispatcher.function.__name__}`: the argument `{name}` is a {type(argument).__name__}; "
                "arguments are numbers, arrays, or hashable values known at compile time"
            )
    raise AssertionError("every argument is supported")


def _require_floating(dispatcher: Dispatcher, name: str, type_: Parameter | None, value: Any) -> None:
    function = dispatcher.function.__name__
    if isinstance(type_, Type) and type_.dtype is not None and type_.may_be_differentiable:
        return
    raise TypeError(
        f"`{function}` is differentiated for `{name}`, which must be a floating-point number or array, "
        f"not {_kind_of(value)}"
    )


def _kind_of(value: Any) -> str:
    return f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"{type(value).__name__} {value!r}"


def _refuse_shared_memory(dispatcher: Dispatcher, entry: Entry, arguments: tuple[Any, ...]) -> None:
    """A function that changes an argument in place would see the change in every other that shares its memory."""
    inputs = dict(zip(dispatcher.names, arguments, strict=True)) | entry.hidden_values()
    arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray)}
    for name in sorted(entry.compiled.lowered.mutated & arrays.keys()):
        for other, value in arrays.items():
            if other != name and np.shares_memory(arrays[name], value):
                raise ValueError(
                    f"`{dispatcher.function.__name__}` changes `{name}` in place, and `{other}` shares its memory: "
                    "pass a copy"
                )
