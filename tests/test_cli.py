"""The command line: what it prints, where, and with which exit code; and that it never runs the file."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from adcompiler.cli import main

FILE = """\
import numpy as np
from helpers import square
import helpers

open(__file__ + ".was_run", "w").close()
raise SystemExit("this file must not be run")

RATE = 0.5


def energy(x, k=2.0):
    return RATE * k * np.sum(square(x))


def norm(x: "float64[n]", y: float):
    return np.sqrt(np.sum(x * x)) * helpers.square(y)


def refused(x):
    y = np.sort_complex(x)
    class Local:
        z = x
    return y


def grow(A: "float64[n]", x):
    A *= x


def constant():
    return 1.0
"""
HELPERS = "def square(z):\n    return z * z\n\nraise SystemExit('nor this')\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "model.py").write_text(FILE)
    (tmp_path / "helpers.py").write_text(HELPERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_emit_writes_code_that_computes_the_gradient(folder, capsys):
    assert main(["emit", "model.py:energy"]) == 0
    captured = capsys.readouterr()
    namespace: dict[str, object] = {}
    exec(captured.out, namespace)
    np.testing.assert_allclose(namespace["grad_energy"](np.array([1.0, 3.0]), 2.0, RATE=0.5), [2.0, 6.0])
    assert captured.err == ""
    assert not (folder / "model.py.was_run").exists()


def test_hidden_inputs_have_the_value_the_file_states(folder, capsys):
    main(["emit", "model.py:energy"])
    namespace: dict[str, object] = {}
    exec(capsys.readouterr().out, namespace)
    np.testing.assert_allclose(namespace["grad_energy"](np.array([1.0, 3.0])), [2.0, 6.0])


def test_wrt_and_types_and_annotations(folder, capsys):
    assert main(["emit", "model.py:norm", "--wrt", "x,y"]) == 0
    annotated = capsys.readouterr().out
    assert "unbroadcast" not in annotated
    assert main(["emit", "model.py:norm", "--wrt", "x,y", "--types", "x=float64[n, 3],y=float"]) == 0
    namespace: dict[str, object] = {}
    exec(capsys.readouterr().out, namespace)
    x_bar, y_bar = namespace["grad_norm"](np.array([[3.0, 4.0, 0.0]] * 2), 2.0)
    np.testing.assert_allclose(x_bar, np.array([[3.0, 4.0, 0.0]] * 2) * 4 / np.sqrt(50))
    np.testing.assert_allclose(y_bar, 4 * np.sqrt(50))


def test_small_arrays_are_scalarised_on_request(folder, capsys):
    assert main(["emit", "model.py:norm", "--types", "x=float64[2],y=float", "--scalarise"]) == 0
    namespace: dict[str, object] = {}
    exec(capsys.readouterr().out, namespace)
    np.testing.assert_allclose(namespace["grad_norm"](np.array([3.0, 4.0]), 2.0), [2.4, 3.2])
    assert main(["emit", "model.py:norm", "--types", "x=float64[n],y=float", "--scalarise"]) == 2
    assert "element by element" in capsys.readouterr().err


def test_split_mode_writes_two_functions(folder, capsys):
    assert main(["emit", "model.py:energy", "--mode", "split"]) == 0
    text = capsys.readouterr().out
    namespace: dict[str, object] = {}
    exec(text, namespace)
    value, residuals = namespace["energy_forward"](np.array([1.0, 3.0]))
    assert value == 10.0
    np.testing.assert_allclose(namespace["energy_backward"](residuals, 1.0), [[2.0, 6.0]])


def test_standalone_output_needs_numpy_alone(folder):
    (folder / "layer.py").write_text("import numpy as np\ndef layer(w, x, b):\n    return np.sum(np.tanh(w @ x + b))\n")
    assert main(["emit", "layer.py:layer", "--wrt", "w,b", "--standalone", "-o", "out.py"]) == 0
    code = (
        "import sys; sys.modules['adcompiler'] = None\n"
        "import numpy as np; from out import grad_layer\n"
        "print([g.shape for g in grad_layer(np.ones((2, 3)), np.ones(3), np.ones(2))])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert result.stdout == "[(2, 3), (2,)]\n"


def test_standalone_output_imports_what_its_functions_need(folder):
    pytest.importorskip("scipy")
    (folder / "tail.py").write_text(
        "from scipy import special\n"
        "def tail(a: float, x: float):\n"
        "    return special.gammaincc(a, x) * special.zeta(a, 1.0)\n"
    )
    assert main(["emit", "tail.py:tail", "--wrt", "a", "--standalone", "-o", "out.py"]) == 0
    code = (
        "import sys; sys.modules['adcompiler'] = None\nfrom out import grad_tail; print(round(grad_tail(2.5, 1.2), 6))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert result.stdout == "-0.017923\n"


def test_refusal_goes_to_stderr_with_exit_code_1(folder, capsys):
    assert main(["emit", "model.py:refused"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("model.py:20:9: error: no derivative rule for `np.sort_complex`\n")


def test_check_lists_everything(folder, capsys):
    assert main(["check", "model.py"]) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if "error:" in line]
    assert errors == [
        "model.py:20:9: error: no derivative rule for `np.sort_complex`",
        "model.py:21:5: error: a class definition is not supported",
    ]
    (folder / "good.py").write_text("def f(x):\n    return x * x\n")
    assert main(["check", "good.py"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["emit"],
        ["emit", "model.py"],
        ["emit", "missing.py:f"],
        ["emit", "model.py:missing"],
        ["emit", "model.py:energy", "--wrt", "z"],
        ["emit", "model.py:energy", "--wrt", "x,x"],
        ["emit", "model.py:constant"],
        ["emit", "model.py:energy", "--types", "x"],
        ["emit", "model.py:energy", "--types", "z=float"],
        ["emit", "model.py:energy", "--types", "x=floaty[n]"],
        ["emit", "model.py:energy", "--mode", "sideways"],
        ["check", "missing.py"],
    ],
)
def test_wrong_use_has_exit_code_2(folder, capsys, arguments):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err


def test_syntax_error_has_its_place(folder, capsys):
    (folder / "broken.py").write_text("def f(x):\n    return x +\n")
    assert main(["emit", "broken.py:f"]) == 1
    assert capsys.readouterr().err.startswith("broken.py:2:")


def test_emit_differentiates_what_a_function_writes_into_an_argument(folder, capsys):
    assert main(["emit", "model.py:grow", "--wrt", "x", "--of", "A", "--types", "x=float"]) == 0
    namespace: dict[str, object] = {}
    exec(capsys.readouterr().out, namespace)
    assert namespace["grad_grow"](np.array([1.0, 3.0]), 2.0) == 4.0
    assert main(["emit", "model.py:grow", "--of", "B"]) == 2
    assert "has no parameter `B`" in capsys.readouterr().err
    assert main(["emit", "model.py:grow", "--of", "A,A"]) == 2
    assert "--of names a parameter twice" in capsys.readouterr().err


def test_module_runs_as_a_command(folder):
    command = [sys.executable, "-m", "adcompiler", "emit", "model.py:energy"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert result.returncode == 0
    assert result.stdout.startswith("import numpy as np\n")


CONDITIONAL = """\
import numpy as np

