"""Einstein sums: the cotangent of an operand is a sum over the others' indices and the result's."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.errors import UnknownTypeError
from adcompiler.ir.dims import Dim, may_be_one
from adcompiler.ir.types import OPAQUE, Type, array, broadcast_dims
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    given_shape_type,
    joined_dtype,
    named_shape,
    shape_from,
    value_type,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED, RankUnknownError
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.subscripts import arrange, terms_of
from adcompiler.rules.table import linear, nondifferentiable


def _einsum(*operands, subscripts, optimize=False, dtype=None):
    return np.einsum(subscripts, *operands, optimize=optimize, dtype=dtype)


def _einsum_type(*operands: Type, subscripts: str, optimize: Any = False, dtype: str | None = None) -> tuple[Type, ...]:
    terms, result = terms_of(subscripts, [operand.rank for operand in operands])
    dtype = dtype or joined_dtype(*operands)
    if not result:
        # NumPy may compute an optimised product by `np.tensordot`, which makes an array of a number.
        return (value_type(dtype, ()) if optimize is False else Type("unknown", dtype),)
    dims: dict[str, Dim] = {}
    for term, operand in zip(terms, operands, strict=True):
        if not isinstance(operand.shape, tuple):
            name = named_shape("einsum", *(operand.shape for operand in operands), subscripts=subscripts)
            return (value_type(dtype, name),)
        for index, dim in zip(term, operand.shape, strict=True):
            merged = broadcast_dims(dims.get(index, 1), dim)
            dims[index] = DATA_DEPENDENT if merged is None else merged
    return (array(dtype, tuple(dims[index] for index in result)),)


# What was broadcast, and diagonals


def _rebroadcast_type(g: Type, shape: Type) -> tuple[Type, ...]:
    target = shape_from(shape)
    return (Type("unknown" if target == () else "array", g.dtype, target),)


rebroadcast, place_on_diagonal = overridable(runtime.rebroadcast), overridable(runtime.place_on_diagonal)

linear(
    rebroadcast,
    lambda h, y, g, shape: rebroadcast(h, np.shape(g)),
    None,
    infer=_rebroadcast_type,
    aliases=(runtime.rebroadcast,),
    views=True,
    at=(((4, 3), (1, 3)), ((4, 3), (3,)), ((4, 3), (1,)), ((4, 3), (4, 3)), ((4, 1), (1, 2)), ((5, 4, 1), (4, 3))),
)
linear(
    place_on_diagonal,
    lambda h, y, g, shape, subscripts: unbroadcast(np.einsum(subscripts, h), np.shape(g)),
    None,
    static={"subscripts": REQUIRED},
    infer=given_shape_type,
    aliases=(runtime.place_on_diagonal,),
    at=(
        ((3,), (3, 3), {"subscripts": "ii->i"}),
        ((3, 2), (3, 3, 2), {"subscripts": "iij->ij"}),
        ((1,), (3, 3), {"subscripts": "ii->i"}),
        ((2, 3), (2, 3, 2), {"subscripts": "iji->ij"}),
    ),
)

# Cotangents


def _rank(x):
    try:
        return np.ndim(x)
    except RankUnknownError:
        return None


def _dims(x, term):
    """What is known of the length that an operand has along each of its indices."""
    type = getattr(x, "type", None)
    shape = type.shape if isinstance(type, Type) else np.shape(x)
    return dict(zip(term, shape, strict=True)) if isinstance(shape, tuple) else {}


def _operand_bar(g, y, *operands, subscripts, number, optimize=False, dtype=None):
    """The sum with `g` in the place of the operand, over the indices that are not its own.

    Along an index that nothing else has, the cotangent is uniform; an operand with one index twice has a cotangent on
    that diagonal; and one that was broadcast along an index is summed over it.
    """
    terms, result = terms_of(subscripts, [_rank(x) for x in operands])
    if any("..." in term for term in terms):
        return _batch_bar(g, operands, terms, result, number)
    others = [(term, x) for n, (term, x) in enumerate(zip(terms, operands, strict=True)) if n != number]
    own = "".join(dict.fromkeys(terms[number]))
    present = set(result).union(*(term for term, _ in others))
    lengths = _dims(operands[number], terms[number])
    kept = "".join(index for index in own if index in present and lengths.get(index) != 1)
    shared = set().union(*(term for term, _ in others))
    bar = _sum([result, *(term for term, _ in others)], kept, [g, *(x for _, x in others)], optimize)
    if any(index in shared and may_be_one(lengths.get(index, DATA_DEPENDENT)) for index in kept):
        shape = np.shape(operands[number])
        is_whole = kept == terms[number]
        bar = rebroadcast(bar, shape if is_whole else tuple(shape[terms[number].index(index)] for index in kept))
    if kept and kept != own:
        bar = np.expand_dims(bar, tuple(place for place, index in enumerate(own) if index not in kept))
    if len(own) == len(terms[number]):
        return bar
    return place_on_diagonal(bar, np.shape(operands[number]), subscripts=f"{terms[number]}->{own}")


def _batch_bar(g, operands, terms, result, number):
    """The same where nobody knows how many axes an ellipsis stands for, but they are the first ones."""
    own = "..." + terms[number].removeprefix("...")
    others = [(term, x) for n, (term, x) in enumerate(zip(terms, operands, strict=True)) if n != number]
    present = result + "".join(term for term, _ in others)
    in_front = all(term.startswith("...") for term in (*terms, result) if "..." in term)
    if not in_front or len(set(own) - {"."}) < len(own) - len("...") or not set(own) <= set(present):
        message = "the derivative of `np.einsum` depends on how many axes `...` stands for"
        raise UnknownTypeError(message, hint="give types for the parameters")
    bar = _sum([result, *(term for term, _ in others)], own, [g, *(x for _, x in others)], False)
    return rebroadcast(bar, np.shape(operands[number]))


def _sum(terms, result, operands, optimize):
    """`np.einsum`, in the best order where it has a choice; NumPy finds that of the operand's sum, not of this one."""
    if terms == [result]:
        return operands[0]
    product = _matrix_product(terms, result, operands) if len(operands) == 2 else None
    if product is not None:
        return product
    options: dict[str, Any] = {}
    if len(operands) > 2:
        options = {"optimize": True}
    elif optimize is True or isinstance(optimize, str):
        options = {"optimize": optimize}
    return np.einsum(f"{','.join(terms)}->{result}", *operands, **options)


