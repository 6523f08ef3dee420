"""Bars as SVG: one scale, the base at the right edge, a title and a table behind each. Style stands in attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from observer_kit.statements.model import Figure
from observer_kit.statistics.rounding import whole_percent

WIDTH: Final = 460
ROW: Final = 19
LABEL: Final = 208
FONT: Final = "Noto Sans, sans-serif"
INK, SOFT, RULE, FILL = "#1b1f23", "#5b6169", "#dcd9d0", "#0b5563"
_WORD_WIDTH: Final = 4.55  # a mean letter at 8.4 units


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a label, the value it is drawn to, what is written at its end, and its base."""

    label: str
    value: float
    text: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart with the words around it."""

    title: str
    note: str
    svg: Markup


def bars_of(figures: Sequence[Figure], language: str, *, shares: bool) -> list[Bar]:
    """Make bars of figures, largest first; those that were not counted are left out."""
    bars = []
    for figure in figures:
        if figure.numerator is None:
            continue
        label = figure.definition.label.get(language, figure.definition.id)
        if shares:
            percent = whole_percent(figure.numerator, figure.denominator)
            if percent is not None:
                bars.append(Bar(label, float(percent), f"{percent} %"))
        else:
            base = f"of {figure.denominator:,}" if figure.denominator else ""
            bars.append(Bar(label, float(figure.numerator), f"{figure.numerator:,}", base))
    return sorted(bars, key=lambda bar: -bar.value)


def draw(title: str, note: str, bars: Sequence[Bar]) -> Chart:
    """Draw horizontal bars to one scale from zero, so that lengths compare as the numbers do."""
    top = max((bar.value for bar in bars), default=0) or 1
    room = WIDTH - LABEL - 74
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {{height}}" width="100%">',
        f"<title>{escape(title)}: {escape('; '.join(f'{bar.label} {bar.text} {bar.base}'.strip() for bar in bars))}"
        "</title>",
        f'<g font-family="{FONT}" font-size="8.4">',
    ]
    y = 0.0
    for bar in bars:
        lines = _wrap(bar.label, int((LABEL - 10) / _WORD_WIDTH))
        height = max(ROW, 11 * len(lines) + 8)
        for index, line in enumerate(lines):
            base_line = y + height / 2 + 3 + (index - (len(lines) - 1) / 2) * 10.4
            parts.append(
                f'<text x="{LABEL - 8}" y="{base_line:.1f}" text-anchor="end" fill="{INK}">{escape(line)}</text>'
            )
        length = room * bar.value / top
        middle = y + height / 2
        parts.append(
            f'<rect x="{LABEL}" y="{middle - 5.5:.1f}" width="{max(length, 0.8):.1f}" height="11" fill="{FILL}"/>'
        )
        parts.append(
            f'<text x="{LABEL + length + 5:.1f}" y="{middle + 3:.1f}" fill="{INK}" font-weight="600">'
            f"{escape(bar.text)}</text>"
        )
        if bar.base:
            parts.append(
                f'<text x="{WIDTH}" y="{middle + 3:.1f}" text-anchor="end" fill="{SOFT}">{escape(bar.base)}</text>'
            )
        y += height
    parts.append(f'<line x1="{LABEL}" y1="0" x2="{LABEL}" y2="{y:.0f}" stroke="{RULE}" stroke-width="0.8"/></g></svg>')
    # Every piece above is either a literal or escaped.
    return Chart(title, note, Markup("".join(parts).replace("{height}", f"{y:.0f}")))  # noqa: S704


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
