"""The shell as the server gives it: the same for everyone, small, and said in three languages."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from pathlib import Path

import pytest

from observer_kit.config import resources
from observer_kit.web.observer import shell
from tests.browser.conftest import Field

PAGES = [f"/o/{language}/{place}" for language in ("en", "ru", "kk") for place in ("", "enrol", "queue", "missing")]
BUDGET = 60_000


@pytest.mark.parametrize("path", [*PAGES, "/o/ru/words.json", "/sw.js", "/manifest.webmanifest?language=kk"])
def test_a_page_of_the_shell_is_the_same_for_everyone(field: Field, path: str) -> None:
    stranger, other = field.app.test_client(), field.app.test_client()
    with other.session_transaction() as session:
        session["account"] = "someone"
    other.set_cookie("language", "ru")
    one = stranger.get(path)
    two = other.get(path, headers={"Accept-Language": "kk", "User-Agent": "other"})
    assert one.status_code == 200
    assert one.data == two.data
    assert "Set-Cookie" not in one.headers
    assert "Cookie" not in one.vary
    assert one.headers["Cache-Control"] == "no-cache"
    assert b"csrf" not in one.data


def test_a_checklist_page_is_the_same_for_everyone_and_names_its_version(field: Field) -> None:
    version = field.version("voting")
    one = field.app.test_client().get(f"/o/kk/checklist/{version}")
    client = field.app.test_client()
    client.set_cookie("language", "ru")
    assert one.headers["X-Checklist"] == version
    assert one.data == client.get(f"/o/kk/checklist/{version}").data
    assert field.app.test_client().get("/o/en/checklist/" + "0" * 64).status_code == 404
    assert field.app.test_client().get("/o/de/").status_code == 404


def test_nothing_on_a_checklist_page_is_inline_or_says_which_answer_is_good(field: Field) -> None:
    page = field.app.test_client().get(f"/o/en/checklist/{field.version('voting')}").text
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page) == []
    assert not re.search(r'data-good|class="[^"]*\b(bad|good)\b', page)


def test_the_list_names_every_page_with_the_hash_of_what_is_served(field: Field) -> None:
    client = field.app.test_client()
    with field.app.test_request_context():
        listed = shell.shell()
    for address, digest in listed.items():
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert shell.digest(answer.data) == digest, address
    text = client.get("/sw.js").text
    listing = json.loads(re.search(r"const SHELL = (\{.*?\});", text, re.S)[1])  # type: ignore[index]
    assert listing == listed


def test_the_shell_stays_within_its_budget(field: Field, capsys: pytest.CaptureFixture[str]) -> None:
    sizes: dict[str, int] = {}
    with field.app.test_request_context():
        listed = [each for each in shell.shell() if not re.match(r"/o/(ru|kk)/|/manifest.*(ru|kk)$", each)]
    for address in listed:
        with field.app.test_client().get(address) as answer:
            sizes[address] = len(gzip.compress(answer.data, 6))
    total = sum(sizes.values())
    with capsys.disabled():
        print(f"\nshell in one language: {len(sizes)} files, {total / 1000:.1f} kB gzip of {BUDGET / 1000:.0f} kB")
    assert total <= BUDGET


def sentences(language: str) -> dict[str, object]:
    path = resources("templates") / "words" / f"phone.{language}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def test_every_sentence_is_there_in_three_languages_with_the_same_values_and_its_plural_forms() -> None:
    english = sentences("en")
    forms = {"en": {"one", "other"}, "ru": {"one", "few", "many", "other"}, "kk": {"one", "other"}}
    for language, expected in forms.items():
        own = sentences(language)
        assert list(own) == list(english)
        for key, sentence in own.items():
            variants = sentence.values() if isinstance(sentence, dict) else [sentence]
            if isinstance(sentence, dict):
                assert set(sentence) == expected, key
            meant = english[key]["other"] if isinstance(english[key], dict) else english[key]  # type: ignore[index]
            for variant in variants:
                assert set(re.findall(r"\{\w+\}", str(variant))) == set(re.findall(r"\{\w+\}", str(meant))), key


def test_every_sentence_that_a_page_says_is_there_and_none_is_idle() -> None:
    root = Path(__file__).resolve().parents[2]
    text = "".join(path.read_text("utf-8") for path in sorted((root / "templates" / "observer").glob("*.html")))
    text += "".join(path.read_text("utf-8") for path in sorted((root / "static" / "js").glob("*.js")))
    text += "".join(path.read_text("utf-8") for path in sorted((root / "observer_kit/web/observer").glob("*.py")))
    said = set(re.findall(r"""say\(\s*["'](?:phone\.)?(\w+)["']""", text))
    english = set(sentences("en"))
    assert said - english - {"repeat_", "add_"} == set()
    built = ("ready_", "state_", "rule_", "reason_", "offline_", "repeat_", "add_", "complete")
    spoken = set(re.findall(r"""["'`](?:phone\.)?([a-z_]+)["'`]""", text))
    built += ("hand_draft_", "hand_delivered", "hand_known", "hand_strange", "hand_photos_")  # from what became of it
    assert {key for key in english if not key.startswith(built)} - spoken == set()
