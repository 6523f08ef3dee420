"""The sentences of pages and papers, in every language, with numbers that agree.

`templates/words/<room>.<language>.toml` holds one room's sentences. A key is
`room.name`; a sentence may name values in braces. A sentence that changes with
a number is a table of plural forms (one, few, many, other) chosen by the value
`n` under the language's own rule (Unicode CLDR, through Babel). A language that
puts a case behind digits writes `{base:abl}`: «151-ден», «1 630-дан».
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from babel import Locale

from observer_kit.config import resources
from observer_kit.errors import FormsInvalid

_CASED: Final = re.compile(r"\{(\w+):([a-z]+)\}")
_LAST_NUMBER: Final = re.compile(r"(\d[\d\s]*)\D*$")
_KAZAKH: Final = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"


class Words:
    """One language's sentences."""

    def __init__(self, language: str, sentences: Mapping[str, Any]) -> None:
        self.language = language
        self.sentences = sentences
        self._plural = Locale(language).plural_form

    def __call__(self, key: str, **values: Any) -> str:
        """Say the sentence of this key; raises FormsInvalid for one that is not there."""
        try:
            sentence = self.sentences[key]
        except KeyError:
            raise FormsInvalid(f"no sentence {key!r} in {self.language}", place="templates/words") from None
        if isinstance(sentence, Mapping):
            sentence = sentence.get(self._plural(values["n"])) or sentence["other"]
        if not values:
            return str(sentence)

        def cased(found: re.Match[str]) -> str:
            return f"{{{found[1]}}}-{ending(values[found[1]], found[2], self.language)}"

        return _CASED.sub(cased, str(sentence)).format_map(values)

    def room(self, name: str) -> dict[str, Any]:
        """Give one room's sentences by their keys without the room's name, as the phone needs them."""
        return {
            key.removeprefix(name + "."): value for key, value in self.sentences.items() if key.startswith(name + ".")
        }


@cache
def words(language: str) -> Words:
    """Load every room's sentences in one language."""
    sentences: dict[str, Any] = {}
    for path in sorted((resources("templates") / "words").glob(f"*.{language}.toml")):
        room = path.name.split(".")[0]
        for key, value in tomllib.loads(path.read_text("utf-8")).items():
            sentences[f"{room}.{key}"] = value
    if not sentences:
        raise FormsInvalid(f"no sentences in {language!r}", place="templates/words")
    return Words(language, sentences)


def ending(number: object, case: str, language: str) -> str:
    """Give the ending that a case puts behind digits, by the number's last word as it is spoken: 1 622 → «ден»."""
    said = _LAST_NUMBER.search(str(number))
    return _endings(language)[case][last_spoken(int(re.sub(r"\s", "", said[1])) if said else 0)]


def last_spoken(value: int) -> str:
    """Name the last word of a number as it is spoken: 1 622 → "2", 1 780 → "80", 3 000 → "1000"."""
    if value % 10:
        return str(value % 10)
    if value % 100:
        return str(value % 100)
    if value == 0:
        return "0"
    return "100" if value % 1000 else "1000"


@cache
def _endings(language: str) -> Mapping[str, Mapping[str, str]]:
    path = resources("templates") / "statements" / f"numbers.{language}.toml"
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(path.read_text("utf-8"))["suffixes"]
    return found


def collated(text: str, language: str) -> tuple[Any, ...]:
    """Give the key by which a language's readers look a word up; code points put Kazakh letters after я."""
    folded = text.casefold()
    if language == "en":
        return (folded, text)
    # Digits and Latin letters keep their places before the Cyrillic ones.
    return (tuple(_places().get(letter, ord(letter)) for letter in folded), text)


@cache
def _places() -> dict[str, int]:
    return {letter: 0x430 + place for place, letter in enumerate(_KAZAKH)}
