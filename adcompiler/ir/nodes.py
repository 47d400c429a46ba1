"""The intermediate representation: structured SSA with value semantics.

A `Program` owns a `Region`: parameters, a list of equations, results. An equation applies a primitive to atoms
(values and literals) and defines new values. Control flow is three primitives whose equations own regions; a region
may mention every value in scope around its equation, besides its own parameters:

`if`
    inputs `(condition,)`, regions `(then, else)` without parameters; the branches' results become the outputs.
`for`
    inputs `(*sequences, *initial)`; one region with parameters `(*elements, *carried)` and results
    `(*carried, *collected)`; outputs `(*carried, *lists)`. Runs once for each element of its sequences (which have
    one length, and are ranges, lists or arrays along their first axis), backwards if `reverse`. Every `collected`
    result is gathered, in the order of iteration, into a list: the tape of that value. Backwards, a list is read
    from its last element.
`while`
    inputs `initial`; regions `(condition, body)`, both with parameters `carried`; results and outputs as for `for`.

`try`
    no inputs, regions `(body, handler)`; the handler's one parameter is the exception. Static `catches`: its classes.
    The results of the body become the outputs, or those of the handler if the body raised. Nothing in the body that may
    raise is dropped, moved out of it or past what else may raise; nothing is moved into it.
`finally`
    no inputs, regions `(body, final)` without parameters. Both run, once, the second also when the first raises. Every
    output is the result of one of them, and `UNDEFINED` in the other.
`with`
    one region, whose parameter is what entering the context gives. The context manager is the one input, or what
    `call` (static) makes of the inputs, the last of them by the names in `keywords`. `again` says that the adjoint of
    the region belongs into the same context; other contexts are entered once, in the forward sweep.

Another refers to code by name: the `call` of a *callee*, another program in the table `Program.callees`. Inputs are
its arguments, outputs its results. Callees may call each other and themselves. What calls a function that takes
functions, a solver of equations, names the callees that it is *handed* (static `handed`).

Nothing here is ever changed in place: `setitem(A, v)` is a new array value. `UNDEFINED` stands for the value of a
variable on a path that does not define it; nothing may read it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from enum import Enum
from typing import Any

import numpy as np

from adcompiler.ir.structure import Structure, leaves
from adcompiler.ir.types import Type, type_of_constant
from adcompiler.record import record
from adcompiler.spans import Span

InferTypes = Callable[..., tuple[Type, ...]]
"""`infer(*input_types, **static) -> output types`. A shape part or extent named `?` gets the name of its value."""


class Undefined(Enum):
    """The one value of a variable that no statement on this path has defined."""

    UNDEFINED = "undefined"

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED = Undefined.UNDEFINED


@record(frozen=True, slots=True, eq=False)
class Primitive:
    """An operation of the IR; two are equal when their names are.

    Parameters
    ----------
    name : str
        Unique: `sin`, `setitem`, `for`, …
    spelling : str
        How generated code calls it (`np.sin`, `math.sin`, `len`); empty for what has a syntax of its own.
    infer : callable
        The types of its results from the types of its inputs and its static parameters.
    packs : bool
        Its inputs are one sequence argument, as in `np.stack((a, b))`.
    views : bool
        The result may share the memory of the first input.
    updates : bool
        The result is the first input with a part replaced: code may write it in place where nothing else can see it.
    effect : bool
        Happens even when nobody uses its result, once, in order.
    named : callable, optional
        Says where the function is found when code is written: one of the user's, which code calls by its own name.
    """

    name: str
    spelling: str = ""
    infer: InferTypes = field(default=lambda *_, **__: (), repr=False)
    packs: bool = False
    views: bool = False
    updates: bool = False
    effect: bool = False
    named: Callable[[], Named] | None = field(default=None, repr=False)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Primitive) and self.name == other.name)

    def __hash__(self) -> int:
        return hash(self.name)

    def __str__(self) -> str:
        return self.name


@record(frozen=True, slots=True, eq=False)
class Value:
    """One SSA value, defined once: by a region's parameter or by an equation. Two are equal when their names are."""

    name: str
    """Unique in its program."""
    type: Type
    hint: str | None = None
    """The user's name for it (`y`), or the adjoint's (`y_bar`); None for a part of an expression."""
    _hash: int = field(init=False, repr=False, compare=False)
    """Known from the beginning: a value is looked up a hundred times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.name))

    def __eq__(self, other: object) -> bool:
        return other is self or (isinstance(other, Value) and other.name == self.name)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return self.name


@record(frozen=True, slots=True, eq=False)
class Named:
    """An object that a program mentions by name: a class of exceptions, a logger, a function that is not followed.

    Parameters
    ----------
    path : str
        How code refers to it: `ValueError`, `np.linalg.LinAlgError`, `time.sleep`, `ModelError`.
    module : str or None
        Where it can be imported from; None if nowhere.
    value : object
        The object itself; None where its file is only read.
    """

    path: str
    module: str | None = None
    value: Any = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Named):
            return False
        return self.value is other.value and (self.path, self.module) == (other.path, other.module)

    def __hash__(self) -> int:
        return hash((self.path, self.module))

    def __str__(self) -> str:
        return self.path

    __repr__ = __str__


@record(frozen=True, slots=True, eq=False)
class Literal:
    """A constant. Equal only to a constant of the same type and sign: 1, 1.0, True and -0.0, 0.0 all differ."""

    value: Any

    @property
    def type(self) -> Type:
        """The type of the constant."""
        return type_of_constant(self.value)

    def _key(self) -> tuple[object, ...]:
        value = self.value
        if isinstance(value, (float, np.floating)):
            return type(value), "nan" if math.isnan(value) else value, math.copysign(1.0, value)
        if isinstance(value, Named):
            return Named, value
        return type(value), repr(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __str__(self) -> str:
        return repr(self.value)


Atom = Value | Literal


@record(frozen=True, slots=True)
class Region:
    """Straight-line code: parameters, equations in order, results."""

    parameters: tuple[Value, ...]
    equations: tuple[Equation, ...]
    results: tuple[Atom, ...]
    _free: dict[Value, None] | None = field(init=False, default=None, repr=False, compare=False)
    """What `free_values` and others found, who are asked again by each region around: a region does not change."""
    _has_effect: bool | None = field(init=False, default=None, repr=False, compare=False)
    _may_raise: bool | None = field(init=False, default=None, repr=False, compare=False)

    @property
    def has_effect(self) -> bool:
        """Whether an equation in this region must happen even when nobody uses its result."""
        if self._has_effect is None:
            object.__setattr__(self, "_has_effect", any(equation.has_effect for equation in self.equations))
        return bool(self._has_effect)

    def may_raise(self, test: Callable[[Equation], bool]) -> bool:
        """Whether one of its equations may raise, which `test` says."""
        if self._may_raise is None:
            object.__setattr__(self, "_may_raise", any(map(test, self.equations)))
        return bool(self._may_raise)


@record(frozen=True, slots=True)
class Equation:
    """`outputs = primitive(*inputs, **static)`, with regions for control flow."""

    primitive: Primitive
    inputs: tuple[Atom, ...]
    outputs: tuple[Value, ...]
    static: tuple[tuple[str, Any], ...] = ()
    """Keyword parameters known at compile time (`axis`, `keepdims`), sorted by name."""
    regions: tuple[Region, ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)
    sweep: str = field(default="forward", compare=False, repr=False)
    """`forward` for the primal and what it keeps, `backward` for adjoint code."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The static parameters as a mapping."""
        return dict(self.static)

    @property
    def is_loop(self) -> bool:
        """Whether this is a `for` or a `while`."""
        return self.primitive is FOR or self.primitive is WHILE

    @property
    def callee(self) -> str | None:
        """The name of the program that a `call` calls."""
        return str(self.parameters["callee"]) if self.primitive is CALL else None

    @property
    def handed(self) -> tuple[str, ...]:
        """The names of the programs that it hands to the function that it calls: to a solver of equations, say."""
        return next((value for name, value in self.static if name == "handed"), ())

    @property
    def yields_outputs(self) -> bool:
        """Whether the results of its regions are its outputs, one for one: an `if`, `try`, `finally` or `with`."""
        return bool(self.regions) and not self.is_loop

    @property
    def has_effect(self) -> bool:
        """Whether this equation, or one in its regions, must happen even when nobody uses its result."""
        if self.primitive is CALL:
            return bool(self.parameters["effect"])
        if not self.regions:
            return self.primitive.effect
        return self.primitive.effect or any(region.has_effect for region in self.regions)


