"""Expressions: how each primitive is written in Python.

Most are calls of the function that the rule table spells (`np.sin(x)`); operators and the primitives with a syntax
of their own have an entry in a table.
"""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gast
import numpy as np

from adcompiler.analysis.sharing import is_fill
from adcompiler.backend import syntax
from adcompiler.backend.conditionals import boolean_operator
from adcompiler.backend.nesting import Nesting
from adcompiler.backend.packing import packed, part_of
from adcompiler.ir.nodes import IF, UNDEFINED, Atom, Equation, Literal, Named, Slot, Value
from adcompiler.rules.table import RULES

OPERATORS: dict[str, type[gast.operator]] = {
    "add": gast.Add,
    "subtract": gast.Sub,
    "multiply": gast.Mult,
    "divide": gast.Div,
    "floor_divide": gast.FloorDiv,
    "remainder": gast.Mod,
    "power": gast.Pow,
    "matmul": gast.MatMult,
    "bitwise_and": gast.BitAnd,
    "bitwise_or": gast.BitOr,
    "bitwise_xor": gast.BitXor,
    "left_shift": gast.LShift,
    "right_shift": gast.RShift,
}
"""Primitives that are written as binary operators."""

_COMPARISONS: dict[str, type[gast.cmpop]] = {
    "less": gast.Lt,
    "less_equal": gast.LtE,
    "greater": gast.Gt,
    "greater_equal": gast.GtE,
    "equal": gast.Eq,
    "not_equal": gast.NotEq,
}

_UNARY: dict[str, type[gast.unaryop]] = {"negative": gast.USub, "invert": gast.Invert}


MODULES = ("cmath", "math", "time", "np")
"""Modules whose functions generated code may call by the name they have there."""

PACKAGES = ("scipy",)
"""Optional packages, of which it imports the modules that it needs: `import scipy.special`."""


