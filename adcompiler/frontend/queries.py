"""Questions that types answer, before the program runs: ranks, dtypes, and what can be said of these."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler.frontend.heap import Constant, Container, Ref, ShapeOf
from adcompiler.frontend.meanings import Arguments, Keywords, Meaning, means
from adcompiler.frontend.rule_calls import apply_rule, array_of
from adcompiler.frontend.state import State
from adcompiler.ir.types import Type
from adcompiler.rules.table import rule_of

_SAMPLES: dict[str, Any] = {"b": True, "i": 1, "u": 1, "f": 1.0, "c": 1j}


@means(np.ndim)
def _ndim(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    type_ = state.type_of(arguments[0]) if len(arguments) == 1 else None
    if type_ is not None and type_.is_numeric and type_.rank is not None:
        return Constant(type_.rank)
    rank = _by_rule(state, np.ndim, arguments, keywords, node)
    known = state.type_of(rank)  # of a list of numbers, which becomes an array
    return Constant(known.extent) if known is not None and isinstance(known.extent, int) else rank


@means(np.shape)
def _shape(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (ref,) = arguments if len(arguments) == 1 else (Constant(None),)
    plain = state.plain(ref)
    ref = array_of(state, plain, {}, node) if isinstance(plain, Container) else ref
    type_ = state.type_of(ref)
    if type_ is not None and type_.is_numeric and type_.rank is not None:
        return ShapeOf(state.read_value(ref, node))
    return _by_rule(state, np.shape, arguments, keywords, node)


def _of_dtype(function: Any) -> Meaning:
    def ask(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        type_ = state.type_of(arguments[0]) if len(arguments) == 1 else None
        if type_ is not None and type_.is_numeric and type_.dtype is not None:
            return Constant(function(np.empty(0, type_.dtype)))
        return _by_rule(state, function, arguments, keywords, node)

    return ask


means(np.iscomplexobj)(_of_dtype(np.iscomplexobj))
means(np.isrealobj)(_of_dtype(np.isrealobj))


def _by_rule(state: State, function: Any, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    rule = rule_of(function)
    assert rule is not None
    return apply_rule(state, rule, arguments, keywords, node)


@means(np.isscalar)
def _isscalar(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (ref,) = arguments if len(arguments) == 1 else (Constant(None),)
    type_ = state.type_of(ref)
    if isinstance(ref, Constant) or type_ is None or not type_.is_numeric:
        return Constant(isinstance(ref, Constant) and np.isscalar(ref.value))
    if type_.kind == "unknown":
        state.refuse(node, "whether this is a number or an array is not known", "give types")
    return Constant(type_.kind == "scalar")


def _of_dtypes(function: Any) -> Meaning:
    def ask(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        given = [_sample(state, ref, node) for ref in arguments]
        options = {name: state.constant_of(ref, node, f"`{name}=`") for name, ref in keywords.items()}
        try:
            return Constant(function(*given, **options))
        except (TypeError, ValueError) as error:
            state.refuse(node, f"this raises {type(error).__name__}: {error}")

    return ask


def _sample(state: State, ref: Ref, node: Any) -> Any:
    """What NumPy is asked about in the place of a number or array: its dtype, or a number of its kind."""
    type_: Type | None = None if isinstance(ref, Constant) else state.type_of(ref)
    if type_ is None or not type_.is_numeric:
        return state.constant_of(ref, node, "a dtype")
    if type_.dtype is None:
        state.refuse(node, "the dtype is not known", "give types")
    return _SAMPLES[np.dtype(type_.dtype).kind] if type_.weak else np.dtype(type_.dtype)


_function: Any
for _function in (np.result_type, np.promote_types, np.can_cast, np.issubdtype, np.isdtype, np.dtype):
    means(_function)(_of_dtypes(_function))


@means(np.common_type)
def _common_type(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    return _of_dtypes(lambda *given: np.common_type(*(np.empty(0, np.result_type(one)) for one in given)))(
        state, arguments, keywords, node
    )


@means(np.iterable)
def _iterable(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    type_ = state.type_of(arguments[0]) if len(arguments) == 1 else None
    if type_ is None or (type_.is_numeric and type_.rank is None):
        state.refuse(node, "whether this can be iterated over is not known", "give types")
    return Constant(type_.rank != 0 if type_.is_numeric else type_.kind in ("tuple", "list", "range"))


for _function in (np.finfo, np.iinfo):
    means(_function)(_of_dtypes(_function))
