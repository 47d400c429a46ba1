"""Reverse mode: from a program to one that computes its cotangents.

`reverse` writes one function, in which what the backward sweep needs of the forward sweep are local variables;
`split` writes a pair, with those residuals as an argument of the second. Both come from the same walk backwards over
the equations (`control_flow.pull_equations`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adcompiler.analysis.activity import active_values, can_carry_cotangent
from adcompiler.analysis.changing import changing_lists
from adcompiler.analysis.undefined import perhaps_undefined
from adcompiler.analysis.versions import find_versions
from adcompiler.errors import DifferentiationError
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Region, Value, walk
from adcompiler.ir.rewrite import definitions_in, rename
from adcompiler.ir.structure import Structure, leaves
from adcompiler.ir.types import FLOAT, Type, unknown
from adcompiler.rules.structure import packing_parameter
from adcompiler.rules.table import RULES
from adcompiler.spans import Span
from adcompiler.transform.complex_numbers import check_complex, conjugated, require_real
from adcompiler.transform.control_flow import pull_equations
from adcompiler.transform.cotangents import AdjointBuilder, Cotangent, Cotangents
from adcompiler.transform.pairs import Pairs
from adcompiler.transform.recomputation import arrays_behind
from adcompiler.transform.residuals import with_restored_arrays
from adcompiler.transform.restoring import Attempt, Restoring, choose
from adcompiler.transform.samples import check_samples
from adcompiler.transform.splitting import cut, split_callees
from adcompiler.transform.stationary import with_gradients


def reverse(
    program: Program,
    wrt: tuple[int | Structure, ...],
    *,
    as_tuple: bool,
    value: bool = False,
    aux: bool = False,
    shaped: bool = True,
) -> Program:
    """The program that computes the cotangents of parameters, given the cotangent of the result.

    Parameters
    ----------
    program : Program
    wrt : tuple of int or Structure
        The positions of the parameters whose cotangents are wanted; those of parameters in one structure in that.
    as_tuple : bool
        Return the cotangents as a tuple; otherwise there is one, and it is returned as it is.
    value : bool
        Return `(result, cotangents)`, with the primal's result as the primal returns it.
    aux : bool
        The primal returns `(value, aux)`, and only `value` is differentiated. Without `value`, the program returns
        `(cotangents, aux)`.
    shaped : bool
        The seed has the shape of the result; else what broadcasts to it will do, so that 1 stands for ones.

    Returns
    -------
    Program
        With the primal's parameters and the seed, the cotangent of the result, which is 1 unless given. It is called
        `y_bar` if the primal returns its variable `y`. The cotangent of an expression is called `out_bar`, or
        `result_bar` where `out` is one of the primal's own variables.

    Raises
    ------
    DifferentiationError
        A derivative on the way from these parameters to the result is not known, or the result has none.
    """
    program = with_gradients(program, _reverse_first)
    sweep = _sweep_restoring(program, wrt, aux=aux, shaped=shaped)
    require_real(program, sweep.task.target, complex_numbers=sweep.task.complex_numbers)
    adjoint = sweep.in_scope()
    builder = AdjointBuilder(sweep.builder.names)
    cotangents = sweep.packed(wrt, adjoint.results, builder)
    gradient: Atom = builder.call("make_tuple", *cotangents) if as_tuple else cotangents[0]
    result = gradient
    if value:
        result = builder.call("make_tuple", program.body.results[0], gradient)
    elif aux:
        result = builder.call("make_tuple", gradient, sweep.task.parts[1])
    parameters = _with_seed(program, sweep.seed)
    body = Region(parameters, (*sweep.forward, *adjoint.equations, *builder.equations), (result,))
    return Program(
        f"{'value_and_' if value else ''}grad_{program.name}",
        rename(body, sweep.names),
        (*program.defaults, (sweep.seed.name, _ones(sweep.seed.type))),
        program.keyword_only,
        sweep.seed.name,
        program.doc,
        program.packed,
        program.callees + sweep.pairs(),
    )


def split(program: Program, wrt: tuple[int | Structure, ...], *, aux: bool = False) -> tuple[Program, Program]:
    """The program cut in two: `f_forward(*args) -> (result, residuals)`, `f_backward(residuals, seed)`.

    The second returns a tuple with the cotangents of the parameters at the positions `wrt`. `residuals` is a tuple
    of what it needs of the first. The seed, which is called as in `reverse`, is a tuple where the result is one; with
    `aux`, the primal returns `(value, aux)` and the seed is the cotangent of `value`.
    """
    program = with_gradients(program, _reverse_first)
    taken = (f"{program.name}_forward", f"{program.name}_backward")
    sweep = _sweep_restoring(program, wrt, aux=aux, taken=taken)
    names = sweep.builder.names
    halves = cut(sweep.adjoint, program.body.parameters, sweep.forward, sweep.builder, sweep.restored)

    builder = AdjointBuilder(names)
    builder.sweep = "forward"
    pair = builder.call("make_tuple", program.body.results[0], halves.kept)
    forward = Region(program.body.parameters, (*halves.forward, *builder.equations), (pair,))

    closing = AdjointBuilder(names)
    gradient = closing.call("make_tuple", *sweep.packed(wrt, halves.cotangents, closing))
    equations = (*halves.backward, *closing.equations)
    backward = Region((halves.residuals, sweep.seed), equations, (gradient,))
    pairs = sweep.pairs()
    return (
        replace(
            program,
            name=f"{program.name}_forward",
            body=rename(forward, sweep.names),
            callees=program.callees + pairs,
        ),
        Program(
            f"{program.name}_backward",
            rename(backward, sweep.names),
            seed=sweep.seed.name,
            doc=program.doc,
            callees=pairs,
        ),
    )


def _reverse_first(program: Program) -> Program:
    """The gradient of a program with respect to its first parameter."""
    return reverse(program, (0,), as_tuple=False)


@dataclass(frozen=True)
class _Sweep:
    """Both sweeps of a program, before they are put together."""

    task: _Task
    forward: tuple[Equation, ...]
    adjoint: Region
    """The backward sweep; its results are the cotangents."""
    restored: Mapping[Value, Atom]
    """Versions of arrays that the backward sweep restores, and the values that hold them."""
    builder: AdjointBuilder
    seed: Value
    names: dict[Value, Value]
    """Names for cotangents that were found after they were written."""

    @property
    def parameters(self) -> Sequence[Value]:
        """The program's parameters."""
        return self.task.program.body.parameters

    def pairs(self) -> tuple[Program, ...]:
        """The functions that the calls of both sweeps call."""
        return split_callees(self.task.pairs, mixed=self.task.mixed, complex_numbers=self.task.complex_numbers)

    def in_scope(self) -> Region:
        """The backward sweep as it stands below the forward sweep, whose values it may mention."""
        return with_restored_arrays(self.adjoint, self.parameters, self.forward, self.builder.names, self.restored)

    def attempt(self) -> Attempt:
        """What this sweep restores, to be looked at."""
        adjoint = self.in_scope()
        whole = Region((), (*self.forward, *adjoint.equations), adjoint.results)
        return Attempt(self.builder.restoring, whole, frozenset(definitions_in(self.forward)))

    def packed(self, wrt: Sequence[int | Structure], cotangents: Sequence[Atom], builder: AdjointBuilder) -> list[Atom]:
        """The results of the backward sweep in the structures of the primal's arguments."""
        found = dict(zip(self.task.positions, cotangents, strict=True))
        return [_packed(tree, found, builder) for tree in wrt]


