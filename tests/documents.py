"""Documents with code: the blocks of a Markdown file, and running them.

A block of Python is run, in the namespace of its document. What it prints, or the error that it raises, stands in the
block after a line `<!-- prints -->` or `<!-- error -->`, and is compared. The blocks of a document together are a file,
`model.py`, so that places in headers and errors are those that a reader finds who writes them into one.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import adcompiler as ad

ROOT = Path(__file__).parents[1]
FILE = "model.py"

_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[a-z ]+) -->\n)?```(?P<language>\w*)\n(?P<text>(?:(?!```).*\n)*)```$", re.MULTILINE
)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    mark: str
    language: str
    text: str
    start: int
    """Where its text begins in the document."""
    line: int

    @property
    def is_code(self) -> bool:
        """Whether it is Python to be run."""
        return self.language == "python" and not self.mark


def read_blocks(document: str) -> list[Block]:
    """The blocks of a Markdown text."""
    return [
        Block(
            match["mark"] or "",
            match["language"],
            match["text"],
            match.start("text"),
            document.count("\n", 0, match.start("text")) + 1,
        )
        for match in _BLOCK.finditer(document)
    ]


@dataclass
class Session:
    """Runs the blocks of one document, one after the other."""

    namespace: dict[str, Any] = field(default_factory=lambda: {"__name__": "model"})
    printed: io.StringIO = field(default_factory=io.StringIO)
    text: str = ""
    """The file so far."""

    def run(self, code: str) -> None:
        """Run a block as the next lines of the file."""
        above = "\n" * self.text.count("\n")
        self.text += code
        linecache.cache[FILE] = (len(self.text), None, self.text.splitlines(keepends=True), FILE)
        with contextlib.redirect_stdout(self.printed):
            exec(compile(above + code, FILE, "exec"), self.namespace)

    def take(self) -> str:
        """What was printed since this was last asked."""
        text, self.printed = self.printed.getvalue(), io.StringIO()
        return f"{text.rstrip()}\n" if text.strip() else ""

    def error_of(self, code: str) -> str:
        """The error that a block raises, or that the gradient of the last function it defines raises.

        The function is differentiated for its first parameter, and compiled for what its annotations say.
        """
        before = set(self.namespace)
        try:
            self.run(code)
            functions = [v for n, v in self.namespace.items() if isinstance(v, FunctionType) and n not in before]
            if functions:
                ad.source(functions[-1])
        except ad.DifferentiationError as error:
            hint = f"hint: {error.hint}\n" if error.hint else ""
            return f"error: {error.message}\n{hint}"
        except Exception as error:
            return f"{type(error).__name__}: {error}\n"
        return "(nothing is raised)\n"


def replace_texts(document: str, texts: list[tuple[Block, str]]) -> str:
    """The document with new texts in the place of some blocks'."""
    for block, text in reversed(texts):
        document = document[: block.start] + text + document[block.start + len(block.text) :]
    return document
