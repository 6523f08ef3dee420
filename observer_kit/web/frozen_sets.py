"""Freeze a mission's figures with all that is said from them, and open what was frozen: for the office and commands."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import Final, Literal

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.config import Config
from observer_kit.missions.maps import Shapes
from observer_kit.missions.model import Mission
from observer_kit.statements.draft.model import Frozen, from_document, noted, to_document
from observer_kit.statements.edition.frame import DRAFTS
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.text import (
    SectionText,
    SetStatement,
    Style,
    context_of,
    draft,
    draftable,
    load_style,
    set_text,
)
from observer_kit.statements.text.tables import read_tables, tables_html
from observer_kit.storage import (
    Store,
    checklists,
    diary,
    figure_notes,
    missions,
    register,
    section_texts,
    shapes,
    snapshots,
    statements,
)
from observer_kit.storage.section_texts import Standing
from observer_kit.storage.statements import StoredStatement
from observer_kit.trust.keys import statement_key
from observer_kit.web import numbers
from observer_kit.web.editions import evidence_then, logo_of, notes_of, printed_otherwise
from observer_kit.web.frozen import frozen_tables
from observer_kit.web.papers import own_styles, region_names

_MOST: Final = 8
_opened: OrderedDict[str, Frozen] = OrderedDict()
"""Data sets by id: what is frozen is read once."""
_turn: Final = Lock()
RATING: Final = "rating"


def freeze(tx: Session, mission: Mission) -> Frozen:
    """Freeze what stands now."""
    figures = numbers.figures(tx, mission)
    behind = {code for figure in figures for code in figure.stations}
    current = checklists.current(tx, mission.code)
    regions = register.regions(tx, mission.code)
    return Frozen(
        snapshot=numbers.snapshot(tx, mission),
        mission=missions.document(tx, mission.code),
        figures=tuple(figures),
        locations=register.some(tx, mission.code, behind),
        regions={place.code: place.name for place in regions},
        checklists={name: each.version for name, each in current.items()},
        diary=tuple(diary.all(tx, mission.code)),
        weight=weights(figures, current),
        tables=frozen_tables(tx, mission).as_dict(),
    )


def weights(figures: Iterable[Figure], current: Mapping[str, Checklist]) -> dict[str, str]:
    """Say how severe the breach is that a figure counts, or that it counts a rating; others have none."""
    asked = {(name, each.name): each for name, checklist in current.items() for each in checklist.questions()}
    found = {}
    for figure in figures:
        definition: Definition = figure.definition
        question = asked.get((definition.checklist or "", definition.question or ""))
        if question is None or definition.measure != "answers" or not definition.counted:
            continue
        if question.type == "rating":
            found[definition.name] = RATING
        elif question.good and question.severity and not set(definition.counted) & set(question.good):
            found[definition.name] = question.severity
    return found


def as_begun(style: Style, frozen: Frozen) -> Style:
    """Give a style with the sections that it had when the draft was begun: a later one renames none, and drops none."""
    return replace(style, sections=frozen.sections[style.id]) if style.id in frozen.sections else style


def keep(tx: Session, frozen: Frozen, by: str | None) -> str:
    """Store a data set; gives its id."""
    return snapshots.take(tx, frozen.snapshot.mission, frozen.snapshot.identity, to_document(frozen), by)


def opened(tx: Session, mission: str, id: str) -> Frozen:
    """Give a stored data set; raises NotFound."""
    with _turn:
        known = _opened.get(id)
        if known is not None and known.snapshot.mission == mission:
            _opened.move_to_end(id)
            return known
    frozen = from_document(snapshots.content(tx, mission, id))
    with _turn:
        _opened[id] = frozen
        while len(_opened) > _MOST:
            _opened.popitem(last=False)
    return frozen


@dataclass(frozen=True)
class Bench:
    """A draft with everything that it is set from."""

    statement: StoredStatement
    style: Style
    frozen: Frozen
    mission: Mission
    figures: tuple[Figure, ...]
    standing: Mapping[str, Standing]
    regions: Mapping[str, str]
    shapes: Shapes | None = None

    @property
    def language(self) -> str:
        """Give the statement's language, which need not be the page's."""
        return self.statement.language

    @property
    def named(self) -> dict[str, Figure]:
        """Give the figures by the name that marks use."""
        return {figure.definition.name: figure for figure in self.figures}

    def texts(self) -> dict[str, str]:
        """Give every section's text as it stands, in the style's order."""
        return {
            plan.id: self.standing[plan.id].head.text if plan.id in self.standing else ""
            for plan in self.style.sections
        }

    def set(
        self, texts: Mapping[str, str] | None = None, *, draft: bool = True, notes: Literal["inline", "end"] = "end",
        signed_on: date | None = None,
    ) -> SetStatement:  # fmt: skip
        """Set these texts, or all as they stand."""
        said = self.texts() if texts is None else texts
        context = context_of(
            self.mission,
            self.figures,
            locations=self.frozen.locations,
            regions=self.regions,
            tables=tables_html(read_tables(self.frozen.tables), self.language),
            shapes=self.shapes,
            signed_on=signed_on,
            draft=draft,
            notes=notes,
        )
        return set_text(self.style, self.language, [SectionText(*each) for each in said.items()], context)


def bench(tx: Session, config: Config, mission: str, id: str) -> Bench:
    """Lay a draft out: its text as it stands, its data set with what was decided about the stations behind figures."""
    statement = statements.get(tx, mission, id)
    frozen = opened(tx, mission, statement.snapshot)
    then = missions.read(dict(frozen.mission))
    notes = {name: note.act for name, note in figure_notes.latest(tx, mission).items()}
    return Bench(
        statement=statement,
        style=as_begun(load_style(statement.style, own_styles(config, then)), frozen),
        frozen=frozen,
        mission=then,
        figures=noted(frozen.figures, notes),
        standing=section_texts.standing(tx, id),
        regions=region_names(tx, then, statement.language),
        shapes=shapes.of(tx, mission),
    )


def drafted(tx: Session, style: Style, language: str, frozen: Frozen) -> list[tuple[str, str]]:
    """Draft a style's sections from a data set."""
    mission = missions.read(dict(frozen.mission))
    seen = draftable(
        mission,
        frozen.figures,
        language,
        diary=frozen.diary,
        regions=region_names(tx, mission, language),
        charts=[plan.name for plan in style.plans(language)],
        tables=tables_html(read_tables(frozen.tables), language),
    )
    return [(each.id, each.text) for each in draft(style, language, seen)]


