"""Which products leave their loop."""

from __future__ import annotations

import numpy as np
import pytest

from adcompiler.ir.nodes import Program, walk
from adcompiler.ir.verify import verify
from adcompiler.passes.distribute_loops import distribute_loops
from adcompiler.passes.eliminate_dead_code import eliminate_dead_code
from adcompiler.testing import evaluate, read_program

TYPES = {"W": "float64[3, 3]", "U": "float64[3, 2]", "h": "float64[3]", "xs": "float64[t, 2]", "n": "int"}
LOOP = "def f(W, U, h, xs, n):\n    {header}\n        {body}\n    return h"
LEAVES = {
    "a row": ("for x in xs:", "h = W @ h + U @ x"),
    "from the right": ("for x in xs:", "h = W @ h + x @ U.T"),
    "by number": ("for t in range(len(xs)):", "h = W @ h + U @ xs[t]"),
    "twice": ("for x in xs:", "h = W @ h + (U @ x) * np.sin(U @ x)"),
    "changed afterwards": ("for x in xs:", "y = U @ x; y[0] = h[1]; h = W @ y"),
}
STAYS = {
    "of the state": ("for x in xs:", "h = W @ h"),
    "of a number of rounds": ("for t in range(n):", "h = h + U @ xs[t]"),
    "of a matrix that changes": ("for x in xs:", "h = h + U @ x; U = U * 2"),
    "of rows that change": ("for t in range(len(xs)):", "h = h + U @ xs[t]; xs[t] = h[:2]"),
    "where something shows": ("for x in xs:", "h = h + U @ x; print(h[0])"),
    "under a condition": ("for x in xs:", "h = h + (U @ x if x[0] > 0 else h)"),
    "of a loop that is left": ("for x in xs:", "h = h + U @ x\n        if h[0] > 3: break"),
    "backwards": ("for t in range(len(xs) - 1, -1, -1):", "h = h + U @ xs[t]"),
}


def products(program: Program) -> int:
    loops = [equation for equation in verify(program).body.equations if equation.is_loop]
    return sum(e.primitive.name == "matmul" for loop in loops for region in loop.regions for e in walk(region))


@pytest.mark.parametrize("rounds", [0, 1, 3])
@pytest.mark.parametrize("case", LEAVES)
def test_products_of_rows_leave(case: str, rounds: int) -> None:
    header, body = LEAVES[case]
    before = eliminate_dead_code(read_program(LOOP.format(header=header, body=body), **TYPES))
    after = eliminate_dead_code(distribute_loops(before))
    assert products(after) == 1
    assert distribute_loops(after) == after
    rng = np.random.default_rng(0)
    arguments = (*(rng.normal(size=size) for size in ((3, 3), (3, 2), (3,), (rounds, 2))), rounds)
    np.testing.assert_allclose(evaluate(after, *arguments), evaluate(before, *arguments), rtol=1e-13)


@pytest.mark.parametrize("case", STAYS)
def test_other_products_stay(case: str) -> None:
    header, body = STAYS[case]
    before = eliminate_dead_code(read_program(LOOP.format(header=header, body=body), **TYPES))
    assert distribute_loops(before) == before


def test_without_types_nothing_leaves() -> None:
    before = read_program(LOOP.format(header="for x in xs:", body="h = W @ h + U @ x"))
    assert distribute_loops(before) == before
