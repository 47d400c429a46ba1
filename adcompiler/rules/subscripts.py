"""The subscripts of Einstein sums, in the ways in which NumPy takes them, and in one: an index for each axis."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any

_ELLIPSIS = "..."
_LETTERS = string.ascii_uppercase + string.ascii_lowercase


def arrange(arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """A call of `np.einsum` with its subscripts as `subscripts=`, a text, and the operands alone.

    NumPy takes `("ij,jk", a, b)` as well as `(a, [0, 1], b, [1, 2])`, with a further list for the result.
    """
    keywords = {name: value for name, value in keywords.items() if name != "order"}  # of memory only
    if not isinstance(keywords.get("optimize", False), (bool, str, list, tuple)):
        keywords["optimize"] = True  # an order that the program computes itself: NumPy finds one as good
    if not arguments or "subscripts" in keywords:
        return arguments, keywords
    first, *operands = arguments
    if isinstance(first, str):
        return tuple(operands), {**keywords, "subscripts": first}
    terms = list(arguments[1::2])
    operands = list(arguments[: 2 * len(terms) : 2])
    result = arguments[-1:] if len(arguments) % 2 else ()
    if not all(isinstance(term, (list, tuple)) for term in (*terms, *result)):
        raise TypeError("`np.einsum` needs its subscripts as text that is known before the program runs")
    letters = _letters_of([index for term in (*terms, *result) for index in term])
    texts = ["".join(letters[index] for index in term) for term in (*terms, *result)]
    text = ",".join(texts[: len(terms)]) + ("->" + texts[-1] if result else "")
    return tuple(operands), {**keywords, "subscripts": text}


def _letters_of(indices: Sequence[Any]) -> dict[Any, str]:
    """A letter for each number, in their order, by which NumPy sorts the axes of a result that is not given."""
    numbers = sorted({index for index in indices if index is not Ellipsis})
    if not all(isinstance(number, int) and 0 <= number < len(_LETTERS) for number in numbers):
        raise TypeError("the subscripts of `np.einsum` are letters, or numbers from 0 to 51")
    shift = len(string.ascii_uppercase) if all(number < len(string.ascii_lowercase) for number in numbers) else 0
    return {Ellipsis: _ELLIPSIS, **{number: _LETTERS[number + shift] for number in numbers}}


def terms_of(subscripts: str, ranks: Sequence[int | None]) -> tuple[list[str], str]:
    """The indices of each operand, and of the result, which NumPy finds itself where they are not given.

    The axes that an ellipsis stands for get letters of their own, where the ranks are known.

    Raises
    ------
    ValueError
        NumPy would refuse them as well.
    """
    given, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"the subscripts `{subscripts}` are for {len(terms)} operands, not for {len(ranks)}")
    letters = given.replace(_ELLIPSIS, "").replace(",", "")
    if not arrow:
        result = _ELLIPSIS * (_ELLIPSIS in given)
        result += "".join(sorted(index for index in set(letters) if letters.count(index) == 1))
    for index in result.replace(_ELLIPSIS, ""):
        if index not in letters or result.count(index) > 1:
            raise ValueError(
                f"the subscripts `{subscripts}` give the result an index twice, or one that no operand has"
            )
    terms, result = _spelled_out(subscripts, terms, result, ranks, letters)
    for term, rank in zip(terms, ranks, strict=True):
        if rank is not None and _ELLIPSIS not in term and len(term) != rank:
            raise ValueError(f"`{term}` of the subscripts `{subscripts}` is not for an operand with {rank} axes")
    return terms, result


def _spelled_out(
    subscripts: str, terms: list[str], result: str, ranks: Sequence[int | None], taken: str
) -> tuple[list[str], str]:
    """Terms and result with letters for the axes that an ellipsis stands for: the same from the last one on."""
    counts: list[int] = []
    for term, rank in zip(terms, ranks, strict=True):
        if _ELLIPSIS in term:
            if rank is None:
                return terms, result
            counts.append(rank - len(term) + len(_ELLIPSIS))
    if counts and min(counts) < 0:
        raise ValueError(f"the subscripts `{subscripts}` have more indices than an operand has axes")
    most = max(counts, default=0)
    if most and _ELLIPSIS not in result:
        raise ValueError(f"the result of the subscripts `{subscripts}` lacks the axes that `...` stands for")
    free = [letter for letter in _LETTERS if letter not in taken][:most]
    if len(free) < most:
        raise ValueError(f"the subscripts `{subscripts}` have too many axes")
    batch = "".join(free)
    remaining = iter(counts)
    spelled = [
        term.replace(_ELLIPSIS, batch[most - next(remaining) :]) if _ELLIPSIS in term else term for term in terms
    ]
    return spelled, result.replace(_ELLIPSIS, batch)
