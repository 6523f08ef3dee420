"""Who may see what: every view names its audience, and nothing is served to anyone else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import Config
from observer_kit.errors import AudienceMissing, Forbidden, KitError, NotFound, SignInFailed, TooManyAttempts
from observer_kit.storage import accounts, missions
from observer_kit.trust.model import EVERY_MISSION, Account
from observer_kit.web import headers, speech
from observer_kit.web.speech import COOKIE, tell

if TYPE_CHECKING:
    from observer_kit.missions.model import Mission
    from observer_kit.storage import Store

ROLES: Final = ("coordinator", "staff", "administrator", "head")
AUDIENCES: Final = ("public", "device", "signed_in", *ROLES)
READERS: Final = ROLES
"""Everyone of a mission's office: who may read the desk, where the numbers lead."""

View = TypeVar("View", bound=Callable[..., Any])
bp = Blueprint("access", __name__)


def audience(*names: str) -> Callable[[View], View]:
    """Mark a view with those it is for; any one of the names is enough."""
    if not names or not set(names) <= set(AUDIENCES):
        raise AudienceMissing(f"an audience is one of {', '.join(AUDIENCES)}; got {names!r}")

    def mark(view: View) -> View:
        view.audience = frozenset(names)  # type: ignore[attr-defined]  # the mark lies on the function itself
        return view

    return mark


def check_audiences(app: Flask) -> None:
    """Refuse an application with a view that names no audience; raises AudienceMissing naming them all."""
    unmarked = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not getattr(view, "audience", None)
    )
    if unmarked:
        raise AudienceMissing(f"no audience named by: {', '.join(unmarked)}")


def audiences_of(endpoint: str) -> frozenset[str]:
    """Give the audiences that an endpoint's view was marked with."""
    found: frozenset[str] = getattr(current_app.view_functions.get(endpoint), "audience", frozenset())
    return found


def init_app(app: Flask) -> None:
    """Put audience and sign-in before every request, the strict headers after it, and the words into the pages."""
    app.config.update(SESSION_REFRESH_EACH_REQUEST=False, PERMANENT_SESSION_LIFETIME=timedelta(hours=12))
    app.register_blueprint(bp)
    app.before_request(_enforce)
    app.jinja_env.globals.update(account=current_account, may=may, open_missions=open_missions)
    headers.init_app(app)
    speech.init_app(app)


def store() -> Store:
    """Give the application's store."""
    found: Store = current_app.extensions["store"]
    return found


def config() -> Config:
    """Give the application's configuration."""
    found: Config = current_app.extensions["config"]
    return found


def origin() -> str:
    """Give the address at which phones find this server: the one that this page was asked at, unless that is only
    this machine's own name for itself and a better one is known.
    """
    here = urlsplit(request.host_url)
    known = config().origin if here.hostname in ("localhost", "127.0.0.1", "::1") else ""
    return known or f"{here.scheme}://{here.netloc}"


def mission() -> Mission:
    """Give the mission that the address names, already checked against the account's role."""
    found: Mission = g.mission
    return found


def current_account() -> Account | None:
    """Give the account signed in here, read anew each time: a withdrawn role or session ends at once."""
    if "account" not in g:
        known = session.get("account")
        g.account = None
        if known is not None:
            with store().reading() as tx, suppress(NotFound):
                account = accounts.get(tx, known)
                g.account = account if account.session == session.get("number") else None
    found: Account | None = g.account
    return found


def may(*names: str, mission_code: str | None = None) -> bool:
    """Say whether the account signed in here belongs to one of these audiences."""
    account = current_account()
    if account is None:
        return False
    code = mission_code or (g.mission.code if "mission" in g else None)
    # Outside of any mission only a role in every mission counts.
    return "signed_in" in names or account.role(code or EVERY_MISSION) in names


def open_missions(found: Iterable[Mission], *names: str) -> list[Mission]:
    """Keep the missions in which the account signed in here has one of these roles."""
    return [each for each in found if may(*names, mission_code=each.code)]


def _enforce() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    _refuse_nul()
    allowed = audiences_of(request.endpoint)
    # A device shows its token to the intake's own check: no cookie, no account.
    if allowed & {"public", "device"}:
        return None
    account = current_account()
    if account is None:
        if request.method in ("GET", "HEAD"):
            return redirect(url_for("access.sign_in", next=request.full_path.rstrip("?")))
        raise SignInFailed(tell("doors.signed_out"))
    code = (request.view_args or {}).get("mission")
    if not may(*allowed, mission_code=code):
        raise Forbidden(tell("doors.forbidden"))
    if code is not None:
        with store().reading() as tx:
            g.mission = missions.get(tx, code)
    return None


def _refuse_nul() -> None:
    """Refuse a NUL in the address or a form: PostgreSQL can't store one, and no one types it."""
    if request.path.startswith("/api/"):
        return
    given = [*(request.view_args or {}).values(), *request.args.values()]
    if request.method == "POST":
        given += request.form.values()
    if any("\x00" in str(value) for value in given):
        raise BadRequest


class SignIn(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Name and password, with the limits of what is stored."""

    name = StringField(validators=[InputRequired(), Length(max=100)])
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])


def local_path(address: str | None) -> str | None:
    """Give the address back if it lies on this server, else None: a sign-in must not lead elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return None
    if not address.isprintable():  # a line break can't stand in a header, and browsers drop a tab
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


@bp.route("/sign-in", methods=["GET", "POST"])
@audience("public")
def sign_in() -> str | Response | tuple[str, int]:
    """Show the sign-in form, and open a session for who gives the right name and password."""
    form = SignIn()
    failure: KitError | None = None
    if form.validate_on_submit():
        try:
            found = accounts.sign_in(store(), form.name.data, form.password.data, request.remote_addr or "")
        except (SignInFailed, TooManyAttempts) as error:
            failure = error
        else:
            session.clear()
            session["account"], session["number"] = found.id, found.session
            session.permanent = True
            return redirect(local_path(request.args.get("next")) or url_for("doors.home"))
    elif form.is_submitted():
        failure = SignInFailed("")
    page = render_template("sign_in.html", form=form, failure=failure)
    return (page, failure.status) if failure else page


@bp.post("/sign-out")
@audience("signed_in")
def sign_out() -> Response:
    """Close the session, and every other of this account: a cookie that was copied opens nothing any more."""
    account = current_account()
    if account is not None:
        with store().atomic() as tx:
            accounts.end_sessions(tx, account.id)
    session.clear()
    return redirect(url_for("doors.home"))


@bp.get("/language/<chosen>")
@audience("public")
def choose_language(chosen: str) -> Response:
    """Remember the language of pages in this browser."""
    if chosen not in LANGUAGES:
        raise NotFound(tell("doors.error_not_found"))
    answer = redirect(local_path(request.args.get("next")) or url_for("doors.home"))
    answer.set_cookie(COOKIE, chosen, max_age=31_536_000, secure=config().https, httponly=True, samesite="Lax")
    return answer
