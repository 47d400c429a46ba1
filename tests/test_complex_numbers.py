"""Programs with complex numbers: their gradients have PyTorch's convention, ∂L/∂Re z + i ∂L/∂Im z."""

from __future__ import annotations

import cmath
import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adcompiler as ad

Z = np.array([0.5 + 0.3j, -1.2 + 0.8j, 0.4 - 0.7j])
W = np.array([1.1 - 0.2j, 0.3 + 0.4j, -0.6 + 0.9j])
X = np.array([0.7, -0.4, 1.3])
M = np.array([[2.0 + 0.3j, 0.4 - 0.5j], [0.1 + 0.2j, 1.5 - 0.4j]])


def power(z, w):
    return np.sum(np.abs(z * w + z) ** 2)


def phase(z):
    return np.sum(np.angle(z) * np.real(z)) + np.sum(np.imag(z) ** 2)


def holomorphic(z):
    return np.real(np.sum(np.exp(z) * np.sin(z) / (z + 3) + z**3 + np.sqrt(z) - np.log(z)))


def real_meets_complex(x, z):
    return np.imag(np.sum(np.exp(1j * x) * z)) + np.real(np.vdot(z, x * z))


def conjugates(z):
    return np.sum((z * z.conj()).real) + np.sum(np.conjugate(z).imag * z.real)


def matrices(a, z):
    b = np.linalg.inv(a) @ z[:2]
    return np.real(np.sum(b * np.conj(b))) + np.abs(np.linalg.det(a)) + np.imag(np.trace(a @ a.T))


def buffers(x, z):
    out = np.zeros(x.shape, dtype=complex)
    for i in range(len(x)):
        out[i] = x[i] * z[i] + 1j
        out[i] *= out[i - 1] if i > 0 else 1.0
    return np.sum(np.abs(out))


def real_start(z):
    total = 0.0
    for i in range(len(z)):
        total = total * z[i] + z[i]
    return abs(total)


def branches(z):
    y = z * z
    if np.abs(y[0]) > 10:
        y = y * 1j
    else:
        y = np.conj(y) * 2
    return np.real(np.sum(y * z))


def mandelbrot(c):
    z = 0j
    n = 0
    while abs(z) < 2 and n < 6:
        z = z * z + c
        n += 1
    return abs(z)


def numbers(z):
    w = cmath.exp(z) * cmath.sqrt(z)
    return (w * w.conjugate()).real + complex(z.imag, z.real).imag


def parts(x, y):
    z = x + 1j * y
    return np.sum(np.real(z**2)) + np.sum(np.abs(np.complex128(x) * z))


def written_parts(x):
    z = np.empty(3, dtype=np.complex128)
    z[:] = x
    z *= 1j + x
    return np.sum(np.abs(z) ** 2)


def lists(x, z):
    terms = [z[0] * x[0], z[1] * x[1]]
    terms.append(np.exp(1j * x[2]))
    total = 0.0
    for term in terms:
        total = total * 0.5 + term
    return np.abs(total) + np.real(np.sum(np.array(terms) * z))


def powers_of_negative_numbers(x, z):
    return np.real(np.sum(np.power(x, z)))


def absolute_cubes(z):
    return np.sum(np.abs(z * z * z))


def power_of_spectrum(x, w):
    return np.sum(np.abs(np.fft.fft(x * x)) ** 2 * w)


cubes_bar = ad.grad(absolute_cubes)


def gradient_of_complex_numbers(z):
    bar = cubes_bar(z=z)
    return np.sum(np.real(bar) * np.imag(z) + np.imag(bar) ** 2)


def gradient_with_complex_numbers_inside(x, w):
    return np.sum(ad.grad(power_of_spectrum, argnums=0)(x, w) * w) + np.sum(ad.grad(power_of_spectrum)(x, w=w) ** 2)


PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (power, (Z, W)),
    (phase, (Z,)),
    (holomorphic, (Z,)),
    (real_meets_complex, (X, Z)),
    (conjugates, (Z,)),
    (matrices, (M, Z)),
    (buffers, (X, Z)),
    (real_start, (Z,)),
    (branches, (Z,)),
    (mandelbrot, (0.3 + 0.4j,)),
    (mandelbrot, (np.complex128(0.5 + 0.9j),)),
    (numbers, (0.3 + 0.4j,)),
    (parts, (X, X[::-1].copy())),
    (written_parts, (X,)),
    (lists, (X, Z)),
    (powers_of_negative_numbers, (X, Z)),
    (gradient_of_complex_numbers, (Z,)),
    (gradient_with_complex_numbers_inside, (X, np.array([0.2, 0.5, 1.0]))),
]
EVERY = pytest.mark.parametrize(("function", "arguments"), PROGRAMS, ids=lambda item: getattr(item, "__name__", None))


