"""Columns that go on are the columns read anew, and both count what a slow look at every report counts."""

from collections import Counter
from dataclasses import replace
from itertools import count

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observer_kit.checklists.versions import seal
from observer_kit.missions.model import Location, Team
from observer_kit.statistics import build, tally
from observer_kit.statistics.coverage import Reached, reached
from observer_kit.statistics.tallies import GROUPS
from observer_kit.storage import answers, checklists, missions, register, reviews, submissions
from observer_kit.web import columns as kept
from observer_kit.web.columns import columns_of, drop
from tests.builders import question
from tests.web.conftest import RATING, VOTING, Sender, mission, station

NUMBER = count()
CONDUCT = VOTING.sections[1]
NEXT = seal(
    replace(
        VOTING,
        sections=(
            VOTING.sections[0],
            replace(
                CONDUCT,
                questions=tuple(
                    question("vo_overall", "rating", (*RATING[:2], "neutral", *RATING[2:]))
                    if each.name == "vo_overall"
                    else each
                    for each in CONDUCT.questions
                    if each.name != "vo_woman_chair"
                ),
            ),
        ),
    )
)

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "vo_stuffing": st.sampled_from(["yes", "no", "not_observed", "not_applicable", "", "rubbish"]),
        "vo_woman_chair": st.sampled_from(["yes", "no"]),
        "vo_present": st.lists(st.sampled_from(["party", "press"]), unique=True),
        "vo_women": st.sampled_from([0, 3, 7, 200, -1, "not_observed"]),
        "vo_overall": st.sampled_from(["good", "bad", "neutral"]),
    },
)
WHICH = st.integers(0, 20)
SENT = st.tuples(
    st.just("send"), ANSWERS, st.sampled_from(["R-1", "R-2", "R-9", None]), st.sampled_from(["T01", "T02"])
)
ACTS = st.lists(
    st.one_of(
        SENT, SENT, SENT,
        st.tuples(st.just("correct"), ANSWERS, WHICH),
        st.tuples(st.sampled_from(["excluded", "received", "verified", "queried"]), WHICH),
        st.tuples(st.just("stranger"), ANSWERS),
        st.tuples(st.sampled_from(["look", "look", "register", "publish"])),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


def act(store, sender, code, done, each, sent):
    kind = each[0]
    version = NEXT if "publish" in done else VOTING
    if kind == "send":
        sent.append(sender.send(each[1], checklist=VOTING, version=version.version, location=each[2], team=each[3]))
    elif kind == "correct" and sent:
        old, visit = sent[each[2] % len(sent)]
        sent.append(sender.send(each[1], version=version.version, supersedes=old, visit=visit))
    elif kind == "stranger":
        sent.append(sender.send(each[1], version=version.version, device="a-stranger", expected="quarantined"))
    elif kind == "look":
        with store.reading() as tx:
            columns_of(tx, code, NEXT if "publish" in done else VOTING)
    elif kind == "register":
        with store.atomic() as tx:
            place(tx, code, "B")
    elif kind == "publish":
        with store.atomic() as tx:
            checklists.publish(tx, code, NEXT)
    elif len(each) > 1 and sent:
        with store.atomic() as tx:
            reviews.add(tx, code, sent[each[1] % len(sent)][0], kind, "a reason", None)
    done.append(kind)


def place(tx, code, region):
    register.replace(tx, code, [
        Location("A", "region", "Almaty"), Location("B", "region", "Aktobe"),
        station("R-1", region, "urban"), station("R-2", "B", "rural"),
    ])  # fmt: skip


def slow(reports, row, by):
    """Count one row's answers by looking at every report."""
    group = [r for r in reports if by is None or (None if getattr(r, by) is None else str(getattr(r, by))) == row.group]
    given_answers = [r.answers[row.question] for r in group if row.question in r.answers]
    return len(group), Counter(
        "problem" if isinstance(value, dict) else "missing" if value in (None, "", []) else
        value if value in ("not_applicable", "not_observed") else "answered"
        for value in given_answers
    )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_any_sequence_of_events_gives_the_numbers_of_columns_read_anew(store, config, acts):
    code = f"grow-{next(NUMBER)}"
    with store.atomic() as tx:
        missions.save(tx, mission(code))
        place(tx, code, "A")
        register.save_teams(tx, code, [Team("T01", "T01", "A"), Team("T02", "T02", "B")])
        checklists.publish(tx, code, VOTING)
    sender, done, sent = Sender(store, config, code), [], []
    for each in acts:
        act(store, sender, code, done, each, sent)
    current = NEXT if "publish" in done else VOTING
    with store.reading() as tx:
        gone_on = columns_of(tx, code, current)
        drop(tx, code, "voting")
        anew = columns_of(tx, code, current)
        stands = submissions.standing(tx, code)
        reports = list(submissions.reports(tx, code, "voting"))
        versions = checklists.versions(tx, code, "voting")
    assert anew is not gone_on
    assert np.array_equal(gone_on.sequence, anew.sequence)
    assert reached(gone_on) == reached(anew)
    assert all(gone_on.dimensions[name].values == each.values for name, each in anew.dimensions.items())
    for by in (None, *GROUPS[:6]):
        rows = tally(gone_on, current, by=by)
        assert rows == tally(anew, current, by=by)
        bare = tally(build(reports, current, versions), current, by=by)
        for row, one in zip(rows, bare, strict=True):
            assert row._replace(superseded=None, excluded=None, quarantined=None) == one
            size, states = slow(reports, row, by)
            assert (row.reports, row.answered, row.missing, row.problems) == (
                size, states["answered"], states["missing"], states["problem"],
            )  # fmt: skip
            assert (row.not_observed, row.not_applicable) == (states["not_observed"], states["not_applicable"])
    whole = tally(gone_on, current)[0]
    assert (whole.superseded, whole.excluded, whole.quarantined) == (
        stands["superseded"], stands["excluded"], stands["quarantined"],
    )  # fmt: skip


def test_what_arrives_is_read_alone_and_the_rest_is_not_read_again(store, sender, monkeypatch):
    first, visit = sender.send({"vo_stuffing": "no"})
    for _ in range(5):
        sender.send({"vo_stuffing": "no"})
    read = []
    true = answers.blocks

    def watched(*args, **named):
        for block in true(*args, **named):
            read.append(len(block[2]))
            yield block

    monkeypatch.setattr(kept.answers, "blocks", watched)
    with store.reading() as tx:
        columns_of(tx, "m-1", VOTING)
    assert sum(read) == 6
    read.clear()
    sender.send({"vo_stuffing": "yes"}, supersedes=first, visit=visit)
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", seal(replace(VOTING, name="opening", stage="opening")))
    with store.reading() as tx:
        row = tally(columns_of(tx, "m-1", VOTING), VOTING, question="vo_stuffing")[0]
    assert (row.reports, row.counts["yes"], row.superseded) == (6, 1, 1)
    assert sum(read) == 2  # the correction, and the one that it took the place of


def test_a_station_whose_only_report_no_longer_counts_was_not_reached(store, sender):
    first, _ = sender.send({"vo_stuffing": "no"}, location="R-1", team="T01")
    second, _ = sender.send({"vo_stuffing": "no"}, location="R-2", team="T02")
    with store.reading() as tx:
        assert reached(columns_of(tx, "m-1", VOTING)).locations == {"R-1", "R-2"}
    for id, left in ((second, {"R-1"}), (first, set())):
        with store.atomic() as tx:
            reviews.add(tx, "m-1", id, "excluded", "a reason", None)
        with store.reading() as tx:
            found = reached(columns_of(tx, "m-1", VOTING))
        assert found.locations == left
    assert found == Reached()
