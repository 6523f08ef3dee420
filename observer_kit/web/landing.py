"""The page over plain HTTP that hands out the authority's certificate, and nothing else: no app, no data."""

from __future__ import annotations

import io
import plistlib
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import segno
from flask import Flask, Response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.web.access import audience
from observer_kit.web.headers import POLICY
from observer_kit.web.speech import LANGUAGE_NAMES
from observer_kit.words import words

SYSTEMS: Final[Mapping[str, dict[str, Any]]] = {
    system: {"name": name, "steps": [f"{system}_{step}" for step in range(1, steps + 1)]}
    for system, name, steps in (
        ("android", "Android", 5), ("ios", "iPhone, iPad", 4), ("windows", "Windows", 4),
        ("macos", "macOS", 3), ("linux", "Linux", 4),
    )
}  # fmt: skip
_COMMANDS: Final = {
    "windows_2": "certutil -hashfile observer-kit.crt SHA256",
    "linux_1": "sha256sum observer-kit.crt",
}
_SIGNS: Final = (
    ("android", re.compile("Android")),
    ("ios", re.compile("iPhone|iPad|iPod")),
    ("windows", re.compile("Windows")),
    ("macos", re.compile("Macintosh")),
    ("linux", re.compile("Linux|X11")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """What the page says: its own address, the kit's, and the authority as phones will list it."""

    page: str
    links: tuple[str, ...]
    name: str
    fingerprint: str
    certificate: bytes


def landing(find: Callable[[], Place]) -> Flask:
    """Make the application; `find` gives what holds now."""
    app = Flask("observer_kit.landing", template_folder=str(resources("templates")), static_folder=None)
    style = "".join((resources("static") / "css" / f"{name}.css").read_text("utf-8") for name in ("tokens", "lan"))

    @app.get("/")
    @audience("public")
    def start() -> Answer:
        """Lead to the page in the browser's language."""
        return redirect(f"/{request.accept_languages.best_match(LANGUAGES) or 'en'}/")

    @app.get("/<any(en, ru, kk):language>/")
    @app.get("/<any(en, ru, kk):language>/<any(sheet):sheet>")
    @audience("public")
    def show(language: str, sheet: str | None = None) -> str:
        """Show the steps, those of the system that asks first; or all of them on a sheet to print."""
        place = find()
        first = next((system for system, sign in _SIGNS if sign.search(request.user_agent.string)), "android")
        return render_template(
            "lan/landing.html", language=language, say=words(language), sheet=sheet, place=place, drawn=_drawn,
            languages=LANGUAGE_NAMES, systems=SYSTEMS, commands=_COMMANDS, first=first,
            order=[first, *(system for system in SYSTEMS if system != first)],
            groups=_groups(place.fingerprint),
        )  # fmt: skip

    @app.get("/observer-kit.crt")
    @audience("public")
    def certificate() -> Response:
        """Give the certificate as every system but Apple's phones takes it."""
        answer = Response(find().certificate, mimetype="application/x-x509-ca-cert")
        answer.headers["Content-Disposition"] = 'attachment; filename="observer-kit.crt"'
        return answer

    @app.get("/observer-kit.mobileconfig")
    @audience("public")
    def profile() -> Response:
        """Give the certificate as iPhones and iPads take it."""
        answer = Response(mobileconfig(find()), mimetype="application/x-apple-aspen-config")
        answer.headers["Content-Disposition"] = 'attachment; filename="observer-kit.mobileconfig"'
        return answer

    @app.get("/style.css")
    @audience("public")
    def styles() -> Response:
        """Give the page's look."""
        return Response(style, mimetype="text/css")

    @app.errorhandler(404)
    def missing(error: Exception) -> tuple[str, int, dict[str, str]]:
        language = request.accept_languages.best_match(LANGUAGES) or "en"
        return words(language)("lan.not_found"), 404, {"Content-Type": "text/plain; charset=utf-8"}

    app.after_request(_close)
    return app


def mobileconfig(place: Place) -> bytes:
    """Write the profile that puts the authority's certificate into an iPhone."""
    own = {"PayloadVersion": 1, "PayloadDisplayName": place.name, "PayloadOrganization": "Observer Kit"}
    # Ids that follow from the certificate: installing it twice leaves one profile.
    marks = [str(uuid.uuid5(uuid.NAMESPACE_OID, part + place.fingerprint)).upper() for part in ("profile", "root")]
    root = {
        **own, "PayloadType": "com.apple.security.root", "PayloadIdentifier": f"observer-kit.{marks[1]}",
        "PayloadUUID": marks[1], "PayloadCertificateFileName": "observer-kit.crt",
        "PayloadContent": place.certificate,
    }  # fmt: skip
    return plistlib.dumps(
        {
            **own, "PayloadType": "Configuration", "PayloadIdentifier": f"observer-kit.{marks[0]}",
            "PayloadUUID": marks[0], "PayloadContent": [root],
        }
    )  # fmt: skip


def _groups(fingerprint: str) -> list[str]:
    """Cut a fingerprint into pieces of four bytes, as the eye compares them."""
    pairs = fingerprint.split(":")
    return [":".join(pairs[start : start + 4]) for start in range(0, len(pairs), 4)]


def _drawn(address: str) -> Markup:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, dark="#000", light="#fff", title=address
    )
    return Markup(out.getvalue().decode())  # noqa: S704 -- segno's own drawing; it escapes the title


def _close(response: Response) -> Response:
    """Let this page load nothing from elsewhere, and nobody keep it: addresses change."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
