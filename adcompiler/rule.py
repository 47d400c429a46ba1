"""Rules for functions of the user's own, and of libraries: what `ad.rule` holds.

Each is a decorator, or takes the function as `of=`. A function with a rule is not followed into its source: generated
code calls it by its name, and its rule says the derivative, as NumPy's functions have theirs in the table of `rules`.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import linecache
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any, TypeVar

import numpy as np

from adcompiler.errors import DifferentiationError
from adcompiler.ir.named import named
from adcompiler.ir.nodes import InferTypes, Named, Primitive
from adcompiler.ir.types import Type
from adcompiler.rules.inference import broadcast_type, opaque_shape_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED, Pullback, Pushforward, Rule, signature_of
from adcompiler.rules.symbolic import Symbolic, atom_of
from adcompiler.rules.table import RULES, replace_rule, rule_of

__all__ = ["elementwise", "jvp", "linear", "nondifferentiable", "vjp"]

F = TypeVar("F", bound=Callable[..., Any])

_OWN: dict[Any, Rule] = {}
"""The rules registered here, by the function they are of."""


def elementwise(*partials: Pullback | None, of: Callable[..., Any] | None = None, like: str | None = None) -> Any:
    """Register a function of each element by its partial derivatives.

    Parameters
    ----------
    *partials : callable or None
        For each operand `(g, y, *operands) -> g * ∂y/∂operand`, with `y` the result: the same line serves both modes.
        None for an operand in which the derivative is zero.
    of : callable, optional
        The function, if this is not used as a decorator.
    like : str, optional
        The operand whose dtype (and, but for broadcasting, shape) the result has, which makes simpler code. Without it,
        nothing is taken for granted but the broadcast shape.

    Returns
    -------
    callable
        A decorator; with `of`, the function, which also takes Tensors.

    Examples
    --------
    >>> import adcompiler as ad
    >>> @ad.rule.elementwise(lambda g, y, x: g * y * (1 - y), like="x")
    ... def sigmoid(x):
    ...     return 1 / (1 + np.exp(-x))
    >>> float(ad.grad(lambda x: sigmoid(x) ** 2)(0.0))
    0.25
    """
    return _decorate(of, lambda f: _register(f, "elementwise", partials, partials, like))


def linear(*transposes: Pullback | None, of: Callable[..., Any] | None = None, like: str | None = None) -> Any:
    """Register a function that is linear in each operand that has a transpose.

    Parameters
    ----------
    *transposes : callable or None
        For each operand `(g, y, *operands, **static) -> cotangent of the operand`. The pushforward is the function.
    of, like
        As for `elementwise`.
    """
    return _decorate(of, lambda f: _register(f, "linear", transposes, (), like))


def vjp(
    *pullbacks: Pullback | None,
    jvp: Sequence[Pushforward | None] | Pushforward = (),
    of: Callable[..., Any] | None = None,
    like: str | None = None,
) -> Any:
    """Register a function by a pullback for each operand.

    Parameters
    ----------
    *pullbacks : callable or None
        `(g, y, *operands, **static) -> cotangent`, of the operand's shape. A formula of NumPy's functions is written
        into generated code; what branches on values, or calls other functions, is called by it. Second derivatives
        follow from either.
    jvp : callable, or sequence of callable, optional
        The pushforwards, `(x_dot, y, *operands, **static) -> contribution to the result's tangent`.
    of, like
        As for `elementwise`.

    Examples
    --------
    >>> import adcompiler as ad
    >>> @ad.rule.vjp(lambda g, y, x: g * np.sign(x), jvp=lambda x_dot, y, x: np.sum(x_dot * np.sign(x)), like=None)
    ... def total_length(x):
    ...     return np.abs(x).sum()
    >>> ad.grad(total_length)(np.array([1.0, -2.0]))
    array([ 1., -1.])
    """
    pushforwards = (jvp,) if callable(jvp) else tuple(jvp)
    return _decorate(of, lambda f: _register(f, "vjp", pullbacks, pushforwards, like))


def jvp(*pushforwards: Pushforward | None, of: Callable[..., Any] | None = None) -> Any:
    """Add pushforwards, one for each operand, to the rule of a function that has pullbacks already.

    Parameters
    ----------
    *pushforwards : callable or None
        `(x_dot, y, *operands, **static) -> contribution to the result's tangent`.
    of : callable, optional
        The function, if this is not used as a decorator (above the one for the pullbacks).
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        rule = _OWN.get(function)
        if rule is None or rule.kind != "vjp":
            raise TypeError(f"`{_name_of(function)}` has no rule by `ad.rule.vjp` that pushforwards could be added to")
        _require_one_each(function, "pushforward", pushforwards, rule.operands)
        _enter(replace(rule, pushforwards=pushforwards), function)
        return function

    return _decorate(of, register)


