"""Functions that are handed to a solver of SciPy's: each becomes a callee, which the solver calls.

`definitions` say what a call of SciPy's means in terms of a few solvers (`runtime.scipy_solvers`); here a call of one
of those is read. The function's parameters are what the solver gives it at each call, whose types are known from the
solver's operands, then what is passed on to it (`args`), and what it reads of the program around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adcompiler import runtime
from adcompiler.errors import DifferentiationError, UnknownTypeError
from adcompiler.frontend.callees import Callee, Output
from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import Closure, Constant, Container, Method, Partial, Ref
from adcompiler.frontend.inline import run
from adcompiler.frontend.meanings import Arguments, Keywords, Meaning, means
from adcompiler.frontend.parse import FunctionSource, function_source, unwrap
from adcompiler.frontend.readings import define
from adcompiler.frontend.recursion import activation_key, callee_for, note_static
from adcompiler.frontend.signals import StaticArgumentNeeded
from adcompiler.frontend.skeleton import Place
from adcompiler.frontend.state import State
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Value
from adcompiler.ir.rewrite import rename
from adcompiler.rules.solvers import ELEMENTWISE, SOLVERS, given_types


def handed(function: Any, given: Any, args: Any) -> Any:
    """The function, called as a solver calls it."""
    return function(*given, *args)


def _reading(name: str) -> Meaning:
    def read(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        function, operands, args = (*arguments, Container((), tuple))[:3]
        operands, args = state.plain(operands), state.plain(args)
        assert isinstance(operands, Container)
        options = {key: state.constant_of(ref, node, f"`{key}=`") for key, ref in keywords.items()}
        return _solve(state, name, function, operands.items, args, options, node)

    return read


def _refuse_second(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    state.refuse(
        node,
        "the second derivative of what a solver finds is not supported",
        "differentiate once, and take differences of that",
    )


for _name in SOLVERS:
    means(getattr(runtime, _name))(_reading(_name))
    means(getattr(runtime, f"{_name}_bar"))(_refuse_second)


def _solve(
    state: State, name: str, function: Ref, operands: Sequence[Ref], args: Ref, options: dict[str, Any], node: Any
) -> Ref:
    solver = SOLVERS[name]
    atoms = [state.read_value(operand, node) for operand in operands]
    types = given_types(name, [atom.type for atom in atoms], options.get("solver"))
    if any(atom.type.is_complex for atom in atoms):
        state.refuse(node, "solvers are supported for real unknowns", "solve for real and imaginary parts")
    if options.get("solver") not in ELEMENTWISE and types[0].rank not in (None, 0, 1):
        state.refuse(node, "the unknowns of a solver are a vector: this has more axes", "use `np.ravel`")
    if any(type.rank is None for type in types):
        state.refuse(node, "of how many unknowns this is a function is not known", "give types", UnknownTypeError)
    given = tuple(state.bind(state.builder.value(type, "x")) for type in types)
    names: dict[str, Ref] = {"given": Container(given, tuple), "function": function, "args": args}
    user = next(iter(state.frame.names.values()))
    callee = _read_callee(state, Frame(function_source(handed), names, place=state.frame.place), _called(user), node)
    signature = callee.signature
    leaves = callee.arguments(state, names).leaves
    passed: list[Atom] = [state.read_value(ref, node) for ref in list(leaves.values())[len(given) :]]
    passed += [state.heap.values[cell] for cell in signature.cells]
    passed += signature.values
    if any(atom.type.is_complex for atom in passed):
        state.refuse(node, "a function that is handed to a solver depends on complex numbers", "pass their parts")
    places = [*leaves][len(given) :]
    source = function.source if isinstance(function, Closure) and not function.source.collecting else _source_of(user)
    named_by = [_name_of(place, atom, source, len(given)) for place, atom in zip(places, passed, strict=False)]
    named_by += [atom.hint if isinstance(atom, Value) else None for atom in passed[len(named_by) :]]
    _name_parameters(state, callee, function, named_by)
    static = {key: _static(value) for key, value in options.items() if value is not None}
    value = state.builder.emit(solver.primitive, *atoms, *passed, handed=(callee.name,), operands=len(atoms), **static)
    return state.bind(value)


def _read_callee(state: State, frame: Frame, called: str, node: Any) -> Callee:
    while True:
        frame.key = activation_key(state, frame, node)
        callee = callee_for(state, frame, called)
        try:
            define(state, callee, node, run)
        except StaticArgumentNeeded as request:
            if not note_static(state, callee, request):
                raise
            continue
        signature = callee.signature
        if signature.written or signature.changed:
            state.refuse(node, "a function that is handed to a solver changes what it is given", "change a copy")
        if not isinstance(signature.returned, Output) or len(signature.outputs) != 1:
            state.refuse(node, "a function that is handed to a solver does not return one number or array")
        if signature.outputs[0].is_complex:
            state.refuse(node, "solvers are supported for real functions", "take real and imaginary parts apart")
        return callee


def _static(value: Any) -> Any:
    """An option as a constant of the program."""
    return tuple(value.items()) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value


def _name_of(place: Place, atom: Atom, source: FunctionSource | None, given: int) -> str | None:
    """What a part of `args` is called: as a parameter of a function, or where it comes from."""
    if source is not None and len(place) == 2 and place[0] == "args" and given + place[1] < len(source.parameters):
        return str(source.parameters[given + place[1]])
    return atom.hint if isinstance(atom, Value) else None


def _name_parameters(state: State, callee: Callee, function: Ref, passed: Sequence[str | None]) -> None:
    """Call the parameters of a callee what its function calls them."""
    program = state.callees.programs[callee.name]
    parameters = program.body.parameters
    given = len(parameters) - len(passed)
    own = function.source.parameters[:given] if isinstance(function, Closure) else ()
    supply = NameSupply.beside(replace(program, body=replace(program.body, parameters=())))
    names = {
        parameter: Value(supply.fresh(hint or parameter.hint), parameter.type, hint or parameter.hint)
        for parameter, hint in zip(parameters, [*(own or (None,) * given), *passed], strict=True)
    }
    doc = f"{callee.name}, as `{state.frame.source.name}` calls it"
    state.callees.programs[callee.name] = replace(program, body=rename(program.body, names), doc=doc)


def _source_of(function: Ref) -> FunctionSource | None:
    """The source of a function, or None."""
    if isinstance(function, Closure):
        own: FunctionSource = function.source
        return own
    if not isinstance(function, Constant):
        return None
    try:
        found = unwrap(function.value)
        return found if isinstance(found, FunctionSource) else function_source(found)
    except (DifferentiationError, TypeError, AttributeError):
        return None


def _called(function: Ref) -> str:
    """What a function is called, for the one that is written for it."""
    match function:
        case Closure(source=source):
            name = source.name
        case Partial(function=inner):
            return _called(inner)
        case Method(name=name):
            pass
        case Constant(value=value):
            name = getattr(value, "__name__", "function")
        case _:
            name = "function"
    return name if name.isidentifier() and name != "lambda" else "function"


@means(runtime.parameter_count)
def _parameter_count(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (function,) = arguments
    source = _source_of(function)
    if source is None:
        state.refuse(node, "how many parameters this function has is not known")
    if source.collecting:
        state.refuse(node, f"how many parameters `{source.name}` is to be given is not known")
    return Constant(len(source.parameters))
