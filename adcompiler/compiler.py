"""The whole pipeline on one screen: source → program → adjoint → passes → text → function."""

from __future__ import annotations

import html
from collections import ChainMap
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import Any

import numpy as np

from adcompiler.analysis.row_plan import IsLarge
from adcompiler.backend.emit import Emitted, emit, emit_callees
from adcompiler.backend.load import load
from adcompiler.backend.standalone import assemble, module_header, module_text
from adcompiler.frontend.facts import Facts
from adcompiler.frontend.lower import Lowered, lower
from adcompiler.frontend.parse import FunctionSource
from adcompiler.frontend.signals import LengthsLearned, OrderNeeded, StaticValueNeeded
from adcompiler.ir.nodes import Program
from adcompiler.ir.structure import Path, Static, Structure, leaf_names, map_leaves
from adcompiler.ir.types import Parameter, Type
from adcompiler.passes.block_rows import is_large_literally
from adcompiler.passes.pipeline import CLEAN, FINISH, SIMPLIFY, finish, run
from adcompiler.passes.scalarise_arrays import scalarise_arrays
from adcompiler.transform.reverse import reverse, split


class Source(str):
    """Generated source: a string that notebooks show with its line breaks."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f"<pre><code class='language-python'>{html.escape(self)}</code></pre>"


@dataclass(frozen=True)
class Goal:
    """What is wanted of a function.

    Parameters
    ----------
    mode : str
        `grad` or `value_and_grad` (one function), or `split` (a forward function and a backward one).
    wrt : tuple of str
        The parameters, or free variables, that cotangents are computed for.
    aux : bool
        The function returns `(value, auxiliary)`; only the value is differentiated.
    as_tuple : bool
        Return a tuple of cotangents even for one parameter.
    of : str or tuple of str, optional
        The parameters whose final contents are differentiated, in the place of what the function returns.
    with_written : bool
        Return `(result, …)` with the final contents of each array that the function writes into (`Lowered.written`),
        if there is one.
    for_program : bool
        The code becomes part of a program, which is read, and optimised, as a whole.
    """

    mode: str
    wrt: tuple[str, ...]
    aux: bool = False
    as_tuple: bool = False
    of: str | tuple[str, ...] | None = None
    with_written: bool = False
    for_program: bool = False


@dataclass(frozen=True)
class Code:
    """Generated code."""

    goal: Goal
    emitted: tuple[Emitted, ...]
    callees: tuple[Emitted, ...]
    """The functions that those call."""
    result_type: Type
    """The type of the primal's result."""

    def text(self, *, standalone: bool = False) -> Source:
        """The generated module; a standalone one needs NumPy alone."""
        functions = self.callees + self.emitted
        if standalone:
            return Source(module_text(functions).rstrip())
        text, _ = assemble(functions, module_header(functions))
        return Source(text.rstrip())

    def load(self) -> list[Callable[..., Any]]:
        """The generated functions, compiled; each has the module's text as its `source`."""
        loaded = load(self.callees + self.emitted)
        functions = [loaded[emitted.name] for emitted in self.emitted]
        text = self.text()
        for function in functions:
            function.source = text  # type: ignore[attr-defined]  # functions take attributes
        return functions


@dataclass(frozen=True)
class Compiled(Code):
    """Generated code, and what it stands on."""

    lowered: Lowered
    static: Mapping[str, Any]
    """Parameters and free variables whose values the code was compiled for, beside those given as static."""
    adjoint: Program | None
    """Of a gradient: the program that the code was written from, before its last passes."""


