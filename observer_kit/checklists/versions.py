"""A checklist as canonical JSON, and the two hashes that name it.

Canonical: keys sorted, no spaces, UTF-8, and nothing that has its default
value, so that a field added later leaves every older hash as it was.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

from observer_kit.checklists.model import Checklist
from observer_kit.errors import FormsInvalid

WORDING: Final = frozenset(
    {"label", "title", "hint", "constraint_message", "procedure", "sources", "origin", "not_applicable_when", "rules"}
)
"""What may change without changing what an answer means."""


def seal(checklist: Checklist) -> Checklist:
    """Give the checklist with its version and meaning filled in."""
    bare = replace(checklist, version="", meaning="")
    return replace(bare, version=_hash(_plain(bare)), meaning=_hash(_without(_plain(bare), WORDING)))


def to_json(checklist: Checklist) -> bytes:
    """Write a checklist as canonical JSON."""
    return _canonical(_plain(checklist))


def from_json(content: bytes | str) -> Checklist:
    """Read what to_json wrote; raises FormsInvalid for anything else."""
    try:
        read = _build(Checklist, json.loads(content), "checklist")
    except (ValueError, RecursionError) as error:
        raise FormsInvalid(f"is not a checklist's JSON: {error}", place="checklist") from None
    if not isinstance(read, Checklist):
        raise FormsInvalid("is not a checklist's JSON", place="checklist")
    return read


def _hash(value: Any) -> str:
    return hashlib.sha256(_canonical(value)).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(own) for field in fields(value) if (own := getattr(value, field.name)) != _default(field)
        }
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _without(value: Any, keys: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    if isinstance(value, list):
        return [_without(item, keys) for item in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, value: Any, place: str) -> Any:
    """Rebuild a value of this type, refusing every other shape."""
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _build_dataclass(kind, value, place)  # type: ignore[arg-type]  # a dataclass type, seen just above
    if origin is types.UnionType:
        return None if value is None else _build(get_args(kind)[0], value, place)
    if origin is tuple and isinstance(value, list):
        return tuple(_build(get_args(kind)[0], item, f"{place}[{n}]") for n, item in enumerate(value))
    if origin is not None and issubclass(origin, Mapping) and isinstance(value, dict):
        return {key: _build(str, item, f"{place}.{key}") for key, item in value.items()}
    if origin is None and type(value) is kind:
        return value
    raise FormsInvalid(f"found {value!r}", place=place)


def _build_dataclass(kind: type, value: Any, place: str) -> Any:
    hints = _hints(kind)
    if not isinstance(value, dict):
        raise FormsInvalid(f"expected an object, found {value!r}", place=place)
    if unknown := sorted(set(value) - set(hints)):
        raise FormsInvalid(f"unknown key {unknown[0]!r}", place=place)
    try:
        return kind(**{key: _build(hints[key], item, f"{place}.{key}") for key, item in value.items()})
    except TypeError as error:
        raise FormsInvalid(str(error), place=place) from None
