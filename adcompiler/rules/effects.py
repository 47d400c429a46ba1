"""Primitives of what happens without a value: text, exceptions, and what is done with objects that are no numbers.

They run once, in the forward sweep, in the order in which the user wrote them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from adcompiler.ir.nodes import Named, Slot
from adcompiler.ir.types import BOOL, FLOAT, INT, OPAQUE, Type
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import nondifferentiable


def _nothing(*_: Type, **__: Any) -> tuple[Type, ...]:
    return ()


def _opaque(*_: Type, **__: Any) -> tuple[Type, ...]:
    return (OPAQUE,)


def the_object(value: Any) -> Any:
    """What a constant stands for: the object that a name means, any other value itself."""
    return value.value if isinstance(value, Named) else value


# Text

_CONVERSIONS: dict[str, Callable[[Any], str]] = {"r": repr, "s": str, "a": ascii}


def fill_template(template: tuple[Any, ...], values: tuple[Any, ...]) -> str:
    """The text of an f-string: literal parts, and slots with a conversion and a format."""

    def part(piece: Any) -> str:
        match piece:
            case Slot(number):
                return format(values[number])
            case (Slot(number), conversion, specification):
                converted = _CONVERSIONS[conversion](values[number]) if conversion else values[number]
                computed = isinstance(specification, tuple)
                return format(converted, fill_template(specification, values) if computed else specification or "")
            case _:
                return str(piece)

    return "".join(map(part, template))


def _print(*values, template=None, **options):
    pieces = [Slot(number) for number in range(len(values))] if template is None else template
    print(*(values[piece.number] if isinstance(piece, Slot) else piece for piece in pieces), **options)


def _assert(condition, *values, template=()):
    assert condition, fill_template(template, values)


def _format(*values, template):
    return fill_template(template, values)


nondifferentiable(
    _print,
    static={"template": None, "end": "\n", "sep": " "},
    infer=_nothing,
    name="print",
    spelling="print",
    effect=True,
)
nondifferentiable(_assert, operands=2, static={"template": ()}, infer=_nothing, name="assert", spelling="", effect=True)
nondifferentiable(_format, static={"template": REQUIRED}, infer=_opaque, name="format", spelling="")

for function in (str, repr):
    nondifferentiable(function, infer=_opaque, name=f"builtins.{function.__name__}", signature=lambda x, /: None)

# Exceptions


def _call(function: Any, arguments: tuple[Any, ...], keywords: tuple[str, ...]) -> Any:
    """Call an object of the user's; the last arguments are those given by name."""
    values = tuple(map(the_object, arguments))
    positional = values[: len(values) - len(keywords)]
    return the_object(function)(*positional, **dict(zip(keywords, values[len(positional) :], strict=True)))


def enter_context(*inputs: Any, call: Any = None, keywords: tuple[str, ...] = (), **_: Any) -> Any:
    """The context manager of a `with`: the one input, or what a call makes of the inputs."""
    return the_object(inputs[0]) if call is None else _call(call, inputs, keywords)


def _exception(*arguments, kind, keywords=()):
    return _call(kind, arguments, keywords)


def _invoke(*arguments, function=None, method=None, keywords=()):
    if method is None:
        return _call(function, arguments, keywords)
    return _call(getattr(the_object(arguments[0]), method), arguments[1:], keywords)


def _attribute(value, *, field):
    return getattr(the_object(value), field)


def _is_instance(value, *, kinds):
    return isinstance(value, tuple(map(the_object, kinds)))


def _raise(*parts):
    parts = tuple(map(the_object, parts))
    if not parts:
        raise
    if len(parts) == 1:
        raise parts[0]
    raise parts[0] from parts[1]


nondifferentiable(
    _exception,
    static={"kind": REQUIRED, "keywords": ()},
    infer=_opaque,
    name="exception",
    spelling="",
)
nondifferentiable(_raise, operands=2, infer=_nothing, name="raise", spelling="", effect=True)
nondifferentiable(
    _is_instance, static={"kinds": REQUIRED}, infer=lambda *_, **__: (BOOL,), name="is_instance", spelling=""
)
nondifferentiable(
    _invoke,
    static={"function": None, "method": None, "keywords": ()},
    infer=_opaque,
    name="invoke",
    spelling="",
    effect=True,
)
nondifferentiable(_attribute, static={"field": REQUIRED}, infer=_opaque, name="attribute", spelling="")

# Clocks


def _seconds(*_: Type, **__: Any) -> tuple[Type, ...]:
    return (FLOAT,)


def _nanoseconds(*_: Type, **__: Any) -> tuple[Type, ...]:
    return (INT,)


for clock in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
    nondifferentiable(getattr(time, clock), operands=0, infer=_seconds, signature=lambda: None, effect=True)
    nondifferentiable(getattr(time, f"{clock}_ns"), operands=0, infer=_nanoseconds, signature=lambda: None, effect=True)
nondifferentiable(time.sleep, infer=_opaque, signature=lambda seconds: None, effect=True)
