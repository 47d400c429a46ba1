"""Recording: an operation on tensors is computed by its rule's function and leaves one node, which knows its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from adcompiler.definitions import Definition, definition_of
from adcompiler.errors import MissingRuleError
from adcompiler.rules.rule import Rule
from adcompiler.rules.table import rule_of
from adcompiler.tensors.dtypes import NumpyDtype, result_dtype
from adcompiler.tensors.grad_mode import is_grad_enabled
from adcompiler.tensors.names import node_name
from adcompiler.tensors.node import FREED, Array, Cotangent, Layout, Node, Saved
from adcompiler.tensors.rule_node import RuleNode
from adcompiler.tensors.shapes import cannot_broadcast, fit
from adcompiler.tensors.tensor import Tensor

_NO_STATIC: Mapping[str, Any] = {}

ZERO_GRADIENT = frozenset({"ceil", "fix", "floor", "floor_divide", "rint", "round", "sign", "trunc"})
"""Primitives whose derivative is zero and which, as in PyTorch, are recorded all the same."""


def call(function: Callable[..., Any], arguments: Iterable[Any], keywords: Mapping[str, Any]) -> Any:
    """Call a function of the table, or another that then must not be differentiated, on tensors."""
    arguments = tuple(arguments)
    rule, definition = rule_of(function), definition_of(function)
    if rule is None and definition is not None:
        return _call_definition(definition, arguments, keywords)
    if rule is None:
        return _call_without_rule(function, arguments, keywords)
    try:
        operands, static = rule.bind(arguments, keywords)
    except TypeError:
        if definition is None:
            raise
        return _call_definition(definition, arguments, keywords)
    if rule.primitive.packs:
        operands = list(operands[0])
    return results_of(rule, operands, static)


def _call_definition(definition: Definition, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
    """The operations of a definition, each recorded."""
    from adcompiler.tensors.traced import retraced, unwrap

    given, named = definition.arranged(arguments, keywords)
    result = definition.definition(*map(retraced, given), **{name: retraced(value) for name, value in named.items()})
    return unwrap(result)


def _call_without_rule(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
    def plain(value: Any) -> Any:
        if isinstance(value, Tensor):
            if value.requires_grad and is_grad_enabled():
                name = getattr(function, "__name__", str(function))
                raise MissingRuleError(
                    f"no derivative rule for `{name}`", hint="call it on `x.detach()` if it is not to be differentiated"
                )
            return value.array
        if isinstance(value, (tuple, list)):
            return type(value)(map(plain, value))
        return value

    result = function(*plain(arguments), **{name: plain(value) for name, value in keywords.items()})
    return Tensor.of(result) if isinstance(result, (np.ndarray, np.generic)) else result


QUERIES = frozenset({
    np.allclose, np.array2string, np.array_equal, np.array_equiv, np.array_repr, np.array_str, np.can_cast,
    np.common_type, np.iscomplex, np.iscomplexobj, np.isin, np.isneginf, np.isposinf, np.isreal, np.isrealobj,
    np.may_share_memory, np.min_scalar_type, np.ndim, np.result_type, np.shape, np.shares_memory, np.size,
})  # fmt: skip
"""NumPy's functions that ask something of an array and answer with a plain value or booleans; none is recorded."""


def query(function: Callable[..., Any], arguments: Iterable[Any], keywords: Mapping[str, Any]) -> Any:
    """NumPy's own answer for the arrays in tensors, as a plain Python value; a tensor where it is an array."""
    result = function(*map(_array_in, arguments), **{name: _array_in(value) for name, value in keywords.items()})
    if isinstance(result, np.ndarray):
        return Tensor.of(result)
    return result.item() if isinstance(result, np.generic) else result


def _array_in(value: Any) -> Any:
    if type(value) in (tuple, list):
        return type(value)(map(_array_in, value))
    return value.array if isinstance(value, Tensor) else value


def apply(
    rule: Rule, operands: Sequence[Any], static: Mapping[str, Any] = _NO_STATIC, name: str | None = None
) -> Tensor:
    """Apply a rule's function to tensors and constants, and record it where a tensor requires gradients.

    Parameters
    ----------
    rule : Rule
        Of a function with one result; see `results_of` for others.
    operands : sequence
        Tensors, arrays and numbers.
    static : mapping
    name : str, optional
        Of the node, if not the one that belongs to the rule.
    """
    result: Tensor = results_of(rule, operands, static, name)
    return result


