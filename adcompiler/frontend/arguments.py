"""The arguments of the function that is compiled, and its result: what each stands for while it is read.

The parts of a structure are parameters of the program one by one; the program says beside them in which argument a
caller finds each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from adcompiler.frontend.heap import Cell, Constant, Container, Object, Ref, Unbound
from adcompiler.frontend.state import Frame, State
from adcompiler.ir.nodes import Atom
from adcompiler.ir.structure import Packing, Path, Static, Structure, Unusable, leaf_names, leaves, map_leaves
from adcompiler.ir.types import Parameter, Type
from adcompiler.rules.structure import packing_parameter


@dataclass(frozen=True)
class BoundParameters:
    """What the parameters of a function stand for."""

    arguments: tuple[str, ...]
    """The parameters that a caller passes a value for."""
    cells: dict[str, Cell]
    """The numbers and arrays among them and in them, by name, in the order of the program's parameters."""
    packed: tuple[tuple[str, Structure], ...]
    """Those that are structures, with the position of each leaf (`Program.packed`)."""


def bind_parameters(state: State, frame: Frame, parameters: Mapping[str, Parameter]) -> BoundParameters:
    """Bind the names of a frame to what is known of its function's parameters."""
    names = {place: name for name, place in leaf_names(parameters).items()}
    cells: dict[str, Cell] = {}

    def bind(parameter: str, path: Path, known: Parameter) -> Ref:
        match known:
            case Static(value=value):
                return Constant(value)
            case Unusable(reason=reason):
                return Unbound(reason)
        assert isinstance(known, Type)
        name = names[parameter, path]
        state.parameters[name] = state.builder.value(known, name)
        cells[name] = state.bind(state.parameters[name], name)
        if path:
            state.called[state.parameters[name]] = None
        return cells[name]

    for parameter, known in parameters.items():
        frame.names[parameter] = _ref(state, map_leaves(known, partial(bind, parameter)))
    positions = {name: number for number, name in enumerate(cells)}

    def position(parameter: str, path: Path, known: Parameter) -> int | None:
        return positions.get(names[parameter, path])

    trees = {name: map_leaves(known, partial(position, name)) for name, known in parameters.items()}
    passed = tuple(name for name, tree in trees.items() if any(leaf is not None for leaf in leaves(tree)))
    packed = tuple((name, trees[name]) for name in passed if isinstance(trees[name], Structure))
    return BoundParameters(passed, cells, packed)


def _ref(state: State, tree: Any) -> Ref:
    """What a structure of references stands for: a tuple for itself, all else for an object that may be changed."""
    if not isinstance(tree, Structure):
        return tree  # type: ignore[no-any-return]
    kind, keys = tree.packing.kind, tree.packing.keys
    content = Container(tuple(_ref(state, part) for part in tree.parts), kind, keys)
    return content if issubclass(kind, tuple) else state.heap.new_object(content)


def result_value(state: State, ref: Ref, node: Any) -> Atom:
    """What a function returns, as one value: structures with their keys and classes."""
    if isinstance(ref, Object):
        if ref.origin is not None:
            state.refuse(node, "an object from outside the function is changed and returned", "return what it holds")
        held = state.content_of(ref, node)
        return result_value(state, held, node) if isinstance(held, Container) else held
    if not isinstance(ref, Container):
        return state.read_value(ref, node)
    if ref.uncertain:
        missing = next(repr(key) for key in ref.keys or () if key in ref.uncertain)
        state.refuse(node, f"what is returned has {missing} on some paths only")
    values = [result_value(state, item, node) for item in ref.items]
    return state.emit("make_tuple", *values, **packing_parameter(Packing(ref.kind, ref.keys)))
