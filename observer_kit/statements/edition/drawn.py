"""The hash of anything in a PDF, whatever numbers and places the file gives its objects.

Two files that draw alike have the same hash, though one was written anew; what
differs in a size, a clip, a mask or a letter's width has another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

_WAY: Final = frozenset(("/Length", "/Filter", "/DecodeParms"))
"""How a stream is written down: other writers pack otherwise."""
_ABOVE: Final = frozenset(("/Parent", "/P", "/Pg", "/StructParent", "/StructParents"))
"""What leads back up: to the page, and to the structure, which is read by itself."""


class Sums:
    """Hashes of a file's objects, each reckoned once; `read` gives a stream's bytes and may refuse."""

    def __init__(self, read: Callable[[Any], bytes]) -> None:
        self._read = read
        self._known: dict[tuple[int, int], bytes] = {}

    def of(self, value: Any, but: Iterable[str] = ()) -> bytes:
        """Hash an object with all that it leads to, but these entries of its own."""
        if but:
            return self._reckoned(value, frozenset(but))
        place: tuple[int, int] = getattr(value, "objgen", (0, 0))
        if place == (0, 0):
            return self._reckoned(value, frozenset())
        if place not in self._known:
            self._known[place] = b"itself"  # whoever leads back here has come round
            self._known[place] = self._reckoned(value, frozenset())
        return self._known[place]

    def _reckoned(self, value: Any, but: frozenset[str]) -> bytes:
        from pikepdf import Array, Dictionary, Stream, String

        digest = hashlib.sha256()
        if isinstance(value, Dictionary | Stream):
            entries = dict(value.items())
            if not but and entries.get("/Type") in ("/Page", "/Pages"):
                return b"page"  # where a link leads: a page does not lie within another
            packed = isinstance(value, Stream)
            for name in sorted(entries.keys() - but - _ABOVE - (_WAY if packed else frozenset())):
                digest.update(name.encode("utf-8", "surrogateescape") + b"\0" + self.of(entries[name]))
            if packed:
                digest.update(b"stream" + hashlib.sha256(self._read(value)).digest())
        elif isinstance(value, Array):
            for each in value:
                digest.update(b"[" + self.of(each))
        elif isinstance(value, String):
            digest.update(b"(" + bytes(value))
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            digest.update(f"{Decimal(value).normalize():f}".encode())
        else:
            digest.update(str(value).encode("utf-8", "surrogateescape"))
        return digest.digest()
