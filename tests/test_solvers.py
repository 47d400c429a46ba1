"""Solvers of SciPy's that are handed a function: roots, minima, trajectories and integrals."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.errors import DifferentiationError
from adcompiler.frontend.parse import function_source
from adcompiler.signature import given_types

pytest.importorskip("scipy")

from scipy import integrate, optimize

from tests.numerics import central_difference

A = np.array([0.7, 1.3])


# Roots


def squared_root(a: Any) -> Any:
    return optimize.brentq(lambda x: x**3 - a[0] * x - a[1], 0.0, 3.0) ** 2


def with_arguments(a: Any) -> Any:
    return optimize.ridder(lambda x, b, c: x**3 - b * x - c, 0.0, 3.0, args=(a[0], a[1]))


def newton_with_slope(a: Any) -> Any:
    return optimize.newton(lambda x: x**3 - a[0] * x - a[1], 2.0, fprime=lambda x: 3 * x**2 - a[0])


def secant(a: Any) -> Any:
    return optimize.newton(lambda x: x**3 - a[0] * x - a[1], 2.0)


def any_method(a: Any) -> Any:
    one = optimize.root_scalar(lambda x: x**3 - a[0] * x - a[1], bracket=(0.0, 3.0)).root
    other = optimize.root_scalar(
        lambda x: x**3 - a[0] * x - 1, x0=2.0, fprime=lambda x: 3 * x**2 - a[0], method="newton"
    )
    return one * other.root


def system(x: Any, a: Any) -> Any:
    return np.array([x[0] ** 3 + x[1] - a[0], x[1] ** 3 - x[0] + a[1]])


def slope_of_system(x: Any, a: Any) -> Any:
    return np.array([[3 * x[0] ** 2, 1.0], [-1.0, 3 * x[1] ** 2]])


def root_of_system(a: Any) -> Any:
    return np.sum(np.sin(optimize.fsolve(system, np.array([0.5, 0.5]), args=(a,))))


def root_with_slope(a: Any) -> Any:
    return np.sum(np.sin(optimize.root(system, [0.5, 0.5], args=(a,), jac=slope_of_system, tol=1e-12).x))


def list_of_residuals(a: Any) -> Any:
    found = optimize.root(lambda x: [x[0] + (x[0] - x[1]) ** 3 - a[0], (x[1] - x[0]) ** 3 + x[1] * a[1]], [0.0, 0.0])
    return np.sum(found.x**2) + np.sum(found.fun)


def fixed_point(a: Any) -> Any:
    return optimize.fixed_point(lambda x: np.cos(a[0] * x) + 0.1 * a[1], 0.5, xtol=1e-12)


def roots_in_a_loop(a: Any) -> Any:
    x = 1.0
    for i in range(3):
        x = optimize.brentq(lambda z: z**3 + a[0] * z - x - a[1] * i, -5.0, 5.0)  # noqa: B023  (called at once)
    return x


# Trajectories


def pendulum(y: Any, t: Any, b: Any, c: Any) -> Any:
    theta, omega = y
    return [omega, -b * omega - c * np.sin(theta)]


TIMES = np.linspace(0, 2, 6)
TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def swinging(a: Any) -> Any:
    y = integrate.odeint(pendulum, [1.2, a[0]], TIMES, args=(0.3, a[1]), rtol=1e-11, atol=1e-11)
    return np.sum(y[:, 0] ** 2)


def times_of_odeint(t: Any) -> Any:
    return np.sum(integrate.odeint(lambda y, t: -y * t, np.ones(2), t, rtol=1e-11, atol=1e-11) ** 2)


def times_of_solve_ivp(t: Any) -> Any:
    found = integrate.solve_ivp(
        lambda t, y: -y * t, (t[0], t[2]), np.ones(2), t_eval=t, rtol=1e-11, atol=1e-11, method="DOP853"
    )
    return np.sum(found.y[:, 1:] ** 2) + np.sum(found.t**2)


def final_state(a: Any) -> Any:
    found = integrate.solve_ivp(lambda t, y: -a[0] * y + np.sin(t), (0, a[1]), a, rtol=1e-11, atol=1e-11)
    return np.sum(found.y[:, -1] ** 2)


W = np.array([[0.1, 0.5], [-0.4, 0.2]])


def neural(w: Any) -> Any:
    def right_side(t: Any, y: Any) -> Any:
        h = y
        for _ in range(2):
            h = np.tanh(w @ h)
        return h

    found = integrate.solve_ivp(right_side, (0.0, 1.0), np.ones(2), t_eval=[0.0, 0.5, 1.0], rtol=1e-11, atol=1e-11)
    return np.sum(found.y**2)


def written_right_side(a: Any) -> Any:
    def right_side(y: Any, t: Any) -> Any:
        slope = np.zeros(2)
        slope[0] = y[1]
        slope[1] = -a[0] * y[0] - a[1] * y[1]
        return slope

    return np.sum(integrate.odeint(right_side, [1.0, 0.0], TIMES, rtol=1e-11, atol=1e-11)[-1])


class Decay:
    def __init__(self, rate: Any) -> None:
        self.rate = rate

    def __call__(self, y: Any, t: Any) -> Any:
        return -self.rate * y

    def slope(self, y: Any, t: Any) -> Any:
        return -self.rate * y


def methods(a: Any) -> Any:
    model = Decay(a)
    one = integrate.odeint(model.slope, a, TIMES, rtol=1e-11, atol=1e-11)
    return np.sum(one)


def either(a: Any) -> Any:
    if a[0] > 0:
        y = integrate.odeint(lambda y, t: -a * y, a, TIMES, rtol=1e-11, atol=1e-11)
    else:
        y = integrate.odeint(lambda y, t: a * y, a, TIMES[:2], rtol=1e-11, atol=1e-11)
    return np.sum(y[-1])


# Integrals


def gaussian(a: Any) -> Any:
    y, _ = integrate.quad(lambda x: np.exp(-a[0] * x * x) * np.cos(x), -a[1], 2 * a[1])
    return y * y


def to_infinity(a: Any) -> Any:
    return integrate.quad(functools.partial(lambda a, x: np.exp(-a[0] * x) * a[1], a), 0, np.inf)[0]


def singular(a: Any) -> Any:
    return integrate.quad(lambda x: np.log(x) * a[0] / np.sqrt(x), 0, a[1])[0]


def limits_alone(a: Any) -> Any:
    return integrate.quad(lambda x: 2.0, a[1], a[0])[0] + integrate.quad(lambda x: x**2, 0, a[0])[0]


def of_many_parameters(w: Any) -> Any:
    return integrate.quad(lambda x: np.sum(np.sin(x * w)), 0, 1)[0]


def nested(a: Any) -> Any:
    return integrate.quad(lambda x: integrate.quad(lambda y: np.exp(-a[0] * x * y), 0.0, x)[0], 0.0, a[1])[0]


def recursive_integrand(a: Any) -> Any:
    def power(n: int, x: Any) -> Any:
        return x if n == 0 else x * power(n - 1, x)

    return integrate.quad(lambda x: power(3, x * a[0]), 0.0, a[1])[0]


def gauss(a: Any) -> Any:
    return integrate.fixed_quad(lambda x, k: np.sin(k * x), a[0], a[1], args=(a[0],), n=6)[0]


# Minima


def lowest(a: Any) -> Any:
    found = optimize.minimize(lambda x: np.sum((x - a) ** 4) + np.sum(a * x**2), np.zeros(2), tol=1e-10)
    return np.sum(found.x**3) + found.fun


def lowest_by_gradient(a: Any) -> Any:
    found = optimize.minimize(
        lambda x: np.sum((x - a) ** 4) + np.sum(a * x**2),
        np.zeros(2),
        jac=lambda x: 4 * (x - a) ** 3 + 2 * a * x,
        tol=1e-12,
    )
    return np.sum(found.x**3) + found.fun


def value_with_gradient(x: Any, a: Any) -> Any:
    return np.sum((x - a) ** 4) + np.sum(a * x**2), 4 * (x - a) ** 3 + 2 * a * x


def lowest_by_both(a: Any) -> Any:
    return np.sum(optimize.minimize(value_with_gradient, np.zeros(2), args=(a,), jac=True, tol=1e-12).x ** 3)


def lowest_on_a_line(a: Any) -> Any:
    return optimize.minimize_scalar(lambda x: (x - a[0]) ** 2 + np.exp(a[1] * x), tol=1e-10).x


def best_fit(a: Any) -> Any:
    found = optimize.least_squares(
        lambda x: np.array([x[0] - a[0], np.exp(x[0] * x[1]) - a[1], x[1] - x[0]]), A, xtol=1e-12
    )
    return np.sum(found.x**2)


POINTS = np.linspace(0, 1, 8)
DATA = 2 * np.exp(-POINTS) + 0.1 * np.sin(9 * POINTS)


def model(x: Any, scale: Any, rate: Any) -> Any:
    return scale * np.exp(-rate * x)


def fitted(y: Any) -> Any:
    parameters, _ = optimize.curve_fit(model, POINTS, y)
    return parameters[0] * parameters[1]


def fitted_with_weights(y: Any) -> Any:
    parameters, _ = optimize.curve_fit(model, POINTS, y, p0=[1.0, 0.5], sigma=1 + POINTS)
    return parameters[0] * parameters[1]


def fitted_line(a: Any) -> Any:
    parameters, _ = optimize.curve_fit(lambda x, k, b: a[0] * k * x + b, POINTS, POINTS**2 + a[1], p0=[1.0, 0.0])
    return parameters[0] + parameters[1]


def roots_of_an_array(a: Any) -> Any:
    x = optimize.newton(lambda x: x**3 - a * x - 1, np.array([2.0, 2.0]))
    return np.sum(x * optimize.fixed_point(lambda x: np.cos(a * x), np.array([0.5, 0.5]), xtol=1e-12))


def of_library_functions(a: Any) -> Any:
    return integrate.quad(np.sin, a[0], a[1])[0] + integrate.quad(math.exp, a[0], a[1])[0]


def with_default(a: Any) -> Any:
    return integrate.quad(lambda x, k=a[1]: np.sin(k * x), 0, a[0])[0]


EXACT = [
    (squared_root, A),
    (with_arguments, A),
    (newton_with_slope, A),
    (secant, A),
    (any_method, A),
    (root_of_system, A),
    (root_with_slope, A),
    (list_of_residuals, A),
    (fixed_point, A),
    (roots_in_a_loop, A),
    (swinging, A),
    (times_of_odeint, np.array([0.1, 0.5, 1.0])),
    (times_of_solve_ivp, np.array([0.1, 0.5, 1.0])),
    (final_state, A),
    (neural, W),
    (written_right_side, A),
    (methods, A),
    (either, A),
    (either, -A),
    (gaussian, A),
    (to_infinity, A),
    (singular, A),
    (limits_alone, A),
    (of_many_parameters, W),
    (nested, A),
    (recursive_integrand, A),
    (gauss, A),
    (roots_of_an_array, A),
    (of_library_functions, A),
    (with_default, A),
]
MINIMA = [
    (lowest, A),
    (lowest_by_gradient, A),
    (lowest_by_both, A),
    (lowest_on_a_line, A),
    (best_fit, A),
    (fitted, DATA),
    (fitted_line, A),
    (fitted_with_weights, DATA),
]
"""Their solvers stop at half of the digits, so that differences of them are rough; the derivative is not."""


def _named(cases: list[Any]) -> list[Any]:
    return [pytest.param(*case, id=case[0].__name__) for case in cases]


@pytest.mark.parametrize(("function", "x"), _named(EXACT))
def test_gradients_are_those_of_differences(function: Callable[..., Any], x: Any) -> None:
    value, gradient = ad.value_and_grad(function)(x)
    assert np.allclose(value, function(x), rtol=1e-12, atol=1e-12)
    assert np.allclose(gradient, central_difference(function, (x,), 0, 1e-5), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("function", "x"), _named(MINIMA))
def test_gradients_of_minima_are_those_of_differences(function: Callable[..., Any], x: Any) -> None:
    value, gradient = ad.value_and_grad(function)(x)
    assert np.allclose(value, function(x), rtol=1e-6, atol=1e-8)
    assert np.allclose(gradient, central_difference(function, (x,), 0, 1e-3), rtol=3e-3, atol=1e-3)


def test_the_derivative_of_a_root_is_exact() -> None:
    gradient = ad.grad(squared_root)(A)
    x = optimize.brentq(lambda x: x**3 - A[0] * x - A[1], 0.0, 3.0)
    assert np.allclose(gradient, 2 * x * np.array([x, 1.0]) / (3 * x**2 - A[0]), rtol=1e-13)


def test_the_derivative_of_a_minimum_is_exact() -> None:
    gradient = ad.grad(lambda a: optimize.minimize(lambda x: np.sum(np.exp(x) - a * x), np.zeros(2)).x[0])(A)
    assert np.allclose(gradient, [1 / A[0], 0.0], rtol=1e-9)


def test_vjp_and_the_tape_take_solvers_too() -> None:
    expected = ad.grad(squared_root)(A)
    _, pullback = ad.vjp(squared_root, A)
    assert np.allclose(pullback(2.0), 2 * expected)
    x = ad.tensor(A, requires_grad=True)
    ad.differentiable(squared_root)(x).backward()
    assert np.allclose(x.grad, expected)


def test_an_initial_guess_has_no_influence() -> None:
    gradient = ad.grad(lambda x: optimize.newton(lambda z: z**2 - 2.0, x))(1.5)
    assert gradient == 0


def test_float32_stays_float32() -> None:
    gradient = ad.grad(lambda a: np.sum(integrate.odeint(lambda y, t: -a * y, a, TIMES)))(A.astype(np.float32))
    assert gradient.dtype == np.float32


def test_the_second_derivative_is_refused() -> None:
    with pytest.raises(DifferentiationError, match="second derivative of what a solver finds"):
        ad.grad(ad.grad(squared_root))(A)


def test_a_point_that_is_no_minimum_is_refused() -> None:
    def at_bound(a: Any) -> Any:
        return optimize.minimize_scalar(lambda x: (x - a) ** 2, bounds=(1.0, 2.0), method="bounded").x

    with pytest.raises(ValueError, match="stopped at a bound"):
        ad.grad(at_bound)(0.5)


def test_a_minimum_at_a_bound_is_refused_and_one_inside_is_not() -> None:
    def nearest(a: Any) -> Any:
        return np.sum(optimize.minimize(lambda x: np.sum((x - a) ** 2), np.full(2, 0.5), bounds=[(0, 1), (None, 2)]).x)

    assert np.allclose(ad.grad(nearest)(np.array([0.7, 1.3])), 1)
    with pytest.raises(ValueError, match="stopped at a bound"):
        ad.grad(nearest)(np.array([1.7, 1.3]))


def test_more_equations_than_unknowns_are_refused() -> None:
    def overdetermined(a: Any) -> Any:
        return optimize.root(lambda x: np.array([x[0] - a[0], x[0] - a[1]]), [1.0], method="lm").x[0]

    with pytest.raises(ValueError, match="as many equations as unknowns"):
        ad.grad(overdetermined)(A)


def test_a_root_that_is_not_found_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="no root"):
        ad.grad(lambda a: optimize.root(lambda x: x**2 + a, [1.0]).x[0])(0.5)


def test_a_minimum_whose_function_solves_equations_is_refused() -> None:
    def inner(a: Any) -> Any:
        return optimize.minimize(lambda x: (optimize.brentq(lambda z: z**3 + z - x[0], -5, 5) - a) ** 2, [1.0]).x[0]

    with pytest.raises(DifferentiationError, match="second derivative"):
        ad.grad(inner)(0.5)


def test_unknowns_of_two_axes_are_refused() -> None:
    with pytest.raises(DifferentiationError, match="unknowns of a solver are a vector"):
        ad.grad(lambda a: np.sum(optimize.fsolve(lambda x: x - a, np.ones((2, 2)))))(0.5)


def test_complex_trajectories_are_refused() -> None:
    with pytest.raises(DifferentiationError, match="real unknowns"):
        ad.grad(lambda a: np.real(integrate.odeint(lambda y, t: -a * y, np.array([1j]), TIMES))[0, 0])(0.5)


def test_states_at_times_that_the_solver_chooses_are_refused() -> None:
    def every_state(a: Any) -> Any:
        return np.sum(integrate.solve_ivp(lambda t, y: -a * y, (0, 1), np.ones(1)).y)

    with pytest.raises(ValueError, match="times that the solver chooses"):
        ad.grad(every_state)(0.5)


def test_the_covariance_of_a_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="covariance"):
        ad.grad(lambda y: np.sum(optimize.curve_fit(model, POINTS, y)[1]))(DATA)


def test_a_function_that_changes_what_it_is_given_is_refused() -> None:
    def changing(a: Any) -> Any:
        def right_side(y: Any, t: Any) -> Any:
            a[0] = 1.0
            return -a * y

        return np.sum(integrate.odeint(right_side, np.ones(2), TIMES))

    with pytest.raises(DifferentiationError, match="changes what it is given"):
        ad.grad(changing)(A)


def decayed(a: Any) -> Any:
    return np.sum(integrate.odeint(lambda y, t: -a * y, a, TIMES)) + integrate.quad(lambda x: x * a[0], 0.0, 1.0)[0]


def test_standalone_code_has_what_it_calls() -> None:
    source = function_source(decayed)
    compiled = compile_gradient(source, given_types(source.parameters, {"a": "float64[2]"}, {}), Goal("grad", ("a",)))
    code = compiled.text(standalone=True)
    assert "adcompiler" not in code
    variables: dict[str, Any] = {}
    exec(code, variables)
    assert np.allclose(variables["grad_decayed"](A, TIMES=TIMES), ad.grad(decayed)(A))
