"""A report that came sealed, at the desk: opened, shown like any other, and marked."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from observer_kit import clock
from observer_kit.trust import keys
from observer_kit.words import words
from tests.phones import seal_payload
from tests.web.conftest import VOTING, Sender

MARKS = {"en": "came sealed", "ru": "пришло в зашифрованном виде", "kk": "шифрланған күйде келді"}


def send_sealed(sender: Sender, payload: bytes, **header: object) -> str:
    key = keys.mission_key(sender.store.config, "m-1")
    id = clock.new_id()
    text = seal_payload(key, id, payload)
    envelope = {
        "id": id, "mission": "m-1", "checklist": VOTING.name, "version": VOTING.version, "visit": clock.new_id(),
        "supersedes": None, "device": sender.device.id, "clock": clock.stamp(clock.now()), "signature": None,
        "hash": hashlib.sha256(text.encode()).hexdigest(), "sealed": key.id, "payload": text,
    } | header  # fmt: skip
    [result] = sender.intake.receive([envelope], device=sender.device, via="demo")
    assert result["status"] in ("stored", "quarantined")
    return id


REPORT = json.dumps(
    {
        "location": "R-1", "team": "T01", "answers": {"vo_stuffing": "yes", "vo_women": 31},
        "comments": {"vo_stuffing": "Көрдім: екі бюллетень"},
    }
).encode()  # fmt: skip


def test_a_sealed_report_shows_its_answers_and_that_it_came_sealed(coordinator, sender):
    page = coordinator.get(f"/desk/m-1/submissions/{send_sealed(sender, REPORT)}").text
    assert MARKS["en"] in page
    assert "Көрдім: екі бюллетень" in page
    assert re.search(r"<td class=\"[^\"]*\">31\b", page)
    plain, _ = sender.send({"vo_stuffing": "yes"})
    assert MARKS["en"] not in coordinator.get(f"/desk/m-1/submissions/{plain}").text


def test_what_did_not_open_says_so_and_why(coordinator, sender):
    closed = send_sealed(sender, b"answers: none")
    page = coordinator.get(f"/desk/m-1/submissions/{closed}").text
    assert "It is sealed and could not be opened." in page
    assert "what was sealed is not a report" in page
    listed = coordinator.get("/desk/m-1/submissions?state=quarantined").text
    assert closed in listed


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_way_of_not_opening_has_its_words(language):
    say = words(language)
    assert say("desk.came_sealed") == MARKS[language]
    for key in ("quarantine_not_opened", "finding_sealed_key_unknown", "finding_sealed_altered",
                "finding_sealed_not_json"):  # fmt: skip
        assert len(say(f"desk.{key}")) > 10
