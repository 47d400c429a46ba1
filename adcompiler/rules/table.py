"""The one table of derivatives: which functions have a rule, how their arguments bind, and the rule itself.

Rules are ordinary functions of NumPy's vocabulary. The eager tape and the tests call them on arrays; the compiler
calls them on symbolic values (`rules.symbolic`), where they *write* equations. There are four kinds.

`elementwise(function, *applied, at=...)`
    One function `(g, y, *operands) -> g * ∂y/∂operand` for each operand. A diagonal Jacobian is its own transpose,
    so the same line is the pullback (`g` a cotangent) and the pushforward (`g` a tangent). It knows nothing of
    broadcasting: whoever applies it reduces the result to the operand's shape.
`linear(function, *transposes, at=...)`
    A function that is linear in each operand that has a transpose (`np.sum`, `np.matmul`, `np.stack`): one function
    `(g, y, *operands, **static) -> cotangent of the operand` for each. Its pushforward is the function itself, with the
    tangent in the place of the operand.
`vjp(function, *pullbacks, jvp=..., at=...)`
    Any other: a pullback for each operand, in the form of a transpose, and a pushforward for each,
    `(x_dot, y, *operands, **static) -> what the operand contributes to the tangent of the result`.
`nondifferentiable(function)`
    Its derivative is zero, said aloud.

A function of a sequence (`np.stack`) or of any number of operands (`max`) has one pullback and one pushforward,
`(g, y, *operands, number, **static)`, for its operand with that number: ask `Rule.pullback`. A pullback may return less
than the operand's shape, and a pushforward less than the result's, where that is uniform (`mean`): it stands for its
broadcast. Of a function with several results, `y` is the tuple of these; `g` is a tuple too, and so is what a
pushforward returns, with None for a part that is zero.

None in place of a pullback says that the derivative with respect to this operand is zero: it is an index, a shape, a
condition. No rule is an error, never a zero.

A pullback that must know a rank asks for it (`x.ndim`). Where the compiler does not know it, `RankUnknownError` ends
that attempt, and the function of the same meaning in `at_run_time=` is called instead: a function of `runtime/`,
entered in the table like any other, which generated code calls when ranks are there to see.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from adcompiler.ir.nodes import InferTypes, Primitive
from adcompiler.rules.inference import elementwise_type, opaque_shape_type
from adcompiler.rules.optional import OptionalParts
from adcompiler.rules.rule import Arrange, Pullback, Pushforward, RankUnknownError, Rule, signature_of

RULES: dict[str, Rule] = {}
"""Every rule, by the name of its primitive."""

_BY_FUNCTION: dict[Callable[..., Any], Rule] = {}
_METHODS: dict[str, Rule] = {}

OPTIONAL = OptionalParts(
    {
        "scipy.fft": ("adcompiler.rules.scipy_fft",),
        "scipy.integrate": ("adcompiler.rules.scipy_integrate",),
        "scipy.linalg": ("adcompiler.rules.scipy_linalg",),
        "scipy.interpolate": ("adcompiler.rules.scipy_interpolate",),
        "scipy.sparse": ("adcompiler.rules.scipy_sparse",),
        "scipy.signal": ("adcompiler.rules.scipy_signal",),
        "scipy.special": ("adcompiler.rules.scipy_special",),
    }
)
"""The rules for packages that need not be installed."""


def rule_of(function: object) -> Rule | None:
    """The rule of a function, or None."""
    try:
        rule: Rule | None = _BY_FUNCTION.get(function)  # type: ignore[call-overload]  # any hashable object
    except TypeError:
        return None
    return rule_of(function) if rule is None and OPTIONAL.load() else rule


def functions_of(rule: Rule) -> list[Callable[..., Any]]:
    """Every function that the rule is for."""
    return [function for function, found in _BY_FUNCTION.items() if found is rule]


def method_rule(name: str) -> Rule | None:
    """The rule of the array method `name` (`x.sum(axis=0)`), whose first operand is the array."""
    return _METHODS.get(name)


def register(
    rule: Rule, *, aliases: Iterable[Callable[..., Any]] = (), method: str | tuple[str, ...] | None = None
) -> Rule:
    """Enter a rule in the table: under its primitive, its function and the `aliases`, and as array methods."""
    assert rule.primitive.name not in RULES, f"two rules for {rule.primitive}"
    RULES[rule.primitive.name] = rule
    for function in (rule.function, *aliases):
        _BY_FUNCTION[function] = rule
    for name in (method,) if isinstance(method, str) else method or ():
        _METHODS[name] = rule
    return rule


REMEMBERING: weakref.WeakSet[Any] = weakref.WeakSet()
"""What keeps code that stands on the rules there were, and can be told to `forget` it."""


def replace_rule(rule: Rule, functions: Iterable[Callable[..., Any]]) -> None:
    """Enter a rule, of functions that may have had another or none when code was compiled."""
    RULES[rule.primitive.name] = rule
    for function in functions:
        _BY_FUNCTION[function] = rule
    for each in list(REMEMBERING):
        each.forget()


def also_spelled(rule: Rule, function: Callable[..., Any]) -> None:
    """Let a call of `function` in a differentiated program mean the same as a call of the rule's own."""
    _BY_FUNCTION[function] = rule


