"""What quadrature needs that has no derivative."""

from __future__ import annotations

from adcompiler import runtime
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import length_from
from adcompiler.rules.table import nondifferentiable


def _nodes_type(n: Type) -> tuple[Type, ...]:
    nodes = array("float64", (length_from(n),))
    return (Type("tuple", elements=(nodes, nodes)),)


nondifferentiable(runtime.gauss_legendre, infer=_nodes_type, at=(3,))
