"""The results protocol: keyed twice, held against its rules on the phone, and nothing put right by the program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from observer_kit.checklists.generate import generate_protocol
from observer_kit.protocols import load_rules
from observer_kit.protocols.formulas import formulas
from observer_kit.storage import missions
from tests.browser.conftest import Field, Phone
from tests.browser.field import MISSION
from tests.browser.real import RealField
from tests.protocols.test_formulas import LISTS, VECTORS

pytestmark = pytest.mark.browser

JUDGE = """async ([questions, formulas, cases]) => {
  const { Questions } = await import("/static/js/questions.js");
  const { layOut, verdictOf } = await import("/static/js/formulas.js");
  const form = document.createElement("form");
  const leaf = form.appendChild(document.createElement("section"));
  leaf.className = "leaf";
  leaf.dataset.section = "all";
  for (const { name, type, minimum, fixed } of questions) {
    const row = leaf.appendChild(document.createElement("div"));
    if (fixed) row.dataset.fixed = "";
    const field = row.appendChild(document.createElement("fieldset"));
    Object.assign(field.dataset, { question: name, type });
    if (minimum !== null) field.dataset.minimum = minimum;
  }
  const page = new Questions(form);
  return cases.map((answers) => {
    page.decide(answers);
    const sheet = layOut(page, answers);
    return Object.fromEntries(formulas.map((formula) => {
      const verdict = verdictOf(formula, sheet);
      if (!verdict) return [formula.id, "not_computable"];
      if (verdict.holds) return [formula.id, "pass"];
      return [formula.id, verdict.left === null ? "fail" : ["fail", verdict.left - verdict.right]];
    }));
  });
}"""


@pytest.mark.parametrize("event", ["election", "referendum"])
def test_the_browser_judges_every_vector_as_the_server_does(field: Field, phone: Phone, event: str) -> None:
    protocol = generate_protocol(event, LISTS)
    questions = []
    for question in protocol.questions():
        rows = (len(question.choices) or 12) if question.repeat else 1
        for row in range(rows):
            name = f"{question.name}[{row}]" if question.repeat else question.name
            fixed = bool(question.repeat and question.choices)
            questions.append(
                {"name": name, "type": question.type, "minimum": question.minimum, "fixed": fixed}
            )  # fmt: skip
    written = formulas(load_rules(event))
    ready = [
        {"id": each.id, "known": each.known, "holds": each.holds, "left": each.left, "right": each.right}
        for each in written
    ]
    vectors = [vector for vector in VECTORS if vector["event"] == event]
    cases = [{name: str(value) for name, value in vector["answers"].items()} for vector in vectors]
    phone.day()
    results = phone.page.evaluate(JUDGE, [questions, ready, cases])
    sided = {each.id for each in written if each.left}
    for vector, found in zip(vectors, results, strict=True):
        expected = {
            rule: "fail" if isinstance(state, list) and rule not in sided else state
            for rule, state in vector["results"].items()
        }
        assert found == expected, vector["case"]


@pytest.fixture
def real(tmp_path: Path) -> Iterator[RealField]:
    opened = RealField(tmp_path / "data")
    opened.start()
    yield opened
    opened.stop()
    opened.store.close()


@pytest.fixture
def teller(real: RealField, phones: Callable[..., Phone]) -> Phone:
    """Give a phone with the protocol open at its first numbers."""
    phone = phones(real).enrol()
    phone.begin("protocol")
    phone.station("144")
    phone.turn("register")
    return phone


def number(phone: Phone, name: str, value: str) -> None:
    place = name.replace("[", "-").rstrip("]")
    phone.page.fill(f"#q-{place}-value", value)
    phone.page.locator(f"#q-{place}-value").press("Tab")


def again(phone: Phone, name: str, value: str) -> None:
    row = phone.page.locator(f"[data-again='{name}'] .entry")
    row.fill(value)
    row.press("Tab")


def sent(field: Field) -> dict[str, Any]:
    [stored] = field.stored()
    return json.loads(stored["payload"])  # type: ignore[no-any-return]


def findings(field: Field) -> list[dict[str, Any]]:
    from observer_kit.storage import submissions

    [stored] = field.stored()
    with field.store.reading() as tx:
        found = submissions.get(tx, MISSION, stored["id"])
    return [{"code": each.code, "question": each.question, **each.detail} for each in found.submission.findings]


def test_what_is_known_before_the_boxes_are_opened_is_asked_before_them(teller: Phone) -> None:
    order = teller.page.eval_on_selector_all("[data-question]", "all => all.map(each => each.dataset.question)")
    before = [
        "reg_close",
        "b_received",
        "signatures",
        "b_issued",
        "b_issued_member[0]",
        "m_requests",
        "b_cancelled",
        "avc_kept",
    ]
    first_box = min(order.index(name) for name in ("box_mobile", "box_fixed", "valid", "invalid", "v[0]"))
    assert all(order.index(name) < first_box for name in before)


def test_numbers_that_disagree_are_asked_about_and_stay_as_they_are(real: RealField, teller: Phone) -> None:
    teller.turn("issued")
    for name, value in (("b_received", "1210"), ("b_issued", "1000")):
        number(teller, name, value)
    card = teller.page.locator("[data-asking=S1]").first
    expect(card).to_be_hidden()
    number(teller, "b_cancelled", "205")
    expect(card).to_be_visible()
    expect(card).to_contain_text("Ballots received equal those issued and cancelled")
    expect(card).to_contain_text("1210 and 1205; difference +5")
    expect(card).to_contain_text("Is it so on the paper, or mistyped?")
    card.locator("[data-way=on_paper]").click()
    expect(card.locator("[data-way=on_paper]")).to_have_attribute("aria-pressed", "true")
    teller.saved()
    teller.page.reload()
    expect(card.locator("[data-way=on_paper]")).to_have_attribute("aria-pressed", "true")
    teller.finish()
    teller.wait_state("delivered")
    body = sent(real)
    assert body["answers"]["b_cancelled"] == 205
    assert body["confirmed"] == {"S1": "on_paper"}
    [finding] = [each for each in findings(real) if each.get("rule") == "S1"]
    assert finding.items() >= {"code": "protocol_fails", "difference": 5, "confirmed": "on_paper"}.items()


def test_an_answer_to_a_rule_is_not_carried_over_to_other_numbers(teller: Phone) -> None:
    teller.turn("issued")
    for name, value in (("b_received", "1210"), ("b_issued", "1000"), ("b_cancelled", "205")):
        number(teller, name, value)
    card = teller.page.locator("[data-asking=S1]").first
    card.locator("[data-way=on_paper]").click()
    number(teller, "b_cancelled", "204")
    expect(card).to_contain_text("difference +6")
    expect(card.locator("[data-way=on_paper]")).to_have_attribute("aria-pressed", "false")
    number(teller, "b_cancelled", "210")
    expect(card).to_be_hidden()


def test_mistyped_leads_back_to_the_numbers_and_touches_none(teller: Phone) -> None:
    teller.turn("issued")
    for name, value in (("b_received", "1210"), ("b_issued", "1000"), ("b_cancelled", "205")):
        number(teller, name, value)
    teller.page.locator("[data-asking=S1] [data-way=mistyped]").first.click()
    expect(teller.page.locator(".question.here")).to_have_attribute("data-question", "b_received")
    assert teller.page.input_value("#q-b_cancelled-value") == "205"


def test_nothing_is_asked_while_a_number_is_being_typed(teller: Phone) -> None:
    teller.turn("issued")
    for name, value in (("b_issued", "1000"), ("signatures", "")):
        number(teller, name, value)
    card = teller.page.locator("[data-asking=S6]").first
    field = teller.page.locator("#q-signatures-value")
    field.click()
    field.type("10")
    expect(card).to_be_hidden()
    field.type("00")
    field.press("Tab")
    teller.page.wait_for_timeout(100)
    expect(card).to_be_hidden()


def test_the_second_keying_is_blind_and_differences_are_decided_by_the_observer(real: RealField, teller: Phone) -> None:
    teller.turn("issued")
    for name, value in (("b_received", "1210"), ("b_issued", "512"), ("signatures", "512"), ("b_cancelled", "698")):
        number(teller, name, value)
    teller.page.locator("#q-b_spoiled-not_applicable").click()
    teller.page.locator("#q-avc_kept-not_observed").click()
    teller.turn("again")
    shown = teller.page.eval_on_selector_all("[data-again]", "all => all.map(each => each.dataset.again)")
    assert shown == ["b_received", "signatures", "b_issued", "b_cancelled"]
    text = teller.page.inner_text("section[data-section=again]")
    assert "1210" not in text
    assert "512" not in text
    again(teller, "b_received", "1 210")
    expect(teller.page.locator("[data-again=b_received]")).to_contain_text("The same number")
    again(teller, "b_issued", "521")
    row = teller.page.locator("[data-again=b_issued]")
    expect(row).to_contain_text("The two entries differ: 512 and 521. Which is on the paper?")
    assert teller.page.input_value("#q-b_issued-value") == "512"
    row.get_by_role("button", name="521").click()
    expect(row).to_contain_text("The same number")
    assert teller.page.input_value("#q-b_issued-value") == "521"
    again(teller, "signatures", "502")
    teller.turn("review")
    expect(teller.page.locator("#review")).to_contain_text("Still to be keyed: 2")
    teller.finish()
    teller.wait_state("delivered")
    body = sent(real)
    assert body["answers"]["b_issued"] == 521
    assert body["answers"]["signatures"] == 512
    assert body["again"] == {"signatures": 502}
    assert {"code": "keyed_differently", "question": "signatures", "again": "502"} in findings(real)


def test_neither_entry_leads_back_to_the_first_one(teller: Phone) -> None:
    teller.turn("issued")
    number(teller, "b_issued", "512")
    teller.turn("again")
    again(teller, "b_issued", "521")
    teller.page.locator("[data-again=b_issued]").get_by_role("button", name="Neither: key it anew").click()
    expect(teller.page.locator("section[data-section=issued]")).to_be_visible()
    number(teller, "b_issued", "522")
    teller.turn("again")
    assert teller.page.input_value("[data-again=b_issued] .entry") == ""


def test_the_second_keying_survives_a_reload(teller: Phone) -> None:
    teller.turn("issued")
    number(teller, "b_issued", "512")
    teller.turn("again")
    again(teller, "b_issued", "512")
    teller.page.wait_for_timeout(200)
    teller.page.reload()
    expect(teller.page.locator("[data-again=b_issued]")).to_contain_text("The same number")


def test_a_mission_that_does_not_ask_for_it_keys_once(real: RealField, phones: Callable[..., Phone]) -> None:
    from dataclasses import replace

    with real.store.atomic() as tx:
        mission = missions.get(tx, MISSION)
        missions.save(tx, replace(mission, policy=replace(mission.policy, keyed_twice=False)))
    phone = phones(real).enrol()
    phone.begin("protocol")
    phone.turn("issued")
    number(phone, "b_issued", "512")
    phone.turn("review")
    assert "Still to be keyed" not in phone.page.inner_text("#review")
    assert phone.page.locator("#contents-list button", has_text="Key the numbers again").count() == 0


def test_rows_that_are_not_shown_are_not_open_and_each_line_says_whose_it_is(teller: Phone) -> None:
    teller.turn("review")
    items = teller.page.locator("#review .open-list").first.locator("button").all_inner_texts()
    members = [item for item in items if "issued by this member" in item]
    assert members == ["Member 1: Ballots issued by this member"]
    assert "Aigerim Serikkyzy: Votes cast for this candidate" in items
    assert "Pavel Ivanov: Votes cast for this candidate" in items


def test_from_the_second_keying_the_way_leads_to_the_review(teller: Phone) -> None:
    teller.turn("issued")
    number(teller, "b_issued", "512")
    teller.turn("again")
    expect(teller.page.locator("#next")).to_have_text("Review")
    teller.page.click("#next")
    expect(teller.page.locator("section[data-section=review]")).to_be_visible()
