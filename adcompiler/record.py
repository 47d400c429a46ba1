"""Records: dataclasses that nobody changes, of which there are so many that it matters what one costs.

That a field is never assigned is checked by mypy, which takes `record` for `dataclass`. Checking it at run time too, as
`dataclass(frozen=True)` does, makes an object at two to three times the cost: 0.9 µs instead of 0.35 µs for an
equation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    def record(*, frozen, slots=False, eq=True):
        """A dataclass, hashed by its fields where these make it equal to another."""
        assert frozen

        def decorate(cls):
            hashed = eq and vars(cls).get("__hash__") is None
            return dataclass(slots=slots, eq=eq, unsafe_hash=hashed)(cls)

        return decorate


__all__ = ["record"]
