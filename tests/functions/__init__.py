"""Functions as users write them, family by family, with what is asked of the derivative of each.

Importing a family enters its rows in the table. Families of SciPy are entered where it is installed.
"""

import importlib.util

from . import (
    binary_ufuncs,
    choosing_keywords,
    contractions,
    factors,
    fft,
    indexing,
    joining_keywords,
    linalg,
    making_keywords,
    networks,
    norms,
    padding_keywords,
    places_keywords,
    polynomials,
    products,
    python_functions,
    quantiles,
    reductions,
    samples,
    selection,
    shape,
    shape_keywords,
    sorting,
    ufunc_methods,
    unary_ufuncs,
    zero_gradient,
)
from .table import ROWS

if importlib.util.find_spec("scipy") is not None:
    from . import scipy_definitions, scipy_grids, scipy_linalg, scipy_other, scipy_signal, special, stats  # noqa: F401

__all__ = [
    "ROWS",
    "binary_ufuncs",
    "choosing_keywords",
    "contractions",
    "factors",
    "fft",
    "indexing",
    "joining_keywords",
    "linalg",
    "making_keywords",
    "networks",
    "norms",
    "padding_keywords",
    "places_keywords",
    "polynomials",
    "products",
    "python_functions",
    "quantiles",
    "reductions",
    "samples",
    "selection",
    "shape",
    "shape_keywords",
    "sorting",
    "ufunc_methods",
    "unary_ufuncs",
    "zero_gradient",
]
