"""The adjoint of one equation without regions: apply its rule, and fit what comes out to the operands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adcompiler.errors import DifferentiationError, UnknownTypeError
from adcompiler.ir.nodes import Atom, Equation, Literal, Value
from adcompiler.ir.types import Relation, relate
from adcompiler.rules.indexing import may_repeat
from adcompiler.rules.rule import Pullback, Rule
from adcompiler.rules.symbolic import RankUnknownError, Symbolic, atom_of, operand_of
from adcompiler.rules.table import RULES
from adcompiler.transform import lists
from adcompiler.transform.cotangents import Cotangent, Cotangents, Form
from adcompiler.transform.lists import of_item

_REARRANGING = ("reshape", "ravel", "flatten", "transpose", "swapaxes", "moveaxis", "flip", "fliplr", "flipud", "roll")
_JOINING = ("concatenate", "stack", "hstack", "vstack")
_LENGTH_ONE = ("squeeze", "expand_dims", "atleast_1d", "atleast_2d")
_UNIFORM = frozenset(("sum", "copy", "asarray", *_REARRANGING, *_JOINING, *_LENGTH_ONE))
"""Functions that use each element of their operands once, with weight one: a uniform cotangent stays as it is."""


def pull_equation(equation: Equation, cotangents: Cotangents) -> None:
    """Turn the cotangent of an equation's output into contributions to its operands."""
    if not equation.outputs or not cotangents.is_active(equation.outputs[0]):
        return
    of_list = bool(equation.inputs) and equation.inputs[0].type.kind == "list"
    special = (_OF_LISTS if of_list else _SPECIAL).get(equation.primitive.name)
    if special is not None:
        special(equation, cotangents)
        return
    rule = RULES[equation.primitive.name]
    if equation.outputs[0].type.kind == "tuple":
        _pull_several_results(equation, rule, cotangents)
        return
    cotangent = cotangents.take(equation.outputs[0])
    if cotangent is None:
        return
    if rule.kind == "elementwise":
        _pull_elementwise(equation, rule, cotangent, cotangents)
    else:
        _pull_with_rule(equation, rule, cotangent, cotangents)


def _pull_elementwise(equation: Equation, rule: Rule, cotangent: Cotangent, cotangents: Cotangents) -> None:
    output = equation.outputs[0]
    for operand, pullback in _pullbacks(equation, rule, cotangents):
        atom = _apply(pullback, Symbolic(cotangent.atom, cotangents.builder), equation, cotangents, is_elementwise=True)
        if atom is None:
            continue
        form = cotangent.form
        if form is Form.NARROW and relate(atom.type.shape, output.type.shape) is Relation.EQUAL:
            form = Form.EXACT
        if operand.type.shape != output.type.shape:
            # The operand was broadcast: its cotangent is a sum, so every term of it must be there to be summed.
            if form is Form.NARROW:
                atom = cotangents.widen(atom, output)
            form = Form.WIDE
        cotangents.add(operand, Cotangent(atom, form))


def _pull_several_results(equation: Equation, rule: Rule, cotangents: Cotangents) -> None:
    parts = cotangents.take_parts(equation.outputs[0])
    if all(part is None for part in parts):
        return
    builder = cotangents.builder
    g = tuple(None if part is None else operand_of(part, builder) for part in parts)
    for operand, pullback in _pullbacks(equation, rule, cotangents):
        atom = _apply(pullback, g, equation, cotangents)
        if atom is not None:
            _add_bar(operand, atom, cotangents)


def _pull_with_rule(equation: Equation, rule: Rule, cotangent: Cotangent, cotangents: Cotangents) -> None:
    output = equation.outputs[0]
    uniform = equation.primitive.name in _UNIFORM and cotangent.form is Form.NARROW
    if uniform and cotangent.atom.type.shape == ():
        for operand in equation.inputs:
            cotangents.add(operand, cotangent)
        return
    g = cotangents.settled(output, cotangent)
    for operand, pullback in _pullbacks(equation, rule, cotangents):
        atom = _apply(pullback, Symbolic(g, cotangents.builder), equation, cotangents)
        if atom is None:
            continue
        if output.type.kind == "list" and equation.primitive.name in _OF_ITEMS:
            atom = of_item(atom, operand.type)
        _add_bar(operand, atom, cotangents)


