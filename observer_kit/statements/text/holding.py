"""What no line may part: a number and its noun, a place and its number, a word of one letter and the word after it."""

from __future__ import annotations

import re
from typing import Final

HARD: Final = "\u00a0"
_AFTER_NUMBER: Final = re.compile(
    r"(?<!\w)(\d(?:[\d\u00a0.,]*\d)?) (?=[^\W\d_]|%)"
    r"(?!(?:of|and|or|to|in|at|from|for|и|или|из|от|до|в|на|по|с|к|және|мен)\b)"
)
_BEFORE_NUMBER: Final = re.compile(
    r"(\b(?:Articles?|No\.|[Pp]aragraphs?|paras?|fn|p\.|ch\.|rec\.|item|[Vv]ersion|[Pp]age"
    r"|[Сс]тать[а-я]+|ст\.|[Пп]ункт[а-я]*|п\.|абз\.|сн\.|с\.|гл\.|рек\.|[Вв]ерси[а-я]|[Сс]траниц[а-я])|№) (?=\d|$)"
)
_BEFORE_NAME: Final = re.compile(r"(?<![\w.])(г\.|им\.|Annex|Приложени[а-я]) (?=[A-ZА-ЯЁ])")
_ONE_LETTER: Final = re.compile(r"(?<![\w-])([ВвКкСсОоУуИиАа]) (?=\S)")
_BEFORE_FIGURE: Final = re.compile(r"(?<![\w-])([ВвКкСсОоУуИиАа]) (?=<span class=\"figure\">)")
_PER_CENT: Final = re.compile(r"(?<=\d) per cent\b")
_BEFORE_DASH: Final = re.compile(r" (?=– )")
_SUFFIXED: Final = re.compile(
    r"(?<![\w&;:.-])((?:\d[\d:.\u00a0]*|[A-ZА-ЯӘҒҚҢӨҰҮҺІ]{2,})-[a-zа-яәғқңөұүһі]{1,14})(?![\w-])"
)
_TEXT: Final = re.compile(
    r"<(head|style|svg|code)\b.*?</\1>|<span class=\"whole\">.*?</span>|<[^>]*>|(?P<text>[^<]+)", re.DOTALL
)


def held(text: str) -> str:
    """Hold together what no line may part: a number and its noun, a day and its month; a dash begins no line."""
    text = _BEFORE_DASH.sub(HARD, _PER_CENT.sub(f"{HARD}per{HARD}cent", text))
    text = _BEFORE_NUMBER.sub(rf"\1{HARD}", _AFTER_NUMBER.sub(rf"\1{HARD}", text))
    return _ONE_LETTER.sub(rf"\1{HARD}", _BEFORE_NAME.sub(rf"\1{HARD}", text))


def whole(html: str) -> str:
    """Let no line end within «31-бабының» and «ЕҚЫҰ-ның»: what stands after such a hyphen is no word of its own."""
    return _SUFFIXED.sub(r'<span class="whole">\1</span>', html)


def held_in(html: str) -> str:
    """Hold together what no line may part in every text of a page; its pictures, styles and codes stay as they are."""
    html = _BEFORE_FIGURE.sub(rf"\1{HARD}", html)
    return _TEXT.sub(lambda found: whole(held(found["text"])) if found["text"] else found[0], html)
