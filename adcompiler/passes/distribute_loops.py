"""Products of a loop's rounds that do not wait for each other, as one product before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import FOR, Equation, Program, Region, Slot, Value, walk
from adcompiler.ir.rewrite import region_with, with_regions
from adcompiler.passes.stacking import Stacking
from adcompiler.rules.table import RULES


def distribute_loops(program: Program) -> Program:
    """Multiply all rows of an array by a matrix before the loop that multiplies them one by one.

    The matrix is then read once, and not in every round. (Of a matrix for each round, of 16 rows, the products take as
    long one by one: they stay.)

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(W, U, h, xs):
    ...     for x in xs:
    ...         h = np.tanh(W @ h + U @ x)
    ...     return h
    ... '''
    >>> show_pass(distribute_loops, text, W="float64[3, 3]", U="float64[3, 2]", h="float64[3]", xs="float64[4, 2]")
    program f(W: float64[3, 3], U: float64[3, 2], h: float64[3], xs: float64[4, 2]):
        t.1: int64*=4 = len(xs)
        t.2: range = range(0, t.1, 1)
        t.20: float64[2, 3] = transpose(U)
        t.21: float64[4, 3] = matmul(xs, t.20)
        h.7: float64[3], x.6: float64[2] = for(t.2, h, UNDEFINED, reverse=False, sequences=1)
          (t.15: int64*, h.5: float64[3], x.4: float64[2]):
            x.5: float64[2] = getitem(xs, t.15, index=(Slot(number=0),))
            t.17: float64[3] = matmul(W, h.5)
            t.18: float64[3] = getitem(t.21, t.15, index=(Slot(number=0),))
            t.19: float64[3] = add(t.17, t.18)
            h.6: float64[3] = tanh(t.19)
            yield h.6, x.5
        return h.7
    """
    if not any(map(_has_products, walk(program.body))):
        return program
    return replace(program, body=_Distribution(NameSupply.beside(program)).region(program.body))


def _has_products(loop: Equation) -> bool:
    """Whether a loop multiplies, and does nothing else that shows before all of its rounds are done."""
    if loop.primitive is not FOR or loop.has_effect:
        return False
    return any(equation.primitive.name == "matmul" for equation in loop.regions[0].equations)


class _Distribution:
    def __init__(self, names: NameSupply) -> None:
        self.names = names
        self.definitions: dict[Value, Equation] = {}

    def region(self, region: Region) -> Region:
        """A region in which products stand before their loops."""
        equations: list[Equation] = []
        for equation in region.equations:
            current = with_regions(equation, [self.region(inner) for inner in equation.regions])
            for new in self._distributed(current) if _has_products(current) else [current]:
                self.definitions.update(dict.fromkeys(new.outputs, new))
                equations.append(new)
        return region_with(region, equations)

    def _distributed(self, loop: Equation) -> list[Equation]:
        """What goes before a loop, and the loop."""
        stacking = Stacking(loop, self.definitions, self.names)
        builder = Builder(self.names)
        wholes: dict[_Product, Value] = {}
        equations: list[Equation] = []
        for equation in stacking.body.equations:
            product = _product(equation, stacking)
            if product is not None:
                if product not in wholes:
                    builder.span, builder.sweep = equation.span, equation.sweep
                    wholes[product] = product.write(builder, equation.outputs[0].hint)
                inputs, place = (wholes[product], product.counter), (("index", (Slot(0),)),)
                equation = replace(equation, primitive=RULES["getitem"].primitive, inputs=inputs, static=place)
            equations.append(equation)
        if not wholes:
            return [loop]
        return [*builder.equations, with_regions(loop, [region_with(stacking.body, equations)])]


@dataclass(frozen=True)
class _Product:
    """The products of the rows of an array with a matrix: `rows @ matrix`, or `rows @ matrix.T`."""

    rows: Value
    matrix: Value
    is_transposed: bool
    counter: Value
    """The number of the round, which is that of the row."""

    def write(self, builder: Builder, hint: str | None) -> Value:
        """The product of all rows."""
        matrix = builder.emit(RULES["transpose"].primitive, self.matrix) if self.is_transposed else self.matrix
        return builder.emit(RULES["matmul"].primitive, self.rows, matrix, hint=hint)


def _product(equation: Equation, stacking: Stacking) -> _Product | None:
    """A product of a row with a matrix that is the same in all rounds, if it cannot fail."""
    if equation.primitive.name != "matmul":
        return None
    left, right = equation.inputs
    row, matrix, is_transposed = (left, right, False) if left.type.rank == 1 else (right, left, True)
    if not isinstance(row, Value) or not isinstance(matrix, Value):
        return None
    match row.type.shape, matrix.type.shape:
        case ((length,), (first, second)):
            fits = length == (second if is_transposed else first)
        case _:
            return None
    transpose = stacking.made.get(matrix)
    if transpose is not None and transpose.primitive.name == "transpose" and not transpose.static:
        (inner,) = transpose.inputs
        assert isinstance(inner, Value)
        matrix, is_transposed = inner, not is_transposed
    read = stacking.read_by_counter(row)
    return _Product(read[0], matrix, is_transposed, read[1]) if read and fits and not stacking.changes(matrix) else None
