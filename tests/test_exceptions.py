"""Exceptions come out of generated code as they come out of the function, with a note that says where."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from raising import EVERY, NotPositiveError, negative, of_the_user

import adcompiler as ad
from adcompiler.cli import main
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.parse import function_source
from adcompiler.ir.types import FLOAT


def raised(function, *arguments):
    with pytest.raises(Exception) as caught:  # noqa: PT011  (the type is compared)
        function(*arguments)
    return caught.value


def same_exception(function, *arguments):
    """What the function and its gradient raise, compared; the gradient's exception is returned."""
    expected = raised(function, *arguments)
    for derivative in (ad.grad(function), ad.value_and_grad(function), lambda *a: ad.vjp(function, *a)):
        found = raised(derivative, *arguments)
        assert type(found) is type(expected)
        assert found.args == expected.args
        assert str(found) == str(expected)
        assert type(found.__cause__) is type(expected.__cause__)
        assert found.__suppress_context__ == expected.__suppress_context__
    return found


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.__name__)
def test_exception_comes_out_as_it_is(function):
    same_exception(function, -1.0)


def _standalone(function):
    source = function_source(function)
    return compile_gradient(source, {"x": FLOAT}, Goal("grad", ("x",))).text(standalone=True)


def test_exception_of_a_library_function_comes_out_where_its_value_is_needed():
    found = raised(ad.value_and_grad(lambda x: math.sqrt(x) * x), -1.0)
    assert (type(found), *found.args) == (ValueError, *raised(math.sqrt, -1.0).args)


def test_state_of_an_exception_is_kept():
    assert same_exception(of_the_user, -1.5).value == -1.5


def test_note_says_where():
    (note,) = raised(ad.grad(negative), -1.0).__notes__
    assert note.startswith("in the forward sweep of ")
    assert note.endswith('raise ValueError(f"negative {x:.2f}")')


def test_local_class_is_raised_and_has_no_file_of_its_own():
    class LocalError(Exception):
        pass

    def f(x):
        if x < 0:
            raise LocalError("here")
        return x * x

    assert type(same_exception(f, -1.0)) is LocalError
    with pytest.raises(ad.DifferentiationError, match="mentions `LocalError`"):
        _standalone(f)


def test_two_classes_of_one_name_are_told_apart():
    def make():
        class LocalError(Exception):
            pass

        return LocalError

    First, Second = make(), make()  # noqa: N806  (classes)

    def f(x):
        if x < 0:
            raise First
        if x > 5:
            raise Second
        return x * x

    assert type(same_exception(f, -1.0)) is First
    assert type(same_exception(f, 9.0)) is Second


def test_variable_named_like_an_exception_is_kept_apart():
    def f(x):
        NotPositiveError_ = x * 2  # noqa: N806  (its name is the test)
        if x < 0:
            raise NotPositiveError(NotPositiveError_)
        return NotPositiveError_ * x

    same_exception(f, -1.0)
    assert ad.grad(f)(3.0) == 12.0


def test_generated_file_imports_the_users_exception():
    text = ad.source(of_the_user)
    assert "from raising import NotPositiveError" in text
    assert "from raising import NotPositiveError" in _standalone(of_the_user)


def test_file_that_is_only_read(tmp_path: Path, capsys, monkeypatch):
    (tmp_path / "model.py").write_text(
        "class ModelError(Exception):\n    pass\n\n\nclass FarError(ModelError):\n    pass\n\n\n"
        "def f(x: float):\n    if x > 3:\n        raise FarError(f'{x}')\n    return x * x\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["emit", "model.py:f"]) == 0
    text = capsys.readouterr().out
    assert "from model import FarError" in text
    monkeypatch.syspath_prepend(str(tmp_path))
    namespace: dict[str, object] = {}
    exec(text, namespace)
    assert namespace["grad_f"](2.0) == 4.0
    assert type(raised(namespace["grad_f"], 4.0)).__name__ == "FarError"