class Expressions:
    """Writes the expression for an atom: a variable, a constant, or what is nested there.

    Parameters
    ----------
    nesting : Nesting
    names : mapping
        The variable of each value that is not nested.
    objects : mapping
        How each object of the user's is written.
    """

    def __init__(self, nesting: Nesting, names: Mapping[Value, str], objects: Mapping[Named, str]) -> None:
        self._nesting = nesting
        self._names = names
        self._objects = objects
        self.globals: dict[str, None] = {}
        """The functions and modules mentioned so far: `np`, `unbroadcast`, `len`."""

    def __call__(self, atom: Atom) -> gast.expr:
        """The expression for an atom."""
        if isinstance(atom, Literal):
            return self.constant(atom.value)
        equation = self.nested(atom)
        return syntax.load(self._names[atom]) if equation is None else self.of(equation)

    def of(self, equation: Equation) -> gast.expr:
        """The expression that computes the output of an equation."""
        name = equation.primitive.name
        if equation.primitive is IF:
            return self._conditional(equation)
        if name in OPERATORS and len(equation.inputs) == 2 and not equation.static:
            left, right = map(self, equation.inputs)
            return gast.BinOp(left, OPERATORS[name](), right)
        if name in _COMPARISONS:
            left, right = map(self, equation.inputs)
            return gast.Compare(left, [_COMPARISONS[name]()], [right])
        if name == "not":
            return syntax.negation(self(equation.inputs[0]))
        if name in _UNARY:
            return gast.UnaryOp(_UNARY[name](), self(equation.inputs[0]))
        if name.startswith(("random.", "generator.")):
            return self.draw(equation)
        if equation.handed:
            return self.solver(equation)
        special = _SPECIAL.get(name)
        return self.call(equation) if special is None else special(self, equation)

    def truth(self, atom: Atom) -> gast.expr:
        """The expression for an atom that is tested: `stack` for `len(stack) > 0`."""
        test = self.nested(atom)
        if test is not None and test.primitive.name == "greater" and test.inputs[1] == Literal(0):
            length = self.nested(test.inputs[0])
            if length is not None and length.primitive.name == "len" and length.inputs[0].type.kind == "list":
                return self(length.inputs[0])
        return self(atom)

    def nested(self, atom: Atom) -> Equation | None:
        """The equation whose expression is written for an atom, if it is not a name or constant."""
        return self._nesting.definition(atom)

    def draw(self, equation: Equation) -> gast.expr:
        """A sample: parameters that have their defaults are left out."""
        rule = RULES[equation.primitive.name]
        names, atoms = list(rule.operands), list(equation.inputs)
        if equation.primitive.spelling:
            function = self.function(equation.primitive.spelling)
        else:
            function = syntax.attribute(self(atoms.pop(0)), equation.primitive.name.rpartition(".")[2])
            names.pop(0)
        if rule.variadic:
            return syntax.call(function, map(self, atoms))
        positional: list[gast.expr] = []
        keywords: list[tuple[str, gast.expr]] = []
        omitted = False
        for name, atom in zip(names, atoms, strict=True):
            default = rule.signature.parameters[name].default
            if isinstance(atom, Literal) and type(atom.value) is type(default) and atom.value == default:
                omitted = True
            elif omitted or name == "size":
                keywords.append((name, self(atom)))
            else:
                positional.append(self(atom))
        return syntax.call(function, positional, keywords)

    def call(self, equation: Equation) -> gast.expr:
        """A call of the primitive's function, static parameters as keywords."""
        assert equation.primitive.spelling, f"{equation.primitive} has no spelling"
        arguments = list(map(self, equation.inputs))
        if equation.primitive.packs:
            arguments = [syntax.tuple_of(arguments)]
        keywords = [
            (name, self.dtype(value) if name == "dtype" and value is not None else self.constant(value))
            for name, value in equation.static
        ]
        own = equation.primitive.named
        spelling = equation.primitive.spelling if own is None else self._objects[own()]
        return syntax.call(self.function(spelling), arguments, keywords)

    def solver(self, equation: Equation) -> gast.expr:
        """A call that hands functions over: these first, then a tuple of operands, and one of what is passed on."""
        given = equation.parameters
        is_adjoint = "wanted" in given
        handed = given["handed"] if is_adjoint else given["handed"][:1]
        parts = list(map(self, equation.inputs))
        first = 2 if is_adjoint else 0
        split = first + given["operands"]
        arguments = [*map(self.function, handed), *parts[:first], syntax.tuple_of(parts[first:split])]
        keywords = [
            (name, self.constant(value)) for name, value in equation.static if name not in ("handed", "operands")
        ]
        if parts[split:]:
            arguments.append(syntax.tuple_of(parts[split:]))
        return syntax.call(self.function(equation.primitive.spelling), arguments, keywords)

    def sum_of(self, one: gast.expr, other: gast.expr, addition: Equation) -> gast.expr:
        """The sum of a part of a list and what is added to it: of numbers or arrays, or item by item."""
        is_part = any(isinstance(item, slice) for item in addition.parameters["index"])
        if addition.inputs[0].type.elements[0].is_numeric and not is_part:
            return gast.BinOp(one, gast.Add(), other)
        return syntax.call(self.function("add_items"), [one, other])

    def function(self, path: str) -> gast.expr:
        """A function or module attribute by its dotted path; notes that the code needs it."""
        root, *parts = path.split(".")
        self.globals[root] = None
        if root in PACKAGES and len(parts) > 1:
            self.globals[f"{root}.{parts[0]}"] = None
        return syntax.dotted(path)

    def constant(self, value: Any) -> gast.expr:
        """A constant as it is written in source."""
        match value:
            case tuple():
                return syntax.tuple_of(map(self.constant, value))
            case list():
                return gast.List(list(map(self.constant, value)), gast.Load())
            case np.generic():
                number = self.constant(value.item())
                return syntax.call(self.dtype(value.dtype.name), [number])
            case float() if math.isnan(value):
                return self.function("np.nan")
            case float() if math.isinf(value):
                infinity = self.function("np.inf")
                return infinity if value > 0 else gast.UnaryOp(gast.USub(), infinity)
            case Named():
                return self.function(self._objects[value])
            case np.dtype():
                return self.dtype(value.name)
            case type() if issubclass(value, np.generic):
                return self.dtype(np.dtype(value).name)
            case type():
                return self.function(value.__name__)
            case _ if value is UNDEFINED:
                return syntax.constant(None)
            case _:
                return syntax.constant(value)

    def dtype(self, name: Any) -> gast.expr:
        """`np.float32`; `bool`, whose NumPy name differs between versions."""
        name = np.dtype(name).name
        return self.function("bool" if name == "bool" else f"np.{name}")

    def index(self, template: Sequence[Any], slots: Sequence[Atom]) -> gast.expr:
        """What stands between the brackets of `A[...]`."""
        items = [self._index_item(item, slots) for item in template]
        return items[0] if len(items) == 1 else syntax.tuple_of(items)

    def index_object(self, template: Sequence[Any], slots: Sequence[Atom]) -> gast.expr:
        """An index as a value of its own: `i`, `(i, j)` or `np.s_[1:, i]`."""
        index = self.index(template, slots)
        has_slices = any(isinstance(item, slice) for item in template)
        return syntax.subscript(self.function("np.s_"), index) if has_slices else index

    def _index_item(self, item: Any, slots: Sequence[Atom]) -> gast.expr:
        match item:
            case Slot(number):
                return self(slots[number])
            case slice():
                parts = (item.start, item.stop, item.step)
                return gast.Slice(*(None if part is None else self._index_item(part, slots) for part in parts))
            case _:
                return self.constant(item)

    def formatted(self, template: Sequence[Any], values: Sequence[Atom]) -> gast.expr:
        """An f-string."""
        parts: list[gast.expr] = []
        for item in template:
            match item:
                case str():
                    parts.append(syntax.constant(item))
                case Slot(number):
                    parts.append(gast.FormattedValue(self(values[number]), -1, None))
                case (Slot(number), conversion, specification):
                    template = (specification,) if isinstance(specification, str) else specification
                    text = self.formatted(template, values) if specification else None
                    code = ord(conversion) if conversion else -1
                    parts.append(gast.FormattedValue(self(values[number]), code, text))
        return gast.JoinedStr(parts)

    def _conditional(self, equation: Equation) -> gast.expr:
        """`a and b`, `a or b` or `a if condition else b`."""
        condition = self(equation.inputs[0])
        then, orelse = (region.results[0] for region in equation.regions)
        kind = boolean_operator(equation)
        if kind == "and":
            return condition if then == Literal(True) else syntax.conjunction(condition, self(then))
        if kind == "or":
            return condition if orelse == Literal(False) else gast.BoolOp(gast.Or(), [condition, self(orelse)])
        if equation.inputs[0].type.dtype == "bool":
            if orelse == Literal(False):
                return syntax.conjunction(condition, self(then))
            if then == Literal(True):
                return gast.BoolOp(gast.Or(), [condition, self(orelse)])
            if then == Literal(False):
                return syntax.conjunction(syntax.negation(condition), self(orelse))
            if orelse == Literal(True):
                return gast.BoolOp(gast.Or(), [syntax.negation(condition), self(then)])
        return gast.IfExp(condition, self(then), self(orelse))


