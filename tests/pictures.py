"""Pictures to be sent and refused, made on the spot."""

from __future__ import annotations

import hashlib
import io
import random
from typing import Any

from PIL import Image

from observer_kit.collection.attachments import Announced

ORIENTATION, GPS, LATITUDE = 0x0112, 0x8825, 2


def jpeg(width: int = 320, height: int = 240, seed: int = 1, **options: Any) -> bytes:
    """Make a JPEG of noise, so that it weighs something; the same each time."""
    image = Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, **options)
    return out.getvalue()


def halves(width: int, height: int, *, orientation: int = 1, located: bool = True) -> bytes:
    """Make a JPEG, left half red and right half blue, as a camera writes it: with orientation and position in it."""
    image = Image.new("RGB", (width, height), (220, 30, 30))
    image.paste((30, 30, 220), (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "CAMERA-MAKER"
    if located:
        exif.get_ifd(GPS).update({1: "N", LATITUDE: (51.0, 9.0, 38.0), 3: "E", 4: (71.0, 28.0, 13.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, exif=exif, comment=b"taken by observer 7")
    return out.getvalue()


def announced(content: bytes, **more: Any) -> Announced:
    """Announce these bytes as a phone does."""
    return Announced(hashlib.sha256(content).hexdigest(), len(content), **more)
