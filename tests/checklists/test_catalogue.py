"""The loader: what it takes, and that each refusal names file, entry, key and what is expected."""

import pytest

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.errors import FormsInvalid
from tests.checklists.small import DEFAULT, FRAME, definition, forms, procedure, section, words


def test_a_catalogue_holds_every_procedure_in_both_wordings(tmp_path):
    question = {"en": "Was the list there?", "ru": "Был ли список избирателей?", "kk": "Сайлаушылар тізімі болды ма?"}
    worded = procedure("listed", question={**question, "referendum": {"ru": "Был ли список?", "kk": "Тізім болды ма?"}})
    catalogue = load_catalogue(forms(tmp_path, *DEFAULT, worded))
    assert [p.id for p in catalogue.procedures()] == ["arrival", "calm", "late", "listed"]
    assert catalogue.get("listed", "election").question == question
    assert catalogue.get("listed", "referendum").question == {
        "en": "Was the list there?", "ru": "Был ли список?", "kk": "Тізім болды ма?",
    }  # fmt: skip
    assert catalogue.get("calm").good == ("yes",)
    assert catalogue.get("calm").place == "procedures/voting.toml, procedure calm"


def test_a_weak_source_is_kept_as_such(tmp_path):
    weak = {"ref": "EOM", "document": "A report", "place": "II", "weak": True}
    catalogue = load_catalogue(forms(tmp_path, *DEFAULT, procedure("near", sources=[weak])))
    assert catalogue.get("near").sources[0].weak is True
    assert catalogue.get("calm").sources[0].weak is False


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"sources": None}, "sources", "at least one source"),
        ({"sources": []}, "sources", "at least one source"),
        ({"sources": [{"ref": "EOM", "document": "A report"}]}, "place", "a text"),
        ({"sources": [{"ref": "EOM", "document": "A report", "place": "I", "page": 3}]}, "page", "expected one of"),
        ({"colour": "red"}, "colour", "unknown key"),
        ({"type": "time"}, "type", "yes_no"),
        ({"type": 3}, "type", "a text"),
        ({"origin": "rumour"}, "origin", "seed, public, general_practice"),
        ({"section": "attic"}, "section", "frame"),
        ({"severity": "awful"}, "severity", "minor, serious, critical"),
        ({"unit": "planet"}, "unit", "station"),
        ({"asked_in": []}, "asked_in", "at least one of"),
        ({"asked_in": ["voting", "voting"]}, "asked_in", "a list of"),
        ({"asked_in": "voting"}, "asked_in", "a list of"),
        ({"events": ["coronation"]}, "events", "election, referendum"),
        ({"question": {"en": "A?", "ru": "Б?"}}, "kk", "a text"),
        ({"question": {"en": "A?", "ru": "Б?", "kk": " "}}, "kk", "not empty"),
        ({"question": {**words("A"), "de": "Ä?"}}, "de", "unknown key"),
        ({"question": {**words("A"), "referendum": {"de": "Ä?"}}}, "de", "unknown key"),
        ({"question": None}, "question", "a table with en, ru, kk"),
        ({"procedure": "words"}, "procedure", "a table with en, ru, kk"),
        ({"hint": {"en": "only"}}, "ru", "a text"),
        ({"good": "maybe"}, "good", "yes, no"),
        ({"type": "text", "good": "yes"}, "good", "no good answer"),
        ({"type": "select_one"}, "choices", "choices or choices_from"),
        ({"choices": [{"name": "a", "label": words("A")}]}, "choices", "no choices for yes_no"),
        ({"type": "select_one", "choices": [{"name": "a b", "label": words("A")}]}, "name", "letters, digits"),
        ({"type": "select_one", "choices": [{"name": "a", "label": words("A")}] * 2}, "name", "not yet used"),
        ({"type": "select_one", "choices": [{"name": "a", "label": {"en": "A"}}]}, "ru", "a text"),
        ({"type": "select_one", "choices_from": "friends"}, "choices_from", "candidates, options, parties"),
        ({"minimum": 0}, "minimum", "only for integer"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "maximum", "at least the minimum"),
        ({"type": "integer", "minimum": "0"}, "minimum", "a whole number"),
        ({"type": "integer", "minimum": True}, "minimum", "a whole number"),
        ({"call_now": "yes"}, "call_now", "true or false"),
        ({"call_now": True, "send_first": True}, "send_first", "either"),
        ({"type": "integer", "constraint": ". > 1"}, "constraint_message", "as there is a constraint"),
        ({"relevant": {"counting": "${calm} = 'yes'"}}, "relevant", "only stages of asked_in"),
        ({"id": "Ärger"}, "id", "small letters"),
        ({"id": "two words"}, "id", "small letters"),
        ({"id": "validate"}, "id", "reserved word"),
        ({"id": "calm"}, "id", "not yet used"),
    ],
)
def test_a_fault_is_refused_with_file_entry_key_and_what_is_expected(tmp_path, change, key, expected):
    folder = forms(tmp_path, *DEFAULT, procedure("odd") | change)
    with pytest.raises(FormsInvalid) as caught:
        load_catalogue(_without_none(folder, change))
    said = str(caught.value)
    assert said.startswith("procedures/voting.toml")
    assert key in said
    assert expected in said
    if "id" not in change:
        assert "procedure odd" in said


