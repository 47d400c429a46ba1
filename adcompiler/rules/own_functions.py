"""Functions of users' own and of libraries that got a rule by `ad.rule`: checked, entered in the table, and named.

Apart from `rules.table`, whose functions are known from the start and by their spelling: these may come late, when code
was compiled without them, may be replaced, and must be found by whoever imports the generated code.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import sys
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from adcompiler.ir.named import named
from adcompiler.ir.nodes import InferTypes, Named, Primitive
from adcompiler.ir.types import Type
from adcompiler.rules.inference import broadcast_type, opaque_shape_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.own_pullbacks import name_of, own_pullback, unused_name, with_defaults
from adcompiler.rules.rule import REQUIRED, Pullback, Pushforward, Rule, signature_of
from adcompiler.rules.table import replace_rule, rule_of

_OWN: dict[Any, Rule] = {}
"""The rules registered here, by the function they are of."""

_PUBLIC: dict[Any, Any] = {}
"""What users call, by the function itself."""

_CALLING: dict[Any, Any] = {}
"""What `calling` has made, by the function."""


def register_own(
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
        raise ValueError(f"`like={like!r}` is none of the operands of `{name_of(function)}`: {', '.join(operands)}")
    for given in (*pullbacks, *pushforwards):
        _check_parameters(function, given, operands, names)
    infer = _inference(kind, operands, like)
    name = getattr(function, "__qualname__", name_of(function)).rpartition(">.")[2].strip("<>")
    primitive = Primitive(unused_name(name), name, infer, named=functools.partial(_place_of, function))
    static = {name: signature.parameters[name].default for name in names[len(operands) :]}
    rule = Rule(
        primitive=primitive,
        function=function,
        kind=kind,
        operands=operands,
        static=static,
        pullbacks=tuple(
            None
            if pullback is None
            else own_pullback(function, with_defaults(pullback, static), operands, number, kind)
            for number, pullback in enumerate(pullbacks)
        ),
        pushforwards=tuple(with_defaults(push, static) for push in pushforwards) or (None,) * len(operands),
        signature=signature,
    )
    return _enter(rule, function)


def add_pushforwards(function: Callable[..., Any], pushforwards: Sequence[Pushforward | None]) -> None:
    """Complete the rule of a function that has pullbacks alone."""
    rule = _OWN.get(function)
    if rule is None or rule.kind != "vjp":
        raise TypeError(f"`{name_of(function)}` has no rule by `ad.rule.vjp` that pushforwards could be added to")
    _require_one_each(function, "pushforward", pushforwards, rule.operands)
    _enter(replace(rule, pushforwards=tuple(pushforwards)), function)


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


def has_own_rule(function: Any) -> bool:
    """Whether a function has a rule that was registered here."""
    try:
        return function in _OWN
    except TypeError:
        return False


def calling(function: Any) -> Any:
    """A function with a rule as one that can be read: it calls it. Any other function is returned as it is."""
    if not isinstance(function, Hashable) or function not in _OWN:
        return function
    known = _CALLING.get(function)
    if known is None:
        rule = _OWN[function]
        name = name_of(function) if name_of(function).isidentifier() else "function"
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


def _signature_of(function: Callable[..., Any]) -> inspect.Signature:
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        raise TypeError(f"the parameters of `{name_of(function)}` are not known: wrap it in a function") from None
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    if isinstance(function, np.ufunc):
        return signature.replace(parameters=list(signature.parameters.values())[:-1])
    if kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        raise TypeError(f"`{name_of(function)}` takes any number of arguments: wrap it in a function that does not")
    return signature


def _require_one_each(function: Callable[..., Any], what: str, given: Sequence[Any], parameters: Sequence[str]) -> None:
    signature = _signature_of(function).parameters
    needed = [name for name in parameters if signature[name].default is inspect.Parameter.empty]
    if not len(needed) <= len(given) <= len(parameters):
        raise TypeError(
            f"`{name_of(function)}` needs a {what} for each of its operands {', '.join(needed)} (None where the "
            f"derivative is zero), and {len(given)} {'is' if len(given) == 1 else 'are'} given"
        )


def _check_parameters(
    function: Callable[..., Any], given: Callable[..., Any] | None, operands: Sequence[str], names: Sequence[str]
) -> None:
    """Refuse a pullback that cannot be called."""
    if given is None:
        return
    if not callable(given):
        raise TypeError(f"a rule of `{name_of(function)}` is made of functions, not of {given!r}")
    try:
        inspect.signature(given).bind(None, None, *operands, **dict.fromkeys(names[len(operands) :]))
    except ValueError:
        return  # a function without a signature
    except TypeError as error:
        static = "".join(f", {name}" for name in names[len(operands) :])
        raise TypeError(
            f"a rule of `{name_of(function)}` is made of functions of (g, y, {', '.join(operands)}{static}): {error}"
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


def _place_of(function: Any) -> Named:
    """What generated code calls a function, and where that can be imported from."""
    found = next(
        (place for known in (_PUBLIC.get(function, function), function) if (place := named(known)).module), None
    )
    if found is not None:
        return found
    name = name_of(function).strip("<>")
    homes = [
        module.__name__
        for module in list(sys.modules.values())
        if isinstance(module, ModuleType)
        and module.__name__ != "__main__"
        and not any(part.startswith("_") for part in module.__name__.split("."))
        and module.__dict__.get(name) is function
    ]
    return Named(name, min(homes, key=lambda home: (home.count("."), home)) if homes else None, function)
