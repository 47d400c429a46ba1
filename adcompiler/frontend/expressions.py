"""Expressions without calls or subscripts: names, constants, operators, comparisons, `and`/`or`/`not`, conditionals."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import gast

from adcompiler.frontend import list_operations
from adcompiler.frontend.classes import instance_kind, method_of
from adcompiler.frontend.conditions import condition
from adcompiler.frontend.containers import pairs_of, structure_of
from adcompiler.frontend.effects import template_of
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.heap import Cell, Closure, Constant, Container, Ref, ShapeOf, Unbound, if_present, link, reach
from adcompiler.frontend.library_objects import sparse_matmul
from adcompiler.frontend.merge import negated
from adcompiler.frontend.parse import FunctionSource
from adcompiler.frontend.readers import as_call, call, read, reads
from adcompiler.frontend.state import State
from adcompiler.frontend.views import is_copy, note_order, view_of
from adcompiler.ir.nodes import Atom, Literal, Value
from adcompiler.ir.structure import Packing
from adcompiler.rules.table import RULES

BINARY: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    gast.Add: ("add", operator.add),
    gast.Sub: ("subtract", operator.sub),
    gast.Mult: ("multiply", operator.mul),
    gast.Div: ("divide", operator.truediv),
    gast.FloorDiv: ("floor_divide", operator.floordiv),
    gast.Mod: ("remainder", operator.mod),
    gast.Pow: ("power", operator.pow),
    gast.MatMult: ("matmul", operator.matmul),
    gast.BitAnd: ("bitwise_and", operator.and_),
    gast.BitOr: ("bitwise_or", operator.or_),
    gast.BitXor: ("bitwise_xor", operator.xor),
}
_UNARY: dict[type, tuple[str, Callable[[Any], Any]]] = {
    gast.USub: ("negative", operator.neg),
    gast.UAdd: ("positive", operator.pos),
    gast.Not: ("not", operator.not_),
    gast.Invert: ("invert", operator.invert),
}


_UNARY_METHODS = {"negative": "__neg__", "positive": "__pos__", "invert": "__invert__"}
BINARY_METHODS = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "truediv",
    "floor_divide": "floordiv",
    "remainder": "mod",
    "power": "pow",
    "matmul": "matmul",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "bitwise_xor": "xor",
}


@reads(gast.Constant)
def _constant(state: State, node: Any) -> Ref:
    return Constant(node.value)


@reads(gast.Name)
def _name(state: State, node: Any) -> Ref:
    ref = state.lookup(node.id, node)
    if isinstance(ref, Unbound):
        state.refuse(node, f"`{node.id}` {ref.reason or 'may have no value here'}")
    return ref


@reads(gast.Tuple, gast.List)
def _container(state: State, node: Any) -> Ref:
    items: list[Ref] = []
    for element in node.elts:
        with state.holding(*items):
            if isinstance(element, gast.Starred):
                items.extend(unpacked(state, read(state, element.value), None, element))
            else:
                items.append(read(state, element))
    return Container(tuple(items), tuple) if isinstance(node, gast.Tuple) else state.new_list(items)


@reads(gast.Dict)
def _dict(state: State, node: Any) -> Ref:
    made = state.new_dict((), ())
    for key, value in zip(node.keys, node.values, strict=True):
        with state.holding(made):
            content = state.content_of(made, node)
            assert isinstance(content, Container)
            if key is None:
                for name, item in pairs_of(state, read(state, value), value):
                    content = content.put(name, item)
            else:
                name = state.constant_of(read(state, key), key, "the key of a dict")
                content = content.put(name, read(state, value))
            state.heap.contents[made] = content
    return made


@reads(gast.Lambda)
def _lambda(state: State, node: Any) -> Ref:
    return closure(state, node, "lambda")


def closure(state: State, node: Any, name: str) -> Closure:
    """A function defined inside the one being read, whose defaults are evaluated now."""
    outer = state.frame.source
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    defaults = {argument.id: read(state, default) for argument, default in pairs}
    return Closure(FunctionSource(name, node, outer.text, outer.scope, {}), state.frame, defaults)


@reads(gast.UnaryOp)
def _unary(state: State, node: Any) -> Ref:
    name, fold = _UNARY[type(node.op)]
    ref = read(state, node.operand)
    is_known = isinstance(ref, Constant) and instance_kind(ref) is None
    if is_known and isinstance(ref, Constant) and (name != "invert" or isinstance(ref.value, int)):
        return folded(state, node, fold, ref.value)
    if (method := method_of(state, ref, _UNARY_METHODS.get(name, ""))) is not None:
        return call(state, method, [], {}, as_call(node))
    if name == "not":
        return state.bind(negated(state, condition(state, ref, node.operand)))
    return state.bind(state.emit(name, numeric(state, ref, node.operand)))


@reads(gast.BinOp)
def _binary(state: State, node: Any) -> Ref:
    name, fold = BINARY.get(type(node.op), (None, None))
    if name is None or fold is None:
        state.refuse(node, f"this operator ({type(node.op).__name__}) is not supported")
    left = read(state, node.left)
    with state.holding(left):
        right = read(state, node.right)
    return operate(state, name, fold, left, right, node)


def operate(state: State, name: str, fold: Callable[[Any, Any], Any], left: Ref, right: Ref, node: Any) -> Ref:
    """A binary operator: on containers and compile-time integers now, on numbers and arrays by an equation."""
    left, right = if_present(left), if_present(right)
    result = sparse_matmul(state, left, right, node) if name == "matmul" else None
    result = result or _operate_by_method(state, name, left, right, node)
    if result is not None:
        return result
    made = list_operations.operate(state, name, left, right, node)
    if made is not None:
        return made
    sequences = structure_of(state, left, node), structure_of(state, right, node)
    if isinstance(left, ShapeOf) or isinstance(right, ShapeOf) or any(sequences):
        return _operate_on_containers(state, name, sequences[0] or left, sequences[1] or right, node)
    if isinstance(left, Constant) and isinstance(right, Constant):
        foldable = (int, str, tuple)
        if isinstance(left.value, foldable) and isinstance(right.value, foldable):
            return folded(state, node, fold, left.value, right.value)
    operands = numeric(state, left, node), numeric(state, right, node)
    return note_order(state, state.bind(state.emit(name, *operands)), name, (left, right))


def _operate_on_containers(state: State, name: str, left: Ref, right: Ref, node: Any) -> Ref:
    if name == "add" and isinstance(left, Container) and isinstance(right, Container) and left.kind is right.kind:
        return _sequence(state, left.items + right.items, left.kind)
    if name == "bitwise_or" and isinstance(left, Container) and isinstance(right, Container):
        pairs = dict(pairs_of(state, left, node)) | dict(pairs_of(state, right, node))
        return state.new_dict(pairs, pairs.values())
    if name == "add" and isinstance(left, Container | ShapeOf) and isinstance(right, Container | ShapeOf):
        parts = unpacked(state, left, None, node) + unpacked(state, right, None, node)
        return Container(parts, tuple)
    if name == "multiply" and isinstance(left, Container) and isinstance(right, Constant):
        return _sequence(state, left.items * right.value, left.kind)
    array = right if isinstance(left, Container) else left
    if (type_ := state.type_of(array)) is not None and type_.kind == "array":
        operands = [_array_or_number(state, ref, node) for ref in (left, right)]
        return state.bind(state.emit(name, *operands))
    state.refuse(node, "this operator on a tuple or list is not supported", "make it an array: `np.array(...)`")


def _sequence(state: State, items: tuple[Ref, ...], kind: type) -> Ref:
    return state.new_list(items) if kind is list else Container(items, tuple)


def _operate_by_method(state: State, name: str, left: Ref, right: Ref, node: Any) -> Ref | None:
    """An operator that the class of an operand defines."""
    word = BINARY_METHODS.get(name)
    if word is None or (instance_kind(left) is None and instance_kind(right) is None):
        return None
    for owner, other, spelling in ((left, right, f"__{word}__"), (right, left, f"__r{word}__")):
        method = method_of(state, owner, spelling)
        if method is not None:
            return call(state, method, [(other, node)], {}, as_call(node))
    state.refuse(node, "this operator on an object is not defined by its class")


def _array_or_number(state: State, ref: Ref, node: Any) -> Atom:
    atom = state.read_value(ref, node)
    return state.emit("array", atom) if atom.type.kind == "tuple" else atom


def folded(state: State, node: Any, fold: Callable[..., Any], *values: Any) -> Ref:
    """What an operation makes of known values; what it raises would be raised by the program."""
    try:
        return Constant(fold(*values))
    except (TypeError, ValueError, ArithmeticError) as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")


def numeric(state: State, ref: Ref, node: Any) -> Atom:
    """The value of a reference that must be a number or an array."""
    atom = state.read_value(ref, node)
    if not atom.type.is_numeric:
        state.refuse(node, f"a number or an array is needed here, not {_kind_of(atom)}")
    return atom


def _kind_of(atom: Atom) -> str:
    if isinstance(atom, Literal):
        if hasattr(atom.value, "dtype"):
            return "an array inside a container (give it a name of its own)"
        return f"`{atom.value!r}`" if not callable(atom.value) else "a function"
    return "something else" if atom.type.kind == "opaque" else f"a {atom.type.kind}"


def derived(state: State, name: str, operands: list[Ref], static: dict[str, Any], node: Any) -> Ref:
    """Apply a primitive; where its result may share the operand's memory, the heap is told."""
    view = view_of(state, name, operands, static, node) if RULES[name].primitive.views else None
    if view is not None:
        return view
    atoms = [state.read_value(operand, node) for operand in operands]
    primitive = RULES[name].primitive
    value = state.emit(name, *atoms, **static)
    if value.type.kind == "tuple" and value.type.elements and not primitive.views:
        return _results(state, value)
    result = state.bind(value)
    if not primitive.views or is_copy(state, name, operands, static):
        return note_order(state, result, name, operands)
    if state.heap.values[result].type.kind != "scalar":
        for place in reach(operands[0], state.heap.contents):
            if isinstance(place, Cell):
                link(result, place)
    return result


def _results(state: State, value: Value) -> Container:
    """The several results of one function, each read by itself."""
    items = tuple(state.bind(state.emit("item", value, index=number)) for number in range(len(value.type.elements)))
    packing = value.type.packing or Packing(tuple)
    return Container(items, packing.kind, packing.keys)


def gast_text(node: Any) -> str:
    """An expression as source."""
    return ast.unparse(gast.gast_to_ast(node))


@reads(gast.JoinedStr)
def _formatted(state: State, node: Any) -> Ref:
    template, slots = template_of(state, node)
    if not slots:
        return Constant("".join(str(piece) for piece in template))
    return state.bind(state.emit("format", *slots, template=template))
