"""A statement's parts held against each other, each difference in a sentence that names the place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Any, Final

from observer_kit.errors import KitError
from observer_kit.statements import wording
from observer_kit.statements.edition.attached import STATES, definition_of
from observer_kit.statements.edition.pages import Page
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statistics.rounding import whole_percent

_NUMBER: Final = re.compile(r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)|\d+")
_BREAKS: Final = re.compile(r"[\s\u00a0\u202f\u00ad-]+")
_MOST: Final = 12
"""Differences of one page that are told one by one."""
_LINES: Final = 4_000
"""Lines of one page that are held against each other one by one: no page of paper has so many."""


def page(issued: Mapping[str, Any], now: Page) -> Iterator[str]:
    """Tell what on a page is not as it was issued."""
    was, pictured = [str(each) for each in issued["text"]], [str(each) for each in issued.get("pictures", ())]
    words = [line for line in was if any(letter.isalpha() for letter in line)]
    if was != list(now.lines) and len(was) + len(now.lines) + len(pictured) + len(now.pictured) > _LINES:
        yield "it is another page than the one that was issued, with more lines than a page has"
        return
    if words and _gone(words, now.lines) * 2 > len(words):
        yield "it is another page than the one that was issued"
        return
    told = [*_differences("the text", was, now.lines), *_differences("a chart", pictured, now.pictured)]
    yield from told[:_MOST]
    if len(told) > _MOST:
        yield f"and {len(told) - _MOST} more differences"
    if not told and issued["sha256"] != now.digest:
        yield "its drawing is not as it was issued, though its words are"


def _gone(was: Sequence[str], now: Sequence[str]) -> int:
    return (Counter(was) - Counter(now)).total()


def _differences(where: str, was: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    for kind, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        before, after = " ".join(was[a:b]), " ".join(now[c:d])
        if before and after:
            yield f"{where} was issued as “{_short(before)}” and says “{_short(after)}”"
        elif before:
            yield f"“{_short(before)}” is gone from {where}"
        else:
            yield f"“{_short(after)}” was added to {where}"


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:157] + "…"


class Text:
    """All pages' words without their spaces and hyphens, to find a printed number in."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = [bare("".join(each.lines)) for each in pages]
        self.lines = [[bare(line) for line in each.lines] for each in pages]

    def holds(self, said: str) -> bool:
        """Tell whether these words stand on a page, or begin on one and end on the next."""
        wanted = bare(said)
        if any(wanted in each for each in self.pages):
            return True
        words = said.split(" ")
        return any(
            bare(" ".join(words[:cut])) in first and bare(" ".join(words[cut:])) in second
            for cut in range(1, len(words))
            for first, second in zip(self.pages, self.pages[1:], strict=False)
        )

    def has_row(self, number: int, cells: Sequence[str]) -> bool:
        """Tell whether the row of this figure stands in the table of figures with these cells, in this order."""
        wanted = [bare(cell) for cell in cells]
        return any(
            lines[place] == str(number) and wanted in (lines[at : at + len(wanted)] for at in range(place, place + 24))
            for lines in self.lines
            for place in range(len(lines))
        )


def bare(text: str) -> str:
    """Leave out what a line's end adds or takes: spaces and hyphens."""
    return _BREAKS.sub("", text)


def numbers_in(text: str) -> list[int]:
    """Read the whole numbers of a text in digits, grouped as any of the languages groups them."""
    return [int(re.sub(r"\D", "", each)) for each in _NUMBER.findall(text)]


def mark(place: Mapping[str, Any], row: Mapping[str, str] | None, text: Text, language: str) -> Iterator[str]:
    """Tell what is wrong with one place that prints a figure."""
    number, said, where = place.get("figure"), str(place.get("says", "")), place.get("place")
    if row is None:
        yield f"figure {number} is printed (“{_short(said)}”) and is not in the attached figures"
        return
    name = f"figure {number} ({row['figure']})"
    if where == "annex":
        cells = said.split(" | ")
        if _cells(cells) != (expected := [row[key] for key in ("numerator", "denominator")]):
            yield f"{name}: the table of figures says {said}, the attached figures {' of '.join(expected)}"
        if isinstance(number, int) and not text.has_row(number, cells):
            yield f"{name}: its row in the table of figures should read {said} and does not"
        return
    allowed = _allowed(row)
    named = bare(said).casefold() == bare(row.get("label", "")).casefold()  # its name, whatever numbers stand in that
    found = [] if named else numbers_in(said) or _words_in(said, language)
    if strange := [each for each in found if each not in allowed]:
        counted = " of ".join(filter(None, (row["numerator"], row["denominator"]))) or f"{row['percent']} %"
        yield f"{name}: the text says “{_short(said)}” ({strange[0]}), the attached figures {counted}"
    if not text.holds(said):
        yield f"{name}: the text should say “{_short(said)}” and does not"


