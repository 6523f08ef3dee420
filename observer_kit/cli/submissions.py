"""`submissions`: take envelopes in from a file, list what is stored, show one."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
import orjson

from observer_kit.cli import Context
from observer_kit.errors import OutputUnwritable
from observer_kit.exchange.arrivals import Arrival, mission_keys, receipts, receipts_file, take
from observer_kit.exchange.bundle import parts
from observer_kit.storage import listing, missions
from observer_kit.storage import submissions as stored
from observer_kit.storage.filters import Filters
from observer_kit.storage.intake import Intake
from observer_kit.storage.typed import VIA

_format = click.option("--format", "shape", type=click.Choice(("table", "json")), default="table", show_default=True)


@click.group()
def submissions() -> None:
    """Take envelopes in from a file, list submissions, show one."""


@submissions.command("import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--accept-unsigned",
    is_flag=True,
    help="Count envelopes that no enrolled phone signed; each is marked with a finding.",
)
@click.option(
    "--receipts",
    "out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the receipts into this file, for the phones to read.",
)
@click.pass_obj
def import_(context: Context, files: tuple[Path, ...], accept_unsigned: bool, out: Path | None) -> None:
    """Take in what phones hand over as files, or one envelope a line, as POST /api/submissions would.

    A bad line is named, the others are kept. An envelope of a phone is checked
    against that phone's key, and refused without its signature, unless told
    otherwise; one of a phone that nobody enrolled is stored in quarantine.
    """
    intake = Intake(context.store, context.config)
    keys_of = mission_keys(context.store, context.config)
    counts: Counter[str] = Counter()
    proofs: list[dict[str, Any]] = []
    for path in files:
        with (
            path.open("rb") as file,
            click.progressbar(length=path.stat().st_size, label=path.name, file=sys.stderr) as bar,
        ):
            arrivals = take(context.store, intake, parts(file, keys_of), via="file", accept_unsigned=accept_unsigned)
            for each in arrivals:
                counts["listed, not there" if not each.line else each.status] += 1
                if "error" in each.result:
                    _complain(path, each)
                proofs += receipts([each])
                bar.update(file.tell() - bar.pos)
    if out is not None:
        _write(out, receipts_file(proofs))
    click.echo(", ".join(f"{counts[status]} {status}" for status in sorted(counts)) or "no envelopes")
    if counts["malformed"] or counts["conflict"] or counts["listed, not there"]:
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
        page = listing.page(tx, mission, Filters(**filters), offset, limit)
    if shape == "json":
        click.echo(orjson.dumps({"total": page.total, "rows": page.rows}, option=orjson.OPT_INDENT_2))
        return
    for row in page.rows:
        place = row.location or row.location_name or "-"
        notes = f"{row.problems} problems, {len(row.findings)} findings"
        notes += f", typed in ({row.via})" if row.via in VIA else ""
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
    if found.envelope.sealed:
        click.echo(f"came sealed to the key {found.envelope.sealed}")
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


def _complain(path: Path, arrival: Arrival) -> None:
    error = arrival.result["error"]
    where = f" ({error['place']})" if error.get("place") else ""
    line = f" line {arrival.line}" if arrival.line else ""
    click.echo(f"{path.name}{line}{where}: {error['message']} [{error['code']}]", err=True)


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(out)) from error
