"""Accounts and their roles, mission by mission."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from observer_kit.errors import Conflict, KitError
from observer_kit.storage import accounts as people
from observer_kit.storage import missions
from observer_kit.trust.model import EVERY_MISSION, ROLES
from observer_kit.trust.passwords import MINIMUM
from observer_kit.web.access import audience, current_account, store
from observer_kit.web.admin import bp
from observer_kit.web.speech import tell


class NewAccount(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A name, a first password and one role."""

    name = StringField(validators=[InputRequired(), Length(max=100)])
    password = PasswordField(validators=[InputRequired(), Length(min=MINIMUM, max=1000)])
    mission = StringField(validators=[InputRequired()])
    role = StringField(validators=[AnyOf(ROLES)])


@bp.get("/accounts")
@audience("administrator")
def accounts() -> str:
    """List the accounts with their roles."""
    return _page(NewAccount(formdata=None))


@bp.post("/accounts")
@audience("administrator")
def add_account() -> Response | tuple[str, int]:
    """Make an account."""
    form = NewAccount()
    if not form.validate():
        return _page(form, tell("admin.account_wrong", n=MINIMUM)), 400
    try:
        with store().atomic() as tx:
            people.create(tx, form.name.data, form.password.data, {form.mission.data: form.role.data}, by=_me())
    except KitError as refusal:
        if refusal.status >= 500:
            raise
        return _page(form, refusal.message), refusal.status
    flash(tell("admin.account_made", name=form.name.data))
    return redirect(url_for("admin.accounts"), code=303)


@bp.post("/accounts/<id>/role")
@audience("administrator")
def set_role(id: str) -> Response:
    """Give an account a role in a mission, or take it away."""
    mission, role = request.form.get("mission", ""), request.form.get("role", "")
    with store().atomic() as tx:
        known = people.get(tx, id)
        roles = {code: each for code, each in known.roles.items() if code != mission}
        if role:
            roles[mission] = role
        _keep_an_administrator(id, roles)
        people.set_roles(tx, id, roles, by=_me())
    flash(tell("admin.role_set", name=known.name))
    return redirect(url_for("admin.accounts"), code=303)


@bp.post("/accounts/<id>/disable")
@audience("administrator")
def disable(id: str) -> Response:
    """Let an account sign in no more; what it did stays under its name."""
    with store().atomic() as tx:
        known = people.get(tx, id)
        _keep_an_administrator(id, {})
        people.disable(tx, id, by=_me())
    flash(tell("admin.account_disabled", name=known.name))
    return redirect(url_for("admin.accounts"), code=303)


def _keep_an_administrator(id: str, roles: dict[str, str]) -> None:
    """Refuse that administrators lock themselves out; raises Conflict."""
    if id == _me() and roles.get(EVERY_MISSION) != "administrator":
        raise Conflict(tell("admin.not_yourself"))


def _me() -> str | None:
    account = current_account()
    return account.id if account else None


def _page(form: NewAccount, refusal: str = "") -> str:
    with store().reading() as tx:
        found, known = people.all(tx), missions.all(tx)
    return render_template(
        "admin/accounts.html",
        accounts=found,
        missions=known,
        form=form,
        roles=ROLES,
        refusal=refusal,
        me=_me(),
        least=MINIMUM,
    )
