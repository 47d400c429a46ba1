"""Repeating: the body of a loop is read, round by round, until what it carries settles.

What is repeated is a callable: statements, comprehensions and functions such as `sum` and `any` repeat in the same way.
What a loop carries is found by reading its body: names that the body binds anew and cells whose content it changes
become carried values, with types widened until the end of the body agrees with its start. A `for` that may be left
early becomes a counted `while`. Where the body needs the value of something that differs from round to round (a
position in a tuple) and the rounds are known, they are read one after the other instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from adcompiler.frontend.carried import Carried
from adcompiler.frontend.frames import RETURNED, SKIP, STOP
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.merge import branch, negated
from adcompiler.frontend.paths import Path
from adcompiler.frontend.signals import PathEnds, ValueNotKnownError
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import either, forget_flag, has_left, unless_left
from adcompiler.ir.dims import Dim, extent
from adcompiler.ir.nodes import FOR, WHILE, Atom, Equation, Literal, Region, Value
from adcompiler.ir.rewrite import rename
from adcompiler.ir.types import INT

MOST_UNROLLED = 256
"""The most rounds that are read one after the other."""

_MOST_ROUNDS = 12


@dataclass(frozen=True)
class Counter:
    """The positions `range(start, stop, step)`, perhaps backwards."""

    start: Atom
    stop: Atom
    step: Atom
    reverse: bool = False

    def known(self) -> range | None:
        """The positions, where they are known before the program runs."""
        bounds = (self.start, self.stop, self.step)
        if not all(isinstance(bound, Literal) for bound in bounds):
            return None
        positions = range(*(bound.value for bound in bounds if isinstance(bound, Literal)))
        return positions[::-1] if self.reverse else positions

    def bounds(self) -> tuple[Dim | None, Dim | None]:
        """What no position is below, and what none is above, as far as they follow from lengths."""
        start, stop, step = map(_number, (self.start, self.stop, self.step))
        if not isinstance(step, int) or not step:
            return None, None
        first, last = (start, stop) if step > 0 else (stop, start)
        if step < 0:
            return None if first is None else first + 1, last
        return first, None if last is None else last - 1


def _number(atom: Atom) -> Dim | None:
    if isinstance(atom, Literal):
        return int(atom.value) if isinstance(atom.value, int) else None
    return atom.type.extent


def as_loop(state: State, action: Callable[[], None]) -> Ref:
    """Do something that `break` leaves, and no loop around it; returns whether it was left so."""
    outer = state.frame.names.pop(STOP, Constant(False))
    action()
    left = state.frame.names.get(STOP, Constant(False))
    forget_flag(state, STOP)
    state.frame.names[STOP] = outer
    return left


def leave(state: State) -> None:
    """Leave the innermost loop, as `break` does."""
    state.frame.names[STOP] = Constant(True)


def repeat_over(
    state: State, counter: Counter, body: Callable[[Atom], None], node: Any, *, leaves: bool, hint: str | None
) -> None:
    """Do something at each position; `leaves` says that a round may be the last."""
    known = counter.known()
    possible = known is not None and len(known) <= MOST_UNROLLED
    bounds = (counter.start, counter.stop, counter.step)
    with _unrolled_if_needed(state, possible, bounds) as attempt:
        if leaves:
            _count(state, counter, body, node, hint, attempt)
        else:
            _for(state, counter, body, node, hint, attempt)
    if attempt.failed:
        assert known is not None
        positions = known
        repeat_known(
            state,
            lambda number: Literal(number < len(positions)),
            lambda number: body(Literal(positions[number])),
            node,
        )


def repeat_known(
    state: State, more: Callable[[int], Atom], body: Callable[[int], None], node: Any, number: int = 0
) -> None:
    """A loop whose rounds are known, read one after the other; `more` says whether there is a round of this number."""

    def go_on(number: int) -> None:
        repeat_known(state, more, body, node, number)

    def proceed(number: int) -> bool:
        """One round; whether the next follows without a test."""
        body(number)
        forget_flag(state, SKIP)
        left = has_left(state, node)
        if not isinstance(left, Literal):
            unless_left(state, left, partial(go_on, number + 1), node)
        return left == Literal(False)

    def guarded(number: int) -> None:
        if proceed(number):
            go_on(number + 1)

    while True:
        if number >= 4 * MOST_UNROLLED:
            state.refuse(node, f"more than {number} rounds of this loop are read one by one", "use fewer, or arrays")
        test = more(number)
        if not isinstance(test, Literal):
            branch(state, test, partial(guarded, number), lambda: None, node)
            return
        if not test.value or not proceed(number):
            return
        number += 1


@dataclass
class _Attempt:
    """A loop that is read as one: its equations, and its parameters, which differ from round to round."""

    equations: list[Equation]
    parameters: tuple[Value, ...] = ()
    failed: ValueNotKnownError | None = None


@contextmanager
def _unrolled_if_needed(state: State, possible: bool, bounds: tuple[Atom, ...] = ()) -> Iterator[_Attempt]:
    """Go back to the start if the `with` block needs to know what differs from round to round.

    Where the rounds are not known, but would be if an argument were, its value is asked for.
    """
    before, attempt = Path.here(state, []), _Attempt([])
    state.attempts += possible
    try:
        with state.builder.region(attempt.equations):
            yield attempt
    except PathEnds:
        state.builder.extend(attempt.equations)
        raise
    except ValueNotKnownError as need:
        if need.sources.isdisjoint(attempt.parameters) and not (need.of_structure and possible):
            raise
        if not possible:
            for bound in bounds:
                state.ask_for(bound, need)
            need.sources = need.sources.union(*map(state.builder.sources, bounds))
            raise
        attempt.failed = need
        before.resume(state)
    else:
        state.builder.extend(attempt.equations)
    finally:
        state.attempts -= possible


def _for(
    state: State, counter: Counter, body: Callable[[Atom], None], node: Any, hint: str | None, attempt: _Attempt
) -> None:
    range_ = state.emit("range", counter.start, counter.stop, counter.step)
    carried = Carried(state, node)
    for _ in range(_MOST_ROUNDS):
        index = _position(state, counter, hint)
        inits, parameters = carried.enter()
        attempt.parameters = (index, *parameters)
        with state.builder.region() as equations:
            _run_round(state, partial(body, index))
        if carried.leave(Path.here(state, equations)):
            region = Region((index, *parameters), tuple(equations), carried.results())
            outputs = carried.outputs()
            static = (("reverse", counter.reverse), ("sequences", 1))
            state.builder.append(Equation(FOR, (range_, *inits), outputs, static, (region,)))
            carried.finish(outputs)
            return
    state.refuse(node, "the types of this loop's variables do not settle")


def _position(state: State, counter: Counter, hint: str | None) -> Value:
    """The index of a loop: a number that has its own name in each round, and bounds."""
    index = state.builder.value(INT, hint)
    least, most = counter.bounds()
    if least is None and most is None:
        return index
    return replace(index, type=replace(INT, extent=extent(f"{index.name}#", least=least, most=most)))


def _count(
    state: State, counter: Counter, body: Callable[[Atom], None], node: Any, hint: str | None, attempt: _Attempt
) -> None:
    """A `for` that may be left early: a `while` over the same positions."""
    name = position_name(state, hint, node)
    start, stop, step, at = _ascending(state, counter)
    state.frame.names[name] = as_ref(state, start)

    def test() -> Atom:
        index = state.read_value(state.frame.names[name], node)
        return state.emit("less" if step > 0 else "greater", index, stop)

    def run() -> None:
        index = state.read_value(state.frame.names[name], node)
        position = at(index)
        state.frame.names[name] = state.bind(state.emit("add", index, Literal(step)))
        body(position)

    _while(state, test, run, node, True, attempt)
    state.frame.names.pop(name, None)


def _ascending(state: State, counter: Counter) -> tuple[Atom, Atom, int, Callable[[Atom], Atom]]:
    """Start, stop, a step whose sign is known, and the position that a count stands for."""
    start, stop, step = counter.start, counter.stop, counter.step
    if isinstance(step, Literal) and not counter.reverse:
        return start, stop, int(step.value), lambda index: index
    if step == Literal(1):
        first, last = difference(state, stop, Literal(1)), difference(state, start, Literal(1))
        return first, last, -1, lambda index: index
    length = state.emit("len", state.emit("range", start, stop, step))

    def at(index: Atom) -> Atom:
        number = difference(state, difference(state, length, Literal(1)), index) if counter.reverse else index
        return along(state, start, step, number)

    return Literal(0), length, 1, at


def position_name(state: State, hint: str | None, node: Any) -> str:
    """The pseudo-name of a loop's position; several loops may stand at one place, one in the other."""
    name = f"%{hint or 'position'}:{node.lineno}.{node.col_offset}"
    while name in state.frame.names:
        name += "+"
    return name


