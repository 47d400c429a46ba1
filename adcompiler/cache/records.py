"""What is kept of a compilation, and its form in the cache: data, from which nothing but the generated text is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adcompiler.backend.emit import Emitted
from adcompiler.cache.footing import Footing, NotSteadyError
from adcompiler.cache.references import (
    known_to_json,
    object_from_json,
    object_to_json,
    place_from_json,
    place_to_json,
)
from adcompiler.compiler import Code, Compiled, Goal
from adcompiler.frontend.facts import Fact
from adcompiler.frontend.lower import KnownName
from adcompiler.frontend.places import Place
from adcompiler.frontend.scope import snapshot
from adcompiler.ir.dims import Extent, Symbol
from adcompiler.ir.structure import Packing, Path
from adcompiler.ir.types import Type, Unranked
from adcompiler.spans import Span

Json = Any


@dataclass(frozen=True)
class Compilation:
    """What compiling a function for a kind of call has given."""

    code: Code
    passed: tuple[str, ...]
    """The arguments that the generated code takes."""
    static: tuple[str, ...]
    """Parameters whose values the code was compiled for, by their names in the program."""
    in_order: Mapping[str, bool]
    """Parameters that must be C-contiguous, or must not be."""
    known: tuple[KnownName, ...]
    hidden: tuple[tuple[str, Place], ...]
    sizes: tuple[tuple[Type, bool], ...]
    """Types of arrays that must be larger than the cache, or must not be."""
    facts: tuple[Fact, ...]
    """What must be so of lengths."""
    written: tuple[str, ...]
    changed: frozenset[tuple[str, Path]]
    changes_outside: bool

    @classmethod
    def of(cls, compiled: Compiled, sizes: tuple[tuple[Type, bool], ...]) -> Compilation:
        """What is kept of compiled code."""
        lowered = compiled.lowered
        return cls(
            compiled,
            passed=tuple(name for name, _ in lowered.program.arguments),
            static=tuple(compiled.static),
            in_order=lowered.in_order,
            known=lowered.known,
            hidden=tuple((variable.name, variable.read) for variable in lowered.free if variable.read is not None),
            sizes=sizes,
            facts=lowered.facts,
            written=lowered.written,
            changed=lowered.changed,
            changes_outside=lowered.changes_outside,
        )


def to_json(compilation: Compilation, footing: Footing) -> Json:
    """A compilation as JSON's numbers, strings, lists and dicts.

    Raises
    ------
    NotSteadyError
        It speaks of something that may be something else in another process.
    """
    return {
        "code": code_to_json(compilation.code, footing),
        "passed": list(compilation.passed),
        "static": list(compilation.static),
        "in_order": dict(compilation.in_order),
        "known": [known_to_json(name, footing) for name in compilation.known],
        "hidden": [[name, place_to_json(place, None, footing)] for name, place in compilation.hidden],
        "sizes": [[type_to_json(type, footing), answer] for type, answer in compilation.sizes],
        "facts": list(map(fact_to_json, compilation.facts)),
        "written": list(compilation.written),
        "changed": [[name, _path_to_json(path, footing)] for name, path in sorted(compilation.changed, key=repr)],
        "changes_outside": compilation.changes_outside,
    }


def from_json(data: Json, goal: Goal, footing: Footing) -> Compilation:
    """The compilation that was kept, for a function that stands on the same."""
    places = [place_from_json(reference, footing) for reference in data["known"]]
    values = [(place, place()) for place in places]
    return Compilation(
        code_from_json(data["code"], goal, footing),
        passed=tuple(data["passed"]),
        static=tuple(data["static"]),
        in_order=data["in_order"],
        known=tuple(KnownName(place, value, snapshot(value)) for place, value in values),
        hidden=tuple((name, place_from_json(reference, footing)) for name, reference in data["hidden"]),
        sizes=tuple((type_from_json(type, footing), answer) for type, answer in data["sizes"]),
        facts=tuple(map(fact_from_json, data["facts"])),
        written=tuple(data["written"]),
        changed=frozenset((name, _path_from_json(path, footing)) for name, path in data["changed"]),
        changes_outside=data["changes_outside"],
    )


def code_to_json(code: Code, footing: Footing) -> Json:
    """Generated code, with the places of its lines in the user's files."""
    spans: dict[Span, int] = {}
    return {
        "wrt": list(code.goal.wrt),
        "emitted": [_emitted_to_json(emitted, spans, footing) for emitted in code.emitted],
        "callees": [_emitted_to_json(emitted, spans, footing) for emitted in code.callees],
        "spans": [[getattr(span, field) for field in _FIELDS] for span in spans],
        "result": type_to_json(code.result_type, footing),
    }


_FIELDS = ("file", "line", "column", "end_line", "end_column", "text", "statement")
"""Of a `Span`."""


