"""What a page says and in which language: sentences, labels, numbers and moments for the templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from flask import Flask, g, request

from observer_kit import clock
from observer_kit.checklists.model import LANGUAGES
from observer_kit.errors import FormsInvalid
from observer_kit.missions.maps import region_names
from observer_kit.missions.model import Location
from observer_kit.statistics.rounding import said, screen_percent
from observer_kit.words import words

LANGUAGE_NAMES: Final = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
COOKIE: Final = "language"


_SPOKEN: Final[ContextVar[str | None]] = ContextVar("spoken", default=None)


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Say everything inside in this language, whatever the page's own is, and where there is no page at all."""
    before = _SPOKEN.set(chosen)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def language() -> str:
    """Give the page's language: the address's own, else the one chosen before, else what the browser asks for."""
    if (spoken := _SPOKEN.get()) is not None:
        return spoken
    if "language" not in g:
        named = (request.view_args or {}).get("language") or (request.view_args or {}).get("lang")
        chosen = named or request.cookies.get(COOKIE)
        g.language = chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "en"
    return str(g.language)


def tell(key: str, **values: Any) -> str:
    """Say a sentence of templates/words in the page's language."""
    return words(language())(key, **{name: spoken(value) for name, value in values.items()})


def tell_or(key: str, otherwise: str) -> str:
    """Say a sentence, or give the word itself where no sentence was written for it."""
    try:
        return words(language())(key)
    except FormsInvalid:
        return otherwise


def spoken(value: Any) -> Any:
    """Leave words and plain counts as they are: a plural form is chosen by the number itself."""
    return Grouped(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Grouped(int):
    """A count that writes itself with the language's own grouping inside a sentence."""

    def __format__(self, spec: str) -> str:
        return number(int(self)) if not spec else super().__format__(spec)


def text(wording: Mapping[str, str] | str | None) -> str:
    """Give a wording in the page's language, English where it has none; a name that is the same in all stays."""
    if isinstance(wording, str):
        return wording
    return (wording or {}).get(language()) or (wording or {}).get("en") or ""


def region_name(region: Location | None) -> str:
    """Give a region's name in the page's language as the register has it, else as the kit knows it."""
    return "–" if region is None else text(region_names(region))


def number(value: float | int | None) -> str:
    """Write a number as this language groups it; a dash where there is none."""
    if value is None:
        return "–"
    written = format_decimal(value, locale=language(), format="#,##0.##")
    return written.replace("\u202f", "\u00a0")


def percent(numerator: int | None, denominator: int | None) -> str:
    """Write a share as the rounding rules say."""
    return screen_percent(numerator, denominator).replace(" ", "\u00a0")


def share(numerator: int | None, denominator: int | None) -> str:
    """Write a share as its base allows: counts only, per cent with counts, or per cent alone."""
    return " ".join(filter(None, share_parts(numerator, denominator)))


def share_parts(numerator: int | None, denominator: int | None) -> tuple[str, str]:
    """Write a share in what stands first and what stands beside it, where its base asks for both."""
    counts = tell("charts.of", cases=number(numerator), base=number(denominator))
    whole = said(numerator, denominator, counts).replace(" %", "\u00a0%")
    first, _, beside = whole.partition(" (")
    return first, f"({beside}" if beside else ""


def moment(value: datetime | None, zone: str = "UTC", shape: str = "full") -> str:
    """Write an instant in a zone's own time: full (with the date), day or time."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(zone))
    if shape == "time":
        return f"{local:%H:%M}"
    return day(local.date()) if shape == "day" else f"{day(local.date())}, {local:%H:%M}"


def day(value: date) -> str:
    """Write a day in figures as tables have it: 2011-04-03 in English, 03.04.2011 in Russian and Kazakh."""
    return f"{value:%Y-%m-%d}" if language() == "en" else f"{value:%d.%m.%Y}"


def init_app(app: Flask) -> None:
    """Give these words to every template."""
    app.jinja_env.globals.update(
        tell=tell, tell_or=tell_or, language=language, language_names=LANGUAGE_NAMES, languages=LANGUAGES
    )
    app.jinja_env.filters.update(text=text, region_name=region_name, number=number, moment=moment, day=day)
    app.jinja_env.globals.update(percent=percent, share=share, share_parts=share_parts, present=clock.now)
