"""The drafting desk: a snapshot becomes a draft, words are kept, figures are said, two pages overwrite nothing."""

import html
import json
import re
import shutil
from dataclasses import replace

import pytest

from observer_kit.statements.text import load_style
from observer_kit.storage import chain, missions, reviews, section_texts, snapshots, statements
from observer_kit.storage.check import check
from observer_kit.web.papers import own_styles
from tests.web.conftest import FIGURES

PAGE = "/office/m-1/statements"


@pytest.fixture
def reports(sender):
    sender.send({"vo_stuffing": "yes", "vo_overall": "bad"}, comments={"vo_stuffing": "Екі адам жәшікке салды."})
    sender.send({"vo_stuffing": "no", "vo_overall": "very_bad"})
    return sender.send({"vo_stuffing": "not_observed", "vo_overall": "good"}, location="R-2", team="T02")


@pytest.fixture
def draft(staff, reports):
    answer = staff.post(f"{PAGE}/new", {"paper": "sco/en"}, page=PAGE)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rsplit("/", 1)[1]


def address(draft, rest=""):
    return f"/office/m-1/drafts/{draft}{rest}"


def base_of(page, section):
    return re.search(rf'name="base:{section}" value="(\d*)"', page)[1]


def bare(page):
    return re.sub(r"<[^>]+>", "", page).replace("\u00a0", " ")


def keep(browser, draft, text, base, tab="a", turn=1, section="outcome", **more):
    answer = browser.post(
        address(draft, f"/sections/{section}/text"),
        {"text": text, "base": base, "tab": tab, "turn": turn},
        page=PAGE,
        headers={"Accept": "application/json"},
        **more,
    )
    return answer


def test_a_draft_begins_with_frozen_figures_and_is_in_the_chain(staff, draft, store):
    with store.reading() as tx:
        found = statements.get(tx, "m-1", draft)
        content = snapshots.content(tx, "m-1", found.snapshot)
        kinds = {link.kind for link in chain.links(tx, mission="m-1")}
    figures = {each["definition"]["name"]: each for each in content["figures"]}
    assert (figures["f_stuffing"]["numerator"], figures["f_stuffing"]["denominator"]) == (1, 2)
    assert content["weight"] == {"f_stuffing": "critical", "f_negative": "rating"}
    assert kinds >= {"snapshot", "statement", "statement_snapshot", "section_text"}
    page = staff.get(address(draft))
    assert page.status_code == 200
    assert page.text.count("<textarea form=") == len(load_style("sco").sections)
    assert check(store) == []


def test_a_saving_says_its_figures_live_and_nothing_as_typed(staff, draft):
    page = staff.get(address(draft)).text
    answer = keep(staff, draft, "Stuffing: [[f_stuffing of form]]; <b>[[f_gap count]]", base_of(page, "outcome"))
    said = answer.get_json()
    assert said["state"] == "stored"
    assert "1 of the 2" in bare(said["html"])
    assert "/office/m-1/figures/f_stuffing" in said["html"]
    assert "<b>" not in said["html"]
    assert len(said["problems"]) == 1
    assert "Stuffing: [[f_stuffing of form]]" in html.unescape(staff.get(address(draft)).text)


def test_a_mark_typed_wrong_is_told_with_what_may_have_been_meant_and_stops_approval(staff, draft):
    base = base_of(staff.get(address(draft)).text, "outcome")
    text = "One [[f_stufing of]], two [[f_stuffing off]], three [[f_stuffing of], \u202ef_negative]]."
    one, two, three = keep(staff, draft, text, base).get_json()["problems"]
    assert "f_stuffing" in one.split(";")[1]
    assert "of" in two.split(";")[1]
    assert "would be printed" in three
    page = staff.get(address(draft)).text
    assert "would be printed" in page
    assert "\u202e" not in page, "no word turns those that follow it"
    assert "f_negative]]" in bare(staff.get(address(draft, "/approval")).text)


def test_the_editor_says_which_key_findings_no_section_tells(staff, draft):
    page = staff.get(address(draft)).text
    before = re.findall(r'data-figure="(\w+)"(?! hidden)', page)
    assert "f_stuffing" in before
    said = keep(staff, draft, "Stuffing: [[f_stuffing of]].", base_of(page, "outcome")).get_json()
    assert set(said["untold"]) == set(before) - {"f_stuffing"}
    row = next(
        each
        for each in staff.get(address(draft, "/figures.json")).get_json()["figures"]
        if each["name"] == "f_stuffing"
    )
    assert (row["used"], row["untold"]) == (True, False)


