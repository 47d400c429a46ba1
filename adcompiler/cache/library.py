"""Objects of Python's library, NumPy, SciPy and this package: known by their names, since their versions are known."""

from __future__ import annotations

import functools
import os
import sys
import types
from typing import Any

import numpy as np

from adcompiler.spans import GENERATED

_PACKAGES = ("numpy", "scipy", "adcompiler")
_STANDARD = os.path.dirname(os.__file__)


def is_library(module: str) -> bool:
    """Whether a module, by its name, belongs to a library whose version is known, and not to the user."""
    top = module.partition(".")[0]
    if module == GENERATED:
        return False
    return top in _PACKAGES or (top in sys.stdlib_module_names and _is_standard(top))


@functools.cache
def _is_standard(top: str) -> bool:
    """Whether a module of this name is Python's own: a file of the user's may hide it."""
    spec = getattr(sys.modules.get(top), "__spec__", None)
    origin = getattr(spec, "origin", None)
    if origin in (None, "built-in", "frozen"):
        return spec is not None
    return str(origin).startswith(_STANDARD) and "site-packages" not in str(origin)


def library_name(value: Any) -> tuple[str, str] | None:
    """The module and the name at which an object of a library says it stands, if it is there."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None)
    if not isinstance(name, str):
        return None
    if isinstance(value, types.BuiltinFunctionType):
        owner = value.__self__
        module = owner.__name__ if isinstance(owner, types.ModuleType) else module
    kind = getattr(value, "__objclass__", None)
    module = kind.__module__ if module is None and isinstance(kind, type) else module
    homes = [module] if isinstance(module, str) else []
    homes += ["numpy", "scipy.special"] if isinstance(value, np.ufunc) else []
    for home in homes:
        if is_library(home) and at(home, name) is value:
            return home, name
    return None


def at(module: str, name: str) -> Any:
    """What stands at a place of a module that is imported; None if nothing."""
    found = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    return found
