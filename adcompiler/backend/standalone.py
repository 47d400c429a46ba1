"""Generated functions as the text of a module: with what they need imported, or pasted so that NumPy is enough."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from types import CodeType, FunctionType

from adcompiler import runtime
from adcompiler.backend.emit import Emitted
from adcompiler.backend.expressions import PACKAGES
from adcompiler.errors import DifferentiationError


def module_text(functions: Sequence[Emitted]) -> str:
    """Generated functions as a complete file that needs NumPy alone."""
    for emitted in functions:
        if emitted.homeless:
            raise DifferentiationError(
                f"the code mentions `{emitted.homeless[0]}`, which a file of its own cannot import",
                hint="define it at the top level of a module",
            )
    sources = _runtime_sources(functions)
    imports = _imports(functions, also=_modules_of(sources))
    text, _ = assemble(functions, [*imports, *(line for source in sources for line in ("", "", *source.splitlines()))])
    return text


def module_header(functions: Sequence[Emitted]) -> list[str]:
    """The lines above generated functions where `adcompiler` is installed."""
    needed = sorted({name for emitted in functions for name in emitted.runtime})
    lines = _imports(functions)
    if needed:
        lines += ["", f"from adcompiler.runtime import {', '.join(needed)}"]
    return lines


def assemble(functions: Sequence[Emitted], header: Sequence[str]) -> tuple[str, list[int]]:
    """A module's text, and the lines (from 1) at which its functions begin."""
    lines = list(header)
    starts = []
    for emitted in functions:
        if lines:
            lines += ["", ""]
        lines += [f"# {line}" for line in emitted.doc.splitlines()]
        starts.append(len(lines) + 1)
        lines += emitted.text.splitlines()
    return "\n".join(lines) + "\n", starts


def _imports(functions: Sequence[Emitted], *, also: Iterable[str] = ()) -> list[str]:
    modules = {name for emitted in functions for name in emitted.modules} | {*also}
    further = sorted({line for emitted in functions for line in emitted.imports})
    own = _joined([line for line in further if line.startswith("from ")])
    shared = [line for line in further if not line.startswith("from ")]
    standard = [f"import {name}" for name in sorted(modules - {"np", *PACKAGES}) if "." not in name]
    numpy = ["import numpy as np"] if "np" in modules else []
    others = [f"import {name}" for name in sorted(modules) if "." in name]
    imported = [*standard, *shared, *numpy, *others]
    return [*imported, "", *own] if own and imported else [*imported, *own]


def _joined(imports: Sequence[str]) -> list[str]:
    """`from model import Layer, Network` for two lines that import from one module."""
    names: dict[str, list[str]] = {}
    for line in imports:
        module, _, name = line.partition(" import ")
        names.setdefault(module, []).append(name)
    return [f"{module} import {', '.join(imported)}" for module, imported in names.items()]


def _modules_of(sources: Sequence[str]) -> set[str]:
    """The modules that functions of the runtime mention; SciPy's they import themselves."""
    text = "".join(sources)
    return {name for name in ("math", "np") if re.search(rf"\b{name}\.", text)}


def _names_in(code: CodeType) -> Iterator[str]:
    """The global names and attributes that code mentions, in functions within too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _runtime_sources(functions: Sequence[Emitted]) -> list[str]:
    """The source of every runtime function that is needed, those that are called before those that call."""
    sources: dict[str, str] = {}

    def visit(name: str, function: FunctionType) -> None:
        if name in sources:
            return
        for called in _names_in(function.__code__):
            inner = function.__globals__.get(called)
            if isinstance(inner, FunctionType) and called != name:
                visit(called, inner)
        sources[name] = inspect.getsource(function).rstrip()

    for name in sorted({name for emitted in functions for name in emitted.runtime}):
        visit(name, getattr(runtime, name))
    return list(sources.values())
