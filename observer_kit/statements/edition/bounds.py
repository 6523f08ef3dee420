"""A PDF that anybody may have made, measured before it is read: how large it unpacks, whether its pages ever end.

A statement of this kit packs each stream once, is not encrypted, and has a
page tree and a list of files that end. What is otherwise is refused here, so
that whoever reads it afterwards needs no more memory than these bounds allow.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from observer_kit.errors import KitError
from observer_kit.statements.edition.findings import Say

LARGEST: Final = 100_000_000
"""Bytes of a file."""
UNPACKED: Final = 128_000_000
"""Bytes that everything in it may come to, each time it is read."""
MOST_PAGES: Final = 5_000
MOST_FILES: Final = 50
_PIECE: Final = 1 << 20
_STREAM: Final = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_FILTER: Final = re.compile(rb"/Filter(?![A-Za-z0-9])\s*(/[A-Za-z0-9.]+|\[\s*/[A-Za-z0-9]+\s*\])?")
_WIDE: Final = re.compile(rb"/(?:Columns|Colors)(?![A-Za-z0-9])(?:\s*(\d{1,5})(?!\d|\s+\d+\s+R))?")
"""How wide a row of a picture is: whoever unpacks it makes room for one before the first byte is there."""
_KNOWN: Final = frozenset((b"FlateDecode", b"DCTDecode", b"Adobe.PPKLite", b"Standard"))
"""How this kit's files are packed: everything once, pictures as they came; and what signatures and encryption name."""


class NotAStatement(KitError):
    """The file is no PDF that this kit has made as a statement; `refusal` is the key of the sentence that says so."""

    code = "not_a_statement"

    def __init__(self, refusal: str, language: str = "en", **values: Any) -> None:
        self.refusal, self.values = refusal, values
        say = Say(language)
        shown = {name: say.number(value) if isinstance(value, int) else value for name, value in values.items()}
        super().__init__(say(f"refused_{refusal}", **shown))

    def told(self, language: str) -> NotAStatement:
        """Give the same refusal in another language."""
        return NotAStatement(self.refusal, language, **self.values)


def read(path: Path) -> bytes:
    """Read a file, and no more of it than a statement has; what is larger is refused when it is measured."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def measure(pdf: bytes) -> None:
    """Look at a file's bytes before anything reads them; raises NotAStatement for what no statement has."""
    if len(pdf) > LARGEST:
        raise NotAStatement("larger", most=LARGEST)
    if not pdf.startswith(b"%PDF-"):
        raise NotAStatement("begins")
    plain = _plainly(pdf)
    if any(found.group(1) is None for found in _WIDE.finditer(plain)):
        raise NotAStatement("wide")
    for found in _FILTER.finditer(plain):
        if (found.group(1) or b"").strip(b"[]/ \r\n\t") not in _KNOWN:
            raise NotAStatement("packed")
    room = UNPACKED
    for found in _STREAM.finditer(pdf):
        room -= _unpacked(pdf, found.end(), room)
        if room < 0:
            raise NotAStatement("unpacks", most=UNPACKED)


def _plainly(pdf: bytes) -> bytes:
    """Write names without their escapes, in which a filter could hide."""
    return _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), pdf) if b"#" in pdf else pdf


def _unpacked(pdf: bytes, start: int, most: int) -> int:
    """Count what a stream unpacks to, piece by piece and not much beyond `most`, keeping nothing."""
    head = pdf[start : start + 2]
    if len(head) < 2 or head[0] & 0x0F != 8 or int.from_bytes(head) % 31:
        return 0  # not packed: as large as it is in the file
    engine, count = zlib.decompressobj(), 0
    view = memoryview(pdf)
    try:
        while count <= most and start < len(pdf) and not engine.eof:
            waiting: bytes | memoryview = view[start : start + _PIECE]
            start += _PIECE
            while waiting and count <= most and not engine.eof:
                count += len(engine.decompress(waiting, _PIECE))
                waiting = engine.unconsumed_tail
    except zlib.error:
        pass  # what came before the fault counts
    return count


def walk(document: Any) -> None:
    """Walk an open document's pages; raises NotAStatement for an encrypted one, and for pages without end."""
    if document.is_encrypted:
        raise NotAStatement("encrypted")
    waiting = [document.Root.Pages]
    met = 0
    while waiting:
        met += 1
        if met > MOST_PAGES:
            raise NotAStatement("ring", most=MOST_PAGES)
        kids = waiting.pop().get("/Kids", ())
        if len(kids) > MOST_PAGES:
            raise NotAStatement("pages", most=MOST_PAGES)
        waiting.extend(kids)


def files_of(document: Any) -> dict[str, bytes]:
    """Read the files that a document carries; raises NotAStatement for two of one name, and for too much."""
    found: dict[str, bytes] = {}
    room = UNPACKED
    for name, each in _named(document):
        if name in found:
            raise NotAStatement("two_files", name=name[:80])
        shown = str(each.get("/F", name))
        if shown != name:
            raise NotAStatement("two_names", name=name[:80], other=shown[:80])
        streams = list(each.EF.values())
        if len({stream.objgen for stream in streams}) != 1:
            raise NotAStatement("two_versions", name=name[:80])
        found[name] = bytes(streams[0].read_bytes())
        room -= len(found[name])
        if room < 0:
            raise NotAStatement("files_large", most=UNPACKED)
    return found


def _named(document: Any) -> Iterator[tuple[str, Any]]:
    """Go through the tree of files by the names that a reader shows, not those that it is sorted by."""
    names = document.Root.get("/Names", {})
    waiting = [names["/EmbeddedFiles"]] if "/EmbeddedFiles" in names else []
    met = 0
    while waiting:
        node = waiting.pop()
        pairs, kids = list(node.get("/Names", ()))[: 2 * MOST_FILES + 2], list(node.get("/Kids", ()))[: MOST_FILES + 1]
        met += 1 + len(pairs) // 2 + len(kids)
        if met > MOST_FILES:
            raise NotAStatement("files_many", most=MOST_FILES)
        waiting.extend(kids)
        for each in pairs[1::2]:
            yield str(each.get("/UF", each.get("/F", ""))), each
