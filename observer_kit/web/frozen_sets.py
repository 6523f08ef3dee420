"""Open what was frozen under a draft, and set, draft and print from it: for the office and commands."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from typing import Final, Literal

from sqlalchemy.orm import Session

from observer_kit.config import Config
from observer_kit.missions.maps import Shapes
from observer_kit.missions.model import Mission
from observer_kit.statements import wording
from observer_kit.statements.draft.model import Frozen, from_document, noted, to_document
from observer_kit.statements.edition.model import DRAFTS, Edition
from observer_kit.statements.model import Figure
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
from observer_kit.statements.text.listing import tables_html
from observer_kit.statements.text.tables import read_tables
from observer_kit.storage import (
    Store,
    checklists,
    figure_notes,
    missions,
    published,
    releases,
    section_texts,
    shapes,
    snapshots,
    statements,
)
from observer_kit.storage.releases import Released
from observer_kit.storage.section_texts import Standing
from observer_kit.storage.statements import StoredStatement
from observer_kit.trust.keys import statement_key
from observer_kit.web.editions import evidence_then, logo_of, notes_of, printed_otherwise
from observer_kit.web.freezing import freeze
from observer_kit.web.papers import own_styles, region_names
from observer_kit.web.protocols import rules_of, rules_then

STATES: Final = {statements.NEW: "published", statements.CORRECTS: "corrected", statements.WITHDRAWS: "withdrawn"}
"""What a version says of itself, by the act that it is."""
_MOST: Final = 8
_opened: OrderedDict[str, Frozen] = OrderedDict()
"""Data sets by id: what is frozen is read once."""
_turn: Final = Lock()


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
    decided: Mapping[str, str] = field(default_factory=dict)
    """What a person decided about the stations behind a figure, by its name."""

    @property
    def language(self) -> str:
        """Give the statement's language, which need not be the page's."""
        return self.statement.language

    @property
    def named(self) -> dict[str, Figure]:
        """Give the figures by the name that marks use."""
        return {figure.definition.name: figure for figure in self.figures}

    @property
    def printable(self) -> dict[str, Figure]:
        """Give the figures that a text may say; of a rebuild not those that no source prints."""
        return wording.printable(self.figures, reconstruction=bool(self.mission.reconstruction))

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


def bench(tx: Session, config: Config, mission: str, id: str, *, until: int | None = None) -> Bench:
    """Lay a draft out: its text as it stands, its data set with what was decided about the stations behind figures.

    Nothing that the mission brought since enters it. `until` leaves out what was decided after an act of the chain.
    """
    statement = statements.get(tx, mission, id)
    frozen = opened(tx, mission, statement.snapshot)
    then = missions.read(dict(frozen.mission))
    decided = {name: note.act for name, note in figure_notes.latest(tx, mission, until=until).items()}
    return Bench(
        statement=statement,
        style=style_of(config, then, frozen, statement.style),
        frozen=frozen,
        mission=then,
        figures=noted(frozen.figures, decided),
        standing=section_texts.standing(tx, id),
        regions=_regions(tx, then, frozen, statement.language),
        shapes=shapes.read(frozen.shapes) if frozen.whole else shapes.of(tx, mission),
        decided=decided,
    )


def style_of(config: Config, mission: Mission, frozen: Frozen, name: str) -> Style:
    """Give a style as it was when the data set was frozen; one that was not, as it is now."""
    return frozen.styles.get(name) or load_style(name, own_styles(config, mission))


def _regions(tx: Session, mission: Mission, frozen: Frozen, language: str) -> Mapping[str, str]:
    return frozen.names[language] if frozen.whole else region_names(tx, mission, language)


def drafted(tx: Session, style: Style, language: str, frozen: Frozen) -> list[tuple[str, str]]:
    """Draft a style's sections from a data set."""
    mission = missions.read(dict(frozen.mission))
    seen = draftable(
        mission,
        frozen.figures,
        language,
        diary=frozen.diary,
        regions=_regions(tx, mission, frozen, language),
        charts=[plan.name for plan in style.plans(language)],
        tables=tables_html(read_tables(frozen.tables), language),
    )
    return [(each.id, each.text) for each in draft(style, language, seen)]


def begin(
    store: Store, mission: Mission, *, style: str, language: str, by: str | None, snapshot: str | None = None
) -> str:
    """Freeze what stands now, or take up a stored data set, and draft a statement from it; gives its id."""
    with store.reading() as tx:  # the long work, while others may write
        if snapshot:
            frozen = opened(tx, mission.code, snapshot)
            found = style_of(store.config, mission, frozen, style)
        else:
            found = load_style(style, own_styles(store.config, mission))
            frozen = freeze(tx, store.config, mission, found)
        texts = drafted(tx, found, language, frozen)
    with store.atomic() as tx:
        if snapshot and style in frozen.styles:
            taken = snapshot
        else:
            taken = keep(tx, replace(frozen, styles={**frozen.styles, style: found}), by)
        return statements.create(tx, mission.code, style=style, language=language, snapshot=taken, texts=texts, by=by)


def edition(
    tx: Session, config: Config, found: Bench, *, state: str, kind: str = "pdf", version: int = 1,
    replaces: int | None = None, signed_on: date | None = None,
) -> Edition:  # fmt: skip
    """Gather what a draft is printed from: its words, its data set, and nothing that came later."""
    frozen, mission = found.frozen, found.mission
    asked = {name: checklists.get(tx, version) for name, version in frozen.checklists.items()}
    rules = rules_then(mission, frozen.rules) if frozen.whole else rules_of(tx, mission)
    rows = frozen.printed if frozen.whole else published.all(tx, mission.code)
    return Edition(
        mission=mission,
        style=found.style,
        language=found.language,
        text=found.set(draft=state in DRAFTS, notes=notes_of(kind), signed_on=signed_on),
        figures=found.named,
        snapshot=frozen.snapshot,
        evidence=evidence_then(tx, mission, frozen, asked, rules),
        checklists=asked,
        locations=frozen.locations,
        regions=found.regions,
        state=state,
        version=version,
        reason=found.statement.reason,
        replaces=replaces,
        withheld=frozenset(name for name, act in found.decided.items() if act == figure_notes.WITHHELD),
        stations=mission.lists_stations,
        differences=printed_otherwise(rows, found.style, found.language, found.named.values()),
        printed=rows,
        logo=frozen.logo if frozen.whole else logo_of(config, mission),
        key=statement_key(config),
        signed_on=signed_on,
    )


def edition_then(tx: Session, config: Config, mission: str, one: Released) -> Edition:
    """Gather a published version's edition anew, from nothing but what was frozen when it went out."""
    content = releases.content(tx, mission, one.sequence)
    return edition(
        tx,
        config,
        bench(tx, config, mission, one.statement, until=one.sequence),
        state=STATES[one.act],
        version=one.version,
        replaces=releases.get(tx, mission, one.of).version if one.of else None,
        signed_on=date.fromisoformat(content["signed_on"]),
    )
