"""Arrays made of something: a new one, the same one, or one of another dtype, whichever it is in NumPy."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.definitions.applying import elementwise
from adcompiler.frontend.calls import call_known
from adcompiler.frontend.elements import element, unpacked
from adcompiler.frontend.expressions import derived
from adcompiler.frontend.growing import rows_of
from adcompiler.frontend.heap import Constant, Container, Object, Partial, Ref
from adcompiler.frontend.meanings import Arguments, Keywords, Meaning, means, means_of, method_means
from adcompiler.frontend.readers import call
from adcompiler.frontend.rule_calls import apply_rule, array_of
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Literal
from adcompiler.rules.table import RULES, rule_of

_Making = Callable[..., Ref]


def _bound(signature: Callable[..., Any]) -> Callable[[_Making], Meaning]:
    """Bind the arguments of a call as `signature` does: the array as it is, everything else as it is known."""
    binding = inspect.signature(signature)

    def decorate(make: _Making) -> Meaning:
        def call(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
            try:
                bound = binding.bind(*arguments, **keywords).arguments
            except TypeError as error:
                state.refuse(node, f"this raises TypeError: {error}")
            owner, *others = binding.parameters
            given = {name: state.constant_of(bound[name], node, f"`{name}=`") for name in others if name in bound}
            return make(state, bound[owner], node, **given)

        return call

    return decorate


@means(np.array)
@_bound(lambda object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0: None)
def _array(state: State, ref: Ref, node: Any, dtype: Any = None, copy: Any = True, ndmin: int = 0, **_: Any) -> Ref:
    made = _converted(state, ref, dtype, bool(copy), node)
    type_ = state.type_of(made)
    if ndmin == 0:
        return made
    if type_ is None or type_.rank is None:
        state.refuse(node, "the number of axes is not known", "give types")
    added = max(ndmin - type_.rank, 0)
    return element(state, made, ((None,) * added) + (Ellipsis,), (), node) if added else made


@means(np.asarray, np.asanyarray)
@_bound(lambda a, dtype=None, order=None, copy=None: None)
def _asarray(state: State, ref: Ref, node: Any, dtype: Any = None, order: Any = None, copy: Any = None) -> Ref:
    return _converted(state, ref, dtype, bool(copy), node, order=order)


@means(np.asfortranarray)
@_bound(lambda a, dtype=None: None)
def _asfortranarray(state: State, ref: Ref, node: Any, dtype: Any = None) -> Ref:
    return _converted(state, ref, dtype, False, node, order="F")


@means(np.ascontiguousarray)
@_bound(lambda a, dtype=None: None)
def _ascontiguousarray(state: State, ref: Ref, node: Any, dtype: Any = None) -> Ref:
    made = _converted(state, ref, dtype, False, node)
    return derived(state, "ascontiguousarray", [made], {}, node)


@means(np.astype)
@_bound(lambda x, dtype, copy=True: None)
def _astype(state: State, ref: Ref, node: Any, dtype: Any, copy: bool = True, **_: Any) -> Ref:
    return _as_dtype(state, ref, dtype, copy, node)


@method_means("astype")
@_bound(lambda x, dtype, order="K", casting="unsafe", subok=True, copy=True: None)
def _astype_method(state: State, ref: Ref, node: Any, dtype: Any, copy: bool = True, **_: Any) -> Ref:
    return _as_dtype(state, ref, dtype, copy, node)


def _as_dtype(state: State, ref: Ref, dtype: Any, copy: bool, node: Any) -> Ref:
    if copy:
        return apply_rule(state, RULES["astype"], [ref, Constant(dtype)], {}, node)
    return _converted(state, ref, dtype, False, node)


def _converted(state: State, ref: Ref, dtype: Any, copy: bool, node: Any, order: Any = None) -> Ref:
    """An array with the content of something: itself, where it is an array of that dtype and no copy is asked for."""
    ref = state.plain(ref)
    if isinstance(ref, Container):
        made = array_of(state, ref, {}, node)
    elif isinstance(ref, Object):
        made = call_known(state, np.array, [ref], {}, node)
    else:
        name = "array" if copy else "asarray"
        made = derived(state, name, [ref], {} if copy or order is None else {"order": order}, node)
    type_ = state.type_of(made)
    if dtype is None or (type_ is not None and type_.dtype == np.dtype(dtype).name):
        return made
    if not copy and (type_ is None or type_.dtype is None):
        state.refuse(node, "whether this is the same array depends on its dtype, which is not known", "give types")
    return derived(state, "astype", [made], {"dtype": np.dtype(dtype).name}, node)


# Several arrays at once


def _each(function: Any) -> Meaning:
    """Of several arguments, a tuple of what the function makes of each."""

    def apply(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        rule = rule_of(function)
        assert rule is not None
        made = [apply_rule(state, rule, [argument], keywords, node) for argument in arguments]
        return made[0] if len(made) == 1 else Container(tuple(made), tuple)

    return apply


for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    means(function)(_each(function))


@means(np.where)
def _where(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """With a condition alone, where it holds."""
    rule = rule_of(np.where if len(arguments) > 1 else np.nonzero)
    assert rule is not None
    return apply_rule(state, rule, arguments, keywords, node)


@means(np.hsplit)
def _hsplit(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """Along the second axis, unless there is known to be only one; that there is one is asserted where it is not."""
    given = dict(zip(("ary", "indices_or_sections"), arguments, strict=False)) | keywords
    type_ = state.type_of(given["ary"]) if "ary" in given else None
    axis = 0 if type_ is not None and type_.rank == 1 else 1
    if type_ is not None and type_.is_numeric and type_.rank is None:
        rank = state.emit("ndim", state.read_value(given["ary"], node))
        several = state.emit("greater", rank, Literal(1))
        state.effect("assert", several, template=("give types: how `np.hsplit` splits depends on the number of axes",))
    return call_known(state, np.split, [], {**given, "axis": Constant(axis)}, node)


@means(np.unstack)
@_bound(lambda x, *, axis=0: None)
def _unstack(state: State, ref: Ref, node: Any, axis: int = 0) -> Ref:
    first = ref if axis == 0 else call_known(state, np.moveaxis, [ref, Constant(axis), Constant(0)], {}, node)
    type_ = state.type_of(first)
    length = type_.shape[0] if type_ is not None and isinstance(type_.shape, tuple) and type_.shape else None
    if isinstance(length, int):
        return Container(unpacked(state, first, length, node), tuple)
    return call_known(state, list, [first], {}, node)  # a tuple of unknown length


@means(np.vectorize)
@_bound(lambda pyfunc, otypes=None: None)
def _vectorize(state: State, ref: Ref, node: Any, otypes: Any = None) -> Ref:
    """A function of numbers, made one of arrays."""
    return _partly(state, ref, np.vectorize(lambda *_: None, otypes), node)


@means_of(np.poly1d)
def _polynomial(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """A call of a polynomial that was made outside of the program, whose coefficients are a hidden input."""
    owner, *rest = arguments
    assert isinstance(owner, Constant)
    return call_known(state, np.polyval, [state.lift_attribute(owner.value, "coeffs"), *rest], keywords, node)


@means_of(np.vectorize)
def _vectorized(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    owner, *rest = arguments
    assert isinstance(owner, Constant)
    function = _partly(state, Constant(owner.value.pyfunc), owner.value, node)
    return call(state, function, [(ref, node) for ref in rest], keywords, node)


def _partly(state: State, pyfunc: Ref, function: np.vectorize, node: Any) -> Partial:
    types = function.otypes
    if types is None or len(types) != 1 or function.excluded or function.signature is not None:
        state.refuse(
            node,
            "`np.vectorize` gives all results the dtype of the first, which is not known",
            "say it: `np.vectorize(f, otypes=[float])`, and leave out what else there is",
        )
    return Partial(Constant(elementwise), (pyfunc, Constant(np.dtype(types[0]).name)))


# Methods


def _method(name: str, function: Any) -> None:
    method_means(name)(lambda state, arguments, keywords, node: call_known(state, function, arguments, keywords, node))


_method("choose", np.choose)


@method_means("compress")
def _compress(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    owner, condition, *rest = arguments
    return call_known(state, np.compress, [condition, owner, *rest], keywords, node)


@method_means("item")
def _item(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """A Python number: of the only element, or of the one at a place."""
    owner, *places = arguments
    known = tuple(state.constant_of(place, node, "the place") for place in places)
    if len(known) == 1 and isinstance(known[0], tuple):
        known = known[0]
    type_ = state.type_of(owner)
    if known and type_ is not None and type_.rank != len(known):
        owner = call_known(state, np.ravel, [owner], {}, node)
    elif not known and type_ is not None and type_.rank:
        owner = call_known(state, np.reshape, [owner, Constant(())], {}, node)
    chosen = element(state, owner, known, (), node) if known else owner
    dtype = None if type_ is None else type_.dtype
    kind = _NUMBERS[np.dtype(dtype).kind] if dtype is not None else float
    return call_known(state, kind, [chosen], {}, node)


_NUMBERS: dict[str, type] = {"f": float, "c": complex, "i": int, "u": int, "b": bool}
"""The Python number for an element of an array, by the kind of its dtype."""


@method_means("tolist")
def _tolist(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    type_ = state.type_of(arguments[0])
    rows = rows_of(state, arguments[0], node) if type_ is not None and type_.rank == 1 else None
    if rows is None:
        state.refuse(node, "`.tolist()` is supported for vectors", "index the array itself")
    return rows
