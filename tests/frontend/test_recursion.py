"""Functions that call themselves: what becomes of them, and what they do beside computing.

What they compute stands in `tests/programs/recursion.py`.
"""

from __future__ import annotations

import inspect
import subprocess
import sys
import traceback

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.cli import main
from adcompiler.errors import DifferentiationError
from adcompiler.frontend.lower import lower
from adcompiler.frontend.parse import function_source
from adcompiler.ir.print import format_program
from adcompiler.signature import given_types
from adcompiler.testing import check_grads
from adcompiler.transform.reverse import reverse

weights = np.array([0.3, -0.8, 1.1])


def damped(x, n):
    if n == 0:
        return np.sum(x * weights)
    return damped(np.tanh(x) * weights, n - 1)


def power(x, n):
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def test_a_recursive_function_is_a_callee_that_mentions_itself():
    types = given_types(("x", "n"), {"x": "float", "n": "int"}, {})
    program = lower(function_source(power), types).program
    assert [callee.name for callee in program.callees] == ["power"]
    text = format_program(program)
    assert text.count("= call(") == 2
    assert "callee=power, effect=False" in text


def test_of_mutual_recursion_one_function_is_a_callee():
    def even(x, n):
        return x if n == 0 else np.sin(odd(x, n - 1))

    def odd(x, n):
        return x * x if n == 0 else even(x, n - 1) * x

    check_grads(even, 0.7, 5)
    source = ad.source(even, types={"x": "float", "n": "int"})
    assert source.count("def ") == 3
    assert "odd(" not in source.replace("# return x if n == 0 else np.sin(odd(x, n - 1))", "")


def test_free_arrays_are_read_at_each_call(monkeypatch):
    gradient = ad.grad(damped)
    x = np.array([0.5, 1.0, -0.4])
    before = gradient(x, 3)
    check_grads(damped, x, 3)
    monkeypatch.setitem(globals(), "weights", 2 * weights)
    assert not np.allclose(gradient(x, 3), before)
    check_grads(damped, x, 3)


def test_no_depth_is_compiled_in():
    gradient = ad.grad(power)
    source = gradient.source
    for n in (0, 1, 7, 50):
        np.testing.assert_allclose(gradient(1.1, n), n * 1.1 ** (n - 1))
    compiled = gradient.source
    gradient(1.1, 80)
    assert gradient.source == compiled
    assert not any("5" in line for line in source.splitlines() if not line.startswith("#"))


def test_a_recursion_that_is_too_deep_raises_as_python_does():
    with pytest.raises(RecursionError):
        ad.grad(power)(1.1, 100_000)


def test_what_a_callee_prints_comes_once_and_in_order(capsys):
    def countdown(x, n):
        print("at", n)
        if n == 0:
            return x
        return x * countdown(x, n - 1)

    ad.grad(countdown)(0.8, 3)
    assert capsys.readouterr().out == "at 3\nat 2\nat 1\nat 0\n"


def test_what_a_callee_prints_comes_even_if_its_result_is_not_used(capsys):
    def report(x, n):
        print(n)
        return x if n == 0 else report(x * 0.5, n - 1)

    def f(x, n):
        report(x, n)
        return x * x

    assert ad.grad(f)(3.0, 2) == 6.0
    assert capsys.readouterr().out == "2\n1\n0\n"


def test_an_inactive_call_runs_the_primal_alone():
    def steps(n):
        return 1.0 if n == 0 else 0.5 * steps(n - 1)

    def f(x, n):
        return x * steps(n)

    source = ad.source(f, types={"x": "float", "n": "int"})
    assert "steps_backward" not in source
    assert "steps(n)" in source
    assert ad.grad(f)(3.0, 2) == 0.25


def test_only_active_arguments_get_cotangents():
    def accumulated(x, a, b, n):
        return x * a if n == 0 else accumulated(x * a, a * 0.5, b, n - 1) + b

    source = ad.source(accumulated, types={"x": "float", "a": "float", "b": "float", "n": "int"})
    assert "# Backward sweep of accumulated (test_recursion.py:139), wrt x." in source.replace(
        str(inspect.getsourcelines(accumulated)[1]), "139"
    )


