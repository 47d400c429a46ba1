"""What a function stands on: all that its names reach, as a digest that is the same in every process.

The digest covers more than code can depend on: each name that the function, and every function it reaches, mentions
anywhere, and each attribute that is called like one of these names. What cannot be told from something else in another
process is *unsteady*: code that stands on it is not kept. So code may be forgotten needlessly, and is not found
wrongly: all that a compilation looked up must be covered here (`references`).

Numbers and arrays that are hidden inputs count with their types; the code reads them when it is called.
"""

from __future__ import annotations

import dataclasses
import dis
import functools
import hashlib
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from adcompiler.cache.library import is_library, library_name
from adcompiler.frontend.parse import lines_around, unwrap
from adcompiler.frontend.scope import is_number_or_array
from adcompiler.ir.named import named
from adcompiler.ir.structure import attributes_of, packing_of
from adcompiler.rules.own_functions import has_own_rule
from adcompiler.spans import GENERATED

Token = Any
"""A nested tuple of strings, numbers and None: equal where what it stands for is the same in every process."""

_ATOMS = frozenset((type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented)))
_MOST_OBJECTS = 5000
_MOST_BYTES = 1 << 16
"""Of an array in a container, which counts by its content."""
_DEEPEST = 50
_ALL = frozenset((
    "__dict__", "vars", "dir", "getattr", "hasattr", "setattr", "delattr", "globals", "locals", "eval", "exec",
    "asdict", "astuple", "fields", "replace", "copy", "deepcopy", "attrgetter", "methodcaller", "__getattribute__",
))  # fmt: skip
"""Names that may mean that attributes are read whose names are not written in the code."""


class NotSteadyError(Exception):
    """Nothing that stands on this can be kept."""


