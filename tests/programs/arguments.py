"""Arguments and results that are structures.

They have a table of their own: each is checked for all its arguments that hold floating-point numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from .table import Example, M, N, X, Y

STRUCTURED: list[Example] = []


def structured(*arguments: Any, untyped: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, to be run on `arguments`."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        STRUCTURED.append(Example(function, arguments, untyped))
        return function

    return enter


# Tuples and lists


@structured((M, X[:2]), X[:3])
@structured([M, X[:2]], X[:3])
def unpacked(p, x):
    W, b = p
    return np.sum(np.tanh(W @ x + b) ** 2)


@structured([X, Y, 2.0])
def indexed(p):
    return np.sum(p[0] * p[-1]) + np.sum(p[0] * p[0])


@structured([(M, X[:2]), (M[:, :2].copy(), Y[:2])], X[:3])
def loop_over_pairs(layers, x):
    for W, b in layers:
        x = np.tanh(W @ x + b)
    return np.sum(x)


@structured(([X, [Y, 3]], "name", None, 2.5), untyped=False)
def nested_with_other_leaves(p):
    (x, (y, n)), _, nothing, s = p
    if nothing is None:
        return np.sum(x * y) * n * s
    return np.sum(x)


@structured([1.5, 2, True, np.float64(0.5), np.array(0.25)], untyped=False)
def numbers_of_every_kind(p):
    a, n, flag, c, d = p
    return a**n * c + d * a if flag else a


@structured([X], 3)
def leaf_is_an_operand_in_a_loop(p, n):
    x = p[0]
    s = 0.0
    for _ in range(n):
        x = np.sin(x) * p[0]
        s += np.sum(x)
    return s


@structured([M, 1])
def axis_among_the_leaves(p):
    return np.sum(np.prod(p[0], axis=p[1]))


@structured((M, (0, 1)))
def axes_are_a_constant(p):
    return np.sum(p[0], axis=p[1]) ** 2


@structured([X.copy(), Y], 2.0)
def leaf_changed_in_place(p, s):
    p[0][1:] = p[1][1:] * s
    p[0][0] *= p[1][0]
    return np.sum(p[0] * p[1] ** 2)


@structured(([], X, [[]]))
def empty_parts(p):
    return np.sum(p[1] ** 2) + len(p[0])


@structured([X], [Y])
def same_names_in_two_arguments(p, q):
    return np.sum(p[0] * q[0]) + q[0][1]


@structured([X, Y], X)
def variable_of_the_name_of_a_parameter(p, x):
    p, q = p
    x = x * p
    return np.sum(x * q)


@structured([[X, Y], [Y, X]], untyped=False)
def branch_on_a_leaf(pairs):
    total = 0.0
    for a, b in pairs:
        if a[0] > b[0]:
            total += np.sum(a * b)
        else:
            total -= np.sum(a * a)
    return total


# Dicts


@structured({"W": M, "U": M[:, :2].copy(), "b": X[:2]}, np.array([[0.1, 0.5], [-0.3, 0.2]]))
def recurrent_network(p, xs):
    h = np.zeros(3)
    for x in xs:
        h = np.tanh(p["W"].T @ x + p["W"].T @ p["U"] @ x + p["W"].T @ p["b"] + h * 0.5)
    return np.sum(h * h)


@structured({"a": {"x": X, "y": Y}, "n": 2, "names": ["u", "v"], 3: 0.5, (1, "k"): 1.5}, untyped=False)
def keys_of_every_kind(p):
    total = 0.0
    for key, value in p["a"].items():
        total += np.sum(value**2) if key == "x" else np.sum(value)
    return total * p[3] * p[1, "k"] ** p["n"] + len(p["names"])


@structured({"x": X, "scale": 2.0}, {"x": Y})
def one_key_in_two_dicts(p, q):
    return np.sum(p["x"] * q["x"]) * p["scale"]


@structured({"x": X, "flag": True, "missing": None}, untyped=False)
def keys_that_are_asked_for(p):
    total = np.sum(p["x"]) * p.get("factor", 3.0)
    if p["flag"] and p["missing"] is None:
        total = total * total
    return total


@structured({"x": X.copy(), "y": Y})
def dict_changed_by_the_function(p):
    p["x"] = p["x"] * p["y"]
    p["z"] = np.sum(p["x"])
    return p["z"] * p["x"][0]


@structured([X])
def list_changed_by_the_function(xs):
    xs.append(xs[0] * 2)
    xs[0] = xs[1] * xs[0]
    return np.sum(xs[0]) + np.sum(xs[-1])


# Named tuples, dataclasses, objects


class Pair(NamedTuple):
    W: Any
    b: Any


@dataclass(frozen=True)
class Affine:
    W: Any
    b: Any
    name: str = "affine"

    def __call__(self, x):
        return self.W @ x + self.b


@dataclass
class Scale:
    __slots__ = ("factor", "shift")
    factor: Any
    shift: Any


class Base:
    def __init__(self, w, n):
        self.w = w
        self.n = n

    @property
    def squared(self):
        return self.w * self.w

    def energy(self, x):
        return np.sum(self.squared * x) * self.n


class Derived(Base):
    def __init__(self, w, n, inner):
        super().__init__(w, n)
        self.inner = inner

    def energy(self, x):
        return super().energy(x) + self.inner(x)[0]


@structured(Pair(M, X[:2]), X[:3])
def named_tuple(p, x):
    return np.sum(np.sin(p.W @ x + p.b)) + p[1][0]


@structured([Pair(M, X[:2]), Pair(N, 0.5)], X[:3])
def list_of_named_tuples(pairs, x):
    total = 0.0
    for W, b in pairs:
        total += np.sum(np.sin(W @ x + b))
    return total


@structured(Affine(M, X[:2]), X[:3])
def frozen_dataclass(layer, x):
    return np.sum(np.tanh(layer(x)) ** 2)


@structured(Scale(X, 0.5), Y)
def object_with_slots(scale, x):
    return np.sum(x * scale.factor + scale.shift)


@structured(Derived(X[:3], 2, Affine(M, X[:2])), Y[:3], untyped=False)
def inherited_methods_and_properties(model, x):
    return model.energy(x) + np.sum(model.w)


@structured(SimpleNamespace(w=X, inner=SimpleNamespace(w=Y, label="inner")))
def namespace(p):
    return np.sum(p.w * p.inner.w)


@structured({"layers": [Affine(M, X[:2], "first"), Affine(N[:, :2].copy(), Y[:2])], "scale": Scale(2.0, Y[0])}, X[:3])
def objects_in_containers(p, x):
    for layer in p["layers"]:
        x = np.tanh(layer(x))
    return np.sum(x) * p["scale"].factor + p["scale"].shift


@structured(Base(X.copy(), 2), untyped=False)
def attribute_changed_by_the_function(p):
    p.w = p.w * 2
    p.w[0] = 3.0
    return np.sum(p.w * p.w) * p.n


# Any number of arguments


def weighted_sum(x, *rest, scale=1.0, **options):
    total = np.sum(x) * scale
    for number, item in enumerate(rest):
        total += np.sum(item * x) * (number + 1)
    for value in options.values():
        total *= value
    return total


@structured((X, Y, 2.0))
def starred_call(p):
    return weighted_sum(*p, scale=p[2], power=p[2])
