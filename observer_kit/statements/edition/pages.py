"""What stands on each page of a PDF, read from the page's own drawing: the words of every line, and a hash of it all.

The same reader notes the pages when a statement is made and reads them when it
is checked, so that both see alike. It reads what WeasyPrint writes: text in
embedded fonts of two-byte codes, each with its table of letters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_TOKEN: Final = re.compile(
    rb"<([0-9A-Fa-f\s]*)>(?!>)"  # 1: codes in hexadecimal
    rb"|(\((?:[^()\\]|\\.)*\))"  # 2: codes as they are
    rb"|/([^\s/<>\[\]()]+)\s+[-\d.]+\s+Tf"  # 3: a font from here on
    rb"|(?<![^\s\]>])(BT|ET)(?=\s)"  # 4: the edges of a text
    rb"|/([^\s/<>\[\]()]+)\s+Do(?=\s|$)"  # 5: a drawing within the page
    rb"|(/Figure\s*<<[^>]*>>\s*BDC)"  # 6: a picture from here on
    rb"|(?<![^\s])(BDC|BMC|EMC)(?=\s|$)",  # 7: the edges of what is marked
    re.DOTALL,
)
_PAIR: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_DEEPEST: Final = 8
_MOST: Final = 20_000
"""Drawings within drawings of one file: each may hold others many times over, without end for whoever reads them."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the hash of its drawing, its lines of text in the order of drawing, and those inside pictures."""

    digest: str
    lines: tuple[str, ...]
    pictured: tuple[str, ...] = ()


def read_pages(document: Any) -> list[Page]:
    """Read every page of an open pikepdf document; raises ValueError for one that never ends."""
    fonts: dict[Any, Mapping[int, str]] = {}
    room = iter(range(_MOST))
    found = []
    for page in document.pages:
        digest = hashlib.sha256()
        lines = list(_lines(page.obj.get("/Resources"), _content(page), digest, fonts, room))
        found.append(
            Page(
                digest.hexdigest(),
                tuple(line for line, pictured in lines if not pictured),
                tuple(line for line, pictured in lines if pictured),
            )
        )
    return found


def _content(page: Any) -> bytes:
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    parts = list(contents) if _is_array(contents) else [contents]
    return b"\n".join(part.read_bytes() for part in parts)


def _is_array(value: Any) -> bool:
    from pikepdf import Array

    return isinstance(value, Array)


def _lines(
    resources: Any,
    content: bytes,
    digest: Any,
    fonts: dict[Any, Mapping[int, str]],
    room: Iterator[int],
    depth: int = 0,
) -> Iterator[tuple[str, bool]]:
    digest.update(content)
    own = {} if resources is None else resources.get("/Font", {})
    drawings = {} if resources is None else resources.get("/XObject", {})
    letters: Mapping[int, str] = {}
    said: list[str] = []
    inside = 0
    for token in _TOKEN.finditer(content):
        codes, plain, font, edge, drawing, picture, marked = token.groups()
        if codes is not None:
            said.append(_decode(bytes.fromhex(codes.translate(None, b" \n\r\t").decode()), letters) if letters else "")
        elif plain is not None:
            said.append(_decode(_unescaped(plain[1:-1]), letters) if letters else "")
        elif font is not None:
            letters = _letters(own.get("/" + font.decode("latin-1")), fonts)
        elif edge is not None:
            if line := "".join(said).strip():
                yield line, inside > 0
            said.clear()
        elif picture is not None:
            inside = 1
        elif marked is not None:
            if inside:
                inside += -1 if marked == b"EMC" else 1
        elif depth < _DEEPEST:
            inner = drawings.get("/" + drawing.decode("latin-1"))
            if inner is not None and inner.get("/Subtype") == "/Form":
                if next(room, None) is None:
                    raise ValueError(f"more than {_MOST:,} drawings")
                drawn = _lines(inner.get("/Resources", resources), inner.read_bytes(), digest, fonts, room, depth + 1)
                yield from ((line, pictured or inside > 0) for line, pictured in drawn)
            elif inner is not None:
                digest.update(inner.read_raw_bytes())


def _letters(font: Any, fonts: dict[Any, Mapping[int, str]]) -> Mapping[int, str]:
    if font is None:
        return {}
    key = font.objgen if font.objgen != (0, 0) else id(font)
    if key not in fonts:
        table = font.get("/ToUnicode")
        fonts[key] = {} if table is None else _table(table.read_bytes())
    return fonts[key]


def _table(content: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", content, re.DOTALL):
        for code, letters in _PAIR.findall(block):
            found[int(code, 16)] = _utf16(letters)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", content, re.DOTALL):
        for first, last, letters in _RANGE.findall(block):
            start = int(letters, 16)
            for place, code in enumerate(range(int(first, 16), min(int(last, 16), int(first, 16) + 0xFFFF) + 1)):
                found[code] = chr(start + place)
    return found


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _decode(codes: bytes, letters: Mapping[int, str]) -> str:
    return "".join(
        letters.get(int.from_bytes(codes[place : place + 2], "big"), "\ufffd") for place in range(0, len(codes), 2)
    )


_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(text: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        what = found.group(1)
        return bytes([int(what, 8) & 0xFF]) if what.isdigit() else _ESCAPES.get(what, what)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, text, flags=re.DOTALL)
