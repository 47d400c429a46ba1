"""Statements: equations as assignments, updates, branches and loops, with comments that tie them to the primal.

What a region yields is moved into the variables of its equation's outputs where it is not there already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import gast

from adcompiler.analysis.liveness import Liveness
from adcompiler.backend import syntax
from adcompiler.backend.augmented import plus_equals, updated_part
from adcompiler.backend.expressions import OPERATORS, Expressions
from adcompiler.backend.given import given_values
from adcompiler.backend.guarded import GUARDED
from adcompiler.backend.loops import loop_header, pattern
from adcompiler.backend.nesting import Nesting, is_taken_apart
from adcompiler.backend.packing import unpacking
from adcompiler.backend.pops import read_by_pop
from adcompiler.backend.undefined import variables_read_undefined
from adcompiler.backend.views import path_of
from adcompiler.ir.nodes import CALL, FINALLY, FOR, IF, UNDEFINED, WHILE, Atom, Equation, Literal, Region, Slot, Value
from adcompiler.ir.raising import never_completes
from adcompiler.record import record
from adcompiler.rules.indexed_types import element_of
from adcompiler.rules.indexing import may_repeat
from adcompiler.spans import Span

_ACCUMULATING = ("add", "add_in_place", "copy", "positive", "unbroadcast")
_HEADERS = ("if ", "elif ", "else:", "for ", "while ", "with ")
_IN_PLACE = ("add_in_place", "subtract_in_place")
_UNDEFINED = Literal(UNDEFINED)


@record(frozen=True)
class Origin:
    """What a statement was made from: the place of the primal statement, and the sweep."""

    span: Span | None
    backward: bool


class Statements:
    """Writes the statements of one function.

    Parameters
    ----------
    nesting : Nesting
    liveness : Liveness
        Computed with what is nested.
    names : mapping
        The variable of each value that is not nested.
    expressions : Expressions
    """

    def __init__(
        self, nesting: Nesting, liveness: Liveness, names: Mapping[Value, str], expressions: Expressions
    ) -> None:
        self._nesting = nesting
        self._liveness = liveness
        self._names = names
        self._expressions = expressions
        self._read_undefined = variables_read_undefined(nesting, names)
        self._given = given_values(nesting.program)
        self.origins: list[Origin] = []
        """What each statement was made from; statements carry the position in this list, from 1."""
        self._numbers: dict[Origin, int] = {}
        self._sweep = "forward"
        self._has_backward = any(equation.sweep == "backward" for equation in nesting.positions.equations())
        self._heading: str | None = None
        self._comment: str | None = None
        self._depth = 0

    def function_body(self) -> list[gast.stmt]:
        """The statements of the function, the `return` last."""
        region = self._nesting.program.body
        body = self._unpackings()
        body += [
            syntax.assign(pattern(parameter, self._nesting, self._names), self._expressions(parameter))
            for parameter in region.parameters
            if is_taken_apart(parameter, self._nesting.positions) and self._nesting.positions.uses.get(parameter)
        ]
        body += self._region(region)
        (result,) = region.results
        nested = self._nesting.definition(result)
        lines: list[gast.stmt] = []
        if nested is not None:
            nested = self._commented(nested)
            self._introduce(nested, lines)
        if result == Literal(None):
            return body or [gast.Pass()]
        returned = gast.Return(self._expressions(result))
        lines.append(self._mark(returned, nested) if nested is not None else returned)
        return body + lines

    def _unpackings(self) -> list[gast.stmt]:
        """The statements that take the arguments apart."""
        program, uses = self._nesting.program, self._nesting.positions.uses
        variables = {
            number: self._names[parameter]
            for number, parameter in enumerate(program.body.parameters)
            if uses.get(parameter)
        }
        return [statement for name, tree in program.packed for statement in unpacking(name, tree, variables)]

    def _commented(self, equation: Equation) -> Equation:
        """The equation whose primal statement stands above a `return`: the last one that makes a part of it."""
        if equation.primitive.name != "make_tuple":
            return equation
        parts = map(self._nesting.definition, equation.inputs)
        adjoint = [self._commented(part) for part in parts if part is not None and part.sweep == "backward"]
        return adjoint[-1] if adjoint else equation

    # Regions

    def _region(self, region: Region) -> list[gast.stmt]:
        statements: list[gast.stmt] = []
        for equation in region.equations:
            if self._nesting.is_statement(equation):
                self._equation(equation, statements)
        return statements

    def _inner(self, region: Region, moves: Iterable[tuple[Value, Atom]], *, repeats: bool) -> list[gast.stmt]:
        """The statements of a nested region, and its results moved to where they belong."""
        outside = self._comment
        if repeats:
            self._comment = None
        self._depth += 1
        statements = self._region(region) + self._moves(moves)
        self._depth -= 1
        self._comment = None if repeats else outside
        return statements

    def _moves(self, moves: Iterable[tuple[Value, Atom]]) -> list[gast.stmt]:
        """Assignments that happen all at once, as few of them as possible in one statement."""
        pending: dict[tuple[str, Atom], frozenset[str]] = {}
        """Assignments, and the variables that each reads."""
        for target, atom in moves:
            if atom == _UNDEFINED:
                if self._names[target] not in self._read_undefined:
                    continue
            elif isinstance(atom, Value) and self._names.get(atom) == self._names[target]:
                continue
            reads = frozenset(self._names[part] for part in self._nesting.named_parts(atom))
            pending[self._names[target], atom] = reads
        readers = Counter(name for reads in pending.values() for name in reads)
        statements: list[gast.stmt] = []
        while pending:
            # One that no other still reads the variable of; if there is none, all at once.
            free = next((move for move, reads in pending.items() if readers[move[0]] == (move[0] in reads)), None)
            chosen = list(pending) if free is None else [free]
            for move in chosen:
                readers.subtract(pending.pop(move))
            nested = self._nesting.definition(chosen[0][1])
            if len(chosen) == 1 and nested is not None:
                assignment = self._assignment(chosen[0][0], nested)
            else:
                values = [self._expressions(atom) for _, atom in chosen]
                assignment = syntax.assign_names([name for name, _ in chosen], values)
            if nested is not None:
                self._introduce(nested, statements)
                assignment = self._mark(assignment, nested)
            statements.append(assignment)
        return statements

    # Equations

    def _equation(self, equation: Equation, statements: list[gast.stmt]) -> None:
        match equation.primitive:
            case primitive if primitive is IF and self._nesting.is_conditional(equation):
                self._simple(equation, statements)
            case primitive if primitive is IF:
                self._if(equation, statements)
            case primitive if primitive in GUARDED:
                self._announce(equation, statements)
                blocks = [self._branch(equation, region) for region in equation.regions]
                names = [self._name_if_used(v) for region in equation.regions for v in region.parameters]
                written = GUARDED[primitive](equation, blocks, names, self._expressions)
                statements += [self._mark(w, equation) if isinstance(w, gast.Try | gast.With) else w for w in written]
            case primitive if primitive is FOR:
                self._for(equation, statements)
            case primitive if primitive is WHILE:
                self._while(equation, statements)
            case _:
                self._simple(equation, statements)

    def _simple(self, equation: Equation, statements: list[gast.stmt]) -> None:
        if equation.primitive.name == "delete" and self._is_popped(equation, statements):
            return
        self._introduce(equation, statements)
        statements.append(self._mark(self._statement(equation), equation))

    def _is_popped(self, equation: Equation, statements: list[gast.stmt]) -> bool:
        """Whether a statement that reads the item takes it out of the list."""
        owner, *slots = equation.inputs
        (place,) = equation.parameters["index"]
        if isinstance(place, slice):
            return False
        return read_by_pop(statements, self._expressions(owner), self._expressions.index((place,), slots))

    def _statement(self, equation: Equation) -> gast.stmt:
        expressions = self._expressions
        name = equation.primitive.name
        if name in ("append", "extend"):
            target, added = map(expressions, equation.inputs)
            return syntax.expression_statement(syntax.call(syntax.attribute(target, name), [added]))
        if name == "delete":
            target, *slots = equation.inputs
            index = expressions.index(equation.parameters["index"], slots)
            return gast.Delete([syntax.subscript(expressions(target), index, stored=True)])
        if name in ("setitem", "additem", "setitem_of_part", "additem_of_part"):
            return self._update(equation)
        if name in _IN_PLACE:
            target, value = syntax.store(self._names[equation.outputs[0]]), expressions(equation.inputs[1])
            return plus_equals(target, value) if name == "add_in_place" else gast.AugAssign(target, gast.Sub(), value)
        if name == "print":
            return syntax.expression_statement(self._print(equation))
        if name == "raise":
            exception, cause, *_ = *map(expressions, equation.inputs), None, None
            return gast.Raise(exception, cause)
        if name == "assert":
            return gast.Assert(expressions(equation.inputs[0]), self._message(equation))
        if equation.primitive is CALL and len(equation.outputs) != 1:
            return self._call(equation)
        (output,) = equation.outputs
        if equation.primitive.effect and output not in self._nesting.positions.uses:
            return syntax.expression_statement(self._expressions.of(equation))
        if is_taken_apart(output, self._nesting.positions):
            return syntax.assign(pattern(output, self._nesting, self._names), self._expressions.of(equation))
        return self._assignment(self._names[output], equation)

    def _call(self, equation: Equation) -> gast.stmt:
        """A call for its effect, or for several results: those that nobody needs are called `_`."""
        call = self._expressions.of(equation)
        live = self._liveness.after(equation)
        if live.isdisjoint(equation.outputs):
            return syntax.expression_statement(call)
        targets = [syntax.store(self._names[v] if v in live else "_") for v in equation.outputs]
        return syntax.assign(gast.Tuple(targets, gast.Store()), call)

    def _assignment(self, name: str, equation: Equation) -> gast.stmt:
        """`name = …`; `name += …` of a number that was computed here: immutable, so never changed for somebody else."""
        value = self._expressions.of(equation)
        is_named = isinstance(value, gast.BinOp) and isinstance(value.left, gast.Name) and value.left.id == name
        first = equation.inputs[0] if equation.inputs else None
        is_number = first is not None and first.type.kind == "scalar" and first not in self._given
        if is_named and is_number and equation.primitive.name in OPERATORS:
            return gast.AugAssign(syntax.store(name), value.op, value.right)
        return syntax.assign(syntax.store(name), value)

    def _update(self, equation: Equation) -> gast.stmt:
        array, value, *slots = equation.inputs
        *outer, index = path_of(equation)
        owner, written = self._expressions(array), self._expressions(value)
        for position in outer:
            owner = syntax.subscript(owner, self._expressions.index(position, slots))
        target = syntax.subscript(owner, self._expressions.index(index, slots), stored=True)
        if equation.primitive.name.startswith("setitem"):
            update = updated_part(equation, self._nesting.definition(value), target, written)
            return syntax.assign(target, written) if update is None else update
        if array.type.kind == "list" and not self._is_number_in_list(equation):
            # An item that is an array may be somebody else's too, and `+=` makes a tuple or list longer.
            item = syntax.subscript(owner, self._expressions.index(index, slots))
            return syntax.assign(target, self._expressions.sum_of(item, written, equation))
        if array.type.kind != "list" and any(map(may_repeat, slots)):
            function = self._expressions.function("np.add.at")
            position = self._expressions.index_object(index, slots)
            return syntax.expression_statement(syntax.call(function, [owner, position, written]))
        return plus_equals(target, written)

    def _is_number_in_list(self, equation: Equation) -> bool:
        """Whether an update of a list is one of a number, which nothing can change in place."""
        index = equation.parameters["index"]
        is_part = any(isinstance(item, slice) for item in index)
        return element_of(equation.inputs[0].type, len(index)).kind == "scalar" and not is_part

    def _print(self, equation: Equation) -> gast.expr:
        given = equation.parameters
        template = given.get("template", tuple(map(Slot, range(len(equation.inputs)))))
        arguments = [self._printed(item, equation.inputs) for item in template]
        keywords = [(name, self._expressions.constant(given[name])) for name in ("sep", "end") if name in given]
        return syntax.call(self._expressions.function("print"), arguments, keywords)

    def _printed(self, item: object, values: Sequence[Atom]) -> gast.expr:
        match item:
            case str():
                return syntax.constant(item)
            case Slot(number):
                return self._expressions(values[number])
            case _:
                return self._expressions.formatted((item,), values)

    def _message(self, equation: Equation) -> gast.expr | None:
        template = equation.parameters.get("template") or ()
        values = equation.inputs[1:]
        if not template:
            return self._expressions(values[0]) if values else None
        return (
            self._printed(template[0], values) if len(template) == 1 else self._expressions.formatted(template, values)
        )

    # Control flow

    def _if(self, equation: Equation, statements: list[gast.stmt]) -> None:
        self._announce(equation, statements)
        condition = self._expressions.truth(equation.inputs[0])
        then, orelse = (self._branch(equation, region) for region in equation.regions)
        if not then and not orelse:
            return
        if not then:
            condition, then, orelse = syntax.negation(condition), orelse, []
        statements.append(self._mark(gast.If(condition, then, orelse), equation))

    def _name_if_used(self, value: Value) -> str | None:
        return self._names[value] if self._nesting.positions.uses.get(value) else None

    def _branch(self, equation: Equation, region: Region) -> list[gast.stmt]:
        """The statements of a region whose results are the outputs of its equation."""
        moves = [] if never_completes(region) else list(zip(equation.outputs, region.results, strict=True))
        if equation.primitive is FINALLY:  # what this region does not define, the other does
            moves = [(output, result) for output, result in moves if result != Literal(UNDEFINED)]
        return self._inner(region, moves, repeats=False)

    def _for(self, equation: Equation, statements: list[gast.stmt]) -> None:
        self._announce(equation, statements)
        (body,) = equation.regions
        sequences = equation.parameters["sequences"]
        carried = self._carried(equation, sequences)
        statements += self._moves((body.parameters[sequences + n], equation.inputs[sequences + n]) for n in carried)
        target, iterated = loop_header(equation, self._nesting, self._liveness, self._names, self._expressions)
        moves = [(equation.outputs[n], body.results[n]) for n in carried]
        inner = self._inner(body, moves, repeats=True) or [gast.Pass()]
        statements.append(self._mark(gast.For(target, iterated, inner, [], None), equation))

    def _while(self, equation: Equation, statements: list[gast.stmt]) -> None:
        self._announce(equation, statements)
        condition, body = equation.regions
        carried = self._carried(equation, 0)
        statements += self._moves((equation.outputs[n], equation.inputs[n]) for n in carried)
        outside = self._comment
        before = self._inner(condition, (), repeats=True)
        self._comment = outside
        test = self._expressions.truth(condition.results[0])
        inner = self._inner(body, [(equation.outputs[n], body.results[n]) for n in carried], repeats=True)
        if before:
            inner = [*before, gast.If(syntax.negation(test), [gast.Break()], []), *inner]
            test = syntax.constant(True)
        statements.append(self._mark(gast.While(test, inner or [gast.Pass()], []), equation))

    def _carried(self, equation: Equation, sequences: int) -> list[int]:
        """The numbers of the carried values that somebody needs."""
        live = self._liveness.after(equation)
        entries = [(region.parameters, self._liveness.at_entry(region)) for region in equation.regions]
        return [
            number
            for number, output in enumerate(equation.outputs)
            if output in live or any(parameters[sequences + number] in entry for parameters, entry in entries)
        ]

    # Comments and origins

    def _announce(self, equation: Equation, statements: list[gast.stmt]) -> None:
        """The heading of a sweep, where this is its first statement."""
        if self._depth or not self._has_backward or self._heading in (equation.sweep, "backward"):
            return
        if self._heading == "forward and backward" and equation.sweep == "forward":
            return
        self._heading = equation.sweep
        statements.append(syntax.comment(f"{equation.sweep} sweep"))

    def _introduce(self, equation: Equation, statements: list[gast.stmt]) -> None:
        """What stands above a statement: the heading of its sweep, the primal statement that it belongs to."""
        self._announce(equation, statements)
        span = self._span(equation)
        if equation.sweep != "backward" or span is None or span.statement == self._comment:
            return
        named = equation.outputs and equation.outputs[0].hint and not equation.outputs[0].hint.endswith("_bar")
        if named and not equation.primitive.updates:
            return  # the primal statement itself, computed again
        if span.statement.startswith(_HEADERS):  # of a branch or loop, which has an adjoint of its own
            self._comment = None
            return
        self._comment = span.statement
        statements.append(self._mark(syntax.comment(self._comment), equation))

    def _span(self, equation: Equation) -> Span | None:
        """The place of the primal statement that a statement belongs to.

        Of a sum, that of the part that is added: accumulation itself belongs to no statement.
        """
        if equation.primitive.name in _ACCUMULATING and equation.sweep == "backward":
            for atom in reversed(equation.inputs):
                part = self._nesting.definition(atom)
                if part is not None and part.sweep == "backward" and (span := self._span(part)) is not None:
                    return span
        if equation.primitive.name == "setitem" and equation.sweep == "backward":
            written = self._nesting.definition(equation.inputs[1])
            if written is not None and written.span is not None:
                return written.span  # the write itself may belong to a view
        uses = self._nesting.positions.uses.get(equation.outputs[0], []) if equation.outputs else []
        if equation.primitive.name in ("zeros", "empty") and uses and uses[0].equation is not None:
            return uses[0].equation.span  # what is added to it first
        return equation.span

    def _mark(self, statement: gast.stmt, equation: Equation) -> gast.stmt:
        """Note what a statement was made from."""
        origin = Origin(self._span(equation), equation.sweep == "backward")
        if origin not in self._numbers:
            self.origins.append(origin)
            self._numbers[origin] = len(self.origins)
        statement.lineno = self._numbers[origin]
        return statement