def nondifferentiable(function: F | None = None, *, of: Callable[..., Any] | None = None) -> Any:
    """Register a function whose derivative is zero wherever it has one: of indices, counts, tests.

    Parameters
    ----------
    function : callable
        Used as `@ad.rule.nondifferentiable`, without a call.
    of : callable, optional
        The function, if this is not used as a decorator.
    """
    return _decorate(of or function, lambda f: _register(f, "nondifferentiable", None, (), None))


def _decorate(function: Callable[..., Any] | None, register: Callable[[Callable[..., Any]], Any]) -> Any:
    return register if function is None else register(function)


def _register(
    function: Callable[..., Any],
    kind: str,
    pullbacks: Sequence[Pullback | None] | None,
    pushforwards: Sequence[Pushforward | None],
    like: str | None,
) -> Callable[..., Any]:
    """Enter a rule, and give the function that users call from then on."""
    function = getattr(function, "_adcompiler_function", function)
    known = rule_of(function)
    if known is not None and function not in _OWN:
        raise ValueError(f"`{known.primitive.spelling or known.primitive.name}` has a rule already")
    signature = _signature_of(function)
    names = tuple(signature.parameters)
    if pullbacks is None:
        pullbacks = (None,) * sum(p.default is p.empty for p in signature.parameters.values())
    operands = names[: len(pullbacks)]
    what = {"elementwise": "partial", "linear": "transpose"}.get(kind, "pullback")
    _require_one_each(function, what, pullbacks, names)
    if pushforwards and kind == "vjp":
        _require_one_each(function, "pushforward", pushforwards, operands)
    if like is not None and like not in operands:
        raise ValueError(f"`like={like!r}` is none of the operands of `{_name_of(function)}`: {', '.join(operands)}")
    for given in (*pullbacks, *pushforwards):
        _check_parameters(function, given, operands, names)
    infer = _inference(kind, operands, like)
    name = getattr(function, "__qualname__", _name_of(function)).rpartition(">.")[2].strip("<>")
    primitive = Primitive(_fresh(name), name, infer, named=functools.partial(_place_of, function))
    static = {name: signature.parameters[name].default for name in names[len(operands) :]}
    rule = Rule(
        primitive=primitive,
        function=function,
        kind=kind,
        operands=operands,
        static=static,
        pullbacks=tuple(
            None if pullback is None else _pullback(function, _with_defaults(pullback, static), operands, number, kind)
            for number, pullback in enumerate(pullbacks)
        ),
        pushforwards=tuple(_with_defaults(push, static) for push in pushforwards) or (None,) * len(operands),
        signature=signature,
    )
    return _enter(rule, function)


def _enter(rule: Rule, function: Callable[..., Any]) -> Callable[..., Any]:
    function = getattr(function, "_adcompiler_function", function)
    public: Any = function
    if not isinstance(function, np.ufunc):
        public = _PUBLIC.get(function) or overridable(function)
        public._adcompiler_function = function
        _PUBLIC[function] = public
    for name in (function, public):
        _OWN[name] = rule
    replace_rule(rule, (function, public))
    return public  # type: ignore[no-any-return]


