"""Rules and definitions for packages that need not be installed, loaded when a program uses such a package.

A function of an optional package can only be met after that package was imported; so it is enough to look, when a
function is not known, whether a package has been imported since.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Mapping


class OptionalParts:
    """Modules of ours to be imported once a module of an optional package is there.

    Parameters
    ----------
    parts : mapping
        Our modules for each of theirs: `{"scipy.special": ("adcompiler.rules.scipy_special",)}`.
    """

    def __init__(self, parts: Mapping[str, Iterable[str]]) -> None:
        self._pending = {package: tuple(modules) for package, modules in parts.items()}

    def load(self) -> bool:
        """Import the parts whose package has been imported meanwhile; whether there were any."""
        there = [package for package in self._pending if package in sys.modules]
        for package in there:
            for module in self._pending.pop(package, ()):
                importlib.import_module(module)
        return bool(there)
