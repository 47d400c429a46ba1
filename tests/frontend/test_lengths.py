"""Lengths that are known before a program runs, against those that it really has, over random programs and sizes.

Each program slices, joins, multiplies and walks along vectors and a matrix, by bounds that it computes from their
lengths. It is called with several sizes in a row, some of which break what the code of an earlier call was compiled
for: code that does not notice computes a wrong gradient.
"""

from __future__ import annotations

import random
from collections import ChainMap
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies
from numerics import central_difference
from random_programs import defined, sampled

import adcompiler as ad
from adcompiler.compiler import Goal, _lower_with_needed_values
from adcompiler.frontend.facts import Facts
from adcompiler.frontend.parse import function_source
from adcompiler.ir.dims import Dim, Extent, lower_bound, value_of
from adcompiler.ir.nodes import UNDEFINED, Program, Region, Value
from adcompiler.ir.types import Type
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.testing import evaluation
from adcompiler.transform.reverse import reverse
from adcompiler.values import Lengths

SIZES = (1, 2, 3, 4, 5, 6, 8, 9)


# Programs


class Writer:
    """Writes a program of some statements; each has run on arguments of the first sizes."""

    def __init__(self, seed: int, arguments: tuple[Any, ...]) -> None:
        self.random = random.Random(seed)
        self.namespace: dict[str, Any] = dict(zip(("x", "y", "A"), arguments, strict=True), np=np)
        self.vectors, self.numbers = ["x", "y"], ["len(x)", "y.shape[0]", "A.shape[0]", "A.shape[1]"]
        self.lines: list[str] = []

    def write(self, count: int) -> str:
        """The text of the program."""
        while len(self.lines) < count:
            self._try(self._statement())
        total = " + ".join(f"np.sum(np.sin({vector}) * {vector})" for vector in self.vectors)
        body = "\n".join(f"    {line}" for line in "\n".join(self.lines).split("\n"))
        return f"def program(x, y, A):\n{body}\n    return {total}\n"

    def _try(self, found: tuple[str, str | None, bool]) -> None:
        text, name, is_vector = found
        namespace = {key: np.copy(v) if isinstance(v, np.ndarray) else v for key, v in self.namespace.items()}
        try:
            exec(text, namespace)
        except (ValueError, IndexError, ZeroDivisionError, OverflowError, MemoryError):
            return
        if name is not None and is_vector and not (np.ndim(namespace[name]) == 1 and len(namespace[name]) <= 60):
            return
        if any(np.max(np.abs(v), initial=0) > 50 for v in namespace.values() if isinstance(v, np.ndarray)):
            return
        self.namespace = namespace
        self.lines.append(text)
        known = self.vectors if is_vector else self.numbers
        if name is not None and name not in known:
            known.append(name)

    def _name(self, stem: str, known: list[str]) -> str:
        return f"{stem}{sum(name.startswith(stem) for name in known)}"

    def _vector(self) -> str:
        return self.random.choice(self.vectors)

    def _number(self) -> str:
        small = str(self.random.randrange(4))
        one, other = self.random.choice(self.numbers), self.random.choice(self.numbers)
        return self.random.choice((small, one, one, f"{one} - {small}", f"{one} + {small}", f"{one} - {other}"))

    def _bound(self) -> str:
        small = str(self.random.randrange(1, 4))
        number = self._number()
        return self.random.choice(("", "", small, f"-{small}", number, f"-({number})", f"{number} - 1"))

    def _slice(self) -> str:
        step = self.random.choice(("",) * 6 + (":2", ":-1"))
        return f"{self._bound()}:{self._bound()}{step}"

    def _statement(self) -> tuple[str, str | None, bool]:
        choice = self.random.choice
        vector, other, number, part = self._vector(), self._vector(), self._number(), self._slice()
        v = self._name("v", self.vectors)
        kind = self.random.randrange(16)
        if kind < 3:
            return f"{v} = {vector}[{part}]", v, True
        if kind < 6:
            return f"{v} = {vector}{choice(('', f'[{part}]'))} {choice('+-*')} {other}", v, True
        if kind == 6:
            return f"{v} = np.{choice(('zeros', 'ones'))}({number}) + {choice(('0.5', vector, 'x[0]'))}", v, True
        if kind == 7:
            return f"{v} = np.concatenate(({vector}, {other}[{part}]))", v, True
        if kind == 8:
            row = choice((f"A[0, {part}]", f"A[{part}, -1]", "A.ravel()", f"A[{part}, :1].reshape(-1)", "A[0]"))
            return f"{v} = {row}", v, True
        if kind == 9:
            product = choice((f"A @ {vector}", f"{vector} @ A", f"A.T @ {vector}[{part}]", f"A[{part}] @ {vector}"))
            return f"{v} = {product}", v, True
        if kind == 10:
            k = self._name("k", self.numbers)
            one, two = choice(self.numbers), choice(self.numbers)
            text = choice(
                (number, f"2 * {one}", f"{one} // 2", f"{one} - {one} // 2", f"{one} + {two}", f"len({vector})")
            )
            return f"{k} = {text}", k, False
        if kind == 11:
            sum_ = choice(
                (
                    f"np.sum({vector}[i : i + {choice('123')}] * {other}[i : i + {choice('123')}])",
                    f"np.sum({vector}[:i]) * np.sum({other}[i:])",
                    f"np.sum({vector}[i : i + {number}]) - np.sum({other}[i - 1 : i + 2])",
                    f"np.sum(A[i, :i] * {vector}[:i]) + np.sum(A[i:, 0] * {other}[i:])",
                )
            )
            range_ = choice((f"range({number})", f"range(1, {number})", f"reversed(range({number}))"))
            return f"{v} = np.ones(1)\nfor i in {range_}:\n    {v} = {v} + 0.1 * {sum_}", v, True
        if kind == 12:
            step = choice((f"{v}[1:]", f"{v} * {other}", f"{v} + {other}[{part}]", f"np.sin({v}[{part}])", f"{v}[:-1]"))
            return f"{v} = {vector} * 1.0\nfor _ in range({number}):\n    {v} = 0.5 * ({step})", v, True
        if kind == 13:
            write = choice(
                (f"{v}[{part}] = {other}[{self._slice()}]", f"{v}[{part}] += 0.1 * {other}", f"{v}[{part}] *= 0.5")
            )
            return f"{v} = {vector} * 1.0\n{write}", v, True
        if kind == 14:
            branches = f"    {v} = {vector}[{part}]\nelse:\n    {v} = {other} * 0.5"
            return f"if np.sum({vector}) > 0.1:\n{branches}", v, True
        inner = f"{v}[j : j + {choice('12')}] += 0.1 * {other}[i : i + {choice('12')}]"
        loops = f"for i in range({number}):\n    for j in range({choice(('i', number))}):\n        {inner}"
        return f"{v} = {vector} * 1.0\n{loops}", v, True


