"""The office on both databases: frozen data sets, texts of two tabs, remarks, versions; check proves all of it."""

from __future__ import annotations

import hashlib
from random import Random

import pytest
from sqlalchemy import text

from observer_kit.errors import Conflict, NotFound, TooLarge
from observer_kit.storage import (
    Store,
    chain,
    figure_notes,
    missions,
    register,
    releases,
    remarks,
    section_texts,
    snapshots,
    statements,
)
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.storage.office_acts import KINDS
from tests.phones import MISSION, Phone, a_mission
from tests.storage.test_check import tamper

CONTENT = {"figures": [{"name": "stuffing", "numerator": 13, "stations": ["A-1"]}], "locations": {"A-1": "Школа № 1"}}


@pytest.fixture
def draft(store: Store, phone: Phone) -> str:
    with store.atomic() as tx:
        taken = snapshots.take(tx, MISSION, "0" * 64, CONTENT, None)
        return statements.create(
            tx, MISSION, style="sco", language="en", snapshot=taken,
            texts=[("conduct", "It was calm."), ("verdict", "")], by="ann",
        )  # fmt: skip


def save(
    store: Store, draft: str, said: str, base: int | None, tab: str, turn: int, by: str = "ann"
) -> tuple[str, int]:
    with store.atomic() as tx:
        done = section_texts.save(tx, MISSION, draft, "conduct", said, base=base, tab=tab, turn=turn, by=by)
    return done.state, done.sequence


def conduct(store: Store, draft: str) -> section_texts.Standing:
    with store.reading() as tx:
        return section_texts.standing(tx, draft)["conduct"]


def test_a_data_set_stays_as_it_was_whatever_becomes_of_the_mission(store: Store, draft: str) -> None:
    with store.reading() as tx:
        taken = snapshots.all(tx, MISSION)[0]
    with store.atomic() as tx:
        missions.save(tx, a_mission(organisation="Others"))
        register.replace(tx, MISSION, [])
    with store.reading() as tx:
        assert snapshots.content(tx, MISSION, taken.id) == CONTENT
        assert snapshots.get(tx, MISSION, taken.id) == taken
        with pytest.raises(NotFound):
            snapshots.content(tx, "another", taken.id)


def test_one_page_saves_along_one_line(store: Store, draft: str) -> None:
    root = conduct(store, draft).head.sequence
    state, first = save(store, draft, "It was calm. Mostly.", root, "a", 1)
    assert state == "stored"
    assert save(store, draft, "It was calm. Mostly.", root, "a", 1) == ("known", first)  # the answer was lost
    state, second = save(store, draft, "It was mostly calm.", root, "a", 2)  # it does not know of the first yet
    assert (state, conduct(store, draft).head.base) == ("stored", first)
    assert save(store, draft, "overtaken", root, "a", 1) == ("known", second)
    assert save(store, draft, "It was mostly calm.", second, "a", 3) == ("known", second)
    state, back = save(store, draft, "It was mostly calm", second, "a", 2)  # a form gone back to has no new turn
    assert (state, conduct(store, draft).head.sequence, conduct(store, draft).beside) == ("stored", back, ())


def test_a_page_that_began_earlier_overwrites_nothing(store: Store, draft: str) -> None:
    root = conduct(store, draft).head.sequence
    _, mine = save(store, draft, "Mine.", root, "a", 1)
    state, theirs = save(store, draft, "Theirs.", root, "b", 1, by="bob")
    assert state == "beside"
    assert save(store, draft, "Theirs, longer.", theirs, "b", 2, by="bob")[0] == "stored"
    assert save(store, draft, "Mine, longer.", mine, "a", 2)[0] == "stored"
    stands = conduct(store, draft)
    assert (stands.head.text, [each.text for each in stands.beside]) == ("Mine, longer.", ["Theirs, longer."])
    beside = stands.beside[0].sequence
    with pytest.raises(Conflict), store.atomic() as tx:
        section_texts.settle(tx, MISSION, draft, "conduct", "x", base=mine, merges=[beside], by="ann")
    with store.atomic() as tx:
        section_texts.settle(
            tx, MISSION, draft, "conduct", "Both.", base=stands.head.sequence, merges=[beside], by="ann"
        )
    assert (conduct(store, draft).head.text, conduct(store, draft).beside) == ("Both.", ())
    # A page that was open all the while goes on: it stands beside again, and is lost no more than before.
    assert save(store, draft, "Theirs, once more.", theirs, "b", 3, by="bob")[0] == "stored"
    assert [each.text for each in conduct(store, draft).beside] == ["Theirs, once more."]
    with store.reading() as tx:
        kept = {each.text for each in section_texts.history(tx, draft, "conduct")}
    assert kept >= {"Mine.", "Theirs.", "Mine, longer.", "Theirs, longer.", "Both.", "It was calm."}


