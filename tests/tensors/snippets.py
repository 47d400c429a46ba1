"""Snippets with their output, read from Markdown and run as in a REPL."""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

CONFORMANCE = Path(__file__).parent / "conformance"
NOTHING = "(nothing)"

_SECTION = re.compile(
    r"^## (?P<id>\S+) (?P<title>.*)\n(?P<text>(?:(?!```|## ).*\n)*)"
    r"(?:```python\n(?P<source>(?:(?!```).*\n)*)```\n)?```text\n(?P<output>(?:(?!```).*\n)*)```$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Snippet:
    """One section of a file: some code and what it prints."""

    id: str
    title: str
    text: str
    source: str
    output: str


def read_snippets(path: Path) -> Iterator[Snippet]:
    """The snippets of a Markdown file."""
    for match in _SECTION.finditer(path.read_text()):
        section, title, text, source, output = match.groups(default="")
        yield Snippet(section, title, text.strip(), source, output.strip())


def run(source: str, torch: ModuleType) -> str:
    """What a REPL would print for `source`, where `torch` is the given module."""
    printed = StringIO()

    def gradients(function: Any, *values: Any) -> Any:
        leaves = [torch.tensor(value, dtype=torch.float32, requires_grad=True) for value in values]
        result = function(*leaves).sum()
        if not result.requires_grad:
            return None
        found = torch.autograd.grad(result, leaves, allow_unused=True)
        return found[0] if len(found) == 1 else found

    names = {"torch": torch, "math": math, "G": gradients, "print": _printer(printed), "__name__": "snippet"}
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            for statement in ast.parse(source).body:
                _run_statement(statement, names, printed)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=printed)
    for warning in caught:
        message = re.sub(r" \(Triggered internally at .*\)$", "", str(warning.message))
        print(f"[warning] {warning.category.__name__}: {message}", file=printed)
    return re.sub(r"0x[0-9a-f]+", "0x...", printed.getvalue()).strip() or NOTHING


def _printer(stream: StringIO) -> Any:
    return lambda *values, **options: print(*values, **{"file": stream, **options})


def _run_statement(statement: ast.stmt, names: dict[str, Any], printed: StringIO) -> None:
    if isinstance(statement, ast.Expr):
        value = eval(compile(ast.Expression(statement.value), "<snippet>", "eval"), names)
        if value is not None:
            print(repr(value), file=printed)
    else:
        exec(compile(ast.Module([statement], []), "<snippet>", "exec"), names)
