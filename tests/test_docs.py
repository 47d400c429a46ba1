"""The documents tell the truth: their code runs, and what stands below it is what it prints or raises.

`pytest tests/test_docs.py --update-golden` writes what is printed and raised anew.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from documents import FILE, ROOT, Block, Session, read_blocks, replace_texts
from test_layers import LAYERS

from adcompiler.cli import main
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY

DOCUMENTS = ("README.md", "FUNCTIONS.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LIMITATIONS.md")
RUN = ("README.md", "ARCHITECTURE.md")


def text_of(name: str) -> str:
    """A document of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RUN)
def test_code_prints_what_the_document_says(name: str, request: pytest.FixtureRequest) -> None:
    session, document = Session(), text_of(name)
    printed = []
    for block in read_blocks(document):
        if block.is_code:
            session.run(block.text)
        elif block.mark == "prints":
            printed.append((block, session.take()))
    assert not session.take(), "something is printed that the document does not show"
    if request.config.getoption("--update-golden"):
        (ROOT / name).write_text(replace_texts(document, printed), encoding="utf-8")
        return
    for block, text in printed:
        assert text == block.text, f"{name}:{block.line}"


PRELUDE = "import math\n\nimport numpy as np\n\nimport adcompiler as ad\n"


def error_of(code: str) -> str:
    """The error of one example of LIMITATIONS.md."""
    session = Session()
    session.run(PRELUDE)
    return session.error_of(code)


def limits() -> list[tuple[Block, Block]]:
    """Each example of LIMITATIONS.md with the block of its error."""
    blocks = read_blocks(text_of("LIMITATIONS.md"))
    return list(zip(blocks[::2], blocks[1::2], strict=True))


def test_every_limit_is_followed_by_its_error(request: pytest.FixtureRequest) -> None:
    assert all(code.is_code and error.mark == "error" for code, error in limits())
    if request.config.getoption("--update-golden"):
        found = [(error, error_of(code.text)) for code, error in limits()]
        (ROOT / "LIMITATIONS.md").write_text(replace_texts(text_of("LIMITATIONS.md"), found), encoding="utf-8")


@pytest.mark.parametrize("number", range(len(limits())))
def test_limit_has_the_error_that_the_document_says(number: int) -> None:
    code, error = limits()[number]
    assert error_of(code.text) == error.text, f"LIMITATIONS.md:{code.line}\n{code.text}"
    assert "nothing is raised" not in error.text


def test_command_lines_of_the_readme_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = read_blocks(text_of("README.md"))
    (tmp_path / FILE).write_text(next(block.text for block in blocks if block.is_code), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks if block.language == "sh" for line in block.text.splitlines()]
    commands = [shlex.split(line, comments=True) for line in lines if line.startswith("adcompiler ")]
    assert {command[1] for command in commands} == {"emit", "check"}
    for _, *arguments in commands:
        assert main(arguments) == 0


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in DOCUMENTS:
        assert set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", text_of(name), re.MULTILINE)) <= {
            pair for target in targets for pair in ((target, ""), ("", target))
        }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files(name: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text_of(name)):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_paths_exist(name: str) -> None:
    for path in re.findall(r"`((?:adcompiler|tests|samples|benchmarks)/[\w/.]+)`", text_of(name)):
        assert (ROOT / path).exists(), path
    for module, file in re.findall(r"`(\w+)/(\w+\.py)`", text_of(name)):
        if (ROOT / "adcompiler" / module).is_dir():
            assert (ROOT / "adcompiler" / module / file).exists(), f"{module}/{file}"


def test_five_minutes_are_enough() -> None:
    """What CONTRIBUTING.md says of a new derivative, followed to the letter in a process of its own."""
    text = text_of("CONTRIBUTING.md").partition("## Add a derivative in five minutes")[2].partition("\n## ")[0]
    lines = [block.strip() for block in re.findall(r"^ +```python\n(.*?)^ +```", text, re.MULTILINE | re.DOTALL)]
    (program,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    names = [name for line in lines for name in re.findall(r"^\w+\(np\.(\w+),", line)]
    assert len(names) == len(lines) == 2
    followed = "\n".join(
        [
            "import numpy as np, pytest, sys",
            "import adcompiler.rules",
            "from adcompiler.rules.inference import same_type",
            "from adcompiler.rules.table import RULES, elementwise, vjp",
            f"for name in {names!r}:",
            "    RULES.pop(name, None)",
            *lines,
            program,
            f"sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', 'tests/rules', '-k', {' or '.join(names)!r}]))",
        ]
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", followed], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d{2,} passed", done.stdout), done.stdout


def test_layers_are_those_that_are_enforced() -> None:
    block = next(block for block in read_blocks(text_of("ARCHITECTURE.md")) if block.mark == "layers")
    lines = [re.findall(r"\w+", line.partition("  ")[0]) for line in block.text.splitlines()]
    assert lines == [list(names) for names in LAYERS]


@pytest.mark.parametrize("passes", [SIMPLIFY, OPTIMISE], ids=["SIMPLIFY", "OPTIMISE"])
def test_passes_stand_in_the_document_in_their_order(passes) -> None:
    names = ", ".join(f"`{transform.__name__}`" for transform in passes)
    assert names in " ".join(text_of("ARCHITECTURE.md").split())
