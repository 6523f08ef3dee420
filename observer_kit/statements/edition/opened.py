"""A statement's PDF → its parts, read but not yet believed: manifest, attachments, pages, what is told beside them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.checklists.model import LANGUAGES
from observer_kit.statements.edition import attached, beside, bounds, foreign
from observer_kit.statements.edition.bounds import NotAStatement
from observer_kit.statements.edition.foreign import Foreign
from observer_kit.statements.edition.pages import Page, read_pages

_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, RuntimeError)
_LONGEST: Final = 2000
"""Characters in which a place of a statement says its figure."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement's PDF taken apart."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    pages: list[Page]
    told: Mapping[str, Sequence[str]]
    foreign: Sequence[Foreign]

    @property
    def language(self) -> str:
        """Give the language that it is in by its own account: what words are chosen by, and nothing else."""
        own = str(self.manifest["language"])
        return own if own in LANGUAGES else "en"


def taken_apart(pdf: bytes) -> Statement:
    """Read the file's attachments and pages; raises NotAStatement where it is none."""
    import pikepdf

    bounds.measure(pdf)
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            bounds.walk(document)
            files = bounds.files_of(document)
            pages = read_pages(document)
            told = beside.told(document)
            strange = list(foreign.found(document))
    except (pikepdf.PdfError, pikepdf.PasswordError, *_UNREADABLE) as error:
        raise NotAStatement("unreadable", why=str(error)) from None
    try:
        manifest = json.loads(files[attached.MANIFEST])
        _look_at(manifest)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotAStatement("no_manifest", file=attached.MANIFEST, why=str(error)) from None
    return Statement(manifest, files, pages, told, strange)


def _look_at(manifest: Any) -> None:
    """Raise KeyError, TypeError or ValueError for a manifest that this kit has not written: anybody can write one."""
    if manifest["format"] != attached.FORMAT:
        raise ValueError(manifest["format"])
    shapes: Sequence[tuple[Any, Mapping[str, type]]] = (
        (manifest, {"mission": str, "style": str, "language": str, "state": str, "version": int, "chain_head": str,
                    "attachments": dict, "pages": list, "beside": dict, "printed": list, "snapshot": dict}),
        (manifest["snapshot"], {"identity": str}),
        (manifest["beside"], dict.fromkeys(beside.PARTS, list)),
        *((page, {"sha256": str, "text": list, "pictures": list}) for page in manifest["pages"]),
        *((mark, {"figure": int, "place": str, "says": str}) for mark in manifest["printed"]),
    )  # fmt: skip
    for table, wanted in shapes:
        for name, kind in wanted.items():
            if not isinstance(table[name], kind):
                raise TypeError(f"{name} is no {kind.__name__}")
    if any(len(mark["says"]) > _LONGEST for mark in manifest["printed"]):
        raise ValueError("a figure is said in more than any sentence")