def _without_none(folder, change):
    if None not in change.values():
        return folder
    kept = {name: value for name, value in procedure("odd").items() if name not in change}
    return forms(folder, *DEFAULT, kept)


@pytest.mark.parametrize(
    ("relevant", "says"),
    [
        ("${nobody} = 'yes'", "no question is named 'nobody'"),
        ("${calm} = 'maybe'", "'maybe' is no answer of 'calm'"),
        ("${calm} = 1", "a choice with a number"),
        ("${calm} = 'yes", "has no end"),
        ("${elsewhere} = 'yes'", "no question is named 'elsewhere'"),
        ("${ballots} = 'yes'", "no question is named 'ballots'"),
    ],
)
def test_a_condition_is_checked_in_every_stage_and_event_that_asks_it(tmp_path, relevant, says):
    others = (procedure("elsewhere", asked_in=["counting"]), procedure("ballots", events=["election"]))
    folder = forms(tmp_path, *DEFAULT, *others, procedure("child", relevant=relevant))
    with pytest.raises(FormsInvalid, match=says) as caught:
        load_catalogue(folder)
    assert caught.value.place.startswith("procedures/voting.toml, procedure child, relevant (voting")
    assert "column" in caught.value.place


def test_a_condition_may_differ_by_stage(tmp_path):
    stages = ["voting", "counting"]
    parents = (procedure("day"), procedure("night", asked_in=["counting"]))
    relevant = {"voting": "${day} = 'yes'", "counting": "${night} = 'yes'"}
    child = procedure("child", asked_in=stages, relevant=relevant)
    found = load_catalogue(forms(tmp_path, *DEFAULT, *parents, child)).get("child")
    assert found.relevant_in("voting") == "${day} = 'yes'"
    assert found.relevant_in("counting") == "${night} = 'yes'"
    assert found.relevant_in("opening") is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[[procedure]]\nid = ", "is not TOML"),
        (b'[[procedure]]\nid = "a"\nid = "b"\n', "is not TOML"),
        (b"\xff\xfe", "is not UTF-8"),
        (b'procedure = "none"\n', "a list of tables"),
        (b"procedure = [1]\n", "expected a table"),
        (b"procedur = []\n", "unknown key 'procedur'"),
    ],
)
def test_a_file_that_can_not_be_read_is_named(tmp_path, content, says):
    folder = forms(tmp_path)
    (folder / "procedures" / "opening.toml").write_bytes(content)
    with pytest.raises(FormsInvalid, match=says) as caught:
        load_catalogue(folder)
    assert caught.value.place.startswith("procedures/opening.toml")


def test_a_folder_without_procedures_is_refused(tmp_path):
    with pytest.raises(FormsInvalid, match="no file of procedures"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("checklist", "says"),
    [
        (definition(section("voting", "nobody")), "no procedure is called 'nobody'"),
        (definition(section("voting", "calm"), section("frame", "calm")), "calm already stands in voting"),
        (definition(section("voting", "calm"), section("voting")), "not yet used"),
        (definition(section("voting", "calm", holds=["frame"]), section("frame")), "no other holds"),
        (definition(section("voting", "calm", holds=["cellar"])), "holds: expected a list of"),
        (definition(section("voting", "calm", colour="red")), "unknown key 'colour'"),
        (definition(section("voting", "calm"), required=["late"]), "'late' is in no core list"),
        (definition(), "expected at least one"),
        ({"section": [section("voting", "calm")]}, "title"),
    ],
)
def test_a_checklist_definition_is_held_to_its_schema(tmp_path, checklist, says):
    with pytest.raises(FormsInvalid, match=says) as caught:
        load_catalogue(forms(tmp_path, *DEFAULT, checklist=checklist))
    assert caught.value.place.startswith("checklists/voting.toml")


def test_a_core_list_takes_only_what_its_stage_may_ask(tmp_path):
    checklist = definition(section("frame", "arrival"), section("voting", "later"))
    folder = forms(tmp_path, FRAME, procedure("later", asked_in=["counting"]), checklist=checklist)
    with pytest.raises(FormsInvalid, match="later is asked in counting, not in voting"):
        load_catalogue(folder)
