"""From a call to its code: whatever is called after whatever else, the code is right for the call."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import adcompiler as ad
from adcompiler import dispatch
from adcompiler.dispatch import Dispatcher
from adcompiler.guard import UNLIKE

FACTOR = 2.0
WEIGHTS = np.arange(1.0, 6.0)
POWERS = [1.0, 2.0]


def inner(x: Any, y: Any) -> Any:
    return np.sum(x * y)


def twice(x: Any) -> Any:
    return 2 * x


def scaled(x: Any, k: Any = 3.0) -> Any:
    return np.sum(x) * k * FACTOR


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that are compiled in a test, one after the other."""
    found: list[str] = []
    original = dispatch.compile_gradient

    def counted(source: Any, *rest: Any, **options: Any) -> Any:
        found.append(source.name)
        return original(source, *rest, **options)

    monkeypatch.setattr(dispatch, "compile_gradient", counted)
    return found


class TestKindsOfCalls:
    def test_calls_that_alternate_compile_once_each(self, compilations: list[str]) -> None:
        gradient = ad.grad(inner)
        arrays = [np.ones(3), np.ones((2, 4)), np.ones((2, 2, 2)), np.ones(3, np.float32), np.ones(()), np.ones((1, 5))]
        for _ in range(4):
            for x in arrays:
                assert np.array_equal(gradient(x, 2 * x), 2 * x)
                assert gradient(x, 2 * x).dtype == x.dtype
        assert len(compilations) == len(arrays)

    def test_arguments_by_keyword_and_by_default(self) -> None:
        gradient = ad.grad(scaled)
        x = np.ones(2)
        for _ in range(3):
            assert gradient(x).tolist() == [6.0, 6.0]
            assert gradient(x, k=1.0).tolist() == [2.0, 2.0]
            assert gradient(k=4.0, x=x).tolist() == [8.0, 8.0]
            assert gradient(x, 5.0).tolist() == [10.0, 10.0]
            for wrong in ({"j": 1.0}, {"x": x}):
                with pytest.raises(TypeError, match="argument"):
                    gradient(x, **wrong)
            with pytest.raises(TypeError, match="too many"):
                gradient(x, 1.0, 2.0)
            with pytest.raises(TypeError, match="missing"):
                gradient()

    def test_changed_defaults_are_seen(self) -> None:
        def f(x: Any, k: Any = 2.0, *, m: Any = 1.0) -> Any:
            return x * k * m

        gradient = ad.grad(f)
        assert [gradient(1.0), gradient(1.0)] == [2.0, 2.0]
        f.__defaults__ = (5.0,)
        assert gradient(1.0) == 5.0
        assert f.__kwdefaults__ is not None
        f.__kwdefaults__["m"] = 3.0
        assert gradient(1.0) == 15.0

    def test_parameters_that_are_given_by_keyword_only(self) -> None:
        def f(x: Any, *, k: Any) -> Any:
            return x * k

        gradient = ad.grad(f)
        for _ in range(3):
            assert gradient(2.0, k=3.0) == 3.0
            with pytest.raises(TypeError):
                gradient(2.0, 3.0)

    def test_any_number_of_arguments(self) -> None:
        def f(x: Any, *rest: Any) -> Any:
            return x * rest[0] if len(rest) == 2 else x * sum(rest[0])

        gradient = ad.grad(f)
        for _ in range(3):
            assert gradient(1.0, 3.0, 4.0) == 3.0
            assert gradient(1.0, (3.0, 4.0)) == 7.0

    def test_values_known_at_compile_time(self, compilations: list[str]) -> None:
        def f(x: Any, axis: Any, name: str, function: Any) -> Any:
            return np.sum(function(np.sum(x, axis=axis)) ** 2) if name == "square" else np.sum(x)

        gradient = ad.grad(f)
        x = np.arange(6.0).reshape(2, 3)
        for _ in range(3):
            for axis in (0, 1, (0, 1)):
                expected = 8 * np.broadcast_to(np.sum(x, axis=axis, keepdims=True), x.shape)
                assert np.array_equal(gradient(x, axis, "square", twice), expected)
                assert np.array_equal(gradient(x, axis, "sum", abs), np.ones_like(x))
        assert len(compilations) == 5  # of the sum, no axis is needed

    def test_no_bool_passes_for_a_number(self) -> None:
        gradient = ad.grad(lambda x, k: x * 2 if isinstance(k, bool) else x * k)
        assert [gradient(1.0, k) for k in (1, True, 1, True, 3.0)] == [1.0, 2.0, 1.0, 2.0, 3.0]

    def test_order_of_memory_is_seen(self) -> None:
        def f(x: Any) -> Any:
            flat = x.reshape(-1)
            flat[0] = 0.0
            return np.sum(x * x)

        gradient = ad.grad(f)
        x = np.arange(1.0, 7.0).reshape(2, 3)
        for _ in range(3):
            assert gradient(x.copy()).tolist() == [[0.0, 4.0, 6.0], [8.0, 10.0, 12.0]]
            with pytest.raises(ad.DifferentiationError, match="may share memory"):
                gradient(x.copy(order="F"))

    def test_threads_share_a_gradient(self) -> None:
        gradient = ad.grad(inner)
        arrays = [np.full(shape, 2.0) for shape in (3, (2, 2), (1, 3, 2), (4, 1), (5, 5), (2, 3, 4))]
        wrong: list[Any] = []

        def work(start: int) -> None:
            try:
                for number in range(300):
                    x = arrays[(number * (start + 1) + start) % len(arrays)]
                    if not np.array_equal(gradient(x, 3 * x), 3 * x):
                        wrong.append(x.shape)
            except Exception as error:
                wrong.append(error)

        threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong


