"""The shell's pages: the same bytes for everyone, with the language in the address and nothing of a person in them."""

from __future__ import annotations

import json

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from observer_kit.checklists.model import LANGUAGES
from observer_kit.collection.forms import form_class
from observer_kit.protocols import rules_for
from observer_kit.protocols.formulas import formulas
from observer_kit.storage import checklists
from observer_kit.web import files
from observer_kit.web.access import audience, store
from observer_kit.web.headers import POLICY
from observer_kit.web.observer import bp
from observer_kit.web.observer.controls import leaves, text_in
from observer_kit.words import words

PLACES = {
    "": "day", "enrol": "enrol", "queue": "queue", "phone": "phone", "clock": "clock", "missing": "missing",
    "ready": "ready", "conduct": "conduct", "hand-over": "hand-over",
}  # fmt: skip
"""Path under /o/<language>/ → template."""

OBSERVERS = f"{POLICY}; connect-src 'self' https:"
"""These pages also speak to hubs, which are a mission's own and so not in a page that is the same for everyone. Nothing
is lost by it: no script but ours runs here, and one that did could carry anything away by a link."""

OWN = {"plain": "plain_", "ready": "ready_", "hand-over": "hand_"}
"""How the sentences begin that stand in the pages which say them, and in no other."""


def page(place: str, language: str) -> str:
    """Render one page of the shell."""
    prefix = OWN.get(place)
    own = {key: said for key, said in _said(language).items() if prefix and key.startswith(prefix)}
    return render_template(f"observer/{PLACES[place]}.html", language=language, say=words(language), own=own)


def sentences(language: str) -> str:
    """Give the phone's sentences as JSON, without those that stand in their own pages."""
    room = {key: said for key, said in _said(language).items() if not key.startswith(tuple(OWN.values()))}
    return json.dumps(room, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _said(language: str) -> dict[str, object]:
    return words(language).room("phone")


def shared(body: str, mimetype: str = "text/html") -> Response:
    """Answer with what everyone gets: kept by the worker, checked with the server by anyone else."""
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    if mimetype == "text/html":
        response.headers["Content-Security-Policy"] = OBSERVERS
    return response


@bp.get("/o/")
@audience("public")
def start() -> Answer:
    """Lead to the pages in the browser's language."""
    language = request.accept_languages.best_match(LANGUAGES) or "en"
    return redirect(f"/o/{language}/")


@bp.get("/o/<any(en, ru, kk):language>/")
@bp.get("/o/<any(en, ru, kk):language>/<any(enrol, queue, phone, clock, missing, ready, conduct, 'hand-over'):place>")
@audience("public")
def show(language: str, place: str = "") -> Response:
    """Show one of the places: My day, the enrolment, the queue, this phone, what is not in the phone …"""
    return shared(page(place, language))


@bp.get("/o/<any(en, ru, kk):language>/words.json")
@audience("public")
def speak(language: str) -> Response:
    """Give the sentences that the page's scripts say."""
    return shared(sentences(language), "application/json")


@bp.get("/o/<any(en, ru, kk):language>/checklist/<version>")
@audience("public")
def checklist(language: str, version: str) -> Response:
    """Show a published checklist, current or not: an open draft must always find its own version."""
    with store().reading() as tx:
        found = checklists.get(tx, version)
    body = render_template(
        "observer/checklist.html",
        language=language,
        say=words(language),
        checklist=found,
        modules=files.modules("checklist.js"),
        title=text_in(found.title, language),
        sections=leaves(found, form_class(found, language)()),
        formulas=formulas(rules_for(found)) if found.stage == "protocol" else (),
        keyed_twice=found.stage == "protocol",
        text_in=text_in,
    )
    response = shared(body)
    # A photo's preview has no address of this server's.
    response.headers["Content-Security-Policy"] = f"{OBSERVERS}; img-src 'self' blob:"
    response.headers["X-Checklist"] = found.version  # by which the worker knows the page from a portal's
    return response
