"""Arguments of library functions whose definitions lack some parameters: positions are those of the library."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.testing import check_grads

fft = pytest.importorskip("scipy.fft")
ndimage = pytest.importorskip("scipy.ndimage")
optimize = pytest.importorskip("scipy.optimize")

A = np.arange(6.0).reshape(2, 3) + 0.5
POINTS = np.linspace(0.0, 2.0, 6)


def line(t, a, b):
    return a + b * t


CALLS = {
    "total": lambda x: np.nansum(x, 0, None, None, True) ** 2,
    "filter": lambda x: ndimage.gaussian_filter1d(x, 1.0, -1, 0, None, "wrap") ** 2,
    "laplacian": lambda x: ndimage.laplace(x, None, "wrap") ** 2,
    "transform": lambda x: fft.fft(x, None, -1, None, False).real ** 2,
    "threads": lambda x: fft.fft(x, workers=2).real ** 2,
    "fit": lambda x: optimize.curve_fit(line, POINTS, x.ravel(), None, None, False, True, maxfev=500)[0],
    "least squares": lambda x: optimize.least_squares(lambda p: p - x[0], np.zeros(3), "2-point", max_nfev=99).x,
}


@pytest.mark.parametrize("f", CALLS.values(), ids=CALLS)
def test_positions_are_those_of_the_library(f: Callable[..., np.ndarray]) -> None:
    value, _ = ad.vjp(f, A)
    np.testing.assert_allclose(value, f(A), rtol=1e-6)
    check_grads(f, A)


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x: np.sum(fft.dct(x, 2, 1)), "n"),
        (lambda x: np.sum(ndimage.laplace(x, np.float32)), "output"),
        (lambda x: np.sum(ndimage.laplace(x, output=np.float32)), "output"),
    ],
)
def test_what_the_definition_lacks_is_refused(f: Callable[..., float], name: str) -> None:
    with pytest.raises(ad.DifferentiationError, match=f"`{name}=` is not supported"):
        ad.grad(f)(A)


def test_positions_on_tensors_are_those_of_the_library() -> None:
    x = ad.tensor(A, requires_grad=True)
    np.sum(np.nansum(x, 0, None, None, True) ** 2).backward()
    np.testing.assert_allclose(x.grad.numpy(), np.broadcast_to(2 * A.sum(0), A.shape))
