"""The pipelines: which passes run, in which order, and why there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from adcompiler.analysis.row_plan import IsLarge
from adcompiler.ir.nodes import Program, reachable_callees
from adcompiler.passes.add_rows import add_rows
from adcompiler.passes.ask_before_writes import ask_before_writes
from adcompiler.passes.assign_first import assign_first
from adcompiler.passes.block_rows import block_rows
from adcompiler.passes.clear_once import clear_once
from adcompiler.passes.defer_weight_gradients import defer_weight_gradients
from adcompiler.passes.delay_scatters import delay_scatters
from adcompiler.passes.delay_updates import delay_updates
from adcompiler.passes.distribute_loops import distribute_loops
from adcompiler.passes.eliminate_dead_code import eliminate_dead_code
from adcompiler.passes.fill_items import fill_items
from adcompiler.passes.fold_constants import fold_constants
from adcompiler.passes.hoist_invariants import hoist_invariants
from adcompiler.passes.join_products import join_products
from adcompiler.passes.leave_unfilled import leave_unfilled
from adcompiler.passes.merge_writes import merge_writes
from adcompiler.passes.pack_tapes import pack_tapes
from adcompiler.passes.propagate_copies import propagate_copies
from adcompiler.passes.push_sums import push_sums
from adcompiler.passes.reuse_lists import reuse_lists
from adcompiler.passes.share_subexpressions import share_subexpressions
from adcompiler.passes.simplify_algebra import simplify_algebra
from adcompiler.passes.simplify_shapes import simplify_shapes
from adcompiler.passes.spell_out_means import spell_out_means
from adcompiler.passes.subtract_products import subtract_products
from adcompiler.passes.walk_lists import walk_lists
from adcompiler.passes.work_on_lists import work_on_lists

Pass = Callable[[Program], Program]

SIMPLIFY: tuple[Pass, ...] = (
    fold_constants,  # an `if` on a static shape has one branch, and a loop over it a known length
    simplify_shapes,  # what a write through a reshaped view did and undid is gone
    propagate_copies,  # after folding, which shows which branch is taken
    walk_lists,  # before dead code: then nobody may need the positions
    hoist_invariants,  # before the adjoint: what was computed before a loop needs no tape
    ask_before_writes,  # so that a loop which writes an array asks nothing of it that changes
    eliminate_dead_code,  # last: what the adjoint never sees needs no cotangent and no tape
)
"""Run on the primal, before it is differentiated."""

CLEAN: tuple[Pass, ...] = (
    fold_constants,  # first: the adjoint asks for shapes and lengths that are often known
    simplify_shapes,  # before copies: two transposes leave one
    propagate_copies,  # before sharing, so that one value has one name
    delay_scatters,  # before sharing: what the adjoint gathers, the primal has mostly gathered already
    push_sums,  # before sharing: two sums may turn out to be of one array
    share_subexpressions,  # before algebra: `a + a` shows when both are one value
    hoist_invariants,  # after sharing: what the adjoint computes anew of the primal's numbers
    join_products,  # after sharing, which shows that two factors are one value
    simplify_algebra,
    eliminate_dead_code,  # after all that leaves values unread
)
"""Run on the adjoint, and again on what is made of it for arrays of a few elements."""

FINISH: tuple[Pass, ...] = (
    defer_weight_gradients,  # after dead code: what is added once must be seen to be used once
    distribute_loops,  # before dead code is dropped again: nobody may need the rows any more
    merge_writes,  # after dead code, which leaves each array with one use where it is only written
    assign_first,  # after writes are merged that follow each other
    clear_once,  # after that, which has used what is cleared within a round
    leave_unfilled,  # after all that asks what is zero, and what is assigned
    subtract_products,  # after writes are merged: a product may be assigned somewhere now
    eliminate_dead_code,  # once more: what is overwritten before anybody reads it need not be restored
    fill_items,  # after dead code, for the same reason
    reuse_lists,  # after dead code, which drops tapes, and before they are packed
    work_on_lists,  # after all that writes and reads elements, and before tapes are packed, whose items it looks at
    pack_tapes,  # after dead code, which drops tapes one by one
    add_rows,  # late: other passes know additions to parts
    spell_out_means,  # late: other passes know means
    delay_updates,  # late: it looks at what remains between an update and its uses
    block_rows,  # last: what the loops are made of has been simplified as whole arrays
)
"""Run after that: what is for arrays, and for what remains."""

OPTIMISE = CLEAN + FINISH


def run(passes: Iterable[Pass], program: Program) -> Program:
    """Apply passes one after the other, to a program and to each callee that it calls then."""
    passes = tuple(passes)
    for transform in passes:
        program = transform(program)
    if not program.callees:
        return program
    return replace(program, callees=tuple(run(passes, callee) for callee in reachable_callees(program)))


def finish(program: Program, is_large: IsLarge, *, for_program: bool = False) -> Program:
    """Apply the last passes, with what is known of the sizes of arrays.

    Code that becomes part of a program (`for_program`) stays in arrays: it is read like a user's, whose lists are none.
    """
    passes = [each for each in FINISH if not (for_program and each is work_on_lists)]
    return run((partial(block_rows, is_large=is_large) if each is block_rows else each for each in passes), program)
