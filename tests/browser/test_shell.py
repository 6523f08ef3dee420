"""The shell as the server gives it: the same for everyone, small, and said in three languages."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from observer_kit.config import resources
from observer_kit.web import files
from observer_kit.web.observer import parcels, shell
from tests.browser.conftest import Field, Phone

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
    """Code, style, icons, and one language's pages, as they go over the network when the app is put into a phone."""
    client = field.app.test_client()
    sizes: dict[str, int] = {}
    with field.app.test_request_context():
        alone = {address for address in shell.shell() if not re.match(r"/o/(ru|kk)/|/manifest.*(ru|kk)$", address)}
        for part in (parcels.CODE, "en"):
            alone -= set(parcels.contents(part))
    for address in ("/o/shell/code", "/o/shell/en", "/sw.js"):
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
            zipped = answer.headers.get("Content-Encoding") == "gzip"
            sizes[address] = len(answer.data) if zipped else len(gzip.compress(answer.data, 6))
    for address in alone:
        with client.get(address) as answer:
            sizes[address] = len(gzip.compress(answer.data, 6))
    total = sum(sizes.values())
    with capsys.disabled():
        print(f"\nshell in one language: {len(sizes)} requests, {total / 1000:.1f} kB of {BUDGET / 1000:.0f} kB")
    assert total <= BUDGET


@pytest.mark.parametrize("part", parcels.PARTS)
def test_a_parcel_holds_just_what_the_list_names(field: Field, part: str) -> None:
    client = field.app.test_client()
    with field.app.test_request_context():
        listed = shell.shell()
    zipped = client.get(f"/o/shell/{part}", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    plain = client.get(f"/o/shell/{part}", headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) * 3 < len(plain.data)
    for address, (media, text) in plain.json.items():  # type: ignore[union-attr]
        assert shell.digest(text.encode()) == listed[address], address
        with client.get(address) as answer:
            assert answer.mimetype == media


def test_whatever_a_page_apart_imports_is_kept_with_it(field: Field) -> None:
    kept = re.findall(r'"((?:js|vendor)/[a-z]+)"', (resources("static") / "js" / "mission.js").read_text("utf-8"))
    always = {f"/static/{name}.js" for name in (*kept, "js/places")}
    with field.app.test_request_context():
        always |= set(shell.shell())
    for script in ("ready.js", "conduct.js", "handover.js"):
        assert [module for module in files.modules(script) if module not in always] == []


@pytest.mark.browser
def test_a_parcel_that_a_portal_replaced_is_not_missed(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field)
    phone.context.route("**/o/shell/code", lambda route: route.fulfill(status=200, body="<html>Log in</html>"))
    phone.context.route("**/o/shell/en", lambda route: route.abort())
    phone.enrol()
    phone.context.set_offline(True)
    phone.day()
    expect(phone.page.locator("#start a").first).to_be_visible()


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
    # Some keys are put together from what became of a thing: `state_${state}`, "offline_" + kind, phone.add_" + repeat.
    built = tuple(re.findall(r"""[`"'](?:phone\.)?([a-z_]+_)(?:\$?\{|["'] [+~])""", text)) + ("complete",)
    spoken = set(re.findall(r"""["'`](?:phone\.)?([a-z_]+)["'`]|^ +([a-z_]+): """, text, re.M))
    spoken = {quoted or named for quoted, named in spoken}
    idle = {key for key in english if not key.startswith(built)} - spoken
    assert idle == set(), sorted(idle)


def test_a_page_out_of_a_parcel_may_speak_to_the_hubs_as_the_page_itself_may(field: Field) -> None:
    """The worker puts a parcel's headers on what it unpacks: with a narrower policy no hub could be reached."""
    client = field.app.test_client()
    for language in ("en", "ru", "kk"):
        with client.get(f"/o/{language}/queue") as page, client.get(f"/o/shell/{language}") as parcel:
            policy = page.headers["Content-Security-Policy"]
            assert "connect-src 'self' https:" in policy
            assert parcel.headers["Content-Security-Policy"] == policy