def test_whatever_two_pages_do_every_word_is_kept(store: Store, draft: str) -> None:
    random, said = Random(5), set()
    known = dict.fromkeys("ab", conduct(store, draft).head.sequence)
    turns = dict.fromkeys("ab", 0)
    for step in range(40):
        tab = random.choice("ab")
        turns[tab] += 1
        words = f"{tab}{step}"
        said.add(words)
        _, sequence = save(store, draft, words, known[tab], tab, turns[tab])
        if random.random() < 0.6:  # else the answer is lost on the way
            known[tab] = sequence
        if random.random() < 0.1:
            known[tab] = conduct(store, draft).head.sequence  # loaded anew
            tab_before = tab
            turns[tab_before] = max(turns.values())
    with store.reading() as tx:
        assert {each.text for each in section_texts.history(tx, draft, "conduct")} >= said
    stands = conduct(store, draft)
    last = {max((w for w in said if w[0] == tab), key=lambda w: int(w[1:])) for tab in "ab"}
    assert last <= {stands.head.text, *(each.text for each in stands.beside)}


def test_writing_moves_no_number_and_what_is_kept_of_them_holds(store: Store, draft: str) -> None:
    root = conduct(store, draft).head.sequence
    with store.reading() as tx:
        before = chain.revision(tx, MISSION)
    save(store, draft, "A word.", root, "a", 1)
    with store.atomic() as tx:
        remarks.add(tx, MISSION, draft, "conduct", "Is this so?", "bob")
    with store.reading() as tx:
        assert chain.revision(tx, MISSION) == before < chain.head(tx)[0]
    assert {*KINDS, "export"} == chain.QUIET


def test_a_saving_that_can_not_be_is_refused_and_leaves_nothing(store: Store, draft: str) -> None:
    with store.reading() as tx:
        before = chain.head(tx)
    for base, words, error in ((99_999, "x", NotFound), (None, "x", NotFound), (1, "x" * 200_001, TooLarge)):
        with pytest.raises(error):
            save(store, draft, words, base, "a", 1)
    with store.reading() as tx:
        assert chain.head(tx) == before


def test_what_was_said_is_settled_and_opened_again(store: Store, draft: str) -> None:
    with store.atomic() as tx:
        said = remarks.add(tx, MISSION, draft, "conduct", "Is this so?", "bob")
        remarks.settle(tx, MISSION, draft, said, "settled", "ann")
        remarks.settle(tx, MISSION, draft, said, "settled", "ann")
    with store.reading() as tx:
        [one] = remarks.of(tx, draft)
    assert (one.text, one.settled, one.settled_by) == ("Is this so?", True, "ann")
    with pytest.raises(NotFound), store.atomic() as tx:
        remarks.settle(tx, MISSION, "elsewhere", said, "reopened", "ann")


def publish(store: Store, draft: str, data: bytes = b"%PDF-1.7") -> int:
    sha256 = releases.keep(store.config, data)
    with store.atomic() as tx:
        found = statements.get(tx, MISSION, draft)
        return releases.publish(
            tx, found, digest=statements.digest(tx, found), version=releases.next_version(tx, found.series),
            sha256=sha256, size=len(data), content={"sections": {"conduct": "It was calm."}}, by="ann",
        )  # fmt: skip


