"""The sentences of pages and papers, in every language, with numbers that agree.

`templates/words/<room>.<language>.toml` holds one room's sentences. A key is
`room.name`; a sentence may name values in braces. A sentence that changes with
a number is a table of plural forms (one, few, many, other) chosen by the value
`n` under the language's own rule (Unicode CLDR, through Babel).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from babel import Locale

from observer_kit.config import resources
from observer_kit.errors import FormsInvalid

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
        return str(sentence).format_map(values) if values else str(sentence)

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
