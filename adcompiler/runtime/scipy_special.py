"""Derivatives of special functions with respect to their parameters, which SciPy does not have.

Each is one of a family that is closed under differentiation, so that derivatives of any order follow.
"""

from __future__ import annotations

import math

import numpy as np


def _as_of(value, *operands):
    """What was computed in double precision, in the dtype that functions of these operands have."""
    return np.asarray(value).astype(np.result_type(*operands, 0.0))[()]


def zeta_slope(x, q, order=1):
    """The derivative of this order of Hurwitz' ζ(x, q) with respect to `x`, by the formula of Euler and Maclaurin.

    For `x` of at least 0 and positive `q`; elsewhere NaN.

    Examples
    --------
    >>> round(float(zeta_slope(2.0, 1.0)), 12)
    -0.937548254316
    """
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
    given = (x, q)
    x, q = np.asarray(x, float), np.asarray(q, float)
    x, q = np.where(x < 0, np.nan, x), np.where(q > 0, q, np.nan)
    count = 12
    total = 0.0
    for k in range(count):
        total = total + (-np.log(q + k)) ** order * (q + k) ** -x
    start = q + count
    log = np.log(start)
    # the integral of the rest: start**(1 - x) / (x - 1), by the rule for products
    for j in range(order + 1):
        pole = (-1) ** j * math.factorial(j) / (x - 1) ** (j + 1)
        total = total + math.comb(order, j) * (-log) ** (order - j) * start ** (1 - x) * pole
    total = total + (-log) ** order * start**-x / 2
    rising = np.poly1d([1.0, 0.0])  # x (x + 1) … (x + 2n - 2)
    for n, number in enumerate(bernoulli, start=1):
        factor = number / math.factorial(2 * n) * start ** (1 - 2 * n - x)
        for j in range(order + 1):
            slope = rising.deriv(j)(x) if j else rising(x)
            total = total + math.comb(order, j) * slope * (-log) ** (order - j) * factor
        rising = rising * np.poly1d([1.0, 2 * n - 1]) * np.poly1d([1.0, 2 * n])
    return _as_of(total, *given)


def _positions(step=1 / 16):
    """Positions from 0 to infinity and weights, which integrate what decays exponentially."""
    u = np.arange(-4.2, 5.5, step)
    positions = np.exp(u - np.exp(-u))
    return zip(positions, step * positions * (1 + np.exp(-u)), strict=True)


def gamma_moment(a, x, order=1):
    """The integral of t**(a - 1) exp(-t) / Γ(a) (log t - ψ(a))**order from 0 to x.

    That of order 0 is `gammainc(a, x)`, that of order 1 its derivative with respect to `a`.

    Notes
    -----
    On either side of exp(ψ(a)) the integrand of order 1 has one sign. The smaller side is integrated, with
    t = x exp(±s); what both give together are the moments of the logarithm of a gamma variable.

    Examples
    --------
    >>> round(float(gamma_moment(2.5, 4.0)), 12)
    -0.147656869087
    """
    import scipy.special

    given = (a, x)
    a, x = np.broadcast_arrays(np.asarray(a, float), np.asarray(x, float))
    with np.errstate(all="ignore"):
        centre = np.log(x) - scipy.special.psi(a)
        above = centre > 0
        sign = np.where(above, 1.0, -1.0)
        scale = 1 / (np.maximum(sign * (x - a), 0) + np.sqrt(x))
        total = np.zeros(a.shape)
        for position, weight in _positions():
            s = sign * scale * position
            total += weight * np.exp(a * s - x * np.expm1(s)) * (centre + s) ** order
        density = np.exp(scipy.special.xlogy(a, x) - x - scipy.special.gammaln(a))
        part = scale * density * total
        moment = np.where(above, _log_gamma_moment(a, order) - part, part)
        moment = np.where(above & (x < 1), _gamma_moment_near_zero(a, x, centre, order), moment)
        moment = np.where(x == 0, 0.0, np.where(np.isinf(x), _log_gamma_moment(a, order), moment))
    return _as_of(np.where((a > 0) & (x >= 0), moment, np.nan), *given)


