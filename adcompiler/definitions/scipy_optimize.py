"""Roots and minima: SciPy's functions in terms of the solvers of `runtime`, by the implicit function theorem."""

from __future__ import annotations

import numpy as np
import scipy.optimize

from adcompiler import runtime
from adcompiler.definitions.table import define


class Minimum:
    """What `minimize` returns, as far as it has derivatives. It has no `success`: that may be wanting at a minimum."""

    def __init__(self, x, fun):
        self.x = x
        self.fun = fun


class Solution:
    """What a solver returns that raises where it finds no solution."""

    def __init__(self, x, fun):
        self.x = x
        self.fun = fun
        self.success = True


class Root:
    """What `root_scalar` returns."""

    def __init__(self, root):
        self.root = root
        self.converged = True


def as_tuple(args):
    """The further arguments of a function; one may be given by itself."""
    return args if isinstance(args, tuple) else (args,)


# Roots


def root(fun, x0, args=(), method=None, jac=None, tol=None, options=None):
    """A root of as many functions as unknowns."""

    def residual(x, *args):
        return np.array(fun(x, *args))

    def sloped(x, *args):
        return np.concatenate((np.ravel(np.asarray(fun(x, *args))), np.ravel(np.asarray(jac(x, *args)))))

    args, given = as_tuple(args), (np.asarray(x0),)
    if jac is None:
        x = runtime.root_of(residual, given, args, method=method, tol=tol, options=options)
    else:
        x = runtime.root_of(sloped, given, args, sloped=True, method=method, tol=tol, options=options)
    return Solution(x, fun(x, *args))


def fsolve(func, x0, args=(), fprime=None, xtol=None, maxfev=None, factor=None):
    """As `root`, with the solution alone."""

    def residual(x, *args):
        return np.array(func(x, *args))

    def sloped(x, *args):
        return np.concatenate((np.ravel(np.asarray(func(x, *args))), np.ravel(np.asarray(fprime(x, *args)))))

    args, given = as_tuple(args), (np.asarray(x0),)
    if fprime is None:
        return runtime.root_of(residual, given, args, solver="fsolve", xtol=xtol, maxfev=maxfev, factor=factor)
    return runtime.root_of(sloped, given, args, solver="fsolve", sloped=True, xtol=xtol, maxfev=maxfev, factor=factor)


def newton(func, x0, fprime=None, args=(), tol=None, maxiter=None, x1=None, rtol=None):
    """Newton's method, or the secant method without a derivative."""

    def residual(x, *args):
        return 1.0 * func(x, *args)

    def sloped(x, *args):
        return np.array([func(x, *args), fprime(x, *args)])

    args = as_tuple(args)
    if fprime is None:
        return runtime.root_of(residual, (x0,), args, solver="newton", tol=tol, maxiter=maxiter, x1=x1, rtol=rtol)
    return runtime.root_of(sloped, (x0,), args, solver="newton", sloped=True, tol=tol, maxiter=maxiter, rtol=rtol)


def bracketed(f, solver, a, b, args, xtol, rtol, maxiter):
    """A root between two points where the function has different signs."""

    def residual(x, *args):
        return 1.0 * f(x, *args)

    return runtime.root_of(residual, (a, b), as_tuple(args), solver=solver, xtol=xtol, rtol=rtol, maxiter=maxiter)


def brentq(f, a, b, args=(), xtol=None, rtol=None, maxiter=None):
    """Brent's method."""
    return bracketed(f, "brentq", a, b, args, xtol, rtol, maxiter)


def brenth(f, a, b, args=(), xtol=None, rtol=None, maxiter=None):
    """Brent's method with hyperbolic extrapolation."""
    return bracketed(f, "brenth", a, b, args, xtol, rtol, maxiter)


def bisect(f, a, b, args=(), xtol=None, rtol=None, maxiter=None):
    """Bisection."""
    return bracketed(f, "bisect", a, b, args, xtol, rtol, maxiter)


def ridder(f, a, b, args=(), xtol=None, rtol=None, maxiter=None):
    """Ridder's method."""
    return bracketed(f, "ridder", a, b, args, xtol, rtol, maxiter)


def toms748(f, a, b, args=(), xtol=None, rtol=None, maxiter=None):
    """Algorithm 748."""
    return bracketed(f, "toms748", a, b, args, xtol, rtol, maxiter)