class TestSurroundings:
    def test_changed_names_are_seen_by_calls_that_were_made_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        gradient = ad.grad(lambda x: np.sum(twice(x)) * FACTOR)
        x = np.ones(2)
        for _ in range(3):
            assert gradient(x).tolist() == [4.0, 4.0]
        monkeypatch.setitem(globals(), "twice", lambda x: x * x * x)
        assert gradient(x).tolist() == [6.0, 6.0]
        monkeypatch.setitem(globals(), "FACTOR", 10.0)
        assert gradient(x).tolist() == [30.0, 30.0]
        monkeypatch.setitem(globals(), "FACTOR", np.array([1.0, 2.0]))
        assert ad.grad(lambda x: np.sum(x * FACTOR))(x).tolist() == [1.0, 2.0]
        monkeypatch.undo()
        assert gradient(x).tolist() == [4.0, 4.0]

    def test_code_that_is_replaced_in_place(self) -> None:
        """As a notebook does that loads changed files anew."""

        def helper(x: Any) -> Any:
            return x * x

        def f(x: Any) -> Any:
            return helper(x) * 2

        def other_helper(x: Any) -> Any:
            return x * 5

        def other(x: Any) -> Any:
            return helper(x) * 3

        gradient = ad.grad(f)
        assert [gradient(1.0) for _ in range(3)] == [4.0] * 3
        helper.__code__ = other_helper.__code__
        assert [gradient(1.0) for _ in range(3)] == [10.0] * 3
        f.__code__ = other.__code__
        assert [gradient(1.0) for _ in range(3)] == [15.0] * 3

    @pytest.mark.parametrize("in_place", [True, False])
    def test_module_that_is_loaded_anew(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_place: bool) -> None:
        path = tmp_path / "edited.py"
        namespace: dict[str, Any] = {"__name__": "edited"}

        def load(factor: float, added: int) -> None:
            text = "\n" * added + f"def helper(x):\n    return x * {factor}\n\n\ndef f(x):\n    return helper(x)\n"
            path.write_text(text, encoding="utf-8")
            before = {name: namespace[name] for name in ("helper", "f") if name in namespace}
            exec(compile(text, str(path), "exec"), namespace)
            for name, function in before.items():
                if in_place:  # as IPython does
                    function.__code__ = namespace[name].__code__
                    namespace[name] = function

        load(2.0, 0)
        gradient = ad.grad(namespace["f"])
        assert gradient(1.0) == 2.0
        for added, factor in enumerate((3.0, 45.0, 6.0), start=1):
            load(factor, added)
            gradient = gradient if in_place else ad.grad(namespace["f"])
            assert gradient(1.0) == factor
            assert f"x * {factor}" in gradient.source or str(factor) in gradient.source
        path.write_text("def helper(x):\n    return x * 7.0\n", encoding="utf-8")  # and not loaded
        assert ad.grad(namespace["f"])(1.0) == 6.0

    def test_list_that_is_changed_in_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(globals(), "POWERS", [1.0, 2.0])
        gradient = ad.grad(lambda x: x * POWERS[0] + x * POWERS[1])
        assert [gradient(1.0) for _ in range(3)] == [3.0] * 3
        POWERS[1] = 7.0
        assert gradient(1.0) == 8.0

    def test_hidden_input_of_another_kind(self) -> None:
        k: Any = 2.0
        gradient = ad.grad(lambda x: np.sum(x * k))
        x = np.ones((2, 2))
        for _ in range(3):
            assert gradient(x).tolist() == [[2.0, 2.0]] * 2
        k = np.array([3.0, 4.0])
        assert gradient(x).tolist() == [[3.0, 4.0]] * 2
        k = np.float32(5.0)
        assert gradient(x).tolist() == [[5.0, 5.0]] * 2
        k = ad.tensor([6.0, 7.0])
        assert gradient(x).tolist() == [[6.0, 7.0]] * 2

    @pytest.mark.parametrize("lengths", [(5, 7, 5), (7, 5, 7)])
    def test_lengths_shared_with_hidden_inputs_are_not_taken_for_granted(self, lengths: tuple[int, ...]) -> None:
        def f(x: Any) -> Any:
            return np.sum(x * x) if x.shape[0] == WEIGHTS.shape[0] else np.sum(x)

        gradient = ad.grad(f)
        for length in lengths:
            x = np.full(length, 3.0)
            assert gradient(x).tolist() == ([6.0] * 5 if length == 5 else [1.0] * 7)

    def test_bound_object(self) -> None:
        class Model:
            def __init__(self) -> None:
                self.w, self.name, self.power = np.array([1.0, 2.0]), "linear", 2

            def loss(self, x: Any) -> Any:
                return np.sum(self.w * x**self.power) if self.name == "linear" else np.sum(x)

        model = Model()
        gradient = ad.grad(model.loss)
        x = np.ones(2)
        for _ in range(3):
            assert gradient(x).tolist() == [2.0, 4.0]
        model.w = np.array([5.0, 5.0])
        assert gradient(x).tolist() == [10.0, 10.0]
        model.power = 1
        assert gradient(x).tolist() == [5.0, 5.0]
        model.name = "sum"
        assert gradient(x).tolist() == [1.0, 1.0]

    def test_structures_with_keys_that_source_cannot_say(self) -> None:
        key = (1, "a")

        def f(p: Any) -> Any:
            return p[key] * 2

        gradient = ad.grad(f)
        for _ in range(3):
            assert gradient({key: 3.0}) == {key: 2.0}

    def test_error_of_a_call_that_was_made_before_says_where(self) -> None:
        def f(x: Any, y: Any) -> Any:
            return np.sum(np.linalg.inv(x) * y)

        gradient = ad.grad(f)
        gradient(np.eye(2), np.eye(2))
        with pytest.raises(np.linalg.LinAlgError) as caught:
            gradient(np.zeros((2, 2)), np.eye(2))
        assert "np.sum(np.linalg.inv(x) * y)" in caught.value.__notes__[0]


