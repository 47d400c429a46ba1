"""The public surface: what is there, what it accepts, what it returns, and what it says when it cannot."""

from __future__ import annotations

import contextlib
import functools
import inspect
import linecache
import pickle
import re
import traceback
from collections import OrderedDict
from types import FunctionType, ModuleType

import numpy as np
import pytest
from numerics import central_difference

import adcompiler as ad

X = np.array([0.5, -1.2, 2.0])


def energy(x, k=2.0, *, shift=0.0):
    """A scalar function with a default and a keyword."""
    return 0.5 * k * np.sum((x - shift) ** 2)


def product(a, b):
    return np.sum(a * b * b)


def with_log(x):
    y = np.log(x)
    return y.sum()


class TestSurface:
    def test_names_are_sorted_exist_and_are_found_by_import_star(self) -> None:
        assert len(set(ad.__all__)) == len(ad.__all__)
        namespace: dict[str, object] = {}
        exec("from adcompiler import *", namespace)
        assert set(ad.__all__) <= namespace.keys()

    @pytest.mark.parametrize("name", ad.__all__)
    def test_name_is_documented(self, name: str) -> None:
        public = getattr(ad, name)
        if isinstance(public, type | FunctionType | ModuleType) or callable(public):
            documented = inspect.getdoc(public)
            assert documented, f"`{name}` has no docstring"
            first = documented.splitlines()[0]
            assert first.rstrip().endswith((".", "`", ":")), f"`{name}`: {first}"

    @pytest.mark.parametrize("name", ["grad", "vjp", "source", "differentiable"])
    def test_compiler_function_is_documented_in_full(self, name: str) -> None:
        documented = inspect.getdoc(getattr(ad, name))
        assert documented is not None
        assert "Examples\n--------" in documented
        if name != "differentiable":
            assert "Parameters\n----------" in documented
            assert "Returns\n-------" in documented

    @pytest.mark.parametrize("name", ["grad", "value_and_grad"])
    def test_gradient_functions_take_argnums_and_has_aux(self, name: str) -> None:
        parameters = inspect.signature(getattr(ad, name)).parameters
        assert list(parameters) == ["f", "argnums", "has_aux", "of"]
        assert (parameters["argnums"].default, parameters["has_aux"].default) == (0, False)

    def test_source_takes_a_mode_argnums_and_types(self) -> None:
        parameters = inspect.signature(ad.source).parameters
        assert {n: p.default for n, p in parameters.items() if n != "f"} == {
            "mode": "reverse",
            "argnums": 0,
            "types": None,
            "of": None,
            "scalarise": False,
        }

    @pytest.mark.parametrize(
        "name",
        [
            "differentiable",
            "grad",
            "value_and_grad",
            "vjp",
            "source",
            "stop_gradient",
            "Tensor",
            "tensor",
            "zeros",
            "ones",
            "full",
            "eye",
            "arange",
            "linspace",
            "rand",
            "randn",
            "zeros_like",
            "ones_like",
            "manual_seed",
            "no_grad",
            "enable_grad",
            "set_grad_enabled",
            "is_grad_enabled",
            "Function",
            "float",
            "float32",
            "double",
            "float64",
            "int64",
            "bool",
            "exp",
            "sin",
            "matmul",
        ],
    )
    def test_promised_name_is_there(self, name: str) -> None:
        assert name in ad.__all__


class TestArgnums:
    @pytest.mark.parametrize("argnums", [1, -1, "b"])
    def test_position_and_name_select_the_same_argument(self, argnums) -> None:
        np.testing.assert_allclose(ad.grad(product, argnums)(X, 2 * X), 4 * X * X)

    @pytest.mark.parametrize("argnums", [(0, 1), ("a", "b"), (0, "b"), (-2, -1)])
    def test_tuple_gives_a_tuple_in_its_order(self, argnums) -> None:
        a_bar, b_bar = ad.grad(product, argnums)(X, 2 * X)
        np.testing.assert_allclose(a_bar, 4 * X * X)
        np.testing.assert_allclose(b_bar, 4 * X * X)

    def test_order_is_that_of_argnums(self) -> None:
        b_bar, a_bar = ad.grad(lambda a, b: a * a * b, (1, 0))(3.0, 5.0)
        assert (b_bar, a_bar) == (9.0, 30.0)

    def test_tuple_of_one_gives_a_tuple(self) -> None:
        assert ad.grad(lambda x: x * x, (0,))(3.0) == (6.0,)

    @pytest.mark.parametrize(
        ("argnums", "message"),
        [
            (2, "has 2 parameters: there is no number 2"),
            (-3, "there is no number -3"),
            ("c", "has no parameter `c`"),
            ((), "argnums selects no argument"),
            ((0, "a"), "argnums selects an argument twice"),
        ],
    )
    def test_wrong_argnums_are_refused_at_once(self, argnums, message) -> None:
        with pytest.raises(ValueError, match=message):
            ad.grad(product, argnums)


