"""The first page: what a visitor may know, and what only the demonstration gives away."""

from dataclasses import replace

import pytest

from observer_kit.app import create_app
from tests.web.conftest import Browser


@pytest.fixture
def demo(config, store):
    return Browser(create_app(replace(config, demo=True), store).test_client())


def test_a_visitor_sees_three_doors_and_no_mission(visitor):
    page = visitor.get("/").text
    for door in ("Observer", "Coordinator", "Statement staff"):
        assert f">{door}</h2>" in page
    assert "Mission m-1" not in page
    assert "Sign in to see the missions" in page


def test_a_signed_in_person_sees_the_missions_of_their_role(coordinator):
    page = coordinator.get("/").text
    assert "Mission m-1" in page
    assert "/desk/m-1/" in page
    assert "/office/m-1/" not in page
    assert "Mission r-1" not in page


def test_the_demonstration_says_which_missions_there_are_and_which_is_the_phone(demo):
    page = demo.get("/").text
    assert "Mission m-1" in page
    assert "Mission r-1" in page
    assert "This computer’s browser is the demo phone" in page
    assert "not issued by OSCE/ODIHR" in page


def test_the_demo_phone_is_enrolled_by_a_code_that_no_log_sees(demo):
    answer = demo.post("/demo/phone", {"mission": "m-1", "team": "T02"}, page="/")
    assert answer.status_code == 303
    path, _, code = answer.location.partition("#")
    assert path == "/o/en/enrol"
    assert len(code) > 6


def test_the_demo_phone_joins_only_a_team_that_exists(demo):
    assert demo.post("/demo/phone", {"mission": "m-1", "team": "T99"}, page="/").status_code == 404
    assert demo.post("/demo/phone", {"mission": "m-9", "team": "T01"}, page="/").status_code == 404


def test_outside_a_demonstration_nothing_is_given_away(visitor, config):
    config.exports.mkdir()
    (config.exports / "m-1-odihr-en.pdf").write_bytes(b"%PDF-1.7")
    assert visitor.post("/demo/phone", {"mission": "m-1", "team": "T01"}).status_code == 403
    assert visitor.get("/demo/statements/m-1/m-1-odihr-en.pdf").status_code == 403
    assert "m-1-odihr-en.pdf" not in visitor.get("/").text


def test_the_demonstration_gives_out_its_finished_papers(demo, config):
    config.exports.mkdir()
    (config.exports / "m-1-odihr-en.pdf").write_bytes(b"%PDF-1.7")
    assert "/demo/statements/m-1/m-1-odihr-en.pdf" in demo.get("/").text
    with demo.get("/demo/statements/m-1/m-1-odihr-en.pdf") as paper:
        assert paper.data == b"%PDF-1.7"
    assert demo.get("/demo/statements/r-1/m-1-odihr-en.pdf").status_code == 404


def test_no_address_leads_out_of_the_exports_folder(demo, config):
    own = config.exports / "m-1"
    own.mkdir(parents=True)
    (own / "m-1.pdf").write_bytes(b"%PDF-own")
    (config.data / "secret.pdf").write_bytes(b"%PDF-secret")
    (config.exports / "m-1-link.pdf").symlink_to(config.data / "secret.pdf")
    for folder, name in (("%2e%2e", "secret.pdf"), ("..", "secret.pdf"), (".", "m-1-link.pdf"), ("m-1", "m-1-link.pdf"),
                         ("m-9", "m-1.pdf"), ("*", "m-1.pdf")):  # fmt: skip
        assert demo.get(f"/demo/statements/{folder}/{name}").status_code == 404, (folder, name)
    with demo.get("/demo/statements/m-1/m-1.pdf") as paper:
        assert paper.data == b"%PDF-own"


def test_a_mission_s_folder_that_leads_elsewhere_is_not_followed(demo, config):
    config.exports.mkdir()
    (config.data / "elsewhere").mkdir()
    (config.data / "elsewhere" / "m-1.pdf").write_bytes(b"%PDF-secret")
    (config.exports / "m-1").symlink_to(config.data / "elsewhere", target_is_directory=True)
    assert demo.get("/demo/statements/m-1/m-1.pdf").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("en", "Observer"), ("ru", "Наблюдатель"), ("kk", "Байқаушы")])
def test_the_doors_speak_three_languages(visitor, language, word):
    visitor.get(f"/language/{language}")
    page = visitor.get("/").text
    assert f'lang="{language}"' in page
    assert f">{word}</h2>" in page
