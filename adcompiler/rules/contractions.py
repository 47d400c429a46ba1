"""Einstein sums: the cotangent of an operand is a sum over the others' indices and the result's."""

from __future__ import annotations

import numpy as np

from adcompiler.errors import MissingRuleError
from adcompiler.ir.types import Dim, Type, broadcast_dims
from adcompiler.rules.inference import DATA_DEPENDENT, common_dtype, named_shape, value_type
from adcompiler.rules.table import REQUIRED, overridable, vjp


def terms_of(subscripts: str) -> tuple[list[str], str]:
    """The indices of each operand, and of the result, which NumPy finds itself where they are not given.

    Raises
    ------
    MissingRuleError
        The subscripts have an ellipsis, or an operand has an index twice.
    """
    text = subscripts.replace(" ", "")
    if "." in text:
        raise MissingRuleError("the derivative of `np.einsum` with `...` is not known", hint="name every axis")
    given, arrow, result = text.partition("->")
    terms = given.split(",")
    if not arrow:
        result = "".join(sorted(index for index in set(given) - {","} if given.count(index) == 1))
    if any(len(set(term)) < len(term) for term in terms):
        raise MissingRuleError(
            "the derivative of `np.einsum` with an index twice in one operand is not known", hint="use `np.diagonal`"
        )
    return terms, result


def _einsum(*operands, subscripts):
    return np.einsum(subscripts, *operands)


def _einsum_type(*operands: Type, subscripts: str) -> tuple[Type, ...]:
    terms, result = terms_of(subscripts)
    dtype = common_dtype(*operands)
    dims: dict[str, Dim] = {}
    for term, operand in zip(terms, operands, strict=True):
        if not isinstance(operand.shape, tuple):
            name = named_shape("einsum", *(operand.shape for operand in operands), subscripts=subscripts)
            return (value_type(dtype, name if result else ()),)
        for index, dim in zip(term, operand.shape, strict=True):
            merged = broadcast_dims(dims.get(index, 1), dim)
            dims[index] = DATA_DEPENDENT if merged is None else merged
    return (value_type(dtype, tuple(dims[index] for index in result)),)


def _operand_bar(g, y, *operands, subscripts, number):
    """Indices that nothing else has were summed over by themselves: along them the cotangent is uniform."""
    terms, result = terms_of(subscripts)
    others = [(term, x) for n, (term, x) in enumerate(zip(terms, operands, strict=True)) if n != number]
    present = set(result).union(*(term for term, _ in others))
    kept = "".join(index for index in terms[number] if index in present)
    inputs = ",".join([result, *(term for term, _ in others)])
    bar = g if inputs == kept else einsum(g, *(x for _, x in others), subscripts=f"{inputs}->{kept}")
    lost = tuple(place for place, index in enumerate(terms[number]) if index not in present)
    return np.expand_dims(bar, lost) if lost else bar


einsum = overridable(_einsum)

vjp(
    einsum,
    _operand_bar,
    static={"subscripts": REQUIRED},
    infer=_einsum_type,
    views=True,
    name="einsum",
    spelling="np.einsum",
    at=(
        ((2, 3), (3, 4), {"subscripts": "ij,jk->ik"}),
        ((3,), (3,), {"subscripts": "i,i"}),
        ((2, 3), {"subscripts": "ij->ji"}),
        ((2, 3), {"subscripts": "ij->i"}),
        ((2, 3), {"subscripts": "ij->"}),
        ((2, 3), (4,), {"subscripts": "ij,k->ki"}),
        ((2, 3), (3, 4), (4, 2), {"subscripts": "ij,jk,ki->j"}),
        ((5, 2, 3), (5, 3, 4), {"subscripts": "bij, bjk -> bik"}),
    ),
)
