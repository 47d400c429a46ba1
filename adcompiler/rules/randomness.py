"""Random numbers: drawn once, in the forward sweep, in the order in which the program draws them.

A sample is a constant of the derivative; the parameters of its distribution are not. Where the sample is a smooth
function of a parameter and of what was drawn (`loc + scale * z`), that is its derivative. Where it is not, an active
parameter is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.errors import MissingRuleError
from adcompiler.ir.types import GENERATOR, Type, array, broadcast_shapes, scalar
from adcompiler.rules.effects import the_object
from adcompiler.rules.inference import length_from, shape_from, value_type
from adcompiler.rules.rule import REQUIRED, Pullback, Rule
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import vjp

METHODS: dict[str, Rule] = {}
"""The methods of a random generator that are known, by name."""


def _sample_type(dtype: str, count: int) -> Callable[..., tuple[Type, ...]]:
    """A sample of the size asked for, the last operand; else one for each of the parameters' elements."""

    def infer(*operands: Type, **_: Any) -> tuple[Type, ...]:
        parameters, size = operands[-1 - count : -1], operands[-1]
        if size.kind != "opaque":
            return (array(dtype, shape_from(size)),)
        if all(parameter.kind in ("scalar", "opaque") for parameter in parameters):
            return (scalar(dtype, weak=True),)
        return (value_type(dtype, broadcast_shapes(*(p.shape for p in parameters))),)

    return infer


def _refused(distribution: str, parameter: str) -> Pullback:
    def refuse(*_: Any, **__: Any) -> Any:
        raise MissingRuleError(
            f"samples of `{distribution}` have no derivative by `{parameter}`",
            hint="draw from a distribution that is a smooth function of its parameters, such as `normal`",
        )

    return refuse


def _by_location(g, y, loc, scale):
    return g


def _by_scale(g, y, loc, scale):
    return g * ((y - loc) / scale)


def _by_lower(g, y, low, high):
    return g * ((high - y) / (high - low))


def _by_upper(g, y, low, high):
    return g * ((y - low) / (high - low))


def _by_only_scale(g, y, scale):
    return g * (y / scale)


def _by_log_mean(g, y, mean, sigma):
    return g * y


def _by_log_scale(g, y, mean, sigma):
    return g * (y * ((np.log(y) - mean) / sigma))


_LOCATION_SCALE = ({"loc": 0.0, "scale": 1.0}, (_by_location, _by_scale))

_DISTRIBUTIONS: dict[str, tuple[dict[str, Any], tuple[Pullback, ...]]] = {
    "normal": _LOCATION_SCALE,
    "laplace": _LOCATION_SCALE,
    "logistic": _LOCATION_SCALE,
    "gumbel": _LOCATION_SCALE,
    "uniform": ({"low": 0.0, "high": 1.0}, (_by_lower, _by_upper)),
    "exponential": ({"scale": 1.0}, (_by_only_scale,)),
    "rayleigh": ({"scale": 1.0}, (_by_only_scale,)),
    "lognormal": ({"mean": 0.0, "sigma": 1.0}, (_by_log_mean, _by_log_scale)),
    "standard_normal": ({}, ()),
    "standard_exponential": ({}, ()),
    "random": ({}, ()),
    "random_sample": ({}, ()),
    "beta": ({"a": REQUIRED, "b": REQUIRED}, ()),
    "gamma": ({"shape": REQUIRED, "scale": 1.0}, ()),
    "standard_gamma": ({"shape": REQUIRED}, ()),
    "chisquare": ({"df": REQUIRED}, ()),
    "poisson": ({"lam": 1.0}, ()),
    "binomial": ({"n": REQUIRED, "p": REQUIRED}, ()),
    "geometric": ({"p": REQUIRED}, ()),
    "integers": ({"low": REQUIRED, "high": None}, ()),
    "randint": ({"low": REQUIRED, "high": None}, ()),
}
"""By name: the parameters with their defaults, and the derivative of a sample by each, as of an elementwise rule."""

_COUNTS = ("poisson", "binomial", "geometric", "integers", "randint")


DISCRETE = frozenset(f"{kind}.{name}" for kind in ("generator", "random") for name in _COUNTS)
"""Distributions of integers: no sample has a derivative, and the derivative of what is expected is not zero."""


