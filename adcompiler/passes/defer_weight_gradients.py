"""Gradients of weights, gathered in one product after a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import FOR, IF, Atom, Equation, Literal, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, rebuilt, region_with, rename, renewed, substitute, with_regions
from adcompiler.passes.stacking import Stacking, surely_runs
from adcompiler.rules.table import RULES

_MOST_ROWS = 4
"""Of matrices with more rows than this, the product in each round is no slower than that of all rounds together.

Measured (µs a round, 256x256 weights): vectors 50 and 4, 4 rows 31 and 13, 16 rows 78 and 70, 64 rows 223 and 240; of
64x64 weights 16 rows take 5.7 and 17, since the rows of all rounds are no longer in the cache.
"""


def defer_weight_gradients(program: Program) -> Program:
    """Sum outer products after the loop that makes their factors, as one product of matrices.

    A round adds `np.outer(u, v)` to the gradient of a matrix, which reads and writes all of it. Kept until after the
    loop, the factors of all rounds are the rows of two matrices, and the sum is `us.T @ vs`. Without rounds there is
    nothing to make matrices of, hence the question where a loop may have none.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(W, h, n):
    ...     for _ in range(n):
    ...         h = np.exp(W @ h)
    ...     return h[0]
    ... '''
    >>> show_pass(defer_weight_gradients, text, gradient=True, W="float64[3, 3]", h="float64[3]", n="int")
    ... # doctest: +ELLIPSIS
    program grad_f(W: float64[3, 3], h: float64[3], n: int64*, out_bar: float64):
    ...
        t.23: bool* = greater(t.22, 0)
        W_bar.3: float64[3, 3] = if(t.23)
          ():
            t.19: list(float64[3]) = getitem(t.18, index=(slice(None, None, -1),))
            t_bars: float64[t_bars#0, 3] = array(t.19)
            hs: float64[hs#0, 3] = array(h_tape)
            t.20: float64[3, t_bars#0] = transpose(t_bars)
            t.21: float64[3, 3] = matmul(t.20, hs)
            yield t.21
          ():
            yield t.17
        return W_bar.3
    """
    loops = (equation for equation in walk(program.body) if equation.primitive is FOR)
    if not any(e.primitive.name in ("outer", "matmul") for loop in loops for e in loop.regions[0].equations):
        return program
    return replace(program, body=_Deferral(NameSupply.beside(program), count_uses(program.body)).region(program.body))


@dataclass(frozen=True)
class _Product:
    """`np.outer(left, right)`, or `left.T @ right` of matrices with few rows; `left` alone without `right`."""

    left: Value
    right: Value | None
    negative: bool

    @property
    def factors(self) -> list[Value]:
        """What is to be kept until after the loop."""
        return [self.left] if self.right is None else [self.left, self.right]


@dataclass(frozen=True)
class _Sum:
    """A carried value to which every round adds products."""

    number: int
    products: tuple[_Product, ...]
    rest: Atom
    """What the round yields without them."""
    changed: Mapping[Value, Atom | Equation | None]
    """For values that are sums with products: what is left, an atom, the equation that defines them, or nothing."""


class _Deferral:
    def __init__(self, names: NameSupply, uses: Mapping[Value, int]) -> None:
        self.names = names
        self.uses = uses
        self.definitions: dict[Value, Equation] = {}

    def region(self, region: Region) -> Region:
        """A region whose loops leave products for afterwards."""
        equations: list[Equation] = []
        for equation in region.equations:
            current = with_regions(equation, [self.region(inner) for inner in equation.regions])
            for new in self._deferred(current) if current.primitive is FOR else [current]:
                self.definitions.update(dict.fromkeys(new.outputs, new))
                equations.append(new)
        return region_with(region, equations)

    def _deferred(self, loop: Equation) -> list[Equation]:
        """A loop, and what is left to do after it."""
        stacking = Stacking(loop, self.definitions, self.names)
        sums = list(self._sums(stacking, frozenset()))
        if not sums:
            return [loop]
        factors = dict.fromkeys(v for each in sums for product in each.products for v in product.factors)
        sums = list(self._sums(stacking, frozenset(factors)))
        sources = {value: stacking.source(value) for value in factors}
        reduced, bases = self._without_sums(stacking, sums)
        builder = Builder(self.names)
        builder.span, builder.sweep = loop.span, loop.sweep
        outputs = [loop.outputs[each.number] for each in sums]
        with builder.region() as products:
            totals = [self._total(each, bases[each.number], stacking, sources, builder) for each in sums]
        lists = [source for source in sources.values() if source.type.kind == "list"]
        if not lists or surely_runs(loop, self.definitions):
            whole = rename(Region((), tuple(products), ()), dict(zip(totals, outputs, strict=True)))
            return [reduced, *whole.equations]
        rounds = builder.emit(RULES["len"].primitive, lists[0])
        is_some = builder.emit(RULES["greater"].primitive, rounds, Literal(0))
        branches = (Region((), tuple(products), tuple(totals)), Region((), (), tuple(bases[s.number] for s in sums)))
        builder.append(Equation(IF, (is_some,), tuple(outputs), (), branches))
        return [reduced, *builder.equations]

    def _sums(self, stacking: Stacking, kept: frozenset[Value]) -> Iterator[_Sum]:
        """The sums of products, and of what is kept anyway."""
        parameters = stacking.body.parameters[len(stacking.sequences) :]
        for number, parameter in enumerate(parameters):
            result = stacking.body.results[number]
            steady = stacking.initial[number].type.shape == parameter.type.shape  # not that of a value within
            if self.uses[parameter] != 1 or not isinstance(result, Value) or result == parameter or not steady:
                continue
            found = _Terms(parameter, stacking, self.uses, lambda v, n: self._product(v, n, stacking, kept))
            rest = found.rest(result, negative=False)
            if found.products and rest is not None and found.meets_parameter and found.is_plain:
                yield _Sum(number, tuple(found.products), rest, found.changed)

    def _product(self, term: Value, negative: bool, stacking: Stacking, kept: frozenset[Value]) -> _Product | None:
        """A term as a product, or as one of the values that are kept."""
        if term in kept:
            return _Product(term, None, negative)
        equation = stacking.made.get(term)
        if equation is None or self.uses[term] != 1 or equation.sweep != "backward":
            return None
        left, right = equation.inputs if len(equation.inputs) == 2 else (None, None)
        if not isinstance(left, Value) or not isinstance(right, Value):
            return None
        if equation.primitive.name == "outer":
            rank = 1
        elif equation.primitive.name == "matmul":
            transposed = stacking.made.get(left)
            if transposed is None or transposed.primitive.name != "transpose" or transposed.static:
                return None
            (left,) = transposed.inputs
            rank = 2
        else:
            return None
        if not isinstance(left, Value) or not all(
            _is_stackable(v, rank) and stacking.changes(v) for v in (left, right)
        ):
            return None
        return _Product(left, right, negative)

    def _without_sums(self, stacking: Stacking, sums: Iterable[_Sum]) -> tuple[Equation, dict[int, Atom]]:
        """The loop without the products, and for each of the sums what they are to be added to."""
        loop = stacking.loop
        sequences, initial, body = loop_parts(loop)
        changed = {value: left for each in sums for value, left in each.changed.items()}
        mapping = {value: left for value, left in changed.items() if isinstance(left, Value | Literal)}
        kept: list[Equation] = []
        for equation in body.equations:
            left = changed.get(equation.outputs[0], equation) if equation.outputs else equation
            if isinstance(left, Equation):
                kept.append(left)
        results, outputs, bases = list(body.results), list(loop.outputs), {}
        dropped = []
        for each in sums:
            bases[each.number] = initial[each.number]
            if each.rest == body.parameters[len(sequences) + each.number]:
                dropped.append(each.number)
            else:
                results[each.number] = each.rest
                bases[each.number] = outputs[each.number] = renewed(outputs[each.number], self.names)
        equations = substitute(Region((), tuple(kept), ()), mapping).equations
        stays = [number for number in range(len(results)) if number not in dropped]
        carried = [number for number in stays if number < len(initial)]
        parameters = (*body.parameters[: len(sequences)], *(body.parameters[len(sequences) + n] for n in carried))
        slim = Region(parameters, equations, tuple(results[number] for number in stays))
        reduced = replace(
            loop,
            inputs=(*sequences, *(initial[number] for number in carried)),
            outputs=tuple(outputs[number] for number in stays),
            regions=(slim,),
        )
        return stacking.collecting(reduced), bases

    def _total(
        self, each: _Sum, base: Atom, stacking: Stacking, sources: Mapping[Value, Value], builder: Builder
    ) -> Value:
        """The sum of all rounds."""
        made = self.definitions.get(base) if isinstance(base, Value) else None
        total: Atom | None = None if made is not None and made.primitive.name == "zeros" else base
        for negative, products in _groups(each.products):
            left = stacking.stacked([sources[product.left] for product in products], products[0].left.type, builder)
            if products[0].right is None:
                gathered = builder.emit(RULES["sum"].primitive, left, axis=0)
            else:
                rights = [product.right for product in products if product.right is not None]
                right = stacking.stacked([sources[value] for value in rights], rights[0].type, builder)
                transposed = builder.emit(RULES["transpose"].primitive, left)
                gathered = builder.emit(RULES["matmul"].primitive, transposed, right)
            if total is not None:
                gathered = builder.emit(RULES["subtract" if negative else "add"].primitive, total, gathered)
            elif negative:
                gathered = builder.emit(RULES["negative"].primitive, gathered)
            total = gathered
        assert isinstance(total, Value)
        return total


def _groups(products: Iterable[_Product]) -> list[tuple[bool, list[_Product]]]:
    """The products that can be one, whose factors stand below each other; what is subtracted comes last.

    Each product less is one temporary array less as large as the sum (300x300: 45 µs together, 600 apart, of which most
    are the pages of fresh memory).
    """
    groups: dict[object, list[_Product]] = {}
    for product in products:
        types = [(factor.type.rank, factor.type.dtype) for factor in product.factors]
        key = (product.negative, *types) if product.right is not None else (product.negative, product.left)
        groups.setdefault(key, []).append(product)
    return sorted(((group[0].negative, group) for group in groups.values()), key=lambda pair: pair[0])


class _Terms:
    """The products among the terms of a sum of which one is a carried value, and what is left of the sum without them.

    Nobody else may see a sum or a product that is taken apart. An addition to a part of the carried value is one of
    its terms, too.
    """

    def __init__(
        self,
        parameter: Value,
        stacking: Stacking,
        uses: Mapping[Value, int],
        product: Callable[[Value, bool], _Product | None],
    ) -> None:
        self.products: list[_Product] = []
        self.changed: dict[Value, Atom | Equation | None] = {}
        self.meets_parameter = False
        self.is_plain = True
        """Whether what is left is a sum that needs no other equations."""
        self._parameter: Value = parameter
        self._made = stacking.made
        self._uses = uses
        self._product = product

    def rest(self, atom: Atom, *, negative: bool) -> Atom | None:
        """What is left of a term without the products in it; None if that is nothing."""
        if atom == self._parameter:
            self.meets_parameter = not negative
            return atom
        if not isinstance(atom, Value) or atom.type != self._parameter.type:
            return atom
        if (product := self._product(atom, negative)) is not None:
            self.products.append(product)
            if product.right is not None:
                self.changed[atom] = None
            return None
        equation = self._made.get(atom)
        if equation is None or self._uses[atom] != 1 or equation.primitive.name not in ("add", "subtract", "additem"):
            return atom
        first, second, *others = equation.inputs
        left = self.rest(first, negative=negative)
        if equation.primitive.name == "additem":
            right: Atom | None = second
        else:
            right = self.rest(second, negative=negative != (equation.primitive.name == "subtract"))
        if (left, right) == (first, second):
            return atom
        if right is None or (left is None and equation.primitive.name == "add"):
            self.changed[atom] = rest = left if right is None else right
            return rest
        if left is None:
            self.is_plain = False
        else:
            self.changed[atom] = rebuilt(equation, inputs=(left, right, *others))
        return atom


def _is_stackable(value: Value, rank: int) -> bool:
    """Whether values of this type are worth keeping until after the loop."""
    shape = value.type.shape
    if value.type.kind != "array" or not isinstance(shape, tuple) or len(shape) != rank:
        return False
    return rank == 1 or (isinstance(shape[0], int) and shape[0] <= _MOST_ROWS)
