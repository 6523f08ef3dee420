"""Numbers as statements print them: "9,725", "over 1,780", "89,98%", "one of five" → the range of values each allows.

A number whose digits are no number ("1,6970") is not corrected: it comes back
malformed, and whoever asked says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

NUMBER: Final = "number"
SHARE: Final = "share"

_COUNTED: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_PARTS: Final = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
    "sixth": 6, "sixths": 6, "tenth": 10, "tenths": 10,
}  # fmt: skip
_SCALES: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_ABOVE: Final = ("over", "more than", "above")
_BELOW: Final = ("under", "less than", "fewer than", "below")
_NEARLY: Final = ("almost", "nearly")
_ABOUT: Final = ("some", "about", "around", "approximately", "circa")

_HEDGE: Final = re.compile(rf"(?:({'|'.join((*_ABOVE, *_BELOW, *_NEARLY, *_ABOUT))})\s+)?(.+)", re.IGNORECASE | re.S)
_WORD: Final = rf"(?:{'|'.join(_COUNTED)}|an?|\d+)"
_OF: Final = re.compile(rf"({_WORD})\s+(?:out\s+of|of|in)\s+(?:(?:the|every)\s+)?({_WORD})\b(.*)", re.IGNORECASE | re.S)
_PART: Final = re.compile(rf"(?:({_WORD})[\s-]+)?({'|'.join(_PARTS)})\b(.*)", re.IGNORECASE | re.S)
_SPELT: Final = re.compile(rf"({'|'.join(_COUNTED)})\b(.*)", re.IGNORECASE | re.S)
_DIGITS: Final = re.compile(
    r"(\d(?:[\d.,]|[ \u00a0\u202f](?=\d{3}(?!\d)))*(?<![.,])|\d)"
    rf"(?:\s+({'|'.join(_SCALES)})\b)?(\s*(?:%|per\s+cent\b|percent\b))?(.*)",
    re.IGNORECASE | re.S,
)
_IN_THREES: Final = re.compile(r"\d{1,3}(?:([ ,.\u00a0\u202f])\d{3}(?:\1\d{3})*)?|\d+")
_WITH_DECIMALS: Final = re.compile(r"(\d+|\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+)[.,](\d{1,2})")
_BETWEEN: Final = re.compile(r"\s*;\s*|\s*/\s*|,\s+(?=\w*\s*\d)|\s+and\s+(?=\d)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a printed number allows: from `low` to `high`; `malformed` where its digits are no number (then 0).

    `above`: more than `low`, not `low` itself; `below`: less than `high`. `worked_out`: a share that is not
    printed, but made of a printed number and its base.
    `slack` is what rounding to millions may have hidden, where the word before
    them ("nearly 11.7 million") is too soft to be held to it.
    """

    text: str
    kind: str
    nominal: Fraction
    low: Fraction
    high: Fraction
    above: bool = False
    below: bool = False
    slack: Fraction = Fraction(0)
    noun: str = ""
    malformed: bool = False
    worked_out: bool = False

    def holds(self, value: Fraction) -> bool:
        """Say whether the printed words allow this value."""
        above = value > self.low if self.above else value >= self.low
        return above and (value < self.high if self.below else value <= self.high)


def exactly(value: Fraction, text: str, kind: str = NUMBER) -> Phrase:
    """Give the phrase of one exact value."""
    return Phrase(text, kind, value, value, value)


def read_phrases(printed: object, *, percent: bool = False, decimals: int | None = None) -> tuple[Phrase, ...]:
    """Read what is printed, one number or several ("30 countries, 4 organisations"); raises ValueError for none.

    `percent`: it stands where a per cent is expected. `decimals`: how many were
    printed, where a bare number no longer says ("0.10" kept as 0.1).
    """
    if isinstance(printed, int | float) and not isinstance(printed, bool):
        if printed < 0:
            raise ValueError("no number is printed below 0")
        if not percent and isinstance(printed, int):
            return (exactly(Fraction(printed), f"{printed:,}"),)
        return (_read(f"{Decimal(str(printed)):f}" if decimals is None else f"{printed:.{decimals}f}", percent),)
    if not isinstance(printed, str) or not printed.strip():
        raise ValueError("no number")
    found = tuple(_read(piece.strip(), percent) for piece in _BETWEEN.split(printed.strip()) if piece.strip())
    if not found:
        raise ValueError("no number")
    return found