def begin(
    store: Store, mission: Mission, *, style: str, language: str, by: str | None, snapshot: str | None = None
) -> str:
    """Freeze what stands now, or take up a stored data set, and draft a statement from it; gives its id."""
    with store.reading() as tx:  # the long work, while others may write
        found = load_style(style, own_styles(store.config, mission))
        if snapshot:
            frozen = opened(tx, mission.code, snapshot)
        else:
            frozen = replace(freeze(tx, mission), sections={style: found.sections})
        texts = drafted(tx, found, language, frozen)
    with store.atomic() as tx:
        taken = snapshot or keep(tx, frozen, by)
        return statements.create(tx, mission.code, style=style, language=language, snapshot=taken, texts=texts, by=by)


def edition(
    tx: Session, config: Config, found: Bench, *, state: str, kind: str = "pdf", version: int = 1,
    replaces: int | None = None, signed_on: date | None = None,
) -> Edition:  # fmt: skip
    """Gather what a draft is printed from: its words, its data set, and nothing that came later."""
    frozen = found.frozen
    notes = figure_notes.latest(tx, found.mission.code)
    asked = {name: checklists.get(tx, version) for name, version in frozen.checklists.items()}
    return Edition(
        mission=found.mission,
        style=found.style,
        language=found.language,
        text=found.set(draft=state in DRAFTS, notes=notes_of(kind), signed_on=signed_on),
        figures=found.named,
        snapshot=frozen.snapshot,
        evidence=evidence_then(tx, found.mission, frozen.snapshot, asked),
        checklists=asked,
        locations=frozen.locations,
        regions=found.regions,
        state=state,
        version=version,
        reason=found.statement.reason,
        replaces=replaces,
        withheld=frozenset(name for name, note in notes.items() if note.act == figure_notes.WITHHELD),
        stations=found.mission.lists_stations,
        differences=printed_otherwise(tx, found.mission, found.style, found.language, found.named.values()),
        logo=logo_of(config, found.mission),
        key=statement_key(config),
        signed_on=signed_on,
    )
