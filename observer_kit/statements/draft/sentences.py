"""A section's text as sentences with their lines, and what in a language is an absolute, a share in words, a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MARK: Final = re.compile(r"\[\[[^\[\]\n]*\]\]")
_END: Final = re.compile(r"(?<=[.!?…])[»”\")]*\s+(?=[\[«“\"(]*[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ\[])")
_SHORT: Final = re.compile(r"\b(?:ст|г|гг|п|пп|т|т\.е|т\.д|им|No|para|art|Art|fn|cf|e\.g|i\.e|Mr|Ms|Dr|б|ж|т\.б)\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, the line on which it begins, and whether it opens a paragraph of the section."""

    text: str
    line: int

    @property
    def plain(self) -> str:
        """Give what is left of it without marks, dates, times and places in a law."""
        return _REFERENCES.sub(" ", self.bare)

    @property
    def bare(self) -> str:
        """Give the sentence without its marks and without Markdown's signs."""
        return re.sub(r"[*_`>#]+", " ", MARK.sub(" ", self.text))


def sentences(text: str) -> Iterator[Sentence]:
    """Go through a section's sentences; headings and blank lines are none."""
    paragraph: list[str] = []
    begun = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        said = line.strip()
        new_item = re.match(r"(?:[-*+]|\d+[.)])\s+", said)
        if paragraph and (not said or said.startswith("#") or new_item):
            yield from _of_paragraph(" ".join(paragraph), begun)
            paragraph = []
        if not said or said.startswith("#"):
            continue
        if not paragraph:
            begun = number
        paragraph.append(said[new_item.end() :] if new_item else said)


def _of_paragraph(text: str, line: int) -> Iterator[Sentence]:
    waiting = ""
    start = 0
    for found in [*_END.finditer(text), None]:
        piece = text[start : found.end() if found else len(text)]
        start = found.end() if found else start
        waiting += piece
        if found and _SHORT.search(waiting.rstrip()):
            continue
        if waiting.strip():
            yield Sentence(waiting.strip(), line)
        waiting = ""


_I: Final = re.IGNORECASE

ABSOLUTES: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"(?<!\bnot )\b(?:all|every(?:where|one|body|thing)?|each|none|no one|nobody|nowhere|nothing|never|always"
        r"|without exception|not (?:a single|one|any)|no(?! longer| later| more than| less than| fewer than))\b",
        _I,
    ),
    "ru": re.compile(
        r"(?<!\bне )(?<!\bне ко )(?<!\bне на )\b(?:вс(?:е|ех|ем|еми|ю|я)"
        r"|кажд(?:ый|ая|ое|ого|ой|ом|ому|ую|ым|ые|ых)|любо(?:й|го|м)|ни\s+(?:один|одна|одно|одном"
        r"|одной|одного|разу)|никто|никого|ничего|нигде|никогда|всегда|везде|повсюду|никак(?:их|ой|ого|ие)"
        r"|без\s+исключения|повсеместно)\b",
        _I,
    ),
    "kk": re.compile(
        r"\b(?:барлық\w*|барша\w*|бүкіл|бәрі\w*|әрбір\w*|әр|еш(?:қандай|бір|кім|қашан|қайда|нәрсе)\w*|бірде-бір\w*"
        r"|әрқашан|әрдайым|үнемі|толығымен)\b",
        _I,
    ),
}
"""Words that leave no exception; a mark with a guard (`all`, `unseen`) in the same sentence answers for them."""

SHARES: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:per\s?cent|percent|percentage|half of|(?:a|one|two|three)[- ](?:third|quarter|fifth|tenth)s?"
        r"|one (?:in|of|out of) (?:every )?(?:two|three|four|five|six|seven|eight|nine|ten|\d+)"
        r"|(?:vast |overwhelming )?majority|most of|dozens?|hundreds?|thousands?)\b|%",
        _I,
    ),
    "ru": re.compile(
        r"\b(?:процент\w*|половин\w*|трет(?:ь|и|ей|ью)\s+\w+|четверт(?:ь|и|ью)|больш(?:инств\w*|ая часть|ей части)"
        r"|десятк\w*|сотн\w*|тысяч\w*|кажд\w+ (?:втор|трет|четверт|пят|шест|десят)\w+)\b|%",
        _I,
    ),
    "kk": re.compile(
        r"\b(?:пайыз\w*|жартысы\w*|(?:үштен|төрттен|бестен|оннан) (?:бір|екі|үш)\w*|басым (?:бөлігі|көпшілігі)\w*"
        r"|көпшілігі\w*|ондаған|жүздеген|мыңдаған|әр(?:бір)? (?:екінші|үшінші|төртінші|бесінші|оныншы))\b|%",
        _I,
    ),
}
"""Words that state a share or a quantity without a figure behind them."""

