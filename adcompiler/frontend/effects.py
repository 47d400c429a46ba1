"""What a program says while it runs: `print`, formatted strings, and the messages of assertions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.readers import read
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Slot

_CONVERTERS: dict[str, Callable[[Any], str]] = {"s": str, "r": repr, "a": ascii}

Template = tuple[Any, ...]

_CONVERSIONS = {-1: "", ord("s"): "s", ord("r"): "r", ord("a"): "a"}


def template_of(state: State, node: Any) -> tuple[Template, list[Atom]]:
    """A formatted string as literal text and values: `f"x = {x:.2f}"`."""
    slots: list[Atom] = []
    return _template(state, node, slots), slots


def _template(state: State, node: Any, slots: list[Atom]) -> Template:
    pieces: list[Any] = []
    for part in node.values:
        if isinstance(part, gast.Constant):
            pieces.append(part.value)
            continue
        ref = read(state, part.value)
        specification: str | Template = ""
        if part.format_spec is not None:
            specification = _template(state, part.format_spec, slots)
            if all(isinstance(piece, str) for piece in specification):
                specification = "".join(specification)
        conversion = _CONVERSIONS[part.conversion]
        if isinstance(ref, Constant) and isinstance(specification, str):
            pieces.append(_formatted(state, ref.value, conversion, specification, part))
            continue
        slots.append(state.read_value(ref, part))
        pieces.append((Slot(len(slots) - 1), conversion, specification))
    return tuple(pieces)


def _formatted(state: State, value: Any, conversion: str, specification: str, node: Any) -> str:
    try:
        return format(_CONVERTERS[conversion](value) if conversion else value, specification)
    except (TypeError, ValueError) as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")


def message_template(state: State, node: Any) -> tuple[Template, list[Atom]]:
    """The message of an assertion; empty where there is none."""
    if node is None:
        return (), []
    if isinstance(node, gast.JoinedStr):
        return template_of(state, node)
    return _argument(state, read(state, node), node, 0)


def _argument(state: State, ref: Ref, node: Any, number: int) -> tuple[Template, list[Atom]]:
    if isinstance(ref, Constant) and isinstance(ref.value, str):
        return (ref.value,), []
    return (Slot(number),), [state.read_value(ref, node)]


def print_call(state: State, node: Any, arguments: list[tuple[Ref, Any]], keywords: dict[str, Ref]) -> Constant:
    """`print(...)`: happens once, in the forward sweep."""
    template: list[Any] = []
    slots: list[Atom] = []
    for ref, argument in arguments:
        pieces, values = _argument(state, ref, argument, len(slots))
        template.extend(pieces)
        slots.extend(values)
    static = {}
    for name, ref in keywords.items():
        if name not in ("sep", "end", "flush"):
            state.refuse(node, f"`print` with `{name}=` is not supported")
        static[name] = state.constant_of(ref, node, f"`{name}=`")
    state.effect("print", *slots, template=tuple(template), **static)
    return Constant(None)
