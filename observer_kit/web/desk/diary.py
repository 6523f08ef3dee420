"""The diary: meetings, complaints made to the mission, and what else no form counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from observer_kit import clock
from observer_kit.missions.model import DiaryEntry
from observer_kit.storage import diary as entries
from observer_kit.web.access import READERS, audience, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.sorting import sorting
from observer_kit.web.downloads import download
from observer_kit.web.speech import tell, tell_or

KINDS: Final = ("meeting", "complaint", "visit", "media")


class Entry(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """One entry; how many it stands for is 1 unless said."""

    day = DateField(validators=[InputRequired()])
    kind = StringField(validators=[AnyOf(KINDS)])
    title = StringField(validators=[InputRequired(), Length(max=200)])
    detail = TextAreaField(validators=[Optional(), Length(max=4000)])
    count = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=100_000)], default=1)
    reference = StringField(validators=[Optional(), Length(max=200)])


@bp.get("/diary")
@audience(*READERS)
def diary(mission: str) -> str | Response:
    """List the diary, the latest day first."""
    if request.args.get("format"):
        return _export(mission)
    return _page(mission, Entry(formdata=None, day=this_mission().day))


@bp.post("/diary")
@audience("coordinator", "administrator")
def add_entry(mission: str) -> Response | tuple[str, int]:
    """Add an entry to the diary."""
    form = Entry()
    if not form.validate():
        return _page(mission, form), 400
    account = current_account()
    entry = DiaryEntry(
        id=clock.new_id(),
        day=_day(form.day.data),
        kind=form.kind.data,
        title=form.title.data.strip(),
        detail=(form.detail.data or "").strip(),
        count=form.count.data,
        reference=(form.reference.data or "").strip(),
    )
    with store().atomic() as tx:
        entries.add(tx, mission, entry, account.id if account else None)
    flash(tell("desk.diary_saved"))
    return redirect(url_for("desk.diary", mission=mission), code=303)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else this_mission().day


def _export(mission: str) -> Response:
    """Give the whole diary as a file."""
    with store().reading() as tx:
        found = sorting(_KEYS, default="-day").sorted(entries.all(tx, mission))
    head = [tell(f"desk.{name}") for name in ("when", "kind", "what", "detail", "stands_for", "reference")]
    rows = (
        (each.day.isoformat(), tell_or(f"desk.diary_{each.kind}", each.kind), each.title, each.detail, each.count,
         each.reference)
        for each in found
    )  # fmt: skip
    return download(f"{mission}-diary", request.args.get("format", ""), head, rows)


_KEYS: Final[dict[str, Callable[[DiaryEntry], Any]]] = {
    "title": lambda entry: entry.title,
    "day": lambda entry: entry.day,
    "kind": lambda entry: tell_or(f"desk.diary_{entry.kind}", entry.kind),
    "count": lambda entry: entry.count,
    "reference": lambda entry: entry.reference or None,
}


def _page(mission: str, form: Entry) -> str:
    order = sorting(_KEYS, default="-day")
    with store().reading() as tx:
        found = entries.all(tx, mission)
    return render_template(
        "desk/diary.html",
        mission=this_mission(),
        entries=order.sorted(found),
        order=order,
        form=form,
        kinds=KINDS,
        writes=may("coordinator", "administrator"),
    )
