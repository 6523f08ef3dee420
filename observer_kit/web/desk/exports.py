"""Submissions as files: those of one checklist as CSV or XLSX, the whole mission as Parquet or CSV in an archive."""

from __future__ import annotations

from flask import Response

from observer_kit.exchange import everything
from observer_kit.web import exports, numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import read_filters
from observer_kit.web.downloads import download, given_file, noted


@bp.get("/submissions/of/<checklist>.csv", defaults={"format": "csv"})
@bp.get("/submissions/of/<checklist>.xlsx", defaults={"format": "xlsx"})
@audience(*READERS)
def submissions_file(mission: str, checklist: str, format: str) -> Response:
    """Give every submission of a checklist that fits the filters, with all its answers."""
    found = this_mission()
    filters = read_filters(checklist=checklist)
    with store().reading() as tx:
        numbers.checklist_named(tx, mission, checklist)
        asked = exports.asked_of(tx, mission, checklist)
    name = exports.name_of(found, f"submissions-{checklist}")
    head = everything.head(asked, exports.marks_of(found))
    return download(name, format, head, exports.rows(store(), found, checklist, filters, asked))


@bp.get("/export/parquet.zip", defaults={"kind": "parquet"})
@bp.get("/export/csv.zip", defaults={"kind": "csv"})
@audience(*READERS)
def export(mission: str, kind: str) -> Response:
    """Give the whole mission in one archive."""
    found = this_mission()
    name = f"{exports.name_of(found, kind)}.zip"
    noted(name)
    return given_file(name, "application/zip", exports.archive(store(), found, kind))
