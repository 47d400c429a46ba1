"""Random programs compute as generated code what they compute equation by equation."""

import numpy as np
import pytest

from adcompiler.backend.emit import emit
from adcompiler.backend.load import load
from adcompiler.ir.print import format_program
from adcompiler.ir.verify import verify
from adcompiler.testing import evaluate
from tests.backend.random_programs import RandomProgram, arguments


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_generated_code_computes_what_the_program_does(first: int) -> None:
    for seed in range(first, first + 20):
        program = verify(RandomProgram(seed).program())
        emitted = emit(program)
        report = f"seed {seed}\n{format_program(program)}\n\n{emitted.text}"
        given = arguments()
        with np.errstate(all="ignore"):
            expected = evaluate(program, *arguments())
            found = load([emitted])["f"](*given)
        for one, other in zip(expected, found, strict=True):
            assert np.shape(one) == np.shape(other), report
            assert np.array_equal(one, other, equal_nan=True), report
        for before, after in zip(arguments(), given, strict=True):
            assert np.array_equal(before, after), f"the caller's array has changed: {report}"


def test_equal_programs_have_equal_text() -> None:
    for seed in range(5):
        assert emit(RandomProgram(seed).program()).text == emit(RandomProgram(seed).program()).text
