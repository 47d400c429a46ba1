"""A network of layer objects: the gradient is an object of the same class, with those of its layers."""
# >>> source(layers, types={"model": Network([Layer("float64[h, n]", "float64[h]"), Layer("float64[m, h]", "float64[m]")], "float"), "x": "float64[n]"})
# at: (Network([Layer(rng.normal(size=(3, 4)), rng.normal(size=3)), Layer(rng.normal(size=(2, 3)), rng.normal(size=2))], 0.5), rng.normal(size=4))

from dataclasses import dataclass

import numpy as np


@dataclass
class Layer:
    W: np.ndarray
    b: np.ndarray

    def __call__(self, x):
        return np.tanh(self.W @ x + self.b)


class Network:
    def __init__(self, layers, rate):
        self.layers = layers
        self.rate = rate

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    @property
    def penalty(self):
        return self.rate * sum(np.sum(layer.W**2) for layer in self.layers)


def layers(model, x):
    return np.sum(model(x) ** 2) + model.penalty


# becomes

import numpy as np

from layers import Layer, Network

from adcompiler.runtime import instance


# Gradient of layers (layers.py:34), wrt model.
def grad_layers(model, x, out_bar=1.0):
    layers_0_W, layers_0_b = model.layers[0].W, model.layers[0].b
    layers_1_W, layers_1_b = model.layers[1].W, model.layers[1].b
    rate = model.rate
    # forward sweep
    x_1 = np.tanh(layers_0_W @ x + layers_0_b)
    x_2 = np.tanh(layers_1_W @ x_1 + layers_1_b)
    # backward sweep
    # return self.rate * sum(np.sum(layer.W**2) for layer in self.layers)
    rate_bar = out_bar * ((layers_0_W**2).sum() + (layers_1_W**2).sum())
    t_bar = 2 * out_bar * rate
    layers_1_W_bar = t_bar * layers_1_W
    layers_0_W_bar = t_bar * layers_0_W
    # return np.sum(model(x) ** 2) + model.penalty
    x_bar = 2 * out_bar * x_2
    # return np.tanh(self.W @ x + self.b)
    layers_1_b_bar = x_bar * (1 - x_2 * x_2)
    layers_1_W_bar += layers_1_b_bar[:, None] * x_1
    x_bar = layers_1_W.T @ layers_1_b_bar
    layers_0_b_bar = x_bar * (1 - x_1 * x_1)
    layers_0_W_bar += layers_0_b_bar[:, None] * x
    return instance(
        Network,
        layers=[
            Layer(W=layers_0_W_bar, b=layers_0_b_bar),
            Layer(W=layers_1_W_bar, b=layers_1_b_bar),
        ],
        rate=rate_bar,
    )