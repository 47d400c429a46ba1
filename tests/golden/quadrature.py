"""Adaptive quadrature: recursion decided by data. Each sweep is a function that calls itself."""
# $ adcompiler emit quadrature.py:quadrature --wrt theta --types 'theta=float, a=float, b=float'
# at: (0.7, 0.1, 2.0)

import numpy as np


def quadrature(theta, a, b):
    def f(x):
        return np.exp(-theta * x * x)

    def simpson(a, b, fa, fm, fb, tolerance):
        m = (a + b) / 2
        fl, fr = f((a + m) / 2), f((m + b) / 2)
        coarse = (b - a) / 6 * (fa + 4 * fm + fb)
        fine = (b - a) / 12 * (fa + 4 * fl + 2 * fm + 4 * fr + fb)
        if abs(fine - coarse) < 15 * tolerance:
            return fine
        left = simpson(a, m, fa, fl, fm, tolerance / 2)
        right = simpson(m, b, fm, fr, fb, tolerance / 2)
        return left + right

    return simpson(a, b, f(a), f((a + b) / 2), f(b), 1e-9)


# becomes

import numpy as np


# Forward sweep of simpson (quadrature.py:12).
def simpson_forward(a, b, fa, fm, fb, tolerance, theta):
    m = (a + b) / 2
    quotient = (a + m) / 2
    fl = np.exp(-theta * quotient * quotient)
    quotient_1 = (m + b) / 2
    fr = np.exp(-theta * quotient_1 * quotient_1)
    coarse = (b - a) / 6 * (fa + 4 * fm + fb)
    quotient_2 = (b - a) / 12
    fine = quotient_2 * (fa + 4 * fl + 2 * fm + 4 * fr + fb)
    condition = abs(fine - coarse) < 15 * tolerance
    if condition:
        result = fine
        left_residuals = None
        right_residuals = None
    else:
        left, left_residuals = simpson_forward(a, m, fa, fl, fm, tolerance / 2, theta)
        right, right_residuals = simpson_forward(m, b, fm, fr, fb, tolerance / 2, theta)
        result = left + right
    return (
        result,
        (quotient, fl, quotient_1, fr, quotient_2, condition, left_residuals, right_residuals),
    )


# Backward sweep of simpson (quadrature.py:12), wrt fa, fm, fb, theta.
def simpson_backward(residuals, result_bar):
    kept, fl, kept_1, fr, kept_2, condition, left_residuals, right_residuals = residuals
    # backward sweep
    if condition:
        fine_bar = result_bar
        fa_bar = 0.0
        fl_bar = 0.0
        fm_bar = 0.0
        theta_bar = 0.0
        fr_bar = 0.0
        fb_bar = 0.0
    else:
        # right = simpson(m, b, fm, fr, fb, tolerance / 2)
        fm_bar, fr_bar, fb_bar, theta_bar = simpson_backward(right_residuals, result_bar)
        # left = simpson(a, m, fa, fl, fm, tolerance / 2)
        fa_bar, fl_bar, fm_bar_1, theta_bar_1 = simpson_backward(left_residuals, result_bar)
        fm_bar = fm_bar + fm_bar_1
        theta_bar = theta_bar + theta_bar_1
        fine_bar = 0.0
    # fine = (b - a) / 12 * (fa + 4 * fl + 2 * fm + 4 * fr + fb)
    t_bar = fine_bar * kept_2
    fb_bar = fb_bar + t_bar
    t_bar_1 = 4 * t_bar
    fr_bar = fr_bar + t_bar_1
    fm_bar += 2 * t_bar
    fa_bar = fa_bar + t_bar
    fl_bar = fl_bar + t_bar_1
    # return np.exp(-theta * x * x)
    theta_bar = theta_bar - fr_bar * fr * kept_1 * kept_1 - fl_bar * fl * kept * kept
    return fa_bar, fm_bar, fb_bar, theta_bar


# Gradient of quadrature (quadrature.py:8), wrt theta.
def grad_quadrature(theta, a, b, out_bar=1.0):
    # forward sweep
    exp = np.exp(-theta * a * a)
    quotient = (a + b) / 2
    exp_1 = np.exp(-theta * quotient * quotient)
    exp_2 = np.exp(-theta * b * b)
    _, simpson_residuals = simpson_forward(a, b, exp, exp_1, exp_2, 1e-09, theta)
    # backward sweep
    # return simpson(a, b, f(a), f((a + b) / 2), f(b), 1e-9)
    fa_bar, fm_bar, fb_bar, theta_bar = simpson_backward(simpson_residuals, out_bar)
    # return np.exp(-theta * x * x)
    t_bar = fa_bar * exp * a * a
    theta_bar = theta_bar - fb_bar * exp_2 * b * b - fm_bar * exp_1 * quotient * quotient - t_bar
    return theta_bar
