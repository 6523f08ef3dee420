"""Pictures for desk and paper: plain data in, a Picture out; the same data gives the same bytes.

    bars(title, note, [Bar(label, value, text, base)])                            named amounts, in the order given
    by_region(title, note, [Share(label, cases, base)], language, whole=Share)    shares, largest first, bases at right
    stacked(title, note, steps, [Stack(label, counts, silent)], language)         answers as parts of a whole
    by_hour(title, note, [Share("07", cases, base)], language, shares=True)       the hours of the day, bases below
    funnel(title, note, [Share], language, whole=, limits=[Limit(base, low, high)], outside=[labels])
    convergence(title, note, [Series(label, (Moment(at, estimate, low, high),))], language, along=, clock=False)
    reconciliation(title, note, [Rule(label, passed, failed, not_computable)], language)
    tiles(title, note, [Share(…, code="AKM", link="/…")], language, grid_for(codes) or Shapes, counts=False)

`title` and `note` come written from the caller, in the page's language; None is
no data and is drawn as a dash or an outline, never as 0. Limits, intervals and
who lies outside of them are worked out by the caller: a picture only draws.

A Picture has `title`, `note`, `head` and `rows` (the table behind it) and
`svg(sheet)`, sheet one of "paper", "wide", "slim". On a desk page:

    {% from "partials/picture.html" import picture with context %}
    {{ picture(view.funnel) }}
"""

from observer_kit.statements.pictures.bars import Bar, bars, by_region
from observer_kit.statements.pictures.hours import by_hour
from observer_kit.statements.pictures.model import Picture, Share
from observer_kit.statements.pictures.places import tiles
from observer_kit.statements.pictures.scales import Limit, Moment, Series, convergence, funnel
from observer_kit.statements.pictures.stacks import Rule, Stack, reconciliation, stacked

__all__ = [
    "Bar", "Limit", "Moment", "Picture", "Rule", "Series", "Share", "Stack",
    "bars", "by_hour", "by_region", "convergence", "funnel", "reconciliation", "stacked", "tiles",
]  # fmt: skip