def calling(function: Any) -> Any:
    """A function with a rule as one that can be read: it calls it. Any other function is returned as it is."""
    if not isinstance(function, Hashable) or function not in _OWN:
        return function
    known = _CALLING.get(function)
    if known is None:
        rule = _OWN[function]
        name = _name_of(function) if _name_of(function).isidentifier() else "function"
        parameters = ", ".join(
            name if default is REQUIRED else f"{name}={default!r}"
            for name, default in ((each, rule.signature.parameters[each].default) for each in rule.signature.parameters)
        )
        text = f"def {name}({parameters}):\n    return function({', '.join(rule.signature.parameters)})\n"
        file = f"<adcompiler rule {rule.primitive.name}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        variables = {"function": function, "__name__": __name__}
        exec(compile(text, file, "exec"), variables)
        known = _CALLING[function] = variables[name]
    return known


_CALLING: dict[Any, Any] = {}

_PUBLIC: dict[Any, Any] = {}
"""What users call, by the function itself."""


def _signature_of(function: Callable[..., Any]) -> inspect.Signature:
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        raise TypeError(f"the parameters of `{_name_of(function)}` are not known: wrap it in a function") from None
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    if isinstance(function, np.ufunc):
        return signature.replace(parameters=list(signature.parameters.values())[:-1])
    if kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        raise TypeError(f"`{_name_of(function)}` takes any number of arguments: wrap it in a function that does not")
    return signature


def _require_one_each(function: Callable[..., Any], what: str, given: Sequence[Any], parameters: Sequence[str]) -> None:
    signature = _signature_of(function).parameters
    needed = [name for name in parameters if signature[name].default is inspect.Parameter.empty]
    if not len(needed) <= len(given) <= len(parameters):
        raise TypeError(
            f"`{_name_of(function)}` needs a {what} for each of its operands {', '.join(needed)} (None where the "
            f"derivative is zero), and {len(given)} {'is' if len(given) == 1 else 'are'} given"
        )


def _check_parameters(
    function: Callable[..., Any], given: Callable[..., Any] | None, operands: Sequence[str], names: Sequence[str]
) -> None:
    """Refuse a pullback that cannot be called."""
    if given is None:
        return
    if not callable(given):
        raise TypeError(f"a rule of `{_name_of(function)}` is made of functions, not of {given!r}")
    try:
        inspect.signature(given).bind(None, None, *operands, **dict.fromkeys(names[len(operands) :]))
    except ValueError:
        return  # a function without a signature
    except TypeError as error:
        static = "".join(f", {name}" for name in names[len(operands) :])
        raise TypeError(
            f"a rule of `{_name_of(function)}` is made of functions of (g, y, {', '.join(operands)}{static}): {error}"
        ) from None


def _inference(kind: str, operands: Sequence[str], like: str | None) -> InferTypes:
    position = None if like is None else operands.index(like)

    def infer(*types: Type, **_: Any) -> tuple[Type, ...]:
        dtype = None if position is None else types[position].dtype
        if kind == "elementwise":
            result = broadcast_type(types, dtype)
        elif position is not None:
            result = types[position]
        else:
            return opaque_shape_type()
        return (result if result.kind == "array" else Type("unknown", result.dtype, result.shape),)

    return infer


def _fresh(path: str) -> str:
    """A name for a primitive: functions of one name may be several, as in a notebook."""
    name = f"own.{path}"
    return next(found for n in itertools.count(1) if (found := name if n == 1 else f"{name}_{n}") not in RULES)


def _name_of(function: Any) -> str:
    return str(getattr(function, "__name__", function))


def _place_of(function: Any) -> Named:
    """What generated code calls a function, and where that can be imported from."""
    found = next(
        (place for known in (_PUBLIC.get(function, function), function) if (place := named(known)).module), None
    )
    if found is not None:
        return found
    name = _name_of(function).strip("<>")
    homes = [
        module.__name__
        for module in list(sys.modules.values())
        if isinstance(module, ModuleType)
        and module.__name__ != "__main__"
        and not any(part.startswith("_") for part in module.__name__.split("."))
        and module.__dict__.get(name) is function
    ]
    return Named(name, min(homes, key=lambda home: (home.count("."), home)) if homes else None, function)


# Pullbacks: written into the code where they are formulas, called by it where they are not