try:
    import math
except ImportError:
    math = None
K = 3
if K > 5:
    K = 10
G = 1.0


def change():
    global G
    G = 9.0


change()
A = 2.0
A = 3.0
if K > 2:
    def either(x):
        return x * 2
else:
    def either(x):
        return x * 3


def f(x):
    return x * K * G * A * math.sin(x)


def g(x):
    return either(x)


def several(*x):
    return x


async def later(x):
    return x
"""


def test_what_depends_on_running_the_file_is_not_guessed(folder, capsys):
    (folder / "conditional.py").write_text(CONDITIONAL)
    assert main(["emit", "conditional.py:f"]) == 0
    assert "def grad_f(x, out_bar=1.0, *, K, G, A=3.0):" in capsys.readouterr().out
    assert main(["emit", "conditional.py:g"]) == 1
    assert "`either` is defined in more than one place" in capsys.readouterr().err
    assert main(["emit", "conditional.py:later"]) == 1
    assert "`async def` is not supported" in capsys.readouterr().err


def test_check_reads_every_function_once(folder, capsys):
    (folder / "conditional.py").write_text(CONDITIONAL)
    assert main(["check", "conditional.py"]) == 1
    messages = [line.split("error: ")[1] for line in capsys.readouterr().err.splitlines() if "error:" in line]
    assert messages == [
        "`either` is defined in more than one place: which one holds is known only by running the file",
        "`several` takes any number of arguments (`x`)",
        "`async def` is not supported",
    ]


def test_check_finds_no_fault_with_a_static_axis(folder, capsys):
    (folder / "axis.py").write_text(
        "import numpy as np\nAXIS = 0\ndef f(x):\n    return np.sum(np.sum(x, axis=AXIS))\n"
    )
    assert main(["check", "axis.py"]) == 0
    assert capsys.readouterr().err == ""


STRUCTURES = """\
from dataclasses import dataclass