def made(seed: int, sizes: tuple[int, ...]) -> tuple[Any, ...]:
    """Arguments of these sizes."""
    rng = np.random.default_rng(seed)
    n, m, rows, columns = sizes
    return rng.normal(size=n), rng.normal(size=m), rng.normal(size=(rows, columns))


def variants(seed: int) -> list[tuple[int, ...]]:
    """Sizes of calls in a row: the same relations at other sizes, and others."""
    chosen = random.Random(seed)
    n, m = chosen.choice(SIZES), chosen.choice(SIZES)
    first = (n, *chosen.choice(((m, n, m), (n, n, n), (2 * n, n, m), (n + 1, n, n + 2), (m, m, n))))
    grown = tuple(size + 1 for size in first)
    doubled = tuple(2 * size for size in first)
    one = tuple(1 if size == first[1] else size for size in first)
    moved = tuple(max(1, size + chosen.choice((-1, 0, 0, 2))) for size in first)
    return [first, grown, doubled, one, moved, first]


# What is asked of each


@sampled(150)
@given(strategies.integers(0, 2**32))
def test_code_compiled_for_some_lengths_is_not_used_for_others(seed):
    several = variants(seed)
    text = Writer(seed, made(seed, several[0])).write(1 + seed % 5)
    function = defined(text)
    compiled = ad.value_and_grad(function, (0, 1, 2))
    for number, sizes in enumerate(several):
        arguments = made(seed + number, sizes)
        try:
            expected = function(*arguments)
        except (ValueError, IndexError):
            continue  # not a program for these sizes
        try:
            value, gradients = compiled(*arguments)
        except ad.DifferentiationError:
            return
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9, err_msg=f"{text}\n{compiled.source}")
        for position, gradient in enumerate(gradients):
            differences = central_difference(function, arguments, position, 1e-6)
            coarse = central_difference(function, arguments, position, 1e-5)
            if np.allclose(differences, coarse, rtol=1e-4, atol=1e-5):
                np.testing.assert_allclose(
                    gradient, differences, rtol=1e-3, atol=1e-4, err_msg=f"{sizes}\n{text}\n{compiled.source}"
                )


