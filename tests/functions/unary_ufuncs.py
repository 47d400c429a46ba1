"""Ufuncs of one argument, and their like."""

from __future__ import annotations

import numpy as np

from .table import SPECIAL, ZM, M, P, U, X, Z, covers, torch


@covers("unary ufuncs", "negative", at=[0.4, X, M], kinks=[SPECIAL], torch="neg")
def negative(x):
    return np.negative(x)


@covers("unary ufuncs", "positive", at=[0.4, X, M], kinks=[SPECIAL], torch="positive")
def positive(x):
    return np.positive(x)


@covers("unary ufuncs", "abs / absolute", at=[0.4, X, M], kinks=[SPECIAL], torch=lambda x: 3 * torch.abs(x))
def absolute(x):
    return np.abs(x) + np.absolute(x) + abs(x)


@covers("unary ufuncs", "fabs", at=[0.4, X, M], kinks=[SPECIAL], torch="abs")
def fabs(x):
    return np.fabs(x)


@covers("unary ufuncs", "reciprocal", at=[0.4, X, M], kinks=[SPECIAL], torch="reciprocal")
def reciprocal(x):
    return np.reciprocal(x)


@covers("unary ufuncs", "square", at=[0.4, X, M], kinks=[SPECIAL], torch="square")
def square(x):
    return np.square(x)


@covers("unary ufuncs", "sqrt", at=[0.4, P], kinks=[SPECIAL], torch="sqrt")
def sqrt(x):
    return np.sqrt(x)


@covers("unary ufuncs", "cbrt", at=[0.4, X, M])
def cbrt(x):
    return np.cbrt(x)


@covers("unary ufuncs", "exp", at=[0.4, X, M], kinks=[SPECIAL], torch="exp")
def exp(x):
    return np.exp(x)


@covers("unary ufuncs", "exp2", at=[0.4, X, M], kinks=[SPECIAL], torch="exp2")
def exp2(x):
    return np.exp2(x)


@covers("unary ufuncs", "expm1", at=[0.4, X, M], kinks=[SPECIAL], torch="expm1")
def expm1(x):
    return np.expm1(x)


@covers("unary ufuncs", "log", at=[0.4, P], kinks=[SPECIAL], torch="log")
def log(x):
    return np.log(x)


@covers("unary ufuncs", "log2", at=[0.4, P], kinks=[SPECIAL], torch="log2")
def log2(x):
    return np.log2(x)


@covers("unary ufuncs", "log10", at=[0.4, P], kinks=[SPECIAL], torch="log10")
def log10(x):
    return np.log10(x)


@covers("unary ufuncs", "log1p", at=[0.4, P, U], kinks=[SPECIAL], torch="log1p")
def log1p(x):
    return np.log1p(x)


@covers("unary ufuncs", "sin", at=[0.4, X, M], kinks=[SPECIAL], torch="sin")
def sin(x):
    return np.sin(x)


@covers("unary ufuncs", "cos", at=[0.4, X, M], kinks=[SPECIAL], torch="cos")
def cos(x):
    return np.cos(x)


@covers("unary ufuncs", "tan", at=[0.4, X, M], kinks=[SPECIAL], torch="tan")
def tan(x):
    return np.tan(x)


@covers("unary ufuncs", "arcsin", at=[0.4, U], kinks=[SPECIAL], torch="arcsin")
def arcsin(x):
    return np.arcsin(x)


@covers("unary ufuncs", "arccos", at=[0.4, U], kinks=[SPECIAL], torch="arccos")
def arccos(x):
    return np.arccos(x)


@covers("unary ufuncs", "arctan", at=[0.4, X, M], kinks=[SPECIAL], torch="arctan")
def arctan(x):
    return np.arctan(x)


@covers("unary ufuncs", "sinh", at=[0.4, X, M], kinks=[SPECIAL], torch="sinh")
def sinh(x):
    return np.sinh(x)


