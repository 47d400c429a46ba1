"""Ordinary differential equations by SciPy's solvers, and their adjoints. Functions are handed over as in `solvers`."""

from __future__ import annotations

import numpy as np

from adcompiler.runtime.scipy_solvers import pulled_back, selected_bars


def states_at(right_side, given, args=(), **options):
    """`odeint`: the states at the times `t`, of which the first is that of `y0`."""
    import scipy.integrate

    y0, t = given
    return scipy.integrate.odeint(right_side, y0, t, args=args, **options)


def states_at_bar(forward, backward, g, y, given, args=(), active=(), wanted=(), rtol=None, atol=None, **options):
    """The first time is where the trajectory begins as well."""
    y0, t = given
    t = np.asarray(t, dtype=float)
    rtol, atol = (1e-8 if tolerance is None else tolerance for tolerance in (rtol, atol))
    y0_bar, start_bar, t_bar, bars = trajectory_bars(
        forward, backward, g, y0, t[0], t, args, active, "LSODA", rtol, atol
    )
    t_bar[0] += start_bar
    found = {0: y0_bar, 1: t_bar} | {2 + number: bar for number, bar in bars.items()}
    return selected_bars(found, (*given, *args), wanted)


def trajectory(right_side, given, args=(), **options):
    """`solve_ivp` from `y0` at `start` to `end`: the times in the first row, the states below.

    The function is `right_side(y, t, *args)`.
    """
    import scipy.integrate

    y0, start, end, t_eval = given
    found = scipy.integrate.solve_ivp(
        lambda t, y: right_side(y, t, *args), (start, end), np.atleast_1d(y0), t_eval=t_eval, **options
    )
    if not found.success:
        raise RuntimeError(found.message)
    return np.concatenate((found.t[np.newaxis], found.y))


def trajectory_bar(
    forward, backward, g, y, given, args=(), active=(), wanted=(), method="RK45", rtol=1e-3, atol=1e-6, **options
):
    """Times that the solver has chosen itself have no derivative, except for the first and the last one."""
    y0, start, _, t_eval = given
    if t_eval is None and np.any(g[:, 1:-1]):
        raise ValueError("states at times that the solver chooses have no derivative: give `t_eval=`")
    y0_bar, start_bar, t_bar, bars = trajectory_bars(
        forward, backward, g[1:].T, y0, start, y[0], args, active, method, rtol, atol
    )
    t_bar += g[0]
    if t_eval is None:
        found = {0: y0_bar, 1: start_bar + t_bar[0], 2: t_bar[-1]}
    else:
        found = {0: y0_bar, 1: start_bar, 2: 0.0, 3: t_bar}
    found |= {4 + number: bar for number, bar in bars.items()}
    return selected_bars(found, (*given, *args), wanted)


def trajectory_bars(forward, backward, g, y0, start, t, args, active, method, rtol, atol):
    """The cotangents of the initial state, of its time, of the times, and of the arguments, by their number.

    From dλ/dt = -fᵧᵀ λ backwards, where λ jumps by the cotangent of each state, along the trajectory as it was; the
    cotangent of an argument is the integral of f_argᵀ λ. The tolerances are at most 1e-9.
    """
    import scipy.integrate

    tolerances = {"rtol": min(rtol, 1e-9), "atol": np.minimum(atol, 1e-9)}
    y0, t = np.atleast_1d(np.asarray(y0, dtype=float)), np.asarray(t, dtype=float)

    def slope(time, y):
        value = forward(y, time, *args)
        return np.asarray(value[0] if isinstance(value, tuple) else value, dtype=float)

    def path(time):
        return y0 if dense is None else dense(time)

    dense = None
    if t[-1] != start:
        span = (start, t[-1])
        dense = scipy.integrate.solve_ivp(slope, span, y0, method=method, dense_output=True, **tolerances).sol
    shapes = [np.shape(y0) if number == 0 else np.shape(args[number - 2]) for number in active]
    sizes = [int(np.prod(shape, dtype=int)) for shape in shapes]

    def back(time, state):
        _, pullback = pulled_back(forward, backward, (path(time), time, *args), active)
        bars = pullback(state[: y0.size])
        parts = [-np.ravel(bar + np.zeros(shape)) for bar, shape in zip(bars, shapes, strict=True)]
        if 0 not in active:
            parts.insert(0, np.zeros(y0.size))
        return np.concatenate(parts)

    scale = float(np.max(np.abs(g), initial=0.0)) or 1.0
    others = sum(size for number, size in zip(active, sizes, strict=True) if number != 0)
    state = np.zeros(y0.size + others)
    t_bar = np.zeros_like(t)
    time = t[-1] if t.size else start
    for number in reversed(range(t.size)):
        if not np.any(g[number]):
            continue
        state = carried_back(back, state, time, t[number], method, tolerances) if active else state
        time = t[number]
        state[: y0.size] += g[number] / scale
        t_bar[number] = g[number] @ slope(time, path(time))
    state = carried_back(back, state, time, start, method, tolerances) if active else state
    state = state * scale
    start_bar = -(state[: y0.size] @ slope(start, y0))
    found, position = {}, y0.size
    for number, size in zip(active, sizes, strict=True):
        if number != 0:
            found[number - 2] = state[position : position + size]
            position += size
    return state[: y0.size], start_bar, t_bar, found


def carried_back(back, state, time, earlier, method, tolerances):
    """The adjoint state at an earlier time."""
    import scipy.integrate

    if time == earlier or not np.any(state):
        return state
    return scipy.integrate.solve_ivp(back, (time, earlier), state, method=method, **tolerances).y[:, -1]
