"""What may share memory says so: an update in place is safe only because every view in the rule table is marked."""

import numpy as np
import pytest

from adcompiler.analysis.sharing import READ_ONLY
from tests.rules.points import Case, all_cases


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_a_result_that_shares_memory_is_marked_as_a_view_of_the_first_operand(case: Case) -> None:
    result = case.value(*case.operands)
    if case.name.startswith("make_tuple") or not isinstance(result, np.ndarray):
        return
    for number, operand in enumerate(case.operands):
        if isinstance(operand, np.ndarray) and np.shares_memory(result, operand):
            assert number == 0
            assert case.rule.primitive.views
    if not result.flags.writeable:
        assert case.rule.primitive.name in READ_ONLY
