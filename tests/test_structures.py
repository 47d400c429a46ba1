"""Arguments and results that are structures: gradients have the structure of what they are the gradients of.

Passing does not prove the values at kinks, nor anything about structures whose parts are shared.
"""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import Example
from programs.arguments import STRUCTURED
from structures import assert_alike, differences, is_floating, leaves_with_paths, with_leaf

import adcompiler as ad
from adcompiler.api import grad, value_and_grad, vjp
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.parse import function_source
from adcompiler.guard import Guard
from adcompiler.ir.structure import at_path, leaf_names, map_leaves, packing_of
from adcompiler.ir.types import Parameter, Type, unknown
from adcompiler.testing import check_grads
from adcompiler.values import Lengths, describe


def wrt_of(example: Example) -> tuple[int, ...]:
    """The arguments that hold floating-point numbers."""
    return tuple(
        position
        for position, argument in enumerate(example.arguments)
        if any(is_floating(leaf) for _, leaf in leaves_with_paths(argument))
    )


def types_of(example: Example, *, typed: bool = True) -> dict[str, Parameter]:
    lengths = Lengths()
    names = function_source(example.function).parameters
    types = {name: lengths.type_of(argument) for name, argument in zip(names, example.arguments, strict=True)}
    if typed:
        return types
    names_of = {place: name for name, place in leaf_names(types).items()}

    def forgotten(parameter, path, leaf):
        return unknown(names_of[parameter, path]) if isinstance(leaf, Type) else leaf

    return {parameter: map_leaves(tree, partial(forgotten, parameter)) for parameter, tree in types.items()}


def name(example: Example) -> str:
    return f"{example.name}-{STRUCTURED.index(example)}"


EVERY = pytest.mark.parametrize("example", STRUCTURED, ids=name)
UNTYPED = pytest.mark.parametrize("example", [example for example in STRUCTURED if example.untyped], ids=name)


@EVERY
def test_gradient_agrees_with_differences(example):
    positions = wrt_of(example)
    arguments = copy.deepcopy(example.arguments)
    value, gradients = value_and_grad(example.function, positions)(*arguments)
    np.testing.assert_allclose(value, example.function(*copy.deepcopy(example.arguments)), rtol=1e-12)
    for position, gradient in zip(positions, gradients, strict=True):
        assert_alike(gradient, differences(example.function, example.arguments, position))
    assert_alike(arguments, example.arguments, rtol=0, atol=0)


@EVERY
def test_gradient_alone_is_the_gradient_with_the_value(example):
    positions = wrt_of(example)
    _, expected = value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    found = grad(example.function, positions)
    for _ in range(3):  # compiled, found by its summary, guarded
        assert_alike(found(*copy.deepcopy(example.arguments)), expected, rtol=1e-12)


@EVERY
def test_split_pair_agrees_and_can_be_pulled_back_twice(example):
    positions = wrt_of(example)
    expected = grad(example.function, positions)(*copy.deepcopy(example.arguments))
    _, pullback = vjp(example.function, *copy.deepcopy(example.arguments))
    for _ in range(2):
        found = pullback(1.0)
        found = (found,) if len(example.arguments) == 1 else found
        assert_alike(tuple(found[position] for position in positions), expected, rtol=1e-10)


@UNTYPED
def test_code_without_types_agrees(example):
    source = function_source(example.function)
    types = types_of(example, typed=False)
    positions = wrt_of(example)
    goal = Goal("value_and_grad", tuple(source.parameters[p] for p in positions), as_tuple=True)
    places = leaf_names(types)
    by_name = dict(zip(source.parameters, example.arguments, strict=True))
    values = {name: at_path(by_name[parameter], path) for name, (parameter, path) in places.items()}
    compiled = compile_gradient(source, types, goal, values=values)
    taken = {name for name, _ in compiled.lowered.program.arguments}
    arguments = copy.deepcopy({name: value for name, value in by_name.items() if name in taken})
    _, gradients = compiled.load()[0](**arguments)
    _, expected = value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    assert_alike(gradients, expected, rtol=1e-10, atol=1e-12)