def _packed(tree: int | Structure | None, cotangents: Mapping[int, Atom], builder: AdjointBuilder) -> Atom:
    """Cotangents in the structure of an argument; None in the place of what has none."""
    if isinstance(tree, Structure):
        parts = [_packed(part, cotangents, builder) for part in tree.parts]
        return builder.call("make_tuple", *parts, **packing_parameter(tree.packing))
    return Literal(None) if tree is None or tree not in cotangents else cotangents[tree]


@dataclass(frozen=True)
class _Task:
    """A program, and what is to be differentiated of it."""

    program: Program
    positions: Sequence[int]
    """Of the parameters that cotangents are wanted of."""
    target: Atom
    """The result, or the part of it, that has a seed."""
    parts: Sequence[Atom]
    shaped: bool
    active: frozenset[Value]
    pairs: Pairs
    mixed: bool
    complex_numbers: bool

    @property
    def parameters(self) -> list[Value]:
        """The parameters that cotangents are wanted of."""
        return [self.program.body.parameters[position] for position in self.positions]


def _sweep_restoring(
    program: Program, wrt: Sequence[int | Structure], *, aux: bool, shaped: bool = True, taken: Sequence[str] = ()
) -> _Sweep:
    """Both sweeps, with those arrays restored for which that pays; `taken` are names that callees cannot have."""
    task = _task(program, wrt, aux=aux, shaped=shaped, taken=taken)
    versions = find_versions(program)
    sweeps: dict[frozenset[Value], _Sweep] = {}

    def sweep(chosen: frozenset[Value]) -> _Sweep:
        if chosen not in sweeps:
            sweeps[chosen] = _sweep_backwards(task, Restoring(versions, chosen))
        return sweeps[chosen]

    return sweep(choose(versions, arrays_behind(program, versions), lambda chosen: sweep(chosen).attempt()))


