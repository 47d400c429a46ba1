"""Loading: generated text as functions that behave like handwritten ones.

The text is registered in `linecache` under a name of its own, so that tracebacks, pdb and `inspect.getsource` show
it, and each line knows which of the user's statements it belongs to.
"""

from __future__ import annotations

import linecache
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from adcompiler.backend.emit import Emitted
from adcompiler.backend.standalone import assemble, module_header
from adcompiler.spans import GENERATED


@dataclass(frozen=True)
class _Module:
    """A loaded text: where in it each function's definition begins, in order."""

    functions: tuple[tuple[int, Emitted], ...]


_MODULES: dict[str, _Module] = {}
"""What was loaded, by the file name it goes by."""

_LOCK = threading.Lock()


def load(functions: Sequence[Emitted], namespace: Mapping[str, Any] | None = None) -> dict[str, Callable[..., Any]]:
    """Compile generated functions.

    Parameters
    ----------
    functions : sequence of Emitted
        Functions of one module, which may call each other.
    namespace : mapping, optional
        Further globals that they mention.

    Returns
    -------
    dict
        The functions by name, in the same order.
    """
    text, starts = assemble(functions, module_header(functions))
    file = _register(text, _Module(tuple(zip(starts, functions, strict=True))))
    own = {name: value for emitted in functions for name, value in emitted.objects}
    variables: dict[str, Any] = {**(namespace or {}), **own, "__name__": GENERATED, "__file__": file}
    exec(compile(text, file, "exec"), variables)
    loaded: dict[str, Callable[..., Any]] = {}
    for emitted in functions:
        function = variables[emitted.name]
        assert isinstance(function, FunctionType)
        function.__doc__ = emitted.doc or None
        loaded[emitted.name] = function
    return loaded


def _register(text: str, module: _Module) -> str:
    """A file name for a text: the same for the same text, numbered where another has the name already."""
    stem = "adcompiler " + ", ".join(emitted.name for _, emitted in module.functions)
    with _LOCK:
        number = 1
        while True:
            file = f"<{stem}>" if number == 1 else f"<{stem} {number}>"
            known = linecache.cache.get(file)
            if known is None or file not in _MODULES or "".join(linecache.getlines(file)) == text:
                break
            number += 1
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        _MODULES[file] = module
    return file


def annotate(error: BaseException) -> None:
    """Add a note that says which statement of the user's an error in generated code belongs to."""
    note = None
    traceback = error.__traceback__
    while traceback is not None:
        module = _MODULES.get(traceback.tb_frame.f_code.co_filename)
        if module is not None:
            note = _describe_line(module, traceback.tb_lineno) or note
        traceback = traceback.tb_next
    if note is not None and note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def _describe_line(module: _Module, number: int) -> str | None:
    """`in the backward sweep of model.py:7: y = np.log(x)`."""
    for start, emitted in reversed(module.functions):
        line = number - start + 1
        if line < 1:
            continue
        span = emitted.spans.get(line)
        if span is None:
            return None
        backward = emitted.first_backward_line is not None and line >= emitted.first_backward_line
        return f"in the {'backward' if backward else 'forward'} sweep of {span.file}:{span.line}: {span.statement}"
    return None