@sampled(150)
@given(strategies.integers(0, 2**32))
def test_every_value_has_the_lengths_that_its_type_says(seed):
    sizes = variants(seed)[0]
    arguments = made(seed, sizes)
    text = Writer(seed, arguments).write(1 + seed % 6)
    function = defined(text)
    lengths = Lengths()
    types = {name: lengths.type_of(value) for name, value in zip(("x", "y", "A"), arguments, strict=True)}
    facts = Facts(ChainMap({}, lengths.numbers))
    goal = Goal("grad", ("x", "y", "A"))
    source = function_source(function)
    given_values = dict(zip(types, arguments, strict=True))
    try:
        lowered, _ = _lower_with_needed_values(source, types, given_values, None, goal, facts, any_wrt=False)
    except ad.DifferentiationError:
        return
    assert all(fact.holds(lengths.numbers) for fact in lowered.facts)
    primal = run(SIMPLIFY, lowered.program)
    adjoint = reverse(primal, (0, 1, 2), as_tuple=True)
    for program in (lowered.program, primal, adjoint, run(OPTIMISE, adjoint)):
        watch = Watch(dict(facts.values), f"{text}\n{lowered.facts}")
        watch.run(program, arguments)


class Watch:
    """Runs a program and compares every value with its type."""

    def __init__(self, lengths: dict[str, int], about: str) -> None:
        self.lengths, self.about = lengths, about

    def run(self, program: Program, arguments: tuple[Any, ...]) -> None:
        with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
            patch.setattr(evaluation, "_run", self._run)
            evaluation.evaluate(program, *map(np.copy, arguments))

    def _run(self, region: Region, arguments: tuple[Any, ...], scope: Any) -> list[Any]:
        environment = dict(scope) | dict(zip(region.parameters, arguments, strict=True))
        for value in region.parameters:
            for symbol in _symbols(value.type):
                if "#" in symbol:
                    self.lengths.pop(symbol, None)
        for value in region.parameters:
            self._check(value, environment[value])
        for equation in region.equations:
            results = evaluation._apply(equation, environment)
            environment.update(zip(equation.outputs, results, strict=True))
            for value in equation.outputs:
                for symbol in _symbols(value.type):
                    if symbol.startswith(f"{value.name}#"):
                        self.lengths.pop(symbol, None)
                self._check(value, environment[value])
        return [evaluation._read(atom, environment, may_be_undefined=True) for atom in region.results]

    def _check(self, value: Value, actual: Any, type: Type | None = None) -> None:
        type = value.type if type is None else type
        if type.kind == "tuple" and isinstance(actual, tuple) and len(actual) == len(type.elements):
            for part, element in zip(actual, type.elements, strict=True):
                self._check(value, part, element)
        if actual is UNDEFINED or not type.is_numeric:
            return
        if isinstance(type.shape, tuple):
            shape = np.shape(actual)
            assert len(shape) == len(type.shape), f"{value}: {type} has shape {shape}\n{self.about}"
            for dim, length in zip(type.shape, shape, strict=True):
                assert self._is(dim, length), f"{value}: {type} has shape {shape}, {self.lengths}\n{self.about}"
        if type.extent is not None:
            assert self._is(type.extent, int(actual)), f"{value}: {type} is {actual}, {self.lengths}\n{self.about}"

    def _is(self, dim: Dim, actual: int) -> bool:
        if isinstance(dim, Extent) and dim.symbol is not None and not dim.symbol.function:
            self.lengths.setdefault(dim.symbol.name, actual)
        value = value_of(dim, self.lengths)
        if value is None:
            return True  # a part of an array whose axis is named after its elements: `n[::2]`
        least, most = lower_bound(dim), lower_bound(-dim)
        if isinstance(dim, Extent) and any("#" in symbol.name for symbol in dim.symbols):
            least = most = None  # bounds of the indices of loops are bounds of other values
        return value == actual and (least is None or least <= value) and (most is None or value <= -most)


def _symbols(type: Type) -> list[str]:
    dims = (*(type.shape if isinstance(type.shape, tuple) else ()), type.extent)
    own = [symbol.name for dim in dims if isinstance(dim, Extent) for symbol in dim.symbols]
    return own + [name for element in type.elements for name in _symbols(element) if type.kind == "tuple"]


def gates(x, w):
    size = w.shape[0]
    y = x @ w
    return np.sum(y[:, :size] * np.tanh(y[:, size:]))


def test_stated_types_say_how_lengths_are_related() -> None:
    text = ad.source(gates, types={"x": "float64[b, n]", "w": "float64[n, 2*n]"})
    assert "unbroadcast" not in text
    assert "unbroadcast" in ad.source(gates, types={"x": "float64[b, n]", "w": "float64[n, m]"})
    with pytest.raises(ValueError, match="neither a length"):
        ad.source(gates, types={"x": "float64[b, n - 3]", "w": "float64[n, m]"})