def compile_gradient(
    source: FunctionSource,
    parameters: Mapping[str, Parameter],
    goal: Goal,
    *,
    values: Mapping[str, Any] | None = None,
    free_type: Callable[[Any], Type] | None = None,
    choose_wrt: Callable[[Lowered], tuple[str, ...]] | None = None,
    is_large: IsLarge = is_large_literally,
    lengths: MutableMapping[str, int] | None = None,
) -> Compiled:
    """Compile the adjoint of a function.

    Parameters
    ----------
    source : FunctionSource
    parameters : mapping
        What is known of each parameter: its type, or its value where that is known at compile time.
    goal : Goal
    values : mapping, optional
        The arguments' present values, of structures those of their leaves (`leaf_names`): those the program turns out
        to need at compile time are taken from here, else from the function's defaults.
    free_type : callable, optional
        The type of a free variable from its value.
    choose_wrt : callable, optional
        The names to differentiate for, chosen when it is known what the function reads.
    is_large : callable, optional
        Whether arrays of a type are larger than the cache.
    lengths : mapping, optional
        What the symbols in the types stand for in the present call. What the program turns out to need to know about
        them, it is compiled for (`Lowered.facts`).
    """
    facts = None if lengths is None else Facts(ChainMap({}, lengths))
    lowered, static = _lower_with_needed_values(
        source, parameters, values or {}, free_type, goal, facts, any_wrt=choose_wrt is not None
    )
    if facts is not None:
        is_large = facts.asked_of_arguments(is_large)
    program = run(SIMPLIFY, lowered.program)
    if choose_wrt is not None:
        goal = replace(goal, wrt=choose_wrt(lowered))
    wrt = _positions(program, goal)
    if goal.mode == "split":
        programs: tuple[Program, ...] = split(program, wrt, aux=goal.aux)
    else:
        with_value = goal.mode == "value_and_grad"
        shaped = goal.of is None
        programs = (reverse(program, wrt, value=with_value, aux=goal.aux, as_tuple=goal.as_tuple, shaped=shaped),)
    about = f"{source.name} ({PurePath(source.text.file).name}:{source.node.lineno}), wrt {', '.join(goal.wrt)}"
    if goal.of is not None:
        about += f", of {goal.of if isinstance(goal.of, str) else ', '.join(goal.of)}"
    if static:
        about += f", for {', '.join(f'{name}={value!r}' for name, value in static.items())}"
    for name, in_order in lowered.in_order.items():
        about += f", for {name} that is {'' if in_order else 'not '}C-contiguous"
    programs = tuple(_with_doc(run(CLEAN, adjoint), goal, about) for adjoint in programs)
    adjoint = programs[0] if len(programs) == 1 else None
    result_type = lowered.program.body.results[0].type
    finished = _finished(*programs, is_large=is_large, for_program=goal.for_program)
    return Compiled(goal, *finished, result_type, lowered, static, adjoint)


def _finished(
    *programs: Program, is_large: IsLarge = is_large_literally, for_program: bool = False
) -> tuple[tuple[Emitted, ...], tuple[Emitted, ...]]:
    """Programs as source, and that of the callees."""
    programs = tuple(finish(program, is_large, for_program=for_program) for program in programs)
    return tuple(map(emit, programs)), emit_callees(*programs)


def on_elements(compiled: Compiled, values: Mapping[str, Any] | None = None) -> Compiled | None:
    """The same code with a number for each element of the arrays, for arguments of exactly these lengths.

    Where Python's numbers raise `ArithmeticError` or `ValueError`, NumPy's are infinite or NaN: the code on arrays has
    to serve then.

    Parameters
    ----------
    compiled : Compiled
        A gradient; of a pair of functions, what one hands to the other are arrays.
    values : mapping, optional
        Arguments of these lengths, by name, where the types do not say them.

    Returns
    -------
    Compiled or None
        None where something cannot be said of numbers, or nothing would be gained.
    """
    shapes = {name: value.shape for name, value in (values or {}).items() if isinstance(value, np.ndarray)}
    adjoint = None if compiled.adjoint is None else scalarise_arrays(compiled.adjoint, shapes)
    if adjoint is None:
        return None
    adjoint = run(CLEAN, replace(adjoint, doc=adjoint.doc.replace(", wrt", ", element by element, wrt", 1)))
    emitted, callees = _finished(adjoint)
    return replace(compiled, emitted=emitted, callees=callees, adjoint=adjoint)


