"""Bars of segments: answers as parts of a whole, and rules of reconciliation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from observer_kit.statements.pictures.canvas import STEPS, Canvas, Sheet, wide, wrap
from observer_kit.statements.pictures.model import Picture, number
from observer_kit.statistics.rounding import LEAST_FOR_PERCENT
from observer_kit.words import words

LABEL: Final = 0.44
"""The part of a wide sheet that labels take."""
LEAST_INSIDE: Final = 2.4
"""A segment carries its number when it is wider than this many letters."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One row of answers: a count for each step; `silent` are the reports without an answer, `links` the steps'."""

    label: str
    counts: tuple[int, ...]
    silent: int = 0
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How many protocols pass a rule, fail it, and can't be computed; `links` lead to the failed, unknown, passed."""

    label: str
    passed: int
    failed: int
    not_computable: int = 0
    links: tuple[str, ...] = ()


def stacked(
    title: str, note: str, steps: Sequence[str], rows: Sequence[Stack], language: str
) -> Picture:  # fmt: skip
    """Draw each row's answers as parts of a whole, in up to five steps; bases and missing answers at the right."""
    say = words(language)
    if not 1 < len(steps) <= STEPS:
        raise ValueError(f"a stack has 2 to {STEPS} steps, not {len(steps)}")
    table = tuple(
        (row.label, *(number(each, language) for each in row.counts), number(sum(row.counts), language),
         number(row.silent, language))
        for row in rows
    )  # fmt: skip
    head = ("", *steps, say("charts.base"), say("charts.no_answer"))
    bases = tuple(
        (number(sum(row.counts), language), f"+ {number(row.silent, language)}" if row.silent else "") for row in rows
    )
    every = len(steps) - 1
    tints = tuple(1 + round(place * (STEPS - 1) / every) for place in range(len(steps)))
    parts = tuple(Part(step, f"t{tint}", f"on{tint}") for step, tint in zip(steps, tints, strict=True))
    counts = tuple(row.counts for row in rows)
    labels = tuple(row.label for row in rows)
    links = tuple(row.links for row in rows)
    plot = Stacks(labels, counts, bases, parts, say("charts.base"), shares=True, links=links)
    return Picture(title, note, head, table, plot)


