"""What loops run over and what they collect: lists, of whose items a loop's adjoint takes and gives the cotangents.

The adjoint of a loop meets the elements from the last to the first. It runs over the same sequences, and over the
cotangents of what the loop collected; it collects the cotangents of the elements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.nodes import Atom, Equation, Value
from adcompiler.ir.types import Type
from adcompiler.rules.indexing import REVERSED
from adcompiler.rules.joining import to_array
from adcompiler.rules.symbolic import Symbolic
from adcompiler.transform.containers import with_shapes
from adcompiler.transform.cotangents import AdjointBuilder, Cotangent, Cotangents


@dataclass
class Walk:
    """What an adjoint loop runs over besides tapes, backwards."""

    sequences: list[Atom]
    elements: list[Value]
    at_hand: dict[Value, Atom]
    """What the adjoint has of the primal body's values because it runs over the same sequences."""
    arriving: dict[int, Value]
    """For the numbers of collected results: the element that is the cotangent of what was collected."""


def walk_of(loop: Equation, collected: Mapping[int, Atom], builder: AdjointBuilder) -> Walk:
    """The sequences of the primal loop, and the cotangents of the lists that it collected, by number.

    A loop that itself runs backwards has tapes in the order in which it ran: they go with its sequences the other way
    round.
    """
    sequences, _, body = loop_parts(loop)
    arriving = {number: _cotangent_of(body.results[number], bars, builder) for number, bars in collected.items()}
    walk = Walk(list(collected.values()), list(arriving.values()), {}, arriving)
    if loop.parameters.get("reverse", False):
        sequences = [builder.call("getitem", sequence, index=REVERSED) for sequence in sequences]
    elements = [builder.value(value.type, value.hint) for value in body.parameters[: len(sequences)]]
    walk.at_hand = dict(zip(body.parameters, elements, strict=False))
    walk.sequences = [*sequences, *walk.sequences]
    walk.elements = [*elements, *walk.elements]
    return walk


def _cotangent_of(result: Atom, bars: Atom, builder: AdjointBuilder) -> Value:
    name = f"{result.hint}_bar" if isinstance(result, Value) and result.hint else None
    return builder.value(with_shapes(bars.type.elements[0], result.type), name)


def lists_of_cotangents(loop: Equation, walked: Sequence[int], bars: Sequence[Atom], builder: AdjointBuilder) -> Any:
    """New values for the lists in which the cotangents `bars` of the elements of some sequences are collected."""
    return [
        builder.value(Type("list", elements=(bar.type,)), f"{hint}_bar" if hint else None)
        for bar, hint in zip(bars, (getattr(loop.inputs[number], "hint", None) for number in walked), strict=True)
    ]


def add_walked(loop: Equation, number: int, collected: Value, cotangents: Cotangents) -> None:
    """Add the cotangents of the elements, in the order in which the adjoint loop met them, to that of the sequence."""
    sequence = loop.inputs[number]
    whole: Any = Symbolic(collected, cotangents.builder)
    assert isinstance(sequence, Value)
    if not loop.parameters.get("reverse", False):
        whole = whole[::-1]
    if sequence.type.kind != "list":
        whole = np.reshape(to_array(whole), np.shape(Symbolic(sequence, cotangents.builder)))
    cotangents.add(sequence, Cotangent(whole.atom))
