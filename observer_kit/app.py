"""The web application: wiring and the checks at its start; no routes."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from observer_kit import config as configuration
from observer_kit.config import Config, resources
from observer_kit.words import words

if TYPE_CHECKING:
    from observer_kit.storage import Store


def load_rooms() -> tuple[ModuleType, ...]:
    """Import the rooms of the web, and with them nearly all that the application needs."""
    from observer_kit.web import admin, desk, doors, observer, office, sync

    return doors, observer, sync, desk, office, admin


def create_app(config: Config | None = None, store: Store | None = None) -> Flask:
    """Make the application; refuses to start (SetupIncomplete) when a route names no audience."""
    from observer_kit.storage import open_store
    from observer_kit.storage.intake import Intake
    from observer_kit.trust import keys
    from observer_kit.web import access, files, handlers, hub, sync

    config = config or configuration.from_environment()
    store = store or open_store(config)
    app = Flask("observer_kit", template_folder=str(resources("templates")), static_folder=str(resources("static")))
    app.secret_key = keys.session_key(config)
    app.config.update(
        MAX_CONTENT_LENGTH=config.max_request_bytes,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.https,
        WTF_CSRF_TIME_LIMIT=24 * 3600,  # a form opened before the night's work must still be sent after it
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.extensions.update(config=config, store=store, intake=Intake(store, config))
    app.jinja_env.globals.update(say=lambda language, key, **values: words(language)(key, **values))
    csrf = CSRFProtect(app)
    for room in load_rooms():
        app.register_blueprint(room.bp)
    csrf.exempt(sync.bp)  # a device token in a header, never a cookie: nothing for another site to ride on
    access.init_app(app)
    handlers.init_app(app)
    hub.init_app(app)
    files.init_app(app)
    access.check_audiences(app)
    return app
