"""Two references or structures side by side: whether one variable can hold both, and what its parts are called."""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.heap import (
    NOTHING,
    UNBOUND,
    Cell,
    Constant,
    Container,
    Maybe,
    Object,
    Presence,
    Ref,
    ShapeOf,
    Unbound,
    View,
)
from adcompiler.frontend.state import State
from adcompiler.ir.types import Type, type_of_constant


def is_mergeable(state: State, ref: Ref) -> bool:
    """Whether a reference has a value that a variable of the program can hold."""
    match ref:
        case Cell() | View() | ShapeOf():
            return True
        case Constant(value=value):
            return isinstance(value, str) or type_of_constant(value).is_numeric
        case Container(items=items):
            return all(is_mergeable(state, item) for item in items)
    return False


def may_be_array(type_: Type) -> bool:
    """Whether a value of this type has memory that could be shared."""
    return type_.kind not in ("scalar", "opaque")


def item_names(content: Container, name: str) -> list[str]:
    """The name that each item of a structure suggests for its variable: its own, or the structure's."""
    return [word_of(key) or name for key in content.keys or (None,) * len(content.items)]


def word_of(key: Any) -> str | None:
    """What the variable for the item of a key is called."""
    if isinstance(key, Presence):
        return f"has_{key.key}" if word_of(key.key) else None
    return key if isinstance(key, str) and key.isidentifier() else None


def is_maybe(one: Ref, other: Ref) -> bool:
    """Whether what is one reference or the other may be None, and may be something else."""
    if isinstance(one, Maybe) or isinstance(other, Maybe):
        return True
    return (
        (one == NOTHING) is not (other == NOTHING) and not isinstance(one, Unbound) and not isinstance(other, Unbound)
    )


def aligned(state: State, one: Container, other: Container, owner: Object) -> tuple[Container, Container]:
    """Two contents of a dict or instance with the same keys in one order; a key that one lacks is uncertain."""
    both = (*(one.keys or ()), *(key for key in other.keys or () if one.get(key) is None))
    missing = [key for key in both if one.get(key) is None or other.get(key) is None]

    def item(content: Container, key: Any) -> Ref:
        if isinstance(key, Presence):
            return content.presence(key.key)
        found = content.get(key)
        if found is not None:
            return found
        is_attribute = owner.origin is not None and not isinstance(owner.origin, dict)
        if is_attribute and hasattr(owner.origin, key):
            missing.remove(key)
            return state.lift_attribute(owner.origin, key)
        return UNBOUND

    known = [key for key in both if not isinstance(key, Presence)]
    columns = [[item(content, key) for key in known] for content in (one, other)]
    flags = dict.fromkeys(Presence(key) for key in (*one.uncertain, *other.uncertain, *missing) if key in known)
    keys = (*known, *flags)
    first, second = (
        Container((*column, *(item(content, flag) for flag in flags)), one.kind, keys)
        for column, content in zip(columns, (one, other), strict=True)
    )
    return first, second