def _cells(cells: Sequence[str]) -> list[str]:
    """Read count and base of an annex row as figures.csv has them."""
    return [str(numbers_in(cell)[0]) if numbers_in(cell) else "" for cell in cells[:2]]


def _allowed(row: Mapping[str, str]) -> set[int]:
    """Give the numbers in which a figure may be said; a per cent at its edge is "less than 1" or "over 99".

    What was not seen may be said of the reports that could observe it.
    """
    known = {int(row[key]) for key in ("numerator", "denominator", "percent") if row[key].isdecimal()}
    if row["numerator"] == "0":
        known.add(_able(row))
    edges = {1} if row["percent"] == "0" else {99} if row["percent"] == "100" else set()
    parts = {a for a, b in _FRACTIONS if _near(a, b, row)} | {b for a, b in _FRACTIONS if _near(a, b, row)}
    return known | edges | parts


def _able(row: Mapping[str, str]) -> int:
    counts = {key: int(row[key]) if row[key] else None for key in ("denominator", *STATES)}
    base, na, unseen, missing, unasked, problems = counts.values()
    return wording.able(Figure(definition_of(row), 0, base, None, na, unseen, missing, unasked, problems))


_FRACTIONS: Final = tuple((a, b) for b in range(2, 11) for a in range(1, b))


def _near(a: int, b: int, row: Mapping[str, str]) -> bool:
    return row["percent"].isdecimal() and whole_percent(a, b) == int(row["percent"])


@cache
def _spoken(language: str) -> Mapping[str, int]:
    try:
        table = Grammar(language).table["words"]
    except (KitError, KeyError, OSError):
        return {}
    found: dict[str, int] = {}
    for cases in table.values():
        for forms in cases.values():
            found |= {str(word).casefold(): value for value, word in enumerate(forms, start=1)}
    return found


def _words_in(said: str, language: str) -> list[int]:
    spoken = _spoken(language)
    return [spoken[word] for word in re.findall(r"\w+", said.casefold()) if word in spoken]


def recount(
    rows: Mapping[str, Mapping[str, str]], figures: Mapping[str, Figure], *, whole: bool = False
) -> Iterator[str]:
    """Tell which attached figures are not what was counted again; `whole` says the bases were counted too."""
    for name, row in rows.items():
        figure = figures.get(name)
        if figure is None:
            if whole:
                yield f"figure {row['number']} ({name}) is not known to the mission"
            continue
        counted = {
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "percent": whole_percent(figure.numerator, figure.denominator),
            **{state: getattr(figure, state) for state in STATES},
        }
        based = whole or not row["of"]
        looked_at = [key for key in counted if row[key] and (based or key not in ("denominator", "percent"))]
        for key in looked_at:
            if row[key] != ("" if counted[key] is None else str(counted[key])):
                yield (
                    f"figure {row['number']} ({name}): {key.replace('_', ' ')} is {row[key]} in the attached figures "
                    f"and {counted[key] if counted[key] is not None else 'nothing'} counted again"
                )


def moved(rows: Mapping[str, Mapping[str, str]], figures: Mapping[str, Figure]) -> Iterator[str]:
    """Tell which attached figures are counted otherwise by now, with both numbers."""
    for name, row in rows.items():
        figure = figures.get(name)
        now = (None, None) if figure is None else (figure.numerator, figure.denominator)
        then = tuple(int(row[key]) if row[key] else None for key in ("numerator", "denominator"))
        if any(before is not None and before != after for before, after in zip(then, now, strict=True)):
            yield f"figure {row['number']} ({name}): {_counted(*then)} then, {_counted(*now)} now"


def _counted(number: int | None, base: int | None) -> str:
    if number is None:
        return "not counted"
    return f"{number:,}" if base is None else f"{number:,} of {base:,}"
