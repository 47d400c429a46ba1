"""What is asked of an entry: its value, both modes, the second derivative, and PyTorch's opinion."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from random_programs import defined

import adcompiler as ad
from tests.functions.duals import pushed
from tests.functions.table import Row, torch

_STEP = 2e-3
"""Far enough that rounding does not show, as differences of sixth order allow; kinks must be farther away."""


def check_value_and_pullback(row: Row, arguments: tuple[Any, ...]) -> None:
    """The compiled value is Python's, and the pullback agrees with differences in a random direction."""
    expected = row.function(*copy.deepcopy(arguments))
    value, cotangents, shown = _pulled(row, arguments)
    for part, wanted in zip(parts_of(value), parts_of(expected), strict=True):
        np.testing.assert_allclose(part, wanted, rtol=1e-12, atol=1e-14, err_msg=shown)
        assert np.shape(part) == np.shape(wanted)
    weights = weights_for(expected)
    rng = np.random.default_rng(2)
    for position in row.differentiated(arguments):
        argument, cotangent = arguments[position], cotangents[position]
        assert np.shape(cotangent) == np.shape(argument), shown
        assert np.result_type(cotangent) == np.result_type(argument), shown
        direction = _random(argument, rng)

        def along(
            distance: float, position: int = position, argument: Any = argument, direction: Any = direction
        ) -> np.ndarray:
            varied = list(copy.deepcopy(arguments))
            varied[position] = argument + distance * direction
            return _weighted(weights, row.function(*varied))

        pushed = slope(along)
        wanted = float(np.sum(pushed))
        found = float(np.sum(np.real(np.conj(cotangent) * direction)))
        scale = max(float(np.sum(np.abs(pushed))), 1e-3 * float(np.sum(np.abs(along(0.0)))))
        assert abs(found - wanted) <= row.tolerance * scale + 1e-13, (
            f"{row}, argument {position}: the pullback gives {found}, differences give {wanted}\n{shown}"
        )


def check_code_without_types(row: Row, arguments: tuple[Any, ...]) -> None:
    """Code that is valid for every rank, where there is any, agrees with the code that a call compiles."""
    objective = _Objective(row, arguments)
    if any(map(np.iscomplexobj, objective.values)):
        return  # without types, numbers are taken to be real
    try:
        code = ad.grad(objective.function(annotated=False), objective.numbers).generic()
    except ad.DifferentiationError:
        return
    _, cotangents, shown = _pulled(row, arguments)
    free = [each.name for each in inspect.signature(code).parameters.values() if each.kind is each.KEYWORD_ONLY]
    keywords = {name: row.function.__globals__[name] for name in free}
    try:
        found = code(*copy.deepcopy(objective.values), *objective.constants, **keywords)
    except AssertionError:
        return  # the code asks for a type
    for position, cotangent in zip(row.differentiated(arguments), found, strict=True):
        np.testing.assert_allclose(cotangent, cotangents[position], rtol=1e-9, atol=1e-11, err_msg=shown)


def check_second_order(row: Row, arguments: tuple[Any, ...]) -> None:
    """The compiled derivative of a directional derivative agrees with its differences."""
    objective = _Objective(row, arguments)
    rng = np.random.default_rng(3)
    directions = {f"d{n}": np.conj(_random(value, rng)) for n, value in enumerate(objective.values)}
    terms = " + ".join(f"np.sum({_real(f'd{n} * bars[{n}]', value)})" for n, value in enumerate(objective.values))
    text = (
        f"def program({', '.join([*objective.names, *directions])}):\n"
        f"    bars = gradient({', '.join(objective.names)})\n"
        f"    return {terms}\n"
    )
    gradient = ad.grad(objective.function(annotated=True), objective.numbers)
    directional = defined(text, {"np": np, "gradient": gradient})
    constants = (*objective.constants, *directions.values())
    second = ad.grad(directional, objective.numbers)
    found = second(*copy.deepcopy(objective.values), *constants)
    shown = f"\n{gradient.source}\n{second.source}"
    for number, bar in enumerate(found):
        direction = _random(objective.values[number], rng)

        def along(distance: float, number: int = number, direction: Any = direction) -> np.ndarray:
            varied = list(copy.deepcopy(objective.values))
            varied[number] = varied[number] + distance * direction
            return np.asarray(directional(*varied, *constants))

        wanted = float(slope(along))
        result = float(np.sum(np.real(np.conj(bar) * direction)))
        scale = max(1.0, abs(wanted), float(np.abs(along(0.0))))
        assert abs(result - wanted) <= 10 * row.tolerance * scale, (
            f"{row}, argument {number}, order two: found {result}, differences give {wanted}{shown}"
        )