class TestMemory:
    def test_lengths_are_compiled_for_four_times_then_for_all(self, compilations: list[str]) -> None:
        def f(x: Any, y: Any) -> Any:
            return np.sum(x[:, None] * y)

        gradient = ad.grad(f)
        shapes = [(3, 3), (3, 4), (1, 4), (4, 1), (1, 1), (0, 4), (4, 0), (0, 0), (5, 6), (7, 7)]
        for _ in range(2):
            for m, n in shapes:
                assert gradient(np.ones(m), np.full(n, 2.0)).tolist() == [2.0 * n] * m
        assert len(compilations) == 5
        for rank in range(1, 5):  # a rank more is counted anew
            gradient(np.ones(2), np.ones((2,) * rank))
        assert len(compilations) == 8

    def test_what_depends_on_lengths_is_compiled_for_each_pattern(self) -> None:
        def f(x: Any, y: Any) -> Any:
            products = x.T @ x
            return np.trace(np.corrcoef(x.T) if x.shape[1] > 1 else products) + np.sum(y)  # of one variable, a number

        gradient = ad.grad(f)
        for rows, columns, length in [(5, 3, 3), (3, 3, 3), (5, 3, 1), (9, 4, 6), (5, 1, 1), (5, 1, 7), (6, 1, 6)]:
            x = np.random.default_rng(0).normal(size=(rows, columns))
            expected = 2 * x if columns == 1 else np.zeros_like(x)
            np.testing.assert_allclose(gradient(x, np.ones(length)), expected, atol=1e-12)

    def test_entries_for_values_are_few(self, compilations: list[str]) -> None:
        def f(x: Any, k: Any) -> Any:
            return np.sum((x, x * x)[k % 2])

        dispatcher = Dispatcher(f, ad.compiler.Goal("grad", ("x",)))
        for k in range(1, 80):
            dispatcher.find((np.ones(90), k))
        assert all(len(entries) <= 64 for entries in dispatcher._entries.values())
        assert all(len(entries) <= 64 for entries in dispatcher._patterns.values())

    def test_summaries_are_forgotten_when_there_are_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dispatch, "_MOST_SUMMARIES", 10)
        gradient = ad.grad(inner)
        for length in range(30):
            x = np.ones(length)
            assert np.array_equal(gradient(x, x), x)
        assert len(gradient._dispatcher._entries) <= 10

    def test_written_calls_are_few(self) -> None:
        gradient = ad.grad(lambda p: p.x * 2)
        for number in range(20):
            for _ in range(3):
                found = gradient(SimpleNamespace(x=1.0, **{f"a{number}": 1.0}))
                assert (found.x, getattr(found, f"a{number}")) == (2.0, 0.0)
        serves, count = gradient._recent, 0
        while serves(None) is UNLIKE and "otherwise" in serves.__globals__:
            serves, count = serves.__globals__["otherwise"], count + 1
        assert count <= 4

    def test_gradient_that_is_made_anew_is_not_compiled_anew(self, compilations: list[str]) -> None:
        x = np.ones(3)
        for _ in range(3):
            assert ad.grad(inner)(x, x).tolist() == [1.0, 1.0, 1.0]
            assert ad.vjp(inner, x, x)[1](1.0)[0].tolist() == [1.0, 1.0, 1.0]
        assert len(compilations) <= 2  # none where another test has compiled it


