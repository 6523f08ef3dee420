"""Two drafts word by word, and two data sets figure by figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from observer_kit.checklists.model import Text
from observer_kit.statements.model import Figure

SAME, ADDED, REMOVED = "same", "added", "removed"
MOVED, NEW, GONE = "moved", "new", "gone"
_WORD: Final = re.compile(r"\[\[[^\[\]\n]*\]\]|\w+|\s+|[^\w\s]")
"""A mark is one word: a figure is never half another."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is the same in both, or in one of them only."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A figure in two data sets; `kind` is moved, new, gone or same."""

    name: str
    label: Text
    kind: str
    then: Figure | None
    now: Figure | None

    @property
    def base_moved(self) -> bool:
        """Tell whether only what it is counted of has changed."""
        return (
            self.then is not None
            and self.now is not None
            and self.then.numerator == self.now.numerator
            and self.then.denominator != self.now.denominator
        )


def compare_words(before: str, after: str) -> list[Piece]:
    """Give both texts in one, word by word; marks are whole words, and neighbours of a kind are joined."""
    pieces: list[Piece] = []
    for first, second in _paragraphs(before, after):
        if first == second:
            pieces.append(Piece(SAME, first))
            continue
        one, two = _WORD.findall(first), _WORD.findall(second)
        for act, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
            if act == "equal":
                pieces.append(Piece(SAME, "".join(one[a:b])))
            else:
                pieces += [Piece(REMOVED, "".join(one[a:b])), Piece(ADDED, "".join(two[c:d]))]
    return list(_joined(pieces))


def _paragraphs(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Pair the lines that belong together, so that a long text is not compared word by word as a whole."""
    one, two = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for act, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if act == "equal":
            yield "".join(one[a:b]), "".join(one[a:b])
        elif b - a == d - c:
            yield from zip(one[a:b], two[c:d], strict=True)
        else:
            yield "".join(one[a:b]), "".join(two[c:d])


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    waiting: dict[str, str] = {}
    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind == SAME and (waiting.keys() - {SAME}) or piece.kind != SAME and SAME in waiting:
            yield from _let_go(waiting)
        waiting[piece.kind] = waiting.get(piece.kind, "") + piece.text
    yield from _let_go(waiting)


def _let_go(waiting: dict[str, str]) -> Iterator[Piece]:
    for kind in (SAME, REMOVED, ADDED):
        if kind in waiting:
            yield Piece(kind, waiting.pop(kind))


def compare_figures(then: Sequence[Figure], now: Sequence[Figure]) -> list[Change]:
    """Hold the figures of two data sets against each other, in the order of the second; gone ones come last."""
    before: Mapping[str, Figure] = {figure.definition.name: figure for figure in then}
    after = {figure.definition.name: figure for figure in now}
    rows = [_change(name, before.get(name), figure) for name, figure in after.items()]
    return rows + [_change(name, figure, None) for name, figure in before.items() if name not in after]


def _change(name: str, then: Figure | None, now: Figure | None) -> Change:
    known = now or then
    label: Text = known.definition.label if known else {}
    was = then is not None and then.numerator is not None
    is_now = now is not None and now.numerator is not None
    if was and is_now and then is not None and now is not None:
        same = (then.numerator, then.denominator) == (now.numerator, now.denominator)
        return Change(name, label, SAME if same else MOVED, then, now)
    return Change(name, label, NEW if is_now else GONE if was else SAME, then, now)