def _log_gamma_moment(a, order):
    """The central moment of log t, whose cumulants are the polygammas."""
    import scipy.special

    moments = [np.ones(np.shape(a)), np.zeros(np.shape(a))]
    for n in range(2, order + 1):
        cumulants = [math.comb(n - 1, i - 1) * scipy.special.polygamma(i - 1, a) for i in range(2, n + 1)]
        moments.append(sum(c * moments[n - i] for i, c in enumerate(cumulants, start=2)))
    return moments[order]


def _gamma_moment_near_zero(a, x, centre, order):
    """With the series of exp(-t), whose terms are integrated by parts."""
    import scipy.special

    total, coefficient = np.zeros(np.shape(a)), scipy.special.rgamma(a)
    for n in range(22):
        term = np.ones(np.shape(a)) / (a + n)
        for k in range(1, order + 1):
            term = (centre**k - k * term) / (a + n)
        total = total + coefficient * x ** (a + n) * term
        coefficient = -coefficient / (n + 1)
    return total


def beta_moment(a, b, x, of_a=1, of_b=0):
    """The integral of t**(a - 1) (1 - t)**(b - 1) / B(a, b), times powers of what logarithms exceed their mean by.

    These are log t less ψ(a) - ψ(a + b), to the power `of_a`, and log(1 - t) less ψ(b) - ψ(a + b), to the power `of_b`;
    the integral goes from 0 to x. So that of powers 1 and 0 is the derivative of `betainc(a, b, x)` with respect to
    `a`. Of powers up to three together.

    Notes
    -----
    As for `gamma_moment`, the side on which the integrand has one sign is integrated, with t = x exp(-s), or the same
    for what t leaves of 1.

    Examples
    --------
    >>> round(float(beta_moment(2.0, 1.0, 0.5)), 12)  # x**a log(x)
    -0.17328679514
    """
    import scipy.special

    given = (a, b, x)
    a, b, x = np.broadcast_arrays(*(np.asarray(value, float) for value in given))
    with np.errstate(all="ignore"):
        mean_a = scipy.special.psi(a) - scipy.special.psi(a + b)
        mean_b = scipy.special.psi(b) - scipy.special.psi(a + b)
        if (of_a, of_b) == (1, 0):
            above = x > np.exp(mean_a)
        elif (of_a, of_b) == (0, 1):
            above = 1 - x < np.exp(mean_b)
        else:
            above = x > a / (a + b)
        near, far = np.where(above, 1 - x, x), np.where(above, x, 1 - x)
        p, q = np.where(above, b, a), np.where(above, a, b)
        scale = 1 / (np.maximum(p - q * near / far, 0) + np.sqrt(np.minimum(p, (p + q) * near)))
        total = np.zeros(a.shape)
        for position, weight in _positions():
            s = scale * position
            rest = far - near * np.expm1(-s)
            log_near, log_rest = np.log(near) - s, np.log(rest)
            log_t, log_left = np.where(above, log_rest, log_near), np.where(above, log_near, log_rest)
            powers = (log_t - mean_a) ** of_a * (log_left - mean_b) ** of_b
            total += weight * np.exp(-p * s + (q - 1) * np.log(rest / far)) * powers
        density = scipy.special.xlogy(p, near) + scipy.special.xlogy(q - 1, far) - scipy.special.betaln(a, b)
        part = scale * np.exp(density) * total
        whole = _log_beta_moment(a, b, of_a, of_b)
        moment = np.where(above, whole - part, part)
        moment = np.where(x == 0, 0.0, np.where(x == 1, whole, moment))
    return _as_of(np.where((a > 0) & (b > 0) & (x >= 0) & (x <= 1), moment, np.nan), *given)


def _log_beta_moment(a, b, of_a, of_b):
    """The central moment of log t and log(1 - t): the cumulant, up to order three."""
    import scipy.special

    order = of_a + of_b
    if order == 1:
        return np.zeros(np.shape(a))
    own = scipy.special.polygamma(order - 1, b if of_b else a) if of_a == 0 or of_b == 0 else 0
    return own - scipy.special.polygamma(order - 1, a + b)


