"""A statement's parts held against each other, each difference in a sentence that names the place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, partial
from typing import Any, Final

from observer_kit.errors import KitError
from observer_kit.statements import wording
from observer_kit.statements.edition.attached import STATES, definition_of
from observer_kit.statements.edition.findings import Say, alike
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


def page(issued: Mapping[str, Any], now: Page, say: Say) -> Iterator[str]:
    """Tell what on a page is not as it was issued."""
    was, pictured = [str(each) for each in issued["text"]], [str(each) for each in issued.get("pictures", ())]
    words = [line for line in was if any(letter.isalpha() for letter in line)]
    if was != list(now.lines) and len(was) + len(now.lines) + len(pictured) + len(now.pictured) > _LINES:
        yield say("page_long")
        return
    if words and _gone(words, now.lines) * 2 > len(words):
        yield say("page_other")
        return
    told = [*differences("text", was, now.lines, say), *differences("chart", pictured, now.pictured, say)]
    yield from shortened(told, say)
    if not told and issued["sha256"] != now.digest:
        yield say("page_drawing")


def shortened(told: Sequence[str], say: Say) -> Iterator[str]:
    """Tell the first differences, and how many more there are."""
    yield from told[:_MOST]
    if len(told) > _MOST:
        yield say("more_differences", n=len(told) - _MOST)


def _gone(was: Sequence[str], now: Sequence[str]) -> int:
    return (Counter(was) - Counter(now)).total()


def differences(where: str, was: Sequence[str], now: Sequence[str], say: Say) -> Iterator[str]:
    """Tell what was changed, taken away and added; `where` begins the sentences' keys."""
    for kind, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        before, after = " ".join(was[a:b]), " ".join(now[c:d])
        if before and after:
            told = say(f"{where}_says", was=_short(before), now=_short(after))
            letters = alike(before, after)
            yield say("alike", told=told, letters=letters) if letters else told
        elif before:
            yield say(f"{where}_gone", was=_short(before))
        else:
            yield say(f"{where}_added", now=_short(after))


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


def mark(place: Mapping[str, Any], row: Mapping[str, str] | None, text: Text, language: str, say: Say) -> Iterator[str]:
    """Tell what is wrong with one place that prints a figure; `language` is the statement's."""
    number, said, where = place.get("figure"), str(place.get("says", "")), place.get("place")
    if row is None:
        yield say("mark_unknown", number=number, said=_short(said))
        return
    told = partial(say, number=number, name=row["figure"])
    if where == "annex":
        cells = said.split(" | ")
        if _cells(cells) != [row["numerator"], row["denominator"]]:
            yield told("annex_says", said=said, counted=_counted(row["numerator"], row["denominator"], say))
        if isinstance(number, int) and not text.has_row(number, cells):
            yield told("annex_row", said=said)
        return
    allowed = _allowed(row)
    named = bare(said).casefold() == bare(row.get("label", "")).casefold()  # its name, whatever numbers stand in that
    found = [] if named else numbers_in(said) or _words_in(said, language)
    if strange := [each for each in found if each not in allowed]:
        only = say("percent_of", number=row["percent"])
        counted = _counted(row["numerator"], row["denominator"], say) if row["numerator"] else only
        yield told("text_number", said=_short(said), found=strange[0], counted=counted)
    if not text.holds(said):
        yield told("text_lacks", said=_short(said))


def _counted(number: str, base: str, say: Say) -> str:
    if number and base:
        return say("number_of", number=number, base=base)
    return number or base or say("nothing")


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
    rows: Mapping[str, Mapping[str, str]], figures: Mapping[str, Figure], say: Say, *, whole: bool = False
) -> Iterator[str]:
    """Tell which attached figures are not what was counted again; `whole` says the bases were counted too."""
    for name, row in rows.items():
        figure = figures.get(name)
        if figure is None:
            if whole:
                yield say("recount_unknown", number=row["number"], name=name)
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
            again = "" if counted[key] is None else str(counted[key])
            if row[key] != again:
                what, again = say(f"what_{key}"), again or say("nothing")
                yield say("recount_other", number=row["number"], name=name, what=what, printed=row[key], counted=again)


def moved(rows: Mapping[str, Mapping[str, str]], figures: Mapping[str, Figure], say: Say) -> Iterator[str]:
    """Tell which attached figures are counted otherwise by now, with both numbers."""
    for name, row in rows.items():
        figure = figures.get(name)
        now = (None, None) if figure is None else (figure.numerator, figure.denominator)
        then = tuple(int(row[key]) if row[key] else None for key in ("numerator", "denominator"))
        if any(before is not None and before != after for before, after in zip(then, now, strict=True)):
            yield say("today_other", number=row["number"], name=name, then=_told(say, *then), now=_told(say, *now))


def _told(say: Say, number: int | None, base: int | None) -> str:
    if number is None:
        return say("not_counted")
    return say.number(number) if base is None else say("number_of", number=say.number(number), base=say.number(base))
