"""Symbolic values: what a rule receives from the compiler, so that an ordinary NumPy function writes equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from adcompiler.ir.build import Builder
from adcompiler.ir.nodes import Atom, Literal, Slot
from adcompiler.ir.types import Shape, Type
from adcompiler.rules.rule import RankUnknownError
from adcompiler.rules.table import RULES, method_rule, rule_of

__all__ = ["RankUnknownError", "Symbolic", "apply", "atom_of", "operand_of"]


class Symbolic(NDArrayOperatorsMixin):
    """An IR value that answers to NumPy's operators and functions by appending equations."""

    __slots__ = ("atom", "builder")
    __array_priority__ = 1000
    __iter__ = None  # `x[0], x[1], …` would never end

    def __init__(self, atom: Atom, builder: Builder) -> None:
        self.atom = atom
        self.builder = builder

    def __repr__(self) -> str:
        return f"Symbolic({self.atom}: {self.type})"

    def __bool__(self) -> bool:
        raise TypeError(f"a rule branches on {self.atom}, which is not known before the program runs")

    def __array__(self, *_: Any, **__: Any) -> np.ndarray[Any, Any]:
        raise TypeError(f"a rule hands {self.atom} to a NumPy function that it cannot take over")

    @property
    def type(self) -> Type:
        """What is known of the value."""
        return self.atom.type

    @property
    def ndim(self) -> int:
        """Number of axes; raises `RankUnknownError` where it is not known."""
        if self.type.rank is None:
            raise RankUnknownError(str(self.atom))
        return self.type.rank

    @property
    def shape(self) -> Symbolic:
        """The shape, as a symbolic tuple."""
        return self._emit("shape")

    @property
    def size(self) -> Symbolic:
        """The number of elements."""
        return self._emit("size")

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype; raises `RankUnknownError` where it is not known."""
        if self.type.dtype is None:
            raise RankUnknownError(str(self.atom))
        return np.dtype(self.type.dtype)

    @property
    def T(self) -> Symbolic:  # noqa: N802  (NumPy's name)
        """The transpose."""
        return apply(np.transpose, (self,), {})

    def _emit(self, name: str, *others: Any, **static: Any) -> Symbolic:
        atoms = [self.atom, *(atom_of(other) for other in others)]
        return Symbolic(self.builder.emit(RULES[name].primitive, *atoms, **static), self.builder)

    def __getitem__(self, index: Any) -> Symbolic:
        if self.type.kind == "tuple" and isinstance(index, int):
            return self._emit("item", index=index)
        template, dynamic = split_index(index)
        return self._emit("getitem", *dynamic, index=template)

    def __getattr__(self, name: str) -> Any:
        rule = method_rule(name)
        if rule is None:
            raise AttributeError(name)
        return lambda *arguments, **keywords: apply(rule.function, (self, *arguments), keywords)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        return apply(ufunc if method == "__call__" else getattr(ufunc, method), inputs, keywords)

    def __array_function__(
        self, function: Any, types: Any, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> Any:
        if function is np.ndim:
            return self.ndim
        return apply(function, arguments, keywords)


def split_index(index: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """The static part of an index, with slots, and what goes into the slots: symbolic values and arrays."""
    dynamic: list[Any] = []

    def slot(item: Any) -> Any:
        match item:
            case slice():
                return slice(slot(item.start), slot(item.stop), slot(item.step))
            case Symbolic() | np.ndarray():
                dynamic.append(item)
                return Slot(len(dynamic) - 1)
            case _:
                return item

    return tuple(slot(item) for item in (index if isinstance(index, tuple) else (index,))), dynamic


def atom_of(operand: Any, builder: Builder | None = None) -> Atom:
    """The atom a rule's operand stands for: a symbolic value's own, a tuple or list of such, or a literal."""
    if isinstance(operand, Symbolic):
        return operand.atom
    if isinstance(operand, list) and builder is not None:
        return builder.emit(RULES["make_list"].primitive, *(atom_of(item, builder) for item in operand))
    if isinstance(operand, tuple):
        builder = next((item.builder for item in operand if isinstance(item, Symbolic)), None)
        if builder is not None:
            return builder.emit(RULES["make_tuple"].primitive, *map(atom_of, operand))
    return Literal(operand)


def operand_of(atom: Atom, builder: Builder) -> Any:
    """What a rule is given for an atom: a symbolic value, or the constant itself, so that rules can look at it."""
    return atom.value if isinstance(atom, Literal) else Symbolic(atom, builder)


def known_shape(operand: Any) -> Shape:
    """The shape of a rule's operand, as far as it is known."""
    return operand.type.shape if isinstance(operand, Symbolic) else np.shape(operand)


def is_empty(operand: Any) -> bool:
    """Whether a rule's operand is known to have no element."""
    shape = known_shape(operand)
    return isinstance(shape, tuple) and 0 in shape


def apply(function: Any, arguments: Iterable[Any], keywords: Mapping[str, Any]) -> Symbolic:
    """Append the equation for a call of `function`, which must be in the table."""
    rule = rule_of(function)
    assert rule is not None, f"a rule uses {function}, which has none itself"
    if isinstance(function, np.ufunc) and not keywords:
        operands, static = list(arguments), dict[str, Any]()
    else:
        operands, static = rule.bind(arguments, keywords)
    if rule.primitive.packs:
        operands = list(operands[0])
    builder = next(item.builder for item in operands if isinstance(item, Symbolic))
    atoms = [atom_of(operand, builder) for operand in operands]
    return Symbolic(builder.emit(rule.primitive, *atoms, **static), builder)
