"""A set statement as a row of blocks, for what is no page: headings, paragraphs, lists, tables, charts with theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lxml import html as lxml_html

from observer_kit.errors import NotFound
from observer_kit.statements.edition.annexes import annexes
from observer_kit.statements.edition.figure_rows import FigureRow, counted_columns, figure_rows, silent_columns
from observer_kit.statements.edition.frame import Part, sections
from observer_kit.statements.edition.front import about, dated, notices, say_in, title_of
from observer_kit.statements.edition.model import Edition, Table
from observer_kit.statements.papers.frame import visible
from observer_kit.statements.pictures import Picture
from observer_kit.statements.text.holding import held

_HEADINGS: Final = {"h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_NAMED: Final = re.compile(r'href="#figure-(\d+)"')


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one manner: plain, strong, emphasis, mark (the number of a figure), note, gap."""

    text: str
    manner: str = "plain"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: title, heading (with its level), paragraph, item, numbered item, caption, notice, table, lines.

    `level` of a numbered item is its number. A `picture` stands under its
    caption and over its table; the rows of a table of kind `figures` begin
    with the numbers that marks name; `notes` is the place of the footnotes,
    where they can't stand under their page.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: Picture | None = None

    @property
    def text(self) -> str:
        """Give the words without their manners."""
        return "".join(run.text for run in self.runs)


def blocks(edition: Edition, only: str | None = None) -> Iterator[Block]:
    """Go through the statement; footnotes are named where they are called, and `notes_of` gives their words.

    `only` gives one section with those below it, to stand in a longer report:
    nothing of the frame but what must be said of a draft or a rebuilt mission,
    and in the place of the annexes the figures of these sections.
    Raises NotFound for a section that the statement has not.
    """
    say = say_in(edition.language)
    chosen = _chosen(edition, only)
    if only is None:
        yield Block("mission", _plain(edition.mission.name.get(edition.language, edition.mission.code)))
        yield Block("title", _plain(title_of(edition)))
        yield Block("event", _plain(edition.mission.event_name.get(edition.language, "")))
        yield Block("dated", _plain(dated(edition)))
    for notice in notices(edition, say):
        yield Block("notice", _plain(". ".join(filter(None, (notice.text.removesuffix("."), notice.more)))))
    for part in chosen:
        yield from _section(part, say, edition.text.pictures)
    yield Block("notes")
    if only is None:
        yield Block("paragraph", _plain(f"{say('about_title')}. {about(edition, say)}"))
        yield from _annexes(edition)
    else:
        yield from _figures_of(edition, chosen)


def notes_of(edition: Edition) -> dict[str, tuple[Run, ...]]:
    """Give the footnotes by the number by which a run of the manner `note` calls them."""
    return {
        str(number): tuple(_runs(lxml_html.fromstring(f"<div>{note}</div>"))) for number, note in edition.text.notes
    }


def _chosen(edition: Edition, only: str | None) -> list[Part]:
    parts = sections(edition)
    if only is None:
        return parts
    if f"s-{only}" not in {part.anchor for part in parts}:
        raise NotFound(f"no section {only!r}; there are {', '.join(part.anchor[2:] for part in parts)}")
    plans = {plan.id: plan.parent for plan in edition.style.sections}

    def within(identifier: str | None) -> bool:
        return identifier is not None and (identifier == only or within(plans.get(identifier)))

    return [part for part in parts if within(part.anchor[2:])]


def _section(part: Part, say: Any, pictures: Mapping[str, Picture]) -> Iterator[Block]:
    if part.title:
        yield Block("heading", _plain(f"{part.number}. {part.title}" if part.number else part.title), part.level)
    if part.html.strip():
        yield from _within(lxml_html.fromstring(f"<div>{part.html}</div>"), pictures)
    if part.kind == "signature":
        yield Block("lines", _plain(f"{say('place_and_date')}\t{say('head_of_mission')}"))


def _within(element: Any, pictures: Mapping[str, Picture]) -> Iterator[Block]:
    for child in element:
        if child.tag in _HEADINGS:
            yield Block("heading", tuple(_runs(child)), _HEADINGS[child.tag])
        elif child.tag == "p":
            yield Block("paragraph", tuple(_runs(child)))
        elif child.tag in ("ul", "ol"):
            first = int(child.get("start") or 1)
            for number, item in enumerate(child, first):
                listed = ("item", 0) if child.tag == "ul" else ("numbered", number)
                yield Block(listed[0], tuple(_runs(item)), listed[1])
        elif child.tag == "table":
            yield _table(child)
        elif child.tag == "figure":
            yield from _figure(pictures[(child.get("id") or "").removeprefix("chart-")])
        elif isinstance(child.tag, str) and child.tag not in ("hr", "svg"):
            yield from _within(child, pictures)


