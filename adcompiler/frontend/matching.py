"""`match`: patterns are tests, decided before the program runs where they can be, and names that they bind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import gast

from adcompiler.frontend.attributes import attribute
from adcompiler.frontend.comparisons import is_equal, is_same
from adcompiler.frontend.conditions import condition
from adcompiler.frontend.containers import certain_keys, structure_of
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.heap import Cell, Constant, Ref, ShapeOf
from adcompiler.frontend.kinds import is_instance, possible_classes
from adcompiler.frontend.merge import branch
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.rounds import as_ref
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import execute_block
from adcompiler.ir.nodes import Atom, Literal

_THEMSELVES = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""Classes whose one positional pattern is matched with the whole subject."""


@dataclass(frozen=True)
class _Match:
    """Whether a pattern fits, and what it binds then."""

    test: Atom
    names: tuple[tuple[str, Ref], ...] = ()


_NO, _YES = _Match(Literal(False)), _Match(Literal(True))


@reads(gast.Match)
def _match(state: State, node: Any) -> None:
    subject = read(state, node.subject)
    with state.holding(subject):
        _try_cases(state, node, subject, 0)


def _try_cases(state: State, node: Any, subject: Ref, number: int) -> None:
    if number == len(node.cases):
        return
    case = node.cases[number]
    found = _Pattern(state, case.guard or node.subject).match(case.pattern, subject)

    def fits() -> Ref:
        for name, ref in found.names:
            state.assign(name, ref)
        if case.guard is None:
            return Constant(True)
        return as_ref(state, condition(state, read(state, case.guard), case.guard))

    def body() -> None:
        execute_block(state, case.body)

    def others() -> None:
        _try_cases(state, node, subject, number + 1)

    ref = branch(state, found.test, fits, lambda: Constant(False), node.subject)
    branch(state, state.read_value(ref, node.subject), body, others, node.subject)


class _Pattern:
    """Matches patterns; `node` is where they stand, for patterns have no place of their own."""

    def __init__(self, state: State, node: Any) -> None:
        self.state, self.node = state, node

    def match(self, pattern: Any, subject: Ref) -> _Match:
        """Whether a pattern fits a subject."""
        match pattern:
            case gast.MatchAs(pattern=inner, name=name):
                found = _YES if inner is None else self.match(inner, subject)
                return found if name is None else _Match(found.test, (*found.names, (name, subject)))
            case gast.MatchValue(value=value):
                return _Match(is_equal(self.state, subject, read(self.state, value), self.node))
            case gast.MatchSingleton(value=value):
                return _YES if is_same(self.state, Constant(value), subject, self.node) else _NO
            case gast.MatchOr(patterns=patterns):
                return self._any(patterns, subject)
            case gast.MatchSequence(patterns=patterns):
                return self._sequence(patterns, subject)
            case gast.MatchMapping():
                return self._mapping(pattern, subject)
            case gast.MatchClass():
                return self._instance(pattern, subject)
        self.state.refuse(self.node, "this pattern is not supported", "use `if` and `elif`")

    def _any(self, patterns: list[Any], subject: Ref) -> _Match:
        first, *rest = patterns
        found = self.match(first, subject)
        if not rest or found.test == Literal(True):
            return found
        if found.test == Literal(False):
            return self._any(rest, subject)
        if found.names:
            self.state.refuse(self.node, "which alternative binds these names is not known", "use a case for each")

        def others() -> Ref:
            return as_ref(self.state, self._any(rest, subject).test)

        ref = branch(self.state, found.test, lambda: Constant(True), others, self.node)
        return _Match(self.state.read_value(ref, self.node))

    def _all(self, pairs: list[tuple[Any, Ref]], first: Atom = Literal(True)) -> _Match:  # noqa: B008  (immutable)
        names: list[tuple[str, Ref]] = []
        test = first
        for pattern, subject in pairs:
            found = self.match(pattern, subject)
            names += found.names
            if found.test == Literal(False):
                return _NO
            fits = partial(as_ref, self.state, found.test)
            ref = branch(self.state, test, fits, lambda: Constant(False), self.node)
            test = self.state.read_value(ref, self.node)
        return _Match(test, tuple(names))

    def _sequence(self, patterns: list[Any], subject: Ref) -> _Match:
        state, type_ = self.state, self.state.type_of(subject)
        content = structure_of(state, subject, self.node)
        is_tuple = isinstance(subject, ShapeOf) or (type_ is not None and type_.kind == "tuple")
        if content is None and not (isinstance(subject, Cell | ShapeOf) and is_tuple):
            if possible_classes(state, subject) is None:
                state.refuse(self.node, "whether this is a sequence is not known before the program runs")
            return _NO  # numbers, strings and arrays are no sequences here
        if content is not None and not issubclass(content.kind, tuple | list):
            return _NO
        items = unpacked(state, subject, None, self.node)
        starred = [number for number, item in enumerate(patterns) if isinstance(item, gast.MatchStar)]
        if not starred:
            return self._all(list(zip(patterns, items, strict=True))) if len(patterns) == len(items) else _NO
        before, after = starred[0], len(patterns) - starred[0] - 1
        if len(items) < before + after:
            return _NO
        end = len(items) - after
        found = self._all(
            [*zip(patterns[:before], items), *zip(patterns[before + 1 :], items[end:], strict=True)]  # noqa: B905
        )
        name = patterns[before].name
        rest = () if name is None else ((name, state.new_list(items[before:end])),)
        return _Match(found.test, (*found.names, *rest))

    def _mapping(self, pattern: Any, subject: Ref) -> _Match:
        state = self.state
        content = structure_of(state, subject, self.node)
        if content is None or content.kind is not dict:
            if content is None and possible_classes(state, subject) is None:
                state.refuse(self.node, "whether this is a dict is not known before the program runs")
            return _NO
        present = certain_keys(state, content, self.node)
        keys = [state.constant_of(read(state, key), key, "the key of a dict") for key in pattern.keys]
        if any(key not in present for key in keys):
            return _NO
        found = self._all(
            [(p, content.get(key) or Constant(None)) for p, key in zip(pattern.patterns, keys, strict=True)]
        )
        if pattern.rest is None:
            return found
        left = [(key, item) for key, item in zip(present, content.items, strict=True) if key not in keys]
        rest = state.new_dict([key for key, _ in left], [item for _, item in left])
        return _Match(found.test, (*found.names, (pattern.rest, rest)))

    def _instance(self, pattern: Any, subject: Ref) -> _Match:
        state = self.state
        cls = state.constant_of(read(state, pattern.cls), pattern.cls, "the class")
        if not is_instance(state, subject, cls, self.node):
            return _NO
        if pattern.patterns and cls in _THEMSELVES:
            return self.match(pattern.patterns[0], subject)
        names = [*getattr(cls, "__match_args__", ())[: len(pattern.patterns)], *pattern.kwd_attrs]
        patterns = [*pattern.patterns, *pattern.kwd_patterns]
        if len(names) != len(patterns):
            state.refuse(pattern.cls, f"`{cls.__name__}` does not accept {len(pattern.patterns)} positional patterns")
        parts = [attribute(state, subject, self._attribute(pattern.cls, name)) for name in names]
        return self._all(list(zip(patterns, parts, strict=True)))

    def _attribute(self, node: Any, name: str) -> Any:
        """The syntax of an attribute of the subject, in the place of a pattern."""
        return gast.copy_location(gast.Attribute(self.node, name, gast.Load()), node)
