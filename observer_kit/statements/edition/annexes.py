"""The annexes: every figure, the method, the coverage, the stations, the checklists, the abbreviations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from observer_kit.config import resources
from observer_kit.statements.edition.coverage import coverage, stations
from observer_kit.statements.edition.figure_rows import NOTHING, figure_rows
from observer_kit.statements.edition.legend import legend
from observer_kit.statements.edition.method import method
from observer_kit.statements.edition.model import Edition, Table
from observer_kit.statements.edition.uncounted import uncounted_rows
from observer_kit.statements.text.agreement import digits

Say = Callable[..., str]
_TAGS: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex: its kind, its title as printed, its rows as its kind has them, a table below them."""

    kind: str
    title: str
    rows: Any
    below: Table | None = None


def annexes(edition: Edition, say: Say) -> list[Annex]:
    """Give the annexes that have something to say, lettered in their order."""
    made: list[tuple[str, Any]] = [
        ("figures", figure_rows(edition, say)),
        ("method", method(edition, say)),
        ("uncounted", _uncounted(edition, say)),
        ("coverage", coverage(edition, say)),
        ("stations", stations(edition, say)),
        ("checklists", _checklists(edition, say)),
        ("abbreviations", _abbreviations(edition, say)),
    ]
    letters = say("letters").split()
    found: list[Annex] = []
    for kind, rows in made:
        if rows:
            annex = say("annex", letter=letters[len(found)])
            below = legend(edition, say) if kind == "figures" else None
            found.append(Annex(kind, say("annex_title", annex=annex, title=say(f"{kind}_title")), rows, below))
    return found


def _uncounted(edition: Edition, say: Say) -> Table | None:
    head = [say(f"col_{each}") for each in ("told", "printed", "place", "reason")]
    rows = uncounted_rows(edition, say)
    return Table("", head, rows) if rows else None


def _checklists(edition: Edition, say: Say) -> Table | None:
    rows = []
    for name, versions in edition.snapshot.versions.items():
        checklist = edition.checklists.get(name)
        title = checklist.title.get(edition.language, name) if checklist else name
        count = digits(sum(1 for _ in checklist.questions()), edition.language) if checklist else NOTHING
        rows.append([title, count, ", ".join(version[:12] for version in versions)])
    if not rows:
        return None
    return Table("", [say("col_checklist"), say("col_questions"), say("col_versions")], rows, (1,))


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    path = resources("templates") / "statements" / "abbreviations.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _abbreviations(edition: Edition, say: Say) -> Table | None:
    """Explain the abbreviations that the text uses."""
    text = " ".join(_TAGS.sub(" ", each.html) for each in edition.text.sections)
    known = _known().get(edition.language, {})
    rows = [[short, long] for short, long in known.items() if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", text)]
    return Table("", [say("col_abbreviation"), say("col_meaning")], rows) if rows else None
