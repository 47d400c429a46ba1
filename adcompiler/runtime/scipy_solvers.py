"""Solvers that are handed a function, and their pullbacks: roots, minima, integrals. They call SciPy.

A pullback is given the function cut in two, `forward(*arguments) -> (value, residuals)` and
`backward(residuals, cotangent) -> cotangents` of those arguments whose numbers are `active`. It returns the cotangents
of the solver's inputs whose numbers are `wanted`.
"""

from __future__ import annotations

import numpy as np


def parameter_count(function):
    """How many parameters a function has."""
    return function.__code__.co_argcount


def pulled_back(forward, backward, arguments, active):
    """The value of a function that was cut in two, and what takes a cotangent to those of the active arguments."""
    if not active:
        return None, lambda g: ()
    value, residuals = forward(*arguments)
    single = len(active) == 1

    def pullback(g):
        bars = backward(residuals, g)
        return (bars,) if single else bars

    return value, pullback


def selected_bars(found, inputs, wanted):
    """The wanted ones of the cotangents that were found, each with the shape and dtype of its input."""
    bars = []
    for number in wanted:
        like = np.asarray(inputs[number])
        bar = np.broadcast_to(np.reshape(found.get(number, 0.0), like.shape if number in found else ()), like.shape)
        bars.append(np.array(bar, dtype=like.dtype if like.dtype.kind == "f" else float)[()])
    return tuple(bars)


def root_of(residual, start, args=(), solver="root", sloped=False, start_at=False, **options):
    """The root that one of SciPy's solvers finds: where `residual(x, *args)` is zero.

    With `sloped`, the function returns its value and its derivative behind it, which the solver is given too.
    """
    import scipy.optimize

    def part(x, *args):
        return leading_part(residual(x, *args), x)

    def slope(x, *args):
        size = np.size(x)
        return np.reshape(residual(x, *args)[size:], (size, size) if np.ndim(x) else ())

    if sloped:
        options["jac" if solver == "root" else "fprime"] = slope
    function = part if sloped else residual
    if solver == "fixed_point":
        function = lambda x, *args: residual(x, *args) + x  # noqa: E731
    if solver == "root_scalar":
        options |= {"x0": start[0], "x1": start[1] if start[1:] else None} if start_at else {"bracket": start}
        start = ()
    options = {name: dict(value) if name == "options" else value for name, value in options.items()}
    found = getattr(scipy.optimize, solver)(function, *start, args=args, **options)
    if not getattr(found, "success", getattr(found, "converged", True)):
        raise RuntimeError(f"{solver} has found no root: {getattr(found, 'message', getattr(found, 'flag', ''))}")
    return np.asarray(getattr(found, "root", getattr(found, "x", found)))[()]


def leading_part(value, x):
    """Of a residual with its derivative behind it, the residual."""
    size = np.size(x)
    return value if np.size(value) == size else np.reshape(value[:size], np.shape(x))


def root_of_bar(forward, backward, g, y, start, args=(), active=(), wanted=(), sloped=False, **options):
    """By the implicit function theorem: from J dy + df = 0, with J the derivative of the residual f at the root y."""
    beyond = np.size(y) ** 2 if sloped else 0
    return solution_bars(forward, backward, g, y, start, args, active, wanted, beyond=beyond)


def solution_bars(forward, backward, g, y, start, args, active, wanted, *, skip=0, beyond=0):
    """The cotangents of what a solution of n equations depends on; the equations are `value[skip : skip + n]`,
    with so many numbers beyond.

    The solution is taken one Newton step further, since a solver may stop at half of the digits.
    """
    y = np.asarray(y, dtype=float)
    unknowns = y.size
    if 0 not in active:
        raise ValueError("what is solved does not depend on the unknown smoothly")

    def linearised(x):
        value, pullback = pulled_back(forward, backward, (x, *args), active)
        value = np.asarray(value, dtype=float)
        rows = np.zeros((unknowns, value.size))
        rows[np.arange(unknowns), skip + np.arange(unknowns)] = 1
        seeds = [np.reshape(row, value.shape) if value.ndim else float(row[0]) for row in rows]
        jacobian = np.array([np.ravel(pullback(seed)[0]) for seed in seeds]).reshape(unknowns, unknowns)
        return np.ravel(value)[skip : skip + unknowns], jacobian, pullback, value.shape

    def given(x):
        return x if y.ndim else float(x)

    value, jacobian, pullback, shape = linearised(given(y))
    if int(np.prod(shape, dtype=int)) != skip + unknowns + beyond:
        raise ValueError("a root has a derivative where there are as many equations as unknowns")
    step = np.reshape(np.linalg.solve(jacobian, value), y.shape)
    if not np.all(np.abs(step) <= 1e-3 * (1 + np.abs(y))):
        raise ValueError(
            "the solver stopped where the equations do not hold (or at a bound), so that its result has no derivative"
        )
    if np.any(np.abs(step) > 1e-11 * (1 + np.abs(y))):
        value, jacobian, pullback, shape = linearised(given(y - step))
    multiplier = -np.linalg.solve(jacobian.T, np.ravel(g))
    size = int(np.prod(shape, dtype=int))
    seed = np.reshape(np.concatenate((np.zeros(skip), multiplier, np.zeros(size - skip - unknowns))), shape)
    bars = pullback(seed if shape else float(seed))
    found = {len(start) + number - 1: bar for number, bar in zip(active, bars, strict=True) if number > 0}
    return selected_bars(found, (*start, *args), wanted)


