"""Pictures with axes: the funnel of bases, and an estimate that settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from observer_kit.statements.pictures.canvas import Canvas, Sheet
from observer_kit.statements.pictures.model import Picture, Share, cases_of, number, table_of
from observer_kit.words import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (6, 2), (2, 2), (8, 2, 2, 2))
_INKS: Final = ("t5", "bad", "t4", "soft")
_NAMED: Final = 12
"""Points of a funnel named beside them; the table names all."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At this base a share outside `low` to `high` is rare by chance; `outer` are the wider limits."""

    base: float
    low: float
    high: float
    outer_low: float | None = None
    outer_high: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """An estimate (a share from 0 to 1) after so many reports, or at such an hour, with its interval if it has one.

    `link` leads to what it was estimated from.
    """

    at: float
    estimate: float | None
    low: float | None = None
    high: float | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One estimate over time."""

    label: str
    moments: tuple[Moment, ...]


def funnel(
    title: str, note: str, points: Sequence[Share], language: str, *, whole: Share | None = None,
    limits: Sequence[Limit] = (), outside: Sequence[str] = (),
) -> Picture:  # fmt: skip
    """Draw each share against its base, between limits that the caller worked out; `outside` are labels to name."""
    say = words(language)
    shown = tuple(each for each in points if each.part is not None)
    head = (say("charts.region"), say("charts.cases"), say("charts.base"), say("charts.percent"))
    ordered = sorted(points, key=lambda each: (each.label not in outside, -(each.base or 0), each.label))
    rows = table_of((*ordered, *((whole,) if whole else ())), language)
    plot = Funnel(shown, whole, tuple(limits), frozenset(outside), say("charts.base"), language)
    return Picture(title, note, head, rows, plot)


def convergence(
    title: str, note: str, series: Sequence[Series], language: str, *, along: str = "", clock: bool = False
) -> Picture:  # fmt: skip
    """Draw up to four estimates with their margins as reports come in; `clock` says that `at` is an hour of the day."""
    say = words(language)
    if not 0 < len(series) <= len(_INKS):
        raise ValueError(f"a convergence shows 1 to {len(_INKS)} series, not {len(series)}")
    along = along or say("charts.reports")
    head = (along, *(part for each in series for part in (each.label, say("charts.margin"))))
    moments = sorted({moment.at for each in series for moment in each.moments})
    known = [{moment.at: moment for moment in each.moments} for each in series]
    rows = tuple(
        (_hour(at) if clock else number(at, language), *(cell for each in known for cell in _said(each.get(at))))
        for at in moments
    )
    links = tuple(next((each[at].link for each in known if at in each), "") for at in moments)
    return Picture(title, note, head, rows, Convergence(tuple(series), along, clock, language), links)


def _said(moment: Moment | None) -> tuple[str, str]:
    if moment is None or moment.estimate is None:
        return "–", "–"
    margin = "–"
    if moment.low is not None and moment.high is not None:
        margin = f"{100 * moment.low:.1f}–{100 * moment.high:.1f}"
    return f"{100 * moment.estimate:.1f} %", margin


def _hour(at: float) -> str:
    return f"{int(at) % 24:02d}:{round(at % 1 * 60):02d}"


@dataclass(frozen=True, slots=True)
class Funnel:
    """Shares against their bases."""

    points: tuple[Share, ...]
    whole: Share | None
    limits: tuple[Limit, ...]
    outside: frozenset[str]
    base_word: str
    language: str

    def height(self, sheet: Sheet) -> float:
        """Give a fixed height."""
        return sheet.size * (26 if not sheet.slim else 24)

    def draw(self, canvas: Canvas) -> None:
        """Draw limits, the whole, and the points, those outside filled and named."""
        sheet, size = canvas.sheet, canvas.sheet.size
        left, top, low = size * 3.4, size * 1.2, self.height(sheet) - size * 3.4
        axes = canvas.axes(left, top, sheet.width - left - size, low - top)
        most = max([each.base or 0 for each in self.points] or [1]) * 1.06
        limits = [each for each in self.limits if each.base <= most]
        high = max([each.part or 0 for each in self.points] or [0])
        high = min(1.0, max(high * 1.15, (self.whole.part or 0) * 2 if self.whole else 0, 0.02))
        axes.set(xlim=(0, most), ylim=(0, high))
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.xaxis.set_major_formatter(lambda value, _: number(int(value), self.language))
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=4 if sheet.slim else 8)  # type: ignore[call-arg]
        for name, dash in (("low", (5, 3)), ("high", (5, 3)), ("outer_low", (1.5, 2)), ("outer_high", (1.5, 2))):
            run = [(each.base, getattr(each, name)) for each in limits if getattr(each, name) is not None]
            run = [(base, min(max(value, 0.0), high)) for base, value in run if -1 <= value <= high]
            if len(run) > 1:
                canvas.line([base for base, _ in run], [value for _, value in run], "soft", 1, dash, axes)
        if self.whole is not None and self.whole.part is not None:
            canvas.line((0, most), (self.whole.part, self.whole.part), "ink", 1, (), axes)
        for each in self.points:
            named = each.label in self.outside
            canvas.dot(each.base or 0, each.part or 0, size * 0.36, "bad" if named else "paper",
                       "bad" if named else "t5", axes)  # fmt: skip
            if each.link:
                x = left + (each.base or 0) * (sheet.width - left - size) / most
                y = low - (each.part or 0) * (low - top) / high
                said = f"{each.label}: {cases_of(each, self.language)}"
                canvas.link(x - size * 0.6, y - size * 0.6, size * 1.2, size * 1.2, each.link, said)
        self._names(canvas, left, low, (sheet.width - left - size) / most, (low - top) / high)
        canvas.text(sheet.width, low + size * 2.7, self.base_word, ink="soft", anchor="end", size=size * 0.92)

    def _names(self, canvas: Canvas, left: float, low: float, across: float, up: float) -> None:
        size = canvas.sheet.size
        named = sorted((each for each in self.points if each.label in self.outside), key=lambda each: each.part or 0)
        last = -1e9
        for each in named[-_NAMED:]:
            x, y = left + (each.base or 0) * across, low - (each.part or 0) * up
            if abs(y - last) < size * 1.1:
                y = last - size * 1.1  # names of neighbours stand one above the other
            last = y
            end = x > canvas.width * 0.6
            canvas.text(x - size * 0.7 if end else x + size * 0.7, y, each.label, anchor="end" if end else "start",
                        size=size * 0.92)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Convergence:
    """Estimates with their margins along the reports or the hours."""

    series: tuple[Series, ...]
    along: str
    clock: bool
    language: str

    def height(self, sheet: Sheet) -> float:
        """Give a fixed height."""
        return sheet.size * 24

    def draw(self, canvas: Canvas) -> None:
        """Draw margins as bands, estimates as lines that differ in dash as well, and their names at the end."""
        sheet, size = canvas.sheet, canvas.sheet.size
        aside = size * 0.6 * min(max(len(each.label) for each in self.series) + 8, 16 if sheet.slim else 26)
        left, top, low = size * 3.8, size * 1.2, self.height(sheet) - size * 3.4
        axes = canvas.axes(left, top, sheet.width - left - aside, low - top)
        values = [
            value for each in self.series for moment in each.moments
            for value in (moment.estimate, moment.low, moment.high) if value is not None
        ]  # fmt: skip
        moments = [moment.at for each in self.series for moment in each.moments] or [0.0]
        bottom, high = (min(values), max(values)) if values else (0.0, 1.0)
        spare = (high - bottom) * 0.06 or 0.02
        bottom, high = max(0.0, bottom - spare), min(1.0, high + spare)
        axes.set(xlim=(min(moments), max(max(moments), min(moments) + 1)), ylim=(bottom, high))
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.xaxis.set_major_formatter(
            lambda value, _: _hour(value) if self.clock else number(int(value), self.language)
        )
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=3 if sheet.slim else 7)  # type: ignore[call-arg]
        for place, each in enumerate(self.series):
            self._one(canvas, axes, place, each)
        self._links(canvas, (left, top, sheet.width - left - aside, low - top), axes.get_xlim())
        self._names(canvas, low, (low - top) / (high - bottom), bottom, sheet.width - aside + size * 0.5)
        canvas.text(sheet.width - aside, low + size * 2.7, self.along, ink="soft", anchor="end", size=size * 0.92)

    def _links(self, canvas: Canvas, plot: tuple[float, float, float, float], span: tuple[float, float]) -> None:
        """Lay each moment's link over its part of the plot, halfway from the one before and to the next."""
        links = {moment.at: moment.link for each in self.series for moment in each.moments if moment.link}
        moments = sorted(links)
        edges = [span[0], *((one + other) / 2 for one, other in zip(moments, moments[1:], strict=False)), span[1]]
        left, top, width, height = plot
        across = width / (span[1] - span[0])
        for at, start, end in zip(moments, edges[:-1], edges[1:], strict=True) if moments else ():
            said = f"{self.along}: {_hour(at) if self.clock else number(at, self.language)}"
            canvas.link(left + (start - span[0]) * across, top, (end - start) * across, height, links[at], said)

    @staticmethod
    def _one(canvas: Canvas, axes: Axes, place: int, series: Series) -> None:
        ink, dash = _INKS[place], _DASHES[place]
        run = [(m.at, m.low, m.high) for m in series.moments if m.low is not None and m.high is not None]
        if len(run) > 1:
            canvas.band([*((at, low) for at, low, _ in run), *((at, high) for at, _, high in reversed(run))], ink, axes)
        known = [moment for moment in series.moments if moment.estimate is not None]
        xs, ys = [moment.at for moment in known], [moment.estimate or 0.0 for moment in known]
        canvas.line(xs, ys, ink, 1.8, dash, axes)

    def _names(self, canvas: Canvas, low: float, up: float, bottom: float, x: float) -> None:
        size = canvas.sheet.size
        ends: list[tuple[float, str]] = []
        for each in self.series:
            last = next((m.estimate for m in reversed(each.moments) if m.estimate is not None), None)
            if last is not None:
                ends.append((low - (last - bottom) * up, f"{each.label} {100 * last:.1f} %"))
        above = float("-inf")
        for y, said in sorted(ends):
            above = max(y, above + size * 1.25)  # names of neighbours stand one under the other
            canvas.text(x, above, said, size=size * 0.92)
