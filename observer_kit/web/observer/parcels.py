"""The shell in a few answers: what takes eighty requests one by one comes in four, and compressed.

    GET /o/shell/code           {address: [media type, text]} of scripts, styles and icons
    GET /o/shell/<language>     the same of one language's pages and sentences

The worker holds each text against the list's hash, and fetches by itself what
is missing here or is not what the list says: these answers only save time.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from typing import Final

from flask import Response, current_app, request

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.web import files
from observer_kit.web.access import audience
from observer_kit.web.observer import bp
from observer_kit.web.observer.pages import OBSERVERS, PLACES, page, sentences, shared
from observer_kit.web.observer.shell import shell, web_manifest

CODE: Final = "code"
PARTS: Final = (CODE, *LANGUAGES)
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
"""What a parcel holds of static/: texts. A picture is fetched by itself."""


def contents(part: str) -> dict[str, tuple[str, str]]:
    """Give address → media type and text for one part of the shell."""
    if part != CODE:
        return _of_language(part)
    found = {}
    for address in shell():
        path = resources("static") / address.removeprefix("/static/")
        if address.startswith("/static/") and path.suffix in _TYPES:
            found[address] = (_TYPES[path.suffix], files.content(path).decode())
    return found


def _of_language(language: str) -> dict[str, tuple[str, str]]:
    listed = shell()
    found = {f"/o/{language}/{place}": ("text/html", page(place, language)) for place in PLACES}
    found[f"/o/{language}/words.json"] = ("application/json", sentences(language))
    found[f"/manifest.webmanifest?language={language}"] = ("application/manifest+json", web_manifest(language))
    return {address: each for address, each in found.items() if address in listed}


@lru_cache(maxsize=8)
def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


@bp.get("/o/shell/<any(code, en, ru, kk):part>")
@audience("public")
def parcel(part: str) -> Response:
    """Give one part of the shell; made once, for the files don't change under a running server."""
    made: dict[str, bytes] = current_app.extensions.setdefault("observer_parcels", {})
    if part not in made:
        made[part] = json.dumps(contents(part), ensure_ascii=False, sort_keys=True).encode()
    answer = shared("", "application/json")
    answer.headers["Content-Security-Policy"] = OBSERVERS  # the worker gives the pages the headers of their parcel
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings.best_match(("gzip",)):
        answer.set_data(_zipped(made[part]))
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer.set_data(made[part])
    return answer