def elementwise(
    function: Callable[..., Any],
    *applied: Pullback | None,
    jvp: Iterable[Pushforward | None] = (),
    at: Iterable[Any] = (),
    aliases: Iterable[Callable[..., Any]] = (),
    spelling: str | None = None,
    infer: InferTypes = elementwise_type,
    **options: Any,
) -> Rule:
    """Register an elementwise function by its partials, each applied to `g`; `options` as for `vjp`.

    Pushforwards are given where a complex operand has no partial: of `np.real`, `np.abs`.
    """
    points = tuple(point if isinstance(point, tuple) else (point,) for point in at)
    pushforwards = tuple(jvp) or applied
    return _enter(
        "elementwise",
        function,
        applied,
        pushforwards,
        points,
        infer=infer,
        spelling=spelling,
        aliases=aliases,
        **options,
    )


def linear(
    function: Callable[..., Any],
    *transposes: Pullback | None,
    at: Iterable[Any] = (),
    at_run_time: Iterable[Callable[..., Any] | None] = (),
    infer: InferTypes = opaque_shape_type,
    **options: Any,
) -> Rule:
    """Register a function that is linear in each operand by its transposes; everything else is as for `vjp`."""
    attempted = _with_fallbacks(transposes, at_run_time)
    return _enter("linear", function, attempted, (), tuple(at), infer=infer, **options)


def vjp(
    function: Callable[..., Any],
    *pullbacks: Pullback | None,
    jvp: Iterable[Pushforward | None] | Pushforward = (),
    at: Iterable[Any] = (),
    at_run_time: Iterable[Callable[..., Any] | None] = (),
    infer: InferTypes = opaque_shape_type,
    **options: Any,
) -> Rule:
    """Register a function by a pullback for each of its operands.

    Parameters
    ----------
    function : callable
    *pullbacks : callable or None
    jvp : iterable of callable, or callable
        The pushforwards, one for each pullback; None where that is None.
    at : iterable of tuple
        Points for the tests; see `Rule`.
    at_run_time : iterable of callable
        `(g, *operands, **static)`, one for each pullback: what generated code calls where the pullback needs a rank
        that is not known.
    infer : callable
    **options
        `static`, `aliases`, `method`, `synonyms`, `regular_at`, `ignored`; `name` and `spelling` of the primitive and
        its `packs`, `views`, `updates`, `effect`; `signature`, a function to bind arguments by instead of `function`,
        and `arrange`.
    """
    pushforwards = (jvp,) if callable(jvp) else tuple(jvp)
    attempted = _with_fallbacks(pullbacks, at_run_time)
    return _enter("vjp", function, attempted, pushforwards, tuple(at), infer=infer, **options)


def nondifferentiable(
    function: Callable[..., Any],
    *,
    operands: int = 1,
    infer: InferTypes = opaque_shape_type,
    at: Iterable[Any] = (),
    **options: Any,
) -> Rule:
    """Register a function whose derivative is zero wherever it has one; `options` as for `vjp`."""
    number = function.nin if isinstance(function, np.ufunc) else operands
    points = tuple(point if isinstance(point, tuple) else (point,) for point in at)
    return _enter("nondifferentiable", function, (None,) * number, (), points, infer=infer, **options)


def _enter(
    kind: str,
    function: Callable[..., Any],
    pullbacks: Iterable[Pullback | None],
    pushforwards: Iterable[Pushforward | None],
    points: tuple[Any, ...],
    *,
    infer: InferTypes,
    name: str | None = None,
    spelling: str | None = None,
    static: Mapping[str, Any] | None = None,
    aliases: Iterable[Callable[..., Any]] = (),
    method: str | tuple[str, ...] | None = None,
    synonyms: Mapping[str, str] | None = None,
    signature: Callable[..., Any] | None = None,
    regular_at: float | None = None,
    arrange: Arrange | None = None,
    ignored: tuple[str, ...] = (),
    **primitive_flags: Any,
) -> Rule:
    spelling = _spelling_of(function) if spelling is None else spelling
    primitive = Primitive(name or spelling.removeprefix("np."), spelling, infer, **primitive_flags)
    pullbacks = tuple(pullbacks)
    pushforwards = tuple(pushforwards) or (None,) * len(pullbacks)
    assert len(pushforwards) == len(pullbacks), f"{spelling} has a pushforward for each pullback, or none"
    binding = signature_of(signature or function)
    operands = tuple(binding.parameters)[: len(pullbacks)]
    rule = Rule(
        primitive=primitive,
        function=function,
        kind=kind,
        operands=operands,
        static=static or {},
        pullbacks=pullbacks,
        pushforwards=pushforwards,
        at=points,
        signature=binding,
        synonyms=synonyms or {},
        regular_at=regular_at,
        arrange=arrange,
        ignored=ignored,
    )
    return register(rule, aliases=aliases, method=method)


def _with_fallbacks(
    pullbacks: Iterable[Pullback | None], at_run_time: Iterable[Callable[..., Any] | None]
) -> list[Pullback | None]:
    fallbacks = dict(enumerate(at_run_time))
    return [
        _or_at_run_time(pullback, fallbacks[number]) if number in fallbacks else pullback
        for number, pullback in enumerate(pullbacks)
    ]


def _or_at_run_time(pullback: Pullback | None, runtime_function: Callable[..., Any] | None) -> Pullback | None:
    if pullback is None or runtime_function is None:
        return pullback

    @functools.wraps(pullback)
    def attempt(g: Any, y: Any, *operands: Any, **static: Any) -> Any:
        try:
            return pullback(g, y, *operands, **static)
        except RankUnknownError:
            return runtime_function(g, *operands, **static)

    return attempt


def _spelling_of(function: Callable[..., Any]) -> str:
    name = function.__name__
    module = getattr(function, "__module__", None) or "numpy"
    if isinstance(function, np.ufunc) or module == "numpy":
        return f"np.{name}"
    if module.startswith("numpy.linalg"):
        return f"np.linalg.{name}"
    return name if module.startswith(("builtins", "adcompiler.")) else f"{module}.{name}"
