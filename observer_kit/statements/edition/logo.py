"""A mission's logo: taken only where its content is a picture, whatever its name says."""

from __future__ import annotations

import io
import warnings
from typing import Any, Final

from observer_kit.statements.edition.model import LogoInvalid

LARGEST: Final = 2_000_000
MOST_PIXELS: Final = 8_000_000
KINDS: Final = {"PNG": "image/png", "JPEG": "image/jpeg"}
MODES: Final = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16")
"""How a picture's colours may be written: as the paper's own intent (sRGB) can show them, not as a press mixes them."""


def checked(content: bytes, place: str = "logo") -> bytes:
    """Give the logo as it is; raises LogoInvalid saying what is wrong with it."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > LARGEST:
        raise LogoInvalid(f"expected at most {LARGEST:,} bytes, found {len(content):,}", place=place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as picture:
                _refuse(picture, place)
                picture.verify()  # its checksums, to the end of the file
            with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as picture:
                picture.load()
    except LogoInvalid:
        raise
    except UnidentifiedImageError:
        raise LogoInvalid("expected a picture, PNG or JPEG, by its content", place=place) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LogoInvalid(f"expected at most {MOST_PIXELS:,} pixels", place=place) from None
    except (OSError, ValueError, SyntaxError, Warning, MemoryError) as error:
        raise LogoInvalid(f"the picture can't be read to its end: {error}", place=place) from None
    return content


def _refuse(picture: Any, place: str) -> None:
    """Refuse what is no plain picture by what its head declares, before anything of it is unpacked."""
    if picture.width * picture.height > MOST_PIXELS:
        raise LogoInvalid(f"expected at most {MOST_PIXELS:,} pixels", place=place)
    if picture.mode not in MODES:
        raise LogoInvalid(f"its colours are mixed for a press ({picture.mode}): save it as RGB", place=place)
    if getattr(picture, "is_animated", False):
        raise LogoInvalid("it moves: save one picture of it", place=place)


def kind_of(content: bytes) -> str:
    """Name a picture's kind by its content."""
    return "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
