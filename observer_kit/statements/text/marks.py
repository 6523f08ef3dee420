"""Marks: the only way in which a number enters a text.

    [[<figure> <form> <noun>[:<case>]]]     a figure, said in one of FORMS
    [[fact <name>]]                         a typed fact, a text in the statement's language or a number
    [[fact <name> <form> <noun>[:<case>]]]  a number that is a fact, with its noun (count, word or number)
    [[chart <name>]]                        a chart, alone in its paragraph
    [[table <name>]]                        a table of the program, alone in its paragraph
    [[date <name>[:<case>]]]                day, signed_on, or a fact that is a date

    [[<figure> verb <one>|<few>|<other>]]   a word that agrees with the figure, which stands beside it as a mark of its
                                            own: [[core verb вошел|вошли|вошли]]; _ stands for a space

A mark without a noun takes the noun of the figure's unit; the noun `-` says the number alone.

    count     135 cases                                       word      six stations (digits from ten)
    base      1,622 polling stations                          of        50 of the 97 counts
    percent   by the base: 6 of the 24 …; 15 per cent of … (6 of 40); 90 per cent of …
    both      27 commissions (22 per cent)                    fraction  one in five …, where it rounds so; else `of`
    all       all 31 …, only where every report says so; else `of`
    unseen    not … in any of the 1,622 …, or … of the 1,580 reports that could observe it
    stations  a footnote of the stations behind it            number    the digits; label: the figure's name

A style of counts says `of` for percent and fraction, and `count` for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

FORMS: Final = (
    "count", "word", "base", "of", "percent", "both", "fraction", "unseen", "all", "stations", "number", "label",
    "verb",
)  # fmt: skip
FACT_FORMS: Final = ("count", "word", "number")
CASES: Final = ("nom", "gen", "dat", "acc", "in", "abl")
"""`in` is the place («в 135 случаях», «135 жағдайда»); `abl` («750-ден») is Kazakh and for the noun `-` alone."""
BARE: Final = "-"
RESERVED: Final = ("fact", "chart", "table", "date")
PATTERN: Final = re.compile(r"\[\[([^\[\]\n]{0,200})\]\]")
_BRACKETS: Final = re.compile(r"\[\[|\]\]")
_VERBS: Final = re.compile(r"[^|]{1,60}(?:\|[^|]{1,60}){1,2}")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: what it names (`kind`: figure, fact, chart, table or date), the form, the noun and its case."""

    kind: str
    name: str
    form: str = "count"
    noun: str = ""
    case: str = "nom"
    source: str = ""


class MarkInvalid(ValueError):
    """A mark can't be read; `code` is mark_invalid, form_unknown or case_unknown."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def read(inside: str) -> Mark:
    """Read what stands between the brackets; raises MarkInvalid saying what was expected."""
    words = inside.split()
    source = f"[[{' '.join(words)}]]"
    if not words:
        raise MarkInvalid("mark_invalid", "[[]] names nothing; expected a figure, a form and a noun")
    kind = words[0] if words[0] in RESERVED else "figure"
    if kind != "figure":
        words = words[1:]
    if not words or len(words) > 3 or (kind in ("chart", "table", "date") and len(words) != 1):
        expected = {"figure": "[[figure form noun:case]]", "fact": "[[fact name]]"}.get(kind, f"[[{kind} name]]")
        raise MarkInvalid("mark_invalid", f"{source} can't be read; expected {expected}")
    *head, tail = words
    case = "nom"
    if ":" in tail:
        tail, _, case = tail.partition(":")
        if case not in CASES:
            raise MarkInvalid("case_unknown", f"{source}: {case!r} is not one of {', '.join(CASES)}")
    name, form, noun = ([*head, tail] + ["", ""])[:3]
    if form == "verb" and _NAME.fullmatch(name) and _VERBS.fullmatch(noun) and kind in ("figure", "fact"):
        return Mark(kind, name, form, noun, "nom", source)
    if not _NAME.fullmatch(name) or not (not noun or noun == BARE or _NAME.fullmatch(noun)):
        raise MarkInvalid("mark_invalid", f"{source} can't be read; names are of letters, digits and _")
    if kind == "fact" and not form:
        form = ""
    elif kind in ("figure", "fact"):
        form = form or "count"
        allowed = FORMS if kind == "figure" else FACT_FORMS
        if form not in allowed:
            raise MarkInvalid("form_unknown", f"{source}: {form!r} is not one of {', '.join(allowed)}")
    return Mark(kind, name, form, noun, case, source)


def find(text: str) -> Iterator[tuple[int, str, Mark | MarkInvalid]]:
    """Give every mark of a text with its line and its source; one that can't be read as the error."""
    for found in PATTERN.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        try:
            yield line, found.group(0), read(found.group(1))
        except MarkInvalid as error:
            yield line, found.group(0), error


def stray(text: str) -> Iterator[tuple[int, str]]:
    """Give double brackets that make no mark, one a line, with what stands there: they would be printed."""
    rest = PATTERN.sub(lambda found: " " * len(found.group(0)), text)
    for number, (line, blanked) in enumerate(zip(text.split("\n"), rest.split("\n"), strict=True), 1):
        found = _BRACKETS.search(blanked)
        if found:
            yield number, line[max(0, found.end() - 40) : found.start() + 40].strip()


def figures_of(text: str) -> frozenset[str]:
    """Name the figures that a text uses."""
    return frozenset(mark.name for _, _, mark in find(text) if isinstance(mark, Mark) and mark.kind == "figure")
