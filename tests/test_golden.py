"""Golden files: what the compiler makes of a program, to be read as code.

`tests/golden/<case>.py` holds a function, a line `# becomes`, and the text expected. Its header says how to get there
and where to try it:

    # >>> source(f, types={"x": "float"})    how a Python user asks for it, or
    # $ adcompiler emit f.py:f --wrt x       how one asks on the command line
    # at: (0.5, np.ones(3))                  arguments to run it on; any number of such lines
    # shows clear_once                       a pass without which the text would be another
    # at most 16 lines                       of the text expected, blank ones apart

`pytest tests/test_golden.py --update-golden` writes what is expected anew: review the difference as code. The expected
code is executed and compared with central differences, so that no wrong gradient becomes what is expected.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from structures import assert_alike, differences

import adcompiler as ad
from adcompiler.cli import main
from benchmarks.passes import pass_names, without

FOLDER = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in FOLDER.glob("*.py"))
BECOMES = "# becomes\n"


@dataclass(frozen=True)
class Golden:
    """One golden file."""

    path: Path
    given: str
    """The header and the function."""
    expected: str

    @classmethod
    def read(cls, case: str) -> Golden:
        """The file of a case; one that has no expected text yet expects nothing."""
        path = FOLDER / f"{case}.py"
        given, _, expected = path.read_text(encoding="utf-8").partition(BECOMES)
        return cls(path, given, expected.lstrip("\n"))

    def header(self, mark: str) -> list[str]:
        """The rest of the header's lines that begin with `mark`."""
        return re.findall(rf"^# {re.escape(mark)} ?(.*)$", self.given, re.MULTILINE)

    @property
    def function(self) -> Any:
        """The function, as if its file had been imported."""
        return vars(imported(self.path.stem, self.given))[self.path.stem]

    def compiled(self) -> str:
        """The text that the compiler writes now."""
        if self.header("$"):
            _, *arguments = shlex.split(self.header("$")[0])
            printed = io.StringIO()
            with contextlib.chdir(FOLDER), contextlib.redirect_stdout(printed):
                assert main(arguments) == 0
            return printed.getvalue()
        known = vars(imported(self.path.stem, self.given))
        return str(eval(self.header(">>>")[0], {**vars(ad), **known}))

    def points(self) -> list[tuple[Any, ...]]:
        """The arguments to run it on."""
        known = {**vars(imported(self.path.stem, self.given)), "np": np, "rng": np.random.default_rng(0)}
        return [eval(text, known) for text in self.header("at:")]


@functools.cache
def imported(case: str, given: str) -> ModuleType:
    """The module of a case, which generated code can import the classes of."""
    module = sys.modules[case] = ModuleType(case)
    exec(compile(given, str(FOLDER / f"{case}.py"), "exec"), vars(module))
    return module


def lines_of(text: str) -> int:
    """How many lines are not blank."""
    return sum(bool(line.strip()) for line in text.splitlines())


def gradients(text: str, function: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """What the generated code in `text` computes at `arguments`, by parameter."""
    namespace: dict[str, Any] = {}
    exec(compile(text, "<golden>", "exec"), namespace)
    *_, wrt = re.findall(r"^# .* wrt (\w+(?:, \w+)*)\.$", text, re.MULTILINE)
    value = function(*copy.deepcopy(arguments))
    seed = np.ones(np.shape(value))[()]
    name = function.__name__
    if f"{name}_forward" in namespace:
        found_value, residuals = namespace[f"{name}_forward"](*arguments)
        np.testing.assert_allclose(found_value, value, rtol=1e-12)
        found = namespace[f"{name}_backward"](residuals, seed)
    elif f"value_and_grad_{name}" in namespace:
        found_value, found = namespace[f"value_and_grad_{name}"](*arguments, seed)
        np.testing.assert_allclose(found_value, value, rtol=1e-12)
    else:
        found = namespace[f"grad_{name}"](*arguments, seed)
    names = wrt.split(", ")
    return dict(zip(names, found if isinstance(found, tuple) else (found,), strict=True))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden file of a case, brought up to date if that is asked for."""
    found = Golden.read(request.param)
    if request.config.getoption("--update-golden"):
        found.path.write_text(f"{found.given}{BECOMES}\n{found.compiled()}", encoding="utf-8")
        return Golden.read(request.param)
    return found


EVERY = pytest.mark.parametrize("golden", CASES, indirect=True)


@EVERY
def test_code_is_as_expected(golden: Golden) -> None:
    assert golden.compiled() == golden.expected, "if that is an improvement: pytest --update-golden"


@EVERY
def test_code_is_the_same_every_time(golden: Golden) -> None:
    assert golden.compiled() == golden.compiled()


@EVERY
def test_expected_code_computes_the_gradient(golden: Golden) -> None:
    function = golden.function
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    assert golden.points(), "a golden file says where to try it"
    for arguments in golden.points():
        given = copy.deepcopy(arguments)
        found = gradients(golden.expected, function, given)
        for name, gradient in found.items():
            position = names.index(name)
            assert_alike(gradient, differences(lambda *a: np.sum(function(*a)), arguments, position))
        assert_alike(given, arguments, rtol=0, atol=0)


@EVERY
def test_code_keeps_within_its_lines(golden: Golden) -> None:
    for most in golden.header("at most"):
        assert lines_of(golden.expected) <= int(most.removesuffix(" lines")), f"\n{golden.expected}"


@pytest.mark.parametrize("name", pass_names())
def test_a_golden_file_shows_what_a_pass_does(name: str) -> None:
    (golden, *_) = [each for each in map(Golden.read, CASES) if name in each.header("shows")]
    with without(name):
        if name == "scalarise_arrays":  # it is asked for by name, and refused
            with pytest.raises(ValueError, match="element by element"):
                golden.compiled()
        else:
            assert golden.compiled() != golden.expected


def test_types_make_code_shorter() -> None:
    assert lines_of(Golden.read("mlp_typed").expected) < lines_of(Golden.read("mlp").expected)


def test_code_does_not_depend_on_what_was_compiled_before() -> None:
    golden = Golden.read("polynomial")
    ad.grad(golden.function)(1.5)
    assert golden.compiled() == golden.expected