def check_pushforward(row: Row, arguments: tuple[Any, ...]) -> None:
    """The derivative in a random direction, by pushforwards, is that which the pullback gives."""
    rng = np.random.default_rng(4)
    names = tuple(inspect.signature(row.function).parameters)
    directions = {position: _random(arguments[position], rng) for position in row.differentiated(arguments)}
    _, tangents = pushed(row.function, arguments, {names[p]: direction for p, direction in directions.items()})
    value, cotangents, _ = _pulled(row, arguments)
    weights = weights_for(value)
    tangents = tangents if isinstance(value, tuple | list) and tangents is not None else (tangents,) * len(weights)
    pairs = [(w, tangent) for w, tangent in zip(weights, tangents, strict=True) if tangent is not None]
    found = sum(float(np.sum(np.real(np.conj(w) * tangent))) for w, tangent in pairs)
    wanted = sum(float(np.sum(np.real(np.conj(cotangents[p]) * v))) for p, v in directions.items())
    scale = sum(float(np.sum(np.abs(w) * np.abs(tangent))) for w, tangent in pairs)
    tolerance = 1e-5 if any(np.result_type(arguments[p]) in (np.float32, np.complex64) for p in directions) else 1e-9
    assert abs(found - wanted) <= tolerance * max(scale, abs(wanted), 1e-3), f"{row}: forward {found}, reverse {wanted}"


def check_single_precision(row: Row, arguments: tuple[Any, ...]) -> None:
    """The gradient for float32 is float32, and near that for float64."""
    _, wanted, _ = _pulled(row, arguments)
    with np.errstate(all="ignore"):
        _, found, shown = _pulled(row, tuple(map(_single, arguments)))
    for position, cotangent in found.items():
        if cotangent is None:
            continue
        assert np.result_type(cotangent) == np.result_type(_single(arguments[position])), f"{row}\n{shown}"
        scale = float(np.max(np.abs(wanted[position]), initial=0))
        np.testing.assert_allclose(cotangent, wanted[position], rtol=1e-2, atol=2e-3 * max(1, scale), err_msg=shown)


def _single(value: Any) -> Any:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fc":
        return value
    return value.astype(np.complex64 if value.dtype.kind == "c" else np.float32)


def check_tensors(row: Row, arguments: tuple[Any, ...]) -> None:
    """Of Tensors, the value is the same, and so are the gradients that the tape gives."""
    positions = row.differentiated(arguments)
    tensors = [
        ad.tensor(argument, requires_grad=number in positions) if isinstance(argument, np.ndarray) else argument
        for number, argument in enumerate(arguments)
    ]
    value, cotangents, _ = _pulled(row, arguments)
    found = row.function(*tensors)
    total = 0.0
    for part, wanted, weight in zip(parts_of(found), parts_of(value), weights_for(value), strict=True):
        np.testing.assert_allclose(part.detach().numpy(), wanted, rtol=1e-12, atol=1e-14)
        total = total + (part * weight).sum()
    total.backward()
    for position in positions:
        np.testing.assert_allclose(tensors[position].grad.numpy(), cotangents[position], rtol=1e-11, atol=1e-13)


def check_against_torch(row: Row, arguments: tuple[Any, ...]) -> None:
    """Value and gradients are PyTorch's."""
    positions = row.differentiated(arguments)
    tensors = [
        torch.tensor(argument, requires_grad=number in positions)
        if isinstance(argument, np.ndarray)
        else torch.tensor(argument, requires_grad=number in positions, dtype=_torch_dtype(argument))
        if isinstance(argument, float | complex)
        else argument
        for number, argument in enumerate(arguments)
    ]
    with np.errstate(all="ignore"):
        value, cotangents, shown = _pulled(row, arguments)
    theirs = row.in_torch(*tensors)
    parts = theirs if isinstance(theirs, tuple | list) else (theirs,)
    total = 0.0
    for part, ours, weight in zip(parts, parts_of(value), weights_for(value), strict=True):
        np.testing.assert_allclose(ours, part.detach().resolve_conj().numpy(), rtol=1e-9, atol=1e-12, err_msg=shown)
        if part.requires_grad:
            total = total + (part * torch.tensor(weight).conj()).sum().real
    if isinstance(total, torch.Tensor):
        total.backward()
    for position in positions:
        expected = tensors[position].grad
        expected = np.zeros(np.shape(arguments[position])) if expected is None else expected.resolve_conj().numpy()
        np.testing.assert_allclose(
            cotangents[position], expected, rtol=1e-8, atol=1e-10, err_msg=f"{row}, argument {position}\n{shown}"
        )


def slope(function: Callable[[float], np.ndarray]) -> np.ndarray:
    """The derivative at 0, by central differences extrapolated to sixth order."""
    near, middle, far = ((function(step) - function(-step)) / (2 * step) for step in (_STEP, 2 * _STEP, 4 * _STEP))
    return (16 * (4 * near - middle) / 3 - (4 * middle - far) / 3) / 15


