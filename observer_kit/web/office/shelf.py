"""Finished PDFs: found in the exports folder by mission, and given out by name only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from observer_kit.errors import NotFound
from observer_kit.missions.model import Mission


@dataclass(frozen=True, slots=True)
class Paper:
    """One finished PDF."""

    name: str
    path: Path
    made: datetime
    size: int

    @property
    def kilobytes(self) -> int:
        """Give the size for people, never 0."""
        return max(1, round(self.size / 1000))


def papers_of(exports: Path, code: str, missions: Iterable[Mission]) -> list[Paper]:
    """List a mission's PDFs, newest first: in its own folder, or beside others under its code."""
    codes = {each.code for each in missions}
    if code not in codes:
        return []
    found = list((exports / code).glob("*.pdf"))
    found += [path for path in exports.glob("*.pdf") if _owner(path.stem, codes) == code]
    root = exports.resolve()
    own = {root, root / code}
    papers = [
        Paper(path.name, path, datetime.fromtimestamp(path.stat().st_mtime, UTC), path.stat().st_size)
        for path in found
        if path.is_file() and path.resolve().parent in own  # no link, and no name, leads out of the folder
    ]
    return sorted(papers, key=lambda paper: paper.made, reverse=True)


def find_paper(exports: Path, code: str, name: str, missions: Iterable[Mission]) -> Paper:
    """Give one of a mission's PDFs; raises NotFound for any name that is not on its list."""
    for paper in papers_of(exports, code, missions):
        if paper.name == name:
            return paper
    raise NotFound(f"no statement {name!r} of {code}")


def _owner(stem: str, codes: Iterable[str]) -> str | None:
    """Name the mission of a file: the longest code that its name begins with."""
    fitting = [code for code in codes if stem == code or stem.startswith((f"{code}-", f"{code}."))]
    return max(fitting, key=len, default=None)
