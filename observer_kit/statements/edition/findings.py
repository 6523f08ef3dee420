"""What is found of a statement that somebody brings: each thing with its state, in sentences of one language.

Names and texts out of the file come into those sentences only with every
letter to be seen: a line break, an escape for the terminal or a mark that
turns the writing round would let a false file write its own findings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.statements.text.agreement import digits
from observer_kit.words import words

RIGHT, WRONG, UNCHECKED, NOTED = "right", "wrong", "not checked", "to note"
STATES: Final = (RIGHT, WRONG, UNCHECKED, NOTED)
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `check` names it, `state` is right, wrong, not checked or to note, `message` says it."""

    check: str
    state: str
    message: str


class Say:
    """The sentences of findings in one language, and its way to write a number."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = words(language)

    def __call__(self, key: str, **values: Any) -> str:
        """Say a sentence; of every text put into it each letter is to be seen."""
        shown = {name: visible(value) if isinstance(value, str) else value for name, value in values.items()}
        return self._words(f"verify.{key}", **shown)

    def number(self, value: int) -> str:
        """Write a whole number, grouped as the language groups."""
        return digits(value, self.language)


def visible(text: str) -> str:
    """Write what can't be seen, or changes how the rest is seen, by its number: ⟨U+202E⟩."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨U+{ord(each):04X}⟩" if unicodedata.category(each) in _UNSEEN else each for each in text)


def alike(was: str, now: str) -> str:
    """Name the letters of two texts that look the same and are others: “a” U+0061 and “а” U+0430; "" where they differ.

    Letters of one script are told apart by their readers; those of two are not.
    """
    if len(was) != len(now):
        return ""
    pairs = dict.fromkeys((a, b) for a, b in zip(was, now, strict=True) if a != b)
    if not pairs or any(_script(a) == _script(b) or not (a.isalnum() and b.isalnum()) for a, b in pairs):
        return ""
    return ", ".join(f"“{a}” U+{ord(a):04X} – “{b}” U+{ord(b):04X}" for a, b in list(pairs)[:6])


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def follows(found: Sequence[Finding], *, issued: bool, say: Say) -> list[str]:
    """Say what follows from the findings; `issued` tells whether the file says that it was published."""
    states = {(each.check, each.state) for each in found}
    wrong = {each.check for each in found if each.state == WRONG}
    if wrong:
        if wrong == {"signature"} and say("fault_other_key") in {each.message for each in found}:
            return [say("follows_other_key")]
        if ("signature", RIGHT) in states and wrong <= {"standing", "database", "audit chain"}:
            return [say("follows_database")]
        return [say("follows_wrong")]
    if ("signature", UNCHECKED) in states:
        return [say("follows_no_key")]
    if ("standing", NOTED) in states:
        return [say("follows_superseded")]
    told = ["follows_right"]
    if not issued:
        told.append("follows_draft")
    elif ("standing", UNCHECKED) in states:
        told.append("follows_unasked")
    if any(state == UNCHECKED for _, state in states):
        told.append("follows_left")
    return [say(each) for each in told]
