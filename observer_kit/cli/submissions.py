"""`submissions`: take envelopes in from a file, list what is stored, show one."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
import orjson

from observer_kit.cli import Context
from observer_kit.errors import KitError, MissionUnknown
from observer_kit.exchange.lines import Unreadable, batches
from observer_kit.storage import devices, missions
from observer_kit.storage import submissions as stored
from observer_kit.storage.intake import Intake
from observer_kit.trust.model import Device

_format = click.option("--format", "shape", type=click.Choice(("table", "json")), default="table", show_default=True)


@click.group()
def submissions() -> None:
    """Take envelopes in from a file, list submissions, show one."""


@submissions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--accept-unsigned",
    is_flag=True,
    help="Count envelopes that no enrolled phone signed; each is marked with a finding.",
)
@click.pass_obj
def import_(context: Context, file: Path, accept_unsigned: bool) -> None:
    """Take in one envelope a line, as POST /api/submissions would; a bad line is named, the others are kept.

    An envelope of a phone is checked against that phone's key, and refused
    without its signature, unless told otherwise; one of a phone that nobody
    enrolled is stored in quarantine.
    """
    intake = Intake(context.store, context.config)
    counts: Counter[str] = Counter()
    with click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr) as bar:
        for numbers, envelopes, size in batches(file):
            for number, result in zip(numbers, _take(context, intake, envelopes, accept_unsigned), strict=True):
                counts[result["status"]] += 1
                if "error" in result:
                    _complain(file, number, result)
            bar.update(size)
    click.echo(", ".join(f"{counts[status]} {status}" for status in sorted(counts)) or "no envelopes")
    if counts["malformed"] or counts["conflict"]:
        sys.exit(2)


@submissions.command("list")
@click.argument("mission")
@click.option("--checklist")
@click.option("--region")
@click.option("--team")
@click.option("--location")
@click.option("--review", type=click.Choice(("received", "queried", "verified", "excluded")))
@click.option("--counted/--not-counted", default=None, help="Only those that count, or only those that do not.")
@click.option("--with-problems", is_flag=True)
@click.option("--with-findings", is_flag=True)
@click.option("--question", help="Only those that were asked this question.")
@click.option("--answer", help="… and answered it so; also missing, problem, not_observed, not_applicable, not_asked.")
@click.option("--search")
@click.option("--offset", type=click.IntRange(0), default=0)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@_format
@click.pass_obj
def list_(context: Context, /, mission: str, offset: int, limit: int, shape: str, **filters: Any) -> None:
    """List a mission's submissions, the latest received first."""
    with context.store.reading() as tx:
        missions.get(tx, mission)
        page = stored.page(tx, mission, stored.Filters(**filters), offset, limit)
    if shape == "json":
        click.echo(orjson.dumps({"total": page.total, "rows": page.rows}, option=orjson.OPT_INDENT_2))
        return
    for row in page.rows:
        place = row.location or row.location_name or "-"
        notes = f"{row.problems} problems, {len(row.findings)} findings"
        click.echo(f"{row.id}  {row.received:%Y-%m-%d %H:%M}  {row.checklist:<11} {place:<10} {row.team or '-':<6} "
                   f"{row.state:<11} {row.review:<9} {notes}")  # fmt: skip
    click.echo(f"{len(page.rows)} of {page.total}")


@submissions.command()
@click.argument("id")
@_format
@click.pass_obj
def show(context: Context, id: str, shape: str) -> None:
    """Show one submission: as sent, as judged, as it stands."""
    with context.store.reading() as tx:
        found = stored.get(tx, stored.mission_of(tx, id), id)
    if shape == "json":
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    row, judged = found.row, found.submission
    click.echo(f"{row.id}: {row.checklist}, {row.state}, {row.review}")
    click.echo(f"location {row.location or row.location_name or '-'}, team {row.team or '-'}, visit {row.visit}")
    click.echo(f"received {row.received:%Y-%m-%d %H:%M:%S} UTC by {found.via}, chain row {row.sequence}")
    click.echo(f"hash {found.envelope.hash}")
    if row.quarantine:
        click.echo(f"in quarantine: {row.quarantine}")
    if row.successor:
        click.echo(f"superseded by {row.successor}")
    for review in found.reviews:
        click.echo(f"review: {review.state} ({review.reason})")
    for question, answer in judged.answers.items():
        comment = f"  — {judged.comments[question]}" if question in judged.comments else ""
        click.echo(f"  {question}: {orjson.dumps(answer).decode()}{comment}")
    for problem in judged.problems:
        click.echo(f"problem: {problem.question}: {problem.code}")
    for finding in judged.findings:
        click.echo(f"finding: {finding.code} {finding.question or ''}".rstrip())


def _take(context: Context, intake: Intake, envelopes: list[Any], accept_unsigned: bool) -> list[dict[str, Any]]:
    """Hand each mission's envelopes to the intake; gives the results in the order of the lines."""
    results: dict[int, dict[str, Any]] = {}
    by_mission: dict[str, list[int]] = {}
    for place, envelope in enumerate(envelopes):
        mission = envelope.get("mission") if isinstance(envelope, dict) else None
        if isinstance(mission, str):
            by_mission.setdefault(mission, []).append(place)
        else:
            reason = envelope if isinstance(envelope, Unreadable) else "an envelope is an object with its mission"
            results[place] = {"id": None, "status": "malformed", "error": {"code": "malformed", "message": str(reason)}}
    for mission, places in by_mission.items():
        try:
            device = _file_device(context, mission)
        except MissionUnknown as error:
            results.update({place: _refused(envelopes[place], error) for place in places})
            continue
        taken = intake.receive(
            [envelopes[place] for place in places], device=device, via="file", accept_unsigned=accept_unsigned
        )
        results.update(zip(places, taken, strict=True))
    return [results[place] for place in range(len(envelopes))]


def _file_device(context: Context, mission: str) -> Device:
    with context.store.atomic() as tx:
        return devices.office(tx, mission, "file")


def _refused(envelope: dict[str, Any], error: KitError) -> dict[str, Any]:
    return {"id": envelope.get("id"), "status": "malformed", "error": error.as_dict()}


def _complain(file: Path, number: int, result: dict[str, Any]) -> None:
    error = result["error"]
    where = f" ({error['place']})" if error.get("place") else ""
    click.echo(f"{file.name} line {number}{where}: {error['message']} [{error['code']}]", err=True)