def _matrix_product(terms, result, operands):
    """The sum of products of two operands over one index, as a product of matrices or of stacks of them.

    BLAS takes a sixth of the time of `np.einsum`'s own loops, and no longer for stacks of tiny matrices. None for any
    other sum, and where it is not known that the lengths of the index are equal.
    """
    left, right = terms
    if "..." in left + right or any(len(set(term)) < len(term) for term in terms) or not {*left, *right} >= {*result}:
        return None
    stacked = [index for index in left if index in right and index in result]
    summed = [index for index in left if index in right and index not in result]
    rows = [index for index in left if index not in right]
    columns = [index for index in right if index not in left]
    if len(summed) != 1 or any(len(own) > 1 or not {*own} <= {*result} for own in (rows, columns)):
        return None
    if stacked and not (rows and columns and left[-1] not in stacked and right[-1] not in stacked):
        return None  # vectors are no matrices; and rows that lie apart in memory are not for BLAS
    lengths = [_dims(x, term) for x, term in zip(operands, terms, strict=True)]
    if any(index not in lengths[0] or lengths[0][index] != lengths[1][index] for index in (*stacked, *summed)):
        return None
    a = _in_order(operands[0], left, [*stacked, *rows, *summed])
    b = _in_order(operands[1], right, [*stacked, *summed, *columns])
    if result == "".join(columns + rows) and rows and columns:
        return _in_order(b, [*summed, *columns], [*columns, *summed]) @ _in_order(a, [*rows, *summed], summed + rows)
    return _in_order(a @ b, [*stacked, *rows, *columns], result)


def _in_order(x, have, wanted):
    """Axes in another order: each has a letter."""
    axes = tuple(list(have).index(index) for index in wanted)
    if axes == tuple(range(len(axes))):
        return x
    return np.transpose(x) if axes == (1, 0) else np.transpose(x, axes)


einsum = overridable(_einsum)

linear(
    einsum,
    _operand_bar,
    static={"subscripts": REQUIRED, "optimize": False, "dtype": None},
    infer=_einsum_type,
    aliases=(np.einsum,),
    arrange=arrange,
    signature=lambda *operands, subscripts, optimize=False, dtype=None, casting="safe": None,
    views=True,
    name="einsum",
    spelling="np.einsum",
    at=(
        ((2, 3), (3, 4), {"subscripts": "ij,jk->ik"}),
        ((3,), (3,), {"subscripts": "i,i"}),
        ((2, 3), {"subscripts": "ij->ji"}),
        ((2, 3), {"subscripts": "ij->i"}),
        ((2, 3), {"subscripts": "ij->"}),
        ((2, 3), {"subscripts": "ba"}),
        ((2, 3), (4,), {"subscripts": "ij,k->ki"}),
        ((2, 3), (3, 4), (4, 2), {"subscripts": "ij,jk,ki->j"}),
        ((2, 3), (3, 4), (4, 2), (2,), {"subscripts": "ij,jk,kl,l->i", "optimize": "optimal"}),
        ((2, 3), (3, 4), {"subscripts": "ij,jk", "optimize": True}),
        ((3,), (3,), {"subscripts": "i,i", "optimize": True}),
        ((5, 2, 3), (5, 3, 4), {"subscripts": "bij, bjk -> bik"}),
        ((3, 3), {"subscripts": "ii"}),
        ((3, 3), {"subscripts": "ii->i"}),
        ((3, 2, 3), (2, 4), {"subscripts": "iji,jk->ik"}),
        ((3, 3, 2), (3,), {"subscripts": "iij,i->i"}),
        ((2, 2, 2), {"subscripts": "iii->i"}),
        ((1, 1), (3,), {"subscripts": "ii,i->i"}),
        ((1, 2), (3, 2), {"subscripts": "ij,ij->i"}),
        ((2, 1), (1, 4), {"subscripts": "ij,jk->ik"}),
        ((), (3,), {"subscripts": ",i"}),
        ((), {"subscripts": "->"}),
        ((5, 2, 3), (3, 4), {"subscripts": "...ij,...jk->...ik"}),
        ((2, 3), (5, 3, 4), {"subscripts": "...ij,...jk"}),
        ((5, 1, 2, 3), (4, 3), {"subscripts": "...ij,...j->...i"}),
        ((2, 5), (5,), {"subscripts": "i...,..."}),
        ((2, 5, 4), (2,), {"subscripts": "i...,i->..."}),
        ((2, 3), {"subscripts": "i...->..."}),
        ((3, 3, 4), {"subscripts": "ii...->i..."}),
        ((2, 3), {"subscripts": "..."}),
        ((2, 0), (0, 3), {"subscripts": "ij,jk->ik"}),
    ),
)

nondifferentiable(
    np.einsum_path,
    infer=lambda *_, **__: (Type("tuple", elements=(OPAQUE, OPAQUE)),),
    static={"optimize": "greedy"},
    signature=lambda *operands, optimize="greedy": None,
)