class TestResults:
    def test_value_comes_with_the_gradient(self) -> None:
        value, gradient = ad.value_and_grad(energy)(X)
        assert value == energy(X)
        np.testing.assert_allclose(gradient, 2 * X)

    def test_aux_comes_with_the_gradient(self) -> None:
        def loss(x, k):
            y = x * k
            return np.sum(y * y), y

        gradient, aux = ad.grad(loss, has_aux=True)(X, 3.0)
        np.testing.assert_allclose(gradient, 18 * X)
        np.testing.assert_allclose(aux, 3 * X)
        (value, aux), gradients = ad.value_and_grad(loss, (0, 1), has_aux=True)(X, 3.0)
        np.testing.assert_allclose(value, 9 * np.sum(X * X))
        np.testing.assert_allclose(aux, 3 * X)
        np.testing.assert_allclose(gradients[1], 6 * np.sum(X * X))

    def test_gradient_has_the_primal_shape_and_dtype(self) -> None:
        for argument in (X, X.astype(np.float32), X[:1], X.reshape(1, 3, 1), np.float32(0.5), np.array(0.5)):
            gradient = ad.grad(lambda x: np.sum(x * x * 3))(argument)
            assert np.shape(gradient) == np.shape(argument)
            assert np.asarray(gradient).dtype == argument.dtype
            np.testing.assert_allclose(gradient, 6 * argument, rtol=1e-6)

    def test_gradient_of_a_number_is_a_number(self) -> None:
        assert not isinstance(ad.grad(lambda x: x * x)(2.0), np.ndarray)
        assert not isinstance(ad.grad(lambda x: x * x)(np.float64(2.0)), np.ndarray)

    @pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (2, 3), (2, 1, 3), (0, 2)])
    def test_any_rank_and_length(self, shape) -> None:
        argument = np.arange(float(np.prod(shape, dtype=int))).reshape(shape) + 0.5
        gradient = ad.grad(lambda x: np.sum(np.sin(x) * x))(argument)
        np.testing.assert_allclose(gradient, np.cos(argument) * argument + np.sin(argument))
        assert np.shape(gradient) == shape

    def test_mixed_precision_keeps_each_dtype(self) -> None:
        a, b = ad.grad(product, (0, 1))(X.astype(np.float32), X)
        assert (a.dtype, b.dtype) == (np.float32, np.float64)

    def test_result_may_be_written_into(self) -> None:
        for function in (np.sum, lambda x: np.mean(x), lambda x: x[0], lambda x: np.sum(x[1:]) + 0 * x[0]):
            gradient = ad.grad(function if isinstance(function, FunctionType) else lambda x: np.sum(x))(X)
            gradient += 1.0
        assert (X == [0.5, -1.2, 2.0]).all()

    def test_results_of_one_call_do_not_share_memory(self) -> None:
        a_bar, b_bar = ad.grad(lambda a, b: np.sum(a + b), (0, 1))(X, X.copy())
        a_bar += 1.0
        np.testing.assert_array_equal(b_bar, np.ones(3))

    def test_a_program_that_does_not_depend_on_its_argument_has_gradient_zero(self) -> None:
        np.testing.assert_array_equal(ad.grad(lambda x: 3.0)(X), np.zeros(3))

    def test_gradient_of_a_gradient(self) -> None:
        second = ad.grad(ad.grad(lambda x: x * x * np.sin(x)))(0.7)
        expected = 2 * np.sin(0.7) + 4 * 0.7 * np.cos(0.7) - 0.49 * np.sin(0.7)
        np.testing.assert_allclose(second, expected)

    def test_stop_gradient_marks_a_constant(self) -> None:
        np.testing.assert_allclose(ad.grad(lambda x: np.sum(ad.stop_gradient(x * x) * x))(X), X * X)
        assert ad.stop_gradient(X) is X