def test_an_error_in_a_callee_says_where_it_comes_from():
    def failing(x, n):
        if n == 0:
            return 1 / x
        return failing(x, n - 1)

    with pytest.raises(ZeroDivisionError) as caught:
        ad.grad(failing)(0.0, 2)
    note = "".join(traceback.format_exception_only(caught.value))
    assert "in the forward sweep of" in note
    assert "return 1 / x" in note


def test_assertions_in_a_callee_hold_or_raise():
    def checked(x, n):
        assert x > 0, f"x is {x}"
        return x if n == 0 else checked(x - 1.0, n - 1) * x

    assert ad.grad(checked)(5.0, 1) == 9.0
    with pytest.raises(AssertionError, match=r"x is -0\.5"):
        ad.grad(checked)(0.5, 3)


def test_a_pair_beside_a_pair_of_the_same_name():
    value, pullback = ad.vjp(power, 1.1, 3)
    np.testing.assert_allclose((value, pullback(2.0)[0]), (1.1**3, 6 * 1.1**2))


def test_differentiable_functions_may_recurse():
    @ad.differentiable
    def smoothed(x, n):
        return x if n == 0 else np.sin(smoothed(x * 1.2, n - 1)) * x

    x = ad.tensor([0.3, -0.5], requires_grad=True)
    smoothed(x, 3).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), ad.grad(lambda x, n: np.sum(_smoothed(x, n)))(x.detach().numpy(), 3))


def _smoothed(x, n):
    return x if n == 0 else np.sin(_smoothed(x * 1.2, n - 1)) * x


def test_gradient_agrees_with_pytorch():
    torch = pytest.importorskip("torch")

    def tangled(x, n):
        return torch.sin(x) if n <= 0 else tangled(x * 0.9, n - 1) * x + tangled(x + 0.1, n - 2)

    def ours(x, n):
        return np.sin(x) if n <= 0 else ours(x * 0.9, n - 1) * x + ours(x + 0.1, n - 2)

    x = np.array([0.4, -1.2, 0.7])
    theirs = torch.tensor(x, requires_grad=True)
    tangled(theirs, 6).sum().backward()
    np.testing.assert_allclose(ad.grad(lambda x: np.sum(ours(x, 6)))(x), theirs.grad.numpy(), rtol=1e-12)


