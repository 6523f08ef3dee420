"""The annex on method: how the figures were made, and of which data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from observer_kit.statements.edition.front import moment
from observer_kit.statements.edition.model import STATION, Edition
from observer_kit.statements.text.agreement import digits

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Method:
    """How the figures were made: paragraphs, and facts of the data set (name, value, whether it is a code)."""

    paragraphs: Sequence[str]
    facts: Sequence[tuple[str, str, bool]]


def method(edition: Edition, say: Say) -> Method:
    """Say how the figures were made, and of which data set."""
    language, snapshot = edition.language, edition.snapshot
    standing = (snapshot.standing.get(key, 0) for key in ("superseded", "excluded", "quarantined"))
    paragraphs = [say("method_counts")]
    if edition.style.shares != "counts":
        paragraphs.append(say("method_rounding"))
    paragraphs += _drawn(edition, say)
    paragraphs += [say("method_words"), say("method_attached", n=edition.mission.small_cell)]
    facts = [
        (say("snapshot_taken"), say("snapshot_zone", moment=moment(edition), zone=edition.mission.zone), False),
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
