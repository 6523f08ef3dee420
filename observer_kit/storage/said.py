"""What people say with an act: one of the words there are for it, and a text that is neither missing nor too long."""

from __future__ import annotations

from collections.abc import Sequence

from observer_kit.errors import Conflict


def one_of(word: str, words: Sequence[str], place: str) -> str:
    """Give a word that is one of these; raises Conflict, which names them."""
    if word not in words:
        raise Conflict(f"expected one of {', '.join(words)}; found {word[:60]!r}", place=place)
    return word


def words_of(text: str, most: int, place: str, *, least: int = 0) -> str:
    """Give a text without the space around it; raises Conflict for one of fewer or more characters."""
    text = text.strip()
    if not least <= len(text) <= most:
        raise Conflict(f"expected {f'{least} to {most}' if least else f'at most {most}'} characters", place=place)
    return text
