"""The text of a statement's sections: every saving is kept, and none ever takes the place of another person's.

Savings form lines: each names the one it goes on from. Where two go on from
the same one, the first received is the section's text, and the other stands
beside it until somebody chooses or joins them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer_kit.errors import Conflict, NotFound, TooLarge
from observer_kit.storage import chain, office_acts
from observer_kit.storage import statement_tables as s

LONGEST: Final = 200_000
"""Characters of one section: some thirty thousand words."""
STORED, KNOWN, BESIDE = "stored", "known", "beside"


@dataclass(frozen=True, slots=True)
class Saving:
    """One saving of a section."""

    sequence: int
    section: str
    base: int | None
    merges: tuple[int, ...]
    tab: str
    turn: int
    text: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A section as it stands: its text, and what was written beside it and not looked at yet."""

    head: Saving
    beside: tuple[Saving, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a saving: stored, known already, or kept beside a text that went another way."""

    state: str
    sequence: int


@dataclass(frozen=True, slots=True)
class _Link:
    sequence: int
    base: int | None
    merges: tuple[int, ...]
    tab: str
    turn: int


def begin(tx: Session, mission: str, statement: str, texts: Iterable[tuple[str, str]], by: str | None) -> None:
    """Store the first text of each section of a new statement."""
    for section, text in texts:
        _put(tx, mission, statement, section, None, (), "", 0, text, by)


def save(
    tx: Session, mission: str, statement: str, section: str, text: str, *,
    base: int | None, tab: str, turn: int, by: str | None,
) -> Saved:  # fmt: skip
    """Store a section as a page has it now; what another page wrote meanwhile stays as it is.

    Raises NotFound for a base that is none of this section's, TooLarge for a text beyond all measure.
    """
    text = _clean(text)
    chain.lock(tx)
    links = _links(tx, statement, section)
    if base is None and links:
        raise NotFound("a saving names the text that it goes on from", place="base")
    if base is None:
        return Saved(STORED, _put(tx, mission, statement, section, None, (), tab, turn, text, by))
    if base not in links:
        raise NotFound(f"no saving {base} of this section", place="base")
    after = _children(links)
    own = _own_tip(links, after, base, tab)
    if own is not None:
        if turn < links[own].turn:
            return Saved(KNOWN, own)  # overtaken by a later one of the same page
        base = own  # of the same turn with other words is no repetition: a form gone back to, or a change taken back
    if _text(tx, base) == text:
        return Saved(KNOWN, base)
    elsewhere = [each for each in after[base] if links[each].tab != tab or not tab]
    if elsewhere and _text(tx, tip := _tip(after, elsewhere[0])) == text:
        return Saved(KNOWN, tip)
    sequence = _put(tx, mission, statement, section, base, (), tab, turn, text, by)
    return Saved(BESIDE if elsewhere else STORED, sequence)


def settle(
    tx: Session, mission: str, statement: str, section: str, text: str, *,
    base: int, merges: Sequence[int], by: str | None,
) -> int:  # fmt: skip
    """Join what stands beside each other into one text; raises Conflict where it is no longer as it was looked at."""
    text = _clean(text)
    chain.lock(tx)
    links = _links(tx, statement, section)
    if not links:
        raise NotFound(f"no section {section!r}")
    head, beside = _stand(links)
    if head != base or not set(merges) <= set(beside):
        raise Conflict("somebody went on writing meanwhile: look at it again", place=section)
    return _put(tx, mission, statement, section, base, tuple(sorted(merges)), "", 0, text, by)


def standing(tx: Session, statement: str) -> dict[str, Standing]:
    """Give every section as it stands, by its name."""
    by_section: dict[str, dict[int, _Link]] = defaultdict(dict)
    for section, link in _read_links(tx, statement):
        by_section[section][link.sequence] = link
    stands = {section: _stand(links) for section, links in by_section.items()}
    wanted = [sequence for head, beside in stands.values() for sequence in (head, *beside)]
    texts = {each.sequence: each for each in _some(tx, wanted)}
    return {
        section: Standing(texts[head], tuple(texts[each] for each in beside))
        for section, (head, beside) in stands.items()
    }


def history(tx: Session, statement: str, section: str) -> list[Saving]:
    """Give every saving of a section, the latest first."""
    query = select(s.SectionText).where(s.SectionText.statement == statement, s.SectionText.section == section)
    return [_read(row) for row in tx.scalars(query.order_by(s.SectionText.sequence.desc()))]


def get(tx: Session, statement: str, sequence: int) -> Saving:
    """Give one saving; raises NotFound."""
    row = tx.scalar(
        select(s.SectionText).where(s.SectionText.statement == statement, s.SectionText.sequence == sequence)
    )
    if row is None:
        raise NotFound(f"no saving {sequence} of this statement")
    return _read(row)


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST:
        raise TooLarge(f"a section has at most {LONGEST} characters", place="text")
    return text


def _put(
    tx: Session, mission: str, statement: str, section: str, base: int | None, merges: Sequence[int],
    tab: str, turn: int, text: str, by: str | None,
) -> int:  # fmt: skip
    return office_acts.add(
        tx, "section_text", f"{statement} {section}", mission, by,
        statement=statement, section=section, base=base, merges=list(merges), tab=tab, turn=turn, text=text,
    )  # fmt: skip


def _read_links(tx: Session, statement: str, section: str | None = None) -> list[tuple[str, _Link]]:
    query = select(
        s.SectionText.section, s.SectionText.sequence, s.SectionText.base, s.SectionText.merges, s.SectionText.tab,
        s.SectionText.turn,
    ).where(s.SectionText.statement == statement)  # fmt: skip
    if section is not None:
        query = query.where(s.SectionText.section == section)
    rows = tx.execute(query.order_by(s.SectionText.sequence))
    return [(name, _Link(sequence, base, tuple(merges), tab, turn)) for name, sequence, base, merges, tab, turn in rows]


def _links(tx: Session, statement: str, section: str) -> dict[int, _Link]:
    return {link.sequence: link for _, link in _read_links(tx, statement, section)}


def _children(links: Mapping[int, _Link]) -> dict[int, list[int]]:
    after: dict[int, list[int]] = defaultdict(list)
    for link in links.values():
        if link.base is not None:
            after[link.base].append(link.sequence)
    return after


def _tip(after: Mapping[int, list[int]], start: int) -> int:
    """Follow a line to its end, along the saving that was first received."""
    here = start
    while after.get(here):
        here = after[here][0]
    return here


def _own_tip(links: Mapping[int, _Link], after: Mapping[int, list[int]], base: int, tab: str) -> int | None:
    """Give the last saving of this very page after its base, None where it has saved nothing since."""
    here: int | None = base if tab and links[base].tab == tab else None
    place = base
    while tab:
        own = [each for each in after.get(place, ()) if links[each].tab == tab]
        if not own:
            return here
        here = place = own[0]
    return None


def _stand(links: Mapping[int, _Link]) -> tuple[int, tuple[int, ...]]:
    after = _children(links)
    head = _tip(after, min(links))
    taken_in = {each for link in links.values() for each in link.merges}
    ends = [each for each in links if not after.get(each) and each != head and each not in taken_in]
    return head, tuple(ends)


def _text(tx: Session, sequence: int) -> str | None:
    return tx.scalar(select(s.SectionText.text).where(s.SectionText.sequence == sequence))


def _some(tx: Session, sequences: Sequence[int]) -> list[Saving]:
    return [_read(row) for row in tx.scalars(select(s.SectionText).where(s.SectionText.sequence.in_(sequences)))]


def _read(row: Any) -> Saving:
    return Saving(row.sequence, row.section, row.base, tuple(row.merges), row.tab, row.turn, row.text, row.by, row.at)
