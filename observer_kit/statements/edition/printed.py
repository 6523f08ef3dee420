"""Where numbers stand in a statement: each marked number of the text, each row of the annex, each chart's words."""

from __future__ import annotations

import re
from typing import Any, TypedDict

from lxml import html as lxml_html


class Mark(TypedDict):
    """One place where a figure is printed: its number, and the words as they stand there."""

    figure: int
    place: str  # text | annex
    says: str


def marks_of(page: str) -> list[Mark]:
    """Find every place of a set page in which a figure stands, in the order of the page."""
    root = lxml_html.document_fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    found: list[Mark] = []
    for each in root.iter("span", "tr"):
        if each.tag == "span" and "figure" in (each.get("class") or "").split():
            number = each.xpath('string(.//sup[contains(@class, "mark")])').strip()
            said = "".join(each.xpath('.//text()[not(ancestor::sup[contains(@class, "mark")])]'))
            if number.isdecimal():
                found.append(Mark(figure=int(number), place="text", says=_tidy(said)))
        elif each.tag == "tr" and (identifier := each.get("id") or "").startswith("figure-"):
            found.append(Mark(figure=int(identifier.partition("-")[2]), place="annex", says=_row(each)))
    return found


def _row(row: Any) -> str:
    return " | ".join(_tidy(cell.text_content()) for cell in row.xpath('./td[contains(@class, "n")]'))


def _tidy(text: str) -> str:
    """Make one line of it; no-break spaces stay, for they hold a number together."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()