def root_scalar(
    f, args=(), method=None, bracket=None, fprime=None, x0=None, x1=None, xtol=None, rtol=None, maxiter=None
):
    """A root of one function of one number."""

    def residual(x, *args):
        return 1.0 * f(x, *args)

    def sloped(x, *args):
        return np.array([f(x, *args), fprime(x, *args)])

    args = as_tuple(args)
    if bracket is not None:
        a, b = bracket
        found = runtime.root_of(
            residual, (a, b), args, solver="root_scalar", method=method, xtol=xtol, rtol=rtol, maxiter=maxiter
        )
    elif fprime is None:
        given = (x0,) if x1 is None else (x0, x1)
        found = runtime.root_of(
            residual,
            given,
            args,
            solver="root_scalar",
            start_at=True,
            method=method,
            xtol=xtol,
            rtol=rtol,
            maxiter=maxiter,
        )
    else:
        found = runtime.root_of(
            sloped,
            (x0,),
            args,
            solver="root_scalar",
            start_at=True,
            sloped=True,
            method=method,
            xtol=xtol,
            rtol=rtol,
            maxiter=maxiter,
        )
    return Root(found)


def fixed_point(func, x0, args=(), xtol=None, maxiter=None):
    """Where a function is what it is given."""

    def residual(x, *args):
        return func(x, *args) - x

    return runtime.root_of(residual, (x0,), as_tuple(args), solver="fixed_point", xtol=xtol, maxiter=maxiter)


# Minima


def minimize(fun, x0, args=(), method=None, jac=None, bounds=None, tol=None, options=None):
    """A minimum: a root of the gradient."""

    def objective(x, *args):
        return 1.0 * fun(x, *args)

    def with_gradient(x, *args):
        value, slope = fun(x, *args)
        return np.concatenate((np.reshape(value, (1,)), np.ravel(np.asarray(slope))))

    def sloped(x, *args):
        return np.concatenate((np.reshape(fun(x, *args), (1,)), np.ravel(np.asarray(jac(x, *args)))))

    args, given = as_tuple(args), (np.asarray(x0),)
    if jac is None or (isinstance(jac, bool) and not jac):
        x = runtime.minimum_of(objective, given, args, method=method, bounds=bounds, tol=tol, options=options)
    elif isinstance(jac, bool):
        x = runtime.minimum_of(
            with_gradient, given, args, sloped=True, method=method, bounds=bounds, tol=tol, options=options
        )
        return Minimum(x, fun(x, *args)[0])
    else:
        x = runtime.minimum_of(sloped, given, args, sloped=True, method=method, bounds=bounds, tol=tol, options=options)
    return Minimum(x, fun(x, *args))


def minimize_scalar(fun, bracket=None, bounds=None, args=(), method=None, tol=None, options=None):
    """A minimum of a function of one number."""

    def objective(x, *args):
        return 1.0 * fun(x, *args)

    args = as_tuple(args)
    x = runtime.minimum_of(
        objective,
        (),
        args,
        solver="minimize_scalar",
        bracket=bracket,
        bounds=bounds,
        method=method,
        tol=tol,
        options=options,
    )
    return Minimum(x, fun(x, *args))


def least_squares(
    fun, x0, bounds=None, method=None, ftol=None, xtol=None, gtol=None, x_scale=None, max_nfev=None, args=()
):
    """Parameters for which a sum of squares is least."""

    def residuals(x, *args):
        return np.array(fun(x, *args))

    args = as_tuple(args)
    x = runtime.least_squares_of(
        residuals,
        (np.asarray(x0),),
        args,
        bounds=bounds,
        method=method,
        ftol=ftol,
        xtol=xtol,
        gtol=gtol,
        x_scale=x_scale,
        max_nfev=max_nfev,
    )
    return Solution(x, fun(x, *args))


def curve_fit(
    f,
    xdata,
    ydata,
    p0=None,
    sigma=None,
    absolute_sigma=None,
    bounds=None,
    method=None,
    *,
    ftol=None,
    xtol=None,
    gtol=None,
    maxfev=None,
    max_nfev=None,
):
    """Parameters of a function that fits data; their covariance has no derivative here."""
    count = runtime.parameter_count(f) - 1
    if sigma is not None and np.ndim(sigma) != 1:
        raise ValueError("`sigma` has one number for each point")

    def residuals(p, x, y, spread):
        difference = f(x, *tuple(p[i] for i in range(count))) - y
        return 1.0 * difference if spread is None else difference / spread

    start = np.ones(count) if p0 is None else np.asarray(p0)
    found = runtime.least_squares_of(
        residuals,
        (start,),
        (xdata, ydata, sigma),
        solver="curve_fit",
        absolute_sigma=absolute_sigma,
        bounds=bounds,
        method=method,
        ftol=ftol,
        xtol=xtol,
        gtol=gtol,
        maxfev=maxfev,
        max_nfev=max_nfev,
    )
    return found[0], found[1:]


for _definition in (
    root,
    fsolve,
    newton,
    brentq,
    brenth,
    bisect,
    ridder,
    toms748,
    root_scalar,
    fixed_point,
    minimize,
    minimize_scalar,
    least_squares,
    curve_fit,
):
    define(
        getattr(scipy.optimize, _definition.__name__), _definition, spelling=f"scipy.optimize.{_definition.__name__}"
    )