def _task(program: Program, wrt: Sequence[int | Structure], *, aux: bool, shaped: bool, taken: Sequence[str]) -> _Task:
    (result,) = program.body.results
    parts = _parts_of(program, result)
    if aux and not parts:
        raise TypeError("with has_aux, the function must return a pair: (value, auxiliary)")
    target = parts[0] if aux else result
    positions = list(_differentiated(program, wrt))
    parameters = [program.body.parameters[position] for position in positions]
    _check_types(program, parameters, target)
    activity = active_values(program, parameters, [target])
    check_samples(program, parameters)
    for callee in program.callees:
        check_samples(callee, [p for p in callee.body.parameters if can_carry_cotangent(p.type)])
    every = (program, *program.callees)
    complex_numbers = any(_has_dtypes(each, "complex128", "complex64") for each in every)
    if complex_numbers:
        check_complex(program, parameters, activity.values)
        for callee in program.callees:
            active = activity.callees[callee.name]
            check_complex(callee, [p for p in callee.body.parameters if p in active], active)
    mixed = any(_has_dtypes(each, "float32", "float16", "complex64") for each in every)
    pairs = Pairs(program, activity, taken)
    return _Task(program, positions, target, parts, shaped, activity.values, pairs, mixed, complex_numbers)


def _sweep_backwards(task: _Task, restoring: Restoring) -> _Sweep:
    program, target = task.program, task.target
    builder = AdjointBuilder(
        NameSupply.beside(program),
        perhaps_undefined(program),
        mixed=task.mixed,
        complex_numbers=task.complex_numbers,
        restoring=restoring,
        pairs=task.pairs,
        changing=changing_lists(program),
    )
    seed = _seed(program, target, builder, shaped=task.shaped)
    straight = [output for equation in program.body.equations if not equation.regions for output in equation.outputs]
    cotangents = Cotangents(builder, task.active)
    with builder.scope(iter([*program.body.parameters, *straight])):
        given = cotangents.strong(seed, target.type) if target.type.dtype == "float64" else seed
        if not task.shaped:
            given = _broadcast_seed(seed, target, task.parts, cotangents)
        cotangents.add(target, Cotangent(conjugated(given, target.type, builder)))
        forward = pull_equations(program.body.equations, cotangents)
        builder.span = None
        results = [conjugated(cotangents.returned(p), p.type, builder) for p in task.parameters]
    adjoint = Region((), builder.equations, tuple(results))
    return _Sweep(task, forward, adjoint, cotangents.restored, builder, seed, cotangents.names)


def _differentiated(program: Program, wrt: Sequence[int | Structure]) -> Iterator[int]:
    """The positions of the parameters that are asked for: in a structure, of those that can have a cotangent."""
    for tree in wrt:
        for position in leaves(tree):
            is_alone = not isinstance(tree, Structure)
            if position is not None and (is_alone or can_carry_cotangent(program.body.parameters[position].type)):
                yield position


def _parts_of(program: Program, result: Atom) -> Sequence[Atom]:
    for equation in program.body.equations:
        if result in equation.outputs and equation.primitive.name == "make_tuple":
            return equation.inputs
    return ()


def _check_types(program: Program, parameters: Sequence[Value], target: Atom) -> None:
    for parameter in parameters:
        if not can_carry_cotangent(parameter.type):
            raise DifferentiationError(
                f"`{parameter.hint or parameter.name}` has no gradient: it is {_in_words(parameter.type)}",
                hint="only floating-point numbers and arrays of them can be differentiated",
            )
    if isinstance(target, Value) and not can_carry_cotangent(target.type):
        raise DifferentiationError(
            f"`{program.name}` returns a value that has no derivative: it is {_in_words(target.type)}",
            _span_of(program, target),
            hint="return a floating-point number or array",
        )


