"""The photos of a report on its paper: numbered, named by their questions, opened and made small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from observer_kit.collection.model import Submission
from observer_kit.config import Config
from observer_kit.errors import KitError
from observer_kit.missions.model import Mission
from observer_kit.statements.papers.submission import Photo, sized_down
from observer_kit.storage import attachments
from observer_kit.web.speech import tell, text
from observer_kit.web.telling import answers as said

MOST_PHOTOS: Final = 40
"""Photos that one paper shows; of any more it gives the hashes."""
_UNREADABLE: Final = (KitError, OSError, ValueError)


def numbered(hashes: Iterable[str]) -> dict[str, int]:
    """Number photos in the order of the answers, each once."""
    return {each: place for place, each in enumerate(dict.fromkeys(hashes), 1)}


def labels_of(lines: Iterable[said.Answer], judged: Submission) -> dict[str, str]:
    """Name each photo by the first question that it answers."""
    found: dict[str, str] = {}
    for line in lines:
        value = judged.answers.get(line.name)
        if line.question.type == "photo" and isinstance(value, str):
            found.setdefault(value, text(line.question.label))
    return found


def opened_photos(
    tx: Session, config: Config, mission: Mission, hashes: Mapping[str, int], labels: Mapping[str, str]
) -> tuple[tuple[Photo, ...], dict[str, bytes]]:
    """Open each photo and make it small; one that is not here or can't be opened says why in its place."""
    known = attachments.some(tx, mission.code, hashes)
    found, pictures = [], {}
    for sha256, place in hashes.items():
        refusal = ""
        if sha256 not in known:
            refusal = tell("desk.photo_not_come")
        elif place > MOST_PHOTOS:
            refusal = tell("paper.sub_photos_more", n=MOST_PHOTOS)
        else:
            try:
                pictures[sha256] = sized_down(attachments.picture(config, known[sha256]))
            except _UNREADABLE:
                refusal = tell("desk.photo_not_opened")
        found.append(Photo(sha256, labels.get(sha256, ""), place, refusal))
    return tuple(found), pictures
