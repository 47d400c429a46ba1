"""Types of arguments as they are stated: by text (`float64[n, 3]`), by examples, by annotations."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from adcompiler.errors import DifferentiationError
from adcompiler.ir.dims import Dim, extent, is_length
from adcompiler.ir.structure import Packing, Static, Structure, Unusable, leaves, leaves_of, packing_of
from adcompiler.ir.types import BOOL, FLOAT, INT, Parameter, Type, Unranked, array, scalar, unknown
from adcompiler.values import Lengths

Lookup = Callable[[str], Any]

_NUMBER = re.compile(r"^\s*(?P<dtype>[a-z]+\d*)\s*(?:\[(?P<dims>[^\]]*)\])?\s*$")
_PYTHON_NUMBERS = {"float": FLOAT, "int": INT, "bool": BOOL}


def parse_type(text: str, name: str) -> Type:
    """The type that `float64[n, 3]`, `float64[...]`, `float64` or `float` stands for.

    A symbol stands for a length of two or more, the same wherever it is written; write 1 for an axis of length one.
    Lengths that are related are written so: `float64[n, 4*n]`, `float64[n + 1]`.

    Raises
    ------
    ValueError
        The text is not a type.
    """
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError(f"`{text}` is not a type; write for example float64[n, 3]")
    dtype, dims = match["dtype"], match["dims"]
    if dims is None and dtype in _PYTHON_NUMBERS:
        return _PYTHON_NUMBERS[dtype]
    try:
        dtype = np.dtype(dtype).name
    except TypeError:
        raise ValueError(f"`{match['dtype']}` is not a dtype; write for example float64[n, 3]") from None
    if dims is None:
        return scalar(dtype)
    if dims.strip() == "...":
        return array(dtype, Unranked(frozenset([name])))
    return array(dtype, tuple(_parse_dim(dim.strip(), text) for dim in dims.split(",") if dim.strip()))


def _parse_dim(text: str, whole: str) -> Dim:
    if text.isdigit():
        return int(text)
    if text.isidentifier():
        return extent(text, least=2)
    try:
        dim = _sum_of_lengths(ast.parse(text, mode="eval").body)
    except SyntaxError:
        dim = None
    if dim is None or not is_length(dim):
        raise ValueError(f"`{text}` in `{whole}` is neither a length nor a name for one")
    return dim


def _sum_of_lengths(node: ast.expr) -> Dim | None:
    """What sums, differences and products of lengths are; None for anything else."""
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.Name(id=name):
            return extent(name, least=2)
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Sub() | ast.Mult() as op):
            one, other = _sum_of_lengths(left), _sum_of_lengths(right)
            if one is None or other is None:
                return None
            return one + other if isinstance(op, ast.Add) else one - other if isinstance(op, ast.Sub) else one * other
    return None


def parse_types(text: str) -> dict[str, Any]:
    """The command line's `x=float64[n, 3], p["W"]=float64[n], model.layers[0].b=float` as a mapping.

    A key in brackets stands for a part of a dict, a number for one of a list, a dot for an attribute.

    Raises
    ------
    ValueError
        The text is not of this form.
    """
    found: dict[Any, Any] = {}
    for piece in re.split(r",(?![^\[]*\])", text):
        if not piece.strip():
            continue
        place, equals, type_ = piece.partition("=")
        steps = _steps(place.strip()) if equals else None
        if steps is None:
            raise ValueError(f"`{piece.strip()}` is not of the form x=float64[n, 3]")
        inner = found
        for step in steps[:-1]:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                raise ValueError(f"`{place.strip()}` has a type of its own, and parts")
        if isinstance(inner.get(steps[-1]), dict):
            raise ValueError(f"`{place.strip()}` has a type of its own, and parts")
        inner[steps[-1]] = type_.strip()
    return {name: _stated(tree, name) for (_, name), tree in found.items()}


def _steps(place: str) -> list[tuple[str, Any]] | None:
    """The way to a part: `p["W"]` is `[("name", "p"), ("key", "W")]`."""
    try:
        node = ast.parse(place, mode="eval").body
    except SyntaxError:
        return None
    steps: list[tuple[str, Any]] = []
    while True:
        match node:
            case ast.Name(id=name):
                return [("name", name), *reversed(steps)]
            case ast.Attribute(value=owner, attr=name):
                steps.append(("attribute", name))
            case ast.Subscript(value=owner, slice=ast.Constant(value=int(number))):
                steps.append(("number", number))
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
                steps.append(("key", key))
            case _:
                return None
        node = owner


def _stated(tree: Any, place: str) -> Any:
    """The parts of a structure as a list, a dict or an object with attributes."""
    if not isinstance(tree, dict):
        return tree
    kinds = {kind for kind, _ in tree}
    if len(kinds) > 1:
        raise ValueError(f"`{place}` is read in two ways: by {' and by '.join(sorted(kinds))}")
    parts = {key: _stated(part, f"{place}.{key}") for (_, key), part in tree.items()}
    if kinds == {"number"}:
        if sorted(parts) != list(range(len(parts))):
            raise ValueError(f"`{place}` needs a type for each of its items, from 0")
        return [parts[number] for number in range(len(parts))]
    return SimpleNamespace(**parts) if kinds == {"attribute"} else parts


def given_types(
    names: Iterable[str],
    given: Mapping[str, Any] | None,
    annotations: Mapping[str, Any],
    lookup: Lookup = lambda _: None,
) -> dict[str, Parameter]:
    """What is known of each parameter: what was given for it, what its annotation says, or nothing.

    Parameters
    ----------
    names : iterable of str
    given : mapping, optional
        Text, a type, an example, or a structure of these.
    annotations : mapping
        Text, or the class of a number, a named tuple or a dataclass.
    lookup : callable, optional
        What a name in an annotation stands for.

    Raises
    ------
    ValueError
        A type is given for a parameter that does not exist, or is not one.
    """
    lengths = Lengths()
    given = dict(given or {})
    names = tuple(names)
    for name in given:
        if name not in names:
            raise ValueError(f"there is no parameter `{name}`")
    result: dict[str, Parameter] = {}
    for name in names:
        known = _annotated(annotations[name], name, lookup) if name in annotations else None
        if name in given:
            kind = _class_called(annotations.get(name), lookup)
            known = _given(given[name], name, lengths, kind)
            if isinstance(known, Static) and not isinstance(known.value, bool | None):
                raise ValueError(f"the type given for `{name}` is neither a type nor an example: {known.value!r}")
        result[name] = known or unknown(name)
    return result


def _given(value: Any, place: str, lengths: Lengths, kind: Any = None) -> Parameter:
    """What was given for an argument, or for a part of one; text that is no type is itself a part's value.

    `kind` is the class of an argument whose attributes are given, where its annotation says that.
    """
    if isinstance(value, Type):
        return value
    if isinstance(value, str):
        try:
            return parse_type(value, place)
        except ValueError:
            if place.isidentifier() or "[" in value:
                raise
            return Static(value)
    value = value.detach().numpy() if hasattr(value, "requires_grad") else value
    packing = packing_of(value)
    if packing is None or not any(isinstance(leaf, str | Type) for leaf in leaves_of(value)):
        return lengths.type_of(value)
    parts = [_given(part, place + packing.access(n), lengths) for n, part in enumerate(packing.parts(value))]
    if isinstance(kind, type) and packing.kind is SimpleNamespace:
        packing = Packing(kind, packing.keys)
    return Structure(packing, tuple(parts))


def _annotated(annotation: Any, place: str, lookup: Lookup) -> Parameter | None:
    """What an annotation states: `float`, `"float64[n, 3]"`, a class whose fields say; others say nothing."""
    if isinstance(annotation, str):
        text = annotation.strip("'\"")
        try:
            return parse_type(text, place)
        except ValueError:
            annotation = _class_called(text, lookup)
    if annotation in (Any, np.ndarray):
        return unknown(place)
    if not isinstance(annotation, type):
        return None
    if annotation.__name__ in _PYTHON_NUMBERS:
        return _PYTHON_NUMBERS[annotation.__name__]
    fields = _fields_of(annotation)
    parts = [_annotated(kind, f"{place}.{name}", lookup) for name, kind in fields.items()]
    if not any(isinstance(leaf, Type) for part in parts for leaf in leaves(part)):
        return None
    unstated = "has an annotation that states no type"
    known = tuple(Unusable(unstated) if part is None else part for part in parts)
    return Structure(Packing(annotation, tuple(fields)), known)


def _fields_of(kind: type) -> dict[str, Any]:
    """The annotations of the fields of a dataclass or named tuple; nothing of another class."""
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
    else:
        names = list(getattr(kind, "_fields", ()))
    stated: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        stated |= inspect.get_annotations(base)
    return {name: stated.get(name) for name in names}


def _class_called(text: Any, lookup: Lookup) -> Any:
    """The class that an annotation is or names, as far as that can be known."""
    if not isinstance(text, str):
        return text
    if text in ("np.ndarray", "numpy.ndarray", "Any", "typing.Any"):
        return Any
    try:
        return getattr(lookup(text), "value", None) if text.isidentifier() else None
    except DifferentiationError:
        return None
