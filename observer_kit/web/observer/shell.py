"""The service worker and the app's manifest: the list of what an observer's page loads, with its hashes."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, request

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.errors import SetupIncomplete
from observer_kit.web import files
from observer_kit.web.access import audience
from observer_kit.web.observer import bp
from observer_kit.web.observer.pages import PLACES, page, sentences, shared

LOADED = ("css/tokens.css", "css/phone.css", "js/*.js", "vendor/idb.js", "vendor/uqr.js", "icons/icon.svg", "icons/icon-180.png")
"""What the observer's pages load from static/; a browser test holds it to be all. The large icons are for the
phone's home screen, which fetches them once, when the app is put there."""

EXTRAS: tuple[str, ...] = ("vendor/deflate.js", "vendor/hpke.js", "vendor/scan.js")
"""Libraries of static/ that only some phones need: kept beside the checklists, once the phone is enrolled."""

PAPER = "#fbfaf7"


def digest(content: bytes) -> str:
    """Name content by its SHA-256."""
    return hashlib.sha256(content).hexdigest()


def web_manifest(language: str) -> str:
    """Give the manifest by which a phone puts the pages on its home screen."""
    icons = [
        {"src": "/static/icons/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        {"src": "/static/icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": "/static/icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
        {"src": "/static/icons/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    manifest = {
        "id": "/o/",
        "name": "Observer Kit",
        "short_name": "Observer Kit",
        "lang": language,
        "start_url": f"/o/{language}/",
        "scope": "/o/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True)


def _static_files(root: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for pattern in LOADED:
        paths = sorted(path for path in root.glob(pattern) if path.is_file())
        if not paths:
            raise SetupIncomplete(f"static/{pattern} is missing: run `npm ci && npm run build`", place="static")
        found.update({f"/static/{path.relative_to(root).as_posix()}": digest(files.content(path)) for path in paths})
    return found


def shell() -> dict[str, str]:
    """List every address of the shell with the hash of what it answers."""
    found = _static_files(resources("static"))
    for language in LANGUAGES:
        for place in PLACES:
            found[f"/o/{language}/{place}"] = digest(page(place, language).encode())
        found[f"/o/{language}/words.json"] = digest(sentences(language).encode())
        found[f"/manifest.webmanifest?language={language}"] = digest(web_manifest(language).encode())
    return found


def extras() -> dict[str, str]:
    """List the address of every extra that was built, with the hash of what it answers."""
    root = resources("static")
    return {f"/static/{name}": digest(files.content(root / name)) for name in EXTRAS if (root / name).is_file()}


@lru_cache(maxsize=1)
def _worker_text() -> str:
    return files.content(resources("static") / "sw.js").decode()


def worker() -> str:
    """Put the version and the list in front of the worker's text; the version follows from both."""
    listed, more = (json.dumps(each, sort_keys=True, indent=0) for each in (shell(), extras()))
    version = digest((listed + more + _worker_text()).encode())[:16]
    return f'const VERSION = "{version}";\nconst SHELL = {listed};\nconst EXTRAS = {more};\n{_worker_text()}'


@bp.get("/sw.js")
@audience("public")
def service_worker() -> Response:
    """Give the worker; made once, for the files don't change under a running server."""
    if "observer_worker" not in current_app.extensions:
        current_app.extensions["observer_worker"] = worker()
    return shared(current_app.extensions["observer_worker"], "text/javascript")


@bp.get("/manifest.webmanifest")
@audience("public")
def manifest() -> Response:
    """Give the app's manifest in the language asked for."""
    language = request.args.get("language", "en")
    return shared(web_manifest(language if language in LANGUAGES else "en"), "application/manifest+json")
