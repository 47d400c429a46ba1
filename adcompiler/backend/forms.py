"""Primitives that are written with a syntax of their own: `x.shape`, `A[i]`, `range(n)`, `spline(x, 1)`.

Apart from `expressions`, which writes operators and calls for whatever has no entry here.
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from typing import Any

import gast

from adcompiler.analysis.sharing import is_fill
from adcompiler.backend import syntax
from adcompiler.backend.expressions import FORMS, Expressions, Form
from adcompiler.backend.packing import packed, part_of
from adcompiler.backend.views import path_of
from adcompiler.ir.nodes import Atom, Equation, Literal, Named
from adcompiler.rules.inference import normal_axes


def _attribute_or_function(name: str) -> Form:
    """`x.shape` of an array; `np.shape(x)` of what may be a number."""

    def write(expressions: Expressions, equation: Equation) -> gast.expr:
        operand = expressions(equation.inputs[0])
        if equation.inputs[0].type.kind == "array":
            return syntax.attribute(operand, name)
        return syntax.call(expressions.function(f"np.{name}"), [operand])

    return write


_shape = _attribute_or_function("shape")


def _axis_length(expressions: Expressions, equation: Equation) -> gast.expr:
    return syntax.subscript(_shape(expressions, equation), syntax.constant(equation.parameters["axis"]))


def _range(expressions: Expressions, equation: Equation) -> gast.expr:
    start, stop, step = equation.inputs
    arguments = [start, stop, step]
    if step == Literal(1):
        arguments = [stop] if start == Literal(0) else [start, stop]
    return syntax.call(expressions.function("range"), map(expressions, arguments))


def _repeat_item(expressions: Expressions, equation: Equation) -> gast.expr:
    item, count = map(expressions, equation.inputs)
    return gast.BinOp(gast.List([item], gast.Load()), gast.Mult(), count)


def _zero_items(expressions: Expressions, equation: Equation) -> gast.expr:
    """`[np.zeros_like(x) for x in xs]` of a list of arrays."""
    (xs,) = equation.inputs
    iterated = expressions(xs)
    if xs.type.kind != "list" or xs.type.elements[0].kind != "array" or not isinstance(iterated, gast.Name):
        return expressions.call(equation)
    name = iterated.id.removesuffix("s")
    item = name if name.isidentifier() and name != iterated.id and not keyword.iskeyword(name) else "item"
    zeros = syntax.call(expressions.function("np.zeros_like"), [syntax.load(item)])
    clause = gast.comprehension(syntax.store(item), iterated, [], 0)
    return gast.ListComp(zeros, [clause])


def _index_of_extreme(expressions: Expressions, equation: Equation) -> gast.expr:
    """`xs.index(max(xs))`."""
    (xs,) = equation.inputs
    best = syntax.call(expressions.function(equation.parameters["which"]), [expressions(xs)])
    return syntax.call(syntax.attribute(expressions(xs), "index"), [best])


def _copy(expressions: Expressions, equation: Equation) -> gast.expr:
    (operand,) = equation.inputs
    inner = expressions.nested(operand)
    if inner is not None and is_fill(inner):
        return syntax.call(expressions.function("np.full"), map(expressions, reversed(inner.inputs)))
    if operand.type.kind in ("array", "list") or (inner is not None and inner.primitive.name == "getitem"):
        return syntax.call(syntax.attribute(expressions(operand), "copy"), [])
    return syntax.call(expressions.function("np.copy"), [expressions(operand)])


def _copy_number(expressions: Expressions, equation: Equation) -> gast.expr:
    inner = expressions.nested(equation.inputs[0])
    if inner is not None and is_fill(inner):
        return _copy(expressions, equation)
    return syntax.call(expressions.function("np.positive"), [expressions(equation.inputs[0])])


def _astype(expressions: Expressions, equation: Equation) -> gast.expr:
    dtype = expressions.dtype(equation.parameters["dtype"])
    operand = expressions(equation.inputs[0])
    if equation.inputs[0].type.kind == "array":
        return syntax.call(syntax.attribute(operand, "astype"), [dtype])
    return syntax.call(dtype, [operand])


def _filled(expressions: Expressions, equation: Equation) -> gast.expr:
    """`np.zeros(shape)`, `np.empty` or `np.full(shape, value)`, with the dtype where it would come out differently."""
    dtype = equation.parameters.get("dtype")
    filled_by = equation.inputs[1].type.dtype if equation.primitive.name == "full" else "float64"
    default = filled_by if filled_by == "float64" else None  # a number of another type may be a Python number
    keywords = [] if dtype in (None, default) else [("dtype", expressions.dtype(dtype))]
    function = expressions.function(f"np.{equation.primitive.name}")
    shape, *value = map(expressions, equation.inputs)
    match shape:
        case gast.Tuple(elts=[length]):
            shape = length
        case gast.Constant(value=(int(length),)):
            shape = syntax.constant(length)
    return syntax.call(function, [shape, *value], keywords)


def _einsum(expressions: Expressions, equation: Equation) -> gast.expr:
    given = dict(equation.parameters)
    text = syntax.constant(given.pop("subscripts"))
    keywords = [
        (name, expressions.dtype(value) if name == "dtype" else expressions.constant(value))
        for name, value in given.items()
    ]
    return syntax.call(expressions.function("np.einsum"), [text, *map(expressions, equation.inputs)], keywords)


def _cross(expressions: Expressions, equation: Equation) -> gast.expr:
    """`np.cross`, whose result has another rank where vectors turn out to have two components."""
    lengths = (
        _length_along(atom, equation, name) for atom, name in zip(equation.inputs, ("axisa", "axisb"), strict=True)
    )
    if all(length == 3 for length in lengths):
        return expressions.call(equation)
    keywords = [(name, expressions.constant(axis)) for name, axis in equation.static]
    return syntax.call(expressions.function("cross_of_three"), map(expressions, equation.inputs), keywords)


def _length_along(atom: Atom, equation: Equation, name: str) -> Any:
    given = equation.parameters
    axis = given.get("axis", given.get(name, -1))
    return atom.type.shape[axis] if isinstance(atom.type.shape, tuple) else None


def _item(expressions: Expressions, equation: Equation) -> gast.expr:
    (whole,) = equation.inputs
    return part_of(expressions(whole), whole.type.packing, equation.parameters["index"])


def _numbers(expressions: Expressions, equation: Equation) -> gast.expr:
    """`x.tolist()`, `A.ravel().tolist()`."""
    (operand,) = equation.inputs
    vector = expressions(operand)
    if operand.type.rank != 1:
        vector = syntax.call(syntax.attribute(vector, "ravel"), [])
    return syntax.call(syntax.attribute(vector, "tolist"), [])


def _make_tuple(expressions: Expressions, equation: Equation) -> gast.expr:
    parts = list(map(expressions, equation.inputs))
    packing = equation.parameters.get("packing")
    return packed(packing, parts, expressions.constant, expressions.function)


def _getitem(expressions: Expressions, equation: Equation) -> gast.expr:
    array, *slots = equation.inputs
    part = expressions(array)
    for position in path_of(equation):
        part = syntax.subscript(part, expressions.index(position, slots))
    return part


def _to_list(expressions: Expressions, equation: Equation) -> gast.expr:
    return syntax.call(syntax.attribute(expressions(equation.inputs[0]), "tolist"), [])


def _from_list(expressions: Expressions, equation: Equation) -> gast.expr:
    items, *shape = map(expressions, equation.inputs)
    array = syntax.call(expressions.function("np.array"), [items])
    return syntax.call(syntax.attribute(array, "reshape"), shape) if shape else array


def _lasting_writes(expressions: Expressions, equation: Equation) -> gast.expr:
    shape, *slots = equation.inputs
    arguments = [expressions(shape), expressions.index_object(equation.parameters["index"], slots)]
    return syntax.call(expressions.function("lasting_writes"), arguments)


def _transpose(expressions: Expressions, equation: Equation) -> gast.expr:
    if equation.inputs[0].type.kind != "array":
        return expressions.call(equation)
    array = expressions(equation.inputs[0])
    axes = equation.parameters.get("axes")
    if axes is None:
        return syntax.attribute(array, "T")
    return syntax.call(syntax.attribute(array, "transpose"), map(expressions.constant, axes))


def _reduction(expressions: Expressions, equation: Equation) -> gast.expr:
    """`x.sum(axis=0)` of an array: the function `np.sum` takes twice the time of the method for a few elements."""
    (operand,) = equation.inputs
    if operand.type.kind != "array":
        return expressions.call(equation)
    keywords = [
        (name, expressions.dtype(value) if name == "dtype" else expressions.constant(value))
        for name, value in equation.static
        if value is not None or name == "axis"
    ]
    return syntax.call(syntax.attribute(expressions(operand), equation.primitive.name), [], keywords)


def _expand_dims(expressions: Expressions, equation: Equation) -> gast.expr:
    """`x[:, None]` of an array, at a tenth of the cost of `np.expand_dims(x, axis=1)`."""
    (operand,) = equation.inputs
    rank = equation.outputs[0].type.rank
    if operand.type.kind != "array" or rank is None:
        return expressions.call(equation)
    places = normal_axes(equation.parameters["axis"], rank)
    index = [None if place in places else slice(None) for place in range(1 + max(places))]
    return syntax.subscript(expressions(operand), expressions.index(index, ()))


def _outer(expressions: Expressions, equation: Equation) -> gast.expr:
    """`a[:, None] * b` of vectors, which is what `np.outer(a, b)` computes, after looking at them more closely."""
    if any(operand.type.kind != "array" or operand.type.rank != 1 for operand in equation.inputs):
        return expressions.call(equation)
    left, right = map(expressions, equation.inputs)
    return gast.BinOp(syntax.subscript(left, expressions.index((slice(None), None), ())), gast.Mult(), right)


def _exception(expressions: Expressions, equation: Equation) -> gast.expr:
    given = equation.parameters
    return called(expressions, given["kind"], equation.inputs, given.get("keywords", ()))


def _is_instance(expressions: Expressions, equation: Equation) -> gast.expr:
    kinds = equation.parameters["kinds"]
    classes = expressions.constant(kinds[0] if len(kinds) == 1 else kinds)
    return syntax.call(expressions.function("isinstance"), [expressions(equation.inputs[0]), classes])


def _invoke(expressions: Expressions, equation: Equation) -> gast.expr:
    given, atoms = equation.parameters, equation.inputs
    if "method" not in given:
        return called(expressions, given["function"], atoms, given.get("keywords", ()))
    method = syntax.attribute(expressions(atoms[0]), given["method"])
    return called(expressions, method, atoms[1:], given.get("keywords", ()))


def called(
    expressions: Expressions, function: Named | gast.expr, atoms: Sequence[Atom], keywords: Sequence[str]
) -> gast.expr:
    """A call of an object of the user's; the last atoms are its keyword arguments."""
    arguments = list(map(expressions, atoms))
    first = len(arguments) - len(keywords)
    pairs = list(zip(keywords, arguments[first:], strict=True))
    callee = expressions.constant(function) if isinstance(function, Named) else function
    return syntax.call(callee, arguments[:first], pairs)


