"""What a PDF tells beside its pages: title, bookmarks, and the words and the order in which it is read aloud.

Few readers look at these, and some hear nothing else. The same reader notes
them when a statement is made and reads them when it is checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Told = Mapping[str, Sequence[str]]
PARTS: Final = ("title", "bookmarks", "aloud", "order", "metadata")
_MOST: Final = 200_000
"""Bookmarks and places of the structure that one file may have: some hold each other without end."""
_ENTRIES: Final = ("/Title", "/Author", "/Subject", "/Keywords")
_SPOKEN: Final = ("/Alt", "/ActualText", "/E", "/T")


def told(document: Any) -> Told:
    """Read it from an open pikepdf document; raises ValueError for one that never ends."""
    info = document.docinfo
    packet = document.Root.get("/Metadata")
    aloud: list[str] = []
    order = hashlib.sha256()
    for place, words in _structure(document):
        order.update(place)
        aloud += words
    return {
        "title": [str(info[name]) for name in _ENTRIES if name in info],
        "bookmarks": list(_bookmarks(document)),
        "aloud": aloud,
        "order": [order.hexdigest()],
        "metadata": [] if packet is None else [hashlib.sha256(packet.read_bytes()).hexdigest()],
    }


def _bookmarks(document: Any) -> Iterator[str]:
    top = document.Root.get("/Outlines")
    waiting = [] if top is None else [top.get("/First")]
    room = _MOST
    while waiting:
        each = waiting.pop()
        if each is None:
            continue
        if (room := room - 1) < 0:
            raise ValueError("bookmarks without end")
        yield str(each.get("/Title", ""))
        waiting += [each.get("/Next"), each.get("/First")]


def _structure(document: Any) -> Iterator[tuple[bytes, list[str]]]:
    """Go through the structure in its order; the field of the signature, which comes last and late, is left out."""
    from pikepdf import Dictionary

    pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
    root = document.Root.get("/StructTreeRoot")
    waiting = [] if root is None else [(root, -1)]
    room = _MOST
    while waiting:
        each, page = waiting.pop()
        if (room := room - 1) < 0:
            raise ValueError("a structure without end")
        if isinstance(each, int):
            yield f"{page} {each}\n".encode(), []
            continue
        entries = dict(each.items())
        kind = str(entries.get("/S", entries.get("/Type", "")))
        if kind == "/Form":
            continue
        if "/Pg" in entries:
            page = pages.get(entries["/Pg"].objgen, -1)
        words = [str(entries[name]) for name in _SPOKEN if name in entries]
        said = (kind, str(page), str(entries.get("/MCID", "")), str(entries.get("/Lang", "")), *words)
        yield "\0".join(said).encode() + b"\n", words
        kids = entries.get("/K", ())
        waiting += [(kid, page) for kid in reversed([kids] if isinstance(kids, int | Dictionary) else list(kids))]