class TestCalls:
    def test_keywords_and_defaults(self) -> None:
        gradient = ad.grad(energy)
        np.testing.assert_allclose(gradient(X), 2 * X)
        np.testing.assert_allclose(gradient(X, 3.0), 3 * X)
        np.testing.assert_allclose(gradient(X, k=3.0), 3 * X)
        np.testing.assert_allclose(gradient(x=X, k=3.0, shift=1.0), 3 * (X - 1))
        np.testing.assert_allclose(gradient(X, shift=1.0), 2 * (X - 1))
        np.testing.assert_allclose(ad.grad(energy, "shift")(X, shift=1.0), -2 * np.sum(X - 1))

    def test_wrong_arguments_are_those_of_the_function(self) -> None:
        with pytest.raises(TypeError, match="missing a required argument"):
            ad.grad(product)(X)
        with pytest.raises(TypeError, match="too many positional arguments"):
            ad.grad(with_log)(X, X)
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            ad.grad(with_log)(X, colour=1)

    @pytest.mark.parametrize("argument", [3, True, np.arange(3), np.int32(3), "text", None])
    def test_argument_that_has_no_gradient_is_refused(self, argument) -> None:
        with pytest.raises(TypeError, match="is differentiated for `x`"):
            ad.grad(lambda x: np.sum(x * 2.0))(argument)

    @pytest.mark.parametrize("argument", [{1.0}, bytearray(2), OrderedDict(a=1.0)])
    def test_argument_that_is_no_number_array_or_constant_is_refused(self, argument) -> None:
        with pytest.raises(TypeError, match=r"the argument `x` is an? (set|bytearray|OrderedDict)"):
            ad.grad(lambda x: np.sum(x))(argument)

    def test_result_that_is_no_scalar_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"needs a scalar result.*use vjp"):
            ad.grad(lambda x: x * 2)(X)
        with pytest.raises(TypeError, match="needs a scalar result"):
            ad.grad(lambda x: (x, x))(1.0)
        with pytest.raises((TypeError, ad.DifferentiationError), match="must return a pair"):
            ad.grad(lambda x: x * 2, has_aux=True)(1.0)

    def test_result_of_unknown_rank_is_checked_when_it_is_known(self) -> None:
        def squeezed(x):
            return np.squeeze(x * x)

        np.testing.assert_allclose(ad.grad(squeezed)(np.array([[3.0]])), [[6.0]])
        with pytest.raises(TypeError, match="needs a scalar result"):
            ad.grad(squeezed)(X)

    def test_wrong_arrays_raise_what_numpy_raises(self) -> None:
        gradient = ad.grad(lambda a, b: np.sum(a + b))
        gradient(np.ones(3), np.ones(3))
        with pytest.raises(ValueError, match="broadcast"):
            ad.grad(lambda a, b: np.sum(a * b))(np.ones(3), np.ones(4))

    def test_an_object_that_is_no_function_is_refused(self) -> None:
        with pytest.raises(TypeError, match="a function is needed, not int"):
            ad.grad(3)
        with pytest.raises(TypeError, match="decorates a function, not int"):
            ad.differentiable(3)

    def test_a_function_without_source_is_refused(self) -> None:
        with pytest.raises(ad.DifferentiationError, match="it has no source"):
            ad.grad(np.sin)(1.0)
        namespace: dict[str, FunctionType] = {}
        exec("def f(x): return x", namespace)
        with pytest.raises(ad.DifferentiationError, match="source"):
            ad.grad(namespace["f"])(1.0)

    def test_arguments_are_left_as_they_were(self) -> None:
        def mutate(x, y):
            x[0] = y[1] * 2
            y *= x
            return np.sum(x * y)

        x, y = X.copy(), X + 1
        ad.grad(mutate, (0, 1))(x, y)
        ad.value_and_grad(mutate)(x, y)
        _, pullback = ad.vjp(mutate, x, y)
        pullback(1.0)
        np.testing.assert_array_equal(x, X)
        np.testing.assert_array_equal(y, X + 1)

    def test_one_array_for_two_parameters(self) -> None:
        a_bar, b_bar = ad.grad(product, (0, 1))(X, X)
        np.testing.assert_allclose(a_bar, X * X)
        np.testing.assert_allclose(b_bar, 2 * X * X)

    def test_one_array_for_two_parameters_of_which_one_is_changed_is_refused(self) -> None:
        def mutate(x, y):
            x[0] = 2.0
            return np.sum(x * y)

        for gradient in (ad.grad(mutate), ad.value_and_grad(mutate, 1)):
            gradient(X, X.copy())
            with pytest.raises(ValueError, match="changes `x` in place, and `y` shares its memory"):
                gradient(X, X)
            both = np.zeros(4)
            with pytest.raises(ValueError, match="shares its memory"):
                gradient(both[:3], both[1:])

    def test_seed_of_a_generated_function_is_not_written_into(self) -> None:
        seed = np.ones(3)
        _, pullback = ad.vjp(lambda x: x[::-1] * x + x, X)
        pullback(seed)
        np.testing.assert_array_equal(seed, np.ones(3))


