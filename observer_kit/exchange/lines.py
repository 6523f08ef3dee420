"""Envelopes in a file, one JSON object a line: how reports travel on a stick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

BATCH: Final = 200


class Unreadable(str):
    """What is wrong with a line that is no JSON."""

    __slots__ = ()


def batches(file: Path) -> Iterator[tuple[list[int], list[Any], int]]:
    """Read a file in batches: the lines' numbers, their values, and the bytes read.

    A line that is no JSON stands as an Unreadable in its place, so that the
    intake refuses it alone; blank lines are passed over.
    """
    numbers: list[int] = []
    envelopes: list[Any] = []
    size = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            size += len(line)
            if not line.strip():
                continue
            numbers.append(number)
            try:
                envelopes.append(orjson.loads(line))
            except orjson.JSONDecodeError as error:
                envelopes.append(Unreadable(f"no JSON: {error}"))
            if len(envelopes) == BATCH:
                yield numbers, envelopes, size
                numbers, envelopes, size = [], [], 0
    yield numbers, envelopes, size