def differences(function: Callable[..., Any], arguments: tuple[Any, ...], position: int) -> Any:
    """∂L/∂Re z + i ∂L/∂Im z, element by element."""
    argument = np.asarray(arguments[position])
    gradient = np.zeros_like(argument)
    step = 1e-6

    def moved(index, distance):
        varied = copy.deepcopy(list(arguments))
        changed = argument.copy()
        changed[index] += distance
        varied[position] = changed if np.ndim(arguments[position]) else type(arguments[position])(changed)
        return function(*varied)

    for index in np.ndindex(argument.shape):
        for unit in (1, 1j) if np.iscomplexobj(argument) else (1,):
            gradient[index] += unit * (moved(index, unit * step) - moved(index, -unit * step)) / (2 * step)
    return gradient


@EVERY
def test_gradient_agrees_with_differences(function, arguments):
    positions = tuple(range(len(arguments)))
    value, gradients = ad.value_and_grad(function, positions)(*copy.deepcopy(arguments))
    np.testing.assert_allclose(value, function(*copy.deepcopy(arguments)), rtol=1e-12)
    for position, gradient in zip(positions, gradients, strict=True):
        assert np.shape(gradient) == np.shape(arguments[position])
        assert np.result_type(gradient) == np.result_type(arguments[position])
        np.testing.assert_allclose(gradient, differences(function, arguments, position), rtol=2e-6, atol=2e-6)


@EVERY
def test_split_pair_agrees(function, arguments):
    positions = tuple(range(len(arguments)))
    expected = ad.grad(function, positions)(*copy.deepcopy(arguments))
    _, pullback = ad.vjp(function, *copy.deepcopy(arguments))
    found = pullback(2.0)
    for one, other in zip(found if len(arguments) > 1 else (found,), expected, strict=True):
        np.testing.assert_allclose(one, 2 * np.asarray(other), rtol=1e-12)


def test_cotangent_of_a_complex_value_has_the_convention_of_gradients():
    """With w the cotangent of y, the gradient is that of Re(Σ conj(w) y)."""
    cotangent = np.array([1.0 + 2.0j, -0.3j, 0.7])
    _, pullback = ad.vjp(lambda z: z * z * 1j, Z)
    expected = differences(lambda z: np.real(np.sum(np.conj(cotangent) * z * z * 1j)), (Z,), 0)
    np.testing.assert_allclose(pullback(cotangent), expected, rtol=1e-6)


def test_cotangent_of_a_tuple_is_conjugated_part_by_part():
    _, pullback = ad.vjp(lambda z, x: (z * x, x * 2), Z, X)
    z_bar, x_bar = pullback((W, X))
    np.testing.assert_allclose(z_bar, W * X)
    np.testing.assert_allclose(x_bar, np.real(W * np.conj(Z)) + 2 * X)


def test_cotangent_of_a_real_value_is_real():
    _, pullback = ad.vjp(lambda z: np.abs(z), Z)
    with pytest.raises(TypeError, match="the cotangent of a real value must be real"):
        pullback(W)


def test_gradient_inside_of_a_program_is_for_real_numbers_without_types():
    """Its code then has no conjugates."""

    def cubes(z, k):
        return np.real(np.sum(k * z * z * z))

    gradient = ad.grad(cubes)

    def slope(z, k):
        return np.real(np.sum(gradient(z, k)))

    with pytest.raises(ad.DifferentiationError, match="`grad_cubes`, as part of another program, is for real numbers"):
        ad.source(slope, types={"z": "complex128[n]"})


def test_single_precision_stays():
    z = Z.astype(np.complex64)
    gradient = ad.grad(power)(z, z)
    assert gradient.dtype == np.complex64
    x = X.astype(np.float32)
    by_x, by_z = ad.grad(real_meets_complex, (0, 1))(x, z)
    assert (by_x.dtype, by_z.dtype) == (np.float32, np.complex64)
    np.testing.assert_allclose(by_x, ad.grad(real_meets_complex)(X, Z), rtol=1e-5)


def test_decorated_function_is_a_node_of_the_tape():
    @ad.differentiable
    def rotated(z, x):
        return z * np.exp(1j * x)

    z, x = ad.tensor(Z, requires_grad=True), ad.tensor(X, requires_grad=True)
    (rotated(z, x) * ad.tensor(W)).real.sum().backward()

    def same(z, x):
        return np.real(np.sum(z * np.exp(1j * x) * W))

    np.testing.assert_allclose(z.grad.numpy(), differences(same, (Z, X), 0), rtol=1e-6)
    np.testing.assert_allclose(x.grad.numpy(), differences(same, (Z, X), 1), rtol=1e-6)