@EVERY
def test_tensors_in_a_decorated_call_have_the_gradient(example):
    positions = wrt_of(example)
    expected = grad(example.function, positions)(*copy.deepcopy(example.arguments))
    given = list(copy.deepcopy(example.arguments))
    tensors = {}
    for position in positions:
        for path, leaf in list(leaves_with_paths(given[position])):
            if isinstance(leaf, np.ndarray) and is_floating(leaf):
                tensors[position, path] = ad.tensor(leaf, requires_grad=True)
                given[position] = with_leaf(given[position], path, tensors[position, path])
    if not tensors:
        return
    try:
        ad.differentiable(example.function)(*given).backward()
    except RuntimeError as error:
        assert "a leaf Variable that requires grad" in str(error)  # noqa: PT017  (it changes one, as PyTorch forbids)
        return
    for (position, path), tensor in tensors.items():
        wanted = dict(leaves_with_paths(expected[positions.index(position)]))[path]
        found = np.zeros(np.shape(wanted)) if tensor.grad is None else tensor.grad.numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)


W, U, B = (np.random.default_rng(0).normal(size=shape) for shape in ((3, 3), (3, 2), (3,)))


def network(p, xs):
    h = np.zeros(p["b"].shape)
    for x in xs:
        h = np.tanh(p["W"] @ h + p["U"] @ x + p["b"])
    return np.sum(h * h)


@dataclass
class Affine:
    W: Any
    b: Any
    name: str = "affine"

    def __call__(self, x):
        return self.W @ x + self.b


class Model:
    def __init__(self, w):
        self.w = w
        self.note = "text"

    def loss(self, x):
        return np.sum(self.w * x**2)