def _with_defaults(given: Pullback | None, static: Mapping[str, Any]) -> Any:
    """A user's pullback or pushforward, which is told all static parameters; the table leaves out the defaults."""
    defaults = {name: value for name, value in static.items() if value is not REQUIRED}
    if given is None or not defaults:
        return given

    @functools.wraps(given)
    def told(*arguments: Any, **keywords: Any) -> Any:
        return given(*arguments, **{**defaults, **keywords})

    told.__adcompiler_wrapped__ = given  # type: ignore[attr-defined]
    return told


def _pullback(
    function: Callable[..., Any], pullback: Pullback, operands: Sequence[str], position: int, kind: str
) -> Pullback:
    """A user's pullback as the table has them: on symbolic values it writes equations, its own or one that calls it."""
    operand = operands[position]

    @functools.wraps(pullback)
    def checked(g: Any, y: Any, *operands: Any, **static: Any) -> Any:
        whole = np.shape(operands[position])
        bar = pullback(g, y, *operands, **static)
        if bar is None:
            return np.zeros(whole)
        if isinstance(bar, list | tuple):
            bar = np.asarray(bar)
        allowed = np.broadcast_shapes(np.shape(y), whole) if kind == "elementwise" else whole
        try:
            fits = np.broadcast_shapes(np.shape(bar), allowed) == allowed
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"the pullback of `{_name_of(function)}` for `{operand}` returned the shape {np.shape(bar)}, where "
                f"`{operand}` has the shape {whole}"
            )
        return bar if kind == "elementwise" or np.shape(bar) == whole else np.broadcast_to(bar, whole)

    name = f"{_name_of(function).strip('<>')}_{operand}_pullback"
    checked.__name__ = checked.__qualname__ = name
    checked.__adcompiler_wrapped__ = pullback  # type: ignore[attr-defined]  # what second derivatives read
    place = Named(name, None, checked)

    def infer(g: Type, y: Type, *operands: Type, **_: Any) -> tuple[Type, ...]:
        x = operands[position]
        if kind == "elementwise":
            return opaque_shape_type()
        return (Type("array" if x.kind == "array" else "unknown", None, x.shape),)

    primitive = Primitive(_fresh(name), name, infer, named=lambda: place)
    RULES[primitive.name] = Rule(primitive, checked, "nondifferentiable", (), signature=inspect.Signature())

    @functools.wraps(pullback)
    def written(g: Any, y: Any, *operands: Any, **static: Any) -> Any:
        values = (g, y, *operands)
        builder = next((value.builder for value in values if isinstance(value, Symbolic)), None)
        if builder is None:
            return checked(g, y, *operands, **static)
        has_objects = any(isinstance(value, Named) for value in values)  # which are looked into when it runs
        if not has_objects and _is_formula(getattr(pullback, "__adcompiler_wrapped__", pullback)):
            checkpoint = builder.checkpoint()
            try:
                bar = pullback(g, y, *operands, **static)
            except DifferentiationError:
                raise
            except Exception:  # it needs values, or functions without rules
                builder.roll_back(checkpoint)
            else:
                if bar is None or isinstance(bar, Symbolic | np.ndarray | np.generic | int | float | complex):
                    return bar
                builder.roll_back(checkpoint)
        atoms = [atom_of(value, builder) for value in values]
        return Symbolic(builder.emit(primitive, *atoms, **static), builder)

    return written


_ASKING = frozenset(("isinstance", "type", "hasattr", "getattr", "callable", "issubclass"))


def _is_formula(function: Callable[..., Any]) -> bool:
    """Whether a function does the same to symbolic values as to arrays: it asks for no types, and catches nothing."""
    if not isinstance(function, FunctionType):
        return False
    code = function.__code__
    if code.co_exceptiontable or any(hasattr(constant, "co_code") for constant in code.co_consts):
        return False
    if _ASKING & set(code.co_names):
        return False
    try:
        free = inspect.getclosurevars(function)
    except ValueError:  # it mentions what is not defined yet
        return False
    mentioned = (*free.globals.values(), *free.nonlocals.values())
    plain = (ModuleType, int, float, complex, np.ndarray, np.generic, np.ufunc)
    return all(isinstance(value, plain) or rule_of(value) is not None for value in mentioned)
