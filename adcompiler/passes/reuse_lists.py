"""Tapes that the program keeps anyway."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adcompiler.analysis.activity import loop_parts
from adcompiler.analysis.changing import changing_lists
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import FOR, Atom, Equation, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, definitions_in, region_with, substitute, with_regions
from adcompiler.rules.table import RULES


def reuse_lists(program: Program) -> Program:
    """Read what the backward sweep needs from a list of the user's, where a loop puts it into one in every round.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x, n):
    ...     xs = []
    ...     for i in range(n):
    ...         x = np.exp(x)
    ...         xs.append(x)
    ...     return sum(xs)
    ... '''
    >>> show_pass(reuse_lists, text, gradient=True, x="float64", n="int")  # doctest: +ELLIPSIS
    program grad_f(x: float64, n: int64*, out_bar: float64):
    ...
        x_bar.4: float64, xs_bar...: list(float64) = for(t.1, xs..., 0.0, xs_bar, reverse=True, sequences=2)
    ...
    """
    if not any(_kept_lists(equation) and _tapes(equation) for equation in walk(program.body)):
        return program
    changing = changing_lists(program)
    names = NameSupply.beside(program)
    return replace(program, body=_reuse(program.body, changing, names))


def _tapes(loop: Equation) -> tuple[Value, ...]:
    """The lists among a loop's outputs that it collects."""
    return loop.outputs[len(loop_parts(loop)[1]) :] if loop.is_loop else ()


def _kept_lists(loop: Equation) -> dict[int, Atom]:
    """The numbers of carried lists to which each round appends one item, with the item."""
    if not loop.is_loop:
        return {}
    sequences, _, body = loop_parts(loop)
    definitions = definitions_in(body.equations)
    found: dict[int, Atom] = {}
    for number, parameter in enumerate(body.parameters[len(sequences) :]):
        result = body.results[number]
        append = definitions.get(result) if isinstance(result, Value) else None
        if append is not None and append.primitive.name == "append" and append.inputs[0] == parameter:
            found[number] = append.inputs[1]
    return found


@dataclass(frozen=True)
class _Part:
    """Where what a tape holds is found: in the items of a list, or in a part of each."""

    whole: Value
    index: int | None


def _reuse(region: Region, changing: frozenset[Value], names: NameSupply) -> Region:
    equations: list[Equation] = []
    parts: dict[Value, _Part] = {}
    definitions: dict[Value, Equation] = {}
    uses = count_uses(region)
    readers = _readers(region)
    for equation in region.equations:
        current = with_regions(equation, [_reuse(inner, changing, names) for inner in equation.regions])
        if current.is_loop:
            current = _without_tapes(current, definitions, changing, parts, uses, readers)
        if current.primitive is FOR:
            current = _over_lists(current, parts, names)
        definitions.update(dict.fromkeys(current.outputs, current))
        equations.append(current)
    mapping: dict[Value, Atom] = {tape: part.whole for tape, part in parts.items() if part.index is None}
    return substitute(region_with(region, equations), mapping)


def _readers(region: Region) -> dict[Value, int]:
    """How often each value is a sequence of a loop in a region (not in one within)."""
    found: dict[Value, int] = {}
    for equation in region.equations:
        if equation.primitive is FOR:
            for atom in equation.inputs[: equation.parameters["sequences"]]:
                if isinstance(atom, Value):
                    found[atom] = found.get(atom, 0) + 1
    return found


def _without_tapes(
    loop: Equation,
    definitions: dict[Value, Equation],
    changing: frozenset[Value],
    parts: dict[Value, _Part],
    uses: dict[Value, int],
    readers: dict[Value, int],
) -> Equation:
    """A loop without the tapes whose content is in a list that it fills; `parts` learns where."""
    _, initial, body = loop_parts(loop)
    made = definitions_in(body.equations)
    for number, item in _kept_lists(loop).items():
        whole, start = loop.outputs[number], initial[number]
        begins_empty = isinstance(start, Value) and start in definitions and _is_empty(definitions[start])
        if not begins_empty or whole in changing:
            continue
        places: dict[Atom, int | None] = {item: None}
        packed = made.get(item) if isinstance(item, Value) else None
        if packed is not None and packed.primitive.name == "make_tuple":
            places |= {atom: index for index, atom in reversed(list(enumerate(packed.inputs)))}
        for position, tape in enumerate(loop.outputs[len(initial) :], len(initial)):
            kept = body.results[position]
            only_walked = readers.get(tape, 0) == uses.get(tape, 0)
            if tape not in parts and kept in places and (places[kept] is None or only_walked):
                parts[tape] = _Part(whole, places[kept])
    gone = [number for number, output in enumerate(loop.outputs) if output in parts]
    if not gone:
        return loop
    stays = [number for number in range(len(loop.outputs)) if number not in gone]
    body = replace(body, results=tuple(body.results[number] for number in stays))
    outputs = tuple(loop.outputs[number] for number in stays)
    return replace(loop, outputs=outputs, regions=(*loop.regions[:-1], body))


def _is_empty(equation: Equation) -> bool:
    return equation.primitive.name == "make_list" and not equation.inputs


def _over_lists(loop: Equation, parts: dict[Value, _Part], names: NameSupply) -> Equation:
    """A loop over lists of tuples in the place of tapes whose content is in the tuples."""
    sequences, initial, body = loop_parts(loop)
    found = [parts.get(atom) if isinstance(atom, Value) else None for atom in sequences]
    inside = [None if part is None or part.index is None else part for part in found]
    wholes = dict.fromkeys(part.whole for part in inside if part is not None)
    if not wholes:
        return loop
    elements = {whole: Value(names.fresh(None), whole.type.elements[0]) for whole in wholes}
    items = tuple(
        Equation(
            RULES["item"].primitive,
            (elements[part.whole],),
            (parameter,),
            (("index", part.index),),
            span=loop.span,
            sweep=loop.sweep,
        )
        for part, parameter in zip(inside, body.parameters, strict=False)
        if part is not None
    )
    kept = [number for number, part in enumerate(inside) if part is None]
    static = dict(loop.static) | {"sequences": len(kept) + len(wholes)}
    parameters = (
        *(body.parameters[number] for number in kept),
        *elements.values(),
        *body.parameters[len(sequences) :],
    )
    return replace(
        loop,
        inputs=(*(sequences[number] for number in kept), *wholes, *initial),
        static=tuple(sorted(static.items())),
        regions=(replace(body, parameters=parameters, equations=(*items, *body.equations)),),
    )