class TestCalls:
    def test_other_keys_are_compiled_anew(self) -> None:
        def total(p):
            result = 0.0
            for value in p.values():
                result += np.sum(value**2)
            return result

        gradient = ad.grad(total)
        for p in ({"a": B}, {"a": B, "b": 2.0}, {"b": 2.0, "a": B}, {"a": B}, {"c": B}, {"a": 1.5}):
            assert_alike(gradient(p), {key: 2 * value for key, value in p.items()})

    def test_missing_key_is_refused_when_it_is_missing(self) -> None:
        gradient = ad.grad(lambda p: np.sum(p["a"] * p["b"]))
        gradient({"a": B, "b": B})
        with pytest.raises(ad.DifferentiationError, match="KeyError: 'b'"):
            gradient({"a": B})
        assert_alike(gradient({"a": B, "b": B}), {"a": B, "b": B})

    CHANGES: ClassVar[dict[str, Any]] = {
        "shape": lambda p: p["list"].__setitem__(0, np.ones(2)),
        "dtype": lambda p: p["list"].__setitem__(0, B.astype(np.float32)),
        "number": lambda p: p["list"].__setitem__(0, 2.0),
        "integer": lambda p: p.update(n=2),
        "flag": lambda p: p.update(flag=False),
        "text": lambda p: p.update(text="minus"),
        "longer": lambda p: p["list"].append(1.0),
        "key": lambda p: p.update(more=1.0),
        "attribute": lambda p: setattr(p["object"], "w", 3.0),
        "more attributes": lambda p: setattr(p["object"], "v", 3.0),
        "tuple": lambda p: p.update(pair=(1.0, 3)),
        "class": lambda p: p.update(object=Affine(2.0, 1.0)),
    }

    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
    def test_change_of_a_part_is_noticed(self, change) -> None:
        def f(p):
            total = np.sum(p["list"][0]) * 2 if p["flag"] else np.sum(p["list"][0])
            if p["text"] == "minus":
                total = -total
            for item in p["list"]:
                total = total + np.sum(item) * p["n"]
            return total * p["pair"][0] ** p["pair"][1]

        def arguments():
            inner = Model(B)
            return {"list": [B, 0.5], "n": 3, "flag": True, "text": "plus", "object": inner, "pair": (1.5, 2)}

        gradient = ad.grad(f)
        p = arguments()
        for _ in range(3):
            gradient(p)
        change(p)
        assert_alike(gradient(p), ad.grad(f)(p), rtol=0, atol=0)
        assert_alike(gradient(arguments()), ad.grad(f)(arguments()), rtol=0, atol=0)

    def test_other_lengths_of_one_pattern_share_code(self) -> None:
        gradient = ad.grad(network)
        for n, m in ((3, 2), (4, 3), (5, 2)):
            p = {"W": np.eye(n) * 0.5, "U": np.ones((n, m)), "b": np.zeros(n)}
            gradient(p, np.ones((6, m)))
            entries = gradient._dispatcher._patterns
        assert len(entries) == 1

    def test_array_at_two_places_has_the_gradient_of_each(self) -> None:
        found = ad.grad(lambda p: np.sum(p["a"] * p["b"] ** 2))({"a": B, "b": B})
        assert_alike(found, {"a": B**2, "b": 2 * B * B})

    def test_array_at_two_places_that_is_changed_is_refused(self) -> None:
        def f(p):
            p["a"][0] = 1.0
            return np.sum(p["a"] * p["b"])

        with pytest.raises(ValueError, match=r"""`f` changes `p\['a'\]` in place, and `p\['b'\]` shares its memory"""):
            ad.grad(f)({"a": B, "b": B})

    def test_list_at_two_places_that_is_changed_is_refused(self) -> None:
        def f(p):
            p[0].append(2.0)
            return np.sum(p[0][0] * p[1][0]) + len(p[1])

        shared = [B]
        with pytest.raises(ValueError, match=r"`f` changes `p\[0\]`, which is `p\[1\]` too"):
            ad.grad(f)([shared, shared])
        assert_alike(ad.grad(f)([[B], [B]]), [[B], [B]])

    def test_dtypes_of_leaves(self) -> None:
        p = {"a": B.astype(np.float32), "b": np.array(0.5), "c": np.float32(2.0), "d": 1.5}
        found = ad.grad(lambda p: np.sum(p["a"]) * p["b"] * p["c"] * p["d"])(p)
        assert found["a"].dtype == np.float32
        assert np.result_type(found["c"]) == np.float32
        assert np.shape(found["b"]) == ()

    def test_structure_without_floating_point_numbers_is_refused(self) -> None:
        with pytest.raises(TypeError, match="`p`, which holds no floating-point number or array"):
            ad.grad(lambda p: p["n"] * 2.0)({"n": 3, "name": "x"})

    def test_part_that_cannot_be_read_is_refused_where_it_is_read(self) -> None:
        p = {"x": B, "labels": np.array(["a", "b"]), "seen": {1, 2}, "log": [0.5] * 2000}
        expected = {"x": np.ones(3), "labels": None, "seen": None, "log": None}
        assert_alike(ad.grad(lambda p: np.sum(p["x"]))(p), expected)
        with pytest.raises(ad.DifferentiationError, match="'log' is a list of more than 1000 parts"):
            ad.grad(lambda p: np.sum(p["x"]) * p["log"][0])(p)
        with pytest.raises(ad.DifferentiationError, match="'labels' is an array of <U1, not of numbers"):
            ad.grad(lambda p: np.sum(p["x"]) + len(p["labels"]))(p)
        with pytest.raises(ad.DifferentiationError, match="'seen' is a set, which is not read"):
            ad.grad(lambda p: np.sum(p["x"]) if p["seen"] else 0.0)(p)

    def test_tensors_in_structures_are_arrays(self) -> None:
        p = {"a": ad.tensor([1.0, 2.0], requires_grad=True), "b": [3.0]}
        assert_alike(ad.grad(lambda p: np.sum(p["a"] ** 2) * p["b"][0])(p), {"a": np.array([6.0, 12.0]), "b": [5.0]})

    def test_any_number_of_arguments(self) -> None:
        def f(x, *rest, scale=1.0, **options):
            total = np.sum(x) * scale
            for number, item in enumerate(rest):
                total = total + np.sum(item * x) * number
            for value in options.values():
                total = total * value
            return total

        gradient = ad.grad(f, ("x", "rest", "options"))
        for rest, options in (((), {}), ((B,), {"a": 2.0}), ((B, 2 * B), {"a": 2.0, "n": 3}), ((B,), {})):
            for _ in range(2):
                x_bar, rest_bar, options_bar = gradient(B, *rest, **options)
            expected = ad.grad(lambda p: f(p[0], *p[1], **p[2]))([B, rest, options])
            assert_alike([x_bar, rest_bar, options_bar], expected)
        _, pullback = ad.vjp(f, B, B, 2 * B)
        assert_alike(pullback(1.0), ad.grad(f, ("x", "rest"))(B, B, 2 * B)[0:1] + ad.grad(f, "rest")(B, B, 2 * B))
        assert_alike(ad.grad(f)(B, (B, B)), ad.grad(f)(B, np.array([B, B])))

    def test_self_is_an_argument(self) -> None:
        model = Model(B)
        found = ad.grad(Model.loss, "self")(model, B)
        assert type(found) is Model
        assert_alike(found.w, B**2)
        assert found.note is None
        assert_alike(ad.grad(model.loss)(B), 2 * B * B)
        model.w = 2 * B
        assert_alike(ad.grad(model.loss)(B), 4 * B * B)

    def test_bound_method_of_what_cannot_be_hashed(self) -> None:
        @dataclass
        class Unhashable:
            w: Any

            def loss(self, x):
                return np.sum(self.w * x)

        assert_alike(ad.grad(Unhashable(B).loss)(B), B)

    def test_cached_property_is_followed_and_what_it_cached_is_not_read(self) -> None:
        class Caching(Model):
            @cached_property
            def squared(self):
                return self.w**2

            def loss(self, x):
                return np.sum(self.squared * x)

        model = Caching(B)
        assert_alike(ad.grad(Caching.loss, "self")(model, B).w, 2 * B * B)
        model.loss(B)
        with pytest.raises(ad.DifferentiationError, match=r"squared.* was computed before"):
            ad.grad(Caching.loss, "self")(model, B)
        del model.squared
        assert_alike(ad.grad(Caching.loss, "self")(model, B).w, 2 * B * B)

    def test_names_that_code_needs_itself(self) -> None:
        keys = ["np", "sum", "range", "lambda", "out_bar", "x y", "", "W_bar", "p", "total", "instance", "len", "'"]

        def f(p):
            total = 0.0
            for number, key in enumerate(keys):
                total = total + np.sum(p[key] ** 2) * number
            return total

        p = {key: B + number for number, key in enumerate(keys)}
        assert_alike(ad.grad(f)(p), {key: 2 * number * p[key] for number, key in enumerate(keys)})

    def test_recursion_over_a_tree(self) -> None:
        def f(tree, x):
            if tree is None:
                return 0.0
            left, right = f(tree.left, x), f(tree.right, x)
            return np.sin(tree.value * x) + left * right + left

        tree = Tree(1.0, Tree(2.0), Tree(3.0, Tree(0.5)))
        for position in (0, 1):
            assert_alike(ad.grad(f, position)(tree, 0.7), differences(f, (tree, 0.7), position))

    def test_check_grads(self) -> None:
        check_grads(network, {"W": W, "U": U, "b": B}, np.ones((3, 2)))
        check_grads(lambda p: [p[0] * p[1], {"y": p[0] ** 2, "n": 3}], (B, 2.0))

    def test_gradient_can_be_pickled(self) -> None:
        gradient = pickle.loads(pickle.dumps(ad.grad(network)))
        assert gradient({"W": W, "U": U, "b": B}, np.ones((2, 2))).keys() == {"W", "U", "b"}


