"""The derivatives of `scipy.special`: imported when a program first mentions one of its functions."""

from adcompiler.rules import (
    scipy_special_bessel,
    scipy_special_beta,
    scipy_special_errors,
    scipy_special_exponentials,
    scipy_special_gamma,
    scipy_special_integrals,
    scipy_special_polynomials,
    scipy_special_softmax,
)

__all__ = [
    "scipy_special_bessel",
    "scipy_special_beta",
    "scipy_special_errors",
    "scipy_special_exponentials",
    "scipy_special_gamma",
    "scipy_special_integrals",
    "scipy_special_polynomials",
    "scipy_special_softmax",
]
