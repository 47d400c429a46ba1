"""Python's own functions of numbers: `math`, `cmath`, `statistics`, builtins."""

from __future__ import annotations

import cmath
import math
import statistics

import numpy as np

from .table import P, X, Y, covers, torch

SOME = 0.37 - 0.81j


@covers("Python", "math.gamma", at=[0.4, 3.7, -1.3], torch="lgamma")
def lgamma(x):
    return math.lgamma(x)


@covers("Python", "math.gamma", at=[0.4, 3.7, -1.3])
def gamma(x):
    return math.gamma(x)


@covers("Python", "math", at=[0.4, 0.7])
def inverse_functions(x):
    return math.asin(x) * math.acosh(1 + x) + math.atanh(x) * math.acos(x) + math.asinh(x) / math.atan(x)


@covers("Python", "math", at=[(1.3, 2.4)])
def of_two_numbers(x, y):
    return math.atan2(x, y) * math.pow(x, y) + math.fmod(y, x) + math.remainder(y, x) * math.log(x, y)


@covers("Python", "math", at=[1.3])
def parts(x):
    whole = math.modf(7 * x)
    mantissa, exponent = math.frexp(x)
    return whole[0] * whole[1] + math.ldexp(mantissa, exponent + 2) * math.copysign(x, -1.0) + math.nextafter(x, 2.0)


@covers(
    "Python", "math", at=[0.4], torch=lambda x: torch.erf(x) * torch.special.erfc(x) + torch.expm1(x) + torch.exp2(x)
)
def others(x):
    return math.erf(x) * math.erfc(x) + math.expm1(x) + math.exp2(x)


@covers("Python", "math.hypot", at=[(1.3, -0.4, 2.0)], torch=lambda x, y, z: torch.linalg.norm(torch.stack([x, y, z])))
def length(x, y, z):
    return math.hypot(x, y, z)


@covers("Python", "math.dist", at=[(X, Y)], torch="dist")
def distance(x, y):
    return math.dist(x, y)


@covers("Python", "math.fsum", at=[(X, Y)])
def exact_sum(x, y):
    return math.fsum(x) * math.fsum([x[0], y[1], 3.0]) + math.fsum(a * b for a, b in zip(x, y, strict=True))


@covers("Python", "math.prod", at=[X])
def product(x):
    return math.prod(a * a for a in x) + math.prod([x[0], x[1]])


@covers("Python", "cmath", at=[SOME])
def complex_inverse_functions(z):
    return cmath.asin(z) + cmath.acos(z) * cmath.atan(z) + cmath.asinh(z) * cmath.acosh(z) - cmath.atanh(z)


@covers("Python", "cmath", at=[SOME], torch=lambda z: torch.log10(z) * torch.log(z) / math.log(2.0) + torch.sqrt(z))
def complex_logarithms(z):
    return cmath.log10(z) * cmath.log(z, 2.0) + cmath.sqrt(z)


@covers("Python", "cmath", at=[SOME])
def complex_functions(z):
    return cmath.exp(z) * cmath.sin(z) + cmath.cos(z) * cmath.tan(z) + cmath.sinh(z) / cmath.cosh(z) + cmath.tanh(z)


@covers("Python", "cmath.polar", at=[SOME], torch=lambda z: torch.abs(z) * torch.angle(z) ** 2)
def polar(z):
    r, phi = cmath.polar(z)
    return r * phi * cmath.phase(z)


@covers("Python", "cmath.rect", at=[(1.3, 0.4)], torch="polar")
def rect(r, phi):
    return cmath.rect(r, phi)


@covers("Python", "cmath on a branch cut", at=[(2.5, -3.5)])
def on_branch_cuts(x, y):
    inverse = cmath.asin(x) + cmath.acos(y) * cmath.acosh(y)
    return inverse.real + inverse.imag * cmath.log(y).real + cmath.sqrt(y).imag


@covers("Python", "builtins", at=[(5.3, 2.0)])
def builtins(x, y):
    quotient, rest = divmod(x, y)
    return abs(-x) * pow(x, y) + quotient * rest + float(x) * y + round(x) * y + max(x, y) - min(x, y)


@covers("Python", "builtins", at=[(5.3, 2.0)])
def complex_builtin(x, y):
    z = complex(x, y)
    return float(x) * z.imag + abs(z) * (z * z).real


@covers("Python", "statistics", at=[X], kinks=[np.ones(4)], torch=lambda x: torch.std(x) + torch.mean(x) + torch.var(x))
def spread(x):
    return statistics.stdev(x) + statistics.mean(x) + statistics.variance(x)


@covers("Python", "statistics", at=[(X, Y)])
def of_two_samples(x, y):
    slope, intercept = statistics.linear_regression(x, y)
    return statistics.covariance(x, y) + statistics.correlation(x, y) * slope - intercept


@covers("Python", "statistics", at=[(P, Y)])
def means(x, y):
    total = statistics.geometric_mean(x) * statistics.harmonic_mean(x) + statistics.fmean(y, weights=x)
    return total + statistics.median(x) * statistics.median_low(y) + statistics.median_high([x[0], x[2], 3.0])


@covers("Python", "statistics", at=[X])
def of_a_list_that_grows(x):
    squares = []
    for a in x:
        squares.append(a * a)  # noqa: PERF401  (a list that grows in a loop)
    return statistics.pstdev(squares) + statistics.pvariance(squares, squares[0])


@covers("Python", "statistics", at=[X, np.arange(9.0) ** 2])
def cuts(x):
    first, second, third = statistics.quantiles(x)
    return first * second + third * statistics.quantiles(x, n=3, method="inclusive")[1]
