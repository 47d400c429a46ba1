"""What a loop carries: names its body binds anew, and cells whose content it changes."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from adcompiler.frontend.heap import Cell, Constant, Container, Ref, Unbound, link, may_share, reach
from adcompiler.frontend.merge import (
    Path,
    hint_of,
    is_mergeable,
    join_types,
    link_merged,
    may_be_array,
    named_value,
)
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import UNDEFINED, Atom, Literal, Value
from adcompiler.ir.types import OPAQUE, Type


class Carried:
    """The variables of a loop: found, typed and bound round by round until nothing changes."""

    def __init__(self, state: State, node: Any) -> None:
        self.state, self.node = state, node
        self.before = Path.here(state, [])
        self._keys: dict[str | Cell, Type] = {}
        self.dropped: dict[str, Unbound] = {}
        self.sharing: set[frozenset[str]] = set()
        """Pairs of names that may share memory at the end of a round."""
        self.reaching: dict[str, set[Cell]] = {}
        """Cells from before the loop that a name may share memory with at the end of a round."""

    def _initial(self, key: str | Cell) -> Atom:
        if isinstance(key, Cell):
            return self.before.cells(self.state)[key]
        ref = self.before.ref(key)
        return Literal(UNDEFINED) if isinstance(ref, Unbound) else self.state.read_value(ref, self.node)

    def enter(self) -> tuple[tuple[Atom, ...], tuple[Value, ...]]:
        """Start a round: bind what is carried to new parameters; returns the initial values and the parameters."""
        state = self.state
        self.before.resume(state)
        inits = tuple(self._initial(key) for key in self._keys)
        bound: dict[str, Cell] = {}
        parameters = []
        for key, type_ in self._keys.items():
            parameter = named_value(state, type_, hint_of(key) if isinstance(key, str) else key.name)
            parameters.append(parameter)
            if isinstance(key, Cell):
                state.heap.values[key] = parameter
            else:
                bound[key] = state.bind(parameter, None if key.startswith("%") else key)
        self.parameters = tuple(parameters)
        for name in self._arrays():
            for cell in self._known(self.before.ref(name)) | self.reaching.get(name, set()):
                link(bound[name], cell)
        for one, other in self.sharing:
            link(bound[one], bound[other])
        state.frame.names.update(bound)
        state.frame.names.update(self.dropped)
        return inits, self.parameters

    def leave(self, end: Path) -> bool:
        """End a round: whether all that changed is carried, with a type that holds."""
        self.end = end
        if self._find_changed():
            return False
        self._results = tuple(self._final(key) for key in self._keys)
        joined = [
            join_types(type_, OPAQUE if result == Literal(UNDEFINED) else result.type)
            for type_, result in zip(self._keys.values(), self._results, strict=True)
        ]
        settled = joined == list(self._keys.values())
        self._keys.update(zip(self._keys, joined, strict=True))
        for one, other in combinations(self._arrays(), 2):
            pair = frozenset([one, other])
            if pair not in self.sharing and may_share(end.ref(one), end.ref(other)):
                self.sharing.add(pair)
                settled = False
        for name in self._arrays():
            reached = self._known(end.ref(name))
            if not reached <= self.reaching.setdefault(name, set()):
                self.reaching[name] |= reached
                settled = False
        return settled

    def _find_changed(self) -> bool:
        """Carry every name and cell that this round changed for the first time; whether there was one."""
        state, found = self.state, False
        for name in {**self.before.names, **self.end.names}:
            first, ref = self.before.ref(name), self.end.ref(name)
            if name in self._keys or name in self.dropped or ref is first:
                continue
            if isinstance(ref, Constant) and ref == first:
                continue
            found = True
            if not _is_variable(state, ref) or not (isinstance(first, Unbound) or _is_variable(state, first)):
                self.dropped[name] = Unbound("is not one number or array throughout this loop")
                continue
            self.before.resume(state)
            type_ = OPAQUE if isinstance(first, Unbound) else state.type_of(first)
            assert type_ is not None
            self._keys[name] = type_
        contents = self.end.cells(state)
        for cell, content in self.before.cells(state).items():
            if cell not in self._keys and contents[cell] != content:
                found = True
                self._keys[cell] = content.type
        return found

    def _known(self, ref: Ref) -> set[Cell]:
        """The cells from before the loop that a reference may share memory with."""
        return reach(ref) & self.before.cells(self.state).keys()

    def _arrays(self) -> list[str]:
        return [key for key, type_ in self._keys.items() if isinstance(key, str) and may_be_array(type_)]

    def _final(self, key: str | Cell) -> Atom:
        if isinstance(key, Cell):
            return self.end.cells(self.state)[key]
        ref = self.end.ref(key)
        return Literal(UNDEFINED) if isinstance(ref, Unbound) else self.end.read(self.state, ref, self.node)

    def results(self) -> tuple[Atom, ...]:
        """What the body yields."""
        return self._results

    def outputs(self) -> tuple[Value, ...]:
        """New values for what the loop leaves behind."""
        pairs = zip(self._keys.values(), self.parameters, strict=True)
        return tuple(named_value(self.state, type_, parameter.hint) for type_, parameter in pairs)

    def finish(self, outputs: tuple[Value, ...]) -> None:
        """Bind names and cells to the loop's outputs."""
        state = self.state
        self.before.resume(state)
        bound: dict[str, Cell] = {}
        sources: dict[Cell, tuple[Ref, ...]] = {}
        arrays = self._arrays()
        for key, output in zip(self._keys, outputs, strict=True):
            if isinstance(key, Cell):
                state.heap.values[key] = output
                continue
            bound[key] = Cell(None if key.startswith("%") else key)
            if key in arrays:
                sources[bound[key]] = (self.before.ref(key), self.end.ref(key))
        link_merged(sources, state)
        state.heap.values.update({bound[k]: o for k, o in zip(self._keys, outputs, strict=True) if isinstance(k, str)})
        state.frame.names.update(bound)
        state.frame.names.update(self.dropped)


def _is_variable(state: State, ref: Ref) -> bool:
    """Whether a reference is one number or array, which a loop can carry."""
    return is_mergeable(state, ref) and not isinstance(ref, Container)
