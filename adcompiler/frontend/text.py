"""Text: `str`, `repr`, `format`, and the methods of strings that are known before the program runs."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

from adcompiler.frontend.containers import structure_of
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Slot

_CONVERTERS: dict[str, Callable[[Any], str]] = {"s": str, "r": repr, "a": ascii}


def text_of(state: State, ref: Ref, conversion: str, specification: str, node: Any) -> Ref:
    """`f"{ref!conversion:specification}"`."""
    if isinstance(ref, Constant):
        try:
            return Constant(format(_CONVERTERS[conversion](ref.value) if conversion else ref.value, specification))
        except (TypeError, ValueError) as error:
            state.refuse(node, f"this raises {type(error).__name__}: {error}")
    template = ((Slot(0), conversion, specification),)
    return state.bind(state.emit("format", state.read_value(ref, node), template=template))


def call_text_method(
    state: State, text: str, name: str, arguments: list[Ref], keywords: dict[str, Ref], node: Any
) -> Ref:
    """A method of a string."""
    if name == "format":
        return _format(state, text, arguments, keywords, node)
    if name == "join" and len(arguments) == 1 and (content := structure_of(state, arguments[0], node)) is not None:
        arguments = [content]
    values = [state.constant_of(ref, node, "what a method of a string is given") for ref in arguments]
    named = {key: state.constant_of(ref, node, "what a method of a string is given") for key, ref in keywords.items()}
    try:
        result = getattr(text, name)(*values, **named)
    except (AttributeError, TypeError, ValueError, LookupError) as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")
    if isinstance(result, list):
        return state.new_list(map(Constant, result))
    return Constant(result)


def _format(state: State, text: str, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    """`"{:.2f}".format(x)`, with fields that name an argument and nothing of it."""
    pieces: list[Any] = []
    slots: list[Atom] = []
    for number, (literal, field, specification, conversion) in enumerate(string.Formatter().parse(text)):
        pieces += [literal] if literal else []
        if field is None:
            continue
        key = field or str(number)
        ref = keywords.get(key)
        if ref is None and key.isdigit() and int(key) < len(arguments):
            ref = arguments[int(key)]
        if ref is None or "{" in (specification or ""):
            state.refuse(node, f"the field `{{{field}}}` of this format is not supported", "write an f-string")
        if isinstance(ref, Constant):
            known = text_of(state, ref, conversion or "", specification or "", node)
            assert isinstance(known, Constant)
            pieces.append(known.value)
            continue
        slots.append(state.read_value(ref, node))
        pieces.append((Slot(len(slots) - 1), conversion or "", specification or ""))
    if not slots:
        return Constant("".join(pieces))
    return state.bind(state.emit("format", *slots, template=tuple(pieces)))
