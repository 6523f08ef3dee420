"""The files of static/ as they are served: our own scripts and styles without their comments and spaces."""

from __future__ import annotations

import mimetypes
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import rcssmin
import rjsmin
from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as Answer

from observer_kit.config import resources

_LEAN: Final = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}
_IMPORTED: Final = re.compile(r"""^\s*(?:import|export)\b[^;"']*?["'](\.{1,2}/[^"']+)["']""", re.M)
"""A module that another names at its top; what is imported only when it is needed is not meant."""

_AS_IT_IS: Final = "vendor"  # the libraries' builds are small already


def content(path: Path) -> bytes:
    """Give the bytes that are served for a file of static/."""
    return _content(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _content(path: Path, _changed: int) -> bytes:
    raw = path.read_bytes()
    shrink = _LEAN.get(path.suffix)
    if shrink is None or _AS_IT_IS in path.relative_to(resources("static")).parts:
        return raw
    return str(shrink(raw.decode())).encode()


@cache
def modules(name: str) -> tuple[str, ...]:
    """List the addresses of all modules that js/<name> imports before it runs, its own first.

    A page that names them lets the browser fetch all at once, not one after
    the other as each is read.
    """
    root = resources("static").resolve()
    found = [root / "js" / name]
    for path in found:
        for imported in _IMPORTED.findall(path.read_text("utf-8")):
            module = (path.parent / imported).resolve()
            if module not in found:
                found.append(module)
    return tuple(
        f"/static/{path.relative_to(root.resolve()).as_posix()}" for path in (each.resolve() for each in found)
    )


def _send(filename: str) -> Answer:
    whole = safe_join(str(resources("static")), filename)
    path = Path(whole) if whole else None
    if path is None or path.suffix not in _LEAN or not path.is_file():
        return current_app.send_static_file(filename)  # refuses what is not there
    response = Response(content(path), mimetype=mimetypes.types_map[path.suffix])
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)


def init_app(app: Flask) -> None:
    """Serve static/ through here."""
    app.view_functions["static"] = _send
