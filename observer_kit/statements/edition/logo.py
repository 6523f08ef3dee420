"""A mission's logo: taken only where its content is a picture, whatever its name says."""

from __future__ import annotations

import io
import warnings
from typing import Final

from observer_kit.statements.edition.model import LogoInvalid

LARGEST: Final = 2_000_000
MOST_PIXELS: Final = 8_000_000
KINDS: Final = {"PNG": "image/png", "JPEG": "image/jpeg"}


def checked(content: bytes, place: str = "logo") -> bytes:
    """Give the logo as it is; raises LogoInvalid saying what is wrong with it."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > LARGEST:
        raise LogoInvalid(f"expected at most {LARGEST:,} bytes, found {len(content):,}", place=place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise LogoInvalid(f"expected at most {MOST_PIXELS:,} pixels", place=place)
                picture.verify()  # its checksums, to the end of the file
            with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as picture:
                picture.load()
    except LogoInvalid:
        raise
    except UnidentifiedImageError:
        raise LogoInvalid("expected a picture, PNG or JPEG, by its content", place=place) from None
    except (OSError, ValueError, SyntaxError, Warning, MemoryError) as error:
        raise LogoInvalid(f"the picture can't be read to its end: {error}", place=place) from None
    return content


def kind_of(content: bytes) -> str:
    """Name a picture's kind by its content."""
    return "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
