"""Rules for functions of the user's own, and of libraries: what `ad.rule` holds.

Each is a decorator, or takes the function as `of=`. A function with a rule is not followed into its source: generated
code calls it by its name, and its rule says the derivative, as NumPy's functions have theirs in the table of `rules`.
It must leave its arguments as they are, and return what shares no memory with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from adcompiler.rules.own_functions import add_pushforwards, register_own
from adcompiler.rules.rule import Pullback, Pushforward

__all__ = ["elementwise", "jvp", "linear", "nondifferentiable", "vjp"]

F = TypeVar("F", bound=Callable[..., Any])


def elementwise(*partials: Pullback | None, of: Callable[..., Any] | None = None, like: str | None = None) -> Any:
    """Register a function of each element by its partial derivatives.

    Parameters
    ----------
    *partials : callable or None
        For each operand `(g, y, *operands) -> g * ∂y/∂operand`, with `y` the result: the same line serves both modes.
        None for an operand in which the derivative is zero.
    of : callable, optional
        The function, if this is not used as a decorator.
    like : str, optional
        The operand whose dtype (and, but for broadcasting, shape) the result has, which makes simpler code. Without it,
        nothing is taken for granted but the broadcast shape.

    Returns
    -------
    callable
        A decorator; with `of`, the function, which also takes Tensors.

    Examples
    --------
    >>> import numpy as np
    >>> import adcompiler as ad
    >>> @ad.rule.elementwise(lambda g, y, x: g * y * (1 - y), like="x")
    ... def sigmoid(x):
    ...     return 1 / (1 + np.exp(-x))
    >>> float(ad.grad(lambda x: sigmoid(x) ** 2)(0.0))
    0.25
    """
    return _decorate(of, lambda f: register_own(f, "elementwise", partials, partials, like))


def linear(*transposes: Pullback | None, of: Callable[..., Any] | None = None, like: str | None = None) -> Any:
    """Register a function that is linear in each operand that has a transpose.

    Parameters
    ----------
    *transposes : callable or None
        For each operand `(g, y, *operands, **static) -> cotangent of the operand`. The pushforward is the function.
    of, like
        As for `elementwise`.
    """
    return _decorate(of, lambda f: register_own(f, "linear", transposes, (), like))


def vjp(
    *pullbacks: Pullback | None,
    jvp: Sequence[Pushforward | None] | Pushforward = (),
    of: Callable[..., Any] | None = None,
    like: str | None = None,
) -> Any:
    """Register a function by a pullback for each operand.

    Parameters
    ----------
    *pullbacks : callable or None
        `(g, y, *operands, **static) -> cotangent`, of the operand's shape. A formula of NumPy's functions is written
        into generated code; what branches on values, or calls other functions, is called by it. Second derivatives
        follow from either.
    jvp : callable, or sequence of callable, optional
        The pushforwards, `(x_dot, y, *operands, **static) -> contribution to the result's tangent`.
    of, like
        As for `elementwise`.

    Examples
    --------
    >>> import numpy as np
    >>> import adcompiler as ad
    >>> @ad.rule.vjp(lambda g, y, x: g * np.sign(x), jvp=lambda x_dot, y, x: np.sum(x_dot * np.sign(x)), like=None)
    ... def total_length(x):
    ...     return np.abs(x).sum()
    >>> ad.grad(total_length)(np.array([1.0, -2.0]))
    array([ 1., -1.])
    """
    pushforwards = (jvp,) if callable(jvp) else tuple(jvp)
    return _decorate(of, lambda f: register_own(f, "vjp", pullbacks, pushforwards, like))


def jvp(*pushforwards: Pushforward | None, of: Callable[..., Any] | None = None) -> Any:
    """Add pushforwards, one for each operand, to the rule of a function that has pullbacks already.

    Parameters
    ----------
    *pushforwards : callable or None
        `(x_dot, y, *operands, **static) -> contribution to the result's tangent`.
    of : callable, optional
        The function, if this is not used as a decorator (above the one for the pullbacks).
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        add_pushforwards(function, pushforwards)
        return function

    return _decorate(of, register)


def nondifferentiable(function: F | None = None, *, of: Callable[..., Any] | None = None) -> Any:
    """Register a function whose derivative is zero wherever it has one: of indices, counts, tests.

    Parameters
    ----------
    function : callable
        Used as `@ad.rule.nondifferentiable`, without a call.
    of : callable, optional
        The function, if this is not used as a decorator.
    """
    return _decorate(of or function, lambda f: register_own(f, "nondifferentiable", None, (), None))


def _decorate(function: Callable[..., Any] | None, register: Callable[[Callable[..., Any]], Any]) -> Any:
    return register if function is None else register(function)
