"""Places in a user's text: what every message, comment and traceback points at."""

from __future__ import annotations

from adcompiler.record import record

GENERATED = "adcompiler.generated"
"""The module that functions of generated code say they are from."""


@record(frozen=True, slots=True)
class Span:
    """A stretch of a user's source, one statement or part of one.

    Lines and columns count from one, as editors show them; `end_column` is the column after the last character.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    """The source line that `line` names, without its newline."""
    statement: str
    """The enclosing statement on one line: the comment above its adjoint."""

    @property
    def place(self) -> str:
        """`file:line:column`, the form in which editors and compilers name a place."""
        return f"{self.file}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The source line with carets below the stretch."""
        number = str(self.line)
        end = self.end_column if self.end_line == self.line else len(self.text) + 1
        width = max(1, end - self.column)
        before = "".join("\t" if character == "\t" else " " for character in self.text[: self.column - 1])
        return f"  {number} | {self.text}\n  {' ' * len(number)} | {before}{'^' * width}"
