"""Checks over several documents: protocols beside each other, beside what observers noted, beside their tables.

Each gives its results one by one: pass, fail with its signed difference, or
not computable with the reason in `note`. Nothing is corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, Final, Protocol

from observer_kit.protocols.checks import Check
from observer_kit.protocols.compare import Comparison
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE, PASS
from observer_kit.protocols.tables import Table

FINAL, PRELIMINARY = "final", "preliminary"
NO_POSTED_COPY: Final = "no_posted_copy"
TOO_FEW: Final = "too_few_protocols"
GROWN: Final = ("vo_voted_so_far", "vo_voters_seen")
"""What a visit must have asked for S15: how many had voted by the list, and how many the team saw voting."""
_Visit = tuple[datetime, datetime, int, int, str]


class Copy(Protocol):
    """What a check needs of a report: its id, place, region and judged answers."""

    @property
    def id(self) -> str:
        """Name the submission."""

    @property
    def location(self) -> str | None:
        """Name the place."""

    @property
    def region(self) -> str | None:
        """Name the region."""

    @property
    def answers(self) -> Mapping[str, Any]:
        """Give the judged answers."""


@dataclass(frozen=True, slots=True)
class Across:
    """What one check says of one place's field; the submissions and the table that it rests on."""

    rule: str
    state: str
    location: str | None
    field: str | None = None
    left: int | None = None
    right: int | None = None
    submissions: tuple[str, ...] = ()
    table: str | None = None
    note: str | None = None

    @property
    def difference(self) -> int | None:
        """Give left less right."""
        return None if self.left is None or self.right is None else self.left - self.right


@dataclass(frozen=True, slots=True)
class Printed:
    """An aggregation table with what it is: whose, preliminary or final, and whether it claims to hold every row."""

    name: str
    commission: str | None
    stage: str
    table: Table
    missing: tuple[str, ...] = ()
    whole: bool = True


def noted(check: Check, protocols: Iterable[Copy], others: Mapping[str, Sequence[Copy]]) -> Iterator[Across]:
    """S19: what observers noted live equals the protocol of the same station."""
    there = {name: _by_location(reports) for name, reports in others.items()}
    for protocol in protocols:
        for link in check.links:
            for report in there.get(link.checklist, {}).get(protocol.location or "", ()):
                left, right = _number(report.answers.get(link.question)), _number(protocol.answers.get(link.field))
                yield _equal("S19", protocol.location, link.field, left, right, (report.id, protocol.id))


def grown(check: Check, visits: Iterable[Copy]) -> Iterator[Across]:
    """S15: between two visits to a station the official number grew about as fast as people were seen voting."""
    paid: dict[str, list[_Visit]] = {}
    for report in visits:  # a mission may have a million: only what is asked of each is kept
        if report.location is not None and (visit := _visit(report)) is not None:
            paid.setdefault(report.location, []).append(visit)
    for location, found in paid.items():
        known = sorted(found)
        if len(known) < 2:
            continue
        first, last = known[0], known[-1]
        hours = (last[0] - first[0]).total_seconds() / 3600
        stayed = sum((departed - arrived).total_seconds() for arrived, departed, *_ in known) / 3600
        ids = (first[4], last[4])
        growth = last[2] - first[2]
        if hours <= 0 or stayed <= 0:
            yield Across("S15", NOT_COMPUTABLE, location, left=growth, submissions=ids, note="no_time")
            continue
        seen = round(sum(visit[3] for visit in known) / stayed * hours)
        fast = growth > check.factor * seen and growth - seen > check.ballots
        yield Across("S15", FAIL if fast or growth < 0 else PASS, location, "vo_voted_so_far", growth, seen, ids)


def invalid_shares(check: Check, protocols: Iterable[Copy]) -> Iterator[Across]:
    """S16: the invalid ballots of a protocol beside the share in the other protocols of its region."""
    regions: dict[str | None, list[tuple[Copy, int, int]]] = {}
    for protocol in protocols:
        valid, invalid = (_number(protocol.answers.get(name)) for name in ("valid", "invalid"))
        if valid is None or invalid is None:
            yield Across("S16", NOT_COMPUTABLE, protocol.location, "invalid", invalid, None, (protocol.id,))
        else:
            regions.setdefault(protocol.region, []).append((protocol, valid + invalid, invalid))
    for region, found in regions.items():
        ballots, spoilt = sum(each[1] for each in found), sum(each[2] for each in found)
        for protocol, own, invalid in found:
            rest = ballots - own
            if region is None or len(found) < check.at_least or not rest:
                yield Across(
                    "S16", NOT_COMPUTABLE, protocol.location, "invalid", invalid, None, (protocol.id,), note=TOO_FEW
                )  # fmt: skip
                continue
            expected = round((spoilt - invalid) / rest * own)
            far = invalid > check.factor * expected and invalid - expected > check.ballots
            state = FAIL if far else PASS
            yield Across("S16", state, protocol.location, "invalid", invalid, expected, (protocol.id,))


