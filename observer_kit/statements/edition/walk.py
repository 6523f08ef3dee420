"""A set statement as a row of blocks, for what is no page: headings, paragraphs, lists, tables, charts as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lxml import html as lxml_html

from observer_kit.errors import NotFound
from observer_kit.statements.edition.annexes import Table, annexes, counted_columns
from observer_kit.statements.edition.frame import Part, about, dated, notices, say_in, sections, title_of
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.papers.frame import visible

_HEADINGS: Final = {"h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCKS: Final = (*_HEADINGS, "p", "ul", "ol", "table", "figure", "blockquote", "pre", "hr")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one manner: plain, strong, emphasis, mark (the number of a figure), note, gap."""

    text: str
    manner: str = "plain"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: title, heading (with its level), paragraph, item, numbered item, caption, notice, table, lines."""

    kind: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """Give the words without their manners."""
        return "".join(run.text for run in self.runs)


def blocks(edition: Edition, only: str | None = None) -> Iterator[Block]:
    """Go through the statement; `only` gives one section with those below it and nothing of the frame.

    Raises NotFound for a section that the statement has not.
    """
    say = say_in(edition.language)
    if only is None:
        yield Block("mission", _plain(edition.mission.name.get(edition.language, edition.mission.code)))
        yield Block("title", _plain(title_of(edition)))
        yield Block("event", _plain(edition.mission.event_name.get(edition.language, "")))
        yield Block("dated", _plain(dated(edition)))
        for notice in notices(edition, say):
            yield Block("notice", _plain(". ".join(filter(None, (notice.text.removesuffix("."), notice.more)))))
    for part in _chosen(edition, only):
        yield from _section(part, say)
    if edition.text.notes:
        yield Block("heading", _plain(say("footnotes_title")), 3)
        for number, note in edition.text.notes:
            yield Block("note", (Run(f"{number} ", "note"), *_runs(lxml_html.fromstring(f"<div>{note}</div>"))))
    if only is None:
        yield Block("paragraph", _plain(f"{say('about_title')}. {about(edition, say)}"))
        yield from _annexes(edition)


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


def _section(part: Part, say: Any) -> Iterator[Block]:
    if part.title:
        yield Block("heading", _plain(f"{part.number}. {part.title}" if part.number else part.title), part.level)
    if part.html.strip():
        yield from _within(lxml_html.fromstring(f"<div>{part.html}</div>"))
    if part.kind == "signature":
        yield Block("lines", _plain(f"{say('place_and_date')}\t{say('head_of_mission')}"))


def _within(element: Any, kind: str = "paragraph") -> Iterator[Block]:
    for child in element:
        if child.tag in _HEADINGS:
            yield Block("heading", tuple(_runs(child)), _HEADINGS[child.tag])
        elif child.tag == "p":
            yield Block(kind, tuple(_runs(child)))
        elif child.tag in ("ul", "ol"):
            for item in child:
                yield Block("item" if child.tag == "ul" else "numbered", tuple(_runs(item)))
        elif child.tag == "table":
            yield _table(child)
        elif child.tag == "figure":
            yield from _figure(child)
        elif isinstance(child.tag, str) and child.tag not in ("hr", "svg"):
            yield from _within(child)


def _figure(element: Any) -> Iterator[Block]:
    """Give a chart by its caption and the words drawn in it: a picture is no text."""
    for caption in element.iter("figcaption"):
        yield Block("caption", tuple(_runs(caption)))
    drawn = [_tidy(each.text_content()) for each in element.iter("{http://www.w3.org/2000/svg}text", "text")]
    if any(drawn):
        yield Block("chart", _plain(" · ".join(filter(None, drawn))))


def _table(element: Any) -> Block:
    head = tuple(_tidy(cell.text_content()) for cell in element.xpath("./thead//th"))
    rows = tuple(
        tuple(_tidy(cell.text_content()) for cell in row.xpath("./th|./td")) for row in element.xpath("./tbody/tr|./tr")
    )
    caption = element.find("caption")
    return Block("table", _plain(_tidy(caption.text_content())) if caption is not None else (), 0, head, rows)


def _annexes(edition: Edition) -> Iterator[Block]:
    say = say_in(edition.language)
    for annex in annexes(edition, say):
        yield Block("heading", _plain(annex.title), 2)
        if annex.kind == "figures":
            counted = counted_columns(edition)
            columns = ["col_number", "col_figure", *(f"col_{each}" for each in counted), "col_source"]
            rows = tuple(
                (
                    str(row.place),
                    row.label,
                    *row.counts[: len(counted)],
                    ". ".join(filter(None, (row.unit, row.source, row.difference))),
                )
                for row in annex.rows
            )
            yield Block("table", (), 0, tuple(say(key) for key in columns), rows)
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
                yield Block("table", _plain(table.caption), 0, tuple(table.head), tuple(map(tuple, table.rows)))


def _plain(text: str) -> tuple[Run, ...]:
    return (Run(visible(text)),) if text else ()


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