def _read(text: str, percent: bool) -> Phrase:
    """Read one number with the word before it."""
    met = _HEDGE.fullmatch(text.strip())
    if met is None:
        raise ValueError(f"no number in {text!r}")
    word, rest = (met[1] or "").casefold(), met[2]
    if part := _fraction(rest):
        above, below, noun = part
        return _hedged_fraction(text, word, above, below, noun)
    if spelt := _SPELT.match(rest):
        value = Fraction(_COUNTED.index(spelt[1].casefold()))
        plain = Phrase(text, NUMBER, value, value, value, noun=spelt[2].strip())
        return _hedged(plain, word, Fraction(1))
    digits = _DIGITS.match(rest)
    if digits is None:
        raise ValueError(f"no number in {text!r}")
    share = percent or digits[3] is not None
    read = _digits(digits[1], share)
    noun = digits[4].strip()
    if read is None:
        nothing = Fraction(0)
        return Phrase(text, SHARE if share else NUMBER, nothing, nothing, nothing, noun=noun, malformed=True)
    value, last = read
    scale = Fraction(_SCALES.get((digits[2] or "").casefold(), 1)) / (100 if share else 1)
    rounded = share or last < 1 or digits[2] is not None
    half = last * scale / 2 if rounded else Fraction(0)
    nominal = value * scale
    plain = Phrase(
        text, SHARE if share else NUMBER, nominal, max(nominal - half, Fraction(0)), nominal + half, noun=noun
    )
    return _hedged(plain, word, _round_step(value, last) * scale, half, half if digits[2] else Fraction(0))


def _digits(token: str, percent: bool) -> tuple[Fraction, Fraction] | None:
    """Give the value and the size of its last digit; None for what is not well formed."""
    decimal = _WITH_DECIMALS.fullmatch(token)
    if decimal is None and percent:
        decimal = re.fullmatch(r"(\d+)[.,](\d+)", token)
    if decimal is not None:
        whole = re.sub(r"\D", "", decimal[1])
        return Fraction(f"{whole}.{decimal[2]}"), Fraction(1, 10 ** len(decimal[2]))
    if _IN_THREES.fullmatch(token):
        return Fraction(re.sub(r"\D", "", token)), Fraction(1)
    return None


def _round_step(value: Fraction, last: Fraction) -> Fraction:
    """Give the size of the last digit that is not 0: 10 for 1,780, the step to the next round value."""
    step = last
    while value and value % (step * 10) == 0:
        step *= 10
    return step


def _hedged(
    plain: Phrase, word: str, step: Fraction, half: Fraction = Fraction(0), slack: Fraction = Fraction(0)
) -> Phrase:
    """Widen a number by the word before it: the next round value above or below, half a step around."""
    value = plain.nominal
    if not word:
        return plain
    if word in _ABOVE:
        return replace(plain, low=value, high=value + step, above=True)
    if word in _BELOW:
        return replace(plain, low=max(value - step, Fraction(0)), high=value, below=True)
    if word in _NEARLY:
        return replace(plain, low=max(value - step, Fraction(0)), high=value, below=True, slack=slack)
    around = max(step / 2, half)
    return replace(plain, low=max(value - around, Fraction(0)), high=value + around)


def _fraction(text: str) -> tuple[int, int, str] | None:
    """Read "one of five", "two thirds", "half": above, below, and what follows."""
    if met := _OF.match(text):
        above, below, noun = _count(met[1]), _count(met[2]), met[3]
    elif met := _PART.match(text):
        above, below, noun = _count(met[1] or "one"), _PARTS[met[2].casefold()], met[3]
    else:
        return None
    return (above, below, noun.strip()) if 0 < above <= below else None


def _count(word: str) -> int:
    folded = word.casefold()
    return int(folded) if folded.isdigit() else 1 if folded in ("a", "an") else _COUNTED.index(folded)


def _hedged_fraction(text: str, word: str, above: int, below: int, noun: str) -> Phrase:
    """A fraction in words stands for the shares that lie nearer to it than to its neighbours."""
    value = Fraction(above, below)
    more = Fraction(above, below - 1) if below > above else Fraction(1)
    less = Fraction(above, below + 1)
    if word in _ABOVE:
        return Phrase(text, SHARE, value, value, more, above=True, noun=noun)
    if word in (*_BELOW, *_NEARLY):
        return Phrase(text, SHARE, value, less, value, below=True, noun=noun)
    low, high = Fraction(2 * above, 2 * below + 1), min(Fraction(2 * above, 2 * below - 1), Fraction(1))
    return Phrase(text, SHARE, value, low, high, noun=noun)
