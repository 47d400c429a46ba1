"""Lines of bounded width: how a logical line that is too long is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH = 100
"""Columns of generated code."""

_STEP = "    "
_START = re.compile(r"return |[-+*/@] |\w+=(?!=)")
_LOOSE = re.compile(r"\bnot |[<>=&|^]| (if|else|and|or|in|is) ")
"""Operators that bind less than those between operands."""


def wrap(text: str, indent: int, width: int) -> list[str]:
    """A logical line as physical lines, broken inside brackets, which are added where there are none.

    Examples
    --------
    >>> print("\\n".join(wrap("total = combine(first_operand, second_operand)", 0, 30)))
    total = combine(
        first_operand,
        second_operand,
    )
    """
    return _wrap(text, indent, width, is_operand=False)


def fits(text: str, indent: int, width: int) -> bool:
    """Whether a logical line needs no breaking."""
    return len(_STEP) * indent + len(text) <= width


def _wrap(text: str, indent: int, width: int, *, is_operand: bool) -> list[str]:
    margin = _STEP * indent
    if fits(text, indent, width):
        return [margin + text]
    if text.startswith("# "):
        return [f"{margin}{text[: max(2, width - len(margin) - 4)].rstrip()} ..."]
    head, items, tail = _split(text, is_operand=is_operand)
    if not items:
        return [margin + text]
    lines = [margin + head]
    for item in items:
        lines += _wrap(item, indent + 1, width, is_operand=not item.endswith(","))
    return [*lines, margin + tail]


def _split(text: str, *, is_operand: bool) -> tuple[str, list[str], str]:
    """The line before, inside and after the brackets at which it is broken.

    An operand stands beside others: what binds less than they do must not be enclosed with a part of it.
    """
    head, value = _head(text)
    is_header = text.endswith(":")
    if head and not is_header and not is_operand and len(pieces := _pieces(value)) > 1:
        return f"{head}(", [f"{piece}," for piece in pieces], ")"  # `return a, b`: a tuple without brackets
    closed = len(text) - is_header - text.endswith(",")
    openings = [position for position, depth, mark in _marks(text[:closed]) if depth == 0 and mark in "(["]
    if openings and text[closed - 1] in ")]":
        start, end = openings[-1] + 1, closed - 1
        while _is_enclosed(text[start:end]):
            start, end = start + 1, end - 1  # `append((a, b))`
        pieces = _pieces(text[start:end])
        if len(pieces) > 1 and not _operands(text[len(head) : closed]):
            return text[:start], [f"{piece}," for piece in pieces], text[end:]
    if is_header or not _may_be_enclosed(value, is_operand=is_operand):
        return text, [], ""
    pieces = _operands(value.removesuffix(","))
    return (f"{head}(", pieces, ")," if text.endswith(",") else ")") if pieces else (text, [], "")


def _head(text: str) -> tuple[str, str]:
    """`return `, `x = `, `axis=`, `+ ` or nothing, and the expression that follows."""
    if start := _START.match(text):
        return start[0], text[start.end() :]
    for position, depth, mark in _marks(text):
        if mark == "=" and depth == 0 and text[position - 1] in " +-*/@%" and text[position + 1] == " ":
            return text[: position + 2], text[position + 2 :]
    return "", text


def _is_enclosed(text: str) -> bool:
    """Whether brackets that belong together stand around all of a text."""
    if text[:1] not in ("(", "["):
        return False
    closing = (position for position, depth, mark in _marks(text) if depth == 0 and mark in ")]")
    return next(closing, None) == len(text) - 1


def _may_be_enclosed(value: str, *, is_operand: bool) -> bool:
    """Whether brackets around a text change nothing."""
    if value.startswith(("*", "assert ", "raise ")):
        return False
    outside = "".join(mark for _, depth, mark in _marks(value) if depth == 0)
    return ":" not in outside and not (is_operand and _LOOSE.search(outside))


def _pieces(text: str) -> list[str]:
    """What commas separate."""
    cuts = [position for position, depth, mark in _marks(text) if depth == 0 and mark == ","]
    starts = [0, *(cut + 1 for cut in cuts)]
    ends = [*cuts, len(text)]
    return [piece for start, end in zip(starts, ends, strict=True) if (piece := text[start:end].strip())]


def _operands(text: str) -> list[str]:
    """The operands of the operator that binds least, each but the first with the operator in front."""
    for operators in ((" + ", " - "), (" * ", " / ", " @ ")):
        cuts = [p for p, depth, mark in _marks(text) if depth == 0 and mark == " " and text[p : p + 3] in operators]
        if cuts:
            starts = [0, *(cut + 1 for cut in cuts)]
            ends = [*cuts, len(text)]
            return [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return []


def _marks(text: str) -> Iterator[tuple[int, int, str]]:
    """Every character outside strings, with its position and how many brackets are open around it."""
    depth = 0
    quote = ""
    skip = False
    for position, character in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth -= character in ")]}"
            yield position, depth, character
            depth += character in "([{"