class TestManyShapes:
    def test_more_patterns_than_are_compiled_for(self) -> None:
        def weighted(a, b):
            return np.sum(a * b) + np.sum(a.T @ a)

        gradient = ad.grad(weighted, (0, 1))
        for n, m in [(2, 3), (3, 3), (1, 4), (4, 1), (1, 1), (5, 2), (6, 7), (1, 2), (2, 1), (0, 3), (7, 7)]:
            for b_shape in ((n, m), (1, m), (n, 1), (m,)):
                a = np.arange(n * m).reshape(n, m) / 7 + 0.3
                b = np.ones(b_shape) * 1.5
                a_bar, b_bar = gradient(a, b)
                assert a_bar.shape == a.shape
                assert b_bar.shape == b.shape
                np.testing.assert_allclose(b_bar, _summed_to(a, b.shape))
                np.testing.assert_allclose(a_bar, b + 2 * a.sum(axis=1, keepdims=True) + 0 * a, rtol=1e-12)

    def test_ranks_and_kinds_in_turn(self) -> None:
        gradient = ad.grad(lambda x, y: np.sum(x * y * y), 1)
        for _ in range(2):
            for y in (2.0, np.float32(2.0), np.array(2.0), np.full(3, 2.0), np.full((2, 3), 2.0), np.full((1, 1), 2.0)):
                expected = _summed_to(2 * X * y, np.shape(y))
                np.testing.assert_allclose(gradient(X, y), expected, rtol=1e-6)
                assert np.shape(gradient(X, y)) == np.shape(y)

    def test_flags_and_other_constants_in_turn(self) -> None:
        def choose(x, flag, axis, name="plain", f=np.sin):
            y = np.sum(x * x, axis=axis)
            if name == "cubed":
                y = y * 3
            return np.sum(f(y)) if flag else np.sum(y)

        x = np.arange(6.0).reshape(2, 3) / 5
        gradient = ad.grad(choose)
        for flag in (True, False):
            for axis in (0, 1, -1, None):
                for options in ({}, {"name": "cubed"}, {"f": np.cos}):
                    expected = central_difference(
                        lambda x, flag=flag, axis=axis, options=options: choose(x, flag, axis, **options), (x,), 0
                    )
                    np.testing.assert_allclose(gradient(x, flag, axis, **options), expected, atol=1e-7)

    def test_numbers_in_a_tuple_in_turn(self) -> None:
        gradient = ad.grad(lambda x, pair: np.sum(x * pair[0]) + pair[1])
        for factor in (2.0, 5.0, 3, np.float32(4.0)):
            np.testing.assert_array_equal(gradient(X, (factor, 1.0)), np.full(3, float(factor)))

    def test_arrays_of_any_layout(self) -> None:
        base = np.arange(24.0).reshape(4, 6) / 10
        gradient = ad.grad(lambda x: np.sum(np.sin(x[1:]) * x[:-1]))
        for x in (base, base.T, base[::-1, ::2], np.asfortranarray(base), np.broadcast_to(base[0], (3, 6))):
            expected = central_difference(lambda x: np.sum(np.sin(x[1:]) * x[:-1]), (x,), 0)
            np.testing.assert_allclose(gradient(x), expected, atol=1e-7)


