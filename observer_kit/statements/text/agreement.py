"""Numbers that agree: nouns by case and plural form, number words, lists, dates, and what a language puts around them.

`templates/statements/nouns.<language>.toml` holds the nouns, `numbers.<language>.toml`
the number words and the phrases of each form; the rules of plurals and of
digits are Unicode CLDR's, through Babel.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from observer_kit.config import resources
from observer_kit.statements.text.holding import HARD
from observer_kit.statements.text.model import WordsInvalid
from observer_kit.words import last_spoken

Table = Mapping[str, Any]
_UNDER_WORDS: Final = 10


@lru_cache(4096)
def digits(value: int, language: str) -> str:
    """Write a whole number in digits, grouped as the language groups, with no-break spaces."""
    return format_decimal(value, locale=language).replace("\u202f", HARD)


class Noun:
    """One noun of one language: a pattern by case and plural form with {n} in it, and the bare plural."""

    def __init__(self, name: str, table: Table, language: str) -> None:
        self.name = name
        self.table = table
        self.language = language
        self._plural = Locale(language).plural_form

    @property
    def gender(self) -> str:
        """Give m, f or n; m where the language has no genders."""
        return str(self.table.get("gender", "m"))

    @property
    def preposition(self) -> str:
        """Give the preposition of place that fits: «на» участке, «в» протоколе."""
        return str(self.table.get("prep", ""))

    @property
    def animate(self) -> bool:
        """Tell whether it is a living being: Russian then has another accusative."""
        return bool(self.table.get("animate"))

    @property
    def clause(self) -> bool:
        """Tell whether it ends in a clause, after which a comma stands."""
        return bool(self.table.get("clause"))

    @property
    def head(self) -> str:
        """Name the noun without modifiers that stands for this one when it was just named."""
        return str(self.table.get("head", self.name))

    @property
    def assessed(self) -> str:
        """Name the noun of those that were rated, for a base that is smaller because some were not; "" for none."""
        return str(self.table.get("assessed", ""))

    @property
    def plural(self) -> str:
        """Give the plural without a number, as it stands after a per cent: «посещенных участков»."""
        return str(self.table["of_pl"])

    def pattern(self, case: str, category: str, value: int | None = None) -> str:
        """Give the pattern of a case and plural form; acc is nom, and any case nom, where a language has no own.

        A form of the very number (`1 = "{n} член комиссии"`) goes before that of its kind.
        """
        forms = self.table.get(case) or self.table["nom"]
        if isinstance(forms, str):
            return forms
        return str(forms.get(str(value)) or forms.get(category) or forms["other"])

    def counted(self, value: int, case: str = "nom", said: str | None = None) -> str:
        """Say a number with this noun: «21 посещенном участке»; `said` stands in the number's place."""
        pattern = self.pattern(case, self._plural(value), value)
        return pattern.replace("{n}", digits(value, self.language) if said is None else said)


