"""The whole day on the catalogue's checklists, with the network off from enrolment to evening; then each way home."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Page, Route, expect

from observer_kit.app import create_app
from observer_kit.config import Config
from observer_kit.exchange import arrivals, bundle
from observer_kit.storage import Store, hubs, missions, open_store
from observer_kit.storage.check import check
from observer_kit.trust import keys
from tests.browser.conftest import Phone
from tests.browser.field import MISSION
from tests.browser.real import RealField
from tests.browser.test_hand_over import give_receipts, hand_over, read_codes, save, take, take_file

pytestmark = pytest.mark.browser

HUB = "https://hub.local:8000"
PORTAL = "https://mission.example"

# Answer what the open section asks and nobody has answered, as a finger would; nothing that opens the emergency card.
ANSWER = """() => {
  const leaf = [...document.querySelectorAll(".leaf")].find((each) => !each.hidden);
  const say = (field, value) => {
    field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  let done = 0;
  for (let round = 0; round < 6; round += 1) {
    let moved = false;
    for (const question of leaf.querySelectorAll("[data-question]")) {
      if (question.hidden || question.closest("[hidden]") || question.dataset.done) continue;
      const { type, callNow = "" } = question.dataset;
      const field = question.querySelector(".entry[name]");
      const inputs = [...question.querySelectorAll(".answers:not(.ways-out) .answer input")]
        .filter((each) => !callNow.split(" ").includes(each.value));
      if (inputs.length) inputs[done % Math.min(2, inputs.length)].click();
      else if (type === "integer" || type === "decimal") say(field, String(2 + (done % 7)));
      else if (type === "datetime" && !field.value) question.querySelector("[data-now]").click();
      else if (type === "text" && done % 3 === 0) say(field, "Қатысушылар көп; очередь у входа");
      question.dataset.done = "yes";
      done += 1;
      moved = true;
    }
    if (!moved) return done;
  }
  return done;
}"""


@pytest.fixture
def real(tmp_path: Path) -> Iterator[RealField]:
    opened = RealField(tmp_path / "data")
    opened.start()
    yield opened
    opened.stop()
    opened.store.close()


def begin_day(phone: Phone) -> None:
    """Enrol by the sheet's code, accept the code of conduct, check the phone."""
    page = phone.page
    page.goto(phone.address(f"enrol#{phone.field.code()}"))
    page.click("#redeem")
    page.locator("#done").wait_for()
    expect(page.locator("#offline")).to_contain_text("All checklists are in the phone", timeout=60_000)
    page.goto(phone.address("conduct"))
    page.click("#accept")
    page.wait_for_url(phone.address())
    page.goto(phone.address("ready"))
    expect(page.locator("#again")).to_be_enabled(timeout=60_000)
    expect(page.locator("#told")).not_to_be_empty()


def fill(phone: Phone, stage: str, place: str) -> int:
    """Fill a checklist in from its first section to its review; gives the number of questions answered."""
    phone.begin(stage)
    phone.station(place)
    return go_on(phone)


def go_on(phone: Phone) -> int:
    answered = 0
    while phone.page.locator("section[data-section=review]").is_hidden():
        answered += phone.page.evaluate(ANSWER)
        phone.page.click("#onward")
    phone.saved()
    return answered


def finish(phone: Phone, back: str = "**/o/*/") -> None:
    phone.page.wait_for_timeout(800)  # a tap right after turning the page is taken for a double tap
    phone.page.click("#next")
    phone.page.wait_for_url(back)


def interrupted(phone: Phone, place: str) -> None:
    """Report an incident in the middle of a visit, and go on where it was."""
    phone.begin("voting")
    phone.station(place)
    for _ in range(2):
        phone.page.click("#onward")
    phone.page.evaluate(ANSWER)
    phone.saved()
    visit = phone.page.url
    phone.page.click("#incident")
    phone.page.wait_for_url(f"**/checklist/{phone.field.version('incident')}#*")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    go_on(phone)
    finish(phone, visit)
    expect(phone.page.locator("#progress")).not_to_be_empty()
    go_on(phone)
    finish(phone)


NUMBERS = {
    "reg_open": 1200, "reg_added": 10, "reg_removed": 3, "reg_close": 1207, "b_received": 1210, "signatures": 1000,
    "b_issued": 1000, "b_issued_member-0": 980, "b_issued_mobile": 20, "m_requests": 20, "b_cancelled": 205,
    "avc_voted": 4, "avc_kept": 4, "box_mobile": 20, "box_fixed": 980, "valid": 990, "invalid": 10,
    "v-0": 600, "v-1": 290, "v-2": 100,
}  # fmt: skip


def protocol(phone: Phone, place: str) -> None:
    """Key the protocol twice, once wrongly; one rule does not hold, and it is so on the paper; photograph it."""
    page = phone.page
    phone.begin("protocol")
    phone.station(place)
    while page.locator("section[data-section=again]").is_hidden():
        for name, number in NUMBERS.items():
            field = page.locator(f"#q-{name}-value")
            if field.is_visible():
                field.fill(str(number))
                field.press("Tab")
        if page.locator("section[data-section=issued]").is_visible():
            page.locator("[data-asking=S1] [data-way=on_paper]").first.click()
        if page.locator("#q-page-0").is_visible():
            photograph(page)
            page.evaluate(ANSWER)
        page.click("#onward")
    for row in page.locator("[data-again]").all():
        name = str(row.get_attribute("data-again")).replace("[", "-").rstrip("]")
        second = 999 if name == "signatures" else NUMBERS[name]
        row.locator(".entry").fill(str(second))
        row.locator(".entry").press("Tab")
    page.locator("[data-again=signatures]").get_by_role("button", name="1000", exact=True).click()
    page.click("#onward")
    phone.saved()
    finish(phone)


def photograph(page: Page) -> None:
    """Choose a picture of the protocol's page, where the form has a place for it."""
    from PIL import Image

    picture = io.BytesIO()
    Image.effect_noise((900, 1200), 60).save(picture, "JPEG")
    chosen = {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    page.set_input_files("#q-page-0-file", chosen)
    expect(page.locator("#q-page-0 [data-photo-shown]")).to_be_visible()


def walk(phone: Phone) -> list[dict[str, Any]]:
    """Walk the day with no network at all; gives what the phone then holds."""
    assert fill(phone, "opening", "144") > 20
    finish(phone)
    assert fill(phone, "voting", "145") > 25
    finish(phone)
    interrupted(phone, "146")
    fill(phone, "voting", "147")
    finish(phone)
    assert fill(phone, "counting", "144") > 20
    finish(phone)
    protocol(phone, "144")
    assert fill(phone, "tabulation", "KAR-DEC") > 10
    finish(phone)
    phone.day()
    phone.wait_state("waiting", 8)
    return phone.records()


def by_network(field: RealField, phone: Phone, _folder: Path, _hub: Store) -> None:
    field.start()
    phone.context.set_offline(False)
    phone.day()


def by_file(field: RealField, phone: Phone, folder: Path, _hub: Store) -> None:
    page = hand_over(phone)
    found = take_file(field, save(page, folder))
    give_receipts(page, found)


def by_codes(field: RealField, phone: Phone, _folder: Path, _hub: Store) -> None:
    page = hand_over(phone)
    page.click("#show")
    texts = read_codes(page)
    page.click("#codes-done")
    expect(page.locator("#notice")).not_to_be_empty()
    give_receipts(page, take(field, arrivals.from_codes(reversed(texts))))


def by_hub(field: RealField, phone: Phone, _folder: Path, hub: Store) -> None:
    """Hand in at another laptop, whose reports go home as a file; the server's receipts come when it answers again."""
    visitor = create_app(hub.config, hub).test_client()

    def answer(route: Route) -> None:
        asked = route.request
        path = asked.url.removeprefix(HUB)
        headers = {name: value for name, value in asked.headers.items() if name in ("authorization", "content-type")}
        told = visitor.open(
            path, method=asked.method, data=asked.post_data_buffer, headers=headers | {"Origin": PORTAL}
        )
        allowed = dict(told.headers)
        if allowed.get("Access-Control-Allow-Origin") == PORTAL:
            allowed["Access-Control-Allow-Origin"] = field.url  # the test's own origin has no certificate
        route.fulfill(status=told.status_code, headers=allowed, body=told.get_data())

    phone.context.route(f"{HUB}/**", answer)
    phone.context.set_offline(False)
    page = phone.day()
    page.locator("#send").click()
    expect(page.locator("li .pill", has_text="handed over")).to_have_count(8)
    with hub.reading() as tx:
        lines = b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in hubs.envelopes(tx, MISSION))
    parts = list(bundle.parts(io.BytesIO(lines), arrivals.mission_keys(field.store, field.config)))
    assert [each.status for each in take(field, parts, "file")] == ["stored"] * 8
    field.start()
    phone.day()


@pytest.fixture
def hub(real: RealField, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    made: list[Store] = []

    def make() -> Store:
        folder = tmp_path / "hub"
        config = Config(folder, folder / "exports", f"sqlite:///{folder / 'kit.sqlite'}")
        with real.store.reading() as tx:
            packed = json.loads(orjson.dumps(hubs.pack(tx, real.config, MISSION, HUB)))
        assert keys.adopt_receipt_key(config, packed["key"].encode())
        made.append(open_store(config))
        with made[0].atomic() as tx:
            hubs.unpack(tx, hubs.read(packed))
        return made[0]

    yield make
    for store in made:
        store.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Bring the day home by the network; in a soak by every way: test_hand_over.py tries each on few reports."""
    if "way" in metafunc.fixturenames:
        ways = [by_network] + ([by_codes, by_file, by_hub] if metafunc.config.getoption("--soak") else [])
        metafunc.parametrize("way", ways, ids=[way.__name__ for way in ways])


def test_a_whole_day_without_a_network_arrives_whole_and_once(
    real: RealField,
    phones: Callable[..., Phone],
    hub: Callable[[], Store],
    tmp_path: Path,
    way: Callable[[RealField, Phone, Path, Store | None], None],
) -> None:
    from dataclasses import replace

    with real.store.atomic() as tx:
        mission = missions.get(tx, MISSION)
        missions.save(tx, replace(mission, policy=replace(mission.policy, hubs=(HUB,))))
    phone = phones(real)
    begin_day(phone)
    phone.context.set_offline(True)
    other = hub() if way is by_hub else None
    real.stop()
    held = walk(phone)
    assert real.stored() == []
    way(real, phone, tmp_path, other)
    arrived(real, phone, held)
    if way in (by_file, by_codes):  # once more by the network: all of it is known
        real.start()
        phone.context.set_offline(False)
        phone.page.goto(phone.address("queue"))
        phone.wait_state("delivered", 8)
        arrived(real, phone, held)
    assert check(real.store) == []


def arrived(real: RealField, phone: Phone, held: list[dict[str, Any]]) -> None:
    """Hold the server's list against the phone's: each report once, byte for byte, with its receipt."""
    deadline = 100
    while deadline and [each["state"] for each in phone.records()] != ["delivered"] * 8:
        phone.page.wait_for_timeout(200)
        deadline -= 1
    stored = {each["id"]: each for each in real.stored()}
    assert len(real.stored()) == len(stored) == len(held) == 8
    for record in phone.records():
        assert record["state"] == "delivered"
        assert stored[record["id"]]["hash"] == record["receipt"]["hash"] == record["envelope"]["hash"]
    for record in held:
        assert stored[record["id"]]["payload"] == record["envelope"]["payload"]
        assert stored[record["id"]]["quarantine"] is None
    stages = sorted(record["stage"] for record in held)
    assert stages == ["counting", "incident", "opening", "protocol", "tabulation", "voting", "voting", "voting"]
    by_stage = {record["stage"]: json.loads(record["envelope"]["payload"]) for record in held}
    assert by_stage["protocol"]["confirmed"]["S1"] == "on_paper"
    assert by_stage["protocol"]["answers"]["signatures"] == 1000
    assert "again" not in by_stage["protocol"]
    visits = {record["stage"]: record["visit"] for record in held}
    assert visits["counting"] == visits["protocol"]
