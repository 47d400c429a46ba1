"""Augmented assignment: `A[i] = A[i] / v` as `A[i] /= v` and `A[i] += -v` as `A[i] -= v`, where that is the same."""

from __future__ import annotations

import gast

from adcompiler.ir.nodes import Equation, Value

_COMMUTATIVE = (gast.Mult, gast.Add)
_SYMBOLS: dict[type[gast.operator], str] = {gast.Add: "+", gast.Sub: "-", gast.Mult: "*", gast.Div: "/", gast.Pow: "**"}


def updated_part(write: Equation, read: Equation | None, target: gast.expr, value: gast.expr) -> gast.AugAssign | None:
    """`target op= …` for `target = target op …`.

    The primal is written so only where the user wrote it so; a product may have the target on its right in the adjoint.

    Parameters
    ----------
    write : Equation
        A `setitem`.
    read : Equation or None
        The equation of the operation, nested in the assignment.
    target, value : gast.expr
        Both sides of the assignment.
    """
    if read is None or not isinstance(value, gast.BinOp) or type(value.op) not in _SYMBOLS:
        return None
    backward = write.sweep == "backward"
    statement = write.span.statement if write.span is not None else ""
    if not backward and f"{_SYMBOLS[type(value.op)]}=" not in statement:
        return None
    array, written = write.inputs[:2]
    if not isinstance(written, Value) or array.type.dtype is None or array.type.dtype != written.type.dtype:
        return None
    operands = [(value.left, value.right, read.inputs[0])]
    if backward and isinstance(value.op, _COMMUTATIVE):
        operands.append((value.right, value.left, read.inputs[1]))
    for part, other, atom in operands:
        if atom.type.shape == written.type.shape and _same(part, target):
            return gast.AugAssign(target, value.op, other)
    return None


def _same(read: gast.expr, target: gast.expr) -> bool:
    """Whether a part that is read is the one that is written."""
    if not (isinstance(read, gast.Subscript) and isinstance(target, gast.Subscript)):
        return False
    return bool(gast.dump(read.value) == gast.dump(target.value) and gast.dump(read.slice) == gast.dump(target.slice))


def plus_equals(target: gast.expr, value: gast.expr) -> gast.AugAssign:
    """`target += value`, or `target -= …` where the value begins with a sign."""
    positive = _without_sign(value)
    return (
        gast.AugAssign(target, gast.Add(), value) if positive is None else gast.AugAssign(target, gast.Sub(), positive)
    )


def _without_sign(value: gast.expr) -> gast.expr | None:
    """The negative of a value that begins with a sign: of a product or quotient, exactly."""
    match value:
        case gast.UnaryOp(op=gast.USub(), operand=operand):
            return operand
        case gast.Constant(value=int() | float() as number) if not isinstance(number, bool) and number < 0:
            return gast.Constant(-number, None)
        case gast.BinOp(left=left, op=gast.Mult() | gast.Div() as op, right=right):
            positive = _without_sign(left)
            return None if positive is None else gast.BinOp(positive, op, right)
    return None