class TestManyRanks:
    """After code for a few ranks, code for any rank serves, where it can be written."""

    @staticmethod
    def of_rank(rank: int) -> np.ndarray:
        return np.random.default_rng(rank).random(tuple(range(2, 2 + rank)))

    def test_one_code_serves_further_ranks(self) -> None:
        gradient = ad.grad(lambda x: np.sum(np.sin(x) * x) / (1 + np.mean(x * x)))
        codes = []
        for rank in (1, 2, 3, 4, 5, 6, 5):
            x = self.of_rank(rank)
            shared, value = 1 + np.mean(x * x), np.sum(np.sin(x) * x)
            expected = (np.cos(x) * x + np.sin(x)) / shared - value * 2 * x / x.size / shared**2
            np.testing.assert_allclose(gradient(x), expected, rtol=1e-12)
            codes.append(gradient.function_for(x))
        assert len(set(codes)) == 5
        assert codes[-1] is codes[-2] is codes[-3]

    def test_code_that_asks_for_the_rank_is_made_for_each(self) -> None:
        gradient = ad.grad(lambda x: np.sum(x[..., 0] ** 2) if x.ndim % 2 else np.sum(x**3))
        for rank in range(1, 8):
            x = self.of_rank(rank)
            expected = np.where(np.arange(x.shape[-1]) == 0, 2 * x, 0) if rank % 2 else 3 * x * x
            np.testing.assert_allclose(gradient(x), expected, rtol=1e-12)
