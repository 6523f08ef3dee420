"""What travels as codes: a set of frames in any order, each a text in the dense alphabet of QR.

    OK1 <base45 of: kind, set, index, count, piece> .

`set` is the beginning of the SHA-256 of the whole, so that pieces of one set
find each other and a set put together wrongly is told. Every report is a set
of its own: a code that can't be read costs only its own report. A frame fits
into a code of version 20, level M. static/js/frames.js writes and reads the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from observer_kit.errors import CodeDamaged, CodeForeign, KitError, TooLarge

REPORT, RECEIPTS, DRAFT = 1, 2, 3
KINDS: Final = (REPORT, RECEIPTS, DRAFT)
MARK: Final = "OK1"
END: Final = "."
"""A last letter, for base45 may end in a space, which text fields and readers cut off."""
SET_BYTES: Final = 8
HEAD: Final = 1 + SET_BYTES + 1 + 1
PIECE: Final = (970 - len(MARK + END)) // 3 * 2 - HEAD
"""Bytes of a piece: version 20, level M holds 970 letters."""
MOST_FRAMES: Final = 255
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@dataclass(frozen=True, slots=True)
class Frame:
    """One code: a piece of a set."""

    kind: int
    set: bytes
    index: int
    count: int
    piece: bytes


@dataclass(slots=True)
class Gathered:
    """What a heap of frames makes: whole contents, sets with pieces missing, and frames that can't be used."""

    whole: list[tuple[int, bytes]] = field(default_factory=list)
    missing: list[tuple[int, int]] = field(default_factory=list)
    """For each set that is not whole: how many frames there are, of how many."""
    broken: list[tuple[int, KitError]] = field(default_factory=list)
    """The number of the text, from 1, and what is wrong with it."""


def frames(kind: int, content: bytes) -> list[str]:
    """Cut content into frames of even size; raises TooLarge for more than codes can carry."""
    count = max(1, -(-len(content) // PIECE))
    if count > MOST_FRAMES:
        raise TooLarge(f"at most {MOST_FRAMES * PIECE} bytes in codes", most=MOST_FRAMES * PIECE)
    size = -(-len(content) // count)
    name = _name(content)
    return [
        MARK + encode45(bytes([kind]) + name + bytes([index, count]) + content[index * size : (index + 1) * size]) + END
        for index in range(count)
    ]


def read(text: str) -> Frame:
    """Read one frame; raises CodeForeign for another code than ours, CodeDamaged for one of ours that is not whole."""
    letters = text.strip()
    if not letters.startswith(MARK):
        raise CodeForeign("this code is not of Observer Kit")
    if not letters.endswith(END) or len(letters) <= len(MARK + END):
        raise CodeDamaged("the code's text is cut off")
    data = decode45(letters[len(MARK) : -len(END)])
    if len(data) < HEAD:
        raise CodeDamaged("the code's text is cut off")
    kind, (index, count) = data[0], data[HEAD - 2 : HEAD]
    if kind not in KINDS or index >= count:
        raise CodeDamaged("the code names a piece that does not exist")
    return Frame(kind, data[1 : 1 + SET_BYTES], index, count, data[HEAD:])


def gather(texts: Iterable[str]) -> Gathered:
    """Put frames together, in any order and any number of times."""
    found = Gathered()
    sets: dict[tuple[int, bytes, int], dict[int, Frame]] = {}
    first: dict[tuple[int, bytes, int], int] = {}
    for number, text in enumerate(texts, 1):
        try:
            frame = read(text)
        except KitError as error:
            found.broken.append((number, error))
            continue
        key = frame.kind, frame.set, frame.count
        first.setdefault(key, number)
        known = sets.setdefault(key, {}).setdefault(frame.index, frame)
        if known.piece != frame.piece:
            found.broken.append((number, CodeDamaged("two codes claim the same place and differ")))
    for key, pieces in sets.items():
        kind, name, count = key
        if len(pieces) < count:
            found.missing.append((len(pieces), count))
            continue
        content = b"".join(pieces[index].piece for index in range(count))
        if _name(content) == name:
            found.whole.append((kind, content))
        else:
            found.broken.append((first[key], CodeDamaged("the codes of this report do not fit together")))
    return found


def _name(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:SET_BYTES]


def decode45(text: str) -> bytes:
    """Read base45 (RFC 9285); raises CodeDamaged."""
    out = bytearray()
    for at in range(0, len(text), 3):
        digits = [_ALPHABET.find(letter) for letter in text[at : at + 3]]
        value = sum(digit * 45**place for place, digit in enumerate(digits))
        width = len(digits) - 1
        if -1 in digits or width == 0 or value >= 256**width:
            raise CodeDamaged("is no base45")
        out += value.to_bytes(width, "big")
    return bytes(out)


def encode45(data: bytes) -> str:
    """Write base45 (RFC 9285): the letters of a code's dense text, which every reader gives back as they are."""
    out: list[str] = []
    for at in range(0, len(data), 2):
        piece = data[at : at + 2]
        value = int.from_bytes(piece, "big")
        for _ in range(len(piece) + 1):
            value, digit = divmod(value, 45)
            out.append(_ALPHABET[digit])
    return "".join(out)
