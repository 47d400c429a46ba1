"""A gradient function: compiled at the first call for each kind of arguments, and showing its code."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler.backend.load import annotate
from adcompiler.compiler import Compiled, Goal, Source, compile_gradient
from adcompiler.dispatch import Dispatcher, dispatcher_for
from adcompiler.entry import Entry
from adcompiler.errors import DifferentiationError
from adcompiler.frontend.parse import function_source, unwrap
from adcompiler.guard import UNLIKE, first, unlike
from adcompiler.ir.nodes import is_recursive
from adcompiler.ir.structure import Static
from adcompiler.ir.types import Type, unknown
from adcompiler.rules.own_functions import calling
from adcompiler.rules.table import REMEMBERING
from adcompiler.signature import given_types
from adcompiler.values import Lengths, array_of, without_tensors

Argnums = int | str | tuple[int | str, ...]
Of = str | int | tuple[str | int, ...] | None


_MOST_RECENT = 4
"""Kinds of calls that are compared with one after the other: each that fails costs 0.1 µs."""
_MOST_CALLS = 256
"""Kinds of calls that are remembered: beyond them all are forgotten."""


class Gradient:
    """A gradient function, compiled at the first call for each kind of arguments."""

    def __init__(
        self, f: Callable[..., Any], argnums: Argnums, *, has_aux: bool, with_value: bool, of: Of = None
    ) -> None:
        self._of_what = f
        function, self._bound = plain_function(f)
        self.__doc__ = f"Gradient of `{identifier(function)}`, compiled for the kinds of arguments it is called with."
        self.__module__ = function.__module__
        self.__name__ = f"{'value_and_grad' if with_value else 'grad'}_{identifier(function)}"
        self._signature = inspect.signature(f)
        names = tuple(inspect.signature(function).parameters)
        wrt = names_of(argnums, names[len(self._bound) :], function)
        self._has_aux, self._with_value = has_aux, with_value
        self._of = written_names(of, names[len(self._bound) :], function)
        if has_aux and of is not None:
            raise ValueError("`of=` differentiates an argument, and has_aux a result: choose one")
        mode = "value_and_grad" if with_value else "grad"
        goal = Goal(mode, wrt, aux=has_aux, as_tuple=isinstance(argnums, tuple), of=self._of)
        self._dispatcher = dispatcher_for(function, goal, len(self._bound))
        self._with_check: Dispatcher | None = None
        self._arity = len(names) - len(self._bound)
        self._for_types: dict[tuple[Type, ...], Callable[..., Any]] = {}
        self._recent: Callable[..., Any] = unlike
        """Serves the kinds of calls that were made lately, one after the other (`Guard.call`)."""
        self._recent_bound: Callable[..., Any] = unlike
        """The same, where `bind` has put the arguments in their places; the one above is `unlike` if it must."""
        self._calls: dict[Any, Callable[..., Any] | None] = {}
        """What serves a kind of call, by its summary and entry; None after the first."""
        self._last: Entry | None = None
        """The code found for the latest kind of call that was new."""
        REMEMBERING.add(self)

    def forget(self) -> None:
        """Look for code again at the next call."""
        self._recent = self._recent_bound = unlike
        self._calls.clear()
        self._with_check = None

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Compute the gradient at these arguments."""
        if keywords:
            return self._call(arguments, keywords)
        try:
            result = self._recent(*arguments)
        except Exception as error:
            annotate(error)
            raise
        return self._call(arguments, keywords) if result is UNLIKE else result

    def _call(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """As `__call__`, for what was not met lately."""
        if self._is_stale():
            self._dispatcher = dispatcher_for(plain_function(self._of_what)[0], self._dispatcher.goal, 0)
            self.forget()
        bound = len(self._bound)
        if keywords or len(arguments) != self._arity or not self._dispatcher.by_position:
            arguments = self._dispatcher.bind((*self._bound, *arguments), keywords)[bound:]
            try:
                result = self._recent_bound(*arguments)
            except Exception as error:
                annotate(error)
                raise
            if result is not UNLIKE:
                return result
        arguments = (*self._bound, *map(without_tensors, arguments))
        key, entry = self._dispatcher.look_up(arguments)
        if self._of is None and not _has_scalar_result(entry, self._has_aux):
            self._last = entry
            return self._checked(entry, arguments)
        result = self._dispatcher.call(entry, arguments)
        self._remember(key, entry, arguments)
        return result

    def _remember(self, key: Any, entry: Entry, arguments: tuple[Any, ...]) -> None:
        """Serve further calls like this one by a written function: from the first if there are few, else the second."""
        kind = key, entry
        if kind not in self._calls:
            self._last = entry.on_arrays or entry
        serves = self._calls.get(kind)
        if serves is None and (kind in self._calls or len(self._calls) < _MOST_RECENT):
            serves = entry.written_call(arguments, len(self._bound))
        if len(self._calls) >= _MOST_CALLS:
            self._calls.clear()
        self._calls[kind] = serves
        if serves is not None:
            self._recent_bound = first(serves, self._recent_bound, _MOST_RECENT)
            self._recent = self._recent_bound if self._dispatcher.by_position else unlike

    def _is_stale(self) -> bool:
        """Whether this is the gradient of a gradient whose helpers have changed since its code was made."""
        known = getattr(self._dispatcher.function, "known_names", ())
        return not all(name.holds() for name in known)

    def _checked(self, entry: Entry, arguments: tuple[Any, ...]) -> Any:
        """A result whose rank is not known before it is computed: it must turn out to be a scalar."""
        result_type = _value_type(entry, self._has_aux)
        if result_type.rank is not None or not result_type.is_numeric:
            raise _not_scalar(self._dispatcher.function, result_type)
        dispatcher = self._dispatcher
        if not self._with_value:
            if self._with_check is None:
                goal = replace(dispatcher.goal, mode="value_and_grad")
                self._with_check = dispatcher_for(dispatcher.function, goal, dispatcher.bound)
            dispatcher = self._with_check
            entry = dispatcher.find(arguments)
        result, gradient = dispatcher.call(entry, arguments)
        value = result[0] if self._has_aux else result
        if np.shape(value) != ():
            raise _not_scalar(dispatcher.function, f"one of shape {np.shape(value)}")
        if self._with_value:
            return result, gradient
        return (gradient, result[1]) if self._has_aux else gradient

    def function_for(self, *arguments: Any) -> Callable[..., Any]:
        """The generated function for arguments like these: plain Python over NumPy."""
        bound = self._dispatcher.bind((*self._bound, *map(without_tensors, arguments)), {})
        found = self._dispatcher.find(bound)
        self._last = found.on_arrays or found
        return self._last.functions[0]

    @property
    def source(self) -> Source:
        """The code for the latest kind of call that was new; before the first, the code for any rank."""
        last = self._last
        return (self._compile_generic() if last is None else last.compiled).text()

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        """The generated function, so that `inspect.getsource` shows it."""
        last = self._last
        try:
            return self.generic() if last is None else last.functions[0]
        except DifferentiationError as error:
            raise AttributeError("there is no code for arguments of unknown types") from error

    @property
    def __signature__(self) -> inspect.Signature:
        return self._signature

    def generic(self) -> Callable[..., Any]:
        """The generated function for any rank: a Python function with source."""
        return self._compile_generic().load()[0]

    @property
    def __adcompiler_wrapped__(self) -> Callable[..., Any]:
        """The generated function, for a program that calls this gradient or differentiates it again.

        Raises
        ------
        DifferentiationError
            The code takes numbers or arrays from outside the function, which the calling program would not see
            changed; or it keeps what a function that calls itself needs, to any depth.
        """
        return self._part_of_a_program(None)

    def for_types(self, types: Sequence[Type]) -> Callable[..., Any]:
        """The generated function for a program that calls this gradient with arguments of these types.

        Raises
        ------
        DifferentiationError
            As `__adcompiler_wrapped__`.
        """
        key = tuple(types)
        known = self._for_types.get(key)
        if known is None or not all(name.holds() for name in known.known_names):  # type: ignore[attr-defined]
            if len(self._for_types) >= _MOST_CALLS:
                self._for_types.clear()
            known = self._for_types[key] = self._part_of_a_program(key)
        return known

    def _part_of_a_program(self, argument_types: tuple[Type, ...] | None) -> Callable[..., Any]:
        goal = replace(self._dispatcher.goal, for_program=True)
        compiled = self._compile_generic(argument_types or (), goal=goal)
        lowered = compiled.lowered
        if lowered.free:
            raise DifferentiationError(
                f"`{self.__name__}` uses numbers or arrays outside its function, so it cannot be part of another "
                "program",
                hint="pass what it uses as arguments",
            )
        if is_recursive(lowered.program):
            raise DifferentiationError(
                f"`{self.__name__}` follows a function that calls itself, so it cannot be part of another program",
                hint="write the recursion as a loop",
            )
        function = compiled.load()[0]
        function.is_for_real_numbers = argument_types is None  # type: ignore[attr-defined]
        function.known_names = lowered.known  # type: ignore[attr-defined]
        return function

    def _compile_generic(self, argument_types: Sequence[Type] = (), *, goal: Goal | None = None) -> Compiled:
        dispatcher = self._dispatcher
        source = dispatcher.source
        types = given_types(dispatcher.names, None, source.annotations, source.scope.lookup)
        types.update({name: Static(value) for name, value in zip(dispatcher.names, self._bound, strict=False)})
        types.update(zip(dispatcher.names[len(self._bound) :], argument_types, strict=False))
        return compile_gradient(dispatcher.source, types, goal or dispatcher.goal, free_type=type_without_shape)

    def __reduce__(self) -> Any:
        argnums: Any = self._dispatcher.goal.wrt
        argnums = argnums if self._dispatcher.goal.as_tuple else argnums[0]
        function: Any = self._dispatcher.function
        if self._bound:
            function = types.MethodType(function, self._bound[0])
        return _rebuilt, (function, argnums, self._has_aux, self._with_value, self._of)

    def __repr__(self) -> str:
        return f"<{self.__name__}>"


def _rebuilt(function: Callable[..., Any], argnums: Argnums, has_aux: bool, with_value: bool, of: Of) -> Gradient:
    return Gradient(function, argnums, has_aux=has_aux, with_value=with_value, of=of)


def identifier(function: Callable[..., Any]) -> str:
    """A function's name, as part of other names."""
    name = getattr(function, "__name__", "function")
    return name if name.isidentifier() else "lambda"


def plain_function(f: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The Python function behind `f`, and the object it is bound to."""
    if isinstance(f, types.MethodType):
        return unwrap(f.__func__), (f.__self__,)
    function = unwrap(calling(f))
    if not callable(function):
        raise TypeError(f"a function is needed, not {type(f).__name__}")
    called = unwrap(inspect.getattr_static(type(function), "__call__", None))
    if isinstance(called, types.FunctionType):
        return called, (function,)  # an object of a class with `__call__`
    if not isinstance(function, types.FunctionType):
        function_source(function)  # raises, saying why
    return function, ()


def written_names(of: Of, names: tuple[str, ...], function: Callable[..., Any]) -> str | tuple[str, ...] | None:
    """The parameters that `of` selects, by name: one, or a tuple of them."""
    if of is None:
        return None
    selected = names_of(of, names, function, "of")
    return selected if isinstance(of, tuple) else selected[0]


def names_of(
    argnums: Argnums, names: tuple[str, ...], function: Callable[..., Any], what: str = "argnums"
) -> tuple[str, ...]:
    """The parameters that `argnums` selects.

    Raises
    ------
    ValueError
        There is no such parameter, or none is selected.
    """
    selected = argnums if isinstance(argnums, tuple) else (argnums,)
    if not all(isinstance(item, int | str) for item in selected):
        raise TypeError(f"{what} is an int, a name, or a tuple of these, not {argnums!r}")
    result = []
    for item in selected:
        if isinstance(item, str):
            if item not in names:
                raise ValueError(f"`{function.__name__}` has no parameter `{item}`")
            result.append(item)
        else:
            if not -len(names) <= item < len(names):
                raise ValueError(f"`{function.__name__}` has {len(names)} parameters: there is no number {item}")
            rest = inspect.getfullargspec(function).varargs
            if rest in names and names.index(rest) < item:
                raise ValueError(
                    f"argument {item} of a call of `{function.__name__}` is a part of `*{rest}`: select {rest!r}, or a "
                    "parameter by its name"
                )
            result.append(names[item])
    if not result:
        raise ValueError(f"{what} selects no argument")
    if len(set(result)) < len(result):
        raise ValueError(f"{what} selects an argument twice")
    return tuple(result)


def _value_type(entry: Entry, has_aux: bool) -> Type:
    result = entry.compiled.result_type
    if not has_aux:
        return result
    if result.kind != "tuple" or len(result.elements) != 2:
        raise TypeError("with has_aux, the function must return a pair: (value, auxiliary)")
    return result.elements[0]


def _has_scalar_result(entry: Entry, has_aux: bool) -> bool:
    type_ = _value_type(entry, has_aux)
    return type_.is_numeric and type_.rank == 0


def _not_scalar(function: Callable[..., Any], found: object) -> TypeError:
    return TypeError(
        f"the gradient of `{function.__name__}` needs a scalar result, not {found}; "
        "for other results use vjp, which takes the cotangent"
    )


def type_without_shape(value: Any) -> Type:
    """The type of a number; of anything else, one that says nothing."""
    type_ = Lengths().type_of(array_of(value))
    return type_ if isinstance(type_, Type) and type_.kind == "scalar" else unknown("free")