def posted(protocols: Iterable[Copy]) -> Iterator[Across]:
    """C1: a photo of the posted protocol is kept, and a program does not read it."""
    for protocol in protocols:
        yield Across("C1", NOT_COMPUTABLE, protocol.location, submissions=(protocol.id,), note=NO_POSTED_COPY)


def copies(protocols: Iterable[Copy]) -> Iterator[Across]:
    """C3: two copies of one station's protocol agree in every number that stands in both."""
    for location, found in _by_location(protocols).items():
        for one, other in combinations(found, 2):
            fields = [name for name, value in one.answers.items() if _number(value) is not None]
            both = [name for name in fields if _number(other.answers.get(name)) is not None]
            ids = (one.id, other.id)
            if not both:
                yield Across("C3", NOT_COMPUTABLE, location, submissions=ids)
            differing = [name for name in both if one.answers[name] != other.answers[name]]
            for name in differing:
                yield Across("C3", FAIL, location, name, one.answers[name], other.answers[name], ids)
            if both and not differing:
                yield Across("C3", PASS, location, submissions=ids)


def compared(rows: Iterable[tuple[str, str | None, str | None, Comparison]]) -> Iterator[Across]:
    """C2: each row of a table beside its protocol (table, location, submission, comparison)."""
    for table, location, submission, comparison in rows:
        state = {True: FAIL, False: PASS, None: NOT_COMPUTABLE}[comparison.differs]
        ids = (submission,) if submission else ()
        yield Across("C2", state, location, submissions=ids, table=table, note=" ".join(comparison.patterns) or None)


def summed(tables: Iterable[Printed], protocols: Iterable[Copy]) -> Iterator[Across]:
    """U1: a table's printed totals, and its commission's own protocol, are the sums of its rows, field by field."""
    own = {protocol.location: protocol for protocol in protocols}
    for printed in (each for each in tables if each.whole):
        fields = dict.fromkeys(field for row in printed.table.rows for field in row.cells)
        sums = {
            field: _sum([row.cells[field].value for row in printed.table.rows if field in row.cells])
            for field in fields
        }
        for total in printed.table.totals:
            for field, cell in total.cells.items():
                yield _equal("U1", printed.commission, field, cell.value, sums.get(field), (), printed.name)
        protocol = own.get(printed.commission) if printed.commission else None
        if protocol is not None:
            for field in fields:
                value = _number(protocol.answers.get(field))
                yield _equal("U1", printed.commission, field, value, sums[field], (protocol.id,), printed.name)


def rows_exist(tables: Iterable[Printed]) -> Iterator[Across]:
    """U3: every row is of a station that exists, none stands twice, none of the commission's is missing."""
    for printed in tables:
        twice = set(printed.table.doubled)
        for row in printed.table.rows:
            note = "doubled" if row.location in twice else row.why
            state = PASS if note is None else FAIL
            yield Across("U3", state, row.location or row.station or None, table=printed.name, note=note)
        for code in printed.missing:
            yield Across("U3", FAIL, code, table=printed.name, note="missing")


def preliminary(tables: Sequence[Printed]) -> Iterator[Across]:
    """U6: what was printed first and what is final, station by station and field by field."""
    first = {row.location: (row, each.name) for each in tables if each.stage == PRELIMINARY for row in each.table.rows}
    for printed in tables:
        for row in printed.table.rows if printed.stage == FINAL else ():
            if row.location is None or row.location not in first:
                continue
            before, _ = first[row.location]
            for field, cell in row.cells.items():
                if field in before.cells:
                    yield _equal(
                        "U6", row.location, field, cell.value, before.cells[field].value, (), printed.name
                    )  # fmt: skip


def _equal(
    rule: str, location: str | None, field: str, left: int | None, right: int | None, ids: tuple[str, ...],
    table: str | None = None,
) -> Across:  # fmt: skip
    state = NOT_COMPUTABLE if left is None or right is None else PASS if left == right else FAIL
    return Across(rule, state, location, field, left, right, ids, table)


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _by_location(reports: Iterable[Copy]) -> dict[str, list[Copy]]:
    found: dict[str, list[Copy]] = {}
    for report in reports:
        if report.location is not None:
            found.setdefault(report.location, []).append(report)
    return found


def _visit(report: Copy) -> _Visit | None:
    voted, seen = (_number(report.answers.get(name)) for name in GROWN)
    arrived, departed = (_moment(report.answers.get(name)) for name in ("arrival", "departure"))
    if voted is None or seen is None or arrived is None or departed is None or departed < arrived:
        return None
    return arrived, departed, voted, seen, report.id


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _number(value: Any) -> int | None:
    return value if type(value) is int else None
