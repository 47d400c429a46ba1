"""Objects that live outside a function: read where they live, and never changed by a gradient."""

from __future__ import annotations

import numpy as np
import pytest
from numerics import central_difference

import adcompiler as ad

X = np.array([0.5, -1.2, 2.0, 0.3])


class Layer:
    """A layer that counts its calls."""

    def __init__(self, w):
        self.w = w
        self.calls = 0

    def __call__(self, h):
        self.calls += 1
        return np.tanh(h * self.w)


class Network:
    """A network that keeps its state."""

    def __init__(self):
        self.layers = [Layer(np.ones(4)), Layer(2 * np.ones(4))]
        self.options = {"scale": np.array([1.0, 2.0, 3.0, 4.0]), "power": 2}
        self.history = []
        self.state = 1.0

    def loss(self, x):
        for layer in self.layers:
            x = layer(x)
        self.state = self.state + np.sum(x * self.options["scale"])
        self.history.append(self.state)
        self.options["scale"] = self.options["scale"] * x
        return self.history[0] ** self.options["power"] + np.sum(self.options["scale"]) * self.layers[0].calls


def test_method_that_changes_its_object_has_the_right_gradient():
    expected = central_difference(lambda x: Network().loss(x), (X,), 0)
    np.testing.assert_allclose(ad.grad(Network().loss)(X), expected, rtol=1e-6, atol=1e-7)


def test_gradient_leaves_the_object_as_it_was():
    network = Network()
    ad.value_and_grad(network.loss)(X)
    assert network.state == 1.0
    assert network.history == []
    assert network.layers[0].calls == 0
    np.testing.assert_array_equal(network.options["scale"], [1.0, 2.0, 3.0, 4.0])


def test_plain_call_changes_the_object_as_python_does():
    network = Network()
    ad.differentiable(network.loss)(X)
    assert len(network.history) == 1
    assert network.layers[0].calls == 1


def test_gradient_sees_what_changed_between_calls():
    network = Network()
    gradient = ad.grad(network.loss)
    before = gradient(X)
    network.layers[0].w = 3 * np.ones(4)
    network.options["scale"] = network.options["scale"] + 1
    after = gradient(X)
    assert not np.allclose(before, after)

    def changed(x):
        fresh = Network()
        fresh.layers[0].w = 3 * np.ones(4)
        fresh.options["scale"] = fresh.options["scale"] + 1
        return fresh.loss(x)

    np.testing.assert_allclose(after, central_difference(changed, (X,), 0), rtol=1e-6, atol=1e-7)


def test_new_item_of_a_list_outside_is_seen():
    network = Network()
    gradient = ad.grad(network.loss)
    gradient(X)
    network.layers.append(Layer(0.5 * np.ones(4)))

    def longer(x):
        fresh = Network()
        fresh.layers.append(Layer(0.5 * np.ones(4)))
        return fresh.loss(x)

    np.testing.assert_allclose(gradient(X), central_difference(longer, (X,), 0), rtol=1e-6, atol=1e-7)


def test_array_that_a_list_outside_holds_too_is_written_through_its_name():
    shared = np.ones(4)
    held = [shared]

    def f(x):
        shared[:] = x
        return np.sum(held[0] * x)

    with pytest.raises(ValueError, match="`item` shares its memory: pass a copy"):
        ad.grad(f)(X)
