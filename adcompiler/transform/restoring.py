"""Restoring: the backward sweep undoes the writes to an array, instead of keeping what was read from it.

`A1 = setitem(A0, v, i)` destroys `A0[i]` and nothing else. If the forward sweep keeps that part, the backward sweep,
which begins with the last version of `A`, gets at each older one by a write of its own, `A0 = setitem(A1, part, i)`;
what the primal read of `A0` (elements, slices, the whole) is read again. All this is written as if it cost nothing,
where the derivative of the write is; dead code elimination removes what nobody needs.

Whether it is worth it is seen by trying: `choose` compares what is kept with and without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from adcompiler.analysis.activity import loop_parts
from adcompiler.analysis.versions import Versions, written_part
from adcompiler.ir.build import own_shape
from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.dims import OPEN, Dim, value_of
from adcompiler.ir.nodes import Atom, Equation, Region, Value, free_values, walk
from adcompiler.ir.types import Type
from adcompiler.rules.structure import SHAPE_QUERIES
from adcompiler.rules.table import RULES

if TYPE_CHECKING:
    from adcompiler.transform.cotangents import AdjointBuilder, Cotangents

LONG = 1000
"""How long an axis or a loop is taken to be whose length is not known: much longer than one that is."""


@dataclass
class Restoring:
    """Which writes are undone, and what that has led to."""

    versions: Versions = field(default_factory=Versions)
    chosen: frozenset[Value] = frozenset()
    """The later versions from which the one before is restored."""
    restored_from: dict[Value, Value] = field(default_factory=dict)
    """For each value of the adjoint that is a restored version: the later version of the primal that it undoes."""
    sizes: dict[Value, float] = field(default_factory=dict)
    """The bytes of values whose types do not say enough: tapes, and parts of arrays whose rank is not known."""

    def before(self, value: Value) -> Value | None:
        """The version to be restored from `value`, if that is wanted."""
        return self.versions.before.get(value) if value in self.chosen else None

    def oldest(self, value: Value) -> Value:
        """The oldest version that could be restored from `value`, all of which have its shape."""
        while (earlier := self.before(value)) is not None:
            value = earlier
        return value

    def before_outputs(self, equation: Equation) -> dict[int, Value]:
        """For the outputs whose older version is to be restored, by number: that version."""
        found = {number: self.before(output) for number, output in enumerate(equation.outputs)}
        return {number: earlier for number, earlier in found.items() if earlier is not None}

    def carried_by(self, loop: Equation) -> list[int]:
        """The numbers of the carried arrays that are restored; of buffers that trade places all are, or none."""
        return [number for number, output in enumerate(loop.outputs) if output in self.chosen]

    def size(self, value: Value) -> float:
        """About how many bytes it takes to keep a value."""
        found = self.sizes.get(value)
        return bytes_of(value.type) if found is None else found


def bytes_of(type: Type) -> float:
    """About how many bytes a value of this type takes."""
    if type.kind == "tuple":
        return sum(map(bytes_of, type.elements))
    if type.kind == "list":
        return LONG * sum(map(bytes_of, type.elements))
    dims = type.shape if isinstance(type.shape, tuple) else (OPEN,)
    return float(np.prod([_length(dim) for dim in dims])) * _item_size(type.dtype)


def _length(dim: Dim) -> float:
    if isinstance(dim, int):
        return dim
    about = value_of(dim, dict.fromkeys((symbol.name for symbol in dim.symbols), LONG))
    return max(LONG if about is None else about, 0)


def _item_size(dtype: str | None) -> int:
    try:
        return np.dtype(dtype or "float64").itemsize
    except TypeError:
        return 8


def undo(equation: Equation, cotangents: Cotangents) -> tuple[Equation, ...]:
    """Restore what an equation overwrites, if that is wanted; returns what the forward sweep does before it.

    Where a part is read, written into and written back, the write into it is the one to undo: the part is read again,
    and what it was is written back where it was read.
    """
    versions = cotangents.builder.restoring.versions
    write = versions.views.get(equation.outputs[0]) if equation.outputs else None
    if write is not None and (part := cotangents.restored.get(equation.outputs[0])) is not None:
        _write_back(write, part, cotangents)
    if not equation.primitive.updates:
        return ()
    if any(view.outputs == equation.outputs for view in versions.views.values()):
        return _read_part(equation, cotangents)
    return _undo_write(equation, cotangents)


def _read_part(write: Equation, cotangents: Cotangents) -> tuple[Equation, ...]:
    read, restoring = written_part(write), cotangents.builder.restoring
    if read is not None and restoring.before(write.outputs[0]) is not None:
        (part,) = read.outputs
        again = cotangents.builder.emit(read.primitive, *read.inputs, type=part.type, **read.parameters)
        cotangents.restored.setdefault(part, again)
        restoring.restored_from[again] = write.outputs[0]
    return ()


def _write_back(write: Equation, part: Atom, cotangents: Cotangents) -> None:
    earlier, _, *slots = write.inputs
    builder, (later,) = cotangents.builder, write.outputs
    assert isinstance(earlier, Value)
    if builder.restoring.before(later) is not None:
        restored = builder.emit(
            write.primitive, later, part, *slots, hint=earlier.hint, type=earlier.type, **write.parameters
        )
        cotangents.restored.setdefault(earlier, restored)
        builder.restoring.restored_from[restored] = later


def _undo_write(equation: Equation, cotangents: Cotangents) -> tuple[Equation, ...]:
    builder = cotangents.builder
    later = equation.outputs[0]
    earlier = builder.restoring.before(later)
    if earlier is None:
        return ()
    _, _, *slots = equation.inputs
    part = _read(equation, earlier, builder)
    if earlier.type.rank is None:
        builder.restoring.sizes[part.outputs[0]] = bytes_of(earlier.type) / 2
    index = equation.parameters["index"]
    restored = builder.emit(
        RULES["setitem"].primitive, later, part.outputs[0], *slots, hint=earlier.hint, type=earlier.type, index=index
    )
    cotangents.restored.setdefault(earlier, restored)
    builder.restoring.restored_from[restored] = later
    return (replace(part, sweep="forward"),)


def _read(equation: Equation, array: Value, builder: AdjointBuilder) -> Equation:
    """The part of `array` that an update writes."""
    primitive = RULES["getitem"].primitive
    _, _, *slots = equation.inputs
    (type,) = primitive.infer(array.type, *(slot.type for slot in slots), **equation.parameters)
    name = builder.names.fresh(None)
    part = Value(name, own_shape(type, name))
    return Equation(primitive, (array, *slots), (part,), equation.static, span=equation.span)


def restored_outputs(equation: Equation, earlier: Mapping[int, Atom], cotangents: Cotangents) -> list[Value]:
    """What the adjoint of control flow gives out: for its outputs by number, the versions that came before."""
    outputs = []
    for number, version in earlier.items():
        assert isinstance(version, Value)
        restored = cotangents.builder.value(version.type, version.hint)
        cotangents.restored.setdefault(version, restored)
        cotangents.builder.restoring.restored_from[restored] = equation.outputs[number]
        outputs.append(restored)
    return outputs


def yielded_versions(equation: Equation, region: Region, numbers: Iterable[int]) -> dict[Value, Atom]:
    """What a branch of an `if` yields for outputs is, where the branch's adjoint begins, what these outputs are."""
    pairs = [(region.results[number], equation.outputs[number]) for number in numbers]
    return {result: output for result, output in pairs if isinstance(result, Value)}


