"""The user's objects in generated code: the name each goes by, and the import that brings it there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from adcompiler.ir.named import named
from adcompiler.ir.nodes import Equation, Literal, Named, Program, walk
from adcompiler.ir.structure import Packing


def spell_objects(program: Program) -> dict[Named, str]:
    """How each object that a program mentions is written; two that have one name are told apart by a number."""
    spelled: dict[Named, str] = {}
    taken: set[str] = {value.hint or "" for equation in walk(program.body) for value in equation.outputs}
    taken |= {parameter.hint or "" for parameter in program.body.parameters}
    for equation in walk(program.body):
        for item in _objects_in(equation):
            if item in spelled:
                continue
            path, number = item.path, 1
            while not is_shared(item) and path in taken:
                path, number = f"{item.path}_{number}", number + 1
            spelled[item] = path
            taken.add(path)
    return spelled


def _objects_in(equation: Equation) -> Iterator[Named]:
    if equation.primitive.named is not None:
        yield equation.primitive.named()
    for atom in equation.inputs:
        if isinstance(atom, Literal):
            yield from _named_in(atom.value)
    for _, value in equation.static:
        yield from _named_in(value)


def _named_in(value: Any) -> Iterator[Named]:
    if isinstance(value, Named):
        yield value
    elif isinstance(value, Packing):
        if value.kind not in (tuple, list, dict):
            yield named(value.kind)
    elif isinstance(value, tuple):
        for item in value:
            yield from _named_in(item)


def is_shared(item: Named) -> bool:
    """Whether an object belongs to Python, its library or NumPy, and not to the user."""
    if item.module is None:
        return False
    # A class of NumPy's results is none of `np`'s names, and imported like the user's.
    return item.path.startswith("np.") or item.module.partition(".")[0] in sys.stdlib_module_names


def import_line(item: Named, spelling: str) -> str | None:
    """The statement that makes an object known under its spelling; None for one of Python's own, or NumPy's."""
    if item.module is None or item.module == "builtins" or spelling.startswith("np."):
        return None
    if is_shared(item):
        return f"import {item.module}"
    first = item.path.partition(".")[0]
    renamed = "" if spelling == item.path else f" as {spelling}"
    return f"from {item.module} import {first}{renamed}"
