"""Imports point one way: lowest layer first, and siblings in one layer do not know each other.

The layers stand in `ARCHITECTURE.md`, which `test_docs` compares with `LAYERS`. Imports inside functions count too:
one that is only there to break a cycle is a layer in the wrong place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "adcompiler"

LAYERS: tuple[tuple[str, ...], ...] = (
    ("record",),
    ("spans",),
    ("errors",),
    ("ir", "runtime"),
    ("rules",),
    ("definitions",),
    ("analysis", "frontend", "tensors"),
    ("backend", "nn"),
    ("passes", "transform"),
    ("compiler", "functions", "rule", "values"),
    ("checks", "patterns", "signature"),
    ("cache", "guard"),
    ("entry",),
    ("dispatch",),
    ("gradient",),
    ("api",),
    ("decorator",),
    ("testing", "cli"),
)
"""Modules and packages of `adcompiler`, lowest first; one imports from the lines above its own."""

FRONT = ("__init__", "__main__")
"""The package's face and its command: they import what they show, and nothing imports them."""

REQUIRED = {"numpy", "gast", "astunparse"}
OPTIONAL = {"scipy"}
"""Packages that files named for them may import: `rules/scipy_special.py`."""
SYNTAX = {"gast", "astunparse"}
KNOWS_SYNTAX = {"frontend", "backend"}
"""Everything between sees the IR alone."""


@dataclass(frozen=True)
class Import:
    """One import of one module, somewhere in the package."""

    importer: str
    """The layer's name: `ir` for `adcompiler/ir/nodes.py`."""
    imported: str
    """Dotted: `numpy`, `adcompiler.ir.nodes`."""
    place: str
    inside_function: bool

    @property
    def target(self) -> str | None:
        """The layer that is imported, if it is one of ours."""
        parts = self.imported.split(".")
        return parts[1] if parts[0] == PACKAGE.name and len(parts) > 1 else None

    @property
    def package(self) -> str:
        """The outermost package that is imported."""
        return self.imported.partition(".")[0]


def imports_of(path: Path) -> Iterator[Import]:
    """Every import in a file."""
    relative = path.relative_to(PACKAGE)
    importer = relative.parts[0].removesuffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found = [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names, level=0):
                found = [f"{module}.{alias.name}" if module == PACKAGE.name else str(module) for alias in names]
            case ast.ImportFrom():
                raise AssertionError(f"{relative}:{node.lineno}: a relative import")
            case _:
                continue
        for name in dict.fromkeys(found):
            yield Import(importer, name, f"{relative}:{node.lineno}", node in inside)


IMPORTS = [found for path in sorted(PACKAGE.rglob("*.py")) for found in imports_of(path)]
LEVELS = {name: level for level, names in enumerate(LAYERS) for name in names}


def test_every_module_has_a_layer() -> None:
    present = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/__init__.py")
    }
    assert present == {*LEVELS, *FRONT}


@pytest.mark.parametrize("layer", LEVELS)
def test_layer_imports_lower_layers_alone(layer: str) -> None:
    wrong = [
        f"{found.place} imports {found.imported}"
        for found in IMPORTS
        if found.importer == layer
        and found.target not in (None, layer)
        and (found.target not in LEVELS or LEVELS[str(found.target)] >= LEVELS[layer])
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_imports_the_front() -> None:
    assert not [found.place for found in IMPORTS if found.target in FRONT or found.imported == PACKAGE.name]


def test_only_the_ends_of_the_pipeline_know_syntax_trees() -> None:
    wrong = [f.place for f in IMPORTS if f.package in SYNTAX and f.importer not in KNOWS_SYNTAX]
    assert not wrong, wrong


def test_runtime_needs_numpy_alone() -> None:
    wrong = [
        f"{f.place} imports {f.imported}"
        for f in IMPORTS
        if f.importer == "runtime"
        and f.target != "runtime"
        and f.package not in ("numpy", "__future__", "math")
        and not (f.package in OPTIONAL and f.inside_function and f"/{f.package}_" in f.place)
    ]
    assert not wrong, wrong


def test_required_packages_are_few() -> None:
    import sys

    foreign = [f for f in IMPORTS if not f.inside_function and f.package not in sys.stdlib_module_names]
    wrong = [f.place for f in foreign if f.package in OPTIONAL and f"/{f.package}_" not in f.place]
    assert not wrong, wrong
    assert {f.package for f in foreign} - OPTIONAL == {*REQUIRED, PACKAGE.name}
