"""`with`: contexts that are entered and left once, in the forward sweep, around what the program computes in them.

The adjoint of the body stands outside, but for `np.errstate`: derivatives at the same points warn of the same things.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import textwrap
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gast
import numpy as np

from adcompiler.frontend.handlers import COMPLETED, attempt, kinds_of
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.merge import RESULT, read_path
from adcompiler.frontend.opaque import opaque_argument
from adcompiler.frontend.paths import Path
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import assign, execute_block
from adcompiler.ir.named import named
from adcompiler.ir.nodes import WITH, Atom, Equation, Literal
from adcompiler.ir.rewrite import exporting
from adcompiler.ir.types import OPAQUE

_HARMLESS = (open, warnings.catch_warnings, contextlib.redirect_stdout, contextlib.redirect_stderr, np.printoptions)
"""What makes contexts that pass on every exception."""


@reads(gast.With)
def _with(state: State, node: Any) -> None:
    _enter(state, list(node.items), node)


def _enter(state: State, items: Sequence[Any], node: Any) -> None:
    """Enter the contexts one after the other, and run the body in the last."""
    if not items:
        execute_block(state, node.body)
        return
    first, *others = items
    within = partial(_enter, state, others, node)
    expression = first.context_expr
    if not isinstance(expression, gast.Call):
        manager = read(state, expression)
        _run_within(state, first, node, within, (_manager(state, manager, expression),), {})
        return
    callee = read(state, expression.func)
    function = callee.value if isinstance(callee, Constant) else None
    arguments = [read(state, argument) for argument in expression.args]
    if any(keyword.arg is None for keyword in expression.keywords):
        state.refuse(expression, "`**` is not supported here", "write the keywords out")
    keywords = {keyword.arg: read(state, keyword.value) for keyword in expression.keywords}
    if function is contextlib.suppress:
        _suppress(state, arguments, within, node)
    elif function is contextlib.nullcontext:
        if first.optional_vars is not None:
            assign(state, first.optional_vars, arguments[0] if arguments else Constant(None))
        within()
    else:
        if not _passes_exceptions_on(function):
            state.refuse(
                expression,
                "it is not known whether this context manager swallows exceptions",
                "return nothing from its `__exit__`, or catch exceptions with `try`",
            )
        atoms = tuple(_given(state, ref, expression) for ref in (*arguments, *keywords.values()))
        static: dict[str, Any] = {"call": named(function)}
        if keywords:
            static["keywords"] = tuple(keywords)
        if function is np.errstate:
            static["again"] = True
        _run_within(state, first, node, within, atoms, static)


def _suppress(state: State, kinds: Sequence[Ref], within: Callable[[], None], node: Any) -> None:
    """`contextlib.suppress(...)` is a `try` whose handler does nothing."""
    found = tuple(kind for ref in kinds for kind in kinds_of(state, ref, node))
    if not found:
        within()
        return
    attempt(state, [found], within, lambda _: None, node)
    state.frame.names.pop(COMPLETED, None)


def _run_within(
    state: State, item: Any, node: Any, within: Callable[[], None], inputs: tuple[Atom, ...], static: dict[str, Any]
) -> None:
    target = item.optional_vars
    entered = state.builder.value(OPAQUE, target.id if isinstance(target, gast.Name) else None)

    def body() -> None:
        if target is not None:
            assign(state, target, state.bind(entered))
        within()

    path = read_path(state, body, Path.here(state, []))
    path.names.pop(RESULT, None)
    region, outputs = exporting((entered,), path.equations, state.builder.names)
    state.builder.append(Equation(WITH, inputs, outputs, tuple(sorted(static.items())), (region,)))
    path.resume(state)
    if path.ended:
        raise PathEnds


def _manager(state: State, ref: Ref, node: Any) -> Atom:
    """A context manager that is there already: a lock, an object of the user's, an open file."""
    if isinstance(ref, Constant):
        manager = ref.value
        if not hasattr(type(manager), "__exit__"):
            state.refuse(node, "this is not a context manager")
        if not _passes_exceptions_on(type(manager)):
            state.refuse(
                node,
                "it is not known whether this context manager swallows exceptions",
                "return nothing from its `__exit__`, or catch exceptions with `try`",
            )
        return Literal(named(manager, ast.unparse(gast.gast_to_ast(node)).rpartition(".")[2]))
    state.refuse(node, "what is entered here is not known before the program runs", "make it in the `with` itself")


def _given(state: State, ref: Ref, node: Any) -> Atom:
    atom = opaque_argument(state, ref, node)
    if atom.type.kind not in ("opaque", "scalar"):
        state.refuse(node, "a context manager cannot be given arrays: it may change them")
    return atom


def _passes_exceptions_on(function: Any) -> bool:
    """Whether the context manager that a call of this makes never swallows an exception, as its source says."""
    if function in _HARMLESS or function is np.errstate:
        return True
    wrapped = getattr(function, "__wrapped__", None)
    if isinstance(function, type):
        leave = getattr(function, "__exit__", None)
        if not inspect.isfunction(leave):
            return function.__module__ in ("_thread", "threading")
        tree = _syntax(leave)
        returned = [n.value for n in ast.walk(tree) if isinstance(n, ast.Return)] if tree else [ast.Constant(True)]
        return all(value is None or (isinstance(value, ast.Constant) and not value.value) for value in returned)
    if inspect.isgeneratorfunction(wrapped):
        tree = _syntax(wrapped)
        caught = [n for n in ast.walk(tree) if isinstance(n, ast.Try) and n.handlers] if tree else [None]
        return not any(node is None or any(isinstance(n, ast.Yield) for n in ast.walk(node)) for node in caught)
    return False


def _syntax(function: Any) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
