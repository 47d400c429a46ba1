"""The cache on disk: the next process compiles nothing, and nothing that has changed is taken for what it was."""

from __future__ import annotations

import importlib.util
import json
import linecache
import os
import random
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import adcompiler as ad
from adcompiler import compiler, dispatch
from adcompiler.cache import store, version
from adcompiler.cli import main

MODEL = """
import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import adcompiler as ad
import settings

SCALE = 2.0
AXIS = 0
FLAG = True
NAMES = ["first", "second"]
OPTIONS = {"power": 2, "shift": np.array([1.0, 2.0, 3.0])}
SHIFT = np.array([0.5, 0.25, 0.125])


def act(x, slope=0.5):
    return np.tanh(x) * slope


def helper(x):
    if FLAG:
        return act(x) + SHIFT
    return act(x) - SHIFT


def unrelated(x):
    return x


def loss(x):
    return np.sum(helper(x) * SCALE * settings.rate(x))


def along(x, axis):
    return np.sum(np.max(x, axis=axis) ** 2) + np.sum(np.max(x, axis=AXIS)) * 3.0


def listed(x):
    total = 0.0
    for number, name in enumerate(NAMES):
        total = total + (number + 1) * np.sum(x) if name != "second" else total + np.sum(x * x)
    return total ** OPTIONS["power"] + np.sum(OPTIONS["shift"] * x)


def applied(x, function, mode):
    return np.sum(function(x)) if mode == "sum" else np.mean(function(x) * 2.0)


def looped(x, n):
    for i in range(n):
        x = act(x) if i % 2 == 0 else x * x
    return np.sum(x)


def made(k, function):
    def inner(x):
        return np.sum(function(x) * k)
    return inner


@dataclass
class Layer:
    W: object
    b: object = 0.0

    def forward(self, x):
        return act(x @ self.W + self.b)


class Base:
    offset = 1.5

    def inner(self, x):
        return x * self.offset


class Network(Base):
    def __init__(self):
        self.layers = [Layer(np.eye(3)), Layer(np.ones((3, 3)))]
        self.power = 2

    @property
    def doubled(self):
        return self.power * 2

    def inner(self, x):
        return super().inner(x) * self.doubled

    def loss(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return np.sum(self.inner(x)) ** self.power


def of_layer(layer, x):
    return np.sum(layer.forward(x) ** 2)


class Pair(NamedTuple):
    a: object
    b: object


def of_pair(pair):
    return np.sum(pair.a * pair.b)


def written(x):
    x *= x
    return np.sum(x)


def fails(x):
    return np.sum(np.linalg.inv(x))


def in_definition(x):
    return np.sum(np.cov(x)) + math.sqrt(2.0) * np.sum(x)


twice = functools.partial(act, slope=2.0)


def partial(x):
    return np.sum(twice(x))


class Jitted:
    __module__ = "numba.core"

    def __init__(self, function):
        self.py_func = function


@Jitted
def jitted(x):
    return np.sum(x) * 4.0


@functools.lru_cache
def cached(x):
    return np.sum(x) * 5.0


def decorator(function):
    @functools.wraps(function)
    def call(*arguments):
        return 2.0 * function(*arguments)
    return call


@decorator
def wrapped(x):
    return np.sum(x) * 6.0


def calls_decorated(x):
    return jitted(x * x) + cached(x * x) + wrapped(x * x)


@ad.differentiable
def decorated(x, y):
    return np.sum(act(x) * y)
"""

SETTINGS = """
import numpy as np


def rate(x):
    return np.cos(x) * RATE


RATE = 0.1
"""

X = np.array([0.1, 0.2, 0.3])
SQUARE = np.arange(9.0).reshape(3, 3) / 10


def _call_decorated(model: Any) -> Any:
    x = ad.tensor(X, requires_grad=True)
    model.decorated(x, 2 * X).backward()
    assert x.grad is not None
    return x.grad.numpy()


