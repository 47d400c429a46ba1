"""Checking derivatives: a user's against differences, and the compiler's programs by running them directly."""

from adcompiler.testing.checking import check_grads
from adcompiler.testing.dual import Dual
from adcompiler.testing.evaluation import OPERATORS, evaluate
from adcompiler.testing.programs import read_program, show_pass

__all__ = ["OPERATORS", "Dual", "check_grads", "evaluate", "read_program", "show_pass"]