def _add_bar(operand: Value, atom: Atom, cotangents: Cotangents) -> None:
    """Add what a pullback gave, which may stand for its broadcast."""
    equal = relate(atom.type.shape, operand.type.shape) is Relation.EQUAL
    cotangents.add(operand, Cotangent(atom, Form.EXACT if equal else Form.NARROW))


def _pullbacks(equation: Equation, rule: Rule, cotangents: Cotangents) -> Iterator[tuple[Value, Pullback]]:
    """The operands that have a cotangent, with the pullback for each; what one operand gets twice is added first."""
    inputs = equation.inputs
    active = [atom for atom in dict.fromkeys(inputs) if isinstance(atom, Value) and cotangents.is_active(atom)]
    if active and active[0] == inputs[0] and active[0].type.kind == "list":
        active = [*active[1:], active[0]]  # what reads a list's cotangent comes before what shortens it
    for operand in active:
        pullbacks = [rule.pullback(number) for number, atom in enumerate(inputs) if atom is operand or atom == operand]
        found = [pullback for pullback in pullbacks if pullback is not None]
        if len(found) == 1:
            yield operand, found[0]
            continue
        with cotangents.apart(operand):
            for pullback in found:
                yield operand, pullback


def _apply(
    pullback: Pullback, g: Any, equation: Equation, cotangents: Cotangents, *, is_elementwise: bool = False
) -> Atom | None:
    """What a pullback writes for the cotangent `g`, symbolic, or the tuple of such; None for zero."""
    builder = cotangents.builder
    given = [Symbolic(equation.outputs[0], builder), *(operand_of(atom, builder) for atom in equation.inputs)]
    if is_elementwise:
        given = [builder.selection.regular(operand, g, equation) for operand in given]
    try:
        result: Any = pullback(g, *given, **equation.parameters)
    except RankUnknownError as error:
        raise UnknownTypeError(
            f"the derivative of `{equation.primitive.spelling or equation.primitive.name}` depends on the rank or "
            "dtype of its operands, which is not known",
            equation.span,
            "give types for the parameters",
        ) from error
    except DifferentiationError as error:
        if error.span is not None:
            raise
        raise type(error)(error.message, equation.span, error.hint) from None
    return None if result is None else atom_of(result)


def _pull_getitem(equation: Equation, cotangents: Cotangents) -> None:
    """`y = A[i]`: `A_bar[i] += y_bar`."""
    array, *slots = equation.inputs
    output = equation.outputs[0]
    cotangent = cotangents.take(output)
    if cotangent is None or not isinstance(array, Value) or not cotangents.is_active(array):
        return
    if _takes_all(array, equation.parameters["index"]):
        cotangents.add(array, cotangent)
        return
    g = cotangent.atom if cotangent.form is Form.NARROW else cotangents.settled(output, cotangent)
    known = cotangents.whole(array)
    base = cotangents.zeros(array) if known is None else cotangents.full(array, known)
    if known is not None:
        cotangents.christen(base, array)
    updated = cotangents.builder.call("additem", base, g, *slots, index=equation.parameters["index"])
    cotangents.put(array, Cotangent(updated))


def _pull_setitem(equation: Equation, cotangents: Cotangents) -> None:
    """`A1 = A0; A1[i] = v`: `v_bar = A1_bar[i]`, `A0_bar = A1_bar; A0_bar[i] = 0`."""
    array, value, *slots = equation.inputs
    cotangent = cotangents.take(equation.outputs[0])
    if cotangent is None:
        return
    index = equation.parameters["index"]
    if _takes_all(array, index):
        _pull_overwritten(equation, cotangent, cotangents)
        return
    g = cotangents.full(equation.outputs[0], cotangent)
    if cotangents.is_active(value):
        _pull_written(equation, cotangent, g, cotangents)
    if isinstance(array, Value) and cotangents.is_active(array):
        cleared = cotangents.builder.call("setitem", g, Literal(0.0), *slots, index=index)
        cotangents.add(array, Cotangent(cleared))


