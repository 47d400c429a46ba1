"""FUNCTIONS.md says what the table and the definitions say, and no more than is tested."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from adcompiler.functions import document, entries, load_optional_parts, spelling_of
from tests.rules import test_complex, test_second_order, test_table
from tests.rules.points import Case

PATH = Path(__file__).parents[1] / "FUNCTIONS.md"


def test_the_document_is_in_step(request: pytest.FixtureRequest) -> None:
    pytest.importorskip("scipy", reason="the document has SciPy's functions")
    if request.config.getoption("--update-golden"):
        PATH.write_text(document(), encoding="utf-8")
    written, present = PATH.read_text(encoding="utf-8"), document()
    if sys.version_info >= (3, 12):  # newer Pythons have further functions: `math.sumprod`
        further = {line for line in present.splitlines() if line.startswith("| `")} - set(written.splitlines())
        present = "".join(line for line in present.splitlines(keepends=True) if line.rstrip("\n") not in further)
    assert written == present, "run `make functions`"


def _spellings(cases: list[Case]) -> set[str | None]:
    return {spelling_of(case.rule) for case in cases}


def test_the_document_claims_what_is_tested() -> None:
    load_optional_parts()
    listed = entries()
    assert {entry.spelling for entry in listed if entry.forward == "yes"} <= _spellings(test_table.CASES)
    twice = {"np.linalg.eigvals"}  # in `tests/functions`
    assert {entry.spelling for entry in listed if entry.second == "yes"} <= _spellings(test_second_order.CASES) | twice
    claimed = {entry.spelling for entry in listed if entry.complex == "yes" and entry.reverse == "yes"}
    elsewhere = {"np.linalg.eigh", "np.linalg.svd", "complex"}  # in `test_matrix_functions`, and by programs
    tested = _spellings(test_complex.HOLDING)
    assert not claimed - tested - elsewhere
