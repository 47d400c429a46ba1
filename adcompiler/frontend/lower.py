"""From a function's syntax to a program: the frontend's entry."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType, ModuleType
from typing import Any

import gast

import adcompiler.frontend.language
import adcompiler.rules  # noqa: F401  (fills the table)
from adcompiler.errors import DifferentiationError, UnsupportedSyntaxError
from adcompiler.frontend.arguments import BoundParameters, bind_parameters, result_value
from adcompiler.frontend.facts import Fact, Facts
from adcompiler.frontend.frames import Frame, FreeVariable
from adcompiler.frontend.heap import Cell, Constant, Container, Maybe, Ref, reach
from adcompiler.frontend.inline import run
from adcompiler.frontend.literals import literal_value
from adcompiler.frontend.parse import FunctionSource
from adcompiler.frontend.places import Itself, Place
from adcompiler.frontend.recursion import enter, read_too_often
from adcompiler.frontend.scope import is_fixed, snapshot
from adcompiler.frontend.signals import PathEnds, StaticValueNeeded
from adcompiler.frontend.state import State
from adcompiler.ir.effects import settle_effects
from adcompiler.ir.nodes import Atom, Literal, Program, Region, Value, free_values
from adcompiler.ir.rewrite import rename
from adcompiler.ir.structure import Path, Structure
from adcompiler.ir.types import Parameter, Type, unknown
from adcompiler.ir.verify import verify


@dataclass(frozen=True)
class KnownName:
    """A name that was looked up at compile time: the program is right for as long as it means the same object."""

    read: Place
    value: Any
    content: Any
    """What the object was when it was looked up (`scope.snapshot`); it may have been changed in place since."""

    def holds(self) -> bool:
        """Whether the name still means what it meant."""
        present = self.read()
        return (present is self.value and is_fixed(present)) or bool(snapshot(present) == self.content)


@dataclass(frozen=True)
class Lowered:
    """A program and what it took from its surroundings."""

    program: Program
    free: tuple[FreeVariable, ...]
    """The hidden inputs, in the order of the program's keyword-only parameters."""
    known: tuple[KnownName, ...]
    written: tuple[str, ...]
    """Parameters and hidden inputs whose arrays the primal changes in place."""
    changed: frozenset[tuple[str, Path]] = frozenset()
    """The lists, dicts and objects that it changes: in which parameter, and where in it."""
    in_order: Mapping[str, bool] = field(default_factory=dict)
    """Parameters for which the program is right only if they are C-contiguous, or only if they are not."""
    changes_outside: bool = False
    """Whether it changes a list, dict or object that is no argument: a global one, the instance of a method."""
    facts: tuple[Fact, ...] = ()
    """What must be so of the lengths of the parameters for the program to be right."""

    @property
    def read(self) -> frozenset[str]:
        """The parameters and hidden inputs that the program mentions."""
        body = self.program.body
        mentioned = free_values(replace(body, parameters=()))
        return frozenset(parameter.name for parameter in body.parameters if parameter in mentioned)


def lower(
    source: FunctionSource,
    parameters: Mapping[str, Parameter],
    *,
    static_free: Mapping[str, Any] | None = None,
    free_type: Callable[[Any], Type] | None = None,
    of: str | tuple[str, ...] | None = None,
    with_written: bool = False,
    in_order: dict[str, bool] | None = None,
    facts: Facts | None = None,
) -> Lowered:
    """Read a function as a typed program.

    Parameters
    ----------
    source : FunctionSource
    parameters : mapping
        Each parameter's type, or its value where that is known; the defaults stand in for those left out.
    static_free : mapping, optional
        Free numbers that the program needs at compile time, by name.
    free_type : callable, optional
        The type of a hidden input from its present value; nothing is known of it without.
    of : str or tuple of str, optional
        Parameters whose final contents are the program's result, in the place of what the function returns.
    with_written : bool
        Where arrays are written, the program's result is a tuple: what the function returns, and the final contents of
        each array in `written`.
    in_order : mapping, optional
        Whether a parameter is C-contiguous, where the program needs to know; all are, by default.
    facts : Facts, optional
        Where to look up what lengths of arguments have to do with one another, where the program needs to know.

    Raises
    ------
    DifferentiationError
        The function uses a construct outside the language.
    StaticValueNeeded
        A parameter's or free variable's value is needed at compile time.
    OrderNeeded
        Whether a parameter is C-contiguous is needed.
    LengthsLearned
        Something about lengths was needed, and looked up.
    """
    often: frozenset[Hashable] = frozenset()
    for _ in range(_MOST_READINGS):
        free = free_type or (lambda _: unknown("free"))
        state = State(dict(static_free or {}), free, in_order=in_order, facts=facts)
        state.callees.often = often
        lowered = _lower(state, source, parameters, of, with_written=with_written)
        if (more := read_too_often(state, lowered.program)) <= often:
            break
        often |= more
    return lowered