class Footing:
    """What a function, and the objects that it is compiled for, stand on.

    Parameters
    ----------
    type_of : callable
        A token for the type of a number or array.
    """

    def __init__(self, type_of: Callable[[Any], Token]) -> None:
        self.objects: list[Any] = []
        """What was reached, in an order that is the same in every process."""
        self.covered: dict[Any, bool] = {}
        """By owner and name: whether what was found there is steady."""
        self.numbers: dict[int, int] = {}
        """The position of an object in `objects`, by its identity."""
        self.namespaces: dict[int, int] = {}
        """The number of a function whose globals a namespace is, by the namespace's identity."""
        self.cells: dict[int, tuple[int, str]] = {}
        """The number of a function and the name of its free variable, by the cell's identity."""
        self._type_of = type_of
        self._names: set[str] = set()
        self._pending: list[Any] = []
        self._open: list[Any] = []
        """Functions, classes, instances and modules, of which attributes are visited as names turn up."""
        self._seen: set[Any] = set()
        self._steady: dict[int, bool] = {}
        self._kept: list[Any] = []
        self._digest = hashlib.blake2b(digest_size=20)

    def digest(self, *roots: Any) -> str:
        """The digest of what some objects stand on.

        Raises
        ------
        NotSteadyError
            One of them cannot be told from something else in another process.
        """
        for root in roots:
            self._write(self.token(root))
            if not self.is_steady(root):
                raise NotSteadyError(type(root).__name__)
        before = -1
        while before != len(self._seen) + len(self.objects):
            before = len(self._seen) + len(self.objects)
            while self._pending:
                self._describe(self._pending.pop(0))
            for owner in list(self._open):
                for place, name, find in sorted(self._attributes(owner), key=lambda found: found[1]):
                    if place not in self._seen:
                        self._seen.add(place)
                        self._write(self.numbers[id(owner)], name)
                        self._cover(place, find(), of_library=_is_library_module(owner))
        return self._digest.hexdigest()

    def _write(self, *tokens: Token) -> None:
        self._digest.update(repr(tokens).encode())

    def _cover(self, place: Any, value: Any, *, of_library: bool = False) -> None:
        """Count what is found at a place: a number or array by its type, which is a hidden input there."""
        if of_library:
            found = self._of_library(value)
            steady = found[0] not in ("unsteady", "state")
        elif is_number_or_array(value) and not isinstance(value, type):
            try:
                found, steady = ("hidden", self._type_of(value)), True
            except TypeError:
                found, steady = ("unsteady", type(value).__qualname__), False
        else:
            found, steady = self.token(value), self.is_steady(value)
        self._write(found)
        self.covered[place] = steady

    def _of_library(self, value: Any) -> Token:
        """What stands for an attribute of a library's module, which the version says all about; not so of its state."""
        found = self.token(value) if not isinstance(value, list | dict | set) else ("state", type(value).__qualname__)
        if found[0] != "unsteady":
            return found
        if not is_library(type(value).__module__) and type(value).__module__ != "builtins":
            raise NotSteadyError("something of the user's in a library")
        about = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        return "library object", type(value).__module__, type(value).__qualname__, *map(repr, about)

    # Values

    def token(self, value: Any, depth: int = 0) -> Token:
        """What stands for a value in the digest: itself, or the number of an object that is described there."""
        cls = value.__class__
        if cls in _ATOMS:
            return cls.__name__, repr(value)
        if _is_container(value):
            return self._container(value, depth)
        if isinstance(value, np.ndarray | np.generic | np.dtype | slice | range):
            return self._data(value)
        if callable(value) and has_own_rule(value):
            raise NotSteadyError("a function with a rule of the user's")
        if isinstance(value, types.ModuleType) and is_library(value.__name__):
            return "library", "module", value.__name__, self._number(value)
        name = library_name(value)
        if name is not None:
            return "library", cls.__name__, *name
        inner = _inner(value)
        if inner is not None and depth < _DEEPEST:
            return cls.__qualname__, *(self.token(part, depth + 1) for part in inner)
        if _is_described(value):
            return "object", self._number(value)
        return "unsteady", cls.__qualname__

    def is_steady(self, value: Any) -> bool:
        """Whether a value, with what is in it, can be told from others in another process."""
        if id(value) in self._steady:
            return self._steady[id(value)]
        if _is_container(value):
            parts = [part for pair in value.items() for part in pair] if isinstance(value, dict) else list(value)
        else:
            found = _inner(value)
            if found is None or library_name(value) is not None:
                return bool(self.token(value)[0] != "unsteady")
            parts = list(found)
        self._steady[id(value)] = True  # of one that holds itself, the rest decides
        self._steady[id(value)] = result = all(map(self.is_steady, parts))
        self._kept.append(value)
        return result

    def _container(self, value: Any, depth: int) -> Token:
        if depth > _DEEPEST:
            return "unsteady", "nested"
        known = id(value) in self.numbers
        number = self._number(value)
        if known:
            return "object", number
        if isinstance(value, dict):
            pairs = [(self.token(key, depth + 1), self.token(item, depth + 1)) for key, item in value.items()]
            for key, item in value.items():
                self.covered["item", id(value), key] = self.is_steady(item)
            return "dict", number, *pairs
        if isinstance(value, set | frozenset):
            return value.__class__.__name__, number, *sorted(map(repr, (self.token(part, depth + 1) for part in value)))
        parts = tuple([self.token(part, depth + 1) for part in value])
        for position, part in enumerate(value):
            self.covered["item", id(value), position] = self.is_steady(part)
        if hasattr(value, "_fields"):
            for name, part in zip(value._fields, value, strict=False):
                self.covered["attribute", id(value), name] = self.is_steady(part)
            return "named tuple", number, self.token(value.__class__), *parts
        return value.__class__.__name__, number, *parts

    def _data(self, value: Any) -> Token:
        if isinstance(value, np.dtype):
            return ("dtype", value.str) if value.kind in "biufc" else ("unsteady", "dtype")
        if isinstance(value, slice | range):
            return value.__class__.__name__, repr(value)
        if type(value) is not np.ndarray and not isinstance(value, np.generic):
            return "unsteady", value.__class__.__qualname__
        if value.dtype.kind not in "biufc" or value.nbytes > _MOST_BYTES:
            return "unsteady", "array"
        flags = bool(value.flags.c_contiguous)
        return (
            value.__class__.__name__,
            value.dtype.str,
            value.shape,
            flags,
            hashlib.blake2b(value.tobytes()).hexdigest(),
        )

    @property
    def is_complete(self) -> bool:
        """Whether everything that was reached is in the digest."""
        return not self._pending

    def _number(self, value: Any) -> int:
        """The number of an object, which is described once."""
        if id(value) not in self.numbers:
            if len(self.objects) >= _MOST_OBJECTS:
                raise NotSteadyError("much")
            self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
            if not _is_container(value):
                self._pending.append(value)
        return self.numbers[id(value)]

    # Objects

    def _describe(self, value: Any) -> None:
        number = self.numbers[id(value)]
        self._open.append(value)
        if isinstance(value, types.ModuleType):
            self._write(number, "module", value.__name__)
        elif isinstance(value, types.FunctionType):
            self._describe_function(value, number)
        elif isinstance(value, type):
            self._describe_class(value, number)
        else:
            if not self.is_steady(type(value)):
                raise NotSteadyError(type(value).__name__)
            self._write(number, "instance", self.token(type(value)), attributes_of(value))

    def _describe_function(self, function: types.FunctionType, number: int) -> None:
        place, code = named(function), function.__code__
        self.namespaces.setdefault(id(function.__globals__), number)
        self._write(number, "function", function.__module__, function.__qualname__, place.path, place.module)
        self._write(code.co_filename, code.co_firstlineno, _text_of(function), self._code(code))
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            self.cells.setdefault(id(cell), (number, name))
            try:
                content = cell.cell_contents
            except ValueError:
                self._write(number, name, "empty")
            else:
                self._write(number, name)
                self._cover(("cell", id(cell)), content)
        defaults = function.__defaults__, function.__kwdefaults__
        self._write("defaults")
        self._cover(("defaults", id(function)), defaults)
        if "__signature__" in function.__dict__:
            raise NotSteadyError("a signature of its own")
        for name in ("__wrapped__", "__adcompiler_wrapped__"):
            if name in function.__dict__:
                inner = function.__dict__[name]
                self._write(number, name, self.token(inner))
                if not self.is_steady(inner):
                    raise NotSteadyError(name)

    def _code(self, code: types.CodeType) -> Token:
        """A code object with those in it; the names that it mentions are noted."""
        if _IMPORT in code.co_code[::2]:
            raise NotSteadyError("an import in a function")
        self._names.update(code.co_names, code.co_freevars, code.co_cellvars)
        constants = []
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                constants.append(self._code(constant))
            else:
                self._names.update(_texts(constant))
                constants.append(_constant(constant))
        about = code.co_name, code.co_flags, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount
        names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
        return about, names, code.co_code, tuple(constants)

    def _describe_class(self, kind: type, number: int) -> None:
        place = named(kind)
        self._write(
            number, "class", kind.__module__, kind.__qualname__, place.path, place.module, sorted(kind.__dict__)
        )
        for base in kind.__bases__:
            self._write(number, "base", self.token(base))
            if not self.is_steady(base):
                raise NotSteadyError(base.__qualname__)
        if dataclasses.is_dataclass(kind):
            self._write(number, repr(kind.__dataclass_params__))  # type: ignore[attr-defined]
            for field in dataclasses.fields(kind):
                self._names.add(field.name)
                self._write(number, field.name, field.init, field.kw_only, self.token(field.default_factory))
                if not self.is_steady(field.default_factory) and field.default_factory is not dataclasses.MISSING:
                    raise NotSteadyError(field.name)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            defaults = kind._field_defaults  # type: ignore[attr-defined]
            self._write(number, kind._fields, self.token(defaults))
            if not self.is_steady(defaults):
                raise NotSteadyError("defaults")

    def _attributes(self, owner: Any) -> Iterator[tuple[Any, str, Callable[[], Any]]]:
        """The places in an object that code may read, by the names that were met up to now."""
        if isinstance(owner, types.FunctionType):
            yield from self._named_in("attribute", owner, owner.__dict__)
            yield from self._named_in("global", owner.__globals__, owner.__globals__)
        elif isinstance(owner, types.ModuleType):
            yield from self._named_in("attribute", owner, vars(owner))
        elif isinstance(owner, type):
            own = {name: value for name, value in owner.__dict__.items() if name not in _OF_CLASSES}
            yield from self._named_in("attribute", owner, own, also={name for name in own if name.startswith("__")})
        else:
            for name in attributes_of(owner):
                if name in self._names or not self._names.isdisjoint(_ALL):
                    yield ("attribute", id(owner), name), name, functools.partial(getattr, owner, name)

    def _named_in(
        self, kind: str, owner: Any, held: Any, also: set[str] | frozenset[str] = frozenset()
    ) -> Iterator[tuple[Any, str, Callable[[], Any]]]:
        for name in self._names | also:
            if name in held:
                yield (kind, id(owner), name), f"{kind} {name}", functools.partial(held.__getitem__, name)