def _figure(picture: Picture) -> Iterator[Block]:
    """Give a chart: its caption, the picture, and the table behind it without columns in which nothing stands."""
    title = picture.title if picture.title.endswith((".", "?", "!")) else f"{picture.title}."
    yield Block("caption", (*_plain(title, "strong"), *_plain(f" {picture.note}" if picture.note else "")))
    yield Block("picture", _plain(f"{picture.title}: {picture.description}"), picture=picture)
    columns = [
        place for place in range(len(picture.head)) if any(row[place : place + 1] != ("",) for row in picture.rows)
    ]
    head = tuple(picture.head[place] for place in columns)
    rows = tuple(tuple(row[place] for place in columns if place < len(row)) for row in picture.rows)
    yield Block("table", (), 0, head if any(head) else (), rows)


def _table(element: Any) -> Block:
    head = tuple(_tidy(cell.text_content()) for cell in element.xpath("./thead//th"))
    rows = tuple(
        tuple(_tidy(cell.text_content()) for cell in row.xpath("./th|./td")) for row in element.xpath("./tbody/tr|./tr")
    )
    caption = element.find("caption")
    return Block("table", _plain(_tidy(caption.text_content())) if caption is not None else (), 0, head, rows)


def _figures_of(edition: Edition, parts: Sequence[Part]) -> Iterator[Block]:
    """Give the figures that these sections name, and no others."""
    named = {int(number) for part in parts for number in _NAMED.findall(part.html)}
    named |= {
        int(number)
        for called, note in edition.text.notes
        if any(f'href="#note-{called}"' in part.html for part in parts)
        for number in _NAMED.findall(note)
    }
    if named:
        yield Block("heading", _plain(say_in(edition.language)("figures_title")), 3)
        yield from _figure_table(
            edition, [row for row in figure_rows(edition, say_in(edition.language)) if row.place in named]
        )


def _figure_table(edition: Edition, rows: Sequence[FigureRow]) -> Iterator[Block]:
    say, counted = say_in(edition.language), counted_columns(edition)
    columns = [say(key) for key in ("col_number", "col_figure", *(f"col_{each}" for each in counted))]
    silent = silent_columns(edition)
    if silent:
        columns.append(" · ".join(say(f"col_{each}") for each in silent))
    cells = tuple(
        (
            str(row.place),
            "\n".join(filter(None, (row.label, row.question))),
            *row.counts[: len(counted)],
            *([" · ".join(row.counts[len(counted) :])] if silent else ()),
            "\n".join(filter(None, (row.unit, row.source, row.difference, row.beside, row.regions))),
        )
        for row in rows
    )
    yield Block("figures", (), 0, (*columns, say("col_source")), cells)


def _annexes(edition: Edition) -> Iterator[Block]:
    say = say_in(edition.language)
    for annex in annexes(edition, say):
        yield Block("heading", _plain(annex.title), 2)
        if annex.kind == "figures":
            yield from _figure_table(edition, annex.rows)
            if annex.below is not None:
                yield _listed(annex.below)
        elif annex.kind == "method":
            for paragraph in annex.rows.paragraphs:
                yield Block("paragraph", _plain(paragraph))
            yield Block("table", (), 0, (), tuple((name, value) for name, value, _ in annex.rows.facts))
        elif annex.kind == "stations":
            for region, names in annex.rows:
                yield Block("paragraph", (Run(f"{region}: ", "strong"), Run(", ".join(names))))
        else:
            tables: Sequence[Table] = annex.rows if isinstance(annex.rows, list) else [annex.rows]
            for table in tables:
                yield _listed(table)


def _listed(table: Table) -> Block:
    return Block("table", _plain(table.caption), 0, tuple(table.head), tuple(map(tuple, table.rows)))


def _plain(text: str, manner: str = "plain") -> tuple[Run, ...]:
    return (Run(visible(held(text)), manner),) if text else ()


_MANNERS: Final = {"strong": "strong", "b": "strong", "em": "emphasis", "i": "emphasis"}


def _runs(element: Any, manner: str = "plain") -> Iterator[Run]:
    """Give a block's text run by run; the numbers of figures and of notes as such."""
    if element.text:
        yield Run(_spaced(element.text), manner)
    for child in element:
        if not isinstance(child.tag, str):
            pass
        elif child.tag == "br":
            yield Run("\n", manner)
        elif child.tag == "sup":
            kind = "mark" if "mark" in (child.get("class") or "") else "note"
            yield Run(child.text_content().strip(), kind)
        elif "gap" in (child.get("class") or "").split():
            yield Run(_spaced(child.text_content()), "gap")
        else:
            yield from _runs(child, _MANNERS.get(child.tag, manner))
        if child.tail:
            yield Run(_spaced(child.tail), manner)


def _spaced(text: str) -> str:
    return str(visible(re.sub(r"[ \t\r\n]+", " ", text)))


def _tidy(text: str) -> str:
    return _spaced(text).strip()