def _takes_all(array: Atom, index: Any) -> bool:
    """Whether an index selects the whole array: `A[:]`, `A[...]`."""
    return array.type.kind == "array" and all(item == slice(None) or item is Ellipsis for item in index)


def _pull_overwritten(equation: Equation, cotangent: Cotangent, cotangents: Cotangents) -> None:
    """`A1 = A0; A1[:] = v`: `v_bar = A1_bar`, and nothing of A0 is left."""
    output, value = equation.outputs[0], equation.inputs[1]
    if not cotangents.is_active(value):
        return
    if relate(output.type.shape, value.type.shape) is Relation.EQUAL:
        cotangents.add(value, cotangent)
    else:
        cotangents.add(value, Cotangent(cotangents.settled(output, cotangent), Form.WIDE))


def _pull_additem(equation: Equation, cotangents: Cotangents) -> None:
    """`A1 = A0; A1[i] += v`: `v_bar = A1_bar[i]`, `A0_bar = A1_bar`."""
    array, value, *_ = equation.inputs
    cotangent = cotangents.take(equation.outputs[0])
    if cotangent is None:
        return
    if cotangents.is_active(value):
        _pull_written(equation, cotangent, cotangents.settled(equation.outputs[0], cotangent), cotangents)
    cotangents.add(array, cotangent)


def _pull_written(equation: Equation, cotangent: Cotangent, settled: Atom, cotangents: Cotangents) -> None:
    """The contribution to what was written at an index: the cotangent there, summed where the write broadcast it.

    Of several writes to one element only the last one has an influence.
    """
    _, value, *slots = equation.inputs
    index, builder = equation.parameters["index"], cotangents.builder
    part = builder.call("getitem", settled, *slots, index=index)
    may_be_lost = equation.primitive.name == "setitem" and any(may_repeat(operand_of(slot, builder)) for slot in slots)
    if may_be_lost:
        lasting = builder.call("lasting_writes", cotangents.shape(equation.outputs[0]), *slots, index=index)
        part = builder.call("where", lasting, part, Literal(0.0))
    equal = relate(part.type.shape, value.type.shape) is Relation.EQUAL
    if equal and not may_be_lost and cotangent.form is Form.NARROW and cotangent.atom.type.shape == ():
        cotangents.add(value, cotangent)
    else:
        cotangents.add(value, Cotangent(part, Form.EXACT if equal else Form.WIDE))


def _pull_make_tuple(equation: Equation, cotangents: Cotangents) -> None:
    """`t = (a, b)`: each element's cotangent is its own."""
    output = equation.outputs[0]
    parts = [cotangents.take_part(output, number) for number in range(len(equation.inputs))]
    whole = cotangents.take(output)
    for number, (atom, part) in enumerate(zip(equation.inputs, parts, strict=True)):
        if whole is not None and cotangents.is_active(atom):
            item = cotangents.builder.call("item", whole.atom, index=number)
            cotangents.add(atom, Cotangent(of_item(item, atom.type)))
        if part is not None:
            cotangents.add(atom, part)


def _pull_item(equation: Equation, cotangents: Cotangents) -> None:
    """`a = t[0]`: a contribution to one element of the tuple."""
    container = equation.inputs[0]
    cotangent = cotangents.take(equation.outputs[0])
    if cotangent is not None and isinstance(container, Value):
        cotangents.add_part(container, equation.parameters["index"], cotangent)


_SPECIAL: dict[str, Callable[[Equation, Cotangents], None]] = {
    "getitem": _pull_getitem,
    "setitem": _pull_setitem,
    "additem": _pull_additem,
    "make_tuple": _pull_make_tuple,
    "item": _pull_item,
}

_OF_LISTS: dict[str, Callable[[Equation, Cotangents], None]] = {
    "getitem": lists.pull_getitem,
    "setitem": lists.pull_setitem,
    "additem": lists.pull_additem,
}

_OF_ITEMS = ("make_list", "append")
"""Functions that put values into a list as they are."""
