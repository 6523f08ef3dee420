"""The table of faults: each row is declared once, with what is done and when it is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.browser.faults.ground import Handset, Server
from tests.browser.faults.wire import Wire


@dataclass
class Ground:
    """One phone, its wire and its server."""

    server: Server
    wire: Wire
    phone: Handset


@dataclass(frozen=True)
class Row:
    """One fault. `quick`: in every run; `floor`: on the phone floor in every run, too (a soak runs all on both)."""

    name: str
    does: str
    run: Callable[[Ground], None]
    quick: bool = True
    floor: bool = False
    profile: bool = False  # a browser process of its own, that can be killed
    enrolled: bool = True
    scripts: tuple[str, ...] = ()
    prepare: Callable[[Wire], None] | None = None  # before the phone is enrolled
    left: dict[str, int] = field(default_factory=dict)  # what may stay behind: waiting, refused, drafts
    options: dict[str, Any] = field(default_factory=dict)
