"""Objects of the user's classes."""

from __future__ import annotations


def instance(cls, **attributes):
    """An object of a class with these attributes, made without its `__init__`.

    Examples
    --------
    >>> class Layer:
    ...     def __init__(self, n):
    ...         self.W = [[0.0] * n] * n
    >>> instance(Layer, W=[[1.0]]).W
    [[1.0]]
    """
    made = object.__new__(cls)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made