import numpy as np

raise SystemExit("this file must not be run")


@dataclass
class Layer:
    W: "float64[n, m]"
    b: "float64[n]"
    name: str = "layer"

    def __call__(self, x):
        return self.W @ x + self.b


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return self.factor * x


def of_dict(p, x):
    return np.sum(p["W"] @ x) * p["options"]["rate"] + p["shifts"][0] * p["shifts"][1]


def of_annotated(layer: Layer, x: "float64[m]"):
    return np.sum(layer(x) ** 2)


def of_class(scale: Scale, x):
    return np.sum(scale(x))


def of_any(p, *rest):
    return p.x * rest[0]
"""


@pytest.fixture
def structures(tmp_path, monkeypatch):
    (tmp_path / "structures.py").write_text(STRUCTURES)
    monkeypatch.chdir(tmp_path)


def emitted(capsys, function: str, *options: str) -> str:
    assert main(["emit", f"structures.py:{function}", *options]) == 0
    return capsys.readouterr().out


def test_types_of_parts(structures, capsys):
    types = 'p["W"]=float64[n, m], p["options"]["rate"]=float, p["shifts"][0]=float, p["shifts"][1]=float, x=float64[m]'
    text = emitted(capsys, "of_dict", "--types", types)
    namespace: dict[str, object] = {}
    exec(text, namespace)
    p = {"W": np.ones((2, 3)), "options": {"rate": 2.0}, "shifts": [3.0, 4.0]}
    found = namespace["grad_of_dict"](p, np.arange(3.0))
    np.testing.assert_array_equal(found["W"], [[0.0, 2.0, 4.0]] * 2)
    assert found["options"] == {"rate": 6.0}
    assert found["shifts"] == [4.0, 3.0]


def test_types_of_attributes_and_fields(structures, capsys):
    text = emitted(capsys, "of_annotated")
    assert "from structures import Layer" in text
    assert "return Layer(W=b_bar[:, None] * x, b=b_bar, name=None)" in text
    text = emitted(capsys, "of_class", "--types", "scale.factor=float, x=float64[n]")
    assert "return instance(Scale, factor=x.sum() * out_bar)" in text
    assert "def instance(cls" in emitted(capsys, "of_class", "--types", "scale.factor=float", "--standalone")
    text = emitted(capsys, "of_any", "--types", "p.x=float, rest[0]=float")
    assert "return types.SimpleNamespace(x=" in text


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ("p[W]=float", "`p[W]=float` is not of the form x=float64[n, 3]"),
        ('p["W"]=float, p.b=float', "`p` is read in two ways: by attribute and by key"),
        ('p["W"]=float, p=float', "`p` has a type of its own, and parts"),
        ('p=float, p["W"]=float', '`p["W"]` has a type of its own, and parts'),
        ("p[1]=float", "`p` needs a type for each of its items, from 0"),
        ('p["W"]=floaty[n]', "`floaty` is not a dtype"),
    ],
)
def test_wrong_types_of_parts(structures, capsys, types, message):
    assert main(["emit", "structures.py:of_dict", "--types", types]) == 2
    assert message in capsys.readouterr().err


def test_structure_without_types_is_refused(structures, capsys):
    assert main(["emit", "structures.py:of_dict"]) == 1
    assert 'hint: if it is an argument, give its type, as in `types={"p": {"W": ' in capsys.readouterr().err
