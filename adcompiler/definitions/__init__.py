"""The functions we know by their definitions: importing this package fills their table."""

from adcompiler.definitions import (
    arrays,
    covariance,
    matrices,
    pairs,
    polynomials,
    products,
    python_statistics,
    reductions,
    statistics,
    ufunc_methods,
)
from adcompiler.definitions.table import DEFINITIONS, Definition, definition_of

__all__ = [
    "DEFINITIONS",
    "Definition",
    "arrays",
    "covariance",
    "definition_of",
    "matrices",
    "pairs",
    "polynomials",
    "products",
    "python_statistics",
    "reductions",
    "statistics",
    "ufunc_methods",
]
