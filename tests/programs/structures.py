"""Mutable structures: lists, dicts, instances and their methods."""

from __future__ import annotations

import copy
import dataclasses
from collections import namedtuple
from typing import NamedTuple

import numpy as np

from .table import X, example


@example(X, 0)
@example(X, 3)
def dict_items_trade_places(x, n):
    s = {"a": x, "b": x * 2}
    for _ in range(n):
        s["a"], s["b"] = s["b"] * 0.5, s["a"] + 1
    return np.sum(s["a"] * s["b"])


@example(X, 3)
def dict_made_anew_each_round(x, n):
    p = {"w": x, "b": 1.0}
    for _ in range(n):
        p = {"w": p["w"] * 0.9, "b": p["b"] + np.sum(p["w"])}
    return np.sum(p["w"]) * p["b"]


@example(X, 1.0)
@example(X, -1.0)
def dict_filled_in_branches(x, c):
    p = {}
    if c > 0:
        p["w"] = x * 2
        p["n"] = 3
    else:
        p["n"] = 4
        p["w"] = x * x
    return np.sum(p["w"]) * p["n"]


@example(X, 3)
def dict_filled_in_a_loop(x, n):
    p = {"h": x}
    for i in range(n):
        if i == 0:
            p["s"] = x * x
        p["h"] = p["h"] * 0.5 + x
        p["s"] = p["s"] + p["h"]
    return np.sum(p["s"] * p["h"])


@example(X)
def dict_methods(x):
    p = dict(a=x, b=2.0)
    q = p.copy()
    q.update({"c": np.sum(x)}, d=3.0)
    q["b"] *= 5.0
    total = q.pop("c") + q.get("missing", 1.5) + p["b"] * len(q) + q.setdefault("e", 4.0)
    for key, value in q.items():
        if key != "a":
            total = total * value
    r = {**p, "b": np.sum(p["a"])} | {"z": 2.0}
    return total + r["b"] * r["z"]


@example(X)
def list_with_two_names(x):
    a = [x, 2.0]
    b = a
    b[1] = 3.0
    b.append(np.sum(x))
    b += [1.0]
    return np.sum(a[0]) * a[1] * a[2] + len(a)


@example(X)
def list_methods(x):
    a = [x, x * 2, x * 3]
    a.insert(1, x * x)
    a.reverse()
    last = a.pop()
    first = a.pop(0)
    a.extend([first, last])
    a[1:3] = [last * 2]
    b = a.copy()
    b.clear()
    c = a[:2] + a[::-1] * 2
    return np.sum(a[0] * a[1] * c[-1]) + len(b) + len(c)


@example(X, 3)
def buffers_in_a_list(x, n):
    bufs = [x.copy(), np.zeros(4)]
    for _ in range(n):
        bufs[1][1:] = bufs[0][:-1] * 2
        bufs[0], bufs[1] = bufs[1], bufs[0]
    return np.sum(bufs[0] * bufs[0])


@example(X)
def nested_structures(x):
    net = {"layers": [{"w": x}, {"w": x * 2}], "n": 2}
    h = 1.0
    for layer in net["layers"]:
        layer["w"] = layer["w"] * 3
    for layer in net["layers"]:
        h = h * np.sum(layer["w"])
    return h * net["n"]


class Layer:
    """A layer of a network, with all that classes have."""

    scale = 2.0

    def __init__(self, w, b=0.5):
        self.w = w
        self.b = b
        self.calls = 0

    def __call__(self, h):
        self.calls += 1
        return self.act(h * self.w + self.b) * self.scale

    def act(self, z):
        return np.tanh(z)

    @property
    def norm(self):
        return np.sum(self.w * self.w)

    @norm.setter
    def norm(self, value):
        self.w = self.w * value

    @staticmethod
    def twice(a):
        return 2 * a

    @classmethod
    def make(cls, w):
        return cls(w, b=1.0)


class Strong(Layer):
    """A layer that inherits."""

    def __init__(self, w):
        super().__init__(w, b=0.25)
        self.extra = 3.0

    def act(self, z):
        return super().act(z) * self.extra