@record(frozen=True, slots=True)
class Program:
    """A function: a region with a name and the defaults of its parameters.

    `body.results` holds one atom, the returned value, which may be a `tuple` value (those of a callee are its outputs).
    The last `keyword_only` parameters must be given by name. `defaults` holds source text, by parameter name.
    """

    name: str
    body: Region
    defaults: tuple[tuple[str, Any], ...] = ()
    keyword_only: int = 0
    seed: str = ""
    """In an adjoint, the name of the parameter that is the cotangent of the primal's result."""
    doc: str = ""
    """The lines of the header: what this function computes, of which source."""
    packed: tuple[tuple[str, Structure], ...] = ()
    """Parameters that a caller passes in one structure: its name, and the positions of its leaves that are parameters
    (None for the others). They stand together, in order."""

    callees: tuple[Program, ...] = ()
    """The programs that equations here, or in each other, call by name; they have no callees of their own. Unlike a
    program that is called from outside, a callee has any number of results, in memory that nobody else refers to."""

    @property
    def arguments(self) -> tuple[tuple[str, Value | Structure], ...]:
        """What a caller passes, in order: the name of each, and the parameter or the parameters that it is."""
        numbers = [[n for n in leaves(tree) if n is not None] for _, tree in self.packed]
        first = {found[0]: packed for found, packed in zip(numbers, self.packed, strict=True) if found}
        inside = set().union(*numbers)
        found: list[tuple[str, Value | Structure]] = []
        for number, parameter in enumerate(self.body.parameters):
            if number in first:
                found.append(first[number])
            elif number not in inside:
                found.append((parameter.name.replace(".", "_"), parameter))
        return tuple(found)


