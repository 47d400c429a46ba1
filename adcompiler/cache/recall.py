"""A function's code from an earlier process: found by what the function stands on and the kind of call.

An entry is found in steps. The first key says what is known before compiling; what the code turned out to need beside
(the value of an axis, of a free number, the order of an array's memory) was written under it, as a question, whose
answer leads to the next key. So every entry stands on the answers that it was compiled with, and on no others.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from adcompiler.cache import store
from adcompiler.cache.footing import Footing, NotSteadyError, Token
from adcompiler.cache.records import (
    Compilation,
    code_from_json,
    code_to_json,
    fact_from_json,
    fact_to_json,
    from_json,
    to_json,
    type_from_json,
    type_to_json,
)
from adcompiler.cache.references import place_from_json, place_to_json
from adcompiler.cache.version import scipy_version
from adcompiler.compiler import Code, Goal, is_in_order, passes_that_run
from adcompiler.frontend.places import Place
from adcompiler.frontend.scope import is_number_or_array
from adcompiler.ir.dims import value_of
from adcompiler.ir.structure import Packing, Static, Structure, Unusable
from adcompiler.ir.types import Parameter, Type
from adcompiler.values import Lengths, array_of

_MOST_QUESTIONS = 100
_DAMAGED = (NotSteadyError, LookupError, TypeError, ValueError, AttributeError)
"""What reading an entry raises that says something else than it should."""


def recall_for(
    function: Callable[..., Any],
    goal: Goal,
    parameters: Mapping[str, Parameter],
    values: Mapping[str, Any],
    lengths: Lengths,
    options: tuple[Any, ...],
) -> Recall | None:
    """What the cache knows of a kind of call; None if it can know nothing. The parameters are those of `Recall`."""
    if not store.is_enabled():
        return None
    try:
        return Recall(function, goal, parameters, values, lengths, options)
    except NotSteadyError:
        return None


class Recall:
    """A kind of call of a function, as the cache sees it.

    Parameters
    ----------
    function : callable
    goal : Goal
    parameters : mapping
        The types of the arguments, or their values where those are known when code is compiled.
    values : mapping
        The arguments' present values, of structures those of their leaves (`leaf_names`).
    lengths : Lengths
        What has handed out the lengths of the arguments.
    options : tuple
        What else decides how the function is compiled.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        goal: Goal,
        parameters: Mapping[str, Parameter],
        values: Mapping[str, Any],
        lengths: Lengths,
        options: tuple[Any, ...],
    ) -> None:
        self._goal = goal
        self._values: Mapping[str, Any] | None = values
        self._lengths = lengths.copy()
        self._found: str | None = None
        """The key of the entry that was found or written."""
        known = lengths.copy()

        def type_of(value: Any) -> Token:
            return _token_of_type(known.type_of(array_of(value)), self._footing), _requires_grad(value)

        self._footing = Footing(type_of)
        digest = self._footing.digest(function)
        kinds = [(name, self._parameter(parameter)) for name, parameter in parameters.items()]
        rest = self._footing.digest()
        self._key = _digest(
            digest, rest, repr(goal), repr(options), lengths.generic, kinds, scipy_version(), passes_that_run()
        )

    def _parameter(self, parameter: Parameter) -> Token:
        match parameter:
            case Structure(packing=packing, parts=parts):
                return self._packing(packing), tuple(map(self._parameter, parts))
            case Static(value=value):
                return "static", self._steady(value)
            case Unusable(reason=reason):
                return "unusable", reason
            case Type():
                return _token_of_type(parameter, self._footing)
        raise NotSteadyError(type(parameter).__name__)

    def _packing(self, packing: Packing) -> Token:
        return self._steady(packing.kind), self._steady(packing.keys)

    def _steady(self, value: Any) -> Token:
        token = self._footing.token(value)
        if not self._footing.is_steady(value):
            raise NotSteadyError(type(value).__name__)
        return token

    def _by_value(self, value: Any) -> Token:
        """A token for a value that is found when the digest is complete."""
        token = self._steady(value)
        if not self._footing.is_complete:
            raise NotSteadyError("an object that no name of the function reaches")
        return token

    def recall(self) -> Compilation | None:
        """What an earlier process has compiled for this; None if nothing, or if what is there is damaged."""
        key = self._key
        for _ in range(_MOST_QUESTIONS):
            found = store.read(key)
            if not isinstance(found, dict):
                return None
            try:
                if "question" not in found:
                    self._found = key
                    return from_json(found, self._goal, self._footing)
                key = _digest(key, found["question"], self._answer(found["question"]))
            except _DAMAGED:
                return None
        return None

    def keep(self, compilation: Compilation) -> None:
        """Write what was compiled, for later processes; not if it stands on something that may be other there."""
        with contextlib.suppress(*_DAMAGED):
            self._keep(compilation)

    def _keep(self, compilation: Compilation) -> None:
        assert self._values is not None, "the arguments are still known"
        data = to_json(compilation, self._footing)
        stated = [place_to_json(place, place(), self._footing) for place in _stated(compilation)]
        questions: list[Any] = [["value", name] for name in compilation.static if name in self._values]
        questions += [["place", place] for place in stated]
        questions += [["order", name] for name in compilation.in_order]
        questions += [["large", type_to_json(type, self._footing)] for type, _ in compilation.sizes]
        questions += [["fact", fact_to_json(fact)] for fact in compilation.facts]
        steps = []
        key = self._key
        while (question := _question_at(key)) is not None or questions:
            # One that stands there already, for code with other answers later, is asked of this code as well.
            question = questions[0] if question is None else question
            questions = [other for other in questions if other != question]
            steps.append((key, question))
            key = _digest(key, question, self._answer(question))
            if len(steps) > _MOST_QUESTIONS:
                return
        self._found = key
        store.write(key, data)
        for step, question in reversed(steps):
            if _question_at(step) != question:
                store.write(step, {"question": question})

    def release(self) -> None:
        """Let go of the arguments; nothing is asked of them any more."""
        self._values = None

    def recall_on_elements(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[Code | None] | None:
        """The code for arrays of these shapes that computes with their elements; None if it is not known.

        Parameters
        ----------
        shapes : mapping
            Of the arguments, by their names in the program.

        Returns
        -------
        tuple or None
            The code; None in its place if an earlier process found that there is none.
        """
        found = None if self._found is None else store.read(self._key_on_elements(shapes))
        if not isinstance(found, dict) or "elements" not in found:
            return None
        try:
            data = found["elements"]
            return (None if data is None else code_from_json(data, self._goal, self._footing),)
        except _DAMAGED:
            return None

    def keep_on_elements(self, shapes: Mapping[str, tuple[int, ...]], code: Code | None) -> None:
        """Write such code, or that there is none."""
        if self._found is not None:
            with contextlib.suppress(NotSteadyError):
                data = None if code is None else code_to_json(code, self._footing)
                store.write(self._key_on_elements(shapes), {"elements": data})

    def _key_on_elements(self, shapes: Mapping[str, tuple[int, ...]]) -> str:
        return _digest(self._found, "on elements", sorted(shapes.items()))

    def _answer(self, question: Any) -> Token:
        assert self._values is not None, "the arguments are still known"
        match question:
            case ["value", str(name)]:
                return self._by_value(self._values[name])
            case ["order", str(name)]:
                return is_in_order(self._values.get(name))
            case ["large", dict(kind)]:
                type_ = type_from_json(kind, self._footing)
                if not self._lengths.knows(type_):
                    raise NotSteadyError("a length that no argument has")
                return self._lengths.is_large(type_)
            case ["fact", list(stated)]:
                fact = fact_from_json(stated)
                if value_of(fact.number, self._lengths.numbers) is None:
                    raise NotSteadyError("a length that no argument has")
                return fact.holds(self._lengths.numbers)
            case ["place", list(reference)]:
                return self._by_value(place_from_json(reference, self._footing)())
        raise ValueError(f"{question!r} is no question")


def _question_at(key: str) -> Any:
    found = store.read(key)
    return found.get("question") if isinstance(found, dict) else None


def _stated(compilation: Compilation) -> list[Place]:
    """Where the numbers outside are found whose values stand in the code: those it was compiled for, and defaults."""
    compiled_for = [known.read for known in compilation.known if _is_number(known.value)]
    return compiled_for + [place for _, place in compilation.hidden if type(place()) in (int, float)]


def _is_number(value: Any) -> bool:
    return is_number_or_array(value) and not isinstance(value, type)


def _requires_grad(value: Any) -> bool:
    return getattr(value, "requires_grad", False) is True


def _token_of_type(type: Parameter, footing: Footing) -> Token:
    if not isinstance(type, Type):
        raise TypeError("no number or array")
    return json.dumps(type_to_json(type, footing))


def _digest(*parts: Any) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=20).hexdigest()
