"""What stands on each page of a PDF, read from the page's own drawing: the words of every line, and a hash of it all.

The same reader notes the pages when a statement is made and reads them when it
is checked, so that both see alike. It reads what WeasyPrint writes: text in
embedded fonts of two-byte codes, each with its table of letters. Into the hash
goes whatever the page draws with, too: its edges, where its links lead, and of
fonts and drawings those that it uses, with their clips, masks and widths.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.statements.edition.drawn import Sums

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
_INHERITED: Final = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_READ_APART: Final = ("/Contents", "/Resources", "/Annots", "/Tabs")
_LATER: Final = ("/F", "/Contents")
"""Entries of a link that are added after the pages were read: that it is printed, and its words."""
_FORM: Final = ("/Resources", "/Length", "/Filter", "/DecodeParms")
"""Entries of a drawing within a page that are read apart, or say only how it is packed."""
_HIGHEST: Final = 50
"""Levels of a file's tree of pages."""


class _Room:
    """What may still be read of one file: drawings, and their bytes."""

    def __init__(self) -> None:
        self.drawings, self.bytes = _MOST, _LARGEST

    def read(self, stream: Any) -> bytes:
        """Read a drawing; raises ValueError for one too many."""
        content: bytes = stream.read_raw_bytes() if _is_photo(stream) else stream.read_bytes()
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
    reader = _Reader()
    return [reader.page(page.obj) for page in document.pages]


def _inherited(page: Any, name: str) -> Any:
    """Give an entry of the page, or of the nearest node above that has it."""
    for _ in range(_HIGHEST):
        if page is None or name in page:
            break
        page = page.get("/Parent")
    return None if page is None else page.get(name)


def _is_photo(stream: Any) -> bool:
    return "DCTDecode" in str(stream.get("/Filter", ""))


def _is_array(value: Any) -> bool:
    from pikepdf import Array

    return isinstance(value, Array)


class _Reader:
    """Reads the pages of one file; what they share is read once."""

    def __init__(self) -> None:
        self.room = _Room()
        self.sums = Sums(self.room.read)
        self.fonts: dict[Any, Mapping[int, str]] = {}

    def page(self, page: Any) -> Page:
        """Read one page."""
        digest = hashlib.sha256(self.sums.of(page, (*_INHERITED, *_READ_APART, "/Type")))
        for name in _INHERITED[1:]:
            digest.update(self.sums.of(_inherited(page, name)))
        for each in page.get("/Annots", ()):
            if each.get("/Subtype") != "/Widget":  # the signature's field comes later
                digest.update(self.sums.of(each, _LATER))
        lines = list(self._lines(_inherited(page, "/Resources"), self._content(page), digest))
        return Page(
            digest.hexdigest(),
            tuple(line for line, pictured in lines if not pictured),
            tuple(line for line, pictured in lines if pictured),
        )

    def _content(self, page: Any) -> bytes:
        contents = page.get("/Contents")
        if contents is None:
            return b""
        return b"\n".join(self.room.read(part) for part in (contents if _is_array(contents) else [contents]))

    def _lines(self, resources: Any, content: bytes, digest: Any, depth: int = 0) -> Iterator[tuple[str, bool]]:
        digest.update(content)
        own = {} if resources is None else resources.get("/Font", {})
        drawings = {} if resources is None else resources.get("/XObject", {})
        if resources is not None:
            digest.update(self.sums.of(resources, ("/Font", "/XObject")))
        letters: Mapping[int, str] = {}
        said: list[str] = []
        inside = 0
        for token in _TOKEN.finditer(content):
            codes, plain, font, edge, drawing, picture, marked = token.groups()
            if codes is not None:
                said.append(
                    _decode(bytes.fromhex(codes.translate(None, b" \n\r\t").decode()), letters) if letters else ""
                )
            elif plain is not None:
                said.append(_decode(_unescaped(plain[1:-1]), letters) if letters else "")
            elif font is not None:
                known = own.get("/" + font.decode("latin-1"))
                digest.update(self.sums.of(known))
                letters = self._letters(known)
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
                    digest.update(self.sums.of(inner.stream_dict, _FORM))
                    drawn = self._lines(inner.get("/Resources", resources), self.room.read(inner), digest, depth + 1)
                    yield from ((line, pictured or inside > 0) for line, pictured in drawn)
                elif inner is not None:
                    digest.update(self.sums.of(inner))

    def _letters(self, font: Any) -> Mapping[int, str]:
        """Give the letters of a font's codes."""
        if font is None:
            return {}
        key = font.objgen if font.objgen != (0, 0) else id(font)
        if key not in self.fonts:
            table = font.get("/ToUnicode")
            self.fonts[key] = {} if table is None else _table(table.read_bytes())
        return self.fonts[key]


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