def require_inside(y, bounds):
    """Refuse a minimum at a bound, which moves as the bound does and not as the function: (lower, upper)."""
    lower, upper = (np.broadcast_to(np.asarray(bound, dtype=float), np.shape(y)) for bound in bounds)
    width = np.where(np.isfinite(upper - lower), upper - lower, 1 + np.abs(y))
    if np.any(np.minimum(y - lower, upper - y) <= 1e-4 * width):
        raise ValueError("the solver stopped at a bound, so that its result has no derivative")


def minimum_of(objective, start, args=(), solver="minimize", sloped=False, **options):
    """A minimum of `objective(x, *args)`, by one of SciPy's solvers; with `sloped`, its gradient is behind it."""
    import scipy.optimize

    if sloped:
        options["jac"] = lambda x, *args: objective(x, *args)[1:]
    function = (lambda x, *args: objective(x, *args)[0]) if sloped else objective
    options = {name: dict(value) if name == "options" else value for name, value in options.items()}
    return np.asarray(getattr(scipy.optimize, solver)(function, *start, args=args, **options).x)[()]


def minimum_of_bar(
    forward,
    backward,
    g,
    y,
    start,
    args=(),
    active=(),
    wanted=(),
    sloped=False,
    bounds=None,
    solver="minimize",
    **options,
):
    """The functions are those of the gradient, or with `sloped` of the objective with its gradient behind it."""
    if bounds is not None and solver == "minimize":
        pairs = [(-np.inf if low is None else low, np.inf if high is None else high) for low, high in bounds]
        require_inside(y, np.transpose(pairs))
    elif bounds is not None:
        require_inside(y, bounds)
    return solution_bars(forward, backward, g, y, start, args, active, wanted, skip=1 if sloped else 0)


def least_squares_of(residuals, start, args=(), solver="least_squares", **options):
    """Where the sum of squares of `residuals(x, *args)` is least; `curve_fit` adds the covariance of that."""
    import scipy.optimize

    if solver == "curve_fit":
        (first,) = start
        zeros = np.zeros_like(residuals(first, *args))
        fitted, covariance = scipy.optimize.curve_fit(
            lambda _, *x: residuals(np.array(x), *args), zeros, zeros, p0=first, **options
        )
        return np.concatenate((fitted[np.newaxis], covariance))
    found = scipy.optimize.least_squares(residuals, *start, args=args, **options)
    if not found.success:
        raise RuntimeError(f"least_squares has found no minimum: {found.message}")
    return found.x


def least_squares_of_bar(
    forward, backward, g, y, start, args=(), active=(), wanted=(), solver="least_squares", bounds=None, **options
):
    """The functions are those of the gradient of half the sum of squares."""
    if solver == "curve_fit":
        if np.any(g[1:]):
            raise ValueError("the covariance that `curve_fit` returns is not differentiated")
        g, y = g[0], y[0]
    if bounds is not None:
        require_inside(y, bounds)
    return solution_bars(forward, backward, g, y, start, args, active, wanted)


def gauss_legendre(n):
    """The nodes and weights of Gauss's quadrature on [-1, 1]."""
    return np.polynomial.legendre.leggauss(n)


def integral_of(integrand, limits, args=(), **options):
    """The integral of `integrand(x, *args)`, and an estimate of its error."""
    import scipy.integrate

    return np.array(scipy.integrate.quad(integrand, *limits, args=args, **options)[:2])


def integral_of_bar(forward, backward, g, y, limits, args=(), active=(), wanted=(), **options):
    """From d∫f = f(b) db - f(a) da + ∫ df; the error has no derivative."""
    import scipy.integrate

    found = {}
    for number, sign in ((0, -1.0), (1, 1.0)):
        if number in wanted and np.isfinite(limits[number]):
            value = forward(float(limits[number]), *args)
            found[number] = sign * g[0] * (value[0] if isinstance(value, tuple) else value)
    shapes = [np.shape(args[number - 1]) for number in active]
    splits = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])

    def integrand_bars(x):
        _, pullback = pulled_back(forward, backward, (x, *args), active)
        return np.concatenate(
            [np.ravel(bar + np.zeros(shape)) for bar, shape in zip(pullback(1.0), shapes, strict=True)]
        )

    if active and splits[-1] <= 3:
        bars = np.array(
            [
                scipy.integrate.quad(lambda x, part=part: integrand_bars(x)[part], *limits, **options)[0]
                for part in range(splits[-1])
            ]
        )
    elif active:
        bars = scipy.integrate.quad_vec(integrand_bars, *limits, epsabs=1e-11, epsrel=1e-10)[0]
    if active:
        for number, bar in zip(active, np.split(bars, splits[:-1]), strict=True):
            found[1 + number] = g[0] * bar
    return selected_bars(found, (*limits, *args), wanted)
