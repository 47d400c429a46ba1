"""What PyTorch calls the node of an operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcompiler.rules.rule import Rule
from adcompiler.tensors.tensor import Tensor

_NAMES = {
    "absolute": "AbsBackward0",
    "subtract": "SubBackward0",
    "multiply": "MulBackward0",
    "divide": "DivBackward0",
    "true_divide": "DivBackward0",
    "negative": "NegBackward0",
    "arcsin": "AsinBackward0",
    "arccos": "AcosBackward0",
    "arctan": "AtanBackward0",
    "arcsinh": "AsinhBackward0",
    "arccosh": "AcoshBackward0",
    "arctanh": "AtanhBackward0",
    "arctan2": "Atan2Backward0",
    "log1p": "Log1PBackward0",
    "rint": "RoundBackward0",
    "square": "PowBackward0",
    "deg2rad": "Deg2RadBackward0",
    "rad2deg": "Rad2DegBackward0",
    "float_power": "PowBackward1",
    "concatenate": "CatBackward0",
    "transpose": "PermuteBackward0",
    "reshape": "ViewBackward0",
    "ravel": "ViewBackward0",
    "max": "AmaxBackward0",
    "min": "AminBackward0",
    "clip": "ClampBackward1",
    "getitem": "SelectBackward0",
    "setitem": "IndexPutBackward0",
    "astype": "ToCopyBackward0",
    "diag": "DiagonalBackward0_copy",
    "copy": "CloneBackward0",
    "broadcast_to": "ExpandBackward0",
    "linalg.norm": "LinalgVectorNormBackward0",
    "linalg.inv": "LinalgInvExBackward0",
    "linalg.solve": "LinalgSolveExBackward0",
    "linalg.det": "LinalgDetBackward0",
    "linalg.cholesky": "LinalgCholeskyExBackward0",
    "linalg.eigvals": "LinalgEigBackward0",
    "linalg.eigvalsh": "LinalgEighBackward0",
    "linalg.svdvals": "LinalgSvdBackward0",
}


def node_name(rule: Rule, operands: Sequence[Any]) -> str:
    """The name of the node for a rule applied to these operands.

    Examples
    --------
    >>> from adcompiler.rules.table import RULES
    >>> node_name(RULES["sin"], ())
    'SinBackward0'
    """
    name = rule.primitive.name
    match name:
        case "power":
            tensors = [isinstance(operand, Tensor) for operand in operands]
            return "PowBackward1" if all(tensors) else "PowBackward0" if tensors[0] else "PowBackward2"
        case "matmul" | "dot":
            ranks = [operand.ndim for operand in operands]
            if ranks == [1, 1]:
                return "DotBackward0"
            if ranks == [2, 1]:
                return "MvBackward0"
            if ranks == [1, 2]:
                return "SqueezeBackward4"
            return {(2, 2): "MmBackward0", (3, 3): "BmmBackward0"}.get(tuple(ranks), "UnsafeViewBackward0")
        case "fmod" | "remainder":
            return f"{name.capitalize()}Backward{int(isinstance(operands[1], Tensor))}"
        case "sum" | "mean" | "prod":
            return f"{name.capitalize()}Backward0"
    return _NAMES.get(name) or "".join(part.capitalize() for part in name.replace(".", "_").split("_")) + "Backward0"
