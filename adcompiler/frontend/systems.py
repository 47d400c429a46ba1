"""Linear systems whose matrix is sparse, and known before the program runs."""

from __future__ import annotations

from typing import Any

from adcompiler import runtime
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.library_objects import is_sparse, mentioned
from adcompiler.frontend.meanings import Arguments, Keywords, means
from adcompiler.frontend.rule_calls import apply_rule
from adcompiler.frontend.state import State
from adcompiler.rules.table import rule_of


@means(runtime.sparse_solution)
def _sparse_solution(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    matrix, b = arguments
    dense, sparse = rule_of(runtime.iterated_solution), rule_of(runtime.sparse_solution)
    assert dense is not None
    assert sparse is not None
    if not isinstance(matrix, Constant):
        return apply_rule(state, dense, arguments, keywords, node)
    if not is_sparse(matrix.value):
        state.refuse(node, "the matrix of this system is neither an array nor a sparse matrix")
    named = mentioned(state, matrix.value, None, "matrix").value
    return apply_rule(state, sparse, [Constant(named), b], keywords, node)
