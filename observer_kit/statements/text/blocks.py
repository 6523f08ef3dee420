"""What stands beside the words of a text, as HTML: a chart with its title, a footnote, a call to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.context import Context
from observer_kit.statements.text.holding import held
from observer_kit.statements.text.safety import one_line

if TYPE_CHECKING:
    from observer_kit.statements.pictures import Picture


def to_write(grammar: Grammar, prompt: str) -> Markup:
    """Show what is to be written in a place that has no text yet."""
    said = grammar.phrase("gap_empty", prompt=prompt)
    return Markup('<p class="gap to-write">{}</p>\n').format(said)


def chart(name: str, picture: Picture) -> Markup:
    """Set a chart under its title and note."""
    return Markup('<figure class="chart" id="chart-{}"><figcaption><b>{}</b>{}</figcaption>{}</figure>\n').format(
        name, held(picture.title), held(picture.note), picture.svg("paper")
    )


def footnote(html: Markup, context: Context, notes: list[tuple[int, str]]) -> Markup:
    """Set a footnote where it is called, or keep it for the end and set its number."""
    if context.notes == "inline":
        return Markup('<span class="footnote" role="note">{}</span>').format(html)
    number = len(notes) + 1
    notes.append((number, str(html)))
    return Markup('<sup class="note"><a href="#note-{0}" id="noteref-{0}" role="doc-noteref">{0}</a></sup>').format(
        number
    )


def stations_named(grammar: Grammar, figure: Figure, context: Context, language: str) -> Markup:
    """Name the stations behind a figure, region by region; nothing where none may be named."""
    named: Sequence[tuple[str, Sequence[str]]] = wording.named_stations(
        figure, context.locations, context.regions, reconstruction=context.reconstruction, language=language
    )
    if not named:
        return Markup()
    said = "; ".join(f"{one_line(region)}: {', '.join(map(one_line, codes))}" for region, codes in named)
    kinds = {context.locations[code].kind for code in figure.stations if code in context.locations}
    phrase = "commissions" if kinds == {"commission"} else "stations"
    phrase += "_named" if context.reconstruction else ""
    return escape(grammar.phrase(phrase, list=said))
