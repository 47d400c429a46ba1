"""What users call on functions: `grad`, `value_and_grad`, `vjp`, `source`, `stop_gradient`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from adcompiler.backend.load import annotate
from adcompiler.compiler import Compiled, Goal, Source, compile_gradient, on_elements
from adcompiler.dispatch import dispatcher_for, own
from adcompiler.entry import Entry
from adcompiler.errors import DifferentiationError
from adcompiler.frontend.parse import function_source
from adcompiler.gradient import Argnums, Gradient, Of, names_of, plain_function, type_without_shape, written_names
from adcompiler.ir.structure import Packing, Static, leaves, leaves_of, packing_of, tree_of
from adcompiler.ir.types import Type
from adcompiler.rules.table import RULES, also_spelled
from adcompiler.signature import given_types
from adcompiler.values import without_tensors


def grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, *, of: Of = None) -> Gradient:
    """Return a function that computes the gradient of `f`.

    Parameters
    ----------
    f : callable
        A Python function, lambda or method with a scalar result, decorated or not.
    argnums : int, str, or tuple of these
        The arguments to differentiate for, by position or name.
    has_aux : bool
        `f` returns `(value, auxiliary)`; only the value is differentiated, and the result is `(gradient, auxiliary)`.
    of : str, int, or tuple of these, optional
        Arguments that `f` writes its result into. What is differentiated is the sum of their final contents (`vjp`
        takes other weights) as a function of the contents that the arguments have when `f` is called; what `f`
        returns is ignored. The caller's arrays do not change.

    Returns
    -------
    Gradient
        Takes the arguments of `f` and returns a gradient of the shape and dtype of each argument in `argnums`: a
        tuple of them if `argnums` is a tuple. The gradient for a tuple, list, dict, named tuple, dataclass or plain
        object is one, of the same class, with None in the place of what is no floating-point number.
        Its code is in `.source`. Free variables are read at each call.

    Raises
    ------
    DifferentiationError
        At the call: `f` uses a construct that cannot be differentiated.
    TypeError
        At the call: an argument in `argnums` is not a floating-point number or array, or the result of `f` is not a
        scalar.

    Examples
    --------
    >>> import numpy as np
    >>> from adcompiler import grad
    >>> def energy(x, k=2.0):
    ...     return 0.5 * k * np.sum(x * x)
    >>> grad(energy)(np.array([1.0, 3.0]))
    array([2., 6.])
    >>> def square_in_place(x):
    ...     x *= x
    >>> grad(square_in_place, of="x")(np.array([1.0, 3.0]))
    array([2., 6.])
    """
    return Gradient(f, argnums, has_aux=has_aux, with_value=False, of=of)


grad.makes_gradients = True  # type: ignore[attr-defined]  # a program may call it for functions that it knows


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, *, of: Of = None) -> Gradient:
    """Return a function that computes the value of `f` and its gradient, sharing the forward sweep.

    The parameters are those of `grad`; the result is `(value, gradient)`, with `has_aux` `((value, auxiliary),
    gradient)`. With `of`, the value is the final contents of those arguments, in arrays of its own.

    Examples
    --------
    >>> from adcompiler import value_and_grad
    >>> value_and_grad(lambda x: x * x * x)(2.0)
    (8.0, 12.0)
    """
    return Gradient(f, argnums, has_aux=has_aux, with_value=True, of=of)


value_and_grad.makes_gradients = True  # type: ignore[attr-defined]


def vjp(f: Callable[..., Any], *primals: Any, of: Of = None) -> tuple[Any, Callable[[Any], Any]]:
    """Evaluate `f` and return its value with its pullback.

    Parameters
    ----------
    f : callable
        A Python function; its result may be a number, an array, or a structure of these.
    *primals
        Its arguments.
    of : str, int, or tuple of these, optional
        Arguments whose final contents are the value, in the place of what `f` returns: see `grad`.

    Returns
    -------
    value
        `f(*primals)`.
    pullback : callable
        Takes a cotangent of the structure and shapes of `value` and returns the cotangent of the one primal, or a
        tuple with one for each, in its structure (None for what is not a floating-point number or array). It may be
        called again.

    Examples
    --------
    >>> import numpy as np
    >>> from adcompiler import vjp
    >>> value, pullback = vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> pullback(np.array([1.0, 10.0]))
    array([ 2., 40.])
    """
    function, bound = plain_function(f)
    primals = tuple(map(without_tensors, primals))
    parameters = tuple(inspect.signature(function).parameters.values())[len(bound) :]
    names = tuple(parameter.name for parameter in parameters)
    kinds = [parameter.kind for parameter in parameters]
    star = kinds.index(inspect.Parameter.VAR_POSITIONAL) if inspect.Parameter.VAR_POSITIONAL in kinds else None
    floating = [number for number, primal in enumerate(primals) if any(map(_is_floating, leaves(tree_of(primal))))]
    if not floating:
        raise TypeError("vjp needs at least one argument that is a floating-point number or array")
    if star is None and len(primals) > len(names):
        raise TypeError(f"`{function.__name__}` has {len(names)} named parameters, and is given {len(primals)} primals")
    owners = [names[number if star is None else min(number, star)] for number in range(len(primals))]
    wrt = tuple(dict.fromkeys(owners[number] for number in floating))
    goal = Goal("split", wrt, as_tuple=True, of=written_names(of, names, function))
    dispatcher = dispatcher_for(function, goal, len(bound))
    arguments = dispatcher.bind((*bound, *primals), {})
    entry = dispatcher.find(arguments)
    value, residuals = dispatcher.call(entry, arguments)
    present = (*entry.inputs(arguments).values(), *leaves_of(value))
    residuals = own(residuals, [array for array in present if isinstance(array, np.ndarray)])

    def pullback(cotangent: Any) -> Any:
        """Map a cotangent of the value to cotangents of the primals."""
        cotangent = _like_value(cotangent, value)
        found = dict(zip(wrt, run_backward(entry, residuals, cotangent), strict=True))
        result = tuple(found.get(owner) for owner in owners[:star])
        if star is not None:
            result += found.get(names[star], (None,) * (len(primals) - star))
        return result[0] if len(result) == 1 else result

    pullback.__wrapped__ = entry.functions[1]  # type: ignore[attr-defined]  # what `inspect.getsource` shows
    pullback.__signature__ = inspect.signature(lambda cotangent: None)  # type: ignore[attr-defined]
    pullback.source = entry.compiled.text()  # type: ignore[attr-defined]  # as every generated function has
    return value, pullback


def _is_floating(leaf: Any) -> bool:
    return getattr(np.asarray(leaf), "dtype", np.dtype(object)).kind in "fc"


def _numbers_for_scalars(cotangent: Any, type: Type) -> Any:
    """A cotangent without arrays where code was made for numbers, which it adds to under several names."""
    if type.kind == "tuple" and type.elements and cotangent is not None:
        packing = type.packing or Packing(tuple)
        parts = zip(packing.parts(cotangent), type.elements, strict=True)
        return packing.pack(_numbers_for_scalars(part, element) for part, element in parts)
    return cotangent[()] if type.kind == "scalar" and isinstance(cotangent, np.ndarray) else cotangent


def run_backward(entry: Entry, residuals: Any, cotangent: Any) -> Any:
    """Run the backward half of a split pair."""
    try:
        return entry.functions[1](residuals, _numbers_for_scalars(cotangent, entry.compiled.result_type))
    except Exception as error:
        annotate(error)
        raise


def _like_value(cotangent: Any, value: Any) -> Any:
    """A cotangent in the dtype of the value, whose structure and shapes it must have."""
    packing = packing_of(value)
    if packing is not None:
        parts = packing.parts(value)
        return packing.pack(map(_like_value, _parts_like(cotangent, packing, len(parts)), parts))
    dtype = np.asarray(value).dtype
    if dtype.kind not in "biufc":
        return None
    if cotangent is None and dtype.kind in "biu":
        return np.zeros(np.shape(value))[()]
    if np.shape(value) != np.shape(cotangent):
        raise ValueError(f"the cotangent has shape {np.shape(cotangent)}, the value {np.shape(value)}")
    dtype, given = np.result_type(value), np.result_type(cotangent)
    if given.kind == "c" and dtype.kind == "f":
        raise TypeError("the cotangent of a real value must be real")
    is_narrower = given != dtype and hasattr(cotangent, "dtype") and given.kind in "biufc"
    return cotangent.astype(dtype) if is_narrower else cotangent


def _parts_like(cotangent: Any, packing: Packing, count: int) -> tuple[Any, ...]:
    """The parts of a cotangent for a value of this packing; any sequence stands for another."""
    if packing.keys is None or issubclass(packing.kind, tuple):
        if isinstance(cotangent, tuple | list) and len(cotangent) == count:
            return tuple(cotangent)
        raise ValueError(f"the cotangent must be a {packing.kind.__name__} of {count}, like the value")
    has_all = isinstance(cotangent, dict) and cotangent.keys() == set(packing.keys)
    if packing.is_object:
        has_all = all(hasattr(cotangent, key) for key in packing.keys)
    if not has_all:
        wanted = ", ".join(map(str, packing.keys))
        raise ValueError(f"the cotangent must be a {packing.kind.__name__} with {wanted}, like the value")
    return packing.parts(cotangent)


def source(
    f: Callable[..., Any],
    mode: str = "reverse",
    argnums: Argnums = 0,
    types: Mapping[str, Any] | None = None,
    *,
    of: Of = None,
    scalarise: bool = False,
) -> Source:
    """Return the adjoint of `f` as source.

    Parameters
    ----------
    f : callable
        A Python function.
    mode : {"reverse", "split"}
        One function that computes the gradient, or a forward and a backward function.
    argnums : int, str, or tuple of these
        The arguments to differentiate for.
    types : mapping, optional
        What is known of the arguments, by name: text such as `float64[n, 3]`, or an example value; of a structure, a
        structure of such. Annotations count too. Without any, the code is valid for every rank.
    of : str, int, or tuple of these, optional
        Arguments whose final contents are differentiated, in the place of what `f` returns: see `grad`.
    scalarise : bool
        Compute with the elements of arrays, each a number: several times faster for a few elements. The types must
        say how many there are (`float64[3]`). Where Python's numbers raise `ArithmeticError` or `ValueError`, NumPy
        would have given infinity or NaN.

    Returns
    -------
    Source
        A string; a notebook shows it as code.

    Raises
    ------
    ValueError
        With `scalarise`: it cannot be done for this function, or nothing is gained.

    Examples
    --------
    >>> from adcompiler import source
    >>> def square(x):
    ...     return x * x
    >>> print(source(square, types={"x": "float"}))  # doctest: +ELLIPSIS
    # Gradient of square (...), wrt x.
    def grad_square(x, out_bar=1.0):
        # backward sweep
        # return x * x
        return 2 * out_bar * x
    """
    if mode not in ("reverse", "split"):
        raise ValueError(f"mode is 'reverse' or 'split', not {mode!r}")
    function, bound = plain_function(f)
    parsed = function_source(function)
    names = tuple(inspect.signature(function).parameters)
    goal = Goal(
        "grad" if mode == "reverse" else "split",
        names_of(argnums, names[len(bound) :], function),
        as_tuple=isinstance(argnums, tuple),
        of=written_names(of, names[len(bound) :], function),
    )
    parameters = given_types(names, types, parsed.annotations, parsed.scope.lookup)
    for name, value in zip(names, bound, strict=False):
        parameters[name] = Static(value)
    compiled: Compiled | None = compile_gradient(parsed, parameters, goal, free_type=type_without_shape)
    if scalarise and compiled is not None:
        compiled = on_elements(compiled)
    if compiled is None:
        raise ValueError(f"the gradient of `{function.__name__}` cannot be computed element by element, or not faster")
    return compiled.text()


def stop_gradient(x: Any) -> Any:
    """Return `x` as a constant: no gradient flows through it.

    In a differentiated function it marks a value whose derivative is to be zero; of a Tensor it returns the detached
    one; of anything else, `x` itself.
    """
    return x.detach() if hasattr(x, "requires_grad") else x


also_spelled(RULES["stop_gradient"], stop_gradient)


__all__ = ["DifferentiationError", "Gradient", "Source", "grad", "source", "stop_gradient", "value_and_grad", "vjp"]
