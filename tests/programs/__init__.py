"""Programs of the language with arguments to run them on.

Each entry of `PROGRAMS` is a function with its arguments, of which the floating-point ones are differentiated for. The
functions are ordinary Python: running them is the specification. Each file holds one family, and importing it enters
its programs.
"""

from . import (
    arguments,
    arrays,
    branches,
    calls,
    exceptions,
    iterators,
    library,
    lists,
    loops,
    recursion,
    restored,
    straight,
    structures,
    syntax,
    updates,
)
from .table import PROGRAMS, Example

__all__ = [
    "PROGRAMS",
    "Example",
    "arguments",
    "arrays",
    "branches",
    "calls",
    "exceptions",
    "iterators",
    "library",
    "lists",
    "loops",
    "recursion",
    "restored",
    "straight",
    "structures",
    "syntax",
    "updates",
]