_MOST_READINGS = 3
"""How often a program is read to find out which functions are better called."""


def _lower(
    state: State,
    source: FunctionSource,
    parameters: Mapping[str, Parameter],
    of: str | tuple[str, ...] | None,
    *,
    with_written: bool,
) -> Lowered:
    try:
        bound, result = _read_function(state, source, parameters, of)
    except PathEnds:
        raise _raises_always(source, state) from None
    except RecursionError:
        raise UnsupportedSyntaxError(
            f"an expression or block of `{source.name}` is nested too deeply", source.span, "split it"
        ) from None
    cells_by_name = dict(bound.cells)
    cells_by_name |= {variable.name: cell for variable, _, cell, _ in state.free.values() if cell is not None}
    written = tuple(name for name, cell in cells_by_name.items() if not reach(cell, {}).isdisjoint(state.heap.written))
    if with_written and written:
        result = Container((result, *(cells_by_name[name] for name in written)), tuple)
    atom = _result_atom(state, source, result)
    hidden = [(variable, value) for variable, value, _, _ in state.free.values() if value is not None]
    cells = bound.cells
    values = (*(state.parameters[name] for name in cells), *(value for _, value in hidden))
    body = Region(values, state.builder.equations, (atom,))
    called = {v: replace(v, hint=name) for v, name in state.called.items() if isinstance(v, Value) and name}
    stated = tuple((v.name, v.value) for v, _ in hidden if type(v.value) in (int, float))
    program = Program(
        source.name,
        rename(body, called),
        _defaults(source, bound.arguments) + stated,
        keyword_only=len(hidden),
        packed=bound.packed,
        callees=tuple(state.callees.programs.values()),
    )
    if isinstance(source.function, FunctionType):
        state.known[id(source.function), "itself"] = (Itself(source.function), source.function)
    found = [*state.known.values(), *((v.read, v.value) for v, value, _, _ in state.free.values() if value is None)]
    known_names = tuple(
        KnownName(read, value, snapshot(value))
        for read, value in found
        if read is not None and not isinstance(value, ModuleType)
    )
    variables = tuple(variable for variable, _ in hidden)
    settled = verify(settle_effects(program))
    outside = any(ref in state.heap.contents for ref in state.adoptions.values())
    facts = () if state.facts is None else tuple(state.facts.found)
    in_order = state.in_order or {}
    return Lowered(settled, variables, known_names, written, bound.changed(state), in_order, outside, facts)


def written_parameters(source: FunctionSource, parameters: Mapping[str, Parameter]) -> tuple[str, ...] | None:
    """The parameters that a function without a `return` writes its result into."""
    if any(isinstance(node, gast.Return) and node.value is not None for node in gast.walk(source.node)):
        return None
    written = lower(source, parameters, of=()).written
    return tuple(name for name in source.parameters if name in written) or None


def _raises_always(source: FunctionSource, state: State) -> DifferentiationError:
    raised = next((e for e in reversed(state.builder.equations) if e.primitive.name == "raise"), None)
    what, span = "an exception", source.span
    if raised is not None:
        what, span = _in_words(raised.inputs[0], state) or what, raised.span or span
    return UnsupportedSyntaxError(
        f"`{source.name}` raises {what} on every path", span, "there is nothing to differentiate"
    )


