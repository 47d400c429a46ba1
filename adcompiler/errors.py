"""Every error a user of the compiler can meet: what happened, where, and what to do now."""

from __future__ import annotations

from adcompiler.spans import Span


class DifferentiationError(Exception):
    """A program that cannot be differentiated, refused before it runs.

    Parameters
    ----------
    message : str
        What is wrong, in the words of the user's program.
    span : Span, optional
        The place in the user's source.
    hint : str, optional
        A way out.
    """

    def __init__(self, message: str, span: Span | None = None, hint: str | None = None) -> None:
        super().__init__(message, span, hint)
        self.message = message
        self.span = span
        self.hint = hint

    def __str__(self) -> str:
        lines = [f"error: {self.message}"]
        if self.span is not None:
            lines = [f"{self.span.place}: error: {self.message}", self.span.excerpt()]
        if self.hint is not None:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class UnsupportedSyntaxError(DifferentiationError):
    """A construct of Python outside the differentiable language."""


class MissingRuleError(DifferentiationError):
    """A function whose derivative is not known, met on the way from an input to the result."""


class AliasingError(DifferentiationError):
    """A write whose effect on other names cannot be decided before the program runs."""


class UnknownTypeError(DifferentiationError):
    """A program that is right or wrong depending on types that were not given."""


class SourceUnavailableError(DifferentiationError):
    """A function without Python source: built in, compiled, or typed where no text is kept."""
