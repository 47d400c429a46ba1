"""`@differentiable`: a function whose calls on Tensors are one node of the tape, with compiled code on both sides."""

from __future__ import annotations

import dis
import functools
import itertools
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from adcompiler.api import run_backward, source
from adcompiler.backend.load import annotate
from adcompiler.compiler import Goal, Source
from adcompiler.dispatch import Dispatcher, own
from adcompiler.entry import Entry
from adcompiler.gradient import Argnums, identifier
from adcompiler.guard import UNLIKE
from adcompiler.ir.structure import LONGEST, argument_packing, at_path, leaf_names, leaves_of, packing_of, tree_of
from adcompiler.rules.table import REMEMBERING
from adcompiler.tensors.grad_mode import is_grad_enabled
from adcompiler.tensors.inplace import check_writable, copy_into
from adcompiler.tensors.tape import record
from adcompiler.tensors.tensor import Tensor
from adcompiler.values import TENSORLESS, array_of, without_tensors


@overload
def differentiable(function: Callable[..., Any], /) -> Differentiable: ...


@overload
def differentiable() -> Callable[[Callable[..., Any]], Differentiable]: ...


def differentiable(function: Any = None, /) -> Any:
    """Make a function differentiable by compiling its adjoint.

    Called without Tensors that require grad, the function runs as it is written. Called with one, it runs as compiled
    code and returns a Tensor with one `grad_fn`, `<nameBackward>`; its body is never traced. Arrays that it writes into
    change either way, Tensors as by an operation in place: what was written is in their history. Used as
    `@differentiable` or `@differentiable()`, on functions, nested functions, lambdas and methods, above or below
    `@staticmethod` and `@classmethod`.

    Raises
    ------
    DifferentiationError
        At the first call with a Tensor that requires grad: the function cannot be differentiated.

    Examples
    --------
    >>> import adcompiler as ad
    >>> @ad.differentiable
    ... def tutorial(x):
    ...     y = x + 2
    ...     z = y * y * 3
    ...     return z.mean()
    >>> x = ad.ones(2, 2, requires_grad=True)
    >>> tutorial(x)
    tensor(27., grad_fn=<tutorialBackward>)
    >>> tutorial(x).backward()
    >>> x.grad
    tensor([[4.5000, 4.5000],
            [4.5000, 4.5000]])
    """
    if function is None:
        return Differentiable
    if isinstance(function, types.MethodType):
        return types.MethodType(Differentiable(function.__func__), function.__self__)
    return Differentiable(function)