class Grammar:
    """One language's nouns, number words and phrases, for one kind of event."""

    def __init__(self, language: str, event: str = "election") -> None:
        self.language = language
        self.event = event
        self._nouns, self.table = _files(language, _stamp(language))

    @property
    def nouns(self) -> frozenset[str]:
        """Name every noun there is."""
        return frozenset(self._nouns)

    def noun(self, name: str) -> Noun:
        """Give a noun in the words of this kind of event; raises WordsInvalid for one that is not there."""
        if name not in self._nouns:
            raise WordsInvalid(f"no noun {name!r}", place=f"nouns.{self.language}.toml")
        table = self._nouns[name]
        return Noun(name, {**table, **table.get(self.event, {})}, self.language)

    def _of(self, table: str, gender: str, case: str) -> Any:
        forms = self.table[table]
        own = forms.get(gender) or forms["m"]
        return own.get(case) or own["nom"]

    def number(self, value: int, gender: str = "m", case: str = "nom", *, as_word: bool = False) -> str:
        """Write a number in digits, or from 1 to 9 as a word that agrees with its noun."""
        if as_word and 0 < value < _UNDER_WORDS:
            return str(self._of("words", gender, case)[value - 1])
        return digits(value, self.language)

    def word(self, table: str, gender: str = "m", case: str = "nom") -> str:
        """Give a word that agrees with a noun: only, both, one_of."""
        return str(self._of(table, gender, case))

    def phrase(self, key: str, /, **values: str) -> str:
        """Fill one of the language's phrases."""
        return str(self.table["says"][key]).format_map(values)

    def agreeing(self, value: int, forms: Sequence[str]) -> str:
        """Choose the word that agrees with a number: of two the first for one, of three as the language has plurals."""
        category = Locale(self.language).plural_form(value)
        place = {"one": 0, "few": min(1, len(forms) - 1)}.get(category, len(forms) - 1)
        return forms[place].replace("_", " ")

    def per_cent(self, value: int, case: str = "nom", *, near: str | None = None, alone: bool = False) -> str:
        """Say a whole per cent with the word in its case; `near` is under_1 or over_99, `alone` stands in brackets."""
        table = self.table["percent_alone" if alone and "percent_alone" in self.table else "percent"]
        if near:
            table = self.table[("alone_" if alone and f"alone_{near}" in self.table else "") + near]
        return Noun("percent", table, self.language).counted(value, case)

    def moved(self, before: str, said: str) -> tuple[str, str] | None:
        """Let a preposition go behind the words that open a share: «менее чем на 1 проценте», not «на менее чем».

        Gives what stood before and what is said, both anew; None where nothing is to be moved.
        """
        table = self.table.get("behind")
        if table is None:
            return None
        guards = "".join(rf"(?<!\b{word} )" for word in table["never_after"])
        found = re.search(rf"(?<!\w){guards}({'|'.join(table['prepositions'])})\s*$", before, re.IGNORECASE)
        opening = next((words for words in table["words"] if said.startswith(f"{words} ")), None)
        if opening is None or found is None:
            return None
        preposition = found[1]
        said = f"{opening} {preposition.lower()}{said[len(opening) :]}"
        if preposition[0].isupper():
            said = said[0].upper() + said[1:]
        return before[: found.start()], said

    def joined(self, parts: Iterable[str]) -> str:
        """Join a list as the language does: "a, b and c", «а, б және в»; empty parts are left out."""
        said = [part for part in parts if part]
        if len(said) < 2:
            return "".join(said)
        return f"{', '.join(said[:-1])} {self.table['says']['and']} {said[-1]}"

    def day(self, value: date, case: str = "nom") -> str:
        """Write a date as statements do: «6 октября 2024 года», «2024 жылғы 6 қазанда»."""
        months = self.table.get("months", {}).get(case) or self.table.get("months", {}).get("nom")
        if months:
            pattern = str(self.table["says"]["date"])
            return pattern.format(day=value.day, month=months[value.month - 1], year=value.year)
        return format_date(value, str(self.table["says"]["date"]), locale=self.language)

    def with_suffix(self, value: int, case: str) -> str:
        """Write digits with the suffix of a case, where a language has them: «750-ден»; else the digits alone."""
        suffixes = self.table.get("suffixes", {}).get(case)
        said = digits(value, self.language)
        return f"{said}-{suffixes[last_spoken(value)]}" if suffixes else said


def _folder() -> Path:
    return resources("templates") / "statements"


def _stamp(language: str) -> tuple[int, ...]:
    return tuple((_folder() / f"{name}.{language}.toml").stat().st_mtime_ns for name in ("nouns", "numbers"))


@lru_cache(16)
def _files(language: str, stamp: tuple[int, ...]) -> tuple[Mapping[str, Table], Table]:
    read = []
    for name in ("nouns", "numbers"):
        path = _folder() / f"{name}.{language}.toml"
        try:
            read.append(tomllib.loads(path.read_text("utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise WordsInvalid(f"is not TOML: {error}", place=path.name) from None
    nouns, numbers = read
    for name, table in nouns.items():
        if "nom" not in table or "of_pl" not in table:
            raise WordsInvalid("needs nom and of_pl", place=f"nouns.{language}.toml, {name}")
    return nouns, numbers
