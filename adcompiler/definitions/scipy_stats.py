"""The distributions of `scipy.stats`: imported when a program first uses it."""

from adcompiler.definitions import (
    scipy_stats_averages,
    scipy_stats_bounded,
    scipy_stats_discrete,
    scipy_stats_line,
    scipy_stats_multivariate,
    scipy_stats_normal,
    scipy_stats_positive,
)

__all__ = [
    "scipy_stats_averages",
    "scipy_stats_bounded",
    "scipy_stats_discrete",
    "scipy_stats_line",
    "scipy_stats_multivariate",
    "scipy_stats_normal",
    "scipy_stats_positive",
]
