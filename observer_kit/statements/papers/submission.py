"""A submission on paper: what was sent and how it was judged, its photos, and all that became of it since."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from observer_kit.statements.papers.frame import STYLES, Paper, render

OWN: Final = ("submission.css",)
LONG: Final = 700
"""Characters of a text or comment that stand in its row; a longer one stands whole after the answers."""
SIDE: Final = 1100
"""Pixels of a photo's longer side on paper: 150 to the inch over the measure."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said beside an answer: a problem, a finding, a note, a step of its history; `kind` in words."""

    kind: str
    words: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer; `state` is answered, not_applicable, not_observed, missing, problem or not_asked."""

    question: str
    state: str
    words: str
    breach: str = ""
    comment: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def long(self) -> tuple[str, ...]:
        """Give what is too long to stand beside the question."""
        return tuple(said for said in (self.words, self.comment) if len(said) > LONG)


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the checklist with its answers."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo: the question it answers, its SHA-256, and why it can't be shown, where it can't."""

    sha256: str
    question: str
    number: int
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A submission in the paper's language; moments as they are written, on the station's clock."""

    mission: str
    organisation: str
    title: str
    sub: str
    standing: str
    facts: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    loose: tuple[Remark, ...]
    photos: tuple[Photo, ...]
    reviews: tuple[Remark, ...]
    history: tuple[Remark, ...]
    visit: tuple[Remark, ...]
    proofs: tuple[tuple[str, str], ...]
    notice: str | None = None
    made_up: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def render_html(told: Told, language: str, *, on_screen: bool = False) -> str:
    """Set the submission as HTML; its photos are named by their hashes."""
    return render(
        "submission.html", language, styles=OWN, title=told.title, mission=told.mission,
        organisation=told.organisation, sub=told.sub, notice=told.notice, on_screen=on_screen, told=told, long=LONG,
        apart=[(line, said) for part in told.parts for line in part.lines for said in line.long],
    )  # fmt: skip


def paper(told: Told, language: str) -> Paper:
    """Give the submission, ready to be set."""
    return Paper((render_html(told, language),), (*STYLES, *OWN), told.pictures)


def sized_down(content: bytes) -> bytes:
    """Make a photo small enough for paper, turned upright, with no more than its pixels in the file."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((SIDE, SIDE))
        bare = Image.new("RGB", upright.size)
        bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=80)
    return out.getvalue()
