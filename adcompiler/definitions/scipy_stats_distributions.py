"""How a distribution of `scipy.stats` is defined: location and scale, what follows from what, and frozen ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import scipy.stats
from scipy.stats._distn_infrastructure import rv_continuous_frozen, rv_discrete_frozen

from adcompiler.definitions.table import define

Function = Callable[..., Any]


def measured(x, loc, scale):
    """`x` less its location, in units of its scale. For densities: the logarithm of a negative scale is NaN."""
    if loc is not None:
        x = x - loc
    return x if scale is None else x / scale


def standardised(x, loc, scale):
    """The same; NaN where the scale is not positive."""
    return measured(x, loc, None if scale is None else np.where(scale > 0, scale, np.nan))


def per_scale(logarithm, scale):
    """The logarithm of a density with respect to what is measured in units of the scale."""
    return logarithm if scale is None else logarithm - np.log(scale)


def per_scale_within(outside, logarithm, scale):
    """The same, of a density that is zero outside of its support; NaN is not outside."""
    return np.where(outside, -np.inf, per_scale(logarithm, scale))


def placed(z, loc, scale):
    """The inverse of `standardised`."""
    if scale is not None:
        z = z * np.where(scale > 0, scale, np.nan)
    return z if loc is None else z + loc


def exponential_of(logarithm: Function) -> Function:
    """The density whose logarithm is given."""

    def density(*arguments, **keywords):
        return np.exp(logarithm(*arguments, **keywords))

    return density


def logarithm_of(probability: Function) -> Function:
    """The logarithm of a probability; one of zero has no slope."""

    def logarithm(*arguments, **keywords):
        p = probability(*arguments, **keywords)
        none = p == 0
        return np.where(none, -np.inf, np.log(np.where(none, 1, p)))

    return logarithm


class Frozen:
    """A distribution with its parameters: `scipy.stats.norm(loc, scale)` inside of a program."""

    def __init__(self, of, arguments, keywords):
        self.of = of
        self.arguments = arguments
        self.keywords = keywords

    def pdf(self, x):
        return self.of.pdf(x, *self.arguments, **self.keywords)

    def logpdf(self, x):
        return self.of.logpdf(x, *self.arguments, **self.keywords)

    def pmf(self, x):
        return self.of.pmf(x, *self.arguments, **self.keywords)

    def logpmf(self, x):
        return self.of.logpmf(x, *self.arguments, **self.keywords)

    def cdf(self, x):
        return self.of.cdf(x, *self.arguments, **self.keywords)

    def logcdf(self, x):
        return self.of.logcdf(x, *self.arguments, **self.keywords)

    def sf(self, x):
        return self.of.sf(x, *self.arguments, **self.keywords)

    def logsf(self, x):
        return self.of.logsf(x, *self.arguments, **self.keywords)

    def ppf(self, q):
        return self.of.ppf(q, *self.arguments, **self.keywords)

    def isf(self, q):
        return self.of.isf(q, *self.arguments, **self.keywords)


def frozen(of, *arguments, **keywords):
    return Frozen(of, arguments, keywords)


define(type(scipy.stats.norm).__call__, frozen, spelling="scipy.stats.norm")  # and of every other


def _of_frozen(name: str) -> Function:
    """A method of a distribution that was given its parameters outside of the program."""

    def method(self, x):
        return getattr(self.dist, name)(x, *self.args, **self.kwds)

    return method


for _name in ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"):
    kind = rv_discrete_frozen if _name in ("pmf", "logpmf") else rv_continuous_frozen
    define(getattr(kind, _name), _of_frozen(_name), spelling=f"scipy.stats.rv_frozen.{_name}")


def distribution(
    of: Any, at: Iterable[tuple[Any, ...]], levels: Iterable[tuple[Any, ...]] = (), **methods: Function
) -> None:
    """Define the methods of a distribution.

    Parameters
    ----------
    of : distribution
    at : iterable of tuple
        Points and parameters at which they are tested.
    levels : iterable of tuple
        Probabilities and parameters at which `ppf` and `isf` are.
    **methods : callable
        By their names. `pdf` follows from `logpdf`, `logcdf` from `cdf`, and `logsf` from `sf`.
    """
    for name, other, derive in (
        ("pdf", "logpdf", exponential_of),
        ("pmf", "logpmf", exponential_of),
        ("logcdf", "cdf", logarithm_of),
        ("logsf", "sf", logarithm_of),
    ):
        if other in methods and name not in methods:
            methods[name] = derive(methods[other])
    for name, method in methods.items():
        points = levels if name in ("ppf", "isf") else at
        spelling = f"scipy.stats.{of.name}.{name}"
        define(getattr(of, name), method, at=points, spelling=spelling, takes_arrays=True)
