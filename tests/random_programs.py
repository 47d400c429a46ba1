"""Random programs: how many a run of the tests looks at, and what is asked of each.

`make test` looks at some hundreds, the same ones each time. `PROGRAMS=5` in the environment looks at five times as
many, and `SEED=1` or any other number at others.
"""

from __future__ import annotations

import copy
import linecache
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, event, seed, settings
from numerics import central_difference, floating_positions

from adcompiler.api import grad, source, value_and_grad, vjp
from adcompiler.errors import AliasingError, DifferentiationError, UnknownTypeError

TIMES = int(os.environ.get("PROGRAMS", "1"))
SEED = os.environ.get("SEED")


def sampled(count: int) -> Callable[[Any], Any]:
    """The settings of a test of random programs, `count` of them in a usual run."""
    chosen = settings(
        max_examples=count * TIMES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=SEED is None,
        database=None,
    )
    return chosen if SEED is None else lambda test: seed(int(SEED))(chosen(test))


_COUNT = 0


def defined(text: str, namespace: dict[str, Any] | None = None) -> Callable[..., Any]:
    """The function `program` that a text defines; the text is kept where tracebacks look for it."""
    global _COUNT
    _COUNT += 1
    file = f"<random program {_COUNT}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {"np": np} if namespace is None else namespace
    exec(compile(text, file, "exec"), names)
    function = names["program"]
    assert callable(function)
    return function


def differences(function: Callable[..., Any], arguments: tuple[Any, ...]) -> list[Any] | None:
    """The gradient by central differences, or None at a jump: two step sizes disagree."""
    positions = floating_positions(arguments)
    fine, coarse = ([central_difference(function, arguments, n, step) for n in positions] for step in (1e-6, 1e-5))
    agree = all(np.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in zip(fine, coarse, strict=True))
    return fine if agree else None


def is_aliasing(error: DifferentiationError) -> bool:
    """Whether a program was refused since names may or may not share memory."""
    return isinstance(error, AliasingError)


def check_gradient(
    text: str,
    arguments: tuple[Any, ...],
    namespace: dict[str, Any] | None = None,
    *,
    may_refuse: Callable[[DifferentiationError], bool] = is_aliasing,
) -> None:
    """Compare value and gradient of a program with Python and with differences, as one function and as a pair.

    A program may be refused for the reasons that `may_refuse` accepts.
    """
    function = defined(text, namespace)
    positions = floating_positions(arguments)
    given = copy.deepcopy(arguments)
    gradient_of = value_and_grad(function, positions)
    try:
        value, gradients = gradient_of(*given)
    except DifferentiationError as error:
        if not may_refuse(error):
            raise
        event("refused")
        return
    event("differentiated")
    shown = f"\n{text}\n{gradient_of.source}"
    np.testing.assert_allclose(value, function(*copy.deepcopy(arguments)), rtol=1e-10, err_msg=shown)
    for before, after in zip(arguments, given, strict=True):
        np.testing.assert_array_equal(before, after, f"a gradient call changed its argument{shown}")
    _, pullback = vjp(function, *copy.deepcopy(arguments))
    pulled = pullback(1.0)
    for position, gradient in zip(positions, gradients, strict=True):
        np.testing.assert_allclose(pulled[position], gradient, rtol=1e-9, atol=1e-12, err_msg=shown)
    expected = differences(function, arguments)
    if expected is None:
        event("at a jump")
        return
    for gradient, wanted in zip(gradients, expected, strict=True):
        assert np.shape(gradient) == np.shape(wanted)
        np.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=1e-5, err_msg=shown)


def check_code_without_types(
    text: str, arguments: tuple[Any, ...], namespace: Callable[[], dict[str, Any]] = lambda: {"np": np}
) -> None:
    """Compare code that is valid for every rank with the code that a call compiles."""
    function = defined(text, namespace())
    positions = floating_positions(arguments)
    try:
        code = source(function, argnums=positions)
        expected = grad(function, positions)(*copy.deepcopy(arguments))
    except (AliasingError, UnknownTypeError):
        event("refused")
        return
    names = namespace()
    exec(code, names)
    found = names["grad_program"](*copy.deepcopy(arguments))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=f"\n{text}\n{code}")