def results_of(
    rule: Rule, operands: Sequence[Any], static: Mapping[str, Any] = _NO_STATIC, name: str | None = None
) -> Any:
    """As `apply`, of a function with any number of results: a tuple of tensors, named as the function's are."""
    operands = [operand.item() if isinstance(operand, np.generic) else operand for operand in operands]
    value = compute(rule, operands, static)
    if not isinstance(value, tuple):
        return record_rule(rule, operands, static, value, name)
    results = [Tensor.of(part) for part in value]
    if is_recorded(rule, operands):
        _link(results, rule, operands, static, name, several=True)
    return type(value)(*results) if hasattr(value, "_fields") else tuple(results)


def compute(rule: Rule, operands: Sequence[Any], static: Mapping[str, Any] = _NO_STATIC) -> Any:
    """The value of a rule's function, or its values, with PyTorch's promotion of element types."""
    arrays = [operand.array if isinstance(operand, Tensor) else operand for operand in operands]
    if rule.kind == "nondifferentiable":
        arrays = [_array_in(array) for array in arrays]  # `np.lexsort` takes a tuple of them
    if isinstance(rule.function, np.ufunc) and rule.primitive.name != "ldexp":  # whose exponents are integers
        arrays = promoted(rule.function, arrays)
    elif rule.primitive.name in _SELECTING:
        first = _SELECTING[rule.primitive.name]
        arrays[first:] = in_common_dtype(arrays[first:])
    with np.errstate(all="ignore"):
        try:
            value = rule.function(arrays, **static) if rule.primitive.packs else rule.function(*arrays, **static)
        except ValueError as error:
            raise (cannot_broadcast(arrays) or error) from None
    if isinstance(value, tuple):
        parts = [_unshared(part, arrays) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return _unshared(value, arrays)


def _unshared(value: Any, arrays: Sequence[Any]) -> Array:
    result = np.asarray(value)
    shared = any(isinstance(array, np.ndarray) and np.may_share_memory(result, array) for array in arrays)
    return result.copy() if shared else result  # a view knows its base: see `views`


_SELECTING = {"where": 1, "clip": 0}
"""Elementwise functions that are no ufuncs, with the first of the operands they choose from."""


def promoted(ufunc: np.ufunc, arrays: Sequence[Any]) -> list[Any]:
    """The operands of an elementwise function in the element type it is computed in; numbers stay numbers."""
    common = result_dtype(arrays)
    if common.kind in "iub" and _makes_floats(ufunc, common):
        common = np.dtype(np.float32)
    return in_common_dtype(arrays, common)


def in_common_dtype(arrays: Sequence[Any], common: NumpyDtype | None = None) -> list[Any]:
    """Operands in one element type, which is theirs together unless it is given; None stays None."""
    common = common or result_dtype(array for array in arrays if array is not None)
    return [
        array.astype(common, copy=False) if isinstance(array, np.ndarray) else _in_kind(array, common)
        for array in arrays
    ]


def _in_kind(number: Any, dtype: NumpyDtype) -> Any:
    """A Python number that does not widen `dtype`, which is of its kind or a higher one."""
    return dtype.type(number) if dtype.kind == "f" and number is not None else number


_float_results: dict[tuple[np.ufunc, NumpyDtype], bool] = {}


def _makes_floats(ufunc: np.ufunc, dtype: NumpyDtype) -> bool:
    key = (ufunc, dtype)
    if key not in _float_results:
        resolved = ufunc.resolve_dtypes((dtype,) * ufunc.nin + (None,) * ufunc.nout)
        _float_results[key] = resolved[-1].kind == "f"
    return _float_results[key]


def record_rule(
    rule: Rule, operands: Sequence[Any], static: Mapping[str, Any], value: Array, name: str | None = None
) -> Tensor:
    """A tensor around a value computed by a rule, recorded if gradients can flow through it."""
    result = Tensor.of(value)
    if is_recorded(rule, operands):
        link(result, rule, operands, static, name)
    return result


def is_recorded(rule: Rule, operands: Iterable[Any]) -> bool:
    """Whether an operation leaves a node: a tensor requires gradients, and the rule has a derivative."""
    return (
        is_grad_enabled()
        and (rule.kind != "nondifferentiable" or rule.primitive.name in ZERO_GRADIENT)
        and any(isinstance(operand, Tensor) and operand.requires_grad for operand in operands)
    )


def link(
    result: Tensor, rule: Rule, operands: Sequence[Any], static: Mapping[str, Any], name: str | None = None
) -> None:
    """Make `result`, which holds the value already, the output of a new node for `rule`."""
    _link([result], rule, operands, static, name)


def _link(
    results: Sequence[Tensor],
    rule: Rule,
    operands: Sequence[Any],
    static: Mapping[str, Any],
    name: str | None,
    *,
    several: bool = False,
) -> None:
    node = RuleNode.named(name or node_name(rule, operands))(rule, operands, static, results, several=several)
    if any(edge is not None for edge in node.edges):
        for number, result in enumerate(results):
            if result.dtype.is_differentiable:
                result.set_history(node, number)


class CompiledNode(Node):
    """The node of a call of compiled code, whose backward half is a function too."""

    def __init__(
        self,
        inputs: Sequence[Tensor],
        outputs: Sequence[Array],
        backward: Callable[[tuple[Any, ...]], Any],
        guarded: Sequence[Saved],
    ) -> None:
        super().__init__(
            [tensor.edge() for tensor in inputs], [Layout(output.shape, output.dtype) for output in outputs]
        )
        self._inputs = [Layout(tensor.array.shape, tensor.array.dtype) for tensor in inputs]
        self._backward: Callable[[tuple[Any, ...]], Any] | None = backward
        self._guarded = guarded

    def guard_outputs(self, outputs: Sequence[Saved]) -> None:
        """Refuse the backward half once one of these has been written into."""
        self._guarded = (*self._guarded, *outputs)

    def release(self) -> None:
        """Let go of the residuals."""
        self._backward = None
        self._guarded = ()

    def pull(self, cotangents: Sequence[Cotangent | None], recorded: bool) -> Sequence[Cotangent | None]:
        """Run the backward half."""
        if self._backward is None:
            raise RuntimeError(FREED)
        if recorded:
            function = self.name().removesuffix("Backward")
            raise NotImplementedError(
                f"create_graph=True through the compiled function `{function}` is not supported: differentiate it "
                f"twice with adcompiler.grad(adcompiler.grad({function})) instead"
            )
        for saved in self._guarded:
            saved.array()
        given = tuple(
            np.zeros(layout.shape, layout.dtype) if cotangent is None else cotangent
            for cotangent, layout in zip(cotangents, self.outputs, strict=True)
        )
        bars = self._backward(given)
        return [
            None if bar is None or edge is None else fit(bar, layout, recorded)
            for bar, edge, layout in zip(bars, self.edges, self._inputs, strict=True)
        ]


def record(
    name: str,
    outputs: Array | tuple[Array, ...],
    inputs: Sequence[Tensor],
    backward: Callable[[tuple[Any, ...]], Any],
    *,
    residuals: object = None,
    arguments: Sequence[Tensor] = (),
) -> Any:
    """Make tensors of the results of a compiled function, with one node `<name>Backward` behind them.

    Parameters
    ----------
    name : str
        The function's.
    outputs : ndarray or tuple of ndarray
    inputs : sequence of Tensor
    backward : callable
        Maps the tuple of the outputs' cotangents (read-only: it must not write into them) to the cotangents of
        `inputs`, None where there is none.
    residuals : nested sequences and mappings of arrays, optional
        What `backward` keeps. A tensor that shares memory with it must not be written into before the backward sweep:
        then `backward` raises, as with saved values. Without it, no input may.
    arguments : sequence of Tensor
        Further tensors that the function was given, which the residuals may share memory with.

    Returns
    -------
    Tensor or tuple of Tensor
    """
    values = [np.asarray(output) for output in (outputs if isinstance(outputs, tuple) else (outputs,))]
    given = [*inputs, *arguments]
    values = [
        value.copy() if any(np.may_share_memory(value, tensor.array) for tensor in given) else value for value in values
    ]
    results = [Tensor.of(value) for value in values]
    if is_grad_enabled() and any(tensor.requires_grad for tensor in inputs):
        kept = None if residuals is None else _arrays_in(residuals)
        guarded = [Saved(tensor) for tensor in given if kept is None or _shares(tensor, kept)]
        node = CompiledNode.named(f"{name}Backward")(inputs, values, backward, guarded)
        for number, result in enumerate(results):
            if result.dtype.is_differentiable:
                result.set_history(node, number)
        node.guard_outputs([Saved(result, of=node) for result in results if kept is None or _shares(result, kept)])
    return tuple(results) if isinstance(outputs, tuple) else results[0]


def _shares(tensor: Tensor, kept: Sequence[Array]) -> bool:
    return any(np.may_share_memory(tensor.array, array) for array in kept)


def _arrays_in(value: object) -> list[Array]:
    found: list[Array] = []
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, np.ndarray):
            found.append(part)
        elif isinstance(part, tuple | list):
            pending.extend(part)
        elif isinstance(part, dict):
            pending.extend(part.values())
    return found