def _signature(parameters: dict[str, Any], *first: str) -> Callable[..., Any]:
    """A function with these parameters and `size`, to bind arguments by."""
    given = [*first, *(n if d is REQUIRED else f"{n}={d!r}" for n, d in parameters.items()), "size=None"]
    function: Callable[..., Any] = eval(f"lambda {', '.join(given)}: None")
    return function


def _draw(name: str, generator: Any, *arguments: Any) -> Any:
    return getattr(the_object(generator), name)(*arguments)


def _modes(partial: Pullback, number: int, skipped: int) -> tuple[Pullback, Pullback]:
    """Pullback and pushforward of a parameter, from a partial that gets neither the generator nor the size."""

    @functools.wraps(partial)
    def pull(g: Any, y: Any, *operands: Any, **_: Any) -> Any:
        parameters = operands[skipped:-1]
        return unbroadcast(partial(g, y, *parameters), np.shape(parameters[number]))

    @functools.wraps(partial)
    def push(x_dot: Any, y: Any, *operands: Any, **_: Any) -> Any:
        return partial(x_dot, y, *operands[skipped:-1])

    return pull, push


def _register(name: str, parameters: dict[str, Any], smooth: tuple[Pullback, ...]) -> None:
    refused = [(_refused(name, parameter),) * 2 for parameter in parameters]
    infer = _sample_type("int64" if name in _COUNTS else "float64", len(parameters))

    def modes(skipped: int) -> tuple[list[Pullback], list[Pullback]]:
        own = [_modes(partial, number, skipped) for number, partial in enumerate(smooth)] or refused
        return [pull for pull, _ in own], [push for _, push in own]

    pulled, pushed = modes(1)
    METHODS[name] = vjp(
        functools.partial(_draw, name),
        None,
        *pulled,
        None,
        jvp=(None, *pushed, None),
        infer=infer,
        signature=_signature(parameters, "generator"),
        name=f"generator.{name}",
        spelling="",
        effect=True,
    )
    legacy = getattr(np.random, name, None)
    if legacy is not None:
        pulled, pushed = modes(0)
        vjp(
            legacy,
            *pulled,
            None,
            jvp=(*pushed, None),
            infer=infer,
            signature=_signature(parameters),
            name=f"random.{name}",
            spelling=f"np.random.{name}",
            effect=True,
        )


for _name, (_parameters, _smooth) in _DISTRIBUTIONS.items():
    _register(_name, _parameters, _smooth)


def _of_dims(*dims: Type) -> tuple[Type, ...]:
    return (array("float64", tuple(map(length_from, dims))) if dims else scalar("float64", weak=True),)


for _name in ("rand", "randn"):
    vjp(
        getattr(np.random, _name),
        None,
        infer=_of_dims,
        signature=lambda *dims: None,
        name=f"random.{_name}",
        spelling=f"np.random.{_name}",
        effect=True,
    )
    METHODS[_name] = vjp(
        functools.partial(_draw, _name),
        None,
        None,
        infer=lambda _, *dims: _of_dims(*dims),
        signature=lambda generator, *dims: None,
        name=f"generator.{_name}",
        spelling="",
        effect=True,
    )


def _generator_type(*_: Type, **__: Any) -> tuple[Type, ...]:
    return (GENERATOR,)


for _function in (np.random.default_rng, np.random.RandomState):
    vjp(
        _function,
        None,
        infer=_generator_type,
        signature=lambda seed=None: None,
        name=f"random.{_function.__name__}",
        spelling=f"np.random.{_function.__name__}",
        effect=True,
    )
vjp(
    np.random.seed,
    None,
    infer=lambda *_: (Type("opaque"),),
    signature=lambda seed=None: None,
    name="random.seed",
    spelling="np.random.seed",
    effect=True,
)


def _permutation_type(*operands: Type) -> tuple[Type, ...]:
    x = operands[-1]
    if x.kind == "scalar":
        return (array("int64", shape_from(x)),)
    return (array(x.dtype, x.shape),)


vjp(
    np.random.permutation,
    _refused("permutation", "x"),
    jvp=_refused("permutation", "x"),
    infer=_permutation_type,
    signature=lambda x: None,
    name="random.permutation",
    spelling="np.random.permutation",
    effect=True,
)
METHODS["permutation"] = vjp(
    functools.partial(_draw, "permutation"),
    None,
    _refused("permutation", "x"),
    jvp=(None, _refused("permutation", "x")),
    infer=_permutation_type,
    signature=lambda generator, x: None,
    name="generator.permutation",
    spelling="",
    effect=True,
)
