"""Attributes: of arrays (`x.shape`, `x.T`), of modules, and of objects that are known when the code is compiled."""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import Any

import gast
import numpy as np

from adcompiler.frontend.classes import attribute_of, find_in_class
from adcompiler.frontend.container_methods import NAMED_TUPLE_METHODS
from adcompiler.frontend.containers import readable
from adcompiler.frontend.expressions import derived, gast_text
from adcompiler.frontend.heap import (
    Cell,
    Closure,
    Constant,
    Container,
    Method,
    Object,
    Partial,
    Ref,
    ShapeOf,
    if_present,
    link,
    reach,
)
from adcompiler.frontend.library_objects import Transposed, is_sparse
from adcompiler.frontend.meanings import ARRAY_METHODS
from adcompiler.frontend.readers import as_call, call, read, reads
from adcompiler.frontend.state import State
from adcompiler.frontend.static_scope import READABLE_MODULES, StaticScope
from adcompiler.ir.types import GENERATOR, OPAQUE
from adcompiler.rules.table import RULES, method_rule

_ATTRIBUTES = {"T": "transpose", "mT": "matrix_transpose", "size": "size", "real": "real", "imag": "imag"}


@reads(gast.Attribute)
def _attribute(state: State, node: Any) -> Ref:
    return attribute(state, read(state, node.value), node)


def attribute(state: State, owner: Ref, node: Any) -> Ref:
    """What an attribute of something that has been read stands for."""
    name = node.attr
    owner = if_present(owner)
    if isinstance(owner, Constant):
        adopted = state.adopted(owner.value)
        if adopted is None or adopted.kind in (list, dict):
            return _attribute_of_constant(state, owner, node)
        owner = adopted
    match owner:
        case Object(kind=kind) if kind is not list and kind is not dict:
            return attribute_of(state, owner, name, node)
        case Container(kind=kind) if kind is not tuple:
            return _attribute_of_named_tuple(state, owner, node)
        case Container() | Object():
            return Method(owner, name)
        case Partial(function=Constant(value=function), arguments=(Constant(value=after), Object() as instance)):
            if function is super:
                return attribute_of(state, instance, name, node, after=after)
    if isinstance(owner, Closure | Partial):
        state.refuse(node, f"the attribute `{name}` of a function is not supported")
    type_ = state.type_of(owner)
    if type_ in (GENERATOR, OPAQUE):
        return Method(owner, name)
    if type_ is None or not type_.is_numeric:
        state.refuse(node, f"the attribute `{name}` is not supported here")
    if name == "shape":
        return ShapeOf(state.read_value(owner, node))
    if name == "ndim":
        if type_.rank is None:
            state.refuse(node, "the number of axes is not known", "give types")
        return Constant(type_.rank)
    if name == "dtype":
        if type_.dtype is None:
            state.refuse(node, "the dtype is not known", "give types")
        return Constant(np.dtype(type_.dtype))
    if name in _ATTRIBUTES and _ATTRIBUTES[name] in RULES:
        return derived(state, _ATTRIBUTES[name], [owner], {}, node)
    if method_rule(name) is not None or name in ARRAY_METHODS or name in ("reshape", "item", "transpose"):
        return Method(owner, name)
    if name == "flat":
        return _flat(state, owner, node)
    if name == "data":
        return derived(state, "stop_gradient", [owner], {}, node)
    state.refuse(node, f"the attribute `{name}` of an array is not supported")


def _flat(state: State, owner: Ref, node: Any) -> Ref:
    """`x.flat`, to be read: the elements along one axis, which share memory with the array if only NumPy knows."""
    flat = derived(state, "ravel", [owner], {}, node)
    if isinstance(flat, Cell):
        for place in reach(owner, state.heap.contents):
            if isinstance(place, Cell):
                link(flat, place)
    return flat


def _attribute_of_named_tuple(state: State, owner: Container, node: Any) -> Ref:
    field = owner.get(node.attr)
    if field is not None:
        return readable(state, field, f"`{node.attr}`", node)
    found = find_in_class(owner.kind, node.attr)
    if isinstance(found, property):
        return call(state, Constant(found.fget), [(owner, node)], {}, as_call(node))
    if isinstance(found, FunctionType) and node.attr not in NAMED_TUPLE_METHODS:
        return Partial(Constant(found), (owner,))
    return Method(owner, node.attr)


def _attribute_of_constant(state: State, owner: Constant, node: Any) -> Ref:
    value = owner.value
    if isinstance(value, list | dict | tuple | str) and not hasattr(value, "_fields"):
        return Method(owner, node.attr)
    if isinstance(value, StaticScope):
        binding = value.lookup(node.attr)
        if binding is None:
            state.refuse(node, f"`{node.attr}` is not defined in `{value.text.file}`")
        if not hasattr(binding, "type"):
            return Constant(binding.value)
        state.refuse(node, f"`{node.attr}` is a value of another file", "pass it as an argument")
    if not hasattr(value, node.attr):
        state.refuse(node, f"there is no `{gast_text(node)}`")
    if isinstance(value, np.ufunc | np.finfo | np.iinfo):
        return Constant(getattr(value, node.attr))
    if isinstance(value, ModuleType) and value.__name__.split(".")[0] in READABLE_MODULES:
        return Constant(getattr(value, node.attr))
    if is_sparse(value) and node.attr == "T":
        return Constant(Transposed(value))
    if isinstance(value, Transposed) and node.attr == "T":
        return Constant(value.matrix)
    if type(value).__module__.startswith("scipy.") and callable(method := getattr(value, node.attr)):
        return Constant(method)  # `scipy.stats.norm.logpdf`
    return state.lift_attribute(value, node.attr)
