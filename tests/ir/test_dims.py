"""Arithmetic of lengths against that of integers."""

from __future__ import annotations

import itertools
import random

import pytest

from adcompiler.frontend.facts import Facts
from adcompiler.ir.dims import (
    OPEN,
    Dim,
    clamped,
    extent,
    floor_quotient,
    is_at_most,
    is_length,
    is_negative,
    less,
    lower_bound,
    may_be_one,
    quotient,
    rewritten,
    shorter,
    value_of,
)

N, M, K = extent("n", least=2), extent("m", least=2), extent("k")


def _random(chosen: random.Random, depth: int = 3) -> Dim:
    """An expression in n, m and k."""
    if not depth:
        return chosen.choice((N, M, K, chosen.randrange(-3, 4)))
    one, other = (_random(chosen, depth - 1) for _ in range(2))
    match chosen.randrange(7):
        case 0 | 1:
            return one + other
        case 2:
            return one - other
        case 3:
            return one * other
        case 4:
            return clamped(one)
        case 5:
            return shorter(one, other)
    found = floor_quotient(one, chosen.randrange(1, 4))
    return one if found is None else found


@pytest.mark.parametrize("seed", range(200))
def test_what_is_said_of_a_length_holds_for_every_value(seed: int) -> None:
    chosen = random.Random(seed)
    one, other = (_random(chosen) for _ in range(2))
    solved = {"m": 2 * N + 1}
    for n, m, k in itertools.product((2, 3, 7), (2, 5), (0, 1, 4)):
        known = {"n": n, "m": m, "k": k}
        value, second = value_of(one, known), value_of(other, known)
        assert value is not None
        assert second is not None
        assert value_of(one + other, known) == value + second
        assert value_of(one - other, known) == value - second
        assert value_of(one * other, known) == value * second
        assert value_of(shorter(one, other), known) == min(value, second)
        assert value_of(clamped(one), known) == max(value, 0)
        assert value_of(rewritten(one, solved), known) == value_of(one, {**known, "m": 2 * n + 1})
        least = lower_bound(one)
        assert least is None or least <= value
        assert not is_length(one) or value >= 0
        assert not is_negative(one) or value < 0
        assert may_be_one(one) or value != 1
        assert not is_at_most(one, other) or value <= second
        exact = quotient(one, other)
        assert exact is None or value_of(exact, known) == value / second
        if is_length(one) and is_length(other):
            assert value_of(less(one, other), known) == max(value - second, 0)


def test_equal_sums_are_equal() -> None:
    assert 2 * N + 1 - N == N + 1 == 1 + N
    assert (N + 1) * (N - 1) == N * N - 1
    assert N - N == 0
    assert str(4 * N - M + 3) == "-m+4*n+3"


def test_an_open_length_says_nothing() -> None:
    assert OPEN + N == N * OPEN == OPEN - 1 == OPEN
    assert may_be_one(OPEN)
    assert not is_length(OPEN)
    assert not is_at_most(N, OPEN)
    assert not is_at_most(OPEN, N)


def test_the_index_of_a_loop_is_bounded_by_that_of_the_loop_around_it() -> None:
    i = extent("i#", least=0, most=N - 3)
    j = extent("j#", least=i, most=i + 2)
    assert is_length(N - 1 - j)
    assert is_length(j - i)
    assert not is_length(N - 2 - j)


def test_facts_are_looked_up_and_hold_for_what_is_alike() -> None:
    facts = Facts({"n": 64, "m": 256})
    assert facts.learn_sign(M - N)
    (first,) = facts.found
    assert first.holds({"n": 3, "m": 5})
    assert not first.holds({"n": 3, "m": 4})
    assert not first.holds({"n": 5, "m": 3})
    longer = rewritten(M, facts._known)
    assert is_at_most(N, longer)
    assert facts.learn_sign(longer - 2 * N)  # asked for the second time
    assert rewritten(M, facts._known) == 4 * N
    assert facts.found[1].holds({"n": 3, "m": 12})
    assert not facts.found[1].holds({"n": 3, "m": 11})


def test_the_columns_of_a_table_have_a_number_and_its_rows_have_none() -> None:
    facts = Facts({"n": 11, "m": 5000})
    assert facts.learn_sign(N - 10)
    assert rewritten(N, facts._known) == 11
    assert facts.learn_sign(M - 10)
    assert lower_bound(rewritten(M, facts._known)) == 16
    assert not facts.learn_sign(rewritten(M, facts._known) - 12)


def test_lengths_that_meet_are_one_or_one_of_them_is_one() -> None:
    facts = Facts({"n": 6, "m": 10})
    assert facts.learn_equality(M - 4, N)
    assert rewritten(M, facts._known) == N + 4
    facts = Facts({"n": 3, "m": 10})
    assert facts.learn_equality(N - 2, M)
    assert rewritten(N, facts._known) == 3
    assert not facts.learn_equality(OPEN, M)
