"""The hours of the day: columns on a wide sheet, rows on a slim one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from observer_kit.statements.pictures.bars import Bar, Bars
from observer_kit.statements.pictures.canvas import Canvas, Sheet
from observer_kit.statements.pictures.model import Picture, Share, cases_of, number, percent_of, table_of
from observer_kit.words import words


def by_hour(title: str, note: str, hours: Sequence[Share], language: str, *, shares: bool = True) -> Picture:
    """Draw the hours of the day: reports as columns, cases in them as their dark part; label is the hour's text.

    `shares` False draws reports alone, and their number is each hour's base.
    """
    say = words(language)
    hours = tuple(hours)
    if shares:
        head = (say("charts.hour"), say("charts.cases"), say("charts.base"), say("charts.percent"))
        return Picture(title, note, head, table_of(hours, language), Hours(hours, language, say("charts.base"), True))
    rows = tuple((each.label, number(each.base, language)) for each in hours)
    return Picture(
        title, note, (say("charts.hour"), say("charts.reports")), rows,
        Hours(hours, language, say("charts.reports"), False),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """Columns on a wide sheet, rows on a slim one."""

    hours: tuple[Share, ...]
    language: str
    base_word: str
    shares: bool

    def _bars(self) -> Bars:
        rows = tuple(
            Bar(
                each.label, each.part if self.shares else each.base,
                percent_of(each) or number(each.cases, self.language) if self.shares
                else number(each.base, self.language),
                cases_of(each, self.language) if self.shares else "", hollow=self.shares and each.small,
                link=each.link,
            )
            for each in self.hours
        )  # fmt: skip
        return Bars(rows, max((row.value or 0 for row in rows), default=0))

    def height(self, sheet: Sheet) -> float:
        """Give the height of the columns, or of the rows."""
        return self._bars().height(sheet) if sheet.slim else sheet.size * 20

    def draw(self, canvas: Canvas) -> None:
        """Draw the reports of each hour, and among them the cases."""
        sheet, size = canvas.sheet, canvas.sheet.size
        if sheet.slim:
            self._bars().draw(canvas)
            return
        left, top, low = size * 3.4, size * 2.4, sheet.size * (16.6 if self.shares else 17.8)
        axes = canvas.axes(left, top, sheet.width - left, low - top)
        most = max((each.base or 0 for each in self.hours), default=0) or 1
        axes.set(xlim=(0, max(len(self.hours), 1)), ylim=(0, most), xticks=[])
        axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)  # type: ignore[call-arg]
        axes.yaxis.set_major_formatter(lambda value, _: number(int(value), self.language))
        step = (sheet.width - left) / max(len(self.hours), 1)
        scale = (low - top) / most
        canvas.text(0, size * 0.6, self.base_word, ink="soft", size=size * 0.92)
        for place, each in enumerate(self.hours):
            x = left + place * step
            high = (each.base or 0) * scale
            canvas.rect(x + step * 0.14, low - high, step * 0.72, high, "t2")
            if self.shares and each.cases:
                canvas.rect(x + step * 0.14, low - each.cases * scale, step * 0.72, each.cases * scale, "t5")
            if each.link and each.base:
                said = cases_of(each, self.language) if self.shares else number(each.base, self.language)
                canvas.link(
                    x + step * 0.14, low - high, step * 0.72, max(high, 1.5), each.link, f"{each.label}: {said}"
                )
            middle = x + step / 2
            written = percent_of(each) or number(each.cases, self.language) if self.shares else None
            if written is None:
                written = number(each.base, self.language)
            canvas.text(middle, low - high - size * 0.75, written, anchor="middle", bold=True, size=size * 0.92)
            canvas.text(middle, low + size, each.label, anchor="middle", ink="soft", size=size * 0.92)
            if self.shares:
                base = number(each.base, self.language)
                canvas.text(middle, low + size * 2.4, base, anchor="middle", ink="soft", size=size * 0.85)
        canvas.line((left, sheet.width), (low, low), "soft")
