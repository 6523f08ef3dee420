"""The page over plain HTTP: the certificate, its fingerprint, the steps of every system in every language."""

from __future__ import annotations

import plistlib

import pytest

from observer_kit.checklists.model import LANGUAGES
from observer_kit.web.landing import SYSTEMS, Place, landing
from observer_kit.words import words

MARK = ":".join(f"{each:02X}" for each in range(32))
PLACE = Place(
    "http://192.168.1.5:8080/",
    ("https://office.local:8443/", "https://192.168.1.5:8443/"),
    "Observer Kit office <1>",
    MARK,
    b"\x30\x82",
)
AGENTS = {
    "android": "Mozilla/5.0 (Linux; Android 14; Pixel 7) Chrome/140.0",
    "ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
    "windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0",
    "macos": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1",
    "linux": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
}


@pytest.fixture
def client():
    return landing(lambda: PLACE).test_client()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "sheet"])
def test_page_and_sheet_say_every_systems_steps_and_the_fingerprint_in_every_language(client, language, path) -> None:
    page = client.get(f"/{language}/{path}").text
    say = words(language)
    for system in SYSTEMS.values():
        assert system["name"] in page
        for step in system["steps"]:
            assert say(f"lan.{step}").replace("&", "&amp;").replace("'", "&#39;") in page, step
    shown = page.replace("</span> <span>", ":")
    assert MARK in shown
    assert "https://office.local:8443/" in page
    assert page.count("<svg") == 2
    assert "<script" not in page
    assert " style=" not in page
    assert "Observer Kit office &lt;1&gt;" in page


@pytest.mark.parametrize("system", AGENTS)
def test_the_system_that_asks_finds_its_own_steps_open_and_first(client, system) -> None:
    page = client.get("/en/", headers={"User-Agent": AGENTS[system]}).text
    assert page.count("<details open>") == 1
    assert f"<details open><summary>{SYSTEMS[system]['name']}</summary>" in page
    main = "/observer-kit.mobileconfig" if system == "ios" else "/observer-kit.crt"
    assert f'class="button main" href="{main}"' in page


def test_the_first_address_leads_to_the_browsers_language(client) -> None:
    assert client.get("/", headers={"Accept-Language": "ru-KZ,ru;q=0.9"}).headers["Location"] == "/ru/"
    assert client.get("/", headers={"Accept-Language": "de"}).headers["Location"] == "/en/"


def test_the_profile_holds_the_certificate_and_installs_over_itself(client) -> None:
    first = client.get("/observer-kit.mobileconfig").data
    assert client.get("/observer-kit.mobileconfig").data == first
    profile = plistlib.loads(first)
    [root] = profile["PayloadContent"]
    assert (root["PayloadType"], root["PayloadContent"]) == ("com.apple.security.root", PLACE.certificate)
    assert root["PayloadUUID"] != profile["PayloadUUID"]


def test_nothing_is_written_to_the_page_and_nobody_keeps_it(client) -> None:
    assert client.post("/en/").status_code == 405
    answer = client.get("/en/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "Set-Cookie" not in answer.headers