CALLS: dict[str, Callable[[Any], Any]] = {
    "loss": lambda m: ad.grad(m.loss)(X),
    "value": lambda m: ad.value_and_grad(m.loss)(X),
    "along": lambda m: ad.grad(m.along)(SQUARE, 1),
    "listed": lambda m: ad.grad(m.listed)(X),
    "applied": lambda m: ad.grad(m.applied)(X, m.act, "sum"),
    "looped": lambda m: ad.grad(m.looped)(X, 4),
    "closure": lambda m: ad.grad(m.made(3.0, m.helper))(X),
    "method": lambda m: ad.grad(m.Network().loss)(SQUARE),
    "layer": lambda m: ad.grad(m.of_layer)(m.Layer(np.eye(3), X), SQUARE).W,
    "pair": lambda m: tuple(ad.grad(m.of_pair)(m.Pair(X, 3 * X))),
    "written": lambda m: ad.grad(m.written)(X.copy()),
    "definition": lambda m: ad.grad(m.in_definition)(SQUARE),
    "partial": lambda m: ad.grad(m.partial)(X),
    "vjp": lambda m: ad.vjp(m.helper, X)[1](2 * X),
    "decorated": _call_decorated,
    "calls decorated": lambda m: ad.grad(m.calls_decorated)(X),
}
"""Calls of the model, each cached."""


