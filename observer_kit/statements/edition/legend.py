"""The legend under the table of figures: which document each code of a source stands for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from observer_kit.checklists.sources import load_documents
from observer_kit.statements.edition.counted import question_of
from observer_kit.statements.edition.figure_rows import NOTHING
from observer_kit.statements.edition.model import Edition, Table
from observer_kit.statements.text.agreement import Grammar

Say = Callable[..., str]


def legend(edition: Edition, say: Say) -> Table | None:
    """Name the documents that this paper's figures cite, and the one that a rebuilt mission is made from."""
    questions = (question_of(edition, figure.definition) for figure in edition.numbered.values())
    cited = {source.ref: source.document for each in questions if each for source in each.sources}
    located = edition.reconstruction and any(each.definition.locator for each in edition.numbered.values())
    rows = []
    for code, document in load_documents().items():
        own = located and edition.mission.code in document.missions
        names = ([code] if code in cited else []) + ([say("printed_in", place="…")] if own else [])
        if names:
            title = document.title[edition.language]
            rows.append([", ".join(names), title, _day(edition, document.dated, say)])
    # A mission's own questions may come from elsewhere: named as they name it.
    rows += [[code, said, NOTHING] for code, said in cited.items() if code not in load_documents()]
    if not rows:
        return None
    return Table(say("sources_caption"), [say("col_code"), say("col_document"), say("col_dated")], rows)


def _day(edition: Edition, dated: date | int | None, say: Say) -> str:
    """Say the day of a document, or its year."""
    if isinstance(dated, date):
        return Grammar(edition.language, edition.mission.event).day(dated)
    return NOTHING if dated is None else say("year", year=dated)
