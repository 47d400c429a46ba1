"""`@differentiable`: the kinds of functions it decorates, their results, and where Tensors are found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import adcompiler as ad

W = ad.tensor([3.0, 4.0], requires_grad=True)


def pair(*, requires_grad: bool = True) -> Any:
    return ad.tensor([1.0, 2.0], requires_grad=requires_grad)


class Methods:
    shared = ad.tensor([5.0, 6.0], requires_grad=True)

    def __init__(self) -> None:
        self.w = ad.tensor([3.0, 4.0], requires_grad=True)
        self.scale = 2.0

    @ad.differentiable
    @staticmethod
    def static_below(x: Any) -> Any:
        return x * x

    @staticmethod
    @ad.differentiable
    def static_above(x: Any) -> Any:
        return x * x

    @ad.differentiable
    @classmethod
    def class_below(cls, x: Any) -> Any:
        return x * x

    @classmethod
    @ad.differentiable
    def class_above(cls, x: Any) -> Any:
        return x * x

    @ad.differentiable
    def weighted(self, x: Any) -> Any:
        return self.w * x * self.scale

    @ad.differentiable
    def with_shared(self, x: Any) -> Any:
        return self.shared * x

    def helper(self, x: Any) -> Any:
        return x * self.w

    @ad.differentiable
    def helped(self, x: Any) -> Any:
        return self.helper(x) * 2.0

    @ad.differentiable
    def ignoring(self, x: Any) -> Any:
        return x * 2.0

    @ad.differentiable
    def describe(self, name: str) -> str:
        return f"{name}: {self.scale}"

    @ad.differentiable
    def of_list(self, items: Any) -> Any:
        return self.w * items[0]


class Inherited(Methods):
    pass


class TestDescriptors:
    @pytest.mark.parametrize("name", ["static_below", "static_above", "class_below", "class_above"])
    @pytest.mark.parametrize("holder", [Methods, Inherited, Methods(), Inherited()])
    def test_method_without_an_instance(self, name: str, holder: Any) -> None:
        x = pair()
        y = getattr(holder, name)(x)
        assert y.grad_fn.name() == f"{name}Backward"
        y.sum().backward()
        assert x.grad.tolist() == [2.0, 4.0]
        assert getattr(holder, name)(3.0) == 9.0

    def test_class_is_the_one_it_is_read_from(self) -> None:
        class Base:
            @ad.differentiable
            @classmethod
            def kind(cls, x: Any) -> Any:
                return cls, x

        class Derived(Base):
            pass

        assert Derived.kind(1.0)[0] is Derived
        assert Derived().kind(1.0)[0] is Derived
        assert Base.kind(1.0)[0] is Base

    def test_static_method_in_a_gradient(self) -> None:
        assert ad.grad(Methods.static_below)(3.0) == 6.0

    def test_static_method_is_not_bound(self) -> None:
        assert Methods().static_below is Methods.static_below


class TestResults:
    def check(self, function: Any) -> Any:
        """The result of the decorated function, whose gradients must be those that the tape finds."""
        traced, compiled = [(pair(), ad.tensor([3.0, 5.0], requires_grad=True)) for _ in range(2)]
        expected, found = function(*traced), ad.differentiable(function)(*compiled)
        self.same(expected, found)
        for number, (one, other) in enumerate(zip(self.tensors(expected), self.tensors(found), strict=True), 1):
            np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy())
            if one.requires_grad:
                (one * number).sum().backward(retain_graph=True)
                (other * number).sum().backward(retain_graph=True)
        for one, other in zip(traced, compiled, strict=True):
            if one.grad is not None:
                np.testing.assert_allclose(one.grad.numpy(), other.grad.numpy())
        nodes = {t.grad_fn for t in self.tensors(found) if t.requires_grad}
        assert len(nodes) == 1
        return found

    def same(self, one: Any, other: Any) -> None:
        if isinstance(one, tuple):
            assert isinstance(other, tuple)
            assert len(one) == len(other)
            for a, b in zip(one, other, strict=True):
                self.same(a, b)
        elif isinstance(one, ad.Tensor):
            assert isinstance(other, ad.Tensor)
        else:
            assert type(one) is type(other)
            assert one == other

    def tensors(self, value: Any) -> list[Any]:
        if isinstance(value, tuple):
            return [tensor for item in value for tensor in self.tensors(item)]
        return [value] if isinstance(value, ad.Tensor) else []

    def test_nested_tuples(self) -> None:
        def nested(x: Any, y: Any) -> Any:
            return (x * 3.0, y), (x * y, (y * y, x))

        self.check(nested)

    def test_none(self) -> None:
        def with_none(x: Any, y: Any) -> Any:
            return x * 2.0, None

        assert self.check(with_none)[1] is None

    def test_shape(self) -> None:
        def with_shape(x: Any, y: Any) -> Any:
            return x * 2.0, x.shape

        assert self.check(with_shape)[1] == (2,)

    def test_text_and_integers_among_nested_tuples(self) -> None:
        def mixed(x: Any, y: Any) -> Any:
            return "name", (x.shape, 3), (True, (x * y, None)), ()

        self.check(mixed)

    def test_array_without_a_gradient(self) -> None:
        def with_mask(x: Any, y: Any) -> Any:
            return (x * 2.0, x > 1.5), y

        found = self.check(with_mask)
        assert found[0][1].tolist() == [False, True]
        assert not found[0][1].requires_grad

    def test_only_some_results_are_used(self) -> None:
        @ad.differentiable
        def nested(x: Any, y: Any) -> Any:
            return (x, y), (x * y, (y, x)), None

        x, y = pair(), ad.tensor([3.0, 5.0], requires_grad=True)
        nested(x, y)[1][0].sum().backward()
        assert x.grad.tolist() == [3.0, 5.0]
        assert y.grad.tolist() == [1.0, 2.0]


def with_default(x: Any, w: Any = W) -> Any:
    return x * w


def with_keyword_default(x: Any, *, w: Any = W) -> Any:
    return x * w


class TestWhereTensorsAreFound:
    @pytest.mark.parametrize("function", [with_default, with_keyword_default])
    def test_default(self, function: Any) -> None:
        decorated = ad.differentiable(function)
        y = decorated(pair(requires_grad=False))
        assert y.grad_fn.name() == f"{function.__name__}Backward"
        W.grad = None
        y.sum().backward()
        assert W.grad.tolist() == [1.0, 2.0]
        assert decorated(pair(requires_grad=False), w=2.0).grad_fn is None
        with ad.no_grad():
            assert decorated(pair(requires_grad=False)).grad_fn is None

    def test_default_that_is_replaced(self) -> None:
        assert ad.differentiable(with_default)(pair(requires_grad=False), 2.0).grad_fn is None

    @pytest.mark.parametrize(
        ("name", "gradient"), [("weighted", [2.0, 4.0]), ("helped", [2.0, 4.0]), ("with_shared", [1.0, 2.0])]
    )
    def test_attribute_of_the_instance(self, name: str, gradient: list[float]) -> None:
        instance = Inherited()
        for call in (getattr(instance, name), lambda x: getattr(Methods, name)(instance, x)):
            y = call(pair(requires_grad=False))
            assert y.grad_fn.name() == f"{name}Backward"
            parameter = instance.shared if name == "with_shared" else instance.w
            parameter.grad = None
            y.sum().backward()
            assert parameter.grad.tolist() == gradient

    def test_global_and_closure(self) -> None:
        local = pair()

        @ad.differentiable
        def of_both(x: Any) -> Any:
            return x * W * local

        assert of_both(pair(requires_grad=False)).grad_fn.name() == "of_bothBackward"

        assert ad.differentiable(lambda x: x * W)(pair(requires_grad=False)).grad_fn.name() == "lambdaBackward"

    def test_attribute_with_the_name_of_a_global_is_no_global(self) -> None:
        @ad.differentiable
        def same_name(holder: Any) -> Any:
            return holder.W

        class Holder:
            W = 1.0

        assert same_name(Holder) == 1.0

    def test_attribute_that_is_not_read(self) -> None:
        assert Methods().ignoring(pair(requires_grad=False)).grad_fn is None
        assert Methods().describe("scale") == "scale: 2.0"

    def test_attribute_without_grad_mode(self) -> None:
        with ad.no_grad():
            assert Methods().weighted(pair(requires_grad=False)).grad_fn is None

    def test_instance_without_a_dict(self) -> None:
        class Slots:
            __slots__ = ("w",)

            @ad.differentiable
            def double(self, x: Any) -> Any:
                return x * 2.0

        assert Slots().double(2.0) == 4.0

    def test_list(self) -> None:
        @ad.differentiable
        def product(items: Any) -> Any:
            return items[0] * items[1]

        one, other = pair(), pair()
        y = product([one, other])
        assert y.grad_fn.name() == "productBackward"
        y.sum().backward()
        assert one.grad.tolist() == other.tolist()
        assert other.grad.tolist() == one.tolist()
        assert Methods().of_list([pair()]).grad_fn.name() == "of_listBackward"
        assert product([np.ones(2), np.ones(2)]).tolist() == [1.0, 1.0]

    def test_dict_of_objects(self) -> None:
        @ad.differentiable
        def scaled(p: Any, x: Any) -> Any:
            return p["layer"].w * x * p["n"]

        holder = Inherited()
        y = scaled({"layer": holder, "n": 3}, np.array([1.0, 2.0]))
        assert y.grad_fn.name() == "scaledBackward"
        y.sum().backward()
        assert holder.w.grad.tolist() == [3.0, 6.0]

    def test_part_that_is_not_read_has_no_gradient(self) -> None:
        @ad.differentiable
        def first(p: Any) -> Any:
            return p[0] * 2.0

        one, other = pair(), pair()
        first([one, other]).sum().backward()
        assert one.grad.tolist() == [2.0, 2.0]
        assert other.grad is None

    def test_part_that_requires_no_grad_is_a_constant(self) -> None:
        @ad.differentiable
        def product(p: Any) -> Any:
            return p["a"] * p["b"]

        a, b = pair(), pair(requires_grad=False)
        product({"a": a, "b": b}).sum().backward()
        assert a.grad.tolist() == b.tolist()
        assert b.grad is None

    def test_structures_of_results(self) -> None:
        @ad.differentiable
        def both(p: Any) -> Any:
            return {"y": p["x"] * 2.0, "rest": [p["x"] ** 2, "text", None]}

        x = pair()
        found = both({"x": x})
        assert list(found) == ["y", "rest"]
        assert found["rest"][1:] == ["text", None]
        assert found["y"].grad_fn is found["rest"][0].grad_fn
        (found["y"].sum() + found["rest"][0].sum()).backward()
        assert x.grad.tolist() == [2.0 + 2 * item for item in x.tolist()]

    def test_keyword_and_default_that_are_structures(self) -> None:
        parameters = {"w": pair()}

        @ad.differentiable
        def weighted(x: Any, p: Any = parameters) -> Any:
            return x * p["w"]

        for call in (lambda: weighted(np.ones(2)), lambda: weighted(np.ones(2), p=parameters)):
            parameters["w"].grad = None
            call().sum().backward()
            assert parameters["w"].grad.tolist() == [1.0, 1.0]

    def test_what_the_function_changes_is_changed(self) -> None:
        log: list[float] = []

        @ad.differentiable
        def appending(items: Any, x: Any) -> Any:
            items.append(2.0)
            return x * items[0]

        @ad.differentiable
        def logging(x: Any) -> Any:
            log.append(1.0)
            return x * 2.0

        class Remembering(Inherited):
            @ad.differentiable
            def __call__(self, x: Any) -> Any:
                self.last = x * 2.0
                return x * self.w

        x, items, model = pair(), [3.0], Remembering()
        appending(items, x).sum().backward()
        logging(x).sum().backward()
        model(x).sum().backward()
        assert items == [3.0, 2.0]
        assert log == [1.0]
        assert model.last.tolist() == [2 * item for item in x.tolist()]
        assert x.grad.tolist() == [5.0 + item for item in model.w.tolist()]

    def test_chain_of_attributes_of_the_instance(self) -> None:
        class Model:
            def __init__(self) -> None:
                self.layers = [Inherited(), Inherited()]
                self.inner = Inherited()

            @ad.differentiable
            def __call__(self, x: Any) -> Any:
                for layer in self.layers:
                    x = x * layer.w
                return x * self.inner.w

        model = Model()
        model(np.ones(2)).sum().backward()
        for layer in (*model.layers, model.inner):
            assert layer.w.grad is not None


class TestWrittenArguments:
    """A decorated function changes what it is passed exactly as Python does; Tensors as by an operation in place."""

    @staticmethod
    @ad.differentiable
    def scaled(a, x):
        a[1:] *= x[0] * a[0]
        a[0] = x[1]
        return np.sum(a)

    @staticmethod
    @ad.differentiable
    def filled(a, x):
        a[...] = x * x

    def test_tensor_has_what_was_written_in_its_history(self):
        base = ad.tensor([1.0, 2.0, 3.0], requires_grad=True)
        x = ad.tensor([0.5, -1.5], requires_grad=True)
        a = base * 1
        version = a._version
        total = self.scaled(a, x)
        np.testing.assert_allclose(a.detach().numpy(), [-1.5, 1.0, 1.5])
        assert total.item() == 1.0
        assert a._version == version + 1
        (a * ad.tensor([1.0, 2.0, 3.0])).sum().backward()
        np.testing.assert_allclose(base.grad.numpy(), [0.5 * (2 * 2 + 3 * 3), 2 * 0.5, 3 * 0.5])
        np.testing.assert_allclose(x.grad.numpy(), [2 * 2 + 3 * 3, 1.0])

    def test_result_and_argument_share_one_backward_sweep(self):
        base = ad.tensor([1.0, 2.0, 3.0], requires_grad=True)
        x = ad.tensor([0.5, -1.5], requires_grad=True)
        a = base * 1
        total = self.scaled(a, x)
        (total + a.sum()).backward()
        np.testing.assert_allclose(base.grad.numpy(), [2 * 0.5 * 5, 2 * 0.5, 2 * 0.5])

    def test_function_without_a_result(self):
        x = ad.tensor([1.0, 2.0], requires_grad=True)
        a = ad.zeros(2)
        assert self.filled(a, x) is None
        assert a.requires_grad
        (a * ad.tensor([1.0, 10.0])).sum().backward()
        np.testing.assert_allclose(x.grad.numpy(), [2.0, 40.0])

    def test_array_is_changed(self):
        x = ad.tensor([1.0, 2.0], requires_grad=True)
        a = np.zeros(2)
        self.filled(a, x)
        np.testing.assert_array_equal(a, [1.0, 4.0])
        self.filled(a, np.array([3.0, 4.0]))
        np.testing.assert_array_equal(a, [9.0, 16.0])

    def test_view_changes_its_base(self):
        base = ad.tensor([1.0, 2.0, 3.0], requires_grad=True)
        x = ad.tensor([3.0, 4.0], requires_grad=True)
        a = base * 1
        self.filled(a[1:], x)
        np.testing.assert_array_equal(a.detach().numpy(), [1.0, 9.0, 16.0])
        a.sum().backward()
        np.testing.assert_array_equal(base.grad.numpy(), [1.0, 0.0, 0.0])
        np.testing.assert_array_equal(x.grad.numpy(), [6.0, 8.0])

    def test_leaf_that_requires_grad_is_refused(self):
        a = ad.tensor([1.0, 2.0], requires_grad=True)
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place"):
            self.filled(a, np.ones(2))
        np.testing.assert_array_equal(a.detach().numpy(), [1.0, 2.0])

    def test_backward_sweep_does_not_see_the_write(self):
        @ad.differentiable
        def squared(a):
            y = np.sum(a * a)
            a[0] = 100.0
            return y

        base = ad.tensor([1.0, 2.0], requires_grad=True)
        a = base * 1
        squared(a).backward()
        np.testing.assert_array_equal(base.grad.numpy(), [2.0, 4.0])


class TestCallsLikeThoseBefore:
    """Calls of a kind that was made before are served by a shorter way, which must not be seen."""

    def test_tensors_that_require_grad_or_do_not(self) -> None:
        @ad.differentiable
        def f(x: Any, y: Any) -> Any:
            return (x * x * y).sum()

        for _ in range(3):
            for one, other in ((True, True), (True, False), (False, True)):
                x, y = pair(requires_grad=one), pair(requires_grad=other)
                f(x, y).backward()
                assert (x.grad is not None, y.grad is not None) == (one, other)
                if one:
                    assert x.grad.tolist() == [2.0, 8.0]
                if other:
                    assert y.grad.tolist() == [1.0, 4.0]
            x = pair()
            f(x, np.array([1.0, 10.0])).backward()
            assert x.grad.tolist() == [2.0, 40.0]
            assert not f(pair(requires_grad=False), pair(requires_grad=False)).requires_grad

    def test_array_that_changes_before_the_backward_sweep(self) -> None:
        @ad.differentiable
        def f(x: Any, a: Any) -> Any:
            return (x * a).sum()

        for _ in range(3):
            x, a = pair(), np.array([5.0, 6.0])
            result = f(x, a)
            a[:] = 0.0
            result.backward()
            assert x.grad.tolist() == [5.0, 6.0]

    def test_tensor_that_changes_before_the_backward_sweep(self) -> None:
        @ad.differentiable
        def f(x: Any, y: Any) -> Any:
            return (x * y).sum()

        for _ in range(3):
            x, y = pair(), pair(requires_grad=False)
            result = f(x, y)
            y.add_(1.0)
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                result.backward()

    def test_shapes_and_numbers(self) -> None:
        @ad.differentiable
        def f(x: Any, k: Any) -> Any:
            return x * k

        for _ in range(3):
            for shape in ((2,), (2, 2), (), (1, 3), (4,), (5,)):
                x = ad.tensor(np.ones(shape), requires_grad=True)
                f(x, 3.0).sum().backward()
                assert np.array_equal(x.grad.numpy(), np.full(shape, 3.0))

    def test_what_is_outside_changes(self) -> None:
        k: Any = 2.0

        @ad.differentiable
        def f(x: Any) -> Any:
            return (x * k).sum()

        for k in (2.0, 3.0, np.array([1.0, 2.0]), pair()):
            for _ in range(2):
                x = pair()
                f(x).backward()
                assert x.grad.tolist() == (np.zeros(2) + getattr(k, "array", k)).tolist()

    def test_rule_that_comes_late(self) -> None:
        def helper(x: Any) -> Any:
            return x * x

        @ad.differentiable
        def f(x: Any) -> Any:
            return helper(x).sum()

        for _ in range(2):
            x = pair()
            f(x).backward()
            assert x.grad.tolist() == [2.0, 4.0]
        ad.rule.elementwise(lambda g, y, x: g * 7.0, like="x", of=helper)
        x = pair()
        f(x).backward()
        assert x.grad.tolist() == [7.0, 7.0]

    def test_one_node_above_leaves(self) -> None:
        @ad.differentiable
        def f(x: Any, y: Any) -> Any:
            return (x * y).sum()

        x, y = pair(), pair()
        result = f(x, y)
        result.backward(retain_graph=True)
        result.backward()
        assert x.grad.tolist() == [2.0, 4.0]
        with pytest.raises(RuntimeError, match="second time"):
            result.backward()
        x = pair()
        f(x, x).backward()
        assert x.grad.tolist() == [2.0, 4.0]
        seen = []
        x = pair()
        x.register_hook(lambda grad: seen.append(grad.tolist()))
        f(x, y).backward()
        assert seen == [[1.0, 2.0]]
        result = f(x, y)
        result.retain_grad()
        result.backward()
        assert result.grad.item() == 1.0
