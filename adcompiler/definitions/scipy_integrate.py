"""Differential equations and integrals: SciPy's functions in terms of the solvers of `runtime`."""

from __future__ import annotations

import numpy as np
import scipy.integrate

from adcompiler import runtime
from adcompiler.definitions.table import define


class Trajectory:
    """What `solve_ivp` returns, as far as it has derivatives."""

    def __init__(self, t, y):
        self.t = t
        self.y = y
        self.success = True


def odeint(func, y0, t, args=(), rtol=None, atol=None, tfirst=False, hmax=None, mxstep=None):
    """The states at the times `t`."""

    def right_side(y, time, *args):
        return np.array(func(time, y, *args) if tfirst else func(y, time, *args))

    given = (np.asarray(y0), np.asarray(t))
    args = args if isinstance(args, tuple) else (args,)
    return runtime.states_at(right_side, given, args, rtol=rtol, atol=atol, hmax=hmax, mxstep=mxstep)


def solve_ivp(
    fun, t_span, y0, method=None, t_eval=None, args=None, rtol=None, atol=None, max_step=None, first_step=None
):
    """Times and states."""

    def right_side(y, time, *args):
        return np.array(fun(time, y, *args))

    start, end = t_span
    given = (np.asarray(y0), start, end, None if t_eval is None else np.asarray(t_eval))
    passed = () if args is None else args
    found = runtime.trajectory(
        right_side, given, passed, method=method, rtol=rtol, atol=atol, max_step=max_step, first_step=first_step
    )
    return Trajectory(found[0], found[1:])


def quad(func, a, b, args=(), epsabs=None, epsrel=None, limit=None, points=None):
    """The integral, and an estimate of its error."""

    def integrand(x, *args):
        return 1.0 * func(x, *args)

    args = args if isinstance(args, tuple) else (args,)
    found = runtime.integral_of(integrand, (a, b), args, epsabs=epsabs, epsrel=epsrel, limit=limit, points=points)
    return found[0], found[1]


def steps(x, axis):
    """The lengths of the intervals between points, along the last axis."""
    return np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The trapezoidal rule."""
    return np.trapezoid(y, x, dx, axis)


def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    """The trapezoidal rule from the first point to each of the others."""
    y = np.moveaxis(y, axis, -1)
    step = dx if x is None else steps(x, axis)
    found = np.cumsum(step * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
    if initial is not None:
        found = np.concatenate((np.zeros_like(found[..., :1]), found), axis=-1)
    return np.moveaxis(found, -1, axis)


def simpson(y, x=None, *, dx=1.0, axis=-1):
    """Simpson's rule; of an even number of points, with the correction of Cartwright for the last interval."""
    y = np.moveaxis(y, axis, -1)
    n = y.shape[-1]
    h = dx * np.ones(n - 1) if x is None else steps(x, axis)
    if n == 2:
        return np.sum(h * (y[..., 1:] + y[..., :-1]), axis=-1) / 2
    m = n if n % 2 == 1 else n - 1
    h0, h1 = h[..., 0 : m - 1 : 2], h[..., 1 : m - 1 : 2]
    left, middle, right = y[..., 0 : m - 2 : 2], y[..., 1 : m - 1 : 2], y[..., 2:m:2]
    total = np.sum(
        (h0 + h1) / 6 * (left * (2 - h1 / h0) + middle * (h0 + h1) ** 2 / (h0 * h1) + right * (2 - h0 / h1)), axis=-1
    )
    if n % 2 == 0:
        a, b = h[..., -2], h[..., -1]
        total = total + (2 * b**2 + 3 * a * b) / (6 * (a + b)) * y[..., -1]
        total = total + (b**2 + 3 * a * b) / (6 * a) * y[..., -2]
        total = total - b**3 / (6 * a * (a + b)) * y[..., -3]
    return total


def fixed_quad(func, a, b, args=(), n=5):
    """Gauss's quadrature."""
    nodes, weights = runtime.gauss_legendre(n)
    middle, half = (a + b) / 2, (b - a) / 2
    return half * np.sum(weights * func(middle + half * nodes, *args), axis=-1), None


_SPACING = np.array([0.0, 0.4, 1.1, 1.5, 2.5])

define(scipy.integrate.odeint, odeint, spelling="scipy.integrate.odeint")
define(scipy.integrate.solve_ivp, solve_ivp, spelling="scipy.integrate.solve_ivp")
define(scipy.integrate.quad, quad, spelling="scipy.integrate.quad")
define(scipy.integrate.fixed_quad, fixed_quad, spelling="scipy.integrate.fixed_quad")
define(
    scipy.integrate.trapezoid,
    trapezoid,
    spelling="scipy.integrate.trapezoid",
    at=(((5,),), ((5,), _SPACING), ((5, 2), None, 0.5, 0)),
)
define(
    scipy.integrate.cumulative_trapezoid,
    cumulative_trapezoid,
    spelling="scipy.integrate.cumulative_trapezoid",
    at=(((5,),), ((5,), _SPACING), ((2, 5), _SPACING, {"initial": 0}), ((5, 2), {"dx": 0.5, "axis": 0})),
)
define(
    scipy.integrate.simpson,
    simpson,
    spelling="scipy.integrate.simpson",
    at=(
        ((5,),),
        ((5,), _SPACING),
        ((4, 2), {"dx": 0.5, "axis": 0}),
        ((4, 3, 3), {"axis": 0}),
        ((2,),),
        ((2, 4), {"x": _SPACING[:4]}),
    ),
)
