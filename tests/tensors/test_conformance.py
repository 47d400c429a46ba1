"""PyTorch's observed behaviour, snippet by snippet."""

from __future__ import annotations

import importlib

import pytest

from adcompiler.tensors import autograd, methods
from tests.tensors.snippets import CONFORMANCE, Snippet, read_snippets, run

OURS = importlib.import_module("adcompiler.tensors")

SNIPPETS = [snippet for path in sorted(CONFORMANCE.glob("[0-9]*.md")) for snippet in read_snippets(path)]
DIFFERENCES = {snippet.id: snippet for snippet in read_snippets(CONFORMANCE / "differences.md")}

ONCE = {"3.2": (autograd, "_warned_of_cycle"), "8.11": (methods, "_warned_of_scalar")}
"""Warnings that are issued once in a process, and the snippets that show them."""


@pytest.fixture(autouse=True)
def warned_already(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the order of the tests irrelevant to warnings that are issued once."""
    snippet: Snippet = request.node.callspec.params["snippet"] if hasattr(request.node, "callspec") else None
    for section, (module, flag) in ONCE.items():
        monkeypatch.setattr(module, flag, snippet is None or snippet.id != section)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.id)
def test_snippet_prints_what_it_prints_with_pytorch(snippet: Snippet) -> None:
    expected = DIFFERENCES.get(snippet.id, snippet)
    assert run(snippet.source, OURS) == expected.output, snippet.source


def test_every_difference_is_one_and_has_a_reason() -> None:
    by_id = {snippet.id: snippet for snippet in SNIPPETS}
    for section, difference in DIFFERENCES.items():
        assert difference.text, f"{section} differs without a reason"
        assert difference.title == by_id[section].title
        assert difference.output != by_id[section].output, f"{section} does not differ any more"


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.id)
def test_expected_output_is_what_the_installed_pytorch_prints(snippet: Snippet) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    if not torch.__version__.startswith("2.13."):
        pytest.skip(f"the outputs are of PyTorch 2.13, not {torch.__version__}")
    printed = run(snippet.source, torch)
    if snippet.id in ONCE:  # another test may have used up the warning
        printed, expected = (text.split("\n[warning]")[0] for text in (printed, snippet.output))
    else:
        expected = snippet.output
    assert printed == expected
