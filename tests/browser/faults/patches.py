"""Files of the app served otherwise than they are, with the worker's list agreeing: a protection switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import rjsmin

from observer_kit.config import resources
from observer_kit.web import files
from observer_kit.web.observer import shell
from tests.browser.faults.wire import Wire

PARCELS = ("code", "en", "ru", "kk")


def serve_changed(wire: Wire, name: str, change: Callable[[str], str]) -> None:
    """Serve a file of static/ changed, and the worker's list with its new hash."""
    path = resources("static") / name
    real = files.content(path)
    changed = change(path.read_text("utf-8")).encode()
    old, new = (shell.digest(each).encode() for each in (real, changed))
    wire.edit(f"/static/{name}", lambda _: changed)
    wire.edit("/sw.js", lambda worker: worker.replace(old, new))
    for part in PARCELS:  # then each file is fetched by itself
        wire.edit(f"/o/shell/{part}", lambda _: b"{}")


def exchange(old: str, new: str) -> Callable[[str], str]:
    """Put one text in place of another, which must be there: a patch that changes nothing proves nothing."""

    def change(text: str) -> str:
        assert old in text, f"the protection reads otherwise now: {old}"
        return text.replace(old, new)

    return change


def patch(wire: Wire, patches: Iterable[tuple[str, str, str]]) -> None:
    """Serve scripts with one text in place of another: (file of static/, old, new)."""
    by_name: dict[str, list[Callable[[str], str]]] = {}
    for name, old, new in patches:
        by_name.setdefault(name, []).append(exchange(old, new))
    for name, changes in by_name.items():

        def change(text: str, changes: list[Callable[[str], str]] = changes) -> str:
            for each in changes:
                text = each(text)
            return text

        if name == "sw.js":  # the list does not name it
            wire.edit("/sw.js", worker(change))
        else:
            serve_changed(wire, name, change)


def worker(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """Change the worker's own text, and leave what the server put in front of it."""
    own = (resources("static") / "sw.js").read_text("utf-8")
    changed = change(own)

    def edit(body: bytes) -> bytes:
        for served in (own, str(rjsmin.jsmin(own))):
            if served.encode() in body:
                return body.replace(served.encode(), changed.encode())
        raise AssertionError("the worker is served otherwise")

    return edit