IF = Primitive("if")
FOR = Primitive("for")
WHILE = Primitive("while")
CALL = Primitive("call")
TRY = Primitive("try")
FINALLY = Primitive("finally")
WITH = Primitive("with", effect=True)


@record(frozen=True, slots=True)
class Slot:
    """In the static index of `getitem`, `setitem` and `additem`: the input with this number, after the array."""

    number: int


def calls_in(region: Region) -> dict[str, None]:
    """The names of the programs that a region calls or hands over, in order of first mention."""
    found: dict[str, None] = {}
    for equation in walk(region):
        if equation.callee is not None:
            found[equation.callee] = None
        found.update(dict.fromkeys(equation.handed))
    return found


def reachable_callees(*programs: Program) -> tuple[Program, ...]:
    """The callees that programs call, directly or not: those that are called before those that call, where possible."""
    table = {callee.name: callee for program in programs for callee in program.callees}
    found: dict[str, Program] = {}
    visited: set[str] = set()

    def visit(region: Region) -> None:
        for name in calls_in(region):
            if name not in visited:
                visited.add(name)
                visit(table[name].body)
                found[name] = table[name]

    for program in programs:
        visit(program.body)
    return tuple(found.values())


def is_recursive(program: Program) -> bool:
    """Whether a function that a program calls calls itself, directly or through others."""
    return any(
        callee.name in {called.name for called in reachable_callees(replace(program, body=callee.body))}
        for callee in program.callees
    )


def walk(region: Region) -> Iterator[Equation]:
    """Every equation of a region, outer before inner, in order."""
    pending = [iter(region.equations)]
    while pending:
        for equation in pending[-1]:
            yield equation
            if equation.regions:
                pending.extend([iter(inner.equations) for inner in reversed(equation.regions)])
                break
        else:
            pending.pop()


def mentions(equation: Equation) -> Iterator[Atom]:
    """The atoms that an equation reads, and that its regions yield."""
    yield from equation.inputs
    for region in equation.regions:
        yield from region.results


def free_values(region: Region) -> Mapping[Value, None]:
    """The values a region mentions but does not define, in order of first mention."""
    if region._free is not None:
        return region._free
    defined = set(region.parameters)
    free: dict[Value, None] = {}
    for equation in region.equations:
        for atom in equation.inputs:
            if isinstance(atom, Value) and atom not in defined:
                free[atom] = None
        for inner in equation.regions:
            for value in free_values(inner):
                if value not in defined:
                    free[value] = None
        defined.update(equation.outputs)
    for atom in region.results:
        if isinstance(atom, Value) and atom not in defined:
            free[atom] = None
    object.__setattr__(region, "_free", free)
    return free