def difference(state: State, one: Atom, other: Atom) -> Atom:
    """`one - other`, of integers."""
    if isinstance(one, Literal) and isinstance(other, Literal):
        return Literal(one.value - other.value)
    return one if other == Literal(0) else state.emit("subtract", one, other)


def along(state: State, start: Atom, step: Atom, number: Atom) -> Atom:
    """`start + step * number`, of integers."""
    if isinstance(step, Literal) and isinstance(number, Literal):
        offset: Atom = Literal(step.value * number.value)
    else:
        offset = number if step == Literal(1) else state.emit("multiply", step, number)
    if isinstance(start, Literal) and isinstance(offset, Literal):
        return Literal(start.value + offset.value)
    return offset if start == Literal(0) else state.emit("add", start, offset)


def repeat_while(
    state: State, test: Callable[[], Atom], body: Callable[[], None], node: Any, *, leaves: bool
) -> Ref | None:
    """Do something as long as a test says so; `leaves` says that a round may be the last.

    A test that changes something becomes part of the body, which leaves the loop as `break` does; returned is then
    whether it was the test that ended it.
    """
    before = Path.here(state, [])
    with _unrolled_if_needed(state, True) as attempt:
        try:
            _while(state, test, body, node, leaves, attempt)
        except _TestChanges:
            before.resume(state)
            attempt.equations.clear()
            ended = position_name(state, "ended", node)
            state.frame.names[ended] = Constant(False)
            round_ = partial(_tested, state, test, body, ended, node)
            _while(state, lambda: Literal(True), round_, node, True, attempt)
            return state.frame.names.pop(ended)
    if attempt.failed is not None:
        need = attempt.failed

        def more(number: int) -> Atom:
            going_on = test()
            if not isinstance(going_on, Literal):
                raise need
            return going_on

        repeat_known(state, more, lambda _: body(), node)
    return None


