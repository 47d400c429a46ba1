"""The samples run, and print what they promise: the tutorial's own numbers where nothing is random."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SAMPLES = Path(__file__).parents[1] / "samples"

DETERMINISTIC = """\
tensor([[1., 1.],
        [1., 1.]], requires_grad=True)
tensor([[3., 3.],
        [3., 3.]], grad_fn=<AddBackward0>)
tensor([[27., 27.],
        [27., 27.]], grad_fn=<MulBackward0>)
tensor([[27., 27.],
        [27., 27.]], grad_fn=<MulBackward0>) tensor(27., grad_fn=<MeanBackward0>)
tensor(27., grad_fn=<MeanBackward0>)
tensor([[4.5000, 4.5000],
        [4.5000, 4.5000]])
False
True
"""

NUMBERS = r"\[[^]]*\]"
RANDOM = rf"""\
<SumBackward0 object at 0x[0-9a-fA-F]+>
(?P<rounds>(?:<bound method Tensor\.norm of tensor\({NUMBERS}\)>
)*)tensor\((?P<y>{NUMBERS}), grad_fn=<MulBackward0>\)
tensor\((?P<x>{NUMBERS}), requires_grad=True\)
tensor\((?P<x_bar>{NUMBERS})\)
""".removeprefix("\\\n")

FLAGS = """\
True
True
False
True
False
tensor(True)
"""

DECORATED = """\
tensor(27., grad_fn=<tutorialBackward>)
tensor([[4.5000, 4.5000],
        [4.5000, 4.5000]])
[[4.5 4.5]
 [4.5 4.5]]
both ways agree: True
both ways agree: True
doublingBackward
both ways agree: True
"""


@pytest.fixture(scope="module")
def printed() -> str:
    """What the tutorial prints."""
    command = [sys.executable, str(SAMPLES / "autograd_tutorial.py")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    assert not result.stderr
    return result.stdout


def test_cells_print_what_the_tutorial_prints(printed: str) -> None:
    assert printed.startswith(DETERMINISTIC)
    match = re.match(RANDOM, printed.removeprefix(DETERMINISTIC))
    assert match is not None, printed
    assert printed.removeprefix(DETERMINISTIC)[match.end() :].startswith(FLAGS + DECORATED)


def test_random_cells_are_consistent(printed: str) -> None:
    match = re.search(RANDOM, printed)
    assert match is not None
    x, y, x_bar = (
        np.array([float(number) for number in match[name].strip("[]").split(",")]) for name in ("x", "y", "x_bar")
    )
    rounds = match["rounds"].count("\n")
    assert np.linalg.norm(y) >= 1000 > np.linalg.norm(y) / 2 or rounds == 0
    np.testing.assert_allclose(y, x * 2.0 ** (rounds + 1), rtol=2e-2, atol=1e-1)
    np.testing.assert_allclose(x_bar, np.array([0.1, 1.0, 0.0001]) * 2.0 ** (rounds + 1), rtol=1e-3)


def test_both_adjoints_are_shown(printed: str) -> None:
    sources = printed.partition(DECORATED)[2]
    assert re.findall(r"^def (\w+)", sources, re.MULTILINE) == ["grad_tutorial", "grad_doubling"]
    namespace: dict[str, object] = {}
    exec(sources, namespace)
    grad_tutorial = namespace["grad_tutorial"]
    assert callable(grad_tutorial)
    np.testing.assert_array_equal(grad_tutorial(np.ones((2, 2))), np.full((2, 2), 4.5))


def test_first_half_differs_from_the_tutorial_in_its_import_alone() -> None:
    text = (SAMPLES / "autograd_tutorial.py").read_text(encoding="utf-8")
    first_half = text.partition("# The same computations as decorated functions")[0]
    assert re.findall(r"^import .*$|^from .*$", first_half, re.MULTILINE) == ["import adcompiler as torch"]
    assert "ad." not in first_half.replace("grad.", "").replace("backward", "")
