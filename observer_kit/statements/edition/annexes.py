"""The annexes: every figure, the method, the coverage, the stations, the checklists, the abbreviations."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_time

from observer_kit.checklists.model import STAGES
from observer_kit.config import resources
from observer_kit.statements.edition.counted import how, question_of
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar, digits
from observer_kit.statements.text.places import place_in
from observer_kit.statistics.rounding import screen_percent, stands_as

NOTHING: Final = "–"
STATION: Final = "polling_station"
COMMISSION: Final = "commission"
SILENT: Final = ("not_applicable", "not_observed", "missing", "not_asked")
"""The kinds of reports without an answer, as the table of figures has them."""
Say = Callable[..., str]
_TAGS: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex: its kind, its title as printed, and its rows as its kind has them."""

    kind: str
    title: str
    rows: Any


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure with everything a reader needs to check it."""

    place: int
    label: str
    question: str
    counts: Sequence[str]
    unit: str
    source: str
    difference: str
    regions: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `numbers` are the columns set to the right."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """How the figures were made: paragraphs, and facts of the data set (name, value, whether it is a code)."""

    paragraphs: Sequence[str]
    facts: Sequence[tuple[str, str, bool]]


def annexes(edition: Edition, say: Say) -> list[Annex]:
    """Give the annexes that have something to say, lettered in their order."""
    made: list[tuple[str, Any]] = [
        ("figures", figure_rows(edition, say)),
        ("method", _method(edition, say)),
        ("coverage", _coverage(edition, say)),
        ("stations", _stations(edition, say)),
        ("checklists", _checklists(edition, say)),
        ("abbreviations", _abbreviations(edition, say)),
    ]
    letters = say("letters").split()
    found: list[Annex] = []
    for kind, rows in made:
        if rows:
            annex = say("annex", letter=letters[len(found)])
            found.append(Annex(kind, say("annex_title", annex=annex, title=say(f"{kind}_title")), rows))
    return found


def counted_columns(edition: Edition) -> tuple[str, ...]:
    """Name the columns of what was counted; a style without shares has no per cents in its annex either."""
    return ("count", "base") if edition.style.shares == "counts" else ("count", "base", "percent")


def figure_rows(edition: Edition, say: Say) -> list[FigureRow]:
    """Give every figure of the annex."""
    return [_figure_row(edition, say, place, figure) for place, figure in edition.numbered.items()]


def _figure_row(edition: Edition, say: Say, place: int, figure: Figure) -> FigureRow:
    definition, language = figure.definition, edition.language
    only = edition.only_percent(figure)
    small = not only and stands_as(figure.denominator) == "counts"

    def number(value: int | None) -> str:
        return NOTHING if value is None else digits(value, language)

    counts = [
        say("gap") if figure.numerator is None else NOTHING if only else number(figure.numerator),
        NOTHING if only else number(figure.denominator or None),
        NOTHING
        if small
        else screen_percent(figure.numerator, figure.denominator).removesuffix(" %").replace(" ", "\u00a0"),
    ][: len(counted_columns(edition))]
    if not edition.reconstruction:
        counts += (number(getattr(figure, name)) for name in SILENT)
    question = question_of(edition, definition)
    quoted = [f"{s.ref} {s.place}" for s in question.sources] if question else []
    printed = "" if definition.locator in "; ".join(quoted) else place_in(definition.locator, language)
    sources = "; ".join(dict.fromkeys(place_in(each, language) for each in quoted))
    why = edition.differences.get(definition.name, "")
    return FigureRow(
        place=place,
        label=definition.label.get(language) or definition.label.get("en", definition.id),
        question=question.label.get(language, "") if question else "",
        counts=counts,
        unit=how(edition, figure, say),
        source=" · ".join(filter(None, (sources, say("printed_in", place=printed) if printed else ""))),
        difference=say("differs", why=why) if why else "",
        regions=_spread(edition, figure),
    )


def _spread(edition: Edition, figure: Figure) -> str:
    """Say in how many stations of each region; nothing where the stations were made up or are withheld."""
    if edition.reconstruction or figure.definition.name in edition.withheld:
        return ""
    found = (edition.locations.get(code) for code in figure.stations)
    names = (edition.regions.get(each.region or "") for each in found if each)
    met = Counter(name for name in names if name)
    return ", ".join(f"{name} {digits(met[name], edition.language)}" for name in sorted(met))


def _method(edition: Edition, say: Say) -> Method:
    language, snapshot = edition.language, edition.snapshot
    taken = snapshot.taken.astimezone(ZoneInfo(edition.mission.zone))
    day = Grammar(language, edition.mission.event).day(taken.date())
    moment = f"{day}, {format_time(taken, 'HH:mm', locale=language)}"
    standing = (snapshot.standing.get(key, 0) for key in ("superseded", "excluded", "quarantined"))
    paragraphs = [say("method_counts")]
    if edition.style.shares != "counts":
        paragraphs.append(say("method_rounding"))
    paragraphs += _drawn(edition, say)
    paragraphs += [say("method_words"), say("method_attached", n=edition.mission.small_cell)]
    facts = [
        (say("snapshot_taken"), say("snapshot_zone", moment=moment, zone=edition.mission.zone), False),
        (say("snapshot_counted"), digits(snapshot.standing.get("counted", len(snapshot.submissions)), language), False),
        (say("snapshot_standing"), " · ".join(digits(each, language) for each in standing), False),
        (say("snapshot_identity"), snapshot.identity, True),
        (say("snapshot_chain"), snapshot.chain_head, True),
    ]
    return Method(paragraphs, facts)


def _drawn(edition: Edition, say: Say) -> list[str]:
    """Say of a random sample what was drawn from how many, and from how many stations a report came."""
    sampling, language = edition.mission.sampling, edition.language
    if sampling is None:
        return []
    population = digits(sampling.population, language)
    if sampling.drawn:
        said = [say("method_drawn", drawn=digits(sampling.drawn, language), population=population)]
    else:
        said = [say("method_population", population=population)]
    ways = (("method_strata", sampling.strata), ("method_clusters", sampling.clusters))
    said += [say(key) for key, way in ways if way]
    if edition.evidence is not None:
        found = (report for each in edition.evidence.reports.values() for report in each if report.kind == STATION)
        reached = len({report.location for report in found if report.location})
        said.append(say("method_reached", reached=digits(reached, language)))
        if sampling.drawn and sampling.drawn >= reached:
            said.append(say("method_missed", missed=digits(sampling.drawn - reached, language)))
    return [" ".join(said)]


def _coverage(edition: Edition, say: Say) -> list[Table]:
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


def _stations(edition: Edition, say: Say) -> list[tuple[str, list[str]]]:
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


def _checklists(edition: Edition, say: Say) -> Table | None:
    rows = []
    for name, versions in edition.snapshot.versions.items():
        checklist = edition.checklists.get(name)
        title = checklist.title.get(edition.language, name) if checklist else name
        count = digits(sum(1 for _ in checklist.questions()), edition.language) if checklist else NOTHING
        rows.append([title, count, ", ".join(version[:12] for version in versions)])
    if not rows:
        return None
    return Table("", [say("col_checklist"), say("col_questions"), say("col_versions")], rows, (1,))


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    path = resources("templates") / "statements" / "abbreviations.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _abbreviations(edition: Edition, say: Say) -> Table | None:
    """Explain the abbreviations that the text uses."""
    text = " ".join(_TAGS.sub(" ", each.html) for each in edition.text.sections)
    known = _known().get(edition.language, {})
    rows = [[short, long] for short, long in known.items() if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", text)]
    return Table("", [say("col_abbreviation"), say("col_meaning")], rows) if rows else None