class Project:
    """A user's files, which are changed and loaded anew: what a second process would see."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.compiled: list[str] = []
        self._monkeypatch = monkeypatch
        self.texts = {"model": MODEL, "settings": SETTINGS}
        original = compiler.lower

        def counted(source: Any, *rest: Any, **options: Any) -> Any:
            self.compiled.append(source.name)
            return original(source, *rest, **options)

        monkeypatch.setattr(compiler, "lower", counted)

    def load(self) -> Any:
        """The model as another process would import it."""
        dispatch.dispatcher_for.cache_clear()
        for name in ("settings", "model"):
            path = self.folder / f"{name}.py"
            path.write_text(self.texts[name], encoding="utf-8")
            linecache.checkcache(str(path))
            spec = importlib.util.spec_from_file_location(name, path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            self._monkeypatch.setitem(sys.modules, name, module)
            exec(compile(self.texts[name], str(path), "exec"), module.__dict__)
            linecache.cache[str(path)] = (1, None, self.texts[name].splitlines(keepends=True), str(path))
        self.compiled.clear()
        return module

    def change(self, old: str, new: str, file: str = "model") -> None:
        """Edit a file."""
        assert self.texts[file].count(old) == 1, old
        self.texts[file] = self.texts[file].replace(old, new)

    def uncached(self, call: Callable[[Any], Any]) -> Any:
        """What a call gives without a cache."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("ADCOMPILER_CACHE", "0")
            return call(self.load())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("ADCOMPILER_CACHE", "1")
    monkeypatch.setenv("ADCOMPILER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(version, "_STARTED", version._STARTED + 10**18)  # whatever was edited since
    version.version.cache_clear()
    (tmp_path / "files").mkdir()
    yield Project(tmp_path / "files", monkeypatch)
    version.version.cache_clear()
    dispatch.dispatcher_for.cache_clear()


def _assert_same(one: Any, other: Any) -> None:
    if isinstance(one, tuple):
        for part, expected in zip(one, other, strict=True):
            _assert_same(part, expected)
    else:
        np.testing.assert_array_equal(one, other)
        assert np.asarray(one).dtype == np.asarray(other).dtype


class TestAnotherProcess:
    @pytest.mark.parametrize("name", CALLS)
    def test_compiles_nothing(self, project: Project, name: str) -> None:
        first = CALLS[name](project.load())
        assert project.compiled
        second = CALLS[name](project.load())
        assert not project.compiled
        _assert_same(first, second)
        _assert_same(project.uncached(CALLS[name]), second)

    def test_shows_the_same(self, project: Project) -> None:
        def seen() -> Any:
            model = project.load()
            gradient, pullback = ad.grad(model.loss), ad.vjp(model.helper, X)[1]
            gradient(X)
            with pytest.raises(np.linalg.LinAlgError) as caught:
                ad.grad(model.fails)(np.zeros((2, 2)))
            generated = gradient.function_for(X)
            return (
                (gradient.source, pullback.source, generated.__doc__, generated.__name__, generated.source),
                caught.value.__notes__,
                linecache.getline(generated.__code__.co_filename, 6),
            )

        first, second = seen(), seen()
        assert not project.compiled
        assert first == second
        assert "model.py:" in first[1][0]
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("ADCOMPILER_CACHE", "0")
            assert first == seen()

    def test_goes_on_where_calls_differ(self, project: Project) -> None:
        model = project.load()
        expected = [ad.grad(model.along)(SQUARE, axis) for axis in (0, 1, -1)]
        ad.grad(model.loss)(X)
        model = project.load()
        for axis, gradient in zip((-1, 1, 0), reversed(expected), strict=True):
            _assert_same(ad.grad(model.along)(SQUARE, axis), gradient)
        assert not project.compiled
        ad.grad(model.loss)(X.astype(np.float32))
        ad.grad(model.looped)(X[:, None], 3)
        assert len(project.compiled) >= 2

    def test_sees_changes_of_names_while_it_runs(self, project: Project) -> None:
        ad.grad(project.load().loss)(X)
        model = project.load()
        gradient = ad.grad(model.loss)
        before = gradient(X)
        model.SCALE = 4.0
        _assert_same(gradient(X), 2 * before)
        assert not project.compiled
        model.FLAG = False
        gradient(X)
        assert project.compiled

    def test_order_of_memory_is_asked_for(self, project: Project) -> None:
        project.change("def written(x):\n    x *= x\n", "def written(x):\n    x = x.reshape(-1)\n    x = x * x\n")

        def call(model: Any, order: Any) -> Any:
            return ad.grad(model.written)(SQUARE.copy(order=order))

        first = [call(project.load(), order) for order in "CFC"]
        second = [call(project.load(), order) for order in "FCF"]
        for found in (*first, *second):
            _assert_same(found, 2 * SQUARE)

    def test_really_another_process(self, project: Project) -> None:
        project.load()
        script = textwrap.dedent("""
            import sys, json
            import numpy as np
            import adcompiler as ad
            from adcompiler import compiler
            count, original = [], compiler.lower
            compiler.lower = lambda source, *rest, **options: count.append(1) or original(source, *rest, **options)
            import model
            x = np.array([0.1, 0.2, 0.3])
            found = [ad.grad(model.loss)(x), ad.grad(model.along)(np.eye(3), 1)]
            found += [ad.grad(model.Network().loss)(np.eye(3))]
            found += [ad.grad(model.applied)(x, model.act, "mean"), ad.vjp(model.helper, x)[1](x)]
            print(json.dumps([len(count), [array.tolist() for array in found]]))
        """)
        package = str(Path(ad.__file__).parents[1])

        def start(seed: str) -> Any:
            environment = {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{project.folder}", "PYTHONHASHSEED": seed}
            return subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True)

        both = [start("1"), start("2")]  # which write at once
        counts, results = zip(*(json.loads(process.communicate()[0]) for process in both), strict=True)
        count, result = json.loads(start("3").communicate()[0])
        assert any(counts)  # the second may have come late enough to find all
        assert count == 0
        assert results[0] == results[1] == result


CHANGES: dict[str, tuple[str, str, str, str]] = {
    "the function": ("loss", "* SCALE *", "* SCALE * 3.0 *", "model"),
    "a helper": ("loss", "np.tanh(x) * slope", "np.sinh(x) * slope", "model"),
    "a default": ("loss", "slope=0.5", "slope=0.75", "model"),
    "a flag": ("loss", "FLAG = True", "FLAG = False", "model"),
    "a global number": ("loss", "SCALE = 2.0", "SCALE = 3.0", "model"),
    "the kind of a global number": ("loss", "SCALE = 2.0", "SCALE = np.float32(2.0)", "model"),
    "the shape of a global array": ("loss", "np.array([0.5, 0.25, 0.125])", "np.array([0.5])", "model"),
    "another module": ("loss", "np.cos(x) * RATE", "np.sin(x) * RATE", "settings"),
    "a number of another module": ("loss", "RATE = 0.1", "RATE = 0.2", "settings"),
    "what a name means": ("loss", "import settings\n", "import settings\nfrom math import sqrt as act\n", "model"),
    "an axis outside": ("along", "AXIS = 0", "AXIS = 1", "model"),
    "a list": ("listed", '"second"]', '"third"]', "model"),
    "the length of a list": ("listed", '"second"]', '"second", "third"]', "model"),
    "a dict": ("listed", '"power": 2', '"power": 3', "model"),
    "a function that is passed": ("applied", "np.tanh(x) * slope", "np.tanh(x) * slope * slope", "model"),
    "an attribute of a class": ("method", "offset = 1.5", "offset = 2.5", "model"),
    "an inherited method": ("method", "return x * self.offset", "return x + self.offset", "model"),
    "a property": ("method", "self.power * 2", "self.power * 3", "model"),
    "a method": ("method", "np.sum(self.inner(x)) **", "np.sum(self.inner(x) * x) **", "model"),
    "an attribute of an object": ("method", "self.power = 2", "self.power = 3", "model"),
    "the parts of an object": ("method", "Layer(np.eye(3)), Layer(np", "Layer(np", "model"),
    "a base class": ("method", "class Network(Base):", "class Network(Base2):", "model"),
    "a method of an argument": ("layer", "x @ self.W + self.b", "x @ self.W - self.b", "model"),
    "the keyword of a partial": ("partial", "slope=2.0)", "slope=3.0)", "model"),
    "a decorated function": ("decorated", "np.sum(act(x) * y)", "np.sum(act(x) + y)", "model"),
    "the function that a name is bound to": ("closure", "def helper(x):\n", "def helper(x):\n    x = x + 1\n", "model"),
    "a function that numba compiles": ("calls decorated", "np.sum(x) * 4.0", "np.sum(x) * 4.5", "model"),
    "a function with a cache": ("calls decorated", "np.sum(x) * 5.0", "np.sum(x) * 5.5", "model"),
    "a function with a decorator": ("calls decorated", "np.sum(x) * 6.0", "np.sum(x) * 6.5", "model"),
    "a decorator": ("calls decorated", "2.0 * function(", "3.0 * function(", "model"),
    "a line above": ("loss", "SCALE = 2.0", "\nSCALE = 2.0", "model"),
}


class TestChanges:
    @pytest.mark.parametrize("what", CHANGES)
    def test_of_what_code_stands_on_are_seen(self, project: Project, what: str) -> None:
        name, old, new, file = CHANGES[what]
        if "Base2" in new:
            project.change("class Network", "class Base2(Base):\n    offset = 7.0\n\n\nclass Network")
        before = CALLS[name](project.load())
        project.change(old, new, file)
        after = CALLS[name](project.load())
        assert project.compiled
        _assert_same(after, project.uncached(CALLS[name]))
        project.change(new, old, file)
        _assert_same(CALLS[name](project.load()), before)
        assert not project.compiled

    def test_of_something_else_are_not(self, project: Project) -> None:
        CALLS["loss"](project.load())
        project.texts["model"] += "\n\ndef more(x):\n    return x\n"
        project.texts["settings"] += "\nOTHER = 5\n"
        CALLS["loss"](project.load())
        assert not project.compiled

    def test_that_mean_nothing_in_the_file_are_seen_where_the_module_was_changed(self, project: Project) -> None:
        CALLS["loss"](project.load())
        model = project.load()
        model.act = lambda x: x * x * x
        first = CALLS["loss"](model)
        assert project.compiled
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("ADCOMPILER_CACHE", "0")
            model = project.load()
            model.act = lambda x: x * x * x
            _assert_same(first, CALLS["loss"](model))

    def test_of_numpy_are_seen(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        before = CALLS["loss"](project.load())
        monkeypatch.setattr(np, "tanh", np.sinh)
        after = CALLS["loss"](project.load())
        assert project.compiled
        assert not np.array_equal(before, after)

    def test_of_versions_are_seen(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        CALLS["loss"](project.load())
        for attribute in ("FORMAT", "_files"):
            monkeypatch.setattr(version, attribute, {"FORMAT": 77, "_files": lambda _: [("ad.py", 1, 2)]}[attribute])
            version.version.cache_clear()
            CALLS["loss"](project.load())
            assert project.compiled

    def test_of_this_package_while_it_runs_turn_the_cache_off(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(version, "_STARTED", 0)
        version.version.cache_clear()
        CALLS["loss"](project.load())
        assert not store.is_enabled()
        assert not store.entries()

    def test_of_passes_are_seen(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        CALLS["loss"](project.load())
        monkeypatch.setattr(compiler, "FINISH", compiler.FINISH[:-1])  # type: ignore[attr-defined]
        CALLS["loss"](project.load())
        assert project.compiled

    @pytest.mark.parametrize("seed", range(3))
    def test_at_random(self, project: Project, seed: int) -> None:
        rng = random.Random(seed)
        swaps = [
            ("np.tanh", "np.sinh"), ("2.0", "2.5"), ("0.5", "0.25"), ("+ SHIFT", "* SHIFT"), ("- SHIFT", "+ SHIFT"),
            ("FLAG = True", "FLAG = False"), ("AXIS = 0", "AXIS = 1"), ('"power": 2', '"power": 1'),
            ("x @ self.W", "x @ self.W.T"), ("offset = 1.5", "offset = 0.5"), ("* self.doubled", "+ self.doubled"),
            ("i % 2 == 0", "i % 3 == 0"), ("number + 1", "number + 2"), ("** self.power", "* self.power"),
            ('name != "second"', 'name == "second"'), ("* 3.0", "* 4.0"), ("slope=2.0", "slope=1.0"),
        ]  # fmt: skip
        for _ in range(12):
            for old, new in rng.sample(swaps, 2):
                one, other = (old, new) if old in project.texts["model"] else (new, old)
                places = project.texts["model"].split(one)
                if len(places) > 1:
                    number = rng.randrange(1, len(places))
                    project.texts["model"] = one.join(places[:number]) + other + one.join(places[number:])
            name = rng.choice(sorted(CALLS.keys() - {"vjp", "value", "written"}))
            cached = [CALLS[name](project.load()) for _ in range(2)]
            assert not project.compiled
            _assert_same(cached[0], cached[1])
            _assert_same(cached[1], project.uncached(CALLS[name]))


NOT_KEPT = {
    "an object of a class with computed attributes": """
        class Box:
            def __getattr__(self, name):
                return 2.0
        box = Box()
        def f(x):
            return x * box.anything
    """,
    "a rule of the user's": """
        import adcompiler as ad
        @ad.rule.elementwise(lambda g, y, x: g * 3.0, like="x")
        def own(x):
            return 3.0 * x
        def f(x):
            return own(x)
    """,
    "an import in a function": """
        def f(x):
            import math
            return math.sin(x)
    """,
    "a value that is made by code": """
        import enum
        class Mode(enum.Enum):
            ONE = 1
        mode = Mode.ONE
        def f(x):
            return x * 2 if mode is Mode.ONE else x
    """,
    "a gradient": """
        import adcompiler as ad
        def inner(x):
            return x * x * x
        def f(x):
            return ad.grad(inner)(x)
    """,
}


@pytest.mark.parametrize("what", NOT_KEPT)
def test_what_may_be_another_thing_elsewhere_is_not_kept(project: Project, what: str) -> None:
    project.texts["model"] = textwrap.dedent(NOT_KEPT[what])
    results = []
    for _ in range(2):
        try:
            results.append(ad.grad(project.load().f)(0.5))
        except ad.DifferentiationError as error:
            results.append(str(error))
        assert project.compiled
    assert results[0] == results[1]


class TestFiles:
    def test_cut_at_every_length_and_flipped_bytes_are_harmless(self, project: Project) -> None:
        expected = CALLS["along"](project.load())
        files = [(path, path.read_bytes()) for path, _, _ in store.entries()]
        assert len(files) > 1
        rng = random.Random(0)
        keys = {path: path.stem for path, _ in files}
        for path, content in files:
            for length in range(len(content)):
                path.write_bytes(content[:length])
                assert store.read(keys[path]) is None
            for _ in range(500):
                damaged = bytearray(content)
                damaged[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
                path.write_bytes(damaged)
                assert store.read(keys[path]) is None
            path.write_bytes(content + b" ")
            assert store.read(keys[path]) is None
        _assert_same(CALLS["along"](project.load()), expected)
        assert project.compiled
        _assert_same(CALLS["along"](project.load()), expected)
        assert not project.compiled

    def test_whole_files_with_nonsense_in_them_are_harmless(self, project: Project) -> None:
        expected = CALLS["along"](project.load())
        files = [(path, store.read(path.stem)) for path, _, _ in store.entries()]
        rng = random.Random(0)
        for _ in range(120):
            for path, data in files:
                damaged = json.loads(json.dumps(data))
                _damage(damaged, rng)
                store.write(path.stem, damaged)
            found = CALLS["along"](project.load())
            if project.compiled:
                _assert_same(found, expected)
        for path, data in files:
            store.write(path.stem, data)

    def test_of_another_key_are_not_taken(self, project: Project) -> None:
        store.write("a" * 40, {"one": 1})
        store.write("b" * 40, {"two": 2})
        (one,) = [path for path, _, _ in store.entries() if path.stem == "a" * 40]
        one.replace(one.with_name(f"{'b' * 40}.json"))
        assert store.read("b" * 40) is None

    def test_cannot_be_written(self, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "file").write_text("no folder", encoding="utf-8")
        monkeypatch.setenv("ADCOMPILER_CACHE_DIR", str(tmp_path / "file" / "cache"))
        assert CALLS["loss"](project.load()).shape == (3,)

        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setenv("ADCOMPILER_CACHE_DIR", str(tmp_path / "full"))
        monkeypatch.setattr(os, "replace", full)
        assert CALLS["loss"](project.load()).shape == (3,)
        assert not store.entries()

    @pytest.mark.skipif(not hasattr(os, "getuid"), reason="owners of files are POSIX's")
    def test_that_others_could_have_written_are_not_read(self, project: Project, tmp_path: Path) -> None:
        CALLS["loss"](project.load())
        folder = store.entries()[0][0].parent
        assert folder.stat().st_mode & 0o077 == 0
        assert folder.parent.stat().st_mode & 0o077 == 0
        for place in (folder, folder.parent):
            place.chmod(0o777)
            CALLS["loss"](project.load())
            assert project.compiled
            place.chmod(0o700)
        CALLS["loss"](project.load())
        assert not project.compiled

    def test_of_the_longest_ago_are_deleted(self, project: Project) -> None:
        for number in range(10):
            store.write(f"{number:040}", "x" * 1000)
        for path, _, _ in store.entries():
            os.utime(path, (int(path.stem), int(path.stem)))
        store.prune(5000)
        assert sorted(int(path.stem) for path, _, _ in store.entries()) == [7, 8, 9]

    def test_are_not_there_where_the_cache_is_off(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ADCOMPILER_CACHE", "0")
        CALLS["loss"](project.load())
        assert not store.entries()

    def test_stand_where_the_system_has_such_things(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("ADCOMPILER_CACHE_DIR", raising=False)
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert store.folder() == tmp_path / "adcompiler"
        monkeypatch.setenv("XDG_CACHE_HOME", "")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert store.folder() == tmp_path / ".cache" / "adcompiler"


def _damage(data: Any, rng: random.Random) -> None:
    """Put something else into one place of an entry."""
    places = []
    pending = [data]
    while pending:
        part = pending.pop()
        for key, value in list(part.items() if isinstance(part, dict) else enumerate(part)):
            if key == "text":
                continue  # what it says is run
            places.append((part, key))
            if isinstance(value, dict | list):
                pending.append(value)
    part, key = rng.choice(places)
    part[key] = rng.choice([None, -1, 10**6, "nonsense", [], {}, [["object", 3]], True, 1.5])


class TestCommand:
    def test_shows_and_clears(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        CALLS["loss"](project.load())
        assert main(["cache"]) == 0
        shown = capsys.readouterr().out
        assert str(store.folder()) in shown
        assert f"{len(store.entries())} files" in shown
        assert main(["cache", "--clear"]) == 0
        assert not store.entries()
        CALLS["loss"](project.load())
        assert project.compiled

    def test_says_that_there_is_none(
        self, project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ADCOMPILER_CACHE", "0")
        assert main(["cache"]) == 0
        assert "off" in capsys.readouterr().out
