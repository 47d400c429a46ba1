"""Where everything stands: one number for each place of a program, in the order of its text.

An equation that owns regions has a number where it starts and one where it ends; its regions' numbers lie between.
Values are defined at a number, and used at numbers. Equations are told apart by identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adcompiler.analysis.undefined import perhaps_undefined
from adcompiler.ir.nodes import FINALLY, FOR, IF, TRY, WHILE, WITH, Atom, Equation, Program, Region, Value, walk
from adcompiler.record import record


@dataclass(slots=True, eq=False)
class Block:
    """A region in its place."""

    region: Region
    parent: Block | None
    owner: Equation | None
    role: str
    """`program`, `then`, `else`, `condition`, `body`, `tried`, `handler`, `final` or `within`."""
    loops: int
    """How many loops are around it, its own included."""
    start: int = 0
    end: int = 0

    def encloses(self, other: Block) -> bool:
        """Whether `other` is this block or lies inside it."""
        return self.start <= other.start and other.end <= self.end

    @property
    def repeats(self) -> bool:
        """Whether it runs more than once each time the block around it runs."""
        return self.role in ("condition", "body")


@record(frozen=True, slots=True)
class Use:
    """One mention of a value."""

    number: int
    block: Block
    equation: Equation | None
    """None for a result of the block."""
    index: int
    """The number of the input or of the result."""


@dataclass(slots=True)
class Position:
    """Where an equation stands."""

    start: int
    end: int
    block: Block


@dataclass(slots=True)
class Positions:
    """The numbering of one program."""

    program: Block
    blocks: dict[int, Block] = field(default_factory=dict)
    """By the identity of the region."""
    _equations: dict[int, Position] = field(default_factory=dict)
    defined_at: dict[Value, int] = field(default_factory=dict)
    block_of: dict[Value, Block] = field(default_factory=dict)
    """The block whose parameter, or whose equation's output, a value is."""
    definition: dict[Value, Equation] = field(default_factory=dict)
    """The equation of which a value is an output."""
    uses: dict[Value, list[Use]] = field(default_factory=dict)
    perhaps_undefined: frozenset[Value] = frozenset()
    """The values that some path leaves undefined: nothing but the next path may touch them there."""
    taken_apart: dict[Value, bool] = field(default_factory=dict)
    """Tuples, and whether code takes them apart where they are made, as far as that was asked."""

    def of(self, equation: Equation) -> Position:
        """The position of an equation."""
        return self._equations[id(equation)]

    def block(self, region: Region) -> Block:
        """The block of a region."""
        return self.blocks[id(region)]

    def equations(self) -> Iterator[Equation]:
        """Every equation, outer before inner, in order."""
        return walk(self.program.region)


def around(block: Block | None) -> Iterator[Block]:
    """A block and the blocks around it, inner before outer."""
    while block is not None:
        yield block
        block = block.parent


_ROLES = {
    IF.name: ("then", "else"),
    FOR.name: ("body",),
    WHILE.name: ("condition", "body"),
    TRY.name: ("tried", "handler"),
    FINALLY.name: ("tried", "final"),
    WITH.name: ("within",),
}


def number_positions(program: Program) -> Positions:
    """Number a program whose equations and regions are distinct objects."""
    top = Block(program.body, None, None, "program", 0)
    positions = Positions(top, perhaps_undefined=perhaps_undefined(program))
    clock = iter(range(1, 1 << 60))

    def define(value: Value, number: int, block: Block) -> None:
        positions.defined_at[value] = number
        positions.block_of[value] = block

    def use(atom: Atom, number: int, block: Block, equation: Equation | None, index: int) -> None:
        if isinstance(atom, Value):
            positions.uses.setdefault(atom, []).append(Use(number, block, equation, index))

    def visit(block: Block) -> None:
        region = block.region
        positions.blocks[id(region)] = block
        block.start = next(clock)
        for parameter in reversed(region.parameters):  # elements count as later than carried values
            define(parameter, next(clock), block)
        for equation in region.equations:
            start = next(clock)
            for index, atom in enumerate(equation.inputs):
                use(atom, start, block, equation, index)
            loops = block.loops + equation.is_loop
            for role, inner in zip(_ROLES.get(equation.primitive.name, ()), equation.regions, strict=True):
                visit(Block(inner, block, equation, role, loops))
            end = next(clock) if equation.regions else start
            positions._equations[id(equation)] = Position(start, end, block)
            for output in equation.outputs:
                define(output, end, block)
                positions.definition[output] = equation
        block.end = next(clock)
        for index, atom in enumerate(region.results):
            use(atom, block.end, block, None, index)

    visit(top)
    return positions
