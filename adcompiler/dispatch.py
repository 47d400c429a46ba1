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
from adcompiler.checks import refuse_shared_memory, refuse_shared_objects, require_floating, unsupported_argument
from adcompiler.compiler import Compiled, Goal, compile_gradient, is_in_order
from adcompiler.frontend.lower import Lowered
from adcompiler.frontend.parse import FunctionSource, function_source
from adcompiler.frontend.scope import Same, snapshot
from adcompiler.ir.structure import (
    Path,
    Static,
    Structure,
    argument_packing,
    at_path,
    leaf_names,
    leaves,
    spell,
    tree_of,
)
from adcompiler.ir.types import Parameter, Type
from adcompiler.rules.table import REMEMBERING
from adcompiler.values import Lengths, describe

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
    places: Mapping[str, tuple[int, Path]]
    """Where in the call each number or array is, by its name in the program."""
    needed: tuple[tuple[tuple[int, Path], Any], ...]
    """Numbers whose values the code was compiled for, and where in the call they are."""
    in_order: tuple[tuple[tuple[int, Path], bool], ...]
    """Arrays that must be C-contiguous, or must not be, and where in the call they are."""
    hidden: tuple[tuple[str, Callable[[], Any], Any], ...]
    """Hidden inputs: name, reader, summary of the value the code was compiled for."""
    passes_all: bool
    """Whether a call hands on its arguments as they are: none left out, nothing read or compared."""

    def matches(self, arguments: tuple[Any, ...]) -> bool:
        """Whether the code is right for this call: needed values, free names and hidden inputs are as they were."""
        return (
            all(_alike(at_path(arguments[position], path), value) for (position, path), value in self.needed)
            and all(is_in_order(at_path(arguments[at], path)) is wanted for (at, path), wanted in self.in_order)
            and all(known.holds() for known in self.compiled.lowered.known)
            and all(_summary(read()) == summary for _, read, summary in self.hidden)
        )

    def inputs(self, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """The numbers and arrays of a call, hidden inputs among them, by their names in the program."""
        given = {name: at_path(arguments[position], path) for name, (position, path) in self.places.items()}
        return given | self.hidden_values()

    def hidden_values(self) -> dict[str, Any]:
        """The present values of the hidden inputs."""
        return {name: array_of(read()) for name, read, _ in self.hidden}


def _alike(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def array_of(value: Any) -> Any:
    """The array in a Tensor; any other value itself."""
    return value.detach().numpy() if _is_tensor(value) else value


def _is_tensor(value: Any) -> bool:
    """Whether a value is a Tensor, ours or PyTorch's; there are objects that answer to every name."""
    return isinstance(getattr(value, "requires_grad", None), bool)


def without_tensors(value: Any) -> Any:
    """A value with arrays in the place of the Tensors that it is or holds; itself if it holds none."""
    if argument_packing(value) is None:
        return array_of(value)
    tree = tree_of(value)
    return _with_arrays(tree) if any(map(_is_tensor, leaves(tree))) else value


def _with_arrays(tree: Any) -> Any:
    return tree.packing.pack(map(_with_arrays, tree.parts)) if isinstance(tree, Structure) else array_of(tree)


def _summary(value: Any) -> Any:
    return describe(array_of(value)), getattr(value, "requires_grad", False) is True


class Dispatcher:
    """The compiled code of one function for one goal, found by the arguments of a call.

    Parameters
    ----------
    function : callable
        A Python function, not decorated.
    goal : Goal
    free_tensors : bool
        Whether free variables that are Tensors requiring grad are differentiated for too.
    bound : int
        How many of the first arguments are objects that a method is bound to: code is compiled for the object itself,
        whose numbers and arrays are hidden inputs.
    """

    def __init__(self, function: Callable[..., Any], goal: Goal, *, free_tensors: bool = False, bound: int = 0) -> None:
        self.function = function
        self.goal = goal
        self.free_tensors = free_tensors
        self.bound = bound
        self.signature = inspect.signature(function)
        self.names = tuple(self.signature.parameters)
        self._defaults = _defaults_of(function)
        self.by_position = all(
            parameter.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            for parameter in self.signature.parameters.values()
        )
        """Whether a call may give each argument by its position."""
        self._entries: dict[Any, list[Entry]] = {}
        self._patterns: dict[Any, list[Entry]] = {}
        self._pattern_counts: dict[Any, int] = {}
        self._source: FunctionSource | None = None
        self.last: Entry | None = None
        """The code compiled last."""
        REMEMBERING.add(self)

    def forget(self) -> None:
        """Compile anew at the next call."""
        self._entries.clear()
        self._patterns.clear()
        self._pattern_counts.clear()

    @property
    def source(self) -> FunctionSource:
        """The function's source, found at the first use."""
        if self._source is None:
            self._source = function_source(self.function)
        return self._source

    def bind(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[Any, ...]:
        """The arguments by position, with keywords and defaults in their places."""
        if self.by_position and not keywords and len(arguments) == len(self.names):
            return arguments
        if _defaults_of(self.function) != self._defaults:
            self.signature, self._defaults = inspect.signature(self.function), _defaults_of(self.function)
        bound = self.signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        return tuple(bound.arguments[name] for name in self.names)

    def find(self, arguments: tuple[Any, ...]) -> Entry:
        """The code for a call, compiled if it is the first of its kind."""
        try:
            key = tuple([describe(argument) for argument in arguments[self.bound :]])
            if self.bound:
                key = (*map(Same, arguments[: self.bound]), *key)
        except TypeError as error:
            raise unsupported_argument(self.function, self.names, arguments) from error
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
        lowered = entry.compiled.lowered
        if lowered.written:
            places = {name: spell(self.names[position], path) for name, (position, path) in entry.places.items()}
            refuse_shared_memory(self.function, lowered.written, entry.inputs(arguments), places)
        if lowered.changed:
            refuse_shared_objects(self.function, lowered.changed, dict(zip(self.names, arguments, strict=True)))
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
        types = self._types(arguments, lengths)
        pattern = tuple(map(_pattern_key, types))
        for entry in self._patterns.get(pattern, ()):
            if entry.matches(arguments):
                return entry
        ranks = tuple(map(_rank_key, types))
        count = self._pattern_counts[ranks] = self._pattern_counts.get(ranks, 0) + 1
        if count > _MOST_PATTERNS and pattern not in self._patterns:
            generic = Lengths(generic=True)
            types = self._types(arguments, generic)
            pattern, lengths = tuple(map(_pattern_key, types)), generic
            for entry in self._patterns.get(pattern, ()):
                if entry.matches(arguments):
                    return entry
        entry = self._compile(arguments, types, lengths)
        self._patterns.setdefault(pattern, []).append(entry)
        return entry

    def _types(self, arguments: tuple[Any, ...], lengths: Lengths) -> tuple[Parameter, ...]:
        bound, given = arguments[: self.bound], arguments[self.bound :]
        return (*map(Static, bound), *map(lengths.type_of, given))

    def _compile(self, arguments: tuple[Any, ...], types: tuple[Parameter, ...], lengths: Lengths) -> Entry:
        parameters = dict(zip(self.names, types, strict=True))
        given = dict(zip(self.names, arguments, strict=True))
        places = {name: (self.names.index(one), path) for name, (one, path) in leaf_names(parameters).items()}
        values = {name: at_path(arguments[position], path) for name, (position, path) in places.items()}
        for name in self.goal.wrt:
            if name in parameters:
                require_floating(self.function, name, parameters[name], given[name])

        def free_type(value: Any) -> Type:
            type_ = lengths.type_of(array_of(value))
            if not isinstance(type_, Type):  # of a class that says it can be made an array
                raise TypeError(f"a {type(value).__name__}, which is not read")
            return type_

        def tensors(lowered: Lowered) -> tuple[str, ...]:
            read = lowered.read
            asked = tuple(name for name in self.goal.wrt if name in parameters or name in read)
            return asked + tuple(v.name for v in lowered.free if getattr(v.value, "requires_grad", False) is True)

        compiled = compile_gradient(
            self.source,
            parameters,
            self.goal,
            values=values,
            free_type=free_type,
            choose_wrt=tensors if self.free_tensors else None,
        )
        passed = {name for name, _ in compiled.lowered.program.arguments}
        taken = tuple(position for position, name in enumerate(self.names) if name in passed)
        needed = tuple((places[name], value) for name, value in compiled.static.items() if name in places)
        hidden = tuple((v.name, v.read, _summary(v.value)) for v in compiled.lowered.free if v.read is not None)
        in_order = tuple((places[name], wanted) for name, wanted in compiled.lowered.in_order.items())
        stands_on_more = hidden or needed or in_order or compiled.lowered.known
        passes_all = len(taken) == len(arguments) and not stands_on_more
        self.last = Entry(compiled, tuple(compiled.load()), taken, places, needed, in_order, hidden, passes_all)
        return self.last


def own(residuals: Any, arrays: Sequence[np.ndarray[Any, Any]]) -> Any:
    """Residuals that no longer share memory with `arrays`, which the caller may change before the backward sweep."""
    if not arrays:
        return residuals
    if isinstance(residuals, np.ndarray):
        return residuals.copy() if any(np.may_share_memory(residuals, array) for array in arrays) else residuals
    if isinstance(residuals, list):
        return [own(item, arrays) for item in residuals]
    if isinstance(residuals, tuple):
        parts = [own(item, arrays) for item in residuals]
        return type(residuals)(*parts) if hasattr(residuals, "_fields") else tuple(parts)
    return residuals


def _defaults_of(function: Callable[..., Any]) -> Any:
    """The defaults that `signature` was made with."""
    return snapshot((getattr(function, "__defaults__", None), getattr(function, "__kwdefaults__", None)))


def _pattern_key(known: Parameter) -> Any:
    match known:
        case Structure(packing=packing, parts=parts):
            return packing, tuple(map(_pattern_key, parts))
        case Static(value=value):
            return Same(value) if argument_packing(value) is not None or not _is_hashable(value) else describe(value)
    return known


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _rank_key(known: Parameter) -> Any:
    match known:
        case Structure(packing=packing, parts=parts):
            return packing, tuple(map(_rank_key, parts))
        case Type(kind=kind, dtype=dtype):
            return kind, dtype, known.rank
    return _pattern_key(known)
