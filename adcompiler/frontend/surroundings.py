"""What lies outside the function that is read: what the program knows, and what becomes a hidden input."""

from __future__ import annotations

import builtins
from typing import Any

from adcompiler.errors import UnsupportedSyntaxError
from adcompiler.frontend.frames import FreeVariable
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.places import Attribute, Defaults, Item, Place
from adcompiler.frontend.reading import Reading
from adcompiler.frontend.scope import Known, is_number_or_array
from adcompiler.ir.nodes import UNDEFINED
from adcompiler.ir.types import FLOAT, INT, Type

_NUMBERS = {int: INT, float: FLOAT}


class Surroundings(Reading):
    """Names, attributes and items outside the program."""

    def lookup_free(self, name: str, node: Any) -> Ref:
        """What a name stands for outside the function being read and those around it."""
        root = self.frame
        while root.outer is not None:
            root = root.outer
        binding = root.source.scope.lookup(name)
        if binding is None:
            self.refuse(node, f"the name `{name}` is not defined")
        key = (root.source.scope.key(name), name)
        reader = getattr(root.source.scope, "reader", lambda _: None)(name) if not _is_builtin(binding, name) else None
        if isinstance(binding, Known):
            self.known[key] = (reader, binding.value)
            return Constant(binding.value)
        return self._lift(name, key, reader, binding.type, binding.value)

    def lift_attribute(self, owner: Any, name: str) -> Ref:
        """An attribute of a known object: a hidden input where it is a number or an array, else known itself."""
        return self._lift_part(name, (id(owner), name), Attribute(owner, name))

    def lift_item(self, owner: Any, key: Any) -> Ref:
        """An item of a known list, tuple or dict: a hidden input where it is an array, else known itself."""
        value = owner[key]
        if isinstance(value, int | float | complex) and not isinstance(owner, dict):
            return Constant(value)
        name = key if isinstance(key, str) and key.isidentifier() else "item"
        return self._lift_part(name, (id(owner), "item", key), Item(owner, key))

    def _lift_part(self, name: str, key: object, read: Place) -> Ref:
        value = read()
        if is_number_or_array(value) and not isinstance(value, type):
            return self._lift(name, key, read, _NUMBERS.get(type(value)), value)
        self.known[(key, name)] = (read, value)
        return Constant(value)

    def note_defaults(self, function: Any) -> None:
        """Note that the program stands on the defaults of a function that it follows."""
        place = Defaults(function)
        if place() != (None, None):
            self.known[(id(function), "defaults")] = (place, place())

    def _type_of_free(self, name: str, value: Any) -> Type:
        try:
            return self.free_type(value)
        except TypeError as error:
            hint = f"pass an array: `np.asarray({name})`"
            raise UnsupportedSyntaxError(f"`{name}` is {error}", self.builder.span, hint) from None

    def _lift(self, name: str, key: object, reader: Any, type: Type | None, value: Any) -> Ref:
        unique = name
        while self.free[unique][3] != key if unique in self.free else self._is_taken(unique):
            unique += "_"
        if unique in self.static_free:
            self.free.setdefault(unique, (FreeVariable(unique, reader, value), None, None, key))  # type: ignore[arg-type]
            return Constant(self.static_free[unique])
        if unique not in self.free:
            hidden = self.builder.value(type or self._type_of_free(name, value), unique)
            self.parameters[unique] = hidden
            self.free[unique] = (FreeVariable(unique, reader, value), hidden, self.bind(hidden, unique), key)
        return self.free[unique][2]

    def _is_taken(self, name: str) -> bool:
        """Whether a parameter has this name, or a value: the caller of the code passes a hidden input by its name."""
        return name in self.parameters or name in self.builder.names


def _is_builtin(binding: Any, name: str) -> bool:
    return isinstance(binding, Known) and getattr(builtins, name, UNDEFINED) is binding.value
