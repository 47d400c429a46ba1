"""Loaded functions behave like handwritten ones: their source is seen, and their errors say where they come from."""

import inspect
import linecache
import subprocess
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest

from adcompiler.backend.emit import Emitted, emit
from adcompiler.backend.load import annotate, load
from adcompiler.backend.standalone import assemble, module_header, module_text
from adcompiler.ir.types import unknown
from tests.backend.writing import NUMBER, Writer


def _gradient(name: str = "grad_f", factor: float = 2.0) -> Emitted:
    """A function with both sweeps, whose backward sweep can fail."""
    w = Writer()
    x, out_bar = w.parameter("x"), w.parameter("out_bar", NUMBER)
    w.builder.span = None
    y = w.call("multiply", x, factor, hint="y")
    w.backward("return np.sum(y[0])", 7)
    y_bar = w.call("multiply", out_bar, w.call("getitem", y, index=(0,), type=NUMBER), hint="y_bar")
    w.backward("y = 2 * x", 6)
    x_bar = w.call("additem", w.call("zeros", w.call("shape", x)), y_bar, hint="x_bar", index=(9,))
    return emit(w.program(x_bar, name, defaults=(("out_bar", "1.0"),), doc="Gradient of f (model.py:5), wrt x."))


def _unbroadcasting() -> Emitted:
    w = Writer()
    x, g_bar = w.parameter("x", unknown("x")), w.parameter("g_bar", unknown("g"))
    w.backward("y = x + 1")
    return emit(w.program(w.call("unbroadcast", w.call("sin", g_bar), w.call("shape", x), hint="x_bar"), "grad_g"))


def test_a_loaded_function_has_a_name_a_docstring_and_source() -> None:
    emitted = _gradient()
    function = load([emitted])["grad_f"]
    assert function.__name__ == "grad_f"
    assert function.__doc__ == "Gradient of f (model.py:5), wrt x."
    assert inspect.getsource(function) == emitted.text
    linecache.checkcache()
    assert inspect.getsource(function) == emitted.text


def test_the_same_text_is_loaded_under_the_same_name_and_another_under_another() -> None:
    files = [load([_gradient("grad_h", factor)])["grad_h"].__code__.co_filename for factor in (2.0, 2.0, 3.0)]
    assert files == ["<adcompiler grad_h>", "<adcompiler grad_h>", "<adcompiler grad_h 2>"]


def test_an_error_shows_the_generated_line_and_names_the_primal_statement() -> None:
    function = load([_gradient()])["grad_f"]
    with pytest.raises(IndexError) as caught:
        function(np.ones(4))
    annotate(caught.value)
    annotate(caught.value)
    assert caught.value.__notes__ == ["in the backward sweep of model.py:6: y = 2 * x"]
    assert "x_bar[9] += " in "".join(traceback.format_exception(caught.value))


def test_an_error_from_elsewhere_is_left_alone() -> None:
    error = ValueError("elsewhere")
    annotate(error)
    assert not hasattr(error, "__notes__")


def test_functions_of_one_module_share_their_imports() -> None:
    functions = [_gradient(), _unbroadcasting()]
    text, starts = assemble(functions, module_header(functions))
    lines = text.splitlines()
    assert lines[:3] == ["import numpy as np", "", "from adcompiler.runtime import unbroadcast"]
    assert [lines[start - 1].split("(")[0] for start in starts] == ["def grad_f", "def grad_g"]
    assert lines[starts[0] - 2] == "# Gradient of f (model.py:5), wrt x."
    loaded = load(functions)
    assert list(loaded) == ["grad_f", "grad_g"]
    np.testing.assert_array_equal(loaded["grad_g"](np.ones(2), np.zeros((3, 2))), np.zeros(2))


def test_a_namespace_may_be_given() -> None:
    emitted = _gradient()
    assert load([emitted], {"extra": 3})["grad_f"].__globals__["extra"] == 3


def test_a_standalone_module_needs_numpy_alone(tmp_path: Path) -> None:
    text = module_text([_unbroadcasting()])
    assert "adcompiler" not in text
    script = tmp_path / "gradient.py"
    script.write_text(text + "\nprint(grad_g(np.ones(3), np.zeros((4, 3))))\n")
    isolated = subprocess.run(
        [sys.executable, "-I", str(script)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert isolated.stdout == "[0. 0. 0.]\n"