def restored_parameters(loop: Equation, numbers: Iterable[int], inner: Cotangents) -> list[Value]:
    """The parameters of a loop's adjoint for carried arrays: what its body's results were, as each round begins."""
    results, arrays = loop.regions[-1].results, []
    for number in numbers:
        result = results[number]
        assert isinstance(result, Value)
        array = inner.builder.value(result.type, result.hint)
        inner.restored[result] = array
        inner.builder.restoring.restored_from[array] = loop.outputs[number]
        arrays.append(array)
    return arrays


@dataclass
class Attempt:
    """Both sweeps, written with some versions restored."""

    restoring: Restoring
    whole: Region
    """Forward sweep and backward sweep in one."""
    forward: frozenset[Value]
    """What the forward sweep defines. The parameters are the caller's, and are there anyway."""

    def bytes_kept(self) -> float:
        """About how much memory waits for the backward sweep."""
        return sum(map(self.restoring.size, self._mentioned()))

    def _mentioned(self) -> list[Value]:
        """What the backward sweep mentions of the forward sweep, but for its shape."""
        mentioned: dict[Value, None] = {}
        for equation in self._needed.equations:
            if self.forward.isdisjoint(equation.outputs) and equation.primitive.name not in SHAPE_QUERIES:
                mentioned.update(dict.fromkeys(mentioned_values(equation)))
        return [value for value in mentioned if value in self.forward]

    def kept_values(self) -> frozenset[Value]:
        """The values of the primal that are kept: on tapes, or as variables."""
        found = set(self._mentioned())
        for equation in walk(self._needed):
            carried = len(loop_parts(equation)[1]) if equation.is_loop else 0
            for region in equation.regions:
                found.update(atom for atom in region.results[carried:] if isinstance(atom, Value))
        return frozenset(found)

    @cached_property
    def _needed(self) -> Region:
        return without_dead_code(self.whole)

    def survivors(self) -> frozenset[Value]:
        """The later versions whose undoing the backward sweep needs."""
        defined: set[Value] = set()
        for equation in walk(self._needed):
            defined.update(equation.outputs)
            for region in equation.regions:
                defined.update(region.parameters)
        undone = self.restoring.restored_from
        found = frozenset(undone[value] for value in undone if value in defined)
        return found.union(*(traded for traded in self.restoring.versions.trades if not found.isdisjoint(traded)))


def mentioned_values(equation: Equation) -> Iterable[Value]:
    """The values that an equation mentions and does not define."""
    yield from (atom for atom in equation.inputs if isinstance(atom, Value))
    for region in equation.regions:
        yield from free_values(region)


_ONE_BY_ONE = 12
_MOST_ATTEMPTS = 24
"""Each is a whole sweep; what is not tried is not restored."""


def choose(
    versions: Versions,
    behind: Mapping[Value, frozenset[Value]],
    attempt: Callable[[frozenset[Value]], Attempt],
) -> frozenset[Value]:
    """The later versions to restore from: array by array, those with which fewer bytes are kept.

    Of more arrays than `_ONE_BY_ONE`, all are tried at once, and if that keeps no less, each half. `behind` says of
    which arrays a value that is kept could be read again.
    """
    chosen: frozenset[Value] = frozenset()
    if not versions.chains:
        return chosen
    first = attempt(chosen)
    least = first.bytes_kept()
    read = {array for value in first.kept_values() for array in behind.get(value, ())}
    chains = [chain for chain in versions.chains if versions.arrays[chain[0]] in read]
    attempts = 0
    pending = [[chain] for chain in chains] if len(chains) <= _ONE_BY_ONE else [chains]
    while pending and least and attempts < _MOST_ATTEMPTS:
        group = pending.pop(0)
        attempts += 1
        trial = attempt(chosen.union(*group))
        size = trial.bytes_kept()
        if size < least:
            chosen, least = trial.survivors(), size
        elif len(group) > 1:
            half = len(group) // 2
            pending[:0] = [group[:half], group[half:]]
    return chosen
