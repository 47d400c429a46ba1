"""The arguments of the function that is compiled, and its result: what each stands for while it is read.

The parts of a structure are parameters of the program one by one; the program says beside them in which argument a
caller finds each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import Cell, Constant, Container, Object, Ref, Unbound
from adcompiler.frontend.state import State
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
    objects: dict[tuple[str, Path], tuple[Object, Container]]
    """The lists, dicts and objects in them, by parameter and path, and what each holds at first."""

    def changed(self, state: State) -> frozenset[tuple[str, Path]]:
        """The lists, dicts and objects that the program has changed, by parameter and path."""
        contents = state.heap.contents
        return frozenset(place for place, (found, held) in self.objects.items() if contents.get(found) is not held)


def bind_parameters(state: State, frame: Frame, parameters: Mapping[str, Parameter]) -> BoundParameters:
    """Bind the names of a frame to what is known of its function's parameters."""
    names = {place: name for name, place in leaf_names(parameters).items()}
    cells: dict[str, Cell] = {}
    objects: dict[tuple[str, Path], tuple[Object, Container]] = {}

    def bind(parameter: str, path: Path, known: Parameter) -> Ref:
        match known:
            case Static(value=value):
                return Constant(value)
            case Unusable(reason=reason):
                return Unbound(reason)
        assert isinstance(known, Type)
        name = names[parameter, path]
        cells[name] = state.bind_argument(name, state.builder.value(known, name))
        if path:
            state.called[state.parameters[name]] = None
        return cells[name]

    for parameter, known in parameters.items():
        frame.names[parameter] = _ref(state, map_leaves(known, partial(bind, parameter)), (parameter, ()), objects)
    positions = {name: number for number, name in enumerate(cells)}

    def position(parameter: str, path: Path, known: Parameter) -> int | None:
        return positions.get(names[parameter, path])

    trees = {name: map_leaves(known, partial(position, name)) for name, known in parameters.items()}
    passed = tuple(name for name, tree in trees.items() if any(leaf is not None for leaf in leaves(tree)))
    packed = tuple((name, tree) for name, tree in trees.items() if isinstance(tree, Structure))
    return BoundParameters(passed, cells, packed, objects)


def _ref(
    state: State, tree: Any, place: tuple[str, Path], objects: dict[tuple[str, Path], tuple[Object, Container]]
) -> Ref:
    """What a structure of references stands for: a tuple for itself, all else for an object that may be changed."""
    if not isinstance(tree, Structure):
        return tree  # type: ignore[no-any-return]
    kind, keys = tree.packing.kind, tree.packing.keys
    parameter, path = place
    parts = [
        _ref(state, part, (parameter, (*path, (tree.packing, number))), objects)
        for number, part in enumerate(tree.parts)
    ]
    content = Container(tuple(parts), kind, keys)
    if issubclass(kind, tuple):
        return content
    found = state.heap.new_object(content)
    objects[place] = found, content
    return found


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
