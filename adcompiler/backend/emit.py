"""Emission: a program as the text of a Python function.

The steps, each a module: tapes become lists (`tapes`), shapes are asked for early (`shapes`), parts are written through
views (`views`), copies make every update safe in place (`memory`), values that need no name are nested (`nesting`), the
others get variables (`naming`); then statements are written (`statements`, `expressions`) and printed (`printer`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import gast

import adcompiler.backend.forms  # noqa: F401  (registers the primitives with a syntax of their own)
from adcompiler.analysis.facts import Facts
from adcompiler.analysis.liveness import find_liveness
from adcompiler.backend import syntax
from adcompiler.backend.expressions import MODULES, PACKAGES, Expressions, is_runtime_function
from adcompiler.backend.memory import place_copies
from adcompiler.backend.naming import name_values
from adcompiler.backend.nesting import nest
from adcompiler.backend.objects import import_line, is_shared, spell_objects
from adcompiler.backend.printer import print_function
from adcompiler.backend.shapes import place_queries
from adcompiler.backend.statements import Statements
from adcompiler.backend.tapes import hoist_items, write_tapes
from adcompiler.backend.views import write_through_views
from adcompiler.errors import DifferentiationError
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Equation, Literal, Program, Value, calls_in, reachable_callees
from adcompiler.ir.types import Type
from adcompiler.rules.table import RULES
from adcompiler.spans import Span

_LOOP_BUILTINS = ("range", "reversed", "enumerate", "zip", "len", "print")


@dataclass(frozen=True)
class Emitted:
    """The text of one generated function, and what it needs.

    Parameters
    ----------
    name : str
    doc : str
        The lines of its header.
    text : str
        The definition, beginning with its `def` line.
    runtime : tuple of str
        The functions of `adcompiler.runtime` that it calls, sorted.
    modules : tuple of str
        The modules that it mentions: `np`, `math`, `scipy.special`.
    spans : dict
        The place in the user's source that a line of `text` (from 1) belongs to.
    first_backward_line : int or None
        Where the backward sweep begins.
    """

    name: str
    doc: str
    text: str
    runtime: tuple[str, ...]
    modules: tuple[str, ...]
    spans: dict[int, Span]
    first_backward_line: int | None
    imports: tuple[str, ...] = ()
    """The statements that import the user's objects, sorted."""
    objects: tuple[tuple[str, Any], ...] = ()
    """The user's objects that it mentions, by name."""
    homeless: tuple[str, ...] = ()
    """The names of those that cannot be imported from anywhere."""


def emit_callees(*programs: Program) -> tuple[Emitted, ...]:
    """Write the callees of programs as Python functions, each once."""
    return tuple(emit(_returning(callee), is_callee=True) for callee in reachable_callees(*programs))


def _returning(callee: Program) -> Program:
    """A callee with one result: the tuple of all, or None."""
    results = callee.body.results
    if len(results) == 1:
        return callee
    if not results:
        return replace(callee, body=replace(callee.body, results=(Literal(None),)))
    returned = Value(NameSupply.beside(callee).fresh(None), Type("tuple", elements=tuple(r.type for r in results)))
    sweep = next((e.sweep for e in reversed(callee.body.equations)), "forward")
    pack = Equation(RULES["make_tuple"].primitive, results, (returned,), sweep=sweep)
    body = replace(callee.body, equations=(*callee.body.equations, pack), results=(returned,))
    return replace(callee, body=body)


def emit(program: Program, *, is_callee: bool = False) -> Emitted:
    """Write a program as a Python function; the results of a callee are memory that nobody else refers to."""
    facts = Facts(write_through_views(place_queries(write_tapes(program))))
    facts = facts.of(hoist_items(place_copies(facts, own_results=is_callee)))
    source = facts.program
    nesting = nest(facts)
    liveness = find_liveness(source, nesting.values, nesting.positions.definition)
    spellings = {equation.primitive.spelling for equation in nesting.positions.equations()}
    functions = {spelling.partition(".")[0] for spelling in spellings}
    objects = spell_objects(source)
    reserved = {path.partition(".")[0] for path in objects.values()}
    others = {*reserved, *calls_in(source.body)}
    taken = {*_LOOP_BUILTINS, *functions, *others, *MODULES, *PACKAGES, program.name}
    taken |= {name for name, _ in program.packed}
    names = name_values(nesting, liveness, taken | {"instance"} if reserved else taken)
    expressions = Expressions(nesting, names, objects)
    statements = Statements(nesting, liveness, names, expressions)
    body = statements.function_body()
    definition = gast.FunctionDef(program.name, _arguments(program), body, [], None, None, [])
    text, origins = print_function(definition)
    _check_parameters(program, expressions)
    backward = [line for line, origin in origins.items() if statements.origins[origin - 1].backward]
    return Emitted(
        name=program.name,
        doc=program.doc,
        text=text,
        runtime=tuple(sorted(set(filter(is_runtime_function, expressions.globals)) - others)),
        modules=tuple(
            name for name in sorted(expressions.globals) if name in MODULES or name.partition(".")[0] in PACKAGES
        ),
        spans={
            line: span for line, origin in origins.items() if (span := statements.origins[origin - 1].span) is not None
        },
        first_backward_line=min(backward, default=None),
        imports=tuple(sorted({line for item, path in objects.items() if (line := import_line(item, path))})),
        objects=tuple((path.partition(".")[0], item.value) for item, path in objects.items() if not is_shared(item)),
        homeless=tuple(path for item, path in objects.items() if item.module is None),
    )


def _arguments(program: Program) -> gast.arguments:
    defaults = {name.replace(".", "_"): syntax.parse_expression(str(text)) for name, text in program.defaults}
    names = [name for name, _ in program.arguments]
    split = len(names) - program.keyword_only
    arguments = [gast.Name(name, gast.Param(), None, None) for name in names]
    return gast.arguments(
        arguments[:split],
        [],
        None,
        arguments[split:],
        [defaults.get(name) for name in names[split:]],
        None,
        [defaults[name] for name in names[:split] if name in defaults],
    )


def _check_parameters(program: Program, expressions: Expressions) -> None:
    for name, _ in program.arguments:
        if name in expressions.globals:
            raise DifferentiationError(
                f"a parameter named `{name}` hides a function that the generated code needs",
                hint="rename the parameter",
            )