class TestResults:
    @pytest.mark.parametrize("kind", [dict, list, Affine, tuple])
    def test_auxiliary_result_of_every_kind(self, kind) -> None:
        def f(p, x):
            y = p["a"] * x
            aux = {dict: {"y": y, "n": 3}, list: [y, "text"], tuple: (y, None), Affine: Affine(y, 2.0)}
            return np.sum(y**2), aux[kind]

        p = {"a": B}
        (value, aux), gradient = ad.value_and_grad(f, has_aux=True)(p, 2.0)
        expected_value, expected = f(p, 2.0)
        assert value == pytest.approx(expected_value)
        assert_alike(aux, expected)
        assert_alike(gradient, {"a": 8 * B})
        only, again = ad.grad(f, has_aux=True)(p, 2.0)
        assert_alike(only, gradient)
        assert_alike(again, expected)

    def test_cotangent_has_the_structure_of_the_value(self) -> None:
        def f(p):
            return {"y": p["a"] * p["b"], "parts": [p["a"] ** 2, Affine(p["b"], 3)], "name": "text"}

        p = {"a": B, "b": 2.0}
        value, pullback = ad.vjp(f, p)
        assert_alike(value, f(p))
        cotangent = {"name": None, "y": B, "parts": [2 * B, Affine(5.0, None, None)]}
        expected = {"a": 2 * B + 4 * B * B, "b": np.sum(B * B) + 5.0}
        for _ in range(2):
            assert_alike(pullback(cotangent), expected)

    @pytest.mark.parametrize(
        "wrong",
        [{"y": B}, {"y": B, "z": [1.0], "more": 1.0}, {"y": B, "z": [1.0, 2.0]}, {"y": B[:2], "z": [1.0]}, B, None],
    )
    def test_cotangent_of_another_structure_is_refused(self, wrong) -> None:
        _, pullback = ad.vjp(lambda x: {"y": x * 2, "z": [x[0]]}, B)
        with pytest.raises(ValueError, match="the cotangent"):
            pullback(wrong)

    def test_named_tuple_takes_a_tuple(self) -> None:
        value, pullback = ad.vjp(lambda x: Pair(x * 2, x[0]), B)
        assert_alike(value, Pair(2 * B, B[0]))
        assert_alike(pullback((B, 1.0)), pullback(Pair(B, 1.0)))

    def test_key_on_some_paths_only_is_refused(self) -> None:
        def f(x):
            result = {"y": x}
            if x > 0:
                result["z"] = x * x
            return x, result

        with pytest.raises(ad.DifferentiationError, match="what is returned has 'z' on some paths only"):
            ad.grad(f, has_aux=True)(1.0)


