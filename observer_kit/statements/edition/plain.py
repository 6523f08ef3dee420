"""A statement as plain text: for a message, a reader, or a diff."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from observer_kit.statements.edition.front import Say, say_in
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.walk import Block, Run, blocks, notes_of
from observer_kit.statements.text.holding import HARD

WIDTH: Final = 92
_UNDER: Final = {2: "=", 3: "-"}
_HELD: Final = re.compile(r"\u00a0(?!\d)|(?<!\d)\u00a0")
"""No-break spaces but those within a number: they have done their work when the lines are broken."""


def to_text(edition: Edition, only: str | None = None) -> str:
    """Write it; the numbers of figures stand in brackets."""
    say, notes = say_in(edition.language), notes_of(edition)
    called: list[str] = []
    whole = ""
    for block in blocks(edition, only):
        called += [run.text for run in block.runs if run.manner == "note"]
        for said in _notes(called, notes, say) if block.kind == "notes" else (_said(block, say),):
            between = "\n" if block.kind in ("item", "numbered") else "\n\n"
            whole += (between if whole else "") + said if said else ""
    return _HELD.sub(" ", whole) + "\n"


def _notes(called: Sequence[str], notes: Mapping[str, tuple[Run, ...]], say: Say) -> Iterator[str]:
    if called:
        yield _heading(say("footnotes_title"), 3)
    for number in called:
        yield _filled(f"{say('note', number=number)}: {_words(notes[number], say)}")


def _words(runs: Sequence[Run], say: Say) -> str:
    def called(text: str) -> str:
        return f"[{say('note', number=text)}]".replace(" ", HARD)

    said = {"mark": lambda text: f"[{text}]", "note": called}
    return "".join(said.get(run.manner, str)(run.text) for run in runs).strip()


def _said(block: Block, say: Say) -> str:
    text = _words(block.runs, say)
    if block.kind == "title":
        return f"{text}\n{'=' * min(len(text), WIDTH)}"
    if block.kind == "heading":
        return _heading(text, block.level)
    if block.kind == "item":
        return textwrap.fill(text, WIDTH, initial_indent="• ", subsequent_indent="  ")
    if block.kind == "numbered":
        return textwrap.fill(text, WIDTH, initial_indent=f"{block.level}. ", subsequent_indent="   ")
    if block.kind in ("table", "figures"):
        return f"{text}\n{_table(block.head, block.rows)}".strip()
    if block.kind == "lines":
        return "\n\n".join(f"{'_' * 40}\n{each}" for each in text.split("\t"))
    if block.kind == "picture":
        return ""  # the table behind it follows
    return _filled(text)


def _heading(text: str, level: int) -> str:
    return f"{text}\n{_UNDER.get(level, '-') * min(len(text), WIDTH)}"


def _filled(text: str) -> str:
    return "\n".join(textwrap.fill(line, WIDTH, break_on_hyphens=False) for line in text.split("\n"))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write each row as a line of its cells: columns would not fit."""
    lines = [" | ".join(head)] if head else []
    lines += [" | ".join(row).replace("\n", ". ") for row in rows]
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent="    ") for line in lines)