def parts_of(value: Any) -> tuple[Any, ...]:
    """The numbers and arrays of a result."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def weights_for(value: Any) -> tuple[Any, ...]:
    """A random weight for each number of a result."""
    rng = np.random.default_rng(1)
    return tuple(_random(part, rng) for part in parts_of(value))


_known: dict[tuple[int, int], tuple[Any, dict[int, Any], str]] = {}
"""What was computed for the points of rows, by identity: they live as long as the tests run."""


def _pulled(row: Row, arguments: tuple[Any, ...]) -> tuple[Any, dict[int, Any], str]:
    """The compiled value, the cotangents of the arguments that are differentiated, and the code."""
    key = id(row), id(arguments)
    if key in _known:
        return _known[key]
    given = copy.deepcopy(arguments)
    positions = row.differentiated(arguments)
    function, primals = row.function, given
    if row.wrt is not None:
        names = [f"x{number}" for number in range(len(given))]
        free = {name: given[number] for number, name in enumerate(names) if number not in positions}
        parameters = [names[position] for position in positions]
        text = f"def program({', '.join(parameters)}):\n    return function({', '.join(names)})\n"
        function = defined(text, {"function": row.function, **free})
        primals = tuple(given[position] for position in positions)
    value, pullback = ad.vjp(function, *primals)
    weights = weights_for(value)
    if isinstance(value, tuple | list):
        cotangents = pullback(type(value)(*weights) if hasattr(value, "_fields") else type(value)(weights))
    else:
        cotangents = pullback(weights[0])
    cotangents = cotangents if len(primals) > 1 else (cotangents,)
    shown = str(pullback.source)
    for after, before in zip(given, arguments, strict=True):
        np.testing.assert_array_equal(after, before, f"a gradient call changed its argument\n{shown}")
    found = value, dict(zip(positions if row.wrt is not None else range(len(primals)), cotangents, strict=True)), shown
    if any(arguments is point for point in (*row.points, *row.kinks)):
        _known[key] = found
    return found


class _Objective:
    """The weighted sum of the numbers of a result, as text: a function of the differentiated arguments and constants.

    Code that becomes part of another program has no arrays of its own, so that weights are arguments too.
    """

    def __init__(self, row: Row, arguments: tuple[Any, ...]) -> None:
        positions = row.differentiated(arguments)
        value = row.function(*copy.deepcopy(arguments))
        weights = {f"w{n}": np.conj(weight) for n, weight in enumerate(weights_for(value))}
        is_array = [isinstance(argument, np.ndarray) for argument in arguments]
        fixed = {f"c{n}": a for n, a in enumerate(arguments) if is_array[n] and n not in positions}
        given = [
            f"x{n}" if n in positions else f"c{n}" if is_array[n] else repr(argument)
            for n, argument in enumerate(arguments)
        ]
        self.values = tuple(arguments[position] for position in positions)
        self.constants = (*fixed.values(), *weights.values())
        self.numbers = tuple(range(len(positions)))
        self.names = [f"x{position}" for position in positions] + [*fixed, *weights]
        parts = ["y"] if not isinstance(value, tuple | list) else [f"y[{n}]" for n in range(len(value))]
        terms = [
            f"np.sum({_real(f'w{n} * {part}', number)})"
            for n, (part, number) in enumerate(zip(parts, parts_of(value), strict=True))
        ]
        self._body = f"    y = function({', '.join(given)})\n    return {' + '.join(terms)}\n"
        self._names = {"np": np, "function": row.function}

    def function(self, *, annotated: bool) -> Callable[..., Any]:
        """The function that it is, with types in its parameters' annotations."""
        types = [f': "{_type_text(value)}"' if annotated else "" for value in (*self.values, *self.constants)]
        parameters = ", ".join(name + type_ for name, type_ in zip(self.names, types, strict=True))
        return defined(f"def program({parameters}):\n{self._body}", dict(self._names))


def _type_text(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype.name}[{', '.join(map(str, value.shape))}]"
    return type(value).__name__


def _real(text: str, value: Any) -> str:
    return f"np.real({text})" if np.iscomplexobj(value) else text


def _random(value: Any, rng: np.random.Generator) -> Any:
    def numbers() -> Any:
        return rng.uniform(0.5, 1.5, np.shape(value)) * rng.choice([-1.0, 1.0], np.shape(value))

    sample = numbers() + 1j * numbers() if np.iscomplexobj(value) else numbers()
    return sample if isinstance(value, np.ndarray) else sample[()]


def _weighted(weights: tuple[Any, ...], value: Any) -> np.ndarray:
    return np.concatenate(
        [np.ravel(np.real(np.conj(w) * part)) for w, part in zip(weights, parts_of(value), strict=True)]
    ).astype(float)


def _torch_dtype(value: Any) -> Any:
    return torch.complex128 if isinstance(value, complex) else torch.float64