def code_from_json(data: Json, goal: Goal, footing: Footing) -> Code:
    """The code that was kept."""
    spans = [Span(*fields) for fields in data["spans"]]
    return Code(
        replace(goal, wrt=tuple(data["wrt"])),
        tuple(_emitted_from_json(emitted, spans, footing) for emitted in data["emitted"]),
        tuple(_emitted_from_json(emitted, spans, footing) for emitted in data["callees"]),
        type_from_json(data["result"], footing),
    )


def _emitted_to_json(emitted: Emitted, spans: dict[Span, int], footing: Footing) -> Json:
    return {
        "name": emitted.name,
        "doc": emitted.doc,
        "text": emitted.text,
        "runtime": list(emitted.runtime),
        "modules": list(emitted.modules),
        "spans": [[line, spans.setdefault(span, len(spans))] for line, span in emitted.spans.items()],
        "backward": emitted.first_backward_line,
        "imports": list(emitted.imports),
        "objects": [[name, object_to_json(value, footing)] for name, value in emitted.objects],
        "homeless": list(emitted.homeless),
    }


def _emitted_from_json(data: Json, spans: list[Span], footing: Footing) -> Emitted:
    return Emitted(
        data["name"],
        data["doc"],
        data["text"],
        runtime=tuple(data["runtime"]),
        modules=tuple(data["modules"]),
        spans={line: spans[number] for line, number in data["spans"]},
        first_backward_line=data["backward"],
        imports=tuple(data["imports"]),
        objects=tuple((name, object_from_json(reference, footing)) for name, reference in data["objects"]),
        homeless=tuple(data["homeless"]),
    )


# Types and structures


def type_to_json(type: Type, footing: Footing) -> Json:
    """A type; the classes in it are named."""
    return {
        "kind": type.kind,
        "dtype": type.dtype,
        "shape": _shape_to_json(type.shape),
        "weak": type.weak,
        "extent": _dim_to_json(type.extent),
        "elements": [type_to_json(element, footing) for element in type.elements],
        "packing": None if type.packing is None else _packing_to_json(type.packing, footing),
    }


def type_from_json(data: Json, footing: Footing) -> Type:
    """The type that was kept."""
    return Type(
        data["kind"],
        data["dtype"],
        _shape_from_json(data["shape"]),
        data["weak"],
        _dim_from_json(data["extent"]),
        tuple(type_from_json(element, footing) for element in data["elements"]),
        None if data["packing"] is None else _packing_from_json(data["packing"], footing),
    )


def _shape_to_json(shape: Any) -> Json:
    if isinstance(shape, Unranked):
        parts = [part if isinstance(part, str) else list(map(_dim_to_json, part)) for part in shape.parts]
        return {"parts": sorted(parts, key=repr)}
    return list(map(_dim_to_json, shape))


def _shape_from_json(data: Json) -> Any:
    if isinstance(data, dict):
        parts = data["parts"]
        return Unranked(frozenset(p if isinstance(p, str) else tuple(map(_dim_from_json, p)) for p in parts))
    return tuple(map(_dim_from_json, data))


def _dim_to_json(dim: Any) -> Json:
    if not isinstance(dim, Extent):
        return dim
    return [[[list(map(_symbol_to_json, monomial)), factor] for monomial, factor in dim.terms], dim.constant]


def _dim_from_json(data: Json) -> Any:
    if not isinstance(data, list):
        return data
    terms, constant = data
    return Extent(tuple((tuple(map(_symbol_from_json, monomial)), factor) for monomial, factor in terms), constant)


def _symbol_to_json(symbol: Symbol) -> Json:
    bounds = [_dim_to_json(symbol.least), _dim_to_json(symbol.most)]
    return [symbol.name, *bounds, symbol.function, list(map(_dim_to_json, symbol.of))]


def _symbol_from_json(data: Json) -> Symbol:
    name, least, most, function, of = data
    return Symbol(name, _dim_from_json(least), _dim_from_json(most), function, tuple(map(_dim_from_json, of)))


def fact_to_json(fact: Fact) -> Json:
    """A fact about lengths."""
    return [_dim_to_json(fact.number), fact.is_zero]


def fact_from_json(data: Json) -> Fact:
    """The fact that was kept."""
    number, is_zero = data
    return Fact(_dim_from_json(number), is_zero)


def _path_to_json(path: Path, footing: Footing) -> Json:
    return [[_packing_to_json(packing, footing), number] for packing, number in path]


def _path_from_json(data: Json, footing: Footing) -> Path:
    return tuple((_packing_from_json(packing, footing), number) for packing, number in data)


def _packing_to_json(packing: Packing, footing: Footing) -> Json:
    keys = packing.keys
    if keys is not None and not all(type(key) in (int, str) for key in keys):
        raise NotSteadyError("keys that are no names")
    return [object_to_json(packing.kind, footing), None if keys is None else list(keys)]


def _packing_from_json(data: Json, footing: Footing) -> Packing:
    kind, keys = data
    return Packing(object_from_json(kind, footing), None if keys is None else tuple(keys))