def _summed_to(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    while array.ndim > len(shape):
        array = array.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            array = array.sum(axis=axis, keepdims=True)
    return np.broadcast_to(array, shape)


RATE = 2.0
TABLE = np.array([1.0, 2.0, 3.0])


def scale(z):
    return z * 2


def uses_globals(x):
    return np.sum(scale(x) * RATE * TABLE)


class TestFreeVariables:
    def test_global_number_is_read_at_each_call(self, monkeypatch) -> None:
        gradient = ad.grad(uses_globals)
        np.testing.assert_allclose(gradient(X), 4 * TABLE)
        monkeypatch.setitem(globals(), "RATE", 3.0)
        np.testing.assert_allclose(gradient(X), 6 * TABLE)

    def test_global_array_is_read_at_each_call(self, monkeypatch) -> None:
        gradient = ad.grad(uses_globals)
        gradient(X)
        monkeypatch.setitem(globals(), "TABLE", TABLE * 10)
        np.testing.assert_allclose(gradient(X), 40 * np.array([1.0, 2.0, 3.0]))
        monkeypatch.setitem(globals(), "TABLE", np.array([[1.0], [2.0]]))
        np.testing.assert_allclose(gradient(X), np.full(3, 12.0))

    def test_helper_that_is_defined_anew_is_seen(self, monkeypatch) -> None:
        gradient = ad.grad(uses_globals)
        gradient(X)
        monkeypatch.setitem(globals(), "scale", lambda z: z * z)
        np.testing.assert_allclose(gradient(X), 4 * TABLE * X)

    def test_closure_is_read_at_each_call(self) -> None:
        weight, factor = np.array([1.0, 2.0, 3.0]), 2.0

        def change(new_weight, new_factor):
            nonlocal weight, factor
            weight, factor = new_weight, new_factor

        gradient = ad.grad(lambda x: np.sum(weight * x * x) * factor)
        np.testing.assert_allclose(gradient(X), 4 * np.array([1.0, 2.0, 3.0]) * X)
        weight[0] = 5.0
        np.testing.assert_allclose(gradient(X), 4 * np.array([5.0, 2.0, 3.0]) * X)
        change(np.float64(1.0), 10)
        np.testing.assert_allclose(gradient(X), 20 * X)

    def test_free_number_that_decides_the_code(self, monkeypatch) -> None:
        axis = 0

        def change(value):
            nonlocal axis
            axis = value

        x = np.arange(6.0).reshape(2, 3)
        gradient = ad.grad(lambda x: np.sum(np.prod(x + 1, axis=axis)))
        first = gradient(x)
        change(1)
        second = gradient(x)
        np.testing.assert_allclose(first, central_difference(lambda x: np.sum(np.prod(x + 1, axis=0)), (x,), 0))
        np.testing.assert_allclose(second, central_difference(lambda x: np.sum(np.prod(x + 1, axis=1)), (x,), 0))

    def test_free_container_that_is_changed_is_seen(self) -> None:
        factors, options = [1.0, 2.0], {"scale": 3.0}

        def weighted(x):
            y = np.sum(x) * options["scale"]
            for factor in factors:
                y = y * factor
            return y

        gradient = ad.grad(weighted)
        np.testing.assert_array_equal(gradient(X), np.full(3, 6.0))
        factors.append(5.0)
        np.testing.assert_array_equal(gradient(X), np.full(3, 30.0))
        factors[0] = 2.0
        np.testing.assert_array_equal(gradient(X), np.full(3, 60.0))
        options["scale"] = 1.0
        np.testing.assert_array_equal(gradient(X), np.full(3, 20.0))

    def test_default_of_a_helper_that_is_changed_is_seen(self) -> None:
        def helper(z, factor=2.0):
            return z * factor

        gradient = ad.grad(lambda x: np.sum(helper(x)))
        np.testing.assert_array_equal(gradient(X), np.full(3, 2.0))
        helper.__defaults__ = (3.0,)
        np.testing.assert_array_equal(gradient(X), np.full(3, 3.0))

    def test_free_array_that_the_function_writes_is_left_as_it_was_or_refused(self) -> None:
        buffer = np.zeros(3)

        def writes(x):
            buffer[0] = x[0]
            return np.sum(buffer * x)

        with contextlib.suppress(ad.DifferentiationError):
            ad.grad(writes)(X)
        np.testing.assert_array_equal(buffer, np.zeros(3))

    def test_two_functions_of_one_text_have_their_own_closures(self) -> None:
        functions = [lambda x, k=k: np.sum(x) * k for k in (2.0, 3.0)]
        gradients = [ad.grad(function)(X)[0] for function in functions]
        assert gradients == [2.0, 3.0]

        def make(k):
            return lambda x: np.sum(x * k)

        assert [ad.grad(make(k))(X)[0] for k in (2.0, 3.0, 4.0)] == [2.0, 3.0, 4.0]


class Model:
    """An object whose attributes are what its methods compute with."""

    def __init__(self, weight: np.ndarray, power: int) -> None:
        self.weight = weight
        self.power = power

    def loss(self, x, k=1.0):
        return k * np.sum(self.weight * x**self.power)

    @ad.differentiable
    def taped(self, x):
        return np.sum(self.weight * x * x)


class TestMethods:
    def test_bound_method_is_differentiated_for_its_own_arguments(self) -> None:
        model = Model(np.array([1.0, 2.0, 3.0]), 2)
        gradient = ad.grad(model.loss)
        np.testing.assert_allclose(gradient(X), 2 * model.weight * X)
        np.testing.assert_allclose(ad.grad(model.loss, "k")(X, 2.0), np.sum(model.weight * X * X))
        np.testing.assert_allclose(ad.vjp(model.loss, X)[1](1.0), 2 * model.weight * X)

    def test_attributes_are_read_at_each_call(self) -> None:
        model = Model(np.array([1.0, 2.0, 3.0]), 2)
        gradient = ad.grad(model.loss)
        gradient(X)
        model.weight = np.full(3, 10.0)
        np.testing.assert_allclose(gradient(X), 20 * X)
        model.power = 3
        np.testing.assert_allclose(gradient(X), 30 * X * X)

    def test_method_that_is_defined_anew_is_seen(self, monkeypatch) -> None:
        model = Model(np.ones(3), 2)
        caller = ad.grad(lambda x: model.loss(x))
        np.testing.assert_allclose(caller(X), 2 * X)
        monkeypatch.setattr(Model, "loss", lambda self, x: np.sum(self.weight * x) * 7)
        np.testing.assert_allclose(caller(X), np.full(3, 7.0))

    def test_two_objects_do_not_share_their_attributes(self) -> None:
        one, other = Model(np.ones(3), 2), Model(np.full(3, 2.0), 3)
        np.testing.assert_allclose(ad.grad(one.loss)(X), 2 * X)
        np.testing.assert_allclose(ad.grad(other.loss)(X), 6 * X * X)

    def test_decorated_method_makes_one_node(self) -> None:
        model = Model(np.array([1.0, 2.0, 3.0]), 2)
        x = ad.tensor(X, requires_grad=True)
        out = model.taped(x)
        assert out.grad_fn.name() == "tapedBackward"
        out.backward()
        np.testing.assert_allclose(x.grad.numpy(), 2 * model.weight * X)


class TestVjp:
    def test_one_primal_gives_one_cotangent(self) -> None:
        value, pullback = ad.vjp(lambda x: x * x, X)
        np.testing.assert_allclose(value, X * X)
        np.testing.assert_allclose(pullback(np.array([1.0, 10.0, 100.0])), 2 * X * [1, 10, 100])

    def test_tuple_results_take_tuple_cotangents(self) -> None:
        value, pullback = ad.vjp(lambda x, y: (x * y, (np.sum(x), y)), X, 2.0)
        np.testing.assert_allclose(value[0], 2 * X)
        x_bar, y_bar = pullback((np.ones(3), (1.0, 5.0)))
        np.testing.assert_allclose(x_bar, np.full(3, 3.0))
        np.testing.assert_allclose(y_bar, np.sum(X) + 5)

    def test_what_cannot_have_a_cotangent_gets_none(self) -> None:
        _, pullback = ad.vjp(lambda x, n: x * n, X, 3)
        x_bar, n_bar = pullback(np.ones(3))
        np.testing.assert_allclose(x_bar, np.full(3, 3.0))
        assert n_bar is None

    def test_pullback_may_be_called_again_and_late(self) -> None:
        x = X.copy()
        value, pullback = ad.vjp(lambda x: np.sin(x) * x, x)
        first = pullback(np.ones(3))
        x[:] = 0.0
        np.testing.assert_array_equal(pullback(np.ones(3)), first)
        value[:] = 7.0
        np.testing.assert_array_equal(pullback(np.ones(3)), first)

    def test_wrong_cotangents_are_refused(self) -> None:
        _, pullback = ad.vjp(lambda x: x * x, X)
        with pytest.raises(ValueError, match=r"the cotangent has shape \(2,\), the value \(3,\)"):
            pullback(np.ones(2))
        _, pullback = ad.vjp(lambda x: (x, x), X)
        with pytest.raises(ValueError, match="must be a tuple of 2"):
            pullback(X)

    def test_nothing_to_differentiate_for_is_refused(self) -> None:
        with pytest.raises(TypeError, match="at least one argument"):
            ad.vjp(lambda n: n * 2, 3)


class TestSource:
    def test_source_is_a_string_that_notebooks_show_as_code(self) -> None:
        source = ad.source(with_log)
        assert isinstance(source, ad.Source)
        assert isinstance(source, str)
        shown = ad.Source("a < b")._repr_html_()
        assert "a &lt; b" in shown
        assert "<pre>" in shown

    def test_types_come_as_text_as_values_and_as_annotations(self) -> None:
        def annotated(x: "float64[n]"):  # noqa: F821, UP037
            return np.sum(x * x)

        def plain(x):
            return np.sum(x * x)

        def body(source: str) -> str:
            return source.partition("def ")[2].partition("\n")[2]

        specialised = body(ad.source(annotated))
        assert "unbroadcast" not in specialised
        assert body(ad.source(plain, types={"x": "float64[n]"})) == specialised
        assert body(ad.source(plain, types={"x": X})) == specialised

    def test_split_mode_gives_two_functions(self) -> None:
        text = ad.source(with_log, mode="split")
        assert re.findall(r"^def (\w+)", text, re.MULTILINE) == ["with_log_forward", "with_log_backward"]

    def test_wrong_wishes_are_refused(self) -> None:
        with pytest.raises(ValueError, match="'reverse' or 'split'"):
            ad.source(with_log, mode="sideways")
        with pytest.raises(ValueError, match="no parameter `z`"):
            ad.source(with_log, types={"z": "float"})
        with pytest.raises(ValueError, match="is not a type"):
            ad.source(with_log, types={"x": "float64[n"})

    def test_every_generated_function_has_its_source(self) -> None:
        gradient = ad.grad(with_log)
        assert "def grad_with_log(x" in gradient.source
        gradient(X + 2)
        assert "def grad_with_log(x" in gradient.source
        decorated = ad.differentiable(with_log)
        assert "def grad_with_log(x" in decorated.source
        generated = gradient.function_for(X + 2)
        assert inspect.getsource(generated).startswith("def grad_with_log(x, out_bar=1.0):\n")
        assert generated.source in (gradient.source, inspect.getsource(generated))
        _, pullback = ad.vjp(with_log, X + 2)
        assert "def with_log_backward(" in pullback.source

    def test_inspect_shows_the_generated_source_of_a_gradient(self) -> None:
        gradient = ad.grad(with_log)
        gradient(X + 2)
        assert "grad_with_log" in inspect.getsource(gradient)

    def test_generated_lines_are_there_for_a_debugger(self) -> None:
        generated = ad.grad(with_log).function_for(X + 2)
        code = generated.__code__
        lines = {line for _, _, line in code.co_lines() if line is not None}
        linecache.checkcache(code.co_filename)
        assert all(linecache.getline(code.co_filename, line).strip() for line in lines)
        assert "def grad_with_log" in linecache.getline(code.co_filename, code.co_firstlineno)

    def test_code_that_runs_is_the_code_that_is_shown(self) -> None:
        gradient = ad.grad(with_log)
        x = X + 2
        namespace: dict[str, FunctionType] = {}
        gradient(x)
        exec(gradient.source, namespace)
        np.testing.assert_array_equal(namespace["grad_with_log"](x), gradient(x))


class TestErrorsInGeneratedCode:
    def test_error_shows_the_generated_line_and_names_the_primal_one(self) -> None:
        def picks(x, i):
            y = x * 2
            return y[i] * x[0]

        with pytest.raises(IndexError) as caught:
            ad.value_and_grad(picks)(X, 7)
        shown = "".join(traceback.format_exception(caught.value))
        assert "y[i]" in shown.partition("value_and_grad_picks")[2]
        (note,) = caught.value.__notes__
        assert re.fullmatch(r"in the forward sweep of .*test_public_api\.py:\d+: return y\[i\] \* x\[0\]", note)

    def test_error_in_the_backward_sweep_names_the_primal_line(self) -> None:
        _, pullback = ad.vjp(lambda x: np.log(x) * 2, X + 2)
        with pytest.raises(TypeError) as caught:
            pullback(np.array([None, None, None]))
        (note,) = caught.value.__notes__
        assert note.startswith("in the backward sweep of ")
        assert "np.log(x) * 2" in note

    def test_assertion_of_the_program_is_kept(self) -> None:
        def checked(x):
            assert np.all(x > 0), f"not positive: {x.min()}"
            return np.sum(np.log(x))

        with pytest.raises(AssertionError, match=r"not positive: -1\.2"):
            ad.grad(checked)(X)


class TestPickling:
    def test_gradient_of_a_module_function(self) -> None:
        for gradient in (ad.grad(with_log), ad.value_and_grad(product, ("a", 1))):
            arguments = (X + 2,) * len(inspect.signature(gradient).parameters)
            before = gradient(*arguments)
            again = pickle.loads(pickle.dumps(gradient))
            np.testing.assert_equal(again(*arguments), before)

    def test_gradient_of_a_method(self) -> None:
        gradient = ad.grad(Model(np.ones(3), 2).loss)
        again = pickle.loads(pickle.dumps(gradient))
        np.testing.assert_array_equal(again(X), gradient(X))

    def test_decorated_function(self) -> None:
        x = ad.tensor(X, requires_grad=True)
        decorated_product(x)
        assert pickle.loads(pickle.dumps(decorated_product)) is decorated_product

    def test_source(self) -> None:
        source = ad.source(with_log)
        assert pickle.loads(pickle.dumps(source)) == source

    def test_refusal(self) -> None:
        with pytest.raises(ad.DifferentiationError) as caught:
            ad.grad(lambda x: np.sum(np.sort_complex(x)))(X)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), str(again)) == (type(caught.value), str(caught.value))


