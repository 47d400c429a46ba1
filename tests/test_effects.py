"""What happens besides computing happens once, in the forward sweep, in order: contexts, `finally`, random numbers."""

from __future__ import annotations

import logging
import math
import time

import numpy as np
import pytest
from numerics import central_difference
from programs.exceptions import Counting, counted

import adcompiler as ad
from adcompiler.rules.table import RULES


def with_events(function, *arguments):
    """What a function prints and raises, and how often contexts are entered and left."""
    Counting.entered = Counting.left = 0
    error = None
    try:
        function(*arguments)
    except Exception as caught:
        error = (type(caught), caught.args)
    return error, Counting.entered, Counting.left


def contexts(x):
    with Counting(), counted(10):
        print("inside")
        if x < 0:
            raise ValueError("negative")
        y = x * x
    print("after")
    return y * 2


def finally_everywhere(x):
    total = 0.0
    for i in range(4):
        try:
            print("try", i)
            if i == 1:
                continue
            if x < 0:
                raise ValueError(i)
            if x > 5:
                return total * x
            total += x * x
        except ArithmeticError:
            print("no")
        finally:
            print("finally", i)
            with Counting():
                pass
    return total


@pytest.mark.parametrize("function", [contexts, finally_everywhere])
@pytest.mark.parametrize("x", [2.0, -1.0, 7.0])
def test_effects_are_those_of_the_function(function, x, capsys):
    expected = with_events(function, x), capsys.readouterr().out
    for derivative in (ad.grad(function), ad.value_and_grad(function), lambda t: ad.vjp(function, t)[1](1.0)):
        assert (with_events(derivative, x), capsys.readouterr().out) == expected


def test_adjoint_of_errstate_is_under_the_same_errstate():
    def f(x):
        with np.errstate(divide="ignore", invalid="ignore"):
            y = np.where(x > 0, x / x, x * 3) * np.log(np.abs(x))
        return np.sum(np.where(x > 0, y, 0.0))

    gradient = ad.grad(f)
    gradient(np.array([1.0, 0.0]))  # warnings are errors here
    assert gradient.source.count("with np.errstate(") == 2


def test_files_are_written_once(tmp_path):
    path = str(tmp_path / "log.txt")

    def f(x):
        with open(path, "a") as file:
            y = x * x
            file.write(f"{y} ")
            print(file.closed, end="")
        return y * x

    assert ad.grad(f)(2.0) == 12.0
    assert (tmp_path / "log.txt").read_text() == "4.0 "


def test_messages_are_logged_once(caplog):
    logger = logging.getLogger("effects")

    def f(x):
        logger.warning("x = %s", x)
        try:
            return math.sqrt(x)
        except ValueError as error:
            logger.error("caught %s", error)
            return x * 2

    assert ad.grad(f)(-2.0) == 2.0
    assert [record.getMessage() for record in caplog.records] == ["x = -2.0", "caught math domain error"]


def test_clocks_are_constants():
    def f(x):
        start = time.perf_counter()
        y = x * x
        elapsed = time.perf_counter() - start
        time.sleep(0)
        return y + 0.0 * elapsed

    assert ad.grad(f)(2.0) == 4.0


# Random numbers


def location_scale(mu, sigma, rng):
    z = rng.normal(mu, sigma, size=5)
    u = rng.uniform(mu, sigma + 2 * mu, size=(2, 5))
    total = np.sum(u @ z) + rng.normal(mu) * rng.laplace(mu, sigma)
    total += rng.exponential(sigma) * rng.gumbel(mu, sigma) + rng.logistic(mu, sigma) * rng.rayleigh(sigma)
    return total + rng.lognormal(mu, sigma) + rng.standard_normal() * rng.random() * mu + rng.integers(5) * sigma


def in_a_loop(mu, sigma, rng):
    total = mu
    for _ in range(4):
        total = total * rng.normal(mu, sigma) + rng.integers(3) * mu
        if rng.random() > 0.5:
            total += sigma * rng.standard_normal()
    return total + np.sum(rng.permutation(3) * np.array([mu, sigma, 1.0]))