def test_a_rebuild_offers_no_figure_that_no_statement_may_print(admin, draft, store):
    made_up = [{**each, "printed": each["id"] != "f_stuffing"} for each in FIGURES]
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, "m-1"), figures=tuple(made_up), reconstruction="OSCE/ODIHR"))
    begun = admin.post(f"{PAGE}/new", {"paper": "sco/en"}, page=PAGE).headers["Location"]
    offered = {each["name"] for each in admin.get(f"{begun}/figures.json").get_json()["figures"]}
    assert "f_negative" in offered
    assert "f_stuffing" not in offered
    assert 'data-figure="f_stuffing"' not in admin.get(begun).text, "nor is it missed in the text"


def test_a_chapter_opens_by_itself_and_its_forms_come_back_to_it(staff, draft, store):
    page = staff.get(address(draft)).text
    sections = re.findall(r'<section class="piece[^>]*data-section="([\w-]+)"', page)
    assert len(sections) > 5
    for each in sections:
        assert f'href="{address(draft)}?section={each}"' in page
    alone = staff.get(address(draft), query_string={"section": "outcome"}).text
    assert re.findall(r'<section class="piece[^>]*data-section="([\w-]+)"', alone) == [
        "outcome",
        "thanks",
        "congratulations",
    ]
    assert f'rel="prev" href="{address(draft)}?section=voting-day"' in alone
    assert f'rel="next" href="{address(draft)}?section=signature"' in alone
    form = html.unescape(re.search(r'id="draft" action="([^"]+)"', alone)[1])
    sent = {"text:outcome": "By itself.", "base:outcome": base_of(alone, "outcome"), "act": "save"}
    assert staff.post(form, sent, page=PAGE).headers["Location"] == f"{address(draft)}?section=outcome"
    say = html.unescape(re.search(r'class="say" action="([^"]+)"', alone)[1])
    assert staff.post(say, {"text": "Yes"}, page=PAGE).headers["Location"].endswith("?section=outcome#s-outcome")
    with store.reading() as tx:
        assert section_texts.standing(tx, draft)["outcome"].head.text == "By itself."
    assert staff.get(address(draft), query_string={"section": "nowhere"}).status_code == 404


def test_two_pages_overwrite_nothing_and_somebody_chooses(staff, admin, draft, store):
    base = base_of(staff.get(address(draft)).text, "outcome")
    assert keep(staff, draft, "Mine.", base, "a").get_json()["state"] == "stored"
    theirs = keep(admin, draft, "Theirs.", base, "b").get_json()
    assert (theirs["state"], theirs["beside"]) == ("beside", 1)
    assert "Both texts are kept" in staff.get(address(draft)).text
    page = staff.get(address(draft, "/sections/outcome")).text
    assert "Mine." in page
    assert "Theirs." in page
    head, merged = (re.search(rf'name="{name}" value="(\d+)"', page)[1] for name in ("base", "merges"))
    answer = staff.post(
        address(draft, "/sections/outcome"), {"text": "Both.", "base": head, "merges": merged}, page=PAGE
    )
    assert answer.status_code == 303
    with store.reading() as tx:
        stands = section_texts.standing(tx, draft)["outcome"]
    assert (stands.head.text, stands.beside) == ("Both.", ())
    late = staff.post(address(draft, "/sections/outcome"), {"text": "Late.", "base": head, "merges": merged}, page=PAGE)
    assert late.status_code == 409
    assert "Late." in late.text, "what was typed is still on the page"


def test_without_a_script_the_page_is_a_plain_form(staff, admin, draft, store):
    page = staff.get(address(draft)).text
    fields = {f"base:{name}": base_of(page, name) for name in ("outcome", "legal")}
    fields |= {"text:outcome": "By hand.", "text:legal": "The law.\r\nAll of it.", "tab": "plain"}
    shown = staff.post(address(draft), {**fields, "act": "preview"}, page=PAGE)
    assert "By hand." in shown.text
    with store.reading() as tx:
        assert section_texts.standing(tx, draft)["outcome"].head.text == ""
    assert staff.post(address(draft), {**fields, "act": "save"}, page=PAGE).status_code == 303
    with store.reading() as tx:
        stands = section_texts.standing(tx, draft)
    assert (stands["outcome"].head.text, stands["legal"].head.text) == ("By hand.", "The law.\nAll of it.")
    answer = admin.post(address(draft), {**fields, "text:outcome": "Other.", "tab": "x", "act": "save"}, page=PAGE)
    assert answer.headers["Location"].endswith("/sections/outcome")


