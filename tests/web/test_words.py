"""The pages' sentences: the same keys, values and plural forms in every language, and none that a page lacks."""

import re
import tomllib
from string import Formatter

import pytest
from babel import Locale
from markupsafe import Markup

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.words import words

ROOMS = (
    "doors",
    "desk",
    "office",
    "admin",
    "lan",
    "charts",
    "live",
    "chase",
    "typing",
    "review",
    "compare",
    "quality",
    "tables",
    "paper",
    "edition",
    "protocols",
    "export",
    "verify",
)
OTHERS = tuple(language for language in LANGUAGES if language != "en")


def sentences(room, language):
    return tomllib.loads((resources("templates") / "words" / f"{room}.{language}.toml").read_text("utf-8"))


def values_in(sentence):
    forms = sentence.values() if isinstance(sentence, dict) else [sentence]
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_said_in_every_language_with_the_same_values(room, language):
    english, own = sentences(room, "en"), sentences(room, language)
    assert set(own) == set(english)
    for key, sentence in english.items():
        assert values_in(own[key]) == values_in(sentence), key


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_with_a_number_has_every_form_of_its_language(room, language):
    forms = set(Locale(language).plural_form.tags) | {"other"}
    for key, sentence in sentences(room, language).items():
        if isinstance(sentence, dict):
            assert set(sentence) == forms, key


def test_russian_is_spelt_as_in_the_laws():
    assert not [key for room in ROOMS for key, words in sentences(room, "ru").items() if "ё" in str(words)]


def test_every_sentence_that_a_page_says_is_there():
    known = {f"{room}.{key}" for room in ROOMS for key in sentences(room, "en")}
    folder = resources("templates")
    pages = [folder / name for name in ("base.html", "doors.html", "error.html", "sign_in.html")]
    pages += [page for room in ("desk", "office", "admin", "partials") for page in (folder / room).glob("*.html")]
    said = {
        key
        for page in pages
        for key in re.findall(r"\btell\(\s*[\"']([a-z]+\.\w+)[\"']\s*[,)]", page.read_text("utf-8"))
    }
    assert len(said) > 100
    assert said <= known


@pytest.mark.parametrize(
    ("base", "said"),
    [("151", "151-ден 24"), ("30", "30-дан 24"), ("10", "10-нан 24"), ("80", "80-нен 24"),
     ("1\u00a0625", "1\u00a0625-тен 24"), ("1\u00a0000", "1\u00a0000-нан 24"),
     (Markup('<a href="?n=7">1\u00a0006</a>'), '<a href="?n=7">1\u00a0006</a>-дан 24')],
)  # fmt: skip
def test_a_kazakh_base_in_digits_takes_the_ending_of_its_last_spoken_word(base, said):
    assert words("kk")("charts.of", cases="24", base=base) == said
    assert words("ru")("charts.of", cases="24", base="151") == "24 из 151"
