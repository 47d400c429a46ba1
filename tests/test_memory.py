"""What gradients keep of the forward sweep is no more than `benchmarks/memory.py` says: counted, not timed."""

from __future__ import annotations

import pytest

from benchmarks.memory import Case, bytes_of, cases, figure, kept

EVERY = pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)


@EVERY
def test_no_more_is_kept_than_is_said(case: Case) -> None:
    assert figure(case) <= case.most + 1e-12


@pytest.mark.parametrize("case", [case for case in cases() if case.most == 0], ids=lambda case: case.name)
def test_linear_program_keeps_no_array(case: Case) -> None:
    assert kept(case) == []


def test_burgers_keeps_the_overwritten_part_and_the_last_state() -> None:
    (burgers,) = (case for case in cases() if case.name == "burgers")
    line, steps = burgers.arguments
    assert bytes_of(kept(burgers)) == steps * line[1:-1].nbytes + line.nbytes
