"""Places and objects in an entry of the cache: by the number that a footing gives what it reached."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

from adcompiler.cache.footing import Footing, NotSteadyError
from adcompiler.cache.library import at, is_library, library_name
from adcompiler.frontend.lower import KnownName
from adcompiler.frontend.places import MISSING, Attribute, Defaults, Enclosed, Global, InClass, Item, Itself, Place
from adcompiler.ir.structure import attributes_of

Reference = list[Any]


def known_to_json(name: KnownName, footing: Footing) -> Reference:
    """How an entry says where a known name is found, of which the code takes for granted what it means."""
    count = len(footing.objects)
    parts = name.value if isinstance(name.read, Defaults) else (name.value,)
    for part in parts:
        if part is MISSING:
            continue
        if not footing.is_steady(part) or len(footing.objects) != count:
            raise NotSteadyError("an object that no name of the function reaches")
    return place_to_json(name.read, name.value, footing)


def place_to_json(place: Place, value: Any, footing: Footing) -> Reference:
    """How an entry says where something is found.

    Raises
    ------
    NotSteadyError
        It is not covered by the footing, or may be something else in another process.
    """
    match place:
        case Global(namespace=namespace, name=name):
            if id(namespace) in footing.namespaces:
                _require(footing, "global", id(namespace), name)
                return ["global", footing.namespaces[id(namespace)], name]
            return ["library global", *_in_library(namespace, name, value)]
        case Enclosed(cell=cell):
            _require(footing, "cell", id(cell))
            return ["cell", *footing.cells[id(cell)]]
        case Attribute(owner=owner, name=name):
            if isinstance(owner, type):
                return ["attribute", _of_class(owner, name, None, value, footing), name]
            if ("attribute", id(owner), name) not in footing.covered and _is_of_class(owner, name):
                _of_class(type(owner), name, None, value, footing)
            else:
                _require(footing, "attribute", id(owner), name)
            return ["attribute", object_to_json(owner, footing), name]
        case Item(owner=owner, key=key) if type(key) in (int, str):
            _require(footing, "item", id(owner), key)
            return ["item", footing.numbers[id(owner)], key]
        case InClass(kind=kind, name=name, after=after):
            found = _of_class(kind, name, after, value, footing)
            return ["in class", found, name, None if after is None else object_to_json(after, footing)]
        case Defaults(function=function):
            if library_name(function) is not None:
                return ["defaults", object_to_json(function, footing)]
            _require(footing, "defaults", id(function))
            return ["defaults", object_to_json(function, footing)]
        case Itself(value=kept):
            return ["itself", object_to_json(kept, footing)]
    raise NotSteadyError(type(place).__name__)


def place_from_json(reference: Reference, footing: Footing) -> Place:
    """The place that an entry speaks of."""
    match reference:
        case ["global", int(number), str(name)]:
            return Global(footing.objects[number].__globals__, name)
        case ["library global", str(module), str(name)]:
            return Global(vars(sys.modules[module]), name)
        case ["cell", int(number), str(name)]:
            function = footing.objects[number]
            return Enclosed(function.__closure__[function.__code__.co_freevars.index(name)])
        case ["attribute", list(owner), str(name)]:
            return Attribute(object_from_json(owner, footing), name)
        case ["item", int(number), key]:
            return Item(footing.objects[number], key)
        case ["in class", list(kind), str(name), None]:
            return InClass(object_from_json(kind, footing), name)
        case ["in class", list(kind), str(name), list(after)]:
            return InClass(object_from_json(kind, footing), name, object_from_json(after, footing))
        case ["defaults", list(kept)]:
            return Defaults(object_from_json(kept, footing))
        case ["itself", list(kept)]:
            return Itself(object_from_json(kept, footing))
    raise ValueError(f"{reference!r} is no place")


def object_to_json(value: Any, footing: Footing) -> Reference:
    """How an entry speaks of an object of the user's, or of a library."""
    name = library_name(value)
    if name is not None:
        return ["library", *name]
    return ["object", _number(value, footing)]


def object_from_json(reference: Reference, footing: Footing) -> Any:
    """The object that an entry speaks of."""
    match reference:
        case ["object", int(number)]:
            return footing.objects[number]
        case ["library", str(module), str(name)] if is_library(module):
            found = at(module, name)
            if found is not None:
                return found
    raise ValueError(f"{reference!r} is no object")


def _number(value: Any, footing: Footing) -> int:
    if id(value) not in footing.numbers:
        raise NotSteadyError("an object that no name of the function reaches")
    return footing.numbers[id(value)]


def _require(footing: Footing, *place: Any) -> None:
    if not footing.covered.get(place, False):
        raise NotSteadyError(f"{place[0]} {place[-1]}")


def _in_library(namespace: dict[str, Any], name: str, value: Any) -> tuple[str, str]:
    """The module of a library whose global this is, and which says all about it."""
    module = namespace.get("__name__")
    held = getattr(sys.modules.get(str(module)), "__dict__", None)
    if not isinstance(module, str) or not is_library(module) or held is not namespace:
        raise NotSteadyError(f"global {name}")
    is_atom = value is None or type(value) in (bool, int, float, str, bytes)
    if not is_atom and library_name(value) is None:
        raise NotSteadyError(f"global {name}")
    return module, name


def _is_of_class(owner: Any, name: str) -> bool:
    """Whether an attribute of an object is one of its class: a method, or a value."""
    found = InClass(type(owner), name)()
    is_method = isinstance(found, FunctionType | staticmethod | classmethod)
    return name not in attributes_of(owner) and (is_method or not hasattr(type(found), "__get__"))


def _of_class(kind: type, name: str, after: type | None, value: Any, footing: Footing) -> Reference:
    """A class in which something is looked up, in those that it inherits from as well."""
    found = object_to_json(kind, footing)
    order = kind.__mro__
    bases = order if after is None else order[order.index(after) + 1 :] if after in order else ()
    base = next((base for base in bases if name in base.__dict__), None)
    if base is not None and not is_library(base.__module__):
        _require(footing, "attribute", id(base), name)
    elif base is None and value is not MISSING:
        raise NotSteadyError(f"attribute {name}")
    return found