def _in_words(type: Type) -> str:
    """What a value that carries no cotangent is."""
    if type.kind == "range":
        return "a range"
    if type.kind in ("tuple", "list"):
        return f"a {type.kind} without floating-point numbers"
    if type.kind == "opaque" or type.dtype is None:
        return "neither a number nor an array"
    one, many = {"int64": ("an integer", "integers"), "bool": ("a truth value", "truth values")}.get(
        type.dtype, (f"a number of type {type.dtype}", type.dtype)
    )
    return one if type.shape == () else f"an array of {many}"


def _span_of(program: Program, value: Value) -> Span | None:
    """Where a value is computed."""
    return next((equation.span for equation in program.body.equations if value in equation.outputs), None)


def _has_dtypes(program: Program, *dtypes: str) -> bool:
    """Whether anything in a program has one of these dtypes, a constant too."""
    mentioned = (atom for equation in walk(program.body) for atom in equation.inputs)
    return any(atom.type.dtype in dtypes for atom in (*_values_of(program), *mentioned))


def _values_of(program: Program) -> Iterator[Value]:
    """The values that a program defines."""
    yield from program.body.parameters
    for equation in walk(program.body):
        yield from equation.outputs
        for region in equation.regions:
            yield from region.parameters


def _broadcast_seed(seed: Atom, target: Atom, parts: Sequence[Atom], cotangents: Cotangents) -> Atom:
    """The seed in the shape of the result, in memory that may be written into."""
    builder = cotangents.builder
    if target.type.kind == "tuple":
        items = [
            builder.emit(RULES["item"].primitive, seed, hint=_bar(part), index=number)
            for number, part in enumerate(parts)
        ]
        filled = [_broadcast_seed(item, part, (), cotangents) for item, part in zip(items, parts, strict=True)]
        return builder.call("make_tuple", *filled)
    assert isinstance(target, Value)
    dtype = {} if target.type.dtype is None else {"dtype": target.type.dtype}
    return builder.call("full", cotangents.shape(target), seed, **dtype)


def _bar(atom: Atom) -> str | None:
    return f"{atom.hint}_bar" if isinstance(atom, Value) and atom.hint else None


def _seed(program: Program, target: Atom, builder: AdjointBuilder, *, shaped: bool = True) -> Value:
    """The parameter for the cotangent of the result, under a name that no variable of the program has or suggests."""
    known = {value.hint for value in _values_of(program)}
    own = target.hint if isinstance(target, Value) else None
    free = (stem for stem in ("out", "result", "seed") if stem not in known and f"{stem}_bar" not in known)
    stem = own if own is not None and f"{own}_bar" not in known else next(free, "out")
    name = f"{stem}_bar"
    return builder.value(
        _cotangent_type(target.type, mixed=builder.mixed) if shaped else _broadcasting(target.type, name), name
    )


def _broadcasting(type: Type, name: str) -> Type:
    """The type of what will be broadcast to a value of this type."""
    if type.kind == "tuple":
        elements = tuple(_broadcasting(element, f"{name}[{n}]") for n, element in enumerate(type.elements))
        return replace(type, elements=elements)
    return unknown(name, type.dtype)


def _cotangent_type(type: Type, *, mixed: bool) -> Type:
    """The type of a cotangent that is passed in; for a number it may be a Python number, as its default is."""
    if type.kind == "tuple":
        return replace(type, elements=tuple(_cotangent_type(element, mixed=mixed) for element in type.elements))
    if mixed and type.shape == () and type.is_numeric and type.dtype is not None:
        return FLOAT if type.kind == "scalar" else replace(FLOAT, kind="unknown")
    return replace(type, extent=None)


def _ones(type: Type) -> str:
    """The default of the seed, as source text."""
    if type.kind != "tuple":
        return "1.0"
    parts = list(map(_ones, type.elements))
    if type.packing is None:
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    if type.packing.keys is None:
        return f"[{', '.join(parts)}]"
    return "{" + ", ".join(f"{key!r}: {part}" for key, part in zip(type.packing.keys, parts, strict=True)) + "}"


def _with_seed(program: Program, seed: Value) -> tuple[Value, ...]:
    """The parameters of the adjoint: the primal's, with the seed after those that may be given by position."""
    parameters = program.body.parameters
    positional = len(parameters) - program.keyword_only
    return (*parameters[:positional], seed, *parameters[positional:])