_IMPORT = dis.opmap["IMPORT_NAME"]
_COMPUTED = ("__getattr__", "__getattribute__", "__slots__")
_OF_CLASSES = frozenset((
    "__annotations__", "__doc__", "__module__", "__qualname__", "__weakref__", "__dict__", "__dataclass_fields__",
    "__dataclass_params__", "__parameters__", "__orig_bases__", "__firstlineno__", "__static_attributes__",
    "__annotate__", "__annotate_func__", "__annotations_cache__", "__type_params__",
))  # fmt: skip
"""What stands in a class and is described with it, or says nothing to the compiler."""


def _is_container(value: Any) -> bool:
    return value.__class__ in (tuple, list, set, frozenset, dict) or (
        isinstance(value, tuple) and hasattr(value, "_fields")
    )


def _inner(value: Any) -> tuple[Any, ...] | None:
    """What an object that only holds others holds; None of others."""
    match value:
        case staticmethod() | classmethod():
            return (value.__func__,)
        case property():
            return value.fget, value.fset, value.fdel
        case functools.cached_property():
            return (value.func,)
        case types.MethodType():
            return value.__func__, value.__self__
        case functools.partial():
            return value.func, value.args, value.keywords
    if isinstance(value, type(functools.cache(len))):
        return (value.__wrapped__,)
    if isinstance(value, types.FunctionType | type) or type(value).__module__ == "adcompiler.gradient":
        return None
    inner = unwrap(value)  # what is followed in the place of a decorated function
    return None if inner is value else (inner,)


