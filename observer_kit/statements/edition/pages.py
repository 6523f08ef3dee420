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
    rb"|(/Figure\s*<<[^<>]*>>\s*BDC)"  # 6: a picture from here on
    rb"|(?<![^\s])(BDC|BMC|EMC)(?=\s|$)",  # 7: the edges of what is marked
    re.DOTALL,
)
_PAIR: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_DEEPEST: Final = 8
_MOST: Final = 20_000
"""Drawings within drawings of one file: each may hold others many times over, without end for whoever reads them."""
_LARGEST: Final = 256_000_000
"""Bytes of drawing that one file's pages may come to: many pages may share one drawing."""
_LETTERS: Final = 200_000
"""Codes that one font's table may name."""
_FONT: Final = ("/FontFile", "/FontFile2", "/FontFile3")


class _Room:
    """What may still be read of one file: drawings, and their bytes."""

    def __init__(self) -> None:
        self.drawings, self.bytes = _MOST, _LARGEST

    def read(self, stream: Any) -> bytes:
        """Read a drawing; raises ValueError for one too many."""
        content: bytes = stream.read_bytes()
        self.drawings -= 1
        self.bytes -= len(content)
        if self.drawings < 0:
            raise ValueError(f"more than {_MOST:,} drawings")
        if self.bytes < 0:
            raise ValueError(f"drawings of more than {_LARGEST:,} bytes")
        return content


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the hash of its drawing, its lines of text in the order of drawing, and those inside pictures."""

    digest: str
    lines: tuple[str, ...]
    pictured: tuple[str, ...] = ()


def read_pages(document: Any) -> list[Page]:
    """Read every page of an open pikepdf document; raises ValueError for one that never ends."""
    fonts: dict[Any, _Font] = {}
    room = _Room()
    found = []
    for page in document.pages:
        digest = hashlib.sha256()
        lines = list(_lines(page.obj.get("/Resources"), _content(page, room), digest, fonts, room))
        found.append(
            Page(
                digest.hexdigest(),
                tuple(line for line, pictured in lines if not pictured),
                tuple(line for line, pictured in lines if pictured),
            )
        )
    return found


def _content(page: Any, room: _Room) -> bytes:
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    parts = list(contents) if _is_array(contents) else [contents]
    return b"\n".join(room.read(part) for part in parts)


def _is_array(value: Any) -> bool:
    from pikepdf import Array

    return isinstance(value, Array)


def _lines(
    resources: Any,
    content: bytes,
    digest: Any,
    fonts: dict[Any, _Font],
    room: _Room,
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
            known = _font(own.get("/" + font.decode("latin-1")), fonts)
            digest.update(known.digest)
            letters = known.letters
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
                drawn = _lines(inner.get("/Resources", resources), room.read(inner), digest, fonts, room, depth + 1)
                yield from ((line, pictured or inside > 0) for line, pictured in drawn)
            elif inner is not None:
                digest.update(inner.read_raw_bytes())


@dataclass(frozen=True, slots=True)
class _Font:
    """A font as a page uses it: the letters of its codes, and a hash of what those codes draw and say."""

    letters: Mapping[int, str]
    digest: bytes


_NO_FONT: Final = _Font({}, b"")


def _font(font: Any, fonts: dict[Any, _Font]) -> _Font:
    if font is None:
        return _NO_FONT
    key = font.objgen if font.objgen != (0, 0) else id(font)
    if key not in fonts:
        table = font.get("/ToUnicode")
        said = b"" if table is None else table.read_bytes()
        drawn = hashlib.sha256(said)
        for inner in font.get("/DescendantFonts", ()):
            described = inner.get("/FontDescriptor", {})
            files = [described[name] for name in _FONT if name in described]
            order = inner.get("/CIDToGIDMap")
            files += [order] if _is_stream(order) else []
            for each in files:
                drawn.update(hashlib.sha256(each.read_bytes()).digest())
        fonts[key] = _Font(_table(said), drawn.digest())
    return fonts[key]


def _is_stream(value: Any) -> bool:
    from pikepdf import Stream

    return isinstance(value, Stream)


def _blocks(content: bytes, name: bytes) -> Iterator[bytes]:
    for part in content.split(b"begin" + name)[1:]:
        inside, end, _ = part.partition(b"end" + name)
        if end:
            yield inside


def _table(content: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    room = _LETTERS
    for block in _blocks(content, b"bfchar"):
        for code, letters in _PAIR.findall(block):
            found[int(code, 16)] = _utf16(letters)
            room -= 1
    for block in _blocks(content, b"bfrange"):
        for first, last, letters in _RANGE.findall(block):
            start, begin, end = int(letters, 16), int(first, 16), int(last, 16)
            room -= max(0, end - begin) + 1
            if room < 0:
                raise ValueError(f"a font of more than {_LETTERS:,} codes")
            for place, code in enumerate(range(begin, end + 1)):
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
