"""What quadrature needs that has no derivative."""

from __future__ import annotations

from adcompiler import runtime
from adcompiler.ir.types import Extent, Type, array
from adcompiler.rules.table import nondifferentiable


def _nodes_type(n: Type) -> tuple[Type, ...]:
    nodes = array("float64", (Extent("?") if n.extent is None else n.extent,))
    return (Type("tuple", elements=(nodes, nodes)),)


nondifferentiable(runtime.gauss_legendre, infer=_nodes_type, at=(3,))