_MONTHS: Final = (
    r"January|February|March|April|May|June|July|August|September|October|November|December"
    r"|январ\w*|феврал\w*|март\w*|апрел\w*|ма[йяюе]|июн\w*|июл\w*|август\w*|сентябр\w*|октябр\w*|ноябр\w*|декабр\w*"
    r"|қаңтар\w*|ақпан\w*|наурыз\w*|сәуір\w*|мамыр\w*|маусым\w*|шілде\w*|тамыз\w*|қыркүйе\w*|қазан\w*|қараша\w*|желтоқсан\w*"
)
_NOT_COUNTED: Final = (
    rf"\b\d{{1,2}}(?:\s*[-–]\s*\d{{1,2}})?\s+(?:{_MONTHS})\b",
    rf"\b(?:{_MONTHS})\s+\d{{1,2}}\b",
    r"\b(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)?\d\d)?(?:\s*(?:г\.|год\w*|ж\.|жыл\w*))?",
    r"\b\d{1,2}[:.]\d\d\b(?!\d)",
    r"(?<!\w)(?:№|Nos?\.|N)\s*[\d/-]+",
    r"\b(?:Articles?|Art\.|paragraphs?|para\.?|section|chapter|annex|footnote|Protocol|Document)\s+[\dIVXLC]+(?:[-.(]\d+\)?)*"
    r"(?:(?:,| and| to)\s+\d+(?:[-.(]\d+\)?)*)*",
    r"\b(?:стать\w+|ст\.|пункт\w*|п\.|част\w+|глав\w+|приложени\w+|сноск\w+)\s+\d+(?:[-.(]\d+\)?)*"
    r"(?:(?:,| и)\s+\d+(?:[-.]\d+)*)*",
    r"\b\d+(?:-\d+)*-(?:ба[пб]|тарма[қғ]|бөлі|тарау|қосымша|абзац)\w*",
    r"\^\[|\]\(https?://[^)]*\)|https?://\S+",
)
_REFERENCES: Final = re.compile("|".join(_NOT_COUNTED), _I)
_NUMBER: Final = re.compile(r"(?<![\w.,-])\d{1,3}(?:[  ,.]\d{3})+(?!\d)|(?<![\w-])\d+(?:[.,]\d+)?")


def typed_numbers(sentence: Sentence) -> list[str]:
    """Give the numbers typed by hand: no dates, no times, no articles of a law, no addresses."""
    return [found.group(0) for found in _NUMBER.finditer(sentence.plain)]


def value_of(number: str) -> float | None:
    """Read a typed number with the grouping of any of the languages; None where it can't be told."""
    plain = re.sub(r"[  ]", "", number)
    if re.fullmatch(r"\d{1,3}(?:[,.]\d{3})+", plain):
        plain = re.sub(r"[,.]", "", plain)
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


_CYRILLIC: Final = re.compile(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]{3,}")
_LATIN: Final = re.compile(r"\b[a-z][a-z]{3,}\b")
_KAZAKH: Final = re.compile(r"[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")
_ENOUGH: Final = 60


def looks_foreign(sentence: Sentence, language: str) -> bool:
    """Tell whether a sentence seems to be left in another language."""
    bare = re.sub(r"https?://\S+|\S+@\S+|[«“\"][^»”\"]*[»”\"]", " ", sentence.bare)
    if language == "en":
        return bool(_CYRILLIC.search(bare))
    if _LATIN.search(bare):
        return True
    letters = len(re.findall(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]", bare))
    kazakh = len(_KAZAKH.findall(bare))
    if language == "kk":
        return letters > _ENOUGH and kazakh == 0
    return letters > _ENOUGH and kazakh > letters / 12