class TestSource:
    def test_types_of_parts(self) -> None:
        types = {"p": {"W": "float64[n, n]", "U": "float64[n, m]", "b": "float64[n]"}, "xs": "float64[t, m]"}
        text = ad.source(network, types=types)
        assert text == ad.source(network, types={"p": {"W": W, "U": U, "b": B}, "xs": np.ones((4, 2))})
        assert 'W, U, b = p["W"], p["U"], p["b"]' in text
        assert text.endswith('return {"W": t_bars.T @ hs, "U": t_bars.T @ xs, "b": t_bars.sum(axis=0)}')

    def test_values_among_types(self) -> None:
        def f(p):
            y = np.tanh(p["x"]) if p["kind"] == "tanh" else p["x"]
            return np.sum(y) * p["scale"]

        text = ad.source(f, types={"p": {"x": "float64[n]", "kind": "tanh", "scale": 2}})
        assert "np.tanh" in text
        with pytest.raises(ValueError, match="is not a type"):
            ad.source(f, types={"p": {"x": "float64[n", "kind": "tanh", "scale": 2}})

    def test_annotations_of_fields(self) -> None:
        def f(p: Typed, x: "float64[m]"):  # noqa: F821, UP037
            return np.sum(np.tanh(p.W @ x + p.inner.b) ** 2)

        text = ad.source(f)
        assert "W = p.W" in text
        assert "W.T" not in text
        assert "return Typed(W=b_bar[:, None] * x, inner=Inner(b=b_bar, label=None))" in text

    def test_untyped_structure_asks_for_types(self) -> None:
        with pytest.raises(ad.DifferentiationError, match=r"give its type, as in `types=.\"p\": .\"b\": "):
            ad.source(network)


@dataclass
class Tree:
    value: Any
    left: Any = None
    right: Any = None


class Pair(NamedTuple):
    first: Any
    second: Any


@dataclass
class Inner:
    b: "float64[n]"  # noqa: F821, UP037
    label: str = ""


@dataclass
class Typed:
    W: "float64[n, m]"  # noqa: F821, UP037
    inner: Inner


