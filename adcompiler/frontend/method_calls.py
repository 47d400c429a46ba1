"""Calls of methods: of arrays, which have rules or meanings, of structures, text, opaque values and generators.

Apart from `calls`, as a method is found by its name and what its owner is known to be.
"""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.container_methods import call_container_method
from adcompiler.frontend.heap import Cell, Constant, Container, Object, Ref, ShapeOf
from adcompiler.frontend.meanings import ARRAY_METHODS, Arguments, Keywords
from adcompiler.frontend.opaque import call_opaque_method
from adcompiler.frontend.rule_calls import apply_rule
from adcompiler.frontend.state import State
from adcompiler.frontend.text import call_text_method
from adcompiler.ir.types import GENERATOR, OPAQUE
from adcompiler.rules.randomness import METHODS as DRAWING
from adcompiler.rules.table import method_rule


def draw(state: State, owner: Ref, name: str, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """A method of a generator of random numbers."""
    rule = DRAWING.get(name)
    if rule is None:
        state.refuse(node.func, f"the method `.{name}()` of a random generator is not supported")
    return apply_rule(state, rule, [owner, *arguments], keywords, node)


def call_method(state: State, owner: Ref, name: str, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if isinstance(owner, Constant) and isinstance(owner.value, str):
        return call_text_method(state, owner.value, name, arguments, keywords, node)
    if state.type_of(owner) == OPAQUE and not isinstance(owner, Constant):
        return call_opaque_method(state, owner, name, arguments, keywords, node)
    if state.type_of(owner) == GENERATOR:
        return draw(state, owner, name, arguments, keywords, node)
    if isinstance(owner, Container | Object) or (isinstance(owner, Constant) and not hasattr(owner.value, "dtype")):
        return call_container_method(state, owner, name, arguments, keywords, node)
    if name in ("reshape", "transpose") and arguments and not isinstance(arguments[0], Container | ShapeOf):
        # x.reshape(2, 3) for x.reshape((2, 3)), x.transpose(1, 0) for x.transpose((1, 0))
        first = state.type_of(arguments[0])
        if len(arguments) > 1 or (first is not None and first.kind == "scalar" and name == "transpose"):
            arguments = [Container(tuple(arguments), tuple)]
    if name in ARRAY_METHODS:
        return ARRAY_METHODS[name](state, [owner, *arguments], keywords, node)
    rule = method_rule(name)
    if rule is None:
        state.refuse(node.func, f"the array method `.{name}()` is not supported")
    result = apply_rule(state, rule, [owner, *arguments], keywords, node)
    if name == "copy" and isinstance(result, Cell):
        result.in_order = True  # which `np.copy` does not promise
    return result
