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

LOADED = (
    "css/tokens.css",
    "css/phone.css",
    "js/*.js",
    "vendor/idb.js",
    "icons/icon.svg",
    "icons/icon-180.png",
)
"""What the observer's pages load from static/; a browser test holds it to be all. The large icons are for the
phone's home screen, which fetches them once, when the app is put there."""

EXTRAS: tuple[str, ...] = (
    "vendor/deflate.js", "vendor/hpke.js", "vendor/scan.js", "vendor/uqr.js", "css/handover.css",
    "js/bundle.js", "js/camera.js", "js/frames.js", "js/handover.js", "js/pack.js",
    "js/receipts.js", "js/relay.js", "js/showcodes.js", "js/takein.js",
    "js/checks.js", "js/conduct.js", "js/probe.js", "js/ready.js",
    "js/asking.js", "js/formulas.js", "js/places.js", "js/protocol.js", "js/twice.js",
)  # fmt: skip
"""Files of static/ that a phone seldom needs, or never: kept beside the checklists, once the phone is enrolled."""

PAGES_APART = ("ready", "conduct", "hand-over")
"""Pages that are seldom opened, and by enrolled phones only: kept like the extras."""

PAPER = "#fbfaf7"


def digest(content: bytes) -> str:
    """Name content by the first half of its SHA-256: the list of them is a good part of what a phone loads."""
    return hashlib.sha256(content).hexdigest()[:32]


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
        named = {path.relative_to(root).as_posix(): path for path in paths}
        found.update({f"/static/{name}": digest(files.content(named[name])) for name in named if name not in EXTRAS})
    return found


def shell() -> dict[str, str]:
    """List every address of the shell with the hash of what it answers."""
    found = _static_files(resources("static"))
    for language in LANGUAGES:
        for place in (each for each in PLACES if each not in PAGES_APART):
            found[f"/o/{language}/{place}"] = digest(page(place, language).encode())
        found[f"/o/{language}/words.json"] = digest(sentences(language).encode())
        found[f"/manifest.webmanifest?language={language}"] = digest(web_manifest(language).encode())
    return found


def extras() -> dict[str, str]:
    """List the address of every extra that was built and of every page apart, with the hash of what it answers."""
    root = resources("static")
    found = {f"/static/{name}": digest(files.content(root / name)) for name in EXTRAS if (root / name).is_file()}
    for language in LANGUAGES:
        for place in PAGES_APART:
            found[f"/o/{language}/{place}"] = digest(page(place, language).encode())
    return found


@lru_cache(maxsize=1)
def _worker_text() -> str:
    return files.content(resources("static") / "sw.js").decode()


def worker() -> str:
    """Put the version and the list in front of the worker's text; the version follows from both."""
    listed, more = (json.dumps(each, sort_keys=True, indent=0) for each in (shell(), extras()))
    named = digest((listed + more + _worker_text()).encode())[:16]
    return f'const VERSION = "{named}";\nconst SHELL = {listed};\nconst EXTRAS = {more};\n{_worker_text()}'


def _made_worker() -> str:
    """Give the worker; made once, for the files don't change under a running server."""
    if "observer_worker" not in current_app.extensions:
        current_app.extensions["observer_worker"] = worker()
    return str(current_app.extensions["observer_worker"])


def version() -> str:
    """Give the version of the pages that this server gives now, by which a phone's own is judged."""
    return _made_worker().split('"', 2)[1]


@bp.get("/sw.js")
@audience("public")
def service_worker() -> Response:
    """Give the worker."""
    return shared(_made_worker(), "text/javascript")


@bp.get("/manifest.webmanifest")
@audience("public")
def manifest() -> Response:
    """Give the app's manifest in the language asked for."""
    language = request.args.get("language", "en")
    return shared(web_manifest(language if language in LANGUAGES else "en"), "application/manifest+json")
