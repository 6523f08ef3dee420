"""Whether bytes are the picture that they say they are: decided by decoding them, never by a name or a header."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from observer_kit.errors import NotAPicture

MEDIA: Final = "image/jpeg"
"""What phones send: they draw every picture anew, so that nothing but its pixels is left of it."""

MOST_PIXELS: Final = 40_000_000
"""Above the largest side a mission can ask for (6,000), whatever the shape."""

_BEGINS: Final = b"\xff\xd8\xff"
_ENDS: Final = b"\xff\xd9"
_FAULTS: Final = (
    UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning,
    OSError, SyntaxError, ValueError, EOFError,
)  # fmt: skip


def check_picture(content: bytes) -> None:
    """Decode a JPEG from its first byte to its last; raises NotAPicture."""
    if not content.startswith(_BEGINS) or not content.endswith(_ENDS):
        raise NotAPicture("expected a JPEG picture, whole, and nothing behind it")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise NotAPicture(f"a picture of {width} x {height} points; at most {MOST_PIXELS:,} points")
            # Every byte is decoded all the same, but into an eighth of the width and height: a little memory will do.
            image.draft("RGB", (max(1, width // 8), max(1, height // 8)))
            image.load()
    except _FAULTS as fault:
        raise NotAPicture("the picture can't be decoded") from fault
