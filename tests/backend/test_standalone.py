"""Standalone code carries the runtime functions that it calls, and those that these call."""

from __future__ import annotations

import numpy as np

from adcompiler.backend.standalone import module_text
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.parse import function_source
from adcompiler.signature import given_types


def written_at_positions(x, v, positions):
    x[positions] = v
    return x[0] * x[2]


def test_write_at_positions_needs_numpy_alone():
    source = function_source(written_at_positions)
    compiled = compile_gradient(source, given_types(source.parameters, None, {}), Goal("grad", ("v",)))
    code = module_text(compiled.emitted)
    assert "adcompiler" not in code
    namespace = {}
    exec(code, namespace)
    gradient = namespace["grad_written_at_positions"](np.zeros(3), np.array([1.0, 2.0, 3.0]), np.array([0, 2, 0]))
    np.testing.assert_array_equal(gradient, [0.0, 3.0, 2.0])