class _TestChanges(Exception):  # noqa: N818  (a request: the test becomes part of the body)
    """The test of a loop changes what the program knows: it binds a name, or writes into an array."""


def _while(
    state: State,
    test: Callable[[], Atom],
    body: Callable[[], None],
    node: Any,
    leaves: bool,
    attempt: _Attempt,
) -> None:
    state.frame.names[STOP] = Constant(False)
    carried = Carried(state, node)
    for number in range(_MOST_ROUNDS):
        inits, parameters = carried.enter()
        attempt.parameters = parameters
        before = Path.here(state, [])
        with state.builder.region() as condition_equations:
            going_on = _test_unless_left(state, test, node) if leaves else test()
        if before.is_left(state):
            raise _TestChanges
        if number == 0 and going_on == Literal(False):
            carried.never_runs()
            return
        if leaves:
            state.frame.names[STOP] = Constant(False)
            state.frame.names[RETURNED] = Constant(False)
        with state.builder.region() as equations:
            _run_round(state, body)
        if carried.leave(Path.here(state, equations)):
            region = Region(parameters, tuple(equations), carried.results())
            copies = {parameter: state.builder.value(parameter.type, parameter.hint) for parameter in parameters}
            test_region = rename(Region(parameters, tuple(condition_equations), (going_on,)), copies)
            outputs = carried.outputs()
            state.builder.append(Equation(WHILE, inits, outputs, (), (test_region, region)))
            carried.finish(outputs)
            return
    state.refuse(node, "the types of this loop's variables do not settle")


def _run_round(state: State, body: Callable[[], None]) -> None:
    """Read a loop's body; where each of its paths raises, no second round begins with what it leaves behind."""
    start = Path.here(state, [])
    try:
        body()
    except PathEnds:
        start.resume(state)
    forget_flag(state, SKIP)


def _tested(state: State, test: Callable[[], Atom], body: Callable[[], None], ended: str, node: Any) -> None:
    """A round of a loop whose test is part of it."""

    def end() -> None:
        state.frame.names[ended] = Constant(True)
        leave(state)

    branch(state, test(), body, end, node)


def _test_unless_left(state: State, test: Callable[[], Atom], node: Any) -> Atom:
    """The loop's own test, asked only while nothing has left the loop."""
    flags = [state.read_value(state.frame.names.get(name, Constant(False)), node) for name in (STOP, RETURNED)]
    flags = [flag for flag in flags if flag != Literal(False)]
    if not flags:
        return test()
    left = flags[0] if len(flags) == 1 else either(state, flags[0], flags[1], node)
    going_on = negated(state, left)
    ref = branch(state, going_on, lambda: as_ref(state, test()), lambda: Constant(False), node)
    return state.read_value(ref, node)


def as_ref(state: State, atom: Atom) -> Ref:
    """A reference to a value: a constant, or a new cell."""
    return Constant(atom.value) if isinstance(atom, Literal) else state.bind(atom)