def _in_words(exception: Atom, state: State) -> str | None:
    """What is raised, with its message if that is known: `ValueError("no roots")`."""
    if isinstance(exception, Literal):
        return getattr(getattr(exception.value, "value", None), "__name__", None)
    made = next((e for e in state.builder.equations if exception in e.outputs), None)
    if made is None or made.primitive.name != "exception" or not all(isinstance(a, Literal) for a in made.inputs):
        return None
    texts = ", ".join(repr(a.value) for a in made.inputs if isinstance(a, Literal))
    return f"{made.parameters['kind'].value.__name__}({texts})"


def find_problems(source: FunctionSource, parameters: Mapping[str, Parameter]) -> list[DifferentiationError]:
    """Every construct of a function that is outside the language, in order: what `lower` would refuse one by one."""
    problems: list[DifferentiationError] = []
    state = State({}, lambda _: unknown("free"), problems)
    try:
        _, result = _read_function(state, source, parameters)
        if not problems:
            _result_atom(state, source, result)
    except DifferentiationError as error:
        problems.append(error)
    except PathEnds:
        problems.append(_raises_always(source, state))
    except StaticValueNeeded:
        pass  # its default may do: whoever compiles will see
    return list({(str(problem)): problem for problem in problems}.values())


def _read_function(
    state: State,
    source: FunctionSource,
    parameters: Mapping[str, Parameter],
    of: str | tuple[str, ...] | None = None,
) -> tuple[BoundParameters, Ref]:
    """Bind the parameters and read the body; what the parameters stand for, and the result."""
    frame = Frame(source, {})
    for star in source.collecting:
        if not isinstance(parameters[star.id], Structure):
            raise UnsupportedSyntaxError(
                f"`{source.name}` takes any number of arguments (`{star.id}`)",
                source.text.span(star, source.node),
                "name each parameter, or give the types of those in a call",
            )
    bound = bind_parameters(state, frame, {name: parameters[name] for name in source.parameters})
    state.frames.append(Frame(source, {}, statement=source.node))
    if of is None:
        return bound, enter(state, frame, source.node, run)
    arrays = [_written_argument(bound.cells, name, source) for name in ((of,) if isinstance(of, str) else of)]
    with state.holding(*arrays):
        enter(state, frame, source.node, run)
    for cell in arrays:
        if cell not in state.heap.written:  # the value that is returned is never the caller's array
            state.heap.values[cell] = state.emit("copy", state.heap.values[cell], hint=cell.name)
    return bound, arrays[0] if isinstance(of, str) else Container(tuple(arrays), tuple)


def _written_argument(cells: Mapping[str, Cell], name: str, source: FunctionSource) -> Cell:
    """The array that a caller passes for a parameter, whatever the function binds the name to later."""
    if name not in cells:
        raise UnsupportedSyntaxError(f"the argument `{name}` of `{source.name}` is not an array", source.span)
    return cells[name]


def _defaults(source: FunctionSource, names: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    """The defaults that generated code can state: constants, as long as those of all later parameters are too."""
    stated: dict[str, Any] = {}
    for name in reversed(names):
        if name not in source.defaults:
            break
        default = source.defaults[name]
        try:
            value = literal_value(default) if isinstance(default, gast.AST) else default
        except ValueError:
            break
        if not (value is None or type(value) in (int, float, bool, str)):
            break
        stated[name] = value
    return tuple(reversed(stated.items()))


def _result_atom(state: State, source: FunctionSource, result: Ref) -> Any:
    frame = Frame(source, {})
    state.frames.append(frame)
    try:
        frame.statement = _last_return(frame.source.node)
        if result == Constant(None):
            state.refuse(source.node, f"`{source.name}` returns nothing", _NOTHING)
        if isinstance(result, Maybe):
            message = f"`{source.name}` returns a value on some paths and None on others"
            state.refuse(source.node, message, "end the function with a `return`")
        with state.at(frame.statement):
            return result_value(state, result, frame.statement)
    finally:
        state.frames.pop()


_NOTHING = 'return the value to differentiate, or name the argument that holds it: `of="A"`'


def _last_return(node: Any) -> Any:
    return node.body[-1] if isinstance(node.body, list) else node.body
