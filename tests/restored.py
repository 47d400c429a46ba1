"""Another rule of choice, for tests: restore every array that the backward sweep mentions, whatever it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adcompiler.analysis.versions import Versions
from adcompiler.ir.nodes import Value
from adcompiler.transform.restoring import Attempt


def choose_everything(
    versions: Versions, behind: Mapping[Value, frozenset[Value]], attempt: Callable[[frozenset[Value]], Attempt]
) -> frozenset[Value]:
    """In the place of `transform.restoring.choose`."""
    return attempt(frozenset(version for chain in versions.chains for version in chain)).survivors()
