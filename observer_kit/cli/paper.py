"""`paper`: the papers of a mission's day as PDF."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import click

from observer_kit import clock
from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.errors import KitError, OutputUnwritable

language_option = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
out_option = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it (else among the exports)."
)


class HourUnreadable(KitError):
    """An hour that is none."""

    code = "hour_unreadable"


@click.group()
def paper() -> None:
    """Print what a mission's day needs on paper: briefing, incidents, submissions, forms, calls, deployment."""


@paper.command()
@click.argument("mission")
@click.option("--since", help="Another hour than the last briefing's, as 16:00 on the mission's clock.")
@click.option("--at", help="As it stood at this moment, as 2026-11-22T09:00 (the mission's own time unless told).")
@language_option
@out_option
@click.pass_obj
def briefing(context: Context, mission: str, since: str | None, at: str | None, lang: str, out: Path | None) -> None:
    """Write the coordinator's briefing: one page, as the day stands now or stood at an hour gone by."""
    from observer_kit.statements.papers import briefing as form
    from observer_kit.web.moments import moment_at
    from observer_kit.web.sheets import briefing as sheet
    from observer_kit.web.sheets.hours import hour

    def make(tx: Any, found: Any) -> Any:
        stood = hour(tx, found, clock.now(), None if at is None else moment_at(at, found.zone, "--at"))
        return form.paper(sheet.gather(stood, sheet.since_of(found, stood.at, _hour(since))), lang)

    _write(context, mission, lang, out, "briefing", make)


@paper.command()
@click.argument("mission")
@click.option("--state", type=click.Choice(("new", "in_hand", "passed_on", "closed")), help="Only these.")
@click.option("--region", help="Only of this region.")
@click.option("--team", help="Only of this team.")
@language_option
@out_option
@click.pass_obj
def incidents(
    context: Context, mission: str, state: str | None, region: str | None, team: str | None, lang: str,
    out: Path | None,
) -> None:  # fmt: skip
    """Write the incident digest: by state and severity, with every step taken."""
    from observer_kit.statements.papers import incidents as form
    from observer_kit.storage.filters import Filters
    from observer_kit.web.sheets import incidents as sheet

    def make(tx: Any, found: Any) -> Any:
        filters = Filters(region=region, team=team)
        narrowed = sheet.narrowed_by(tx, found, filters, state)
        return form.paper(sheet.gather(tx, found, clock.now(), filters, state, narrowed=narrowed), lang)

    _write(context, mission, lang, out, "incidents", make)


@paper.command()
@click.argument("mission")
@click.argument("id")
@click.option("--as-form", is_flag=True, help="As the paper form, filled in.")
@language_option
@out_option
@click.pass_obj
def submission(context: Context, mission: str, id: str, as_form: bool, lang: str, out: Path | None) -> None:
    """Write one submission with its photos, reviews and history."""
    from observer_kit.statements.papers import submission as form
    from observer_kit.web.sheets import forms
    from observer_kit.web.sheets import submission as sheet

    def make(tx: Any, found: Any) -> Any:
        if as_form:
            return forms.filled(tx, found, id)
        return form.paper(sheet.gather(tx, context.config, found, id), lang)

    _write(context, mission, lang, out, f"{'form' if as_form else 'submission'}-{id[:8]}", make)


@paper.command()
@click.argument("mission")
@click.argument("name")
@language_option
@out_option
@click.pass_obj
def checklist(context: Context, mission: str, name: str, lang: str, out: Path | None) -> None:
    """Write a checklist's blank form with the mission's name on it."""
    from observer_kit.web import numbers
    from observer_kit.web.sheets import forms

    def make(tx: Any, found: Any) -> Any:
        return forms.blank(found, numbers.checklist_named(tx, found.code, name))

    _write(context, mission, lang, out, f"form-{name}", make)


@paper.command()
@click.argument("mission")
@click.option("--region", help="Only teams of this region.")
@language_option
@out_option
@click.pass_obj
def calls(context: Context, mission: str, region: str | None, lang: str, out: Path | None) -> None:
    """Write the call sheet: the teams that owe something overdue."""
    from observer_kit.statements.papers import calls as form
    from observer_kit.web.chase import Wanted
    from observer_kit.web.sheets import calls as sheet

    def make(tx: Any, found: Any) -> Any:
        rows, head = sheet.gather(tx, found, clock.now(), Wanted(region=region))
        return form.paper(rows=rows, language=lang, **head)

    _write(context, mission, lang, out, "calls", make)


@paper.command()
@click.argument("mission")
@click.option("--team", help="Only this team.")
@click.option("--region", help="Only teams of this region.")
@click.option("--no-phones", is_flag=True, help="Without the teams' telephone numbers.")
@language_option
@out_option
@click.pass_obj
def deployment(
    context: Context, mission: str, team: str | None, region: str | None, no_phones: bool, lang: str, out: Path | None
) -> None:
    """Write the deployment plan: each team's stations, hours and reports, a page for each team."""
    from observer_kit.statements.papers import deployment as form
    from observer_kit.web.chase import Wanted
    from observer_kit.web.sheets import deployment as sheet

    def make(tx: Any, found: Any) -> Any:
        wanted = Wanted(region=region, team=team)
        return form.paper(sheet.gather(tx, found, clock.now(), wanted, phones=not no_phones), lang)

    _write(context, mission, lang, out, "deployment", make)


def _write(
    context: Context, mission: str, lang: str, out: Path | None, what: str, make: Callable[[Any, Any], Any]
) -> None:
    """Gather in the paper's language, set it, write the file, and print its path."""
    from observer_kit.storage import missions
    from observer_kit.web.exports import name_of, note
    from observer_kit.web.speech import speaking

    with context.store.reading() as tx:
        found = missions.get(tx, mission)
        with speaking(lang):
            made = make(tx, found)
    place = out or context.config.exports / f"{name_of(found, what)}-{lang}.pdf"
    content = made.pdf()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(place)) from None
    note(context.store, mission, place.name, {"language": lang}, None)
    click.echo(str(place))


def _hour(text: str | None) -> time | None:
    try:
        return None if text is None else time.fromisoformat(text)
    except ValueError:
        raise HourUnreadable(f"expected an hour as 16:00, found {text!r:.40}", place="--since") from None
