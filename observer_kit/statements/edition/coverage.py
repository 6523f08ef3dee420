"""The annexes on coverage: reports by checklist and region, and the stations visited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from observer_kit.checklists.model import STAGES
from observer_kit.statements.edition.figure_rows import NOTHING
from observer_kit.statements.edition.model import STATION, Edition, Table
from observer_kit.statements.text.agreement import digits

COMMISSION: Final = "commission"
Say = Callable[..., str]


def coverage(edition: Edition, say: Say) -> list[Table]:
    """Count the reports by checklist and region; a reconstruction prints only what its source prints."""
    evidence, language = edition.evidence, edition.language
    if evidence is None or edition.reconstruction:
        return []
    rows, regions = [], {}
    names = sorted(evidence.checklists, key=lambda name: (STAGES.index(evidence.checklists[name].stage), name))
    for name in names:
        reports = evidence.reports.get(name, ())
        if not reports:
            continue
        checklist = evidence.checklists[name]
        expected = edition.mission.expected.get(checklist.stage)
        stations = len({report.location for report in reports if report.location})
        title = checklist.title.get(language) or name
        rows.append(
            [title, digits(len(reports), language), digits(stations, language),
             NOTHING if expected is None else digits(expected, language)]
        )  # fmt: skip
        regions[title] = Counter(edition.regions.get(report.region or "") for report in reports)
    if not rows:
        return []
    places = "places" if any(report.kind == COMMISSION for each in evidence.reports.values() for report in each) else ""
    head = [say("col_checklist"), say("col_reports"), say(f"col_{places or 'stations'}"), say("col_expected")]
    tables = [Table(say("coverage_caption" + (f"_{places}" if places else "")), head, rows, (1, 2, 3))]
    met = sorted({name for counts in regions.values() for name in counts if name is not None})
    lines = [
        [name, *(digits(counts[name], language) if counts[name] else NOTHING for counts in regions.values())]
        for name in met
    ]
    if any(counts[None] for counts in regions.values()):
        lines.append([say("elsewhere"), *(digits(counts[None], language) for counts in regions.values())])
    if met:
        columns = tuple(range(1, len(regions) + 1))
        tables.append(Table(say("coverage_regions"), [say("col_region"), *regions], lines, columns))
    return tables


def stations(edition: Edition, say: Say) -> list[tuple[str, list[str]]]:
    """Name the stations visited, region by region, where the mission lets them be named."""
    if not edition.stations or edition.reconstruction or edition.evidence is None:
        return []
    visited = {report.location for reports in edition.evidence.reports.values() for report in reports}
    by_region: dict[str, list[str]] = {}
    for code in sorted(code for code in visited if code):
        location = edition.locations.get(code)
        if location is None or location.kind != STATION:
            continue
        region = edition.regions.get(location.region or "") or say("elsewhere")
        by_region.setdefault(region, []).append(location.number or location.called(edition.language))
    return sorted(by_region.items())
