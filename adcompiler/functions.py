"""The functions that are known, as a document: what the table and the definitions say of each, and nothing by hand."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from adcompiler.definitions import DEFINITIONS
from adcompiler.definitions.table import OPTIONAL as OPTIONAL_DEFINITIONS
from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import Value
from adcompiler.ir.types import Type
from adcompiler.rules.complex_numbers import HOLD_FOR_COMPLEX
from adcompiler.rules.rule import Rule
from adcompiler.rules.symbolic import Symbolic, atom_of
from adcompiler.rules.table import OPTIONAL as OPTIONAL_RULES
from adcompiler.rules.table import RULES, functions_of

_INTRODUCTION = """# Functions

What is differentiated: written by `make functions`, from the table of rules and the definitions.

- *Reverse* and *forward*: whether every operand that has a derivative has a pullback, a pushforward; *zero* says that
  the derivative is zero wherever there is one.
- *Second order*: whether these are made of functions that have derivatives themselves.
- *Complex*: whether that holds for complex numbers. Elsewhere they are refused.
- *As its parts* stands for functions that are read as formulas of others.

All this is tested at points of every rule. Samples of random numbers (`np.random`) are differentiated for the
parameters that move and stretch them, and are not listed; nor are further names of a function (`np.amax`), and what is
read as part of the language: `max`, `min`, `pow`, `divmod`, `sorted`, `zip`, and what writes (`np.put_along_axis`).
"""

_FAMILIES = (
    ("NumPy", "np."),
    ("NumPy: linear algebra", "np.linalg."),
    ("NumPy: Fourier transforms", "np.fft."),
    ("Python", ""),
    ("SciPy", "scipy."),
)


@dataclass(frozen=True, order=True)
class Entry:
    """One function, with what is known of it."""

    spelling: str
    reverse: str
    forward: str
    second: str
    complex: str


def load_optional_parts() -> None:
    """Load the rules and definitions for optional packages that are installed."""
    parts = ("fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "special", "stats")
    for part in parts:
        with suppress(ImportError):
            importlib.import_module(f"scipy.{part}")
    OPTIONAL_RULES.load()
    OPTIONAL_DEFINITIONS.load()


def entries() -> list[Entry]:
    """Every function that users call, in alphabetical order."""
    found = [entry_of(rule) for rule in RULES.values() if spelling_of(rule) is not None]
    known = {entry.spelling for entry in found}
    parts = ("yes", *["as its parts"] * 3)
    found += [Entry(each.spelling, *parts) for each in set(DEFINITIONS.values()) if each.spelling not in known]
    return sorted(set(found))


def entry_of(rule: Rule) -> Entry:
    """What the table says of a function."""
    spelling = spelling_of(rule) or rule.primitive.spelling
    numbers = [number for number in range(len(rule.pullbacks)) if rule.pullback(number) is not None]
    holds = "yes" if rule.primitive.name in HOLD_FOR_COMPLEX else "no"
    if not numbers:
        return Entry(spelling, "zero", "zero", "zero", holds if holds == "yes" else "zero")
    forward = all(rule.pushforward(number) is not None for number in numbers)
    return Entry(spelling, "yes", "yes" if forward else "no", "yes" if is_twice_differentiable(rule) else "no", holds)


def is_twice_differentiable(rule: Rule) -> bool:
    """Whether the equations that its pullbacks write at its first point have derivatives themselves."""
    if not rule.at:
        return False
    point = rule.at[0]
    operands = point[:-1] if point and isinstance(point[-1], dict) else point
    static = point[-1] if len(operands) < len(point) else {}
    numbers = [number for number in range(len(operands)) if _varies(rule, number)]
    return all(_can_be_differentiated(rule, number, numbers, operands, static) for number in numbers)


def _varies(rule: Rule, number: int) -> bool:
    pullback = rule.pullback(number)
    return pullback is not None and not hasattr(pullback, "is_refused")


def _can_be_differentiated(
    rule: Rule, number: int, varying: list[int], operands: tuple[Any, ...], static: dict[str, Any]
) -> bool:
    builder = Builder(NameSupply())
    active: set[Value] = set()

    def symbol(type: Type) -> Symbolic:
        value = builder.value(type)
        active.add(value)
        return Symbolic(value, builder)

    given = [_given(x, number, varying, builder, symbol) for number, x in enumerate(operands)]
    try:
        y = builder.emit(rule.primitive, *map(atom_of, given), **static)
        several = y.type.kind == "tuple"
        g = tuple(map(symbol, y.type.elements)) if several else symbol(y.type)
        pullback = rule.pullback(number)
        assert pullback is not None
        pullback(g, Symbolic(y, builder), *given, **static)
    except Exception:  # it needs values: nothing is claimed
        return False
    for equation in builder.equations:
        used = RULES[equation.primitive.name]
        mentioned = [n for n, atom in enumerate(equation.inputs) if isinstance(atom, Value) and atom in active]
        if equation.primitive.name != "item" and any(
            hasattr(used.pullback(n), "is_refused") for n in mentioned if used.pullbacks
        ):
            return False
        if mentioned and used.kind != "nondifferentiable":
            active.update(equation.outputs)
    return True


def _given(x: Any, number: int, varying: list[int], builder: Builder, symbol: Callable[[Type], Symbolic]) -> Any:
    if number in varying and x is not None:
        return symbol(_type_at(x))
    return Symbolic(builder.value(_type_at(x)), builder) if isinstance(x, np.ndarray) else x


def _type_at(operand: Any) -> Type:
    if isinstance(operand, tuple):
        return Type("array", "float64", operand)
    if isinstance(operand, np.ndarray):
        return Type("array", operand.dtype.name, operand.shape)
    return Type("scalar", np.result_type(operand).name, weak=not isinstance(operand, np.generic))


def spelling_of(rule: Rule) -> str | None:
    """What users call the function: its name in a library, where that of the rule's own function is none of theirs."""
    spelling = rule.primitive.spelling
    is_tested = rule.at or all(pullback is None for pullback in rule.pullbacks)
    if not spelling or spelling.startswith("np.random.") or not is_tested or rule.primitive.named is not None:
        return None
    if "." in spelling or not str(getattr(rule.function, "__module__", None)).startswith("adcompiler."):
        return spelling
    return next(filter(None, map(_in_numpy, functions_of(rule))), None)


def _in_numpy(function: Callable[..., Any]) -> str | None:
    module = str(getattr(function, "__module__", None))
    return f"np{module.removeprefix('numpy')}.{function.__name__}" if module.startswith("numpy") else None


def document() -> str:
    """The whole document, in Markdown."""
    load_optional_parts()
    sections: dict[str, list[Entry]] = {title: [] for title, _ in _FAMILIES}
    for entry in entries():
        family = max((prefix for _, prefix in _FAMILIES if entry.spelling.startswith(prefix)), key=len)
        sections[next(title for title, prefix in _FAMILIES if prefix == family)].append(entry)
    return "\n".join([_INTRODUCTION, *(line for title, of in sections.items() for line in _section(title, of))])


def _section(title: str, of: list[Entry]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| function | reverse | forward | second order | complex |"
    yield "|---|---|---|---|---|"
    for entry in of:
        yield f"| `{entry.spelling}` | {entry.reverse} | {entry.forward} | {entry.second} | {entry.complex} |"
    yield ""