def test_a_form_gone_back_to_is_saved_again(staff, draft, store):
    page = staff.get(address(draft)).text
    fields = {"base:outcome": base_of(page, "outcome"), "tab": "plain", "act": "save"}
    for words in ("By hand.", "By hand, and more.", "By hand, and more."):
        assert staff.post(address(draft), {**fields, "text:outcome": words}, page=PAGE).status_code == 303
    with store.reading() as tx:
        stands = section_texts.standing(tx, draft)["outcome"]
        assert len(section_texts.history(tx, draft, "outcome")) == 3
    assert (stands.head.text, stands.beside) == ("By hand, and more.", ())


def test_the_longest_text_comes_through_in_any_script(staff, draft):
    page = staff.get(address(draft)).text
    words = "Сайлау күні " * (section_texts.LONGEST // 12)
    assert keep(staff, draft, words, base_of(page, "outcome")).status_code == 200
    fields = {f"text:{name}": words for name in ("outcome", "legal")}
    answer = staff.post(address(draft), {**fields, "act": "preview"}, page=PAGE)
    assert answer.status_code == 200
    assert answer.text.count("Сайлау") > 30_000
    longer = keep(staff, draft, words + words, base_of(staff.get(address(draft)).text, "outcome"))
    assert longer.status_code == 413
    assert "200,000" in longer.get_json()["error"]["message"]


def test_figures_are_found_by_words_question_or_number_and_put_without_a_script(staff, draft, store):
    found = staff.get(address(draft, "/figures.json")).get_json()
    row = next(each for each in found["figures"] if each["name"] == "f_stuffing")
    assert row["said"] == "1/2"
    assert "vo_stuffing?" in row["search"]
    assert {"percent", "unseen"} <= {form for form, _ in found["forms"]}
    said = staff.get(address(draft, "/said.json"), query_string={"mark": "[[f_stuffing of form]]"}).get_json()
    assert said["said"].startswith("1 of the 2")
    assert staff.get(address(draft, "/said.json"), query_string={"mark": "[[f_gap of]]"}).get_json()["problem"]
    page = staff.get(address(draft, "/figures"), query_string={"q": "stuffing", "section": "outcome"}).text
    assert page.count("<li>") >= 1
    put = {"section": "outcome", "mark": "[[f_stuffing of]]"}
    assert staff.post(address(draft, "/figures"), put, page=PAGE).status_code == 303
    with store.reading() as tx:
        assert section_texts.standing(tx, draft)["outcome"].head.text == "[[f_stuffing of]]"
    for words, found in (("stuffings", True), ("Almaty", False), ("Voting 1 50 %", True), ("stuffing opening", False)):
        page = staff.get(address(draft, "/figures"), query_string={"q": words}).text
        assert ("<code>[[f_stuffing count]]</code>" in page) is found, words
    put["mark"] = "12 stations"
    assert staff.post(address(draft, "/figures"), put, page=PAGE).status_code == 400


def test_comments_are_said_settled_and_opened_again(staff, admin, draft):
    staff.post(address(draft, "/sections/outcome/remarks"), {"text": "Who writes this?"}, page=PAGE)
    page = admin.get(address(draft)).text
    assert "Who writes this?" in page
    assert "1 open comment" in page
    remark = re.search(r"/remarks/(\d+)", page)[1]
    admin.post(address(draft, f"/remarks/{remark}"), {"act": "settled"}, page=PAGE)
    page = staff.get(address(draft)).text
    assert "settled by admin" in page
    assert "1 open comment" not in page
    assert staff.post(address(draft, "/sections/nowhere/remarks"), {"text": "x"}, page=PAGE).status_code == 404


def test_a_new_snapshot_says_what_moved_and_leaves_the_words(staff, sender, draft, store):
    base = base_of(staff.get(address(draft)).text, "outcome")
    keep(staff, draft, "It was [[f_negative of form]].", base)
    sender.send({"vo_stuffing": "no", "vo_overall": "bad"})
    page = staff.get(address(draft, "/snapshot")).text
    assert "1 report came since." in page
    row = re.search(r'<tr class="key">.*?</tr>', page, re.DOTALL)[0]
    assert re.findall(r"<b>(\d+)</b> of (\d+)", row) == [("2", "3"), ("3", "4")]
    assert "2 of the 3" in bare(staff.get(address(draft)).text)
    answer = staff.post(address(draft, "/snapshot"), page=PAGE)
    row = re.search(r'<tr class="key">.*?</tr>', staff.get(answer.headers["Location"]).text, re.DOTALL)[0]
    assert re.findall(r"<b>(\d+)</b> of (\d+)", row) == [("2", "3"), ("3", "4")], "then before now, wherever one stands"
    assert "3 of the 4" in bare(staff.get(address(draft)).text)
    assert "No figure has moved." in staff.get(address(draft, "/snapshot")).text


def test_a_later_style_renames_and_drops_no_section_of_an_open_draft(staff, sender, draft, config):
    title = load_style("sco").section("outcome").title["en"]
    keep(staff, draft, "Ours.", base_of(staff.get(address(draft)).text, "outcome"))
    later = own_styles(config, "m-1") / "sco"
    shutil.copytree(load_style("sco").folder, later)
    file = later / "style.toml"
    file.write_text(file.read_text().replace('"outcome"', '"renamed"').replace(title, "Another heading"))
    for each in later.glob("*/outcome.md"):
        each.rename(each.with_name("renamed.md"))
    sender.send({"vo_stuffing": "no", "vo_overall": "bad"})
    for _ in ("the data set it was begun with", "a new one"):
        page = staff.get(address(draft)).text
        assert "Ours." in page
        assert title in page
        assert "Another heading" not in page
        assert staff.get(address(draft, "/approval")).status_code == 200
        assert staff.post(address(draft, "/snapshot"), page=PAGE).status_code == 303
    begun = staff.post(f"{PAGE}/new", {"paper": "sco/en"}, page=PAGE).headers["Location"]
    assert "Another heading" in staff.get(begun).text


def test_a_draft_is_compared_with_the_style_s_own_words_and_with_another(staff, draft):
    base = base_of(staff.get(address(draft)).text, "outcome")
    keep(staff, draft, "It was calm.", base)
    page = staff.get(address(draft, "/compare")).text
    assert re.search(r"<ins>.*?It was calm\..*?</ins>", page, re.DOTALL)
    other = staff.post(f"{PAGE}/new", {"paper": "sco/en"}, page=PAGE).headers["Location"].rsplit("/", 1)[1]
    page = staff.get(address(other, "/compare"), query_string={"with": draft}).text
    assert re.search(r"<del>.*?It was calm\..*?</del>", page, re.DOTALL)
    assert staff.get(address(other, "/compare"), query_string={"with": "no"}).status_code == 404


def test_a_saving_is_compared_with_another_and_taken_up_again(staff, draft, store):
    base = base_of(staff.get(address(draft)).text, "outcome")
    first = keep(staff, draft, "It was calm.", base).get_json()["sequence"]
    second = keep(staff, draft, "It was not calm.", first, turn=2).get_json()["sequence"]
    page = staff.get(address(draft, "/sections/outcome"), query_string={"one": first, "two": second}).text
    assert re.search(r"<ins>.*?not .*?</ins>", page, re.DOTALL)
    staff.post(address(draft, "/sections/outcome"), {"base": second, "again": first}, page=PAGE)
    with store.reading() as tx:
        assert section_texts.standing(tx, draft)["outcome"].head.text == "It was calm."


def test_a_draft_put_aside_takes_no_words_and_comes_back(staff, draft):
    base = base_of(staff.get(address(draft)).text, "outcome")
    for _ in range(2):  # a second press, or a second page, does not take it up again
        assert staff.post(address(draft, "/drop"), {"act": "dropped"}, page=PAGE).status_code == 303
    assert keep(staff, draft, "x", base).status_code == 409
    assert "put aside" in staff.get(PAGE).text
    staff.post(address(draft, "/drop"), {"act": "resumed"}, page=PAGE)
    assert keep(staff, draft, "x", base).status_code == 200


READS = ("", "/figures", "/figures.json", "/snapshot", "/compare", "/approval", "/sections/outcome")
WRITES = ("", "/sections/outcome", "/sections/outcome/text", "/sections/outcome/remarks", "/figures", "/snapshot",
          "/approval", "/publish", "/drop")  # fmt: skip


def test_the_head_reads_everything_and_writes_nothing(head, coordinator, draft):
    for rest in READS:
        assert head.get(address(draft, rest)).status_code == 200, rest
        assert coordinator.get(address(draft, rest)).status_code == 403, rest
    for rest in WRITES:
        assert head.post(address(draft, rest), page="/office/m-1/").status_code == 403, rest
    page = head.get(address(draft)).text
    assert "<textarea" not in page
    assert head.get(PAGE).status_code == 200
    assert head.post(f"{PAGE}/new", {"paper": "sco/en"}, page="/office/m-1/").status_code == 403


def test_what_can_not_be_is_answered_in_one_sentence(staff, draft):
    answers = [keep(staff, draft, "x", each) for each in ("999999", "", "-1", "9" * 40)]
    assert [each.status_code for each in answers] == [404] * 4
    base = base_of(staff.get(address(draft)).text, "outcome")
    assert keep(staff, draft, "x" * 200_001, base).status_code == 413
    assert keep(staff, draft, "x", base, section="nowhere").status_code == 404
    assert staff.post(f"{PAGE}/new", {"paper": "../../etc/en"}, page=PAGE).status_code == 404
    assert staff.get(f"/office/r-1/drafts/{draft}").status_code in (403, 404)
    assert staff.get(address("nothing")).status_code == 404


def test_a_figure_s_page_shows_stations_by_region_with_what_was_written(staff, reports, sender):
    page = staff.get("/office/m-1/figures/f_stuffing").text
    assert "Almaty region" in page
    assert "Station 1" in page
    assert "Екі адам жәшікке салды." in page
    assert "Aktobe region" not in page
    report = re.search(r'name="submission" value="([^"]+)"', page)[1]
    typed = {"submission": report, "question": "vo_stuffing", "language": "en", "text": "Two men put them in the box."}
    assert staff.post("/office/m-1/figures/f_stuffing/translation", typed, page=PAGE).status_code == 303
    page = staff.get("/office/m-1/figures/f_stuffing").text
    assert "Two men put them in the box." in page
    assert "Екі адам жәшікке салды." in page
    typed["question"] = "vo_overall"
    assert staff.post("/office/m-1/figures/f_stuffing/translation", typed, page=PAGE).status_code == 404
    assert staff.get("/office/m-1/figures/nothing").status_code == 404


def test_one_act_names_the_stations_in_a_footnote_or_withholds_them(staff, head, draft):
    base = base_of(staff.get(address(draft)).text, "outcome")
    text = "It was seen in [[f_stuffing of form]][[f_stuffing stations]]."
    at = keep(staff, draft, text, base).get_json()
    assert "Station 1" not in at["html"]
    note = "/office/m-1/figures/f_stuffing/note"
    assert staff.post(note, {"act": "footnote"}, page=PAGE).status_code == 303
    shown = staff.get(address(draft)).text
    assert "Station 1" in shown
    assert "outcome" in staff.get("/office/m-1/figures/f_stuffing").text, "where it is used"
    staff.post(note, {"act": "withheld", "reason": "one team only"}, page=PAGE)
    assert "Station 1" not in staff.get(address(draft)).text
    assert "one team only" in staff.get("/office/m-1/figures/f_stuffing").text
    assert staff.post(note, {"act": "printed"}, page=PAGE).status_code == 409
    assert head.post(note, {"act": "free"}, page="/office/m-1/").status_code == 403


def test_every_page_speaks_all_three_languages(staff, draft):
    for language in ("ru", "kk"):
        staff.get(f"/language/{language}")
        for rest in (*READS, "/said.json?mark=[[f_gap of]]"):
            assert staff.get(address(draft, rest)).status_code == 200, (language, rest)
        assert staff.get("/office/m-1/figures/f_stuffing").status_code == 200
        assert staff.get(PAGE).status_code == 200


def test_excluding_a_report_of_the_snapshot_is_told(staff, draft, reports, store):
    with store.atomic() as tx:
        reviews.add(tx, "m-1", reports[0], "excluded", "doubled", None)
    assert "1 report of these figures no longer counts." in staff.get(address(draft, "/snapshot")).text
    assert json.loads(staff.get(address(draft, "/figures.json")).text)["figures"]
