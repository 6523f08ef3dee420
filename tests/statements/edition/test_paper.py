"""The PDF as an archive, a screen reader and a person get it."""

import asyncio
import hashlib
import io
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pdfua
import pikepdf
import pytest
from pypdf import PdfReader

from observer_kit.statements.edition.build import build
from observer_kit.statements.edition.frame import render
from observer_kit.statements.edition.pages import read_pages
from observer_kit.words import words
from tests.statements.edition.editions import TITLES, edition, mission, signed

LANGUAGES = ("en", "ru", "kk")


def opened(pdf):
    return pikepdf.open(io.BytesIO(pdf))


def said(pdf):
    """Give the pages' text as a reader of PDFs finds it, its breaks taken out."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [" ".join(re.sub(r"(?<=\w)-\n(?=\w)", "", page).split()) for page in pages]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_independent_checker_finds_nothing_against_pdf_ua(language):
    report = pdfua.validate(io.BytesIO(signed(language)))
    assert [f"{each.rule_id} {each.message}" for each in report.findings] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_archival_and_accessible_by_its_own_words(language):
    with opened(signed(language)) as document:
        assert document.check_pdf_syntax() == []
        packet = document.Root.Metadata.read_bytes().decode()
        for part in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<pdfaSchema:prefix>pdfuaid<"):
            assert part in packet
        assert str(document.Root.Lang) == language
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert TITLES[language] in str(document.docinfo["/Title"])
        assert str(document.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        for page in document.pages:
            assert str(page.Tabs) == "/S"
            for each in page.get("/Annots", ()):
                assert int(each.F) & 4  # it is printed
                assert not int(each.F) & 2  # and not hidden
                assert str(each.get("/Contents", each.get("/TU", "")))  # and has words
        for each in document.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
                assert any(key in each for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def test_headings_go_down_one_by_one_and_tables_have_heads_that_say_of_what():
    with opened(signed()) as document:
        tagged = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
        kinds = {str(each.S) for each in tagged if each.get("/Type") == "/StructElem"}
        assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TH", "/TD", "/Figure", "/Link", "/Form"} <= kinds
        heads = [each for each in tagged if str(each.S) == "/TH"]
        assert {str(each.A.Scope) for each in heads} == {"/Column", "/Row"}
        figures = [each for each in tagged if str(each.S) == "/Figure"]
        assert figures
        assert all(str(each.Alt) for each in figures)
        levels = [int(str(each.S)[2]) for each in _in_order(document.Root.StructTreeRoot) if str(each.S)[:2] == "/H"]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_running_lines_are_no_part_of_the_text_and_every_link_is_tagged_as_one():
    with opened(signed()) as document:
        parents = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)
        for page in document.pages[1:]:
            drawn = page.Contents.read_bytes()
            assert drawn.count(b"/Type /Pagination") >= 2  # the foot and the number of the page
            inside = {int(each) for each in re.findall(rb"/MCID (\d+)", drawn)}
            held = {place for place, each in enumerate(parents[int(page.StructParents)]) if each is not None}
            assert inside == held
            for each in page.get("/Annots", ()):
                assert str(parents[int(each.StructParent)].S) == "/Link"


def _in_order(element):
    kids = element.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if len(str(kid.S)) == 3 and str(kid.S)[2].isdecimal():
                yield kid
            yield from _in_order(kid)


@pytest.mark.parametrize(("language", "sentence", "page"), [
    ("en", "strangers in 15 cases", "Page 4 of 4"),
    ("ru", "Наблюдатели следили за голосованием на 60 посещенных участках", "Страница 4 из 4"),
    ("kk", "байқаушылар барған 60 учаскенің ішінде 9 учаске", "4 беттің 4-беті"),
])  # fmt: skip
def test_the_words_can_be_read_out_of_the_file_in_every_language(language, sentence, page):
    pages = said(signed(language))
    assert sentence in re.sub(r"(?<=[^\W\d])\d{1,2}\b", "", pages[1])  # without the raised numbers
    assert page in pages[-1]
    assert words(language)("edition.figures_title") in pages[2]
    assert "Page" not in pages[0]
    assert "\ufffd" not in "".join(pages)


def test_every_letter_of_kazakh_and_russian_is_drawn_from_the_papers_own_fonts():
    letters = "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя №«»–„“₸"
    pdf = build(edition("kk", words=f"{letters}\n\n**{letters}**\n\n*{letters}*", key=None))
    text = "".join(said(pdf)).replace(" ", "")
    assert text.count(letters.replace(" ", "")) == 3
    with opened(pdf) as document:
        names = {
            str(each.FontName) for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        }  # fmt: skip
    assert names
    assert all("Noto" in name for name in names)


def test_long_words_are_divided_as_each_language_divides_them():
    long = {"en": "administrative responsibilities ", "ru": "ответственность ", "kk": "жауапкершіліктеріміз "}
    for language, word in long.items():
        pdf = build(edition(language, words=word * 40, key=None, layout="plain"))
        with opened(pdf) as document:
            lines = [line for page in read_pages(document) for line in page.lines]
        assert [line for line in lines if line.endswith("-")], language


def test_the_same_edition_gives_the_same_bytes_in_another_process_too():
    code = (
        "import sys, hashlib; sys.path.insert(0, '.')\n"
        "from tests.statements.edition import editions as e\n"
        "from observer_kit.statements.edition.build import build\n"
        "for kind in ('pdf', 'html', 'docx', 'txt'):\n"
        "    print(hashlib.sha256(build(e.edition('kk', key=None, words='Words.'), kind)).hexdigest())\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    mine = [
        hashlib.sha256(build(edition("kk", key=None, words="Words."), kind)).hexdigest()
        for kind in ("pdf", "html", "docx", "txt")
    ]
    assert run.stdout.split() == mine
    assert build(edition(words="The day was calm.")) == signed()


def test_what_is_attached_says_what_it_is_and_has_the_papers_own_dates():
    with opened(signed()) as document:
        names = {name: document.attachments[name] for name in document.attachments}
        assert set(names) == {"figures.csv", "snapshot.json", "manifest.json"}
        for each in names.values():
            assert each.description
            assert str(each.obj.AFRelationship) in ("/Data", "/Supplement")
            assert str(each.obj.EF.F.Params.ModDate) == "D:20261005070000Z"
        assert len(document.Root.AF) == 3
        listed = json.loads(names["manifest.json"].get_file().read_bytes())
        for name, digest in listed["attachments"].items():
            assert hashlib.sha256(names[name].get_file().read_bytes()).hexdigest() == digest
        first, second = document.trailer.ID
        assert len(bytes(first)) == len(bytes(second)) == 16
    assert listed["chain_head"] == "c" * 64
    assert listed["snapshot"]["checklists"] == {"voting": ["v1"]}


def test_contents_lead_to_pages_and_raised_numbers_to_their_figures():
    text = said(signed())
    assert re.search(
        r"Contents 1 Voting[. ]+2 1\.1 What was seen[. ]+2 2 Conclusion[. ]+2 Annex A\. Figures[. ]+3", text[1]
    )
    with opened(signed()) as document:
        assert [str(each.title) for each in document.open_outline().root][:2] == ["1. Voting", "2. Conclusion"]
        named = {str(name) for name in pikepdf.NameTree(document.Root.Names.Dests)}
    assert {"figure-1", "figure-4", "annex-figures", "s-voting"} <= named


def test_heads_of_long_tables_stand_on_every_page_and_a_number_never_alone_of_its_row():
    own = edition(key=None)
    many = {f"f{place}": figure for place in range(24) for figure in own.figures.values()}
    pdf = build(replace(own, figures={**own.figures, **many}))
    heads = [page for page in said(pdf) if "Figure and question" in page]
    assert len(heads) >= 2


@pytest.mark.parametrize(("more", "words_of_it"), [
    ({"state": "draft"}, "Draft of 4 October 2026, 23:30: not approved, not for publication"),
    ({"state": "corrected", "version": 2, "replaces": 1, "reason": "A base was wrong."},
     "Corrected version 2. It replaces version 1. Reason: A base was wrong."),
    ({"state": "withdrawn", "version": 3, "replaces": 2, "reason": "Reports were lost."},
     "Withdrawn. This notice stands in place of version 2"),
    ({"mission": mission(reconstruction="OSCE/ODIHR")},
     "Reconstruction from published figures; not issued by OSCE/ODIHR"),
])  # fmt: skip
@pytest.mark.parametrize("layout", ["cover", "letterhead"])
def test_the_first_page_says_what_a_reader_must_know_first(more, words_of_it, layout):
    html = render(edition(layout=layout, key=None, **more))
    text = " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<body") :]).split())
    assert words_of_it in text
    assert text.index(words_of_it) < text.index("Presidential election")


def test_a_draft_is_marked_on_every_page_and_an_empty_verdict_is_a_gap_that_no_paper_has():
    draft = edition("ru", state="draft", layout="plain")
    assert "Оценка словами людей." in render(draft)
    assert "kit:watermark" in render(draft)
    paper = render(edition("ru", layout="plain"))
    assert "Оценка словами людей." not in paper
    assert "Заключение" not in paper
    assert "kit:watermark" not in paper


def test_a_reconstruction_prints_nothing_that_was_made_up():
    html = render(edition(mission=mission(reconstruction="OSCE/ODIHR"), stations=True, key=None))
    annexes = html[html.index('id="annex-figures"') :]
    assert "Not obs." not in annexes
    assert "L-r001" not in annexes
    assert "annex-coverage" not in annexes


def test_the_stations_visited_are_named_only_where_the_mission_lets_them_be():
    assert "L-r001" in render(edition(stations=True, key=None))
    assert "L-r001" not in render(edition(key=None))


def test_a_statement_is_signed_where_a_loop_is_running_too():
    async def within() -> bytes:
        return build(edition(words="The day was calm."))

    with ThreadPoolExecutor(1) as own:  # a thread of its own: this one may have a browser's loop running
        assert own.submit(lambda: asyncio.run(within())).result() == signed()
