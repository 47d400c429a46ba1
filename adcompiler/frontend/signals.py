"""What is raised while a program is read and answered by whoever reads it: requests to read it in another way."""

from __future__ import annotations

from adcompiler.errors import DifferentiationError, UnsupportedSyntaxError
from adcompiler.ir.nodes import Value


class StaticValueNeeded(Exception):  # noqa: N818  (a request, answered by the compiler)
    """A parameter's value is needed at compile time (an axis, a keyword): compile again for that value."""

    def __init__(self, name: str, error: DifferentiationError) -> None:
        super().__init__(name)
        self.name = name
        self.error = error


class StaticArgumentNeeded(Exception):  # noqa: N818  (a request, answered by whoever reads the callee)
    """An argument of a callee that is being read is needed at compile time: read the callee for its value."""

    def __init__(self, parameter: Value, error: DifferentiationError) -> None:
        super().__init__(str(parameter))
        self.parameter = parameter
        self.error = error


class OrderNeeded(StaticValueNeeded):
    """Whether a parameter is C-contiguous decides what a write reaches: compile again for the answer."""


class LengthsLearned(Exception):  # noqa: N818  (a request, answered by the compiler)
    """More is known of the lengths of the arguments than their types say: read the program again with that."""


class PathEnds(Exception):  # noqa: N818  (a signal to whoever reads the path)
    """The path being read has raised an exception: nothing that follows on it is reached."""


class ValueNotKnownError(UnsupportedSyntaxError):
    """A value is needed at compile time: where it differs from round to round, the rounds are read one by one."""

    sources: frozenset[Value] = frozenset()
    """The values that it follows from."""
    of_structure: bool = False
    """Whether it is a structure that differs from round to round."""