def test_float32_stays_float32():
    x = np.array([0.4, 0.8], dtype=np.float32)
    found = ad.grad(lambda x, n: np.sum(_smoothed(x, n)))(x, 3)
    assert found.dtype == np.float32
    expected = ad.grad(lambda x, n: np.sum(_smoothed(x, n)))(x.astype(float), 3)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_command_line_follows_recursion(tmp_path):
    (tmp_path / "model.py").write_text(
        "import numpy as np\n\n\ndef f(x, n):\n    return x if n == 0 else np.sin(f(x * 0.5, n - 1)) * x\n"
    )
    out = tmp_path / "out.py"
    assert main(["emit", f"{tmp_path}/model.py:f", "--standalone", "-o", str(out)]) == 0
    check = "from out import grad_f; print(grad_f(0.8, 3))"
    ran = subprocess.run([sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True, check=True)

    def f(x, n):
        return x if n == 0 else np.sin(f(x * 0.5, n - 1)) * x

    np.testing.assert_allclose(float(ran.stdout), ad.grad(f)(0.8, 3))


def test_callees_have_headers_of_their_own():
    source = ad.source(power, types={"x": "float", "n": "int"})
    first = inspect.getsourcelines(power)[1]
    place = f"test_recursion.py:{first}"
    headers = [line for line in source.splitlines() if line.startswith("# ")]
    assert headers == [
        f"# Forward sweep of power ({place}).",
        f"# Backward sweep of power ({place}), wrt x.",
        f"# Gradient of power ({place}), wrt x.",
    ]


def _refused(f, **types):
    with pytest.raises(DifferentiationError) as caught:
        ad.source(f, types=types)
    return str(caught.value)


def test_a_recursion_without_an_end_is_refused():
    def endless(x):
        return endless(x) + 1

    assert "`endless` calls itself on every path" in _refused(endless, x="float")


def test_returning_a_function_is_refused():
    def made(x, n):
        if n == 0:
            return lambda t: t * x
        made(x, n - 1)
        return lambda t: t * x

    def f(x, n):
        return made(x, n)(2.0)

    assert "`made`, which calls itself, returns a function" in _refused(f, x="float", n="int")


def test_an_axis_that_changes_is_refused():
    def f(x, axis):
        return np.sum(x) if axis < 0 else np.sum(np.cumsum(x, axis=axis)) + f(x, axis - 1)

    check_grads(f, np.ones((2, 3)), 1)
    assert "must be known before the program runs" in _refused(f, x="float64[n, m]", axis="int")


def test_two_names_of_an_array_that_a_callee_changes_are_refused():
    def fill(a, b, k):
        if k < a.shape[0]:
            a[k] = b[k - 1] * 2
            fill(a, b, k + 1)

    def f(x):
        y = x * 2
        fill(y, y, 1)
        return np.sum(y)

    assert "`fill` changes `a`, and `b` may share memory with it" in _refused(f, x="float64[n]")


def test_an_array_that_a_closure_changes_under_another_name_is_refused():
    def f(x):
        y = x * 2

        def fill(a, k):
            if k < a.shape[0]:
                a[k] = y[k - 1] * 2
                fill(a, k + 1)

        fill(y, 1)
        return np.sum(y)

    assert "`fill` changes `a`, and `y` may share memory with it" in _refused(f, x="float64[n]")


def test_an_array_written_under_a_name_that_may_be_another_argument_is_refused():
    def f(x, n):
        a, b = x * 1.0, x * 2.0

        def inner(a, b, n):
            if n == 0:
                return np.sum(a)
            if a[0] > 0:
                a, b = b, a
            a[1] = inner(a * 1.0, b, n - 1)
            return np.sum(a * b)

        return inner(a, b, n) + np.sum(a)

    assert "may share memory with, or not" in _refused(f, x="float64[n]", n="int")


def test_a_gradient_of_a_recursion_cannot_be_differentiated_again():
    with pytest.raises(DifferentiationError, match="follows a function that calls itself"):
        ad.grad(ad.grad(power))(1.1, 3)


def test_a_reversed_pair_is_not_differentiated_silently():
    types = given_types(("x", "n"), {"x": "float", "n": "int"}, {})
    adjoint = reverse(lower(function_source(power), types).program, (0,), as_tuple=False)
    with pytest.raises(DifferentiationError, match="the derivative of a gradient"):
        reverse(adjoint, (0,), as_tuple=False)


def test_a_function_that_calls_itself_by_way_of_one_that_ends_nowhere_else():
    def first(x, n):
        return x if n <= 0 else second(x, n - 1) * x

    def second(x, n):
        return first(x * 0.9, n - 1) + (second(x * 1.1, n - 2) if n > 2 else 0.0)

    check_grads(lambda x: second(x, 6) * first(x, 5), 0.7)


def test_a_recursive_function_of_another_file_is_one_pair_however_often_it_is_called(tmp_path):
    (tmp_path / "lib.py").write_text(
        "import numpy as np\nfrom model import h\n\n\n"
        "def g(x, n):\n    return x if n == 0 else np.sin(h(x * 0.5, n - 1)) * x\n"
    )
    (tmp_path / "model.py").write_text(
        "from lib import g\n\n\n"
        "def h(x, n):\n    return x if n == 0 else g(x, n - 1) * x\n\n\n"
        "def f(x, n):\n    return g(x, n) + g(x, 2)\n"
    )
    out = tmp_path / "out.py"
    assert main(["emit", f"{tmp_path}/model.py:f", "--types", "x=float,n=int", "-o", str(out)]) == 0
    assert out.read_text().count("def ") == 3
