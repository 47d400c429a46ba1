"""From a call's arguments to the code compiled for them, in microseconds.

A call is looked up by a summary of its arguments (dtypes, shapes). A new summary is mapped to its pattern of lengths;
code is compiled once for a pattern, and after a few patterns of the same ranks once for all. Code stands on what the
function's free names meant when it was compiled; that is checked at each call.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler.backend.load import annotate
from adcompiler.cache.recall import Recall, recall_for
from adcompiler.cache.records import Compilation
from adcompiler.checks import refuse_shared_memory, refuse_shared_objects, require_floating, unsupported_argument
from adcompiler.compiler import Compiled, Goal, compile_gradient, on_elements
from adcompiler.entry import Entry, with_code
from adcompiler.errors import DifferentiationError
from adcompiler.frontend.lower import Lowered
from adcompiler.frontend.parse import FunctionSource, function_source
from adcompiler.frontend.scope import Same, snapshot
from adcompiler.guard import RAISED_BY_NUMBERS
from adcompiler.ir.structure import (
    Path,
    Static,
    at_path,
    leaf_names,
    spell,
)
from adcompiler.ir.types import Parameter, Type
from adcompiler.passes.scalarise_arrays import MOST_ELEMENTS
from adcompiler.patterns import kind_key, pattern_key, rank_key
from adcompiler.rules.table import REMEMBERING
from adcompiler.values import Generality, Lengths, array_of, describe, summary

_MOST_PATTERNS = 4
"""Patterns of lengths compiled for one combination of ranks before falling back to code for all."""
_MOST_RANKS = 4
"""Combinations of ranks, of the same dtypes, before code for any rank serves where there can be such."""
_MOST_SUMMARIES = 4096
"""Kinds of arguments that are remembered: beyond them all are forgotten."""
_MOST_VALUES = 64
"""Entries remembered for one kind of arguments: for one value each of what must be known when code is compiled."""


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
        self._ranks: dict[Any, set[Any]] = {}
        self._with_lengths: set[Any] = set()
        """Ranks and dtypes for which there can be no code that assumes nothing of lengths."""
        self._source: FunctionSource | None = None
        self._source_of: Any = None
        self._options = _options_of(self.signature)
        REMEMBERING.add(self)

    def forget(self) -> None:
        """Compile anew at the next call."""
        self._entries.clear()
        self._patterns.clear()
        self._pattern_counts.clear()
        self._ranks.clear()
        self._with_lengths.clear()

    @property
    def source(self) -> FunctionSource:
        """The function's source, found at the first use."""
        code = getattr(self.function, "__code__", None)
        if self._source is None or self._source_of is not code:
            self._source, self._source_of = function_source(self.function), code
        return self._source

    def bind(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[Any, ...]:
        """The arguments by position, with keywords and defaults in their places."""
        if self.by_position and not keywords and len(arguments) == len(self.names):
            return arguments
        if (
            self._options is not None
            and len(arguments) + len(keywords) == len(self.names)
            and (len(arguments) <= self._options[0])
        ):
            try:
                return (*arguments, *[keywords[name] for name in self.names[len(arguments) :]])
            except KeyError:
                pass
        if _defaults_of(self.function) != self._defaults:
            self.signature, self._defaults = inspect.signature(self.function), _defaults_of(self.function)
            self._options = _options_of(self.signature)
        if self._options is not None and len(arguments) <= self._options[0]:
            later = self.names[len(arguments) :]
            given = {**self._options[1], **keywords}
            if all(map(later.__contains__, keywords)) and all(map(given.__contains__, later)):
                return (*arguments, *[given[name] for name in later])
        bound = self.signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        return tuple(bound.arguments[name] for name in self.names)

    def find(self, arguments: tuple[Any, ...]) -> Entry:
        """The code for a call, compiled if it is the first of its kind."""
        return self.look_up(arguments)[1]

    def look_up(self, arguments: tuple[Any, ...]) -> tuple[Any, Entry]:
        """A summary of the arguments of a call, and the code for it."""
        try:
            key = tuple([describe(argument) for argument in arguments[self.bound :]])
            if self.bound:
                key = (*map(Same, arguments[: self.bound]), *key)
        except TypeError as error:
            raise unsupported_argument(self.function, self.names, arguments) from error
        for entry in self._entries.get(key, ()):
            if entry.matches(*arguments):
                return key, entry
        entry = self._on_elements(self._find_by_pattern(arguments), arguments)
        if len(self._entries) >= _MOST_SUMMARIES:
            self._entries.clear()
        _put_first(self._entries.setdefault(key, []), entry)
        return key, entry

    def call(self, entry: Entry, arguments: tuple[Any, ...]) -> Any:
        """Run the first generated function on the arguments of a call."""
        if entry.written:
            places = {name: spell(self.names[position], path) for name, (position, path) in entry.places.items()}
            refuse_shared_memory(self.function, entry.written, entry.inputs(arguments), places)
        if entry.changed:
            refuse_shared_objects(self.function, entry.changed, dict(zip(self.names, arguments, strict=True)))
        try:
            taken = [arguments[position] for position in entry.positions]
            return entry.functions[0](*taken, **entry.hidden_values())
        except Exception as error:
            if entry.on_arrays is not None and isinstance(error, RAISED_BY_NUMBERS):
                return self.call(entry.on_arrays, arguments)
            annotate(error)
            raise

    def _find_by_pattern(self, arguments: tuple[Any, ...]) -> Entry:
        lengths = Lengths()
        types = self._types(arguments, lengths)
        pattern = tuple(map(pattern_key, types))
        entry = self._known_pattern(pattern, arguments, lengths)
        if entry is not None:
            return entry
        ranks = tuple(map(rank_key, types))
        if (entry := self._for_any_rank(types, ranks, arguments)) is not None:
            return entry
        is_new = not any(entry.suits(lengths) for entry in self._patterns.get(pattern, ()))
        if (entry := self._for_any_lengths(ranks, arguments, is_new=is_new)) is not None:
            return entry
        entry = self._compile(arguments, types, lengths)
        self._remember(pattern, entry)
        return entry

    def _for_any_lengths(self, ranks: Any, arguments: tuple[Any, ...], *, is_new: bool) -> Entry | None:
        """Code that assumes nothing of lengths, where there is code for many patterns already and it can be written."""
        count = self._pattern_counts[ranks] = self._pattern_counts.get(ranks, 0) + 1
        if count <= _MOST_PATTERNS or not is_new or ranks in self._with_lengths:
            return None
        lengths = Lengths(generic=Generality.LENGTHS)
        types = self._types(arguments, lengths)
        pattern = tuple(map(pattern_key, types))
        entry = self._known_pattern(pattern, arguments, lengths)
        if entry is None:
            try:
                entry = self._compile(arguments, types, lengths)
            except DifferentiationError:  # what it does depends on lengths
                self._with_lengths.add(ranks)
                return None
            self._remember(pattern, entry)
        return entry

    def _for_any_rank(self, types: Sequence[Parameter], ranks: Any, arguments: tuple[Any, ...]) -> Entry | None:
        """Code that assumes nothing of shapes, where there is code for many ranks already and it can be written."""
        kinds = tuple(map(kind_key, types))
        known = self._ranks.setdefault(kinds, set())
        if ranks in known or len(known) < _MOST_RANKS:
            known.add(ranks)
            return None
        lengths = Lengths(generic=Generality.RANKS)
        types = self._types(arguments, lengths)
        pattern = tuple(map(pattern_key, types))
        entry = self._known_pattern(pattern, arguments, lengths)
        if entry is None:
            with contextlib.suppress(DifferentiationError):  # what it does depends on the rank
                entry = self._compile(arguments, types, lengths)
        if entry is None or (entry.compiled.result_type.rank is None and self.goal.mode != "split"):
            known.add(ranks)
            return None
        self._remember(pattern, entry)
        return entry

    def _remember(self, pattern: Any, entry: Entry) -> None:
        if len(self._patterns) >= _MOST_SUMMARIES:
            self.forget()
        entries = self._patterns.setdefault(pattern, [])
        if entry not in entries:
            _put_first(entries, entry)

    def _known_pattern(self, pattern: Any, arguments: tuple[Any, ...], lengths: Lengths) -> Entry | None:
        """Code for these types of arguments; `lengths` has handed out their lengths."""
        for entry in self._patterns.get(pattern, ()):
            if entry.suits(lengths) and entry.matches(*arguments):
                known = lengths.copy()
                hidden = tuple(map(known.type_of, entry.hidden_values().values()))
                if entry.hidden_types == hidden and all(known.is_large(type) is answer for type, answer in entry.sizes):
                    return entry
        return None

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

        options = self.free_tensors, self.bound
        memory = recall_for(self.function, self.goal, parameters, values, lengths, options)
        kept = None if memory is None else memory.recall()
        if kept is not None:
            with contextlib.suppress(Exception):  # whatever an entry of the cache holds, the function can be compiled
                return self._entry(kept, memory, arguments, places, values, generic=lengths.generic)
        made = Compilation.of(self._compile_now(parameters, values, lengths), tuple(lengths.asked.items()))
        if memory is not None:
            memory.keep(made)
        of_arguments = Lengths(generic=lengths.generic)
        self._types(arguments, of_arguments)
        others = {name: length for name, length in lengths.numbers.items() if name not in of_arguments.numbers}
        made = replace(made, facts=tuple(fact.among(others) for fact in made.facts))  # hidden inputs keep their lengths
        return self._entry(made, memory, arguments, places, values, generic=lengths.generic)

    def _compile_now(
        self, parameters: Mapping[str, Parameter], values: Mapping[str, Any], lengths: Lengths
    ) -> Compiled:
        return compile_gradient(
            self.source,
            parameters,
            self.goal,
            values=values,
            free_type=functools.partial(_free_type, lengths),
            choose_wrt=functools.partial(self._with_tensors, parameters) if self.free_tensors else None,
            is_large=lengths.is_large,
            lengths=None if lengths.generic else lengths.numbers,
        )

    def _on_elements(self, entry: Entry, arguments: tuple[Any, ...]) -> Entry:
        """Code that computes with the elements of small arrays, for calls with arguments of exactly these lengths.

        The entry itself, where there is none that could serve or nothing would be gained by it.
        """
        if self.goal.mode == "split" or entry.hidden or entry.written or entry.changed:
            return entry
        values = {name: at_path(arguments[position], path) for name, (position, path) in entry.places.items()}
        shapes = {name: value.shape for name, value in values.items() if isinstance(value, np.ndarray)}
        if not shapes or max(map(math.prod, shapes.values())) > MOST_ELEMENTS:
            return entry
        kept = None if entry.memory is None else entry.memory.recall_on_elements(shapes)
        if kept is not None:
            with contextlib.suppress(Exception):
                (code,) = kept
                return with_code(entry, code)
        compiled = entry.compiled
        if not isinstance(compiled, Compiled):  # the cache has it for arrays, and not for these lengths
            lengths = Lengths(generic=entry.generic)
            parameters = dict(zip(self.names, self._types(arguments, lengths), strict=True))
            compiled = self._compile_now(parameters, values, lengths)
        code = on_elements(compiled, values)
        if entry.memory is not None:
            entry.memory.keep_on_elements(shapes, code)
        return with_code(entry, code)

    def _with_tensors(self, parameters: Mapping[str, Parameter], lowered: Lowered) -> tuple[str, ...]:
        """What to differentiate for: the goal's parameters, and the free variables that require grad."""
        asked = tuple(name for name in self.goal.wrt if name in parameters or name in lowered.read)
        return asked + tuple(v.name for v in lowered.free if getattr(v.value, "requires_grad", False) is True)

    def _entry(
        self,
        made: Compilation,
        memory: Recall | None,
        arguments: tuple[Any, ...],
        places: Mapping[str, tuple[int, Path]],
        values: Mapping[str, Any],
        *,
        generic: Generality,
    ) -> Entry:
        """What a call needs of code that was compiled, or found, for these arguments."""
        lengths = Lengths(generic=generic)
        self._types(arguments, lengths)
        present = [(name, place, array_of(place()), summary(place())) for name, place in made.hidden]
        functions = tuple(made.code.load())
        if memory is not None:
            memory.release()
        return Entry(
            made.code,
            functions,
            self.names,
            positions=tuple(position for position, name in enumerate(self.names) if name in made.passed),
            places=places,
            needed=tuple((places[name], values[name]) for name in made.static if name in places),
            in_order=tuple((places[name], wanted) for name, wanted in made.in_order.items()),
            known=made.known,
            hidden=tuple((name, place, found) for name, place, _, found in present),
            hidden_types=tuple(lengths.type_of(value) for _, _, value, _ in present),
            sizes=made.sizes,
            facts=made.facts,
            written=made.written,
            changed=made.changed,
            changes_outside=made.changes_outside,
            generic=generic,
            memory=memory,
        )


def _free_type(lengths: Lengths, value: Any) -> Type:
    type_ = lengths.type_of(array_of(value))
    if not isinstance(type_, Type):  # of a class that says it can be made an array
        raise TypeError(f"a {type(value).__name__}, which is not read")
    return type_


@functools.lru_cache(maxsize=256)
def dispatcher_for(function: Callable[..., Any], goal: Goal, bound: int) -> Dispatcher:
    """The dispatcher of a function: that of before if it was asked for lately, so that `grad(f)(x)` compiles once."""
    return Dispatcher(function, goal, bound=bound)


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
    return Same(getattr(function, "__defaults__", None)), snapshot(getattr(function, "__kwdefaults__", None))


def _options_of(signature: inspect.Signature) -> tuple[int, dict[str, Any]] | None:
    """How many arguments may be given by position, and the defaults; None where calls need more than names."""
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    both, by_name = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    if not set(kinds) <= {both, by_name}:
        return None
    parameters = signature.parameters.items()
    return kinds.count(both), {name: p.default for name, p in parameters if p.default is not p.empty}


def _put_first(entries: list[Entry], entry: Entry) -> None:
    """Remember code, and forget what was not compiled lately: there may be one for each of many values."""
    entries.insert(0, entry)
    del entries[_MOST_VALUES:]
