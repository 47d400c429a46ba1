"""`np.einsum`: its subscripts are part of the code."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler.frontend.calls import Arguments, Keywords, means
from adcompiler.frontend.expressions import numeric
from adcompiler.frontend.heap import Ref
from adcompiler.frontend.state import State


@means(np.einsum)
def _einsum(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if keywords:
        state.refuse(node, f"the derivative of `np.einsum` does not support `{next(iter(keywords))}=`")
    subscripts = state.constant_of(arguments[0], node, "the subscripts of `np.einsum`") if arguments else None
    if not isinstance(subscripts, str):
        state.refuse(
            node, "`np.einsum` needs its subscripts as text", 'write them first: `np.einsum("ij,jk->ik", a, b)`'
        )
    operands = [numeric(state, ref, node) for ref in arguments[1:]]
    try:
        return state.bind(state.emit("einsum", *operands, subscripts=subscripts))
    except ValueError as error:
        state.refuse(node, f"these subscripts do not fit the operands: {error}")