def stdtr_slope(df, t):
    """The derivative of `stdtr(df, t)` with respect to `df`.

    Notes
    -----
    On either side half of I(z; df/2, 1/2), z = df / (df + t²): that of I in its parameter, and that of z, which is
    t / (2 df) times the density.

    Examples
    --------
    >>> round(float(stdtr_slope(3.0, 0.7)), 8)
    0.00770667
    """
    import scipy.special

    density = scipy.special.poch(df / 2, 0.5) / np.sqrt(math.pi * df) * (1 + t * t / df) ** (-(df + 1) / 2)
    moment = beta_moment(df / 2, 0.5, df / (df + t * t)) / 4
    return _as_of(-np.sign(t) * moment - density * t / (2 * df), df, t)


def kve_slope(v, x, order=1):
    """The derivative of this order of `kve(v, x)` with respect to its order `v`, for positive `x`.

    Notes
    -----
    The integral of t**order exp(x (1 - cosh t)) times sinh(v t) or cosh(v t), from 0 to infinity, by the trapezoidal
    rule between where the integrand has fallen far below its peak: it is even and analytic.

    Examples
    --------
    >>> round(float(kve_slope(0.5, 2.0)), 12)
    0.182869070892
    """
    given = (v, x)
    sign = np.where(v < 0, (-1.0) ** order, 1.0)
    v, x = np.broadcast_arrays(np.abs(np.asarray(v, float)), np.asarray(x, float))
    with np.errstate(all="ignore"):
        peak = np.arcsinh(v / x)

        def fall(t):
            return v * (t - peak) - x * (np.cosh(t) - np.cosh(peak))

        low, high = np.zeros(v.shape), peak + np.ones(v.shape)
        for _ in range(12):
            high = np.where(fall(high) > -60, peak + 2 * (high - peak), high)
        nearest, farthest = low, peak
        for _ in range(40):
            middle = (nearest + farthest) / 2
            nearest = np.where(fall(middle) < -60, middle, nearest)
            farthest = np.where(fall(middle) < -60, farthest, middle)
        low = np.where(fall(low) < -60, nearest, 0.0)
        count, total = 256, np.zeros(v.shape)
        step = (high - low) / count
        for k in range(count + 1):
            t = low + k * step
            mirrored = np.exp(-2 * v * t) * (-1) ** order
            total += (0.5 if k == 0 else 1.0) * t**order * np.exp(v * t - x * (np.cosh(t) - 1)) * (1 + mirrored) / 2
    return _as_of(np.where(x > 0, sign * step * total, np.nan), *given)


def weighted_logsumexp(a, b, axis=None, keepdims=False):
    """The logarithm of the absolute value of a weighted sum of exponentials, and the sign of the sum.

    Examples
    --------
    >>> weighted_logsumexp(np.array([0.0, 1.0]), np.array([1.0, -1.0]))
    (np.float64(0.5413248546129181), np.float64(-1.0))
    """
    import scipy.special

    return scipy.special.logsumexp(a, axis=axis, b=b, keepdims=keepdims, return_sign=True)


def ellipkinc_slope(phi, m):
    """The derivative of `ellipkinc` with respect to its parameter, by Carlson's forms, which hold at m = 0 too.

    Examples
    --------
    >>> round(float(ellipkinc_slope(0.7, 0.3)), 12)
    0.058569954709
    """
    import scipy.special

    turns = np.round(phi / math.pi)
    s, c = np.sin(phi - turns * math.pi), np.cos(phi - turns * math.pi)
    complete = 2 * turns * scipy.special.elliprd(0, 1, 1 - m) / 6
    part = s**3 / 6 * scipy.special.elliprd(c * c, 1, 1 - m * s * s)
    return _as_of(part + np.where(turns == 0, 0, complete), phi, m)


def ellipeinc_slope(phi, m):
    """The derivative of `ellipeinc` with respect to its parameter; see `ellipkinc_slope`.

    Examples
    --------
    >>> round(float(ellipeinc_slope(0.7, 0.3)), 12)
    -0.053961846964
    """
    import scipy.special

    turns = np.round(phi / math.pi)
    s, c = np.sin(phi - turns * math.pi), np.cos(phi - turns * math.pi)
    complete = 2 * turns * scipy.special.elliprd(0, 1 - m, 1) / 6
    part = s**3 / 6 * scipy.special.elliprd(c * c, 1 - m * s * s, 1)
    return _as_of(-part - np.where(turns == 0, 0, complete), phi, m)