@pytest.mark.parametrize("function", [location_scale, in_a_loop])
def test_samples_are_differentiated_by_their_parameters(function):
    value, found = ad.value_and_grad(function, (0, 1))(0.4, 0.9, np.random.default_rng(0))
    assert value == function(0.4, 0.9, np.random.default_rng(0))
    expected = [
        central_difference(lambda *p: function(*p, np.random.default_rng(0)), (0.4, 0.9), position)
        for position in (0, 1)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("function", [location_scale, in_a_loop])
def test_gradient_draws_what_the_function_draws(function):
    one, other = np.random.default_rng(0), np.random.default_rng(0)
    function(0.4, 0.9, one)
    ad.grad(function)(0.4, 0.9, other)
    assert one.bit_generator.state == other.bit_generator.state


def test_legacy_functions():
    def f(x):
        np.random.seed(3)
        y = np.random.normal(x, 2 * x, 4) + np.random.uniform(-x, x, size=4)
        return np.sum(y) * np.random.rand() + np.sum(np.random.randn(2, 3) * x) + np.random.standard_normal() * x

    value, found = ad.value_and_grad(f)(1.3)
    assert value == f(1.3)
    np.testing.assert_allclose(found, central_difference(f, (1.3,), 0), rtol=1e-6)


def test_generator_made_inside():
    def f(x):
        rng = np.random.default_rng(7)
        return np.sum(rng.normal(x, 2.0, size=3) ** 2)

    value, found = ad.value_and_grad(f)(1.3)
    assert value == f(1.3)
    np.testing.assert_allclose(found, central_difference(f, (1.3,), 0), rtol=1e-6)


generator = np.random.default_rng(5)


def test_generator_of_the_module_is_advanced_by_each_call():
    def f(x):
        return x * generator.normal()

    gradient = ad.grad(f)
    again = np.random.default_rng(5)
    generator.bit_generator.state = again.bit_generator.state
    assert [gradient(1.0), gradient(2.0)] == [again.normal(), again.normal()]


def test_random_state_as_an_argument():
    def f(x, rng):
        return np.sum(rng.randn(3) * x) + rng.normal(x)

    assert ad.value_and_grad(f)(2.0, np.random.RandomState(0))[0] == f(2.0, np.random.RandomState(0))


@pytest.mark.parametrize(
    "function",
    [
        lambda x, rng: x * rng.poisson(x),
        lambda x, rng: x * rng.gamma(x),
        lambda x, rng: rng.beta(x, 2.0),
        lambda x, rng: np.sum(rng.permutation(np.array([x, 2.0]))),
        lambda x, rng: x * rng.binomial(5, x),
    ],
)
def test_samples_without_a_derivative_are_refused(function):
    with pytest.raises(ad.DifferentiationError, match="have no derivative by"):
        ad.grad(function)(0.5, np.random.default_rng(0))


def test_unknown_method_of_a_generator_is_refused():
    with pytest.raises(ad.DifferentiationError, match=r"`.shuffle\(\)` of a random generator is not supported"):
        ad.grad(lambda x, rng: rng.shuffle(x) or x)(0.5, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        *((name, (0.5, 2.0)) for name in ("normal", "laplace", "logistic", "gumbel", "uniform", "lognormal")),
        *((name, (2.0,)) for name in ("exponential", "rayleigh")),
    ],
)
def test_both_modes_of_a_sample_agree_with_differences(name: str, parameters: tuple[float, ...]) -> None:
    rule = RULES[f"random.{name}"]

    def drawn(*parameters: float) -> np.ndarray:
        np.random.seed(3)
        return np.asarray(rule.function(*parameters, 4))

    y = drawn(*parameters)
    for number in range(len(parameters)):
        near = [[p + step * (n == number) for n, p in enumerate(parameters)] for step in (1e-6, -1e-6)]
        pushed = (drawn(*near[0]) - drawn(*near[1])) / 2e-6
        pull, push = rule.pullback(number), rule.pushforward(number)
        assert pull is not None
        assert push is not None
        np.testing.assert_allclose(push(1.0, y, *parameters, 4) * np.ones(4), pushed, rtol=1e-6)
        np.testing.assert_allclose(pull(np.arange(4.0), y, *parameters, 4), np.sum(np.arange(4.0) * pushed), rtol=1e-6)
