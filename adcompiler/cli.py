"""The command line: `adcompiler emit`, `check`, `functions` and `cache`. Files are read, never run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from adcompiler.cache import store
from adcompiler.compiler import Compiled, Goal, compile_gradient, on_elements
from adcompiler.errors import DifferentiationError
from adcompiler.frontend.lower import find_problems, written_parameters
from adcompiler.frontend.parse import FunctionSource
from adcompiler.frontend.static_scope import StaticScope
from adcompiler.functions import document
from adcompiler.ir.types import Parameter
from adcompiler.signature import given_types, parse_types

DIFFERENTIABLE, REFUSED, USAGE = 0, 1, 2
"""Exit codes."""


class UsageError(Exception):
    """A command line that asks for something that does not exist."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0; 1 if something cannot be differentiated; 2 for a wrong use.
    """
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        return int(options.run(options))
    except DifferentiationError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except (UsageError, OSError, ValueError) as error:
        print(f"adcompiler: {error}", file=sys.stderr)
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adcompiler", description="Differentiate Python functions by their source.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    emit = commands.add_parser("emit", help="write the adjoint of a function as source")
    emit.add_argument("target", metavar="FILE.py:FUNCTION", help="the function, in a file that is read and not run")
    emit.add_argument("--wrt", metavar="x,y", help="the parameters to differentiate for (the first one by default)")
    emit.add_argument("--of", metavar="A,B", help="the parameters that hold the result, if it is not returned")
    emit.add_argument("--mode", choices=("reverse", "split"), default="reverse", help="one function, or two sweeps")
    emit.add_argument(
        "--types",
        metavar="'x=float64[n,3]'",
        default="",
        help="what is known of arguments and parts: x, p['W'], m.b",
    )
    emit.add_argument(
        "--scalarise", action="store_true", help="compute with the elements of small arrays, whose --types say lengths"
    )
    emit.add_argument("--standalone", action="store_true", help="write a file that needs NumPy alone")
    emit.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of standard output")
    emit.set_defaults(run=_emit)
    functions = commands.add_parser("functions", help="list the functions that are differentiated")
    functions.set_defaults(run=_functions)
    check = commands.add_parser("check", help="list what in a file could not be differentiated, and why")
    check.add_argument("file", metavar="FILE.py")
    check.set_defaults(run=_check)
    cache = commands.add_parser("cache", help="show where generated code is kept for later processes, and how much")
    cache.add_argument("--clear", action="store_true", help="delete it")
    cache.set_defaults(run=_cache)
    return parser


def _emit(options: argparse.Namespace) -> int:
    path, colon, name = options.target.rpartition(":")
    if not colon or not name.isidentifier():
        raise UsageError(f"`{options.target}` is not of the form FILE.py:FUNCTION")
    source = _function(_read(path), name)
    wrt = _names(options.wrt) or source.parameters[:1]
    of = _names(options.of)
    missing = [part for part in (*wrt, *of) if part not in source.parameters]
    if not source.parameters:
        raise UsageError(f"`{name}` has no parameter to differentiate for")
    if missing:
        raise UsageError(f"`{name}` has no parameter `{missing[0]}`")
    for option, names, given in (("--wrt", wrt, options.wrt), ("--of", of, options.of)):
        if len(set(names)) < len(names):
            raise UsageError(f"{option} names a parameter twice: {given}")
    parameters = given_types(source.parameters, parse_types(options.types), source.annotations, source.scope.lookup)
    mode = "grad" if options.mode == "reverse" else "split"
    goal = Goal(mode, wrt, as_tuple=len(wrt) > 1, of=(of if len(of) > 1 else of[0]) if of else None)
    compiled: Compiled | None = compile_gradient(source, parameters, goal)
    if options.scalarise and compiled is not None:
        compiled = on_elements(compiled)
    if compiled is None:
        raise UsageError(f"the gradient of `{name}` cannot be computed element by element, or not faster")
    text = compiled.text(standalone=options.standalone) + "\n"
    if options.output:
        Path(options.output).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return DIFFERENTIABLE


def _functions(options: argparse.Namespace) -> int:
    sys.stdout.write(document())
    return DIFFERENTIABLE


def _cache(options: argparse.Namespace) -> int:
    place = store.folder()
    if options.clear:
        print(f"{_files(store.clear())} deleted from {place}")
        return DIFFERENTIABLE
    found = store.entries()
    used = sum(size for _, size, _ in found) / 1e6
    state = "" if store.is_enabled() else ", off (ADCOMPILER_CACHE)"
    print(f"{place}: {_files(len(found))}, {used:.1f} of {store.MOST_BYTES / 1e6:.0f} MB{state}")
    return DIFFERENTIABLE


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def _names(listed: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in listed.split(",")) if listed else ()


def _read(path: str) -> StaticScope:
    if not Path(path).is_file():
        raise UsageError(f"there is no file {path}")
    return StaticScope.read(Path(path), shown_as=path)


def _function(scope: StaticScope, name: str) -> FunctionSource:
    binding = scope.lookup(name) if name in scope.bindings else None
    if binding is not None and isinstance(binding.value, FunctionSource):
        return binding.value
    raise UsageError(f"there is no function `{name}` in {scope.text.file}")


def _check(options: argparse.Namespace) -> int:
    scope = _read(options.file)
    found = {str(problem): None for name in scope.function_names() for problem in _problems(scope, name)}
    for problem in found:
        print(problem, file=sys.stderr)
    return REFUSED if found else DIFFERENTIABLE


def _problems(scope: StaticScope, name: str) -> list[DifferentiationError]:
    """Why a function could not be differentiated for all of its parameters; nothing if it could."""
    try:
        source = _function(scope, name)
    except DifferentiationError as error:
        return [error]
    if not source.takes_arguments:
        return []
    parameters = given_types(source.parameters, None, source.annotations, source.scope.lookup)
    try:
        of = written_parameters(source, parameters)
        compile_gradient(source, parameters, Goal("grad", _differentiable(parameters), as_tuple=True, of=of))
    except DifferentiationError as error:
        problems = find_problems(source, parameters)
        return problems if any(str(problem) == str(error) for problem in problems) else [*problems, error]
    return []


def _differentiable(parameters: dict[str, Parameter]) -> tuple[str, ...]:
    return tuple(n for n, type_ in parameters.items() if getattr(type_, "may_be_differentiable", False))
