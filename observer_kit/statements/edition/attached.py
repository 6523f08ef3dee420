"""What a statement carries: its figures, the rows they can be counted from, and the list of both with hashes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from importlib.metadata import version
from typing import Any, Final

from observer_kit.statements.edition.archival import File
from observer_kit.statements.edition.beside import Told
from observer_kit.statements.edition.deidentified import written
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.pages import Page
from observer_kit.statements.model import Definition, Figure
from observer_kit.statistics.rounding import whole_percent

FIGURES: Final = "figures.csv"
ROWS: Final = "snapshot.json"
MANIFEST: Final = "manifest.json"
FORMAT: Final = "observer-kit statement, 1"
STATES: Final = ("not_applicable", "not_observed", "missing", "not_asked", "problems")
MAKERS: Final = ("observer-kit", "weasyprint", "pydyf", "fonttools", "pikepdf", "pyhanko", "babel")
COUNTED: Final = ("numerator", "denominator", "percent", *STATES)
_DEFINED: Final = (
    "kind", "unit", "measure", "base", "checklist", "question", "counted", "over", "of", "within", "where", "shows",
    "locator",
)  # fmt: skip
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}|")
COLUMNS: Final = ("number", "figure", "id", "label", *COUNTED, *_DEFINED)


def figures_csv(edition: Edition) -> bytes:
    """Write every figure of the annex with its definition; a number that the source does not print is left blank."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for place, figure in edition.numbered.items():
        table.writerow([_safe(value) for value in row_of(edition, place, figure)])
    return out.getvalue().encode()


def row_of(edition: Edition, place: int, figure: Figure) -> list[str]:
    """Give one figure's row as texts."""
    definition = figure.definition
    only = edition.only_percent(figure)
    counts: dict[str, Any] = {
        "numerator": None if only else figure.numerator,
        "denominator": None if only else figure.denominator,
        "percent": whole_percent(figure.numerator, figure.denominator) if definition.is_share else None,
        # No source prints non-answers: those of a reconstruction were made up.
        **{name: None if edition.reconstruction else getattr(figure, name) for name in STATES},
    }
    label = definition.label.get(edition.language) or definition.label.get("en", definition.id)
    defined = [_text(getattr(definition, name)) for name in _DEFINED]
    return [str(place), definition.name, definition.id, label, *(_text(counts[name]) for name in COUNTED), *defined]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={each}" for key, each in sorted(value.items()))
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _safe(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not text.lstrip("-").isdecimal() else text


def read_figures(content: bytes) -> dict[str, dict[str, str]]:
    """Read figures.csv back, by figure; raises ValueError for anything else."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8")), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if not lines or tuple(lines[0]) != COLUMNS or any(len(line) != len(COLUMNS) for line in lines):
        raise ValueError("no figures")
    rows = [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]]
    if not all(_NUMBER.fullmatch(row[key]) for row in rows for key in COUNTED):
        raise ValueError("a count that is no number")
    for key in ("number", "figure"):
        if len({row[key] for row in rows}) < len(rows):
            raise ValueError(f"a {key} stands twice")
    return {row["figure"]: row for row in rows}


def definition_of(row: Mapping[str, str]) -> Definition:
    """Make the definition that a row of figures.csv describes."""
    where = dict(part.split("=", 1) for part in row["where"].split("; ") if "=" in part)
    return Definition(
        id=row["id"], name=row["figure"], label={"en": row["label"]}, kind=row["kind"], unit=row["unit"],
        measure=row["measure"], base=row["base"] or None, checklist=row["checklist"] or None,
        question=row["question"] or None, counted=tuple(row["counted"].split()), over=row["over"] or None,
        of=row["of"] or None, within=row["within"] or None, where=where, shows=row["shows"], locator=row["locator"],
    )  # fmt: skip


def rows_json(edition: Edition) -> bytes | None:
    """Write the de-identified rows that this statement's figures are counted from; None without evidence."""
    if edition.evidence is None:
        return None
    about: dict[str, Any] = {"mission": edition.mission.code, "snapshot": edition.snapshot.identity}
    if edition.reconstruction:
        about["notice"] = "Reports made up so that published figures come out; nobody wrote them at a station."
    definitions = [figure.definition for figure in edition.numbered.values()]
    return written(definitions, edition.evidence, edition.mission.small_cell, about)


def manifest(
    edition: Edition, attached: Mapping[str, bytes], pages: Sequence[Page], told: Told, marks: Sequence[Any]
) -> bytes:
    """Write what the statement is made from, and what stands on each of its pages and beside them."""
    snapshot = edition.snapshot
    document = {
        "format": FORMAT,
        "mission": edition.mission.code,
        "style": edition.style.id,
        "language": edition.language,
        "state": edition.state,
        "version": edition.version,
        "replaces": edition.replaces,
        "snapshot": {
            "identity": snapshot.identity,
            "taken": snapshot.taken.astimezone(UTC).isoformat(timespec="seconds"),
            "submissions": len(snapshot.submissions),
            "standing": {name: count for name, count in snapshot.standing.items() if isinstance(count, int)},
            "checklists": {name: list(versions) for name, versions in snapshot.versions.items()},
        },
        "chain_head": snapshot.chain_head,
        "made_with": {name: version(name) for name in ("observer-kit", "weasyprint")},
        "attachments": {name: sha256(content) for name, content in sorted(attached.items())},
        "pages": [{"sha256": page.digest, "text": list(page.lines), "pictures": list(page.pictured)} for page in pages],
        "beside": {name: list(each) for name, each in told.items()},
        "printed": list(marks),
    }
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def made_with() -> dict[str, str]:
    """Name the versions of what sets, describes and signs a paper: with others its bytes may differ."""
    return {name: version(name) for name in MAKERS}


def sha256(content: bytes) -> str:
    """Hash an attachment."""
    return hashlib.sha256(content).hexdigest()


def files(edition: Edition, say: Any, attached: Mapping[str, bytes], listed: bytes) -> list[File]:
    """Give the attachments with their words and purposes."""
    kinds = {FIGURES: "text/csv", ROWS: "application/json"}
    made = [File(name, kinds[name], say(name.split(".")[0]), content) for name, content in attached.items()]
    return [*made, File(MANIFEST, "application/json", say("manifest"), listed, "Supplement")]