@covers("unary ufuncs", "cosh", at=[0.4, X, M], kinks=[SPECIAL], torch="cosh")
def cosh(x):
    return np.cosh(x)


@covers("unary ufuncs", "tanh", at=[0.4, X, M], kinks=[SPECIAL], torch="tanh")
def tanh(x):
    return np.tanh(x)


@covers("unary ufuncs", "arcsinh", at=[0.4, X, M], kinks=[SPECIAL], torch="arcsinh")
def arcsinh(x):
    return np.arcsinh(x)


@covers("unary ufuncs", "arccosh", at=[1.4, 1 + P], kinks=[np.array([1.0, 2.0])], torch="arccosh")
def arccosh(x):
    return np.arccosh(x)


@covers("unary ufuncs", "arctanh", at=[0.4, U], kinks=[SPECIAL], torch="arctanh")
def arctanh(x):
    return np.arctanh(x)


@covers("unary ufuncs", "degrees", at=[0.4, X, M], kinks=[SPECIAL], torch="rad2deg")
def degrees(x):
    return np.degrees(x)


@covers("unary ufuncs", "rad2deg", at=[0.4, X, M], kinks=[SPECIAL], torch="rad2deg")
def rad2deg(x):
    return np.rad2deg(x)


@covers("unary ufuncs", "radians", at=[0.4, X, M], kinks=[SPECIAL], torch="deg2rad")
def radians(x):
    return np.radians(x)


@covers("unary ufuncs", "deg2rad", at=[0.4, X, M], kinks=[SPECIAL], torch="deg2rad")
def deg2rad(x):
    return np.deg2rad(x)


@covers("unary ufuncs", "sinc", at=[0.4, X, M], kinks=[SPECIAL], torch="sinc")
def sinc(x):
    return np.sinc(x)


@covers("unary ufuncs", "i0", at=[0.4, X, M], kinks=[SPECIAL], torch="i0")
def i0(x):
    return np.i0(x)


@covers(
    "unary ufuncs",
    "nan_to_num",
    at=[0.4, X, M],
    kinks=[SPECIAL, np.array([np.nan, np.inf, -np.inf, 1.0])],
    torch="nan_to_num",
)
def nan_to_num(x):
    return np.nan_to_num(x)


@covers(
    "unary ufuncs",
    "modf (fraction)",
    at=[0.4, X, M],
    torch=lambda x: torch.frac(x) * torch.trunc(x),
)
def fraction(x):
    fraction, whole = np.modf(x)
    return fraction * whole


@covers(
    "unary ufuncs",
    "frexp (mantissa)",
    at=[0.4, X, M],
    torch=lambda x: torch.frexp(x)[0] * torch.frexp(x)[1],
)
def mantissa(x):
    mantissa, exponent = np.frexp(x)
    return mantissa * exponent


@covers("unary ufuncs", "conj", at=[0.4, X, Z, 0.4 - 0.3j], torch=lambda z: torch.conj(z).resolve_conj())
def conj(x):
    return np.conj(x)


@covers("unary ufuncs", "real", at=[X, Z, 0.4 - 0.3j], torch="real")
def real(x):
    return np.real(x)


@covers("unary ufuncs", "imag", at=[Z, 0.4 - 0.3j], torch="imag")
def imag(x):
    return np.imag(x)


@covers("unary ufuncs", "angle", at=[Z, 0.4 - 0.3j], kinks=[0 * Z], torch="angle")
def angle(x):
    return np.angle(x)


@covers("unary ufuncs", "abs of complex", at=[Z, 0.4 - 0.3j, ZM], kinks=[0 * Z], torch="abs")
def absolute_of_complex(x):
    return np.abs(x)


@covers("unary ufuncs", "exp of complex", at=[Z, 0.4 - 0.3j, ZM], torch="exp")
def exp_of_complex(x):
    return np.exp(x)