def test_gradients_are_pytorchs():
    torch = pytest.importorskip("torch", reason="compares with PyTorch, which is not installed")
    z, w = torch.tensor(Z, requires_grad=True), torch.tensor(W, requires_grad=True)
    (torch.abs(z * w + z) ** 2).sum().backward()
    by_z, by_w = ad.grad(power, (0, 1))(Z, W)
    np.testing.assert_allclose(by_z, z.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(by_w, w.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda z: np.sum(z), "`lambda` returns a complex number: only a real one has a gradient"),
        (lambda z: np.real(np.max(z)), "the derivative of `np.max` is not known for complex numbers"),
        (lambda z: np.real(np.sum(np.sort(z))), "the derivative of `np.sort` is not known for complex numbers"),
        (lambda z: np.sum(np.abs(np.sign(z) - 1)), "the derivative of `np.sign` is not known for complex numbers"),
    ],
)
def test_what_is_not_known_for_complex_numbers_is_refused(function, message):
    with pytest.raises(ad.DifferentiationError) as error:
        ad.grad(function)(Z)
    assert error.value.message == message


def complex_after_the_first_round(x, z):
    y = x * x
    for c in z:
        y = y * x + c
    return y


def complex_in_a_branch(x, z):
    y = x * x
    if x[0] > -100:
        y = y * z
    return y


def complex_sum(x, z):
    total = 0.0
    for number in range(len(x)):
        total += np.exp(1j * x[number]) * z[number]
    return np.array([total, total * x[0]])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("function", [complex_after_the_first_round, complex_in_a_branch, complex_sum])
def test_variable_that_becomes_complex(function, dtype):
    x, z = X.astype(dtype), Z.astype(np.result_type(dtype, np.complex64))
    value, pullback = ad.vjp(function, x, z)
    np.testing.assert_array_equal(value, function(x, z))
    weights = np.linspace(0.3, 1.1, value.size) - 1j * np.linspace(0.7, -0.4, value.size)

    def weighted(x, z):
        return np.sum(np.real(np.conj(weights) * function(x, z)))

    tolerance = 1e-6 if dtype == "float64" else 1e-4
    for position, bar in enumerate(pullback(weights.astype(value.dtype))):
        assert bar.dtype == (x, z)[position].dtype
        np.testing.assert_allclose(bar, differences(weighted, (X, Z), position), rtol=tolerance, atol=tolerance)
    powers = ad.grad(lambda x, z: np.sum(np.abs(function(x, z)) ** 2))(X, Z)
    expected = differences(lambda x, z: np.sum(np.abs(function(x, z)) ** 2), (X, Z), 0)
    np.testing.assert_allclose(powers, expected, rtol=1e-6, atol=1e-6)


def test_real_number_of_unknown_dtype_beside_complex_ones():
    def bounded_spectrum(x):
        total = 0.5
        for number in range(len(x)):
            total = np.maximum(total * x[number], 0.1)
        spectrum = np.fft.fft(x * total)
        return np.sum(np.abs(spectrum) * np.clip(total, 0, 1)) * max(x.max(), 0.3)

    found = ad.grad(bounded_spectrum)(X.astype("float32"))
    assert found.dtype == "float32"
    np.testing.assert_allclose(found, differences(bounded_spectrum, (X,), 0), rtol=1e-4)


def test_gradient_of_what_becomes_complex_is_refused():
    with pytest.raises(ad.DifferentiationError, match="returns a complex number"):
        ad.grad(lambda x, z: complex_sum(x, z)[0])(X, Z)


def test_type_that_may_be_complex_is_needed():
    with pytest.raises(ad.DifferentiationError, match="whether `x` is complex is not known"):
        ad.source(real_meets_complex, types={"z": "complex128[n]"})


def test_type_that_may_be_complex_is_needed_beside_a_constant():
    with pytest.raises(ad.DifferentiationError, match="whether `x` is complex is not known"):
        ad.source(lambda x: np.abs(1j * x))


def test_types_are_needed_where_a_transform_makes_complex_numbers():
    def power_spectrum(x):
        return np.sum(np.abs(np.fft.fft(x)) ** 2)

    with pytest.raises(ad.DifferentiationError, match="whether `x` is complex is not known"):
        ad.source(power_spectrum)
    np.testing.assert_allclose(ad.grad(power_spectrum)(X), 2 * len(X) * X)
    np.testing.assert_allclose(ad.grad(power_spectrum)(Z), 2 * len(Z) * Z)