def _is_described(value: Any) -> bool:
    """Whether an object is one that a footing describes: a function, a class, a module or an instance of the user's."""
    if isinstance(value, types.FunctionType):
        return value.__module__ != GENERATED
    if isinstance(value, types.ModuleType):
        return "__getattr__" not in vars(value)
    if isinstance(value, type):
        return type(value) is type and value.__module__ != GENERATED
    kind = type(value)
    if kind is types.SimpleNamespace or kind is object:
        return True
    return (
        packing_of(value) is not None
        and type(kind) is type
        and not any(
            is_library(base.__module__) or any(name in base.__dict__ for name in _COMPUTED)
            for base in kind.__mro__[:-1]
        )
    )


def _is_library_module(value: Any) -> bool:
    return isinstance(value, types.ModuleType) and is_library(value.__name__)


def _constant(value: Any) -> Token:
    """A constant of a function."""
    if isinstance(value, tuple):
        return "tuple", *map(_constant, value)
    if isinstance(value, frozenset):
        return "frozenset", *sorted(map(repr, map(_constant, value)))
    return type(value).__name__, repr(value)


def _texts(constant: Any) -> Iterator[str]:
    """The strings in a constant of a function, each of which may be a name."""
    if isinstance(constant, str):
        yield constant
    elif isinstance(constant, tuple | frozenset):
        for part in constant:
            yield from _texts(part)


def _text_of(function: types.FunctionType) -> Token:
    """The lines that the compiler reads for a function; more than these where their end is not known."""
    code = function.__code__
    lines = lines_around(function)
    ends = [end for inner in _codes(code) for _, end, _, _ in inner.co_positions() if end is not None]
    first = code.co_firstlineno
    if not ends or first > len(lines):
        return tuple(lines)
    last = max(ends)
    margin = _margin(lines[first - 1])
    while last < len(lines) and (not lines[last].strip() or _margin(lines[last]) > margin):
        last += 1
    return tuple(lines[first - 1 : last])


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)