@ad.differentiable
def decorated_product(x):
    """The sum of squares."""
    return np.sum(x * x)


class TestDecorator:
    def test_decorated_function_looks_like_the_function(self) -> None:
        assert decorated_product.__name__ == "decorated_product"
        assert decorated_product.__doc__ == "The sum of squares."
        assert list(inspect.signature(decorated_product).parameters) == ["x"]

    def test_without_tensors_the_function_itself_runs(self) -> None:
        calls = []

        @ad.differentiable()
        def refused(x):
            calls.append(x)
            with np.errstate():
                return x * 2

        assert refused(2.0) == 4.0
        assert calls == [2.0]

    def test_decorated_functions_are_accepted_everywhere(self) -> None:
        np.testing.assert_allclose(ad.grad(decorated_product)(X), 2 * X)
        np.testing.assert_allclose(ad.vjp(decorated_product, X)[1](1.0), 2 * X)
        np.testing.assert_allclose(ad.grad(lambda x: decorated_product(x * 3))(X), 18 * X)
        assert "grad_decorated_product" in ad.source(decorated_product)

    def test_one_node_and_its_gradient(self) -> None:
        x = ad.tensor(X, requires_grad=True)
        out = decorated_product(x)
        assert repr(out).endswith("grad_fn=<decorated_productBackward>)")
        out.backward()
        np.testing.assert_allclose(x.grad.numpy(), 2 * X)

    def test_nothing_is_recorded_without_grad(self) -> None:
        x = ad.tensor(X, requires_grad=True)
        with ad.no_grad():
            assert not decorated_product(x).requires_grad

    def test_free_polynomial_is_called(self) -> None:
        cubic = np.poly1d([0.5, -1.0, 2.0, 0.3])
        x = np.array([0.3, -1.2])
        np.testing.assert_allclose(ad.grad(lambda x: np.sum(cubic(x) * x))(x), cubic.deriv()(x) * x + cubic(x))
        cubic.coeffs[0] = 1.5
        np.testing.assert_allclose(ad.grad(lambda t: cubic(t))(0.3), cubic.deriv()(0.3))

    def test_free_object_that_can_be_made_an_array_is_refused(self) -> None:
        class Samples:
            def __array__(self, dtype=None, copy=None):
                return np.ones(2)

        samples = Samples()
        with pytest.raises(ad.DifferentiationError, match="`samples` is a Samples, which is not read") as caught:
            ad.grad(lambda x: np.sum(x * samples))(2.0)
        assert caught.value.span is not None

    def test_free_tensors_get_their_gradient(self) -> None:
        weight = ad.tensor(2 * X, requires_grad=True)

        @ad.differentiable
        def model(x):
            return np.sum(weight * x * x)

        x = ad.tensor(X, requires_grad=True)
        model(x).backward()
        np.testing.assert_allclose(x.grad.numpy(), 4 * X * X)
        np.testing.assert_allclose(weight.grad.numpy(), X * X)
        model(X).backward()
        np.testing.assert_allclose(weight.grad.numpy(), 2 * X * X)

    def test_tuple_results_are_tensors_of_one_node(self) -> None:
        @ad.differentiable
        def pair(x):
            return x * 2, np.sum(x)

        x = ad.tensor(X, requires_grad=True)
        doubled, total = pair(x)
        assert doubled.grad_fn is total.grad_fn
        (doubled.sum() + total * 3).backward()
        np.testing.assert_allclose(x.grad.numpy(), np.full(3, 5.0))

    def test_lambda_and_nested_function(self) -> None:
        square = ad.differentiable(lambda x: x * x)
        x = ad.tensor(3.0, requires_grad=True)
        square(x).backward()
        assert x.grad.item() == 6.0

    def test_gradient_accumulates_over_calls(self) -> None:
        x = ad.tensor(X, requires_grad=True)
        decorated_product(x).backward()
        decorated_product(x).backward()
        np.testing.assert_allclose(x.grad.numpy(), 4 * X)

    def test_refusal_comes_with_its_place(self) -> None:
        @ad.differentiable
        def refused(x):
            return np.sort_complex(x)

        with pytest.raises(ad.DifferentiationError, match=r"test_public_api\.py:\d+:\d+: error: no derivative rule"):
            refused(ad.tensor(X, requires_grad=True))


