"""Canonical JSON and the two hashes: exact there and back, stable, and blind to wording where they should be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.checklists.model import Checklist, Choice, Question, Section, Source
from observer_kit.checklists.versions import from_json, seal, to_json
from observer_kit.errors import FormsInvalid
from tests.builders import checklist, question, text

SAFE = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WORDS = st.fixed_dictionaries(dict.fromkeys(("en", "ru", "kk"), SAFE))
QUESTIONS = st.builds(
    Question,
    name=SAFE,
    type=st.sampled_from(["yes_no", "integer", "select_one"]),
    label=WORDS,
    hint=st.just({}) | WORDS,
    required=st.booleans(),
    relevant=st.none() | SAFE,
    choices=st.lists(st.builds(Choice, SAFE, WORDS), max_size=2).map(tuple),
    not_observed=st.booleans(),
    minimum=st.none() | st.integers(-5, 5),
    good=st.lists(SAFE, max_size=2).map(tuple),
    sources=st.lists(st.builds(Source, SAFE, SAFE, SAFE, st.booleans()), max_size=2).map(tuple),
)
CHECKLISTS = st.builds(
    Checklist,
    name=SAFE,
    stage=SAFE,
    event=SAFE,
    length=SAFE,
    title=WORDS,
    sections=st.lists(st.builds(Section, SAFE, WORDS, st.lists(QUESTIONS, max_size=3).map(tuple)), max_size=2).map(
        tuple
    ),
)


@given(CHECKLISTS)
def test_a_checklist_comes_back_from_its_json_exactly_and_the_json_is_canonical(made):
    sealed = seal(made)
    content = to_json(sealed)
    assert from_json(content) == sealed
    assert to_json(from_json(content)) == content
    assert seal(sealed) == sealed


SMALL = checklist(question("calm", good=("yes",), minimum=None), question("mood", "rating", ("good", "bad")))


def change(**values):
    section = SMALL.sections[0]
    first = replace(section.questions[0], **values)
    return replace(SMALL, sections=(replace(section, questions=(first, *section.questions[1:])),))


@pytest.mark.parametrize(
    "values",
    [
        {"label": text("Is it calm?")}, {"hint": text("Look around")}, {"constraint_message": text("No")},
        {"procedure": text("Calm is kept")}, {"sources": (Source("EOM", "A report", "I"),)},
        {"not_applicable_when": text("Never")}, {"origin": "public"},
    ],
)  # fmt: skip
def test_another_wording_is_another_version_with_the_same_meaning(values):
    before, after = seal(SMALL), seal(change(**values))
    assert before.version != after.version
    assert before.meaning == after.meaning


@pytest.mark.parametrize(
    "values",
    [
        {"name": "quiet"}, {"type": "text"}, {"good": ("no",)}, {"relevant": "${x} = 'yes'"}, {"constraint": ". > 0"},
        {"minimum": 0}, {"required": True}, {"not_applicable": False}, {"not_observed": False}, {"repeat": "boxes"},
        {"severity": "serious"}, {"choices": (Choice("a", text("A")),)},
    ],
)  # fmt: skip
def test_another_rule_is_another_meaning(values):
    before, after = seal(SMALL), seal(change(**values))
    assert before.version != after.version
    assert before.meaning != after.meaning


def test_a_default_is_not_written_so_that_a_later_field_leaves_old_hashes_alone():
    content = to_json(seal(SMALL)).decode()
    assert '"constraint"' not in content
    assert '"repeat"' not in content
    assert ": " not in content.replace("s: ", "")


def test_the_hashes_are_sha256_in_hex():
    sealed = seal(SMALL)
    assert len(sealed.version) == len(sealed.meaning) == 64
    assert set(sealed.version + sealed.meaning) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "is not a checklist's JSON"),
        (b"[]", "expected an object"),
        (b"{}", "missing"),
        (b'{"colour": 1}', "unknown key 'colour'"),
        (to_json(SMALL).replace(b'"length":"core"', b'"length":5'), "found 5"),
        (to_json(SMALL).replace(b'"good":["yes"]', b'"good":"yes"'), "found 'yes'"),
    ],
)
def test_other_json_is_refused_with_its_place(content, says):
    with pytest.raises(FormsInvalid, match=says) as caught:
        from_json(content)
    assert caught.value.place.startswith("checklist")