def _attribute_or_function(name: str) -> Callable[[Expressions, Equation], gast.expr]:
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
    """`np.zeros(shape)` or `np.full(shape, value)`, with the dtype where it would come out differently."""
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


def _make_tuple(expressions: Expressions, equation: Equation) -> gast.expr:
    parts = list(map(expressions, equation.inputs))
    packing = equation.parameters.get("packing")
    return packed(packing, parts, expressions.constant, expressions.function)


def _getitem(expressions: Expressions, equation: Equation) -> gast.expr:
    array, *slots = equation.inputs
    return syntax.subscript(expressions(array), expressions.index(equation.parameters["index"], slots))


def _lasting_writes(expressions: Expressions, equation: Equation) -> gast.expr:
    shape, *slots = equation.inputs
    arguments = [expressions(shape), expressions.index_object(equation.parameters["index"], slots)]
    return syntax.call(expressions.function("lasting_writes"), arguments)


def _transpose(expressions: Expressions, equation: Equation) -> gast.expr:
    if equation.static or equation.inputs[0].type.kind != "array":
        return expressions.call(equation)
    return syntax.attribute(expressions(equation.inputs[0]), "T")


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


_SPECIAL: dict[str, Callable[[Expressions, Equation], gast.expr]] = {
    "sparse_product": _sparse_product,
    "interpolated": _interpolated,
    "make_tuple": _make_tuple,
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
    "full": _filled,
    "getitem": _getitem,
    "lasting_writes": _lasting_writes,
    "transpose": _transpose,
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


def is_runtime_function(name: str) -> bool:
    """Whether a global name in generated code is a function of `adcompiler.runtime`."""
    return name.partition(".")[0] not in (*MODULES, *PACKAGES) and not hasattr(builtins, name)