class Differentiable:
    """A decorated function.

    Tensors that require grad are looked for in the arguments, defaults and free variables, and in what a method reads
    from the instance that it is bound to: in structures of any depth, not in sets and other collections. A function
    that changes a list, a dict or an attribute is recorded operation by operation, as an undecorated one.
    """

    __name__: str

    def __init__(self, function: Callable[..., Any]) -> None:
        self._binding: Any = type(function) if isinstance(function, staticmethod | classmethod) else None
        if isinstance(function, staticmethod | classmethod):
            function = function.__func__
        if not callable(function):
            raise TypeError(f"@differentiable decorates a function, not {type(function).__name__}")
        functools.update_wrapper(self, function)
        self.__adcompiler_wrapped__ = function
        self._call = function
        self._dispatchers: dict[tuple[tuple[str, ...], int], Dispatcher] = {}
        self._free_names = _free_names(function)
        self._has_defaults = bool(getattr(function, "__defaults__", ()) or getattr(function, "__kwdefaults__", ()))
        self._is_method = False
        self._attributes = _attributes_of_first_parameter(function)
        self._served: dict[tuple[bool | None, ...], list[_Served]] = {}
        """Kinds of calls that were made before, by which arguments are Tensors and which of these require grad."""
        REMEMBERING.add(self)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function; on the tape if a Tensor that requires grad takes part."""
        for argument in arguments:
            if argument.__class__ in TENSORLESS:
                continue
            if self._is_method and argument is arguments[0] and argument.__class__ is not Tensor:
                continue  # what a method reads of its instance is looked at below
            if _holds_tensor(argument) and is_grad_enabled():
                return self._on_tape(arguments, keywords)
        if (keywords or self._free_names) and is_grad_enabled():
            others = [*keywords.values(), *(read(name) for read, name in self._free_names)]
            if any(map(_holds_tensor, others)):
                return self._on_tape(arguments, keywords)
        if (
            (self._is_method and arguments and self._reads_tensor_of(arguments[0]))
            or (self._has_defaults and self._default_requires_grad(arguments, keywords))
        ) and is_grad_enabled():
            return self._on_tape(arguments, keywords)
        return self._call(*arguments, **keywords)

    def forget(self) -> None:
        """Look for code again at the next call."""
        self._served.clear()

    def __reduce__(self) -> str:
        return str(self.__qualname__)  # type: ignore[attr-defined]  # set by update_wrapper

    def __set_name__(self, owner: type, name: str) -> None:
        self._is_method = self._binding is not staticmethod

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if self._binding is staticmethod:
            return self
        if self._binding is classmethod:
            instance = type(instance) if owner is None else owner
        if instance is None:
            return self
        self._is_method = True
        return types.MethodType(self, instance)

    def _default_requires_grad(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> bool:
        """Whether a parameter that is not given has a Tensor that requires grad for its default."""
        function: Any = self._call
        defaults, others = function.__defaults__ or (), function.__kwdefaults__
        if not others and not any(map(_holds_tensor, defaults)):
            return False
        code = function.__code__
        names = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]
        absent = dict(zip(names, defaults, strict=True))
        for name in code.co_varnames[: min(len(arguments), code.co_argcount)]:
            absent.pop(name, None)
        absent |= others or {}
        return any(name not in keywords and _holds_tensor(value) for name, value in absent.items())

    def _reads_tensor_of(self, instance: Any) -> bool:
        """Whether a method reads a Tensor that requires grad from the object it is called on.

        What it reads from the class may be a method that reads any other attribute.
        """
        try:
            present = instance.__dict__
        except AttributeError:
            present = {}
        for name in self._attributes:
            if name in present:
                if _holds_tensor(present[name]):
                    return True
            else:
                held = [base.__dict__.get(name) for base in _class_of(instance).__mro__]
                if any(map(_holds_tensor, (*held, *present.values()))):
                    return True
        return False

    def _on_tape(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        given_by_position = None if keywords or self._is_method else _numbers_and_arrays(arguments)
        if given_by_position is not None:
            which, plain = given_by_position
            for served in self._served.get(which, ()):
                try:
                    found = served.call(*plain)
                except Exception as error:
                    annotate(error)
                    raise
                if found is not UNLIKE:
                    return self._recorded(served, arguments, *found)
        dispatcher = self._dispatcher((), 0)
        as_given, arguments = arguments, dispatcher.bind(arguments, keywords)
        bound = 1 if self._is_method and arguments else 0
        given = _leaves_by_name(dispatcher.names, arguments, bound)
        wrt = tuple([name for name, leaf in given.items() if isinstance(leaf, Tensor) and leaf.requires_grad])
        dispatcher = self._dispatcher(wrt, bound)
        arrays = (*arguments[:bound], *map(without_tensors, arguments[bound:]))
        entry = dispatcher.find(arrays)
        if entry.changed or entry.changes_outside:
            return self._call(*as_given, **keywords)  # which really changes what the function changes
        written = entry.written
        for name in written:
            if isinstance(given.get(name), Tensor):
                check_writable(given[name])
        value, residuals = dispatcher.call(entry, arrays)
        if given_by_position is not None:
            self._serve(given_by_position[0], entry, arrays, arguments, value)
        present = given | {name: read() for name, read, _ in entry.hidden}
        differentiated = entry.compiled.goal.wrt
        inputs = [present[name] for name in differentiated]
        constants = [t for name, t in present.items() if isinstance(t, Tensor) and name not in differentiated]
        changed = [present[name] for name in written]
        exposed = [*(array for array in present.values() if isinstance(array, np.ndarray)), *map(array_of, changed)]
        residuals = own(residuals, [array for array in exposed if isinstance(array, np.ndarray)])

        leaves = tuple(_leaves(value))
        structure = _rebuilt(value, itertools.repeat(0.0))

        def backward(cotangents: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(run_backward(entry, residuals, _rebuilt(structure, iter(cotangents), None)))

        results = record(identifier(self), leaves, inputs, backward, residuals=residuals, arguments=constants)
        rebuilt = _rebuilt(value, iter(results))
        if not written:
            return rebuilt
        result, *contents = rebuilt
        for target, content in zip(changed, contents, strict=True):
            if isinstance(target, Tensor):
                copy_into(target, content)
            else:
                target[...] = array_of(content)
        return result

    def _serve(
        self,
        which: tuple[bool | None, ...],
        entry: Entry,
        arrays: tuple[Any, ...],
        arguments: tuple[Any, ...],
        value: Any,
    ) -> None:
        """Remember a kind of call, if it is a plain one: of numbers, arrays and Tensors, with a result of one."""
        names = self._dispatcher((), 0).names
        differentiated = entry.compiled.goal.wrt
        if len(arguments) != len(names) or not self._dispatcher((), 0).by_position or not _is_leaf(value):
            return
        call = entry.written_call(arrays, 0)
        if call is None or not set(differentiated) <= set(names):
            return
        inputs = tuple(map(names.index, differentiated))
        tensors = [number for number, flag in enumerate(which) if flag is not None]
        constants = tuple(number for number in tensors if number not in inputs)
        others = tuple(number for number, argument in enumerate(arguments) if isinstance(argument, np.ndarray))
        served = self._served.setdefault(which, [])
        served.insert(0, _Served(entry, call, inputs, constants, others))
        del served[_MOST_SERVED:]

    def _recorded(self, served: _Served, arguments: tuple[Any, ...], value: Any, residuals: Any) -> Any:
        """The result of a plain call as a Tensor."""
        if not _is_leaf(value):
            return value
        entry = served.entry
        residuals = own(residuals, [arguments[number] for number in served.arrays])

        def backward(cotangents: tuple[Any, ...]) -> Any:
            return run_backward(entry, residuals, cotangents[0])

        inputs = [arguments[number] for number in served.inputs]
        constants = [arguments[number] for number in served.constants]
        return record(identifier(self), value, inputs, backward, residuals=residuals, arguments=constants)

    def _dispatcher(self, wrt: tuple[str, ...], bound: int) -> Dispatcher:
        found = self._dispatchers.get((wrt, bound))
        if found is None:
            goal = Goal("split", wrt, as_tuple=True, with_written=True)
            function = self.__adcompiler_wrapped__
            found = self._dispatchers[wrt, bound] = Dispatcher(function, goal, free_tensors=True, bound=bound)
        return found

    @property
    def source(self) -> Source:
        """The gradient for the first argument, as source valid for any rank."""
        return self.source_for()

    def source_for(self, argnums: Argnums = 0, **options: Any) -> Source:
        """The generated source with the options of `adcompiler.source`."""
        return source(self.__adcompiler_wrapped__, argnums=argnums, **options)

    def __repr__(self) -> str:
        return f"<differentiable {self.__name__}>"


_MOST_SERVED = 4
"""Kinds of calls with the same Tensors that are compared with one after the other."""


@dataclass(frozen=True)
class _Served:
    """A kind of call that was made before."""

    entry: Entry
    call: Callable[..., Any]
    """Takes plain arguments; `Guard.call`."""
    inputs: tuple[int, ...]
    """The arguments that are differentiated for, in the order of the cotangents."""
    constants: tuple[int, ...]
    """The other Tensors."""
    arrays: tuple[int, ...]
    """The arrays, which the caller may change."""


def _numbers_and_arrays(arguments: tuple[Any, ...]) -> tuple[tuple[bool | None, ...], list[Any]] | None:
    """Of arguments that are numbers, arrays and Tensors: which of the Tensors require grad, and plain arguments."""
    which: list[bool | None] = []
    plain: list[Any] = []
    for argument in arguments:
        if argument.__class__ is Tensor:
            which.append(argument.requires_grad)
            plain.append(argument.array)
        elif argument.__class__ in TENSORLESS:
            which.append(None)
            plain.append(argument)
        else:
            return None
    return tuple(which), plain


def _is_leaf(value: Any) -> bool:
    """Whether a part of a result becomes a Tensor."""
    return isinstance(value, np.ndarray | np.generic | float | complex)


def _leaves(value: Any) -> Iterator[Any]:
    """The parts of a result that become Tensors, in order."""
    return filter(_is_leaf, leaves_of(value))


_KEEP = object()


def _rebuilt(value: Any, leaves: Iterator[Any], other: Any = _KEEP) -> Any:
    """The structure of a result around new leaves; what is no leaf is kept unless `other` is to replace it."""
    packing = packing_of(value)
    if packing is not None:
        return packing.pack([_rebuilt(part, leaves, other) for part in packing.parts(value)])
    if _is_leaf(value):
        return next(leaves)
    return value if other is _KEEP else other


def _leaves_by_name(names: tuple[str, ...], arguments: tuple[Any, ...], bound: int) -> dict[str, Any]:
    """The numbers, arrays and Tensors of a call, by the names that a program has for them."""
    values = dict(zip(names, arguments, strict=True))
    if not any(map(argument_packing, arguments[bound:])):
        return values
    trees = dict(zip(names, [*arguments[:bound], *map(tree_of, arguments[bound:])], strict=True))
    return {name: at_path(values[parameter], path) for name, (parameter, path) in leaf_names(trees).items()}


def _holds_tensor(value: Any) -> bool:
    """Whether a value is a Tensor that requires grad, or a structure with one in it; of large ones, not all is seen."""
    pending, seen = [value], 0
    while pending:
        part = pending.pop()
        cls = part.__class__
        if cls is Tensor:
            if part.requires_grad:
                return True
        elif cls not in TENSORLESS and seen <= LONGEST:
            packing = argument_packing(part)
            if packing is not None:
                pending.extend(packing.parts(part))
                seen = seen + 1 + len(pending)
    return False


def _attributes_of_first_parameter(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names that a function reads as attributes of its first parameter."""
    if not isinstance(function, types.FunctionType) or not function.__code__.co_argcount:
        return ()
    first = function.__code__.co_varnames[0]
    names, previous = [], None
    for instruction in dis.get_instructions(function):
        if instruction.opname in ("LOAD_ATTR", "LOAD_METHOD") and previous == first:
            names.append(instruction.argval)
        loaded = instruction.argval
        previous = loaded[-1] if isinstance(loaded, tuple) and loaded else loaded
    return tuple(dict.fromkeys(names))


def _class_of(value: Any) -> type:
    return value if isinstance(value, type) else type(value)


def _globals_read(code: types.CodeType) -> Iterator[str]:
    """The names of the globals that a function reads."""
    return (item.argval for item in dis.get_instructions(code) if item.opname == "LOAD_GLOBAL")


def _free_names(function: Callable[..., Any]) -> tuple[tuple[Callable[[str], Any], str], ...]:
    """Readers of the free variables that may hold Tensors: the closure's cells, and globals."""
    if not isinstance(function, types.FunctionType):
        return ()
    code, namespace = function.__code__, function.__globals__
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))

    def read_cell(name: str) -> Any:
        try:
            return cells[name].cell_contents
        except ValueError:
            return None

    names: list[tuple[Callable[[str], Any], str]] = [(read_cell, name) for name in code.co_freevars]
    names += [
        (namespace.get, name)
        for name in dict.fromkeys(_globals_read(code))
        if not isinstance(namespace.get(name), types.ModuleType | types.FunctionType)
    ]
    return tuple(names)
