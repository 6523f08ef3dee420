"""Printing beside the server: a paper is set in a process of its own, so that intake never waits for a page.

The child starts anew for each paper (about a second), works at a low
priority on any core, gives its memory back when it is done, and is ended
when it takes too long. Few run at once: the rest wait their turn.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from observer_kit.errors import KitError
from observer_kit.statements.papers.codes import picture
from observer_kit.statements.pdf import VARIANT, render_fitting

AT_ONCE: Final = 2
"""Papers that one server process has set at the same time."""
PATIENCE: Final = 240
"""Seconds after which a paper is given up: several times what the longest takes."""
_log = logging.getLogger(__name__)
WAITING: Final = 4
"""Papers that wait for a turn; any more are refused at once, so that a server's threads are never all at the press."""
_turns: Final = threading.BoundedSemaphore(AT_ONCE)
_queue: Final = threading.BoundedSemaphore(AT_ONCE + WAITING)


class PaperNotMade(KitError):
    """The paper took too long to set, or the process that set it ended."""

    code = "paper_not_made"
    status = 429


def press(
    drafts: Sequence[str],
    *stylesheets: str,
    most: int | None = None,
    pictures: Mapping[str, bytes] | None = None,
    codes: Mapping[str, str] | None = None,
    variant: str = VARIANT,
    patience: float = PATIENCE,
) -> bytes:
    """Set a paper as `render_fitting` does, in a process of its own; raises PaperNotMade."""
    order = {
        "drafts": list(drafts), "stylesheets": stylesheets, "most": most, "variant": variant,
        "pictures": {name: base64.b64encode(content).decode() for name, content in (pictures or {}).items()},
        "codes": dict(codes or {}),
    }  # fmt: skip
    if not _queue.acquire(blocking=False):
        raise PaperNotMade("too many papers are being set; try again in a minute")
    try:
        return _set(order, patience)
    finally:
        _queue.release()


def _set(order: Mapping[str, Any], patience: float) -> bytes:
    if not _turns.acquire(timeout=patience):
        raise PaperNotMade("too many papers are being set; try again in a minute")
    try:
        done = subprocess.run(  # noqa: S603 -- this very module, by this very Python
            [sys.executable, "-m", __name__], input=json.dumps(order).encode(), capture_output=True, timeout=patience,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise PaperNotMade(f"the paper was not set within {patience:.0f} seconds") from None
    finally:
        _turns.release()
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        _log.error("a paper could not be set: %s", done.stderr.decode(errors="replace")[-4000:])
        raise PaperNotMade("the paper could not be set; the server's log says why")
    return done.stdout


def drawn(pictures: Mapping[str, bytes], codes: Mapping[str, str]) -> dict[str, bytes]:
    """Put the codes, drawn, beside the pictures."""
    return {**pictures, **{name: picture(text) for name, text in codes.items()}}


def _main() -> None:
    """Read an order, write the PDF."""
    with suppress(OSError, AttributeError):
        os.nice(10)
    with suppress(OSError, AttributeError):  # a server's worker keeps to one core; a paper takes any
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    order: dict[str, Any] = json.load(sys.stdin.buffer)
    pictures = {name: base64.b64decode(content) for name, content in order["pictures"].items()}
    made = render_fitting(
        order["drafts"], *order["stylesheets"], most=order["most"], variant=order["variant"],
        pictures=drawn(pictures, order["codes"]),
    )  # fmt: skip
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    _main()
