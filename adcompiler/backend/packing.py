"""Structures in generated code: arguments taken apart in the first lines, results put together in the last."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace

import gast

from adcompiler.backend import syntax
from adcompiler.ir.named import named
from adcompiler.ir.structure import Packing, Path, Structure, paths


def unpacking(name: str, tree: Structure, variables: Mapping[int, str]) -> list[gast.stmt]:
    """The statements that take an argument apart: `W, b = p["W"], p["b"]`, one for each structure in it.

    Parameters
    ----------
    name : str
        The argument's name.
    tree : Structure
        Its leaves are numbers of parameters.
    variables : mapping
        The variable of each parameter that is needed.
    """
    if _is_pattern(tree, variables):
        return [syntax.assign(_pattern(tree, variables), syntax.load(name))]
    groups: dict[Path, list[tuple[str, gast.expr]]] = {}
    for path, number in paths(tree):
        if number in variables:
            groups.setdefault(path[:-1], []).append((variables[number], _part(name, path)))
    return [syntax.assign_names([v for v, _ in group], [part for _, part in group]) for group in groups.values()]


def _is_pattern(tree: Structure, variables: Mapping[int, str]) -> bool:
    """Whether a structure consists of tuples and lists, of which every leaf is needed."""
    if tree.packing.keys is not None or not tree.parts:
        return False
    return all(
        _is_pattern(part, variables) if isinstance(part, Structure) else part in variables for part in tree.parts
    )


def _pattern(tree: Structure, variables: Mapping[int, str]) -> gast.expr:
    parts = [
        _pattern(part, variables) if isinstance(part, Structure) else syntax.store(variables[part])
        for part in tree.parts
    ]
    return gast.Tuple(parts, gast.Store())


def _part(name: str, path: Path) -> gast.expr:
    part = syntax.load(name)
    for packing, number in path:
        part = part_of(part, packing, number)
    return part


def part_of(whole: gast.expr, packing: Packing | None, number: int) -> gast.expr:
    """`whole["W"]`, `whole.W` or `whole[0]`."""
    if packing is not None and packing.is_named:
        return syntax.attribute(whole, packing.key(number))
    return syntax.subscript(whole, syntax.constant(number if packing is None else packing.key(number)))


def packed(
    packing: Packing | None,
    parts: Sequence[gast.expr],
    constant: Callable[[object], gast.expr],
    function: Callable[[str], gast.expr],
) -> gast.expr:
    """`(a, b)`, `[a, b]`, `{"W": a, "b": b}`, `Layer(W=a, b=b)`."""
    if packing is None:
        return syntax.tuple_of(parts)
    if packing.keys is None:
        return gast.List(list(parts), gast.Load())
    if packing.kind is dict:
        return gast.Dict(list(map(constant, packing.keys)), list(parts))
    kind = constant(named(packing.kind))
    keywords = list(zip(packing.keys, parts, strict=True))
    if _takes_its_parts(packing):
        return syntax.call(kind, [], keywords)
    return syntax.call(function("instance"), [kind], keywords)


def _takes_its_parts(packing: Packing) -> bool:
    """Whether calling a class with its parts makes the object, and does nothing else."""
    kind = packing.kind
    if kind is SimpleNamespace:
        return True
    if issubclass(kind, tuple):
        return kind.__mro__[1] is tuple
    if not dataclasses.is_dataclass(kind) or hasattr(kind, "__post_init__") or kind.__new__ is not object.__new__:
        return False
    code = getattr(kind.__init__, "__code__", None)
    is_made = "__init__" in kind.__dict__ and code is not None and code.co_filename == "<string>"
    fields = dataclasses.fields(kind)
    return is_made and all(f.init for f in fields) and {f.name for f in fields} == set(packing.keys or ())
