"""Classes of a file that is only read mean what they mean when it is run."""

from __future__ import annotations

import runpy
import textwrap

import numpy as np
import pytest
from numerics import central_difference

from adcompiler.compiler import Goal, compile_gradient
from adcompiler.errors import DifferentiationError
from adcompiler.frontend.static_scope import StaticScope
from adcompiler.signature import given_types

FILE = """
import numpy as np
import dataclasses
from collections import namedtuple
from dataclasses import dataclass, field
from typing import NamedTuple


class Layer:
    scale = 2.0

    def __init__(self, w, b=0.5):
        self.w = w
        self.b = b

    def __call__(self, h):
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
    def __init__(self, w):
        super().__init__(w, b=0.25)

    def act(self, z):
        return super().act(z) * 3


@dataclass(frozen=True)
class Point:
    x: float
    y: float = 2.0
    tags: list = field(default_factory=list)

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


Pair = namedtuple("Pair", "a b")


def f(x):
    layer = Strong(x)
    layer.norm = 2.0
    p = Point(np.sum(x)) + Point(1.0)
    p.tags.append(p.x)
    pair = Pair(x, 2.0)
    h = layer(x) + Layer.make(x)(x)
    return np.sum(h) + layer.norm + Layer.twice(p.x) + p.tags[0] * p.y + pair.b * np.sum(pair.a)
"""


def compiled(tmp_path, text):
    path = tmp_path / "model.py"
    path.write_text(textwrap.dedent(text))
    scope = StaticScope.read(path, shown_as="model.py")
    source = scope.function(scope.bindings["f"])
    return compile_gradient(source, given_types(source.parameters, {"x": "float64[n]"}, {}), Goal("grad", ("x",)))


def test_gradient_is_that_of_the_file_that_is_run(tmp_path):
    x = np.array([0.5, -1.2, 2.0, 0.3])
    gradient = compiled(tmp_path, FILE).load()[0](x)
    run = runpy.run_path(str(tmp_path / "model.py"))
    np.testing.assert_allclose(gradient, central_difference(run["f"], (x,), 0), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    "definition",
    [
        "@total_ordering\nclass A:\n    pass",
        "class A(unknown.Base):\n    pass",
        "class A(metaclass=M):\n    pass",
        "class A:\n    w = compute()",
        "class A:\n    @cached\n    def w(self):\n        return 1.0",
        "class A:\n    for i in range(3):\n        pass",
    ],
)
def test_class_that_only_running_makes_is_refused(tmp_path, definition):
    with pytest.raises(DifferentiationError, match="known only by running the file"):
        compiled(tmp_path, f"{definition}\n\n\ndef f(x):\n    return x * A().w\n")