def reconciliation(title: str, note: str, rules: Sequence[Rule], language: str) -> Picture:
    """Draw for each rule how many protocols fail it (dark), can't be computed (outlined), and pass it (light)."""
    say = words(language)
    head = ("", say("charts.failed"), say("charts.not_computable"), say("charts.passed"), say("charts.protocols"))
    counts = tuple((rule.failed, rule.not_computable, rule.passed) for rule in rules)
    table = tuple(
        (rule.label, *(number(each, language) for each in (*row, sum(row))))
        for rule, row in zip(rules, counts, strict=True)
    )
    bases = tuple((number(sum(row), language), "") for row in counts)
    parts = (Part(head[1], "t5", "on5"), Part(head[2], "", "ink"), Part(head[3], "t2", "on2"))
    links = tuple(rule.links for rule in rules)
    labels = tuple(rule.label for rule in rules)
    plot = Stacks(labels, counts, bases, parts, say("charts.protocols"), shares=False, links=links)
    return Picture(title, note, head, table, plot)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of segment: its name in the legend, its tint ("" for an outline), and the ink upon it."""

    name: str
    tint: str
    ink: str


@dataclass(frozen=True, slots=True)
class Stacks:
    """Bars of segments: shares of each row's own base, or counts to one scale; a legend above, bases at the right."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    bases: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    base_word: str
    shares: bool
    links: tuple[tuple[str, ...], ...] = ()

    def _legend(self, sheet: Sheet) -> list[list[tuple[Part, float]]]:
        lines: list[list[tuple[Part, float]]] = [[]]
        x = 0.0
        for part in self.parts:
            need = sheet.size * 1.5 + wide(part.name, sheet.size) + sheet.size
            if lines[-1] and x + need > sheet.width:
                lines.append([])
                x = 0.0
            lines[-1].append((part, x))
            x += need
        return lines

    def _places(self, sheet: Sheet) -> Iterator[tuple[int, list[str], float, float]]:
        y = sheet.row * len(self._legend(sheet)) + sheet.row
        for place, label in enumerate(self.labels):
            if sheet.slim:
                lines = wrap(label, sheet.width, sheet.size)
                height = sheet.line * len(lines) + sheet.row
            else:
                lines = wrap(label, sheet.width * LABEL - sheet.size, sheet.size)
                height = max(sheet.row, sheet.line * len(lines) + sheet.size * 0.8)
            yield place, lines, y, height
            y += height

    def height(self, sheet: Sheet) -> float:
        """Give the height of legend and rows."""
        end = sheet.row * 2
        for _, _, y, height in self._places(sheet):
            end = y + height
        return end

    def draw(self, canvas: Canvas) -> None:
        """Draw the legend, then row under row."""
        sheet = canvas.sheet
        for line, row in enumerate(self._legend(sheet)):
            middle = sheet.row * (line + 0.5)
            for part, x in row:
                self._segment(canvas, x, middle, sheet.size * 0.95, part, sheet.size * 0.95)
                canvas.text(x + sheet.size * 1.4, middle, part.name, ink="soft")
        left = 0.0 if sheet.slim else sheet.width * LABEL
        aside = max((wide(f"{base} {more}", sheet.size) for base, more in self.bases), default=0)
        aside = max(aside, wide(self.base_word, sheet.size)) + sheet.size * 0.7
        room = sheet.width - left - aside
        most = max((sum(row) for row in self.counts), default=0) or 1
        top = sheet.row * (len(self._legend(sheet)) + 0.5)
        canvas.text(sheet.width, top, self.base_word, ink="soft", anchor="end")
        for place, lines, y, height in self._places(sheet):
            middle = y + height - sheet.row / 2 if sheet.slim else y + height / 2
            if sheet.slim:
                canvas.lines(0, y + sheet.line * len(lines) / 2 + sheet.size * 0.2, lines)
            else:
                canvas.lines(left - sheet.size * 0.7, middle, lines, anchor="end")
            whole = (sum(self.counts[place]) if self.shares else most) or 1
            self._row(canvas, place, left, middle, room / whole)
            canvas.text(sheet.width, middle, " ".join(filter(None, self.bases[place])), ink="soft", anchor="end")

    def _row(self, canvas: Canvas, place: int, left: float, middle: float, scale: float) -> None:
        x, size = left, canvas.sheet.size
        base = sum(self.counts[place])
        if not base:
            canvas.text(left + size * 0.3, middle, "–", ink="soft")
        links = (self.links[place] if self.links else ()) or ("",) * len(self.parts)
        for part, count, link in zip(self.parts, self.counts[place], links, strict=True):
            length = count * scale
            if not count:
                continue
            self._segment(canvas, x, middle, length, part, size * 1.45)
            if link:
                said_all = f"{self.labels[place]}, {part.name}: {count}"
                canvas.link(x, middle - size * 0.72, max(length, 1.5), size * 1.45, link, said_all)
            per_cent = self.shares and base >= LEAST_FOR_PERCENT  # of a smaller base the counts stand
            said = str((200 * count + base) // (2 * base)) if per_cent else str(count)
            if length > len(said) * size * 0.6 + size * 0.4 and length > size * 0.6 * LEAST_INSIDE * 0.6:
                canvas.text(x + length / 2, middle, said, ink=part.ink, anchor="middle", size=size * 0.92)
            x += length

    @staticmethod
    def _segment(canvas: Canvas, x: float, middle: float, length: float, part: Part, thick: float) -> None:
        gap = min(1.0, length / 4)  # a gap of paper between segments, so that grey neighbours stay apart
        canvas.rect(
            x, middle - thick / 2, length - gap, thick, part.tint or None, None if part.tint else "soft", 0.8
        )  # fmt: skip
