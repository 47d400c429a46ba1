"""Products of matrices joined: transposes move to the factors, and two products with a common factor are one."""

from __future__ import annotations

from collections.abc import Sequence

from adcompiler.ir.build import NameSupply, own_shape
from adcompiler.ir.nodes import Atom, Equation, Program, Value, walk
from adcompiler.ir.rewrite import Definitions, Replacement, count_uses, number_regions, replace_equations
from adcompiler.rules.table import RULES


def join_products(program: Program) -> Program:
    """Write what the adjoint of `A.T @ A` comes to as one product: `A @ M + (M @ A.T).T` is `A @ (M + M.T)`.

    `(P @ Q.T).T` is `Q @ P.T`: BLAS reads a matrix either way, and what it writes lies in the order of rows then.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(join_products, "def f(A): return A.T @ A", A="float64[n, m]", gradient=True)
    program grad_f(A: float64[n, m], out_bar: float64[m, m]):
        t.1: float64[m, n] = transpose(A)
        t.2: float64[m, m] = matmul(t.1, A)
        t.3: float64[m, n] = transpose(A)
        t.4: float64[m, n] = matmul(out_bar, t.3)
        t.5: float64[n, m] = transpose(t.1)
        t.6: float64[n, m] = matmul(t.5, out_bar)
        t.8: float64[m, m] = transpose(out_bar)
        t.7: float64[n, m] = matmul(A, t.8)
        A_bar: float64[n, m] = add(t.6, t.7)
        return A_bar
    """
    if not any(equation.primitive.name == "matmul" and equation.sweep == "backward" for equation in walk(program.body)):
        return program
    return replace_equations(program, _Joiner(program).rewrite)


class _Joiner:
    def __init__(self, program: Program) -> None:
        self._names = NameSupply.beside(program)
        self._uses = count_uses(program.body)
        self._region = number_regions(program.body)
        self._definitions: Definitions = {}
        self._equation: Equation
        self._new: list[Equation] = []

    def rewrite(self, equation: Equation, definitions: Definitions) -> Replacement:
        """A transpose of a product, or a sum of two."""
        if equation.sweep != "backward" or len(equation.outputs) != 1 or equation.outputs[0].type.rank != 2:
            return None
        self._definitions, self._equation, self._new = definitions, equation, []
        last = None
        if equation.primitive.name == "transpose":
            last = self._transposed(equation)
        elif equation.primitive.name == "add":
            last = self._joined(*equation.inputs)
        if last is None:
            return None
        for new in self._new:
            self._region.update(dict.fromkeys(new.outputs, self._region[equation.outputs[0]]))
        for new in (*self._new, last):
            self._uses.update(atom for atom in new.inputs if isinstance(atom, Value))
        return (*self._new, last)

    def _product(self, atom: Atom) -> Sequence[Atom] | None:
        """The factors of a product of two matrices that is computed in this region and used once."""
        made = self._definitions.get(atom) if isinstance(atom, Value) else None
        if made is None or not isinstance(atom, Value) or made.primitive.name != "matmul" or self._uses[atom] != 1:
            return None
        same_region = self._region.get(atom) == self._region[self._equation.outputs[0]]
        matrices = all(operand.type.rank == 2 and isinstance(operand, Value) for operand in made.inputs)
        return made.inputs if same_region and matrices and made.sweep == "backward" else None

    def _untransposed(self, atom: Atom) -> Value | None:
        """What a matrix is the transpose of."""
        made = self._definitions.get(atom) if isinstance(atom, Value) else None
        if made is None or made.primitive.name != "transpose" or atom.type.rank != 2:
            return None
        (operand,) = made.inputs
        return operand if isinstance(operand, Value) else None

    def _transposed(self, equation: Equation) -> Equation | None:
        factors = self._product(equation.inputs[0])
        if factors is None or all(self._untransposed(factor) is None for factor in factors):
            return None
        left, right = (self._untransposed(factor) or self._emit("transpose", factor) for factor in reversed(factors))
        return self._last("matmul", left, right)

    def _joined(self, one: Atom, other: Atom) -> Equation | None:
        first, second = self._product(one), self._product(other)
        if first is None or second is None or one == other:
            return None
        if first[0] == second[0] and self._are_transposes(first[1], second[1]):
            return self._last("matmul", first[0], self._emit("add", first[1], second[1]))
        if first[1] == second[1] and self._are_transposes(first[0], second[0]):
            return self._last("matmul", self._emit("add", first[0], second[0]), first[1])
        return None

    def _are_transposes(self, one: Atom, other: Atom) -> bool:
        """Whether two matrices are the transposes of each other, so that their sum is no larger than either."""
        return self._untransposed(one) == other or self._untransposed(other) == one

    def _emit(self, name: str, *inputs: Atom) -> Value:
        primitive, fresh = RULES[name].primitive, self._names.fresh(None)
        (type,) = primitive.infer(*(atom.type for atom in inputs))
        output, at = Value(fresh, own_shape(type, fresh)), self._equation
        self._new.append(Equation(primitive, inputs, (output,), (), (), at.span, at.sweep))
        return output

    def _last(self, name: str, *inputs: Atom) -> Equation:
        at = self._equation
        return Equation(RULES[name].primitive, inputs, at.outputs, (), (), at.span, at.sweep)
