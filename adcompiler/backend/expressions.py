"""Expressions: how each primitive is written in Python.

Most are calls of the function that the rule table spells (`np.sin(x)`); operators have an entry in a table, as have the
primitives with a syntax of their own, which `forms` writes.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gast
import numpy as np

from adcompiler.backend import syntax
from adcompiler.backend.conditionals import boolean_operator
from adcompiler.backend.nesting import Nesting
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
        form = FORMS.get(name)
        return self.call(equation) if form is None else form(self, equation)

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


Form = Callable[[Expressions, Equation], gast.expr]

FORMS: dict[str, Form] = {}
"""Primitives with a syntax of their own, by name: `backend.forms` has them."""


def is_runtime_function(name: str) -> bool:
    """Whether a global name in generated code is a function of `adcompiler.runtime`."""
    return name.partition(".")[0] not in (*MODULES, *PACKAGES) and not hasattr(builtins, name)