def _sparse_product(expressions: Expressions, equation: Equation) -> gast.expr:
    """`A @ x`, `A.T @ x`."""
    matrix, x = map(expressions, equation.inputs)
    if equation.parameters.get("transposed"):
        matrix = syntax.attribute(matrix, "T")
    return gast.BinOp(matrix, gast.MatMult(), x)


def _interpolated(expressions: Expressions, equation: Equation) -> gast.expr:
    """`spline(x)`, `spline(x, 1)`."""
    spline, x = map(expressions, equation.inputs)
    order = equation.parameters.get("order", 0)
    return syntax.call(spline, [x, syntax.constant(order)] if order else [x])


FORMS |= {
    "sparse_product": _sparse_product,
    "interpolated": _interpolated,
    "make_tuple": _make_tuple,
    "numbers": _numbers,
    "make_list": lambda expressions, equation: gast.List(list(map(expressions, equation.inputs)), gast.Load()),
    "repeat_item": _repeat_item,
    "index_of_extreme": _index_of_extreme,
    "zero_items": _zero_items,
    "item": _item,
    "cross": _cross,
    "einsum": _einsum,
    "range": _range,
    "shape": _shape,
    "size": _attribute_or_function("size"),
    "ndim": _attribute_or_function("ndim"),
    "axis_length": _axis_length,
    "copy": _copy,
    "positive": _copy_number,
    "astype": _astype,
    "stop_gradient": lambda expressions, equation: expressions(equation.inputs[0]),
    "zeros": _filled,
    "empty": _filled,
    "full": _filled,
    "getitem": _getitem,
    "to_list": _to_list,
    "from_list": _from_list,
    "lasting_writes": _lasting_writes,
    "transpose": _transpose,
    **dict.fromkeys(("sum", "max", "min", "prod"), _reduction),
    "expand_dims": _expand_dims,
    "outer": _outer,
    "format": lambda expressions, equation: expressions.formatted(equation.parameters["template"], equation.inputs),
    "exception": _exception,
    "call": lambda expressions, equation: syntax.call(
        expressions.function(str(equation.callee)), map(expressions, equation.inputs)
    ),
    "is_instance": _is_instance,
    "invoke": _invoke,
    "attribute": lambda expressions, equation: syntax.attribute(
        expressions(equation.inputs[0]), equation.parameters["field"]
    ),
    "len": lambda expressions, equation: syntax.call(expressions.function("len"), [expressions(equation.inputs[0])]),
}