def test_numpy_scalar_widens_what_a_python_number_does_not() -> None:
    """NEP 50: `np.float64(2) * float32` is float64, `2.0 * float32` is float32; each gradient has its input's dtype."""
    x = np.ones(3, np.float32) / 3

    def f(x, s):
        return np.sum(np.sin(x * s))

    for s in (2.0, np.float64(2.0), np.float32(2.0)):
        value, (x_bar, s_bar) = ad.value_and_grad(f, (0, 1))(x, s)
        assert value == f(x, s)
        assert np.asarray(value).dtype == np.asarray(f(x, s)).dtype
        assert x_bar.dtype == np.float32
        if not isinstance(s, float) or isinstance(s, np.float64):
            assert np.asarray(s_bar).dtype == s.dtype


WEIGHTS = np.array([1.0, 2.0, 3.0])


class TestFreeArraysInPlace:
    """A free array is reached by its own name too, and may be the same object as an argument."""

    def test_local_name_that_becomes_a_free_array_in_a_loop_is_not_written(self) -> None:
        def f(x, n):
            y = x * 1
            for _ in range(n):
                y[0] = x[0] * 2
                y = WEIGHTS
            return np.sum(WEIGHTS * x)

        with pytest.raises(ad.DifferentiationError, match="may share memory"):
            ad.grad(f)(X[:3], 3)

    def test_name_of_a_free_array_that_may_be_updated_needs_types(self) -> None:
        def f(x):
            y = WEIGHTS
            y += x
            return np.sum(WEIGHTS * x)

        with pytest.raises(ad.DifferentiationError, match="another name sees changed"):
            ad.source(f)
        np.testing.assert_allclose(ad.grad(f)(np.ones(3)), WEIGHTS + 2)

    def test_free_array_that_shares_memory_with_a_changed_argument_is_refused(self) -> None:
        def changes_argument(x):
            x[0] = 5 * x[1]
            return np.sum(WEIGHTS * x)

        def changes_free_array(x):
            WEIGHTS[0] = x[0] * 2
            return np.sum(WEIGHTS * x)

        np.testing.assert_allclose(ad.grad(changes_argument)(np.ones(3)), [0, 7, 3])
        np.testing.assert_allclose(ad.grad(changes_free_array)(np.ones(3)), [4, 2, 3])
        np.testing.assert_array_equal(WEIGHTS, [1, 2, 3], "a gradient call changed a free array")
        for f, name in ((changes_argument, "x"), (changes_free_array, "WEIGHTS")):
            with pytest.raises(ValueError, match=f"changes `{name}` in place"):
                ad.grad(f)(WEIGHTS)


class Energy:
    """An object that is called like a function."""

    def __init__(self, scale):
        self.scale = scale

    def __call__(self, x, power=2):
        return self.scale * np.sum(x**power)


def test_object_with_a_call_is_differentiated():
    energy, x = Energy(3.0), np.array([1.0, 2.0])
    np.testing.assert_allclose(ad.grad(energy)(x), 6 * x)
    np.testing.assert_allclose(ad.grad(energy)(x, power=3), 9 * x**2)
    energy.scale = 1.0
    np.testing.assert_allclose(ad.grad(energy)(x), 2 * x)


def test_cached_function_is_differentiated():
    @functools.lru_cache
    def square(x):
        return x * x

    assert ad.grad(square)(3.0) == 6.0


t = 2.0


def test_name_from_outside_that_unnamed_values_are_numbered_after():
    assert ad.grad(lambda x: np.sin(x * x) * t + x * 0.0)(1.0) == pytest.approx(4 * np.cos(1.0))