def test_what_is_published_is_frozen_and_followed_by_its_correction(store: Store, draft: str) -> None:
    first = publish(store, draft)
    with store.reading() as tx:
        found = statements.get(tx, MISSION, draft)
        assert (found.state, found.open) == ("published", False)
        assert releases.file(store.config, releases.get(tx, MISSION, first).sha256).read_bytes() == b"%PDF-1.7"
    with pytest.raises(Conflict):
        publish(store, draft)
    with store.atomic() as tx:
        again = statements.create(
            tx, MISSION, style="sco", language="en", snapshot=found.snapshot, texts=[("conduct", "Corrected.")],
            by="ann", act="corrects", of=first, series=found.series, reason="a wrong number",
        )  # fmt: skip
    second = publish(store, again, b"%PDF-1.7 corrected")
    with store.reading() as tx:
        old, new = releases.get(tx, MISSION, first), releases.get(tx, MISSION, second)
    assert (old.version, old.followed, old.withdrawn) == (1, 2, False)
    assert (new.version, new.of, new.reason) == (2, first, "a wrong number")
    assert check(store) == []


def test_what_was_changed_while_the_file_was_made_is_not_published(store: Store, draft: str) -> None:
    with store.reading() as tx:
        found = statements.get(tx, MISSION, draft)
        digest = statements.digest(tx, found)
    with store.atomic() as tx:
        figure_notes.decide(tx, MISSION, "stuffing", "withheld", "one team only", "bob")
    with pytest.raises(Conflict), store.atomic() as tx:
        releases.publish(tx, found, digest=digest, version=1, sha256="0" * 64, size=1, content={}, by=None)


def test_whatever_of_the_office_is_altered_is_named(store: Store, draft: str, intake: Intake, phone: Phone) -> None:
    sent = phone.envelope({"vo_stuffing": "yes"})
    intake.receive([sent], device=phone.device, via="http")
    published = publish(store, draft)
    with store.atomic() as tx:
        figure_notes.decide(tx, MISSION, "stuffing", "footnote", "", "ann")
        figure_notes.translate(tx, MISSION, sent["id"], "vo_stuffing", "en", "Two men.", "ann")
        remarks.add(tx, MISSION, draft, "verdict", "Who writes this?", "bob")
    assert check(store) == []
    with store.reading() as tx:
        path = releases.file(store.config, releases.get(tx, MISSION, published).sha256)
    assert path.name == hashlib.sha256(b"%PDF-1.7").hexdigest()
    path.write_bytes(b"%PDF-1.8")
    tamper(
        store,
        "UPDATE snapshots SET content = replace(content, '13', '12')",
        "UPDATE section_texts SET text = 'It was not calm.' WHERE section = 'conduct'",
        "UPDATE figure_notes SET act = 'withheld'",
        "UPDATE translations SET text = 'One man.'",
        "DELETE FROM remarks",
    )
    assert {fault.kind for fault in check(store)} >= {
        "snapshot_altered", "section_text_altered", "figure_note_altered", "translation_altered", "row_missing",
        "published_altered",
    }  # fmt: skip
    path.unlink()
    assert "published_missing" in {fault.kind for fault in check(store)}


def test_translations_and_notes_can_be_taken_back(store: Store, draft: str, intake: Intake, phone: Phone) -> None:
    sent = phone.envelope({"vo_stuffing": "yes"})
    intake.receive([sent], device=phone.device, via="http")
    with store.atomic() as tx:
        for words in ("Two men.", ""):
            figure_notes.translate(tx, MISSION, sent["id"], "vo_stuffing", "en", words, None)
        figure_notes.translate(tx, MISSION, sent["id"], "vo_stuffing", "kk", "Екі адам.", None)
        for act in ("withheld", "free"):
            figure_notes.decide(tx, MISSION, "stuffing", act, "", None)
    with store.reading() as tx:
        assert [key[2] for key in figure_notes.translations(tx, [sent["id"]])] == ["kk"]
        assert figure_notes.latest(tx, MISSION) == {}
        assert len(figure_notes.history(tx, MISSION, "stuffing")) == 2
        assert tx.scalar(text("SELECT count(*) FROM figure_notes")) == 2
    with pytest.raises(NotFound), store.atomic() as tx:
        figure_notes.translate(tx, "another", sent["id"], "vo_stuffing", "en", "x", None)
