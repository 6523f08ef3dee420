"""A statement as plain text: for a message, a reader, or a diff."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.walk import Block, blocks

WIDTH: Final = 92
_UNDER: Final = {2: "=", 3: "-"}


def to_text(edition: Edition, only: str | None = None) -> str:
    """Write it; the numbers of figures stand in brackets."""
    parts = [_said(block) for block in blocks(edition, only)]
    return "\n\n".join(part for part in parts if part).replace("\n\n• ", "\n• ") + "\n"


def _said(block: Block) -> str:
    text = "".join(f"[{run.text}]" if run.manner in ("mark", "note") else run.text for run in block.runs).strip()
    if block.kind == "title":
        return f"{text}\n{'=' * min(len(text), WIDTH)}"
    if block.kind == "heading":
        return f"{text}\n{_UNDER.get(block.level, '-') * min(len(text), WIDTH)}"
    if block.kind in ("item", "numbered"):
        return textwrap.fill(text, WIDTH, initial_indent="• ", subsequent_indent="  ")
    if block.kind == "table":
        return f"{text}\n{_table(block.head, block.rows)}".strip()
    if block.kind == "lines":
        return "\n\n".join(f"{'_' * 40}\n{each}" for each in text.split("\t"))
    return "\n".join(textwrap.fill(line, WIDTH, break_on_hyphens=False) for line in text.split("\n"))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write each row as a line of its cells, empty ones left out: columns would not fit."""
    lines = [" | ".join(head)] if head else []
    lines += [" | ".join(row) for row in rows]
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent="    ") for line in lines)
