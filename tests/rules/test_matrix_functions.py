"""Rules of matrix functions beyond what the table's points can say: several results one by one, vectors that are
determined up to a phase or a rotation, and degenerate matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import adcompiler.rules  # noqa: F401  (fills the table)
from adcompiler.rules.table import RULES

_STEP = 1e-6
_RNG = np.random.default_rng(0)


def _matrices(*shape: int, complex_numbers: bool) -> np.ndarray:
    real = _RNG.normal(size=shape)
    return real + 1j * _RNG.normal(size=shape) if complex_numbers else real


def _adjoint(a: np.ndarray) -> np.ndarray:
    return np.conj(np.swapaxes(a, -1, -2))


def _without_phases(bars: list[Any], vectors: list[Any]) -> list[Any]:
    """Cotangents of functions on which no phase of the vectors depends: vᴴ v_bar has a real diagonal."""
    kept = []
    for bar, v in zip(bars, vectors, strict=True):
        lengths = np.sum(np.abs(v) ** 2, axis=-2, keepdims=True)
        phases = 1j * np.imag(np.sum(np.conj(v) * bar, axis=-2, keepdims=True)) / lengths
        kept.append(bar - v * phases)
    return kept


CASES = [
    pytest.param(name, static, shape, kind == "complex", id=f"{name}-{static}-{shape}-{kind}")
    for name, static, shapes in (
        ("linalg.eig", {}, ((1, 1), (3, 3), (2, 4, 4))),
        ("linalg.eigh", {"UPLO": "L"}, ((1, 1), (3, 3), (2, 4, 4))),
        ("linalg.eigh", {"UPLO": "U"}, ((3, 3),)),
        ("linalg.svd", {"full_matrices": False}, ((3, 3), (4, 2), (2, 4), (2, 3, 2))),
        ("linalg.svd", {"full_matrices": True}, ((3, 3), (4, 2), (2, 4), (2, 2, 3))),
        ("linalg.svd", {"hermitian": True}, ((3, 3), (2, 2, 2))),
        ("linalg.qr", {"mode": "reduced"}, ((3, 3), (4, 2), (2, 4), (2, 3, 2))),
        ("linalg.qr", {"mode": "complete"}, ((3, 3), (4, 2), (2, 4), (2, 3, 2))),
    )
    for shape in shapes
    for kind in ("real", "complex")
]


def _cotangents(name: str, y: Any) -> list[Any]:
    """Random ones, of functions that have a derivative: gradients in the convention without conjugates."""
    bars = [_matrices(*part.shape, complex_numbers=np.iscomplexobj(part)) for part in y]
    if name in ("linalg.eig", "linalg.eigh"):
        bars[1] = np.conj(_without_phases([np.conj(bars[1])], [y[1]])[0])
    if name == "linalg.svd":
        k = y[1].shape[-1]
        u_bar, v_bar = _without_phases([np.conj(bars[0]), _adjoint(np.conj(bars[2]))], [y[0], _adjoint(y[2])])
        bars[0], bars[2] = np.conj(_of_space(u_bar, y[0], k)), np.conj(_adjoint(_of_space(v_bar, _adjoint(y[2]), k)))
    if name == "linalg.qr":
        k = min(y[0].shape[-2], y[1].shape[-1])
        bars[0] = np.conj(_of_space(np.conj(bars[0]), y[0], k))
    return [bar if np.iscomplexobj(part) else np.real(bar) for bar, part in zip(bars, y, strict=True)]


def _aligned(name: str, moved: Any, y: Any) -> Any:
    """Results near `y`; eigenvectors, whose phases LAPACK may choose otherwise, in phase with those of `y`."""
    if name != "linalg.eig":
        return moved
    phases = np.sum(np.conj(y[1]) * moved[1], axis=-2, keepdims=True)
    return moved[0], moved[1] * np.conj(phases) / np.abs(phases)


def _of_space(bar: np.ndarray, basis: np.ndarray, k: int) -> np.ndarray:
    """A cotangent of a function in which the vectors beyond the first `k` may be any basis of the complement."""
    beyond, beyond_bar = basis[..., k:], bar[..., k:]
    turns = _adjoint(beyond) @ beyond_bar
    return np.concatenate((bar[..., :k], beyond_bar - beyond @ (turns - _adjoint(turns)) / 2), axis=-1)


@pytest.mark.parametrize(("name", "static", "shape", "complex_numbers"), CASES)
def test_rule_agrees_with_differences(
    name: str, static: dict[str, Any], shape: tuple[int, ...], complex_numbers: bool
) -> None:
    """Re(g · J v) in both modes, for cotangents of all results and of each alone."""
    rule = RULES[name]
    a = _matrices(*shape, complex_numbers=complex_numbers)
    v = _matrices(*shape, complex_numbers=complex_numbers)
    y = rule.function(a, **static)
    bars = _cotangents(name, y)
    ahead, behind = (_aligned(name, rule.function(a + step * v, **static), y) for step in (_STEP, -_STEP))
    pullback, pushforward = rule.pullback(0), rule.pushforward(0)
    assert pullback is not None
    assert pushforward is not None
    dots = pushforward(v, y, a, **static)
    each = [
        (np.sum(np.real(bar * (one - other))) / (2 * _STEP), np.sum(np.real(bar * dot)))
        for bar, one, other, dot in zip(bars, ahead, behind, dots, strict=True)
    ]
    for number, (difference, pushed) in enumerate(each):
        g = tuple(bar if part == number else None for part, bar in enumerate(bars))
        alone = pullback(g, y, a, **static)
        np.testing.assert_allclose([np.sum(np.real(alone * v)), pushed], difference, rtol=1e-6, atol=1e-7)
    bar = pullback(tuple(bars), y, a, **static)
    assert np.iscomplexobj(bar) == complex_numbers
    np.testing.assert_allclose(np.sum(np.real(bar * v)), sum(dot for _, dot in each), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["linalg.eig", "linalg.eigh", "linalg.svd"])
def test_dependence_on_a_phase_is_refused(name: str) -> None:
    a = _matrices(3, 3, complex_numbers=True)
    y = RULES[name].function(a)
    g = tuple(1j * np.ones_like(part) if np.iscomplexobj(part) else None for part in y)
    pullback = RULES[name].pullback(0)
    assert pullback is not None
    with pytest.raises(ValueError, match="determined up to a phase"):
        pullback(g, y, a)


@pytest.mark.parametrize(("name", "static"), [("linalg.svd", {}), ("linalg.qr", {"mode": "complete"})])
def test_dependence_on_the_basis_of_the_rest_is_refused(name: str, static: dict[str, Any]) -> None:
    a = _matrices(5, 2, complex_numbers=False)
    y = RULES[name].function(a, **static)
    g = (_matrices(5, 5, complex_numbers=False), *(None for _ in y[1:]))
    pullback = RULES[name].pullback(0)
    assert pullback is not None
    with pytest.raises(ValueError, match="any basis of the rest"):
        pullback(g, y, a, **static)


def test_equal_eigenvalues_have_a_derivative_and_their_vectors_none() -> None:
    a = np.diag([2.0, 2.0, 1.0])
    y = np.linalg.eigh(a)
    pullback = RULES["linalg.eigh"].pullback(0)
    assert pullback is not None
    np.testing.assert_allclose(pullback((np.ones(3), None), y, a), np.eye(3), atol=1e-15)
    with np.errstate(all="ignore"):
        assert not np.all(np.isfinite(pullback((None, np.ones((3, 3))), y, a)))


def test_equal_singular_values_have_a_derivative_and_their_vectors_none() -> None:
    a = np.eye(3)
    y = np.linalg.svd(a)
    pullback = RULES["linalg.svd"].pullback(0)
    assert pullback is not None
    np.testing.assert_allclose(pullback((None, np.ones(3), None), y, a), np.eye(3), atol=1e-15)
    with np.errstate(all="ignore"):
        assert not np.all(np.isfinite(pullback((np.arange(9.0).reshape(3, 3), None, None), y, a)))


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_determinant_has_a_second_derivative_at_any_rank(rank: int) -> None:
    a = _matrices(3, rank, complex_numbers=False) @ _matrices(rank, 3, complex_numbers=False)
    h = _matrices(3, 3, complex_numbers=False)
    cofactors = RULES["cofactors"]
    pullback = cofactors.pullback(0)
    assert pullback is not None
    differences = (cofactors.function(a + _STEP * h) - cofactors.function(a - _STEP * h)) / (2 * _STEP)
    np.testing.assert_allclose(pullback(h, cofactors.function(a), a), differences, rtol=1e-7, atol=1e-8)
