"""Keys of types of arguments: of their patterns of lengths, their ranks, their kinds."""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.containers import is_hashable
from adcompiler.frontend.scope import Same
from adcompiler.ir.structure import Static, Structure, argument_packing
from adcompiler.ir.types import Parameter, Type
from adcompiler.values import describe


def pattern_key(known: Parameter) -> Any:
    """Equal for arguments that the same code serves, as far as types say."""
    match known:
        case Structure(packing=packing, parts=parts):
            return packing, tuple(map(pattern_key, parts))
        case Static(value=value):
            return Same(value) if argument_packing(value) is not None or not is_hashable(value) else describe(value)
    return known


def kind_key(known: Parameter) -> Any:
    """Equal for arguments of the same kinds and dtypes, of any rank."""
    match known:
        case Structure(packing=packing, parts=parts):
            return packing, tuple(map(kind_key, parts))
        case Type(kind=kind, dtype=dtype):
            return kind, dtype
    return pattern_key(known)


def rank_key(known: Parameter) -> Any:
    """Equal for arguments of the same kinds, dtypes and ranks."""
    match known:
        case Structure(packing=packing, parts=parts):
            return packing, tuple(map(rank_key, parts))
        case Type(kind=kind, dtype=dtype):
            return kind, dtype, known.rank
    return pattern_key(known)
