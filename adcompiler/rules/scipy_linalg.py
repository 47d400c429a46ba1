"""The derivatives of `scipy.linalg`: imported when a program first mentions one of its functions.

What is said in terms of NumPy's linear algebra stands in `definitions.scipy_linalg`.
"""

from adcompiler.rules import scipy_linalg_factors, scipy_linalg_functions, scipy_linalg_systems

__all__ = ["scipy_linalg_factors", "scipy_linalg_functions", "scipy_linalg_systems"]