def passes_that_run() -> list[str]:
    """The names of the passes, in order: those of `passes.pipeline`, unless a measurement has left some out."""
    return [f"{each.__module__}.{each.__qualname__}" for each in (*SIMPLIFY, *CLEAN, *FINISH)]


_DOCS = {"grad": "Gradient of", "value_and_grad": "Value and gradient of", "split": "Forward and backward sweep of"}


def _with_doc(program: Program, goal: Goal, about: str) -> Program:
    return replace(program, doc=f"{_DOCS[goal.mode]} {about}.")


def _positions(program: Program, goal: Goal) -> tuple[int | Structure, ...]:
    """The positions of the parameters to differentiate for, in the structures in which they come."""
    packed = dict(program.packed)
    names = [parameter.name for parameter in program.body.parameters]
    for name in goal.wrt:
        if name not in names and name not in packed:
            raise ValueError(f"there is no number or array `{name}` to differentiate `{program.name}` for")
    return tuple(packed[name] if name in packed else names.index(name) for name in goal.wrt)


def _lower_with_needed_values(
    source: FunctionSource,
    parameters: Mapping[str, Parameter],
    values: Mapping[str, Any],
    free_type: Callable[[Any], Type] | None,
    goal: Goal,
    facts: Facts | None,
    *,
    any_wrt: bool,
) -> tuple[Lowered, dict[str, Any]]:
    """Lower, again with a value in the place of a type wherever the program needs one (an axis).

    Whether an argument is C-contiguous is found out as well where that matters; where there is none, it is. So is how
    lengths are related.
    """
    needed: dict[str, Any] = {}
    names = leaf_names(parameters)
    in_order: dict[str, bool] = {}

    def is_differentiated(name: str, value: Any) -> bool:
        """Whether a parameter's value must not be taken for granted: its cotangent is, or may be, wanted."""
        if name not in names or not (any_wrt or names[name][0] in goal.wrt):
            return False
        return isinstance(value, float | complex | np.ndarray | np.inexact)

    while True:
        known = _with_values(parameters, needed)
        free = {name: value for name, value in needed.items() if name not in names}
        if facts is not None:
            known = facts.applied(known)
        try:
            lowered = lower(
                source,
                known,
                static_free=free,
                free_type=free_type if facts is None else facts.related_by(free_type),
                of=goal.of,
                with_written=goal.with_written,
                in_order=in_order,
                facts=facts,
            )
            return lowered, needed
        except LengthsLearned:
            continue
        except OrderNeeded as request:
            in_order[request.name] = is_in_order(values.get(request.name))
        except StaticValueNeeded as request:
            value = _value_of(request.name, source, values)
            if value is None or request.name in needed or is_differentiated(request.name, value[0]):
                raise request.error from None
            needed[request.name] = value[0]


def _with_values(parameters: Mapping[str, Parameter], needed: Mapping[str, Any]) -> dict[str, Parameter]:
    """The parameters with values in the place of the types of those that are needed."""
    names = {place: name for name, place in leaf_names(parameters).items()}

    def settled(parameter: str, path: Path, known: Parameter) -> Parameter:
        name = names[parameter, path]
        return Static(needed[name]) if name in needed else known

    return {name: map_leaves(known, partial(settled, name)) for name, known in parameters.items()}


def is_in_order(value: Any) -> bool:
    """Whether an argument is C-contiguous, so that its reshape is a view."""
    flags = getattr(value, "flags", None)
    return flags is None or bool(flags.c_contiguous)


def _value_of(name: str, source: FunctionSource, values: Mapping[str, Any]) -> tuple[Any] | None:
    if name in values:
        return (values[name],)
    if name in source.parameters and source.function is not None and name in source.defaults:
        return (source.defaults[name],)
    binding = source.scope.lookup(name)
    value = getattr(binding, "value", None)
    return None if value is None else (value,)
