"""Objects of the user's that generated code mentions: what each is called, and where it can be imported from."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from adcompiler.ir.nodes import Named


def named(value: Any, hint: str = "thing") -> Named:
    """How generated code refers to an object of the user's."""
    if isinstance(value, Named):
        return value
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or hint
    for module, path in _places(value, name):
        if _at(module, name) is value:
            return Named(path, module.__name__, value)
    file = str(getattr(value, "__module__", None))
    if file.endswith(".py"):  # a stand-in for a class of a file that is only read
        return Named(name, Path(file).stem, value)
    return Named(name.rpartition(".")[2].strip("<>"), None, value)


def _places(value: Any, name: str) -> Iterator[tuple[ModuleType, str]]:
    """Where an object may be found, and what it is called then."""
    yield builtins, name
    for module, prefix in ((np, "np"), (np.linalg, "np.linalg"), (np.random, "np.random")):
        yield module, f"{prefix}.{name}"
    home = getattr(value, "__module__", None) or ""
    public = sys.modules.get(home.lstrip("_"))
    own = public if _at(public, name) is value else sys.modules.get(home)  # `warnings.warn` is one of `_warnings`
    if own is not None and own.__name__ != "__main__":
        is_standard = own.__name__.partition(".")[0] in sys.stdlib_module_names
        yield own, f"{own.__name__}.{name}" if is_standard else name


def _at(module: ModuleType | None, name: str) -> Any:
    first, *rest = name.split(".")
    found = None if module is None else vars(module).get(first)  # not what a module makes, or warns of, when asked
    for part in rest:
        found = getattr(found, part, None)
    return found