def test_steps_down_a_dict_of_parameters() -> None:
    rng = np.random.default_rng(1)
    p = {"layers": [Affine(rng.normal(size=(4, 2)), np.zeros(4)), Affine(rng.normal(size=(1, 4)), np.zeros(1))]}
    xs = rng.normal(size=(20, 2))
    ys = np.sin(xs[:, 0])

    def loss(p, xs, ys):
        total = 0.0
        for x, y in zip(xs, ys, strict=True):
            for layer in p["layers"]:
                x = np.tanh(layer(x))
            total += (x[0] - y) ** 2
        return total / len(ys)

    gradient = ad.value_and_grad(loss)
    values = []
    for _ in range(60):
        value, p_bar = gradient(p, xs, ys)
        values.append(value)
        for layer, layer_bar in zip(p["layers"], p_bar["layers"], strict=True):
            layer.W -= 0.3 * layer_bar.W
            layer.b -= 0.3 * layer_bar.b
    assert values[-1] < 0.3 * values[0]


def test_gradients_agree_with_pytorch() -> None:
    torch = pytest.importorskip("torch")
    p, xs = {"W": W, "U": U, "b": B}, np.random.default_rng(2).normal(size=(5, 2))
    tensors = {key: torch.tensor(value, requires_grad=True) for key, value in p.items()}
    h = torch.zeros(3, dtype=torch.float64)
    for x in torch.tensor(xs):
        h = torch.tanh(tensors["W"] @ h + tensors["U"] @ x + tensors["b"])
    torch.sum(h * h).backward()
    assert_alike(ad.grad(network)(p, xs), {key: t.grad.numpy() for key, t in tensors.items()}, rtol=1e-12)


SCALARS = st.sampled_from([1.5, 2, True, None, "text", "other", 0.25, np.float32(1.0), np.float64(2.0)])
ARRAYS = st.sampled_from([B, B[:2], B.astype(np.float32), W, np.array(1.0), np.arange(3)])


def containers(inner):
    keys = st.sampled_from(["a", "b", 1, (0, 1)])
    return st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(keys, inner, max_size=3),
        st.builds(Pair, inner, inner),
        st.builds(Affine, inner, inner),
        st.builds(lambda w: SimpleNamespace(w=w), inner),
        st.builds(Model, inner),
    )


VALUES = st.recursive(st.one_of(SCALARS, ARRAYS), containers, max_leaves=6)


@given(VALUES, VALUES)
def test_guard_lets_pass_only_what_has_the_same_summary(one, other):
    written = Guard()
    written.require_like("x0", one)
    guard = written.predicate(1)
    if guard(other):
        assert describe(one) == describe(other)
    if guard(one):
        assert guard(copy.deepcopy(one))


@given(VALUES)
def test_parts_put_together_are_the_value(value):
    packing = packing_of(value)
    if packing is not None:
        assert_alike(packing.pack(packing.parts(value)), value, rtol=0, atol=0)


@given(VALUES, VALUES)
def test_values_of_one_summary_have_one_type(one, other):
    if describe(one) == describe(other):
        assert Lengths().type_of(one) == Lengths().type_of(other)


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_every_leaf_has_a_name_of_its_own(values):
    names = leaf_names({f"x{number}": Lengths().type_of(value) for number, value in enumerate(values)})
    assert len(set(names.values())) == len(names)
    for parameter, path in names.values():
        at_path(values[int(parameter[1:])], path)


def test_argument_that_is_differentiated_is_never_taken_for_a_constant():
    def chosen(p):
        table = {p["a"]: 2.0}
        return table[p["a"]] * p["b"]

    with pytest.raises(ad.DifferentiationError, match="must be known before the program runs"):
        ad.grad(chosen)({"a": 1.2, "b": 0.7})


def test_arguments_in_the_order_of_their_keys():
    def weighted(p):
        return sum((n + 1) * value for n, (_, value) in enumerate(sorted(p.items())))

    assert ad.grad(weighted)({"b": 0.5, "a": 1.5}) == {"b": 2.0, "a": 1.0}


def test_number_of_an_argument_behind_any_number_of_others_is_refused():
    def total(*xs, w=1.0):
        return sum(np.sum(x) for x in xs) * w

    with pytest.raises(ValueError, match="is a part of"):
        ad.grad(total, 1)(np.ones(2), np.ones(2))
