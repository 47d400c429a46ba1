"""The derivatives of the functions we know: importing this package fills the table."""

from adcompiler.rules import (
    creation,
    effects,
    elementwise,
    indexing,
    joining,
    linalg,
    nondifferentiable,
    outer,
    powers,
    products,
    rearranging,
    reductions,
    scalars,
    selection,
    shaping,
    structure,
)

__all__ = [
    "creation",
    "effects",
    "elementwise",
    "indexing",
    "joining",
    "linalg",
    "nondifferentiable",
    "outer",
    "powers",
    "products",
    "rearranging",
    "reductions",
    "scalars",
    "selection",
    "shaping",
    "structure",
]