@example(X)
def classes(x):
    first, second, third = Layer(x), Strong(x * 2), Layer.make(x)
    h = second(first(x)) + third(x)
    second.norm = 2.0
    return np.sum(h) * first.calls + first.norm + Layer.twice(second.norm)


@example(X, 3)
def instance_changed_in_a_loop(x, n):
    layer = Layer(x)
    for _ in range(n):
        layer.w = layer.w * 0.9 + 0.1
        layer.b += np.sum(layer.w)
    return layer.b * np.sum(layer.w)


@example(X, 1.0)
@example(X, -1.0)
def instance_made_in_branches(x, c):
    layer = Layer(x) if c > 0 else Layer(x * 2, 1.0)
    return np.sum(layer(x))


@example(X)
def instance_and_early_exit(x):
    p = Layer(x)
    for _ in range(5):
        if np.sum(p.w) > 4:
            break
        p.w = p.w * 1.5
    return np.sum(p.w * p.w)


@dataclasses.dataclass
class Point:
    """A point with operators."""

    x: float
    y: float = 2.0
    tags: list = dataclasses.field(default_factory=list)

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Point(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Point(-self.x, -self.y)

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    def __len__(self):
        return 2


@example(0.7, 3)
def operators_of_a_dataclass(a, n):
    p = Point(a)
    for _ in range(n):
        p = 0.5 * (p + Point(a * a, 1.0))
    p.tags.append(p.x)
    return p.x * p.y + p.tags[0] + (-p)[0] * len(p)


Particles = namedtuple("Particles", "position velocity")


class Pair(NamedTuple):
    """A named tuple with a default and a method."""

    left: float
    right: float = 3.0

    def product(self):
        return self.left * self.right


@example(X, 4)
def named_tuples(x, n):
    s = Particles(x, x * 0)
    for _ in range(n):
        s = Particles(s.position + 0.1 * s.velocity, s.velocity - 0.1 * s.position)
    s = s._replace(velocity=s.velocity * 2)
    p, v = s
    return np.sum(p * v) + np.sum(s.position) + Pair(np.sum(x)).product()


def _weighted(x, **options):
    return np.sum(x) * options["a"] + options.get("b", 3.0)


@example(X)
def keywords_as_a_dict(x):
    options = {"a": 2.0}
    return _weighted(x, **options) + _weighted(x, a=1.0, b=np.sum(x))


@example(X)
def while_over_a_dict(x):
    s = {"y": x, "n": 0}
    while np.sum(s["y"] * s["y"]) < 1000:
        s["y"] = s["y"] * 2
        s["n"] += 1
    return np.sum(s["y"]) * s["n"]


@example(X)
def closure_that_writes_into_a_dict(x):
    state = {"total": 0.0}

    def add(v):
        state["total"] = state["total"] + np.sum(v * v)

    add(x)
    add(2 * x)
    return state["total"]


@example(X, untyped=False)
def copies(x):
    a = {"w": x * 1.0, "inner": [x * 2]}
    b, c = copy.copy(a), copy.deepcopy(a)
    b["inner"][0] = x * 3
    c["inner"][0] *= 2
    c["w"][0] = 5.0
    p = Point(np.sum(x))
    q = dataclasses.replace(p, y=4.0)
    d = dataclasses.asdict(q)
    return np.sum(a["inner"][0] * c["inner"][0]) + np.sum(a["w"] * c["w"]) + d["x"] * d["y"] + vars(p)["y"]


@example(X)
def deletions(x):
    p = {"a": x, "b": 2.0}
    xs = [x, x * 2, 3.0]
    layer = Layer(x)
    del p["a"], xs[0], layer.calls
    return np.sum(xs[0]) * p["b"] * len(p) * len(xs) + np.sum(layer.w)


@example(X, 0)
@example(X, 3)
def none_before_the_first_round(x, n):
    previous, best = None, None
    total = 0.0
    for i in range(n):
        if previous is not None:
            total = total + np.sum(previous * x)
        previous = x * (i + 1)
        if best is None or total > best:
            best = total + x[i]
    return total if best is None else total * best


def _first_above(x, limit):
    for v in x:
        if v > limit:
            return v
    return None


@example(X, 0.4)
@example(X, 5.0)
def helper_that_may_return_none(x, limit):
    found = _first_above(x, limit)
    if not found:
        return np.sum(x * x)
    return found * np.sum(x)


def _chosen(x, default=None):
    if default is None:
        default = {"scale": 2.0}
    return np.sum(x) * default["scale"]


@example(X, 1.0)
@example(X, -1.0)
def structure_or_none(x, c):
    options = {"scale": x[0]} if c > 0 else None
    layer = Layer(x)
    layer.b = None if c > 0 else 0.5
    shift = 0.1 if layer.b is None else layer.b
    return _chosen(x, options) + _chosen(x) + shift * np.sum(layer.w)


@example(X, 0)
@example(X, 3)
def keys_that_a_loop_adds(x, n):
    velocity = {}
    w = {"a": x, "b": 1.0}
    for _ in range(n):
        for key in w:
            velocity[key] = velocity.get(key, 0.0) * 0.9 - w[key] * 0.1
            w[key] = w[key] + velocity[key]
    if "a" in velocity:
        w["a"] = w["a"] * velocity["a"]
    return np.sum(w["a"]) * w["b"] + velocity.pop("b", 0.5) + velocity.setdefault("c", 2.0)


@example(X)
def walks_along_links(x):
    head = None
    for v in (x[0], x[1] * 2, x[2]):
        head = {"value": v, "next": head}
    total, node = 0.0, head
    while node is not None:
        total = total * 0.5 + node["value"]
        node = node["next"]
    return total * total


@example(X)
def objects_that_hold_each_other(x):
    a, b = {"v": x[0], "peers": []}, {"v": x[1], "peers": []}
    a["peers"].append(b)
    b["peers"].append(a)
    for node in (a, b):
        node["v"] = node["v"] + sum(peer["v"] for peer in node["peers"])
    return a["v"] * b["v"]


class Vector:
    """A vector with comparisons, iteration and the methods behind builtins."""

    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __abs__(self):
        return (self @ self) ** 0.5

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __iter__(self):
        return iter((self.x, self.y))

    def __contains__(self, value):
        return value == self.x

    def __setitem__(self, i, value):
        if i == 0:
            self.x = value
        else:
            self.y = value


@example(0.7, 1.3, untyped=False)
@example(1.7, -1.3, untyped=False)
def special_methods(a, b):
    u, v = Vector(a, b), Vector(b, 2.0)
    total = u @ v
    if u < v:
        total = total * 2
    if u != v and not (v == u):
        total = total + abs(u)
    u += v
    u[0] = u.y * 3
    x, y = u
    for part in v:
        total = total + part * x
    return total * y + (1.0 if a in u else 0.5)


@example(X)
def dict_in_the_order_of_its_keys(x):
    p = {"b": x * 2, "a": np.sum(x), "c": 3.0}
    total = 0.0
    for name, value in sorted(p.items()):
        total = total * 0.5 + np.sum(value) * len(name)
    return total * sorted([(2, x[0]), (1, x[1])])[0][1]


@example(X, 3)
def none_inside_of_what_an_object_holds(x, n):
    inner = Layer(x, None)
    outer = Layer(inner, x)
    for _ in range(n):
        if outer.w.b is None:
            outer.w.b = x
        else:
            x = x * outer.w.b[0]
    return np.sum(x)


def _forget(owner, c):
    if c > 0:
        owner.b = None
    return True


@example(X, 1.0)
@example(X, -1.0)
def none_again_after_it_was_tested(x, c):
    layer = Layer(x, x[0] if c < 2 else None)
    if layer.b is not None and _forget(layer, c):
        return np.sum(x) if layer.b is None else np.sum(x) * layer.b
    return np.sum(x * x)
