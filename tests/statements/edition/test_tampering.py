"""Ten ways to falsify a statement, each found, with words that name what."""

import hashlib
import io
import json
import re

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from observer_kit.statements.edition import signature
from observer_kit.statements.edition.bounds import NotAStatement
from observer_kit.statements.edition.build import build
from observer_kit.statements.edition.findings import RIGHT, UNCHECKED, WRONG
from observer_kit.statements.edition.verify import verify
from tests.statements.edition import editions
from tests.statements.edition.editions import _definition, edition, key, mission, reports, signed


def wrong(pdf, **more):
    """Verify and give what is wrong, as one text."""
    found = verify(pdf, public=key().public, **more)
    assert any(each.state == WRONG and each.check == "signature" for each in found), "the signature no longer holds"
    return "\n".join(f"{each.check}: {each.message}" for each in found if each.state == WRONG).replace("\u00a0", " ")


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def codes(font, text):
    """Write a text in the codes of a font of the file."""
    table = font.ToUnicode.read_bytes()
    known = {bytes.fromhex(b.decode()).decode("utf-16-be"): a for a, b in re.findall(rb"<(\w+)> <(\w+)>", table)}
    return [known[letter] for letter in text]


def redrawn(pdf, old, new, *, page, after=b""):
    """Draw other digits in the place of these: the same font, the same place."""
    document = pikepdf.open(io.BytesIO(pdf))
    drawn = document.pages[page]
    content = drawn.Contents.read_bytes()
    start = content.index(after)
    for name, font in drawn.Resources.Font.items():
        try:
            before, then = codes(font, old), codes(font, new)
        except KeyError:
            continue
        pattern = rb"(?:>[^<\[\]]*(?:\] TJ[^<]*?\[)?|)<".join(before)
        for hit in re.finditer(rb"<" + pattern + rb">", content[start:]):
            place = start + hit.start()
            if re.findall(rb"(/\w+) [\d.]+ Tf", content[:place])[-1].decode() != name:
                continue
            gaps = re.split(rb"<\w+>", hit.group(0))
            said = b"".join(gap + b"<" + code + b">" for gap, code in zip(gaps, then, strict=False)) + gaps[-1]
            drawn.Contents = document.make_stream(content[:place] + said + content[start + hit.end() :])
            return saved(document)
    raise AssertionError(f"{old!r} is not drawn")


def attached(pdf, name):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return bytes(document.attachments[name].get_file().read_bytes())


def exchanged(pdf, name, content):
    """Put other bytes in an attachment's place."""
    document = pikepdf.open(io.BytesIO(pdf))
    document.attachments[name].obj.EF.F.write(content)
    return saved(document)


def rows_changed(pdf, change):
    document = json.loads(attached(pdf, "snapshot.json"))
    change(document["checklists"]["voting"])
    return exchanged(pdf, "snapshot.json", json.dumps(document).encode())


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_statement_as_it_was_issued_has_nothing_wrong_and_names_what_was_not_checked(language):
    found = verify(signed(language), public=key().public, language="en")
    assert not [each for each in found if each.state == WRONG]
    assert {each.check for each in found if each.state == RIGHT} == {
        "signature", "edition", "attachments", "pages", "beside the pages", "file", "printed numbers", "recount",
    }  # fmt: skip
    left = "\n".join(each.message for each in found if each.state == UNCHECKED)
    assert "made by adding up numbers, and no number stands in the rows (voters)" in left
    assert "no data folder was given" in left


def test_1_a_digit_in_the_text():
    said = wrong(redrawn(signed(), "83", "38", page=1))
    assert "page 2: the text was issued as “83 per cent of the polling stations visited (50 of 60)”" in said
    assert "figure 2 (positive): the text should say “83 per cent" in said


def test_2_a_digit_in_a_table():
    said = wrong(redrawn(signed(), "57", "75", page=2))
    assert "page 3: the text was issued as “57” and says “75”" in said
    assert "figure 3 (strangers): its row in the table of figures should read" in said


def test_3_a_digit_in_a_chart():
    said = wrong(redrawn(signed(), "15", "51", page=1, after=b"/Figure"))
    assert "page 2: a chart was issued as “15” and says “51”" in said


def test_4_a_digit_in_the_figures():
    figures = attached(signed(), "figures.csv").replace(b",50,60,83,", b",55,60,92,")
    said = wrong(exchanged(signed(), "figures.csv", figures))
    assert "figures.csv is not the file that was attached" in said
    assert "figure 2 (positive): numerator is 55 in the attached figures and 50 counted again" in said
    assert "figure 2 (positive): the text says “83 per cent" in said


def test_5_an_answer_in_the_snapshot():
    def better(voting):
        row = next(row for row in voting["rows"] if "bad" in row)
        row[row.index("bad")] = "good"

    said = wrong(rows_changed(signed(), better))
    assert "snapshot.json is not the file that was attached: it has this statement’s name and other content" in said
    assert "figure 2 (positive): numerator is 50 in the attached figures and 51 counted again" in said


def test_6_a_row_removed():
    said = wrong(rows_changed(signed(), lambda voting: voting["rows"].pop()))
    assert "the rows of voting are 59, and were 60 when the statement was made" in said


def test_7_a_row_doubled():
    said = wrong(rows_changed(signed(), lambda voting: voting["rows"].append(voting["rows"][0])))
    assert "the rows of voting are 61, and were 60 when the statement was made" in said


def test_8_an_attachment_of_another_statement():
    other = build(edition(mission=mission(code="other-2026"), rows=reports()[:50]))
    said = wrong(exchanged(signed(), "snapshot.json", attached(other, "snapshot.json")))
    assert (
        "snapshot.json is not the file that was attached: it belongs to another statement (mission other-2026" in said
    )


def test_9_a_page_replaced():
    with pikepdf.open(io.BytesIO(signed())) as document, pikepdf.open(io.BytesIO(signed("ru"))) as other:
        document.pages[1] = other.pages[1]
        pdf = saved(document)
    said = wrong(pdf)
    assert "page 2: it is another page than the one that was issued" in said


def test_10_a_figure_altered_and_all_signed_anew_with_another_key():
    rows = [
        each if each.id != "r000" else type(each)(**{n: getattr(each, n) for n in _FIELDS} | {"answers": _BETTER})
        for each in reports()
    ]
    forged = build(edition(rows=rows, key=key("another"), words="The day was calm."))
    found = verify(forged, public=key().public)
    assert ("signature", "the file is signed, but by another key than the one that was given") in {
        (each.check, each.message) for each in found if each.state == WRONG
    }
    # By its own key it is whole: the key must come from elsewhere.
    assert not [each for each in verify(forged, public=key("another").public) if each.state == WRONG]


_BETTER = {**reports()[0].answers, "rating": "good"}
_FIELDS = reports()[0].__dataclass_fields__


def slipped_in(pdf):
    """Add to a signed file what nobody signed, in the room of a signature made longer: the lengths still come out."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Literal(generic.ByteStringObject):
        def write_to_stream(self, stream, handler=None, container_ref=None):
            stream.write(b"(" + re.sub(rb"([\\()])", rb"\\\1", bytes(self)).replace(b"\r", b"\\r") + b")")

    one = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    _, end, again, _ = map(int, one.byte_range)
    room = 8000
    for _ in range(40):
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        field = writer.root["/AcroForm"]["/Fields"][0]
        longer = generic.DictionaryObject({name: field["/V"].raw_get(name) for name in field["/V"]})
        longer["/Contents"] = Literal(one.pkcs7_content.ljust(room, b"\0"))
        field["/V"] = writer.add_object(longer)
        writer.mark_update(writer.root["/AcroForm"]["/Fields"].raw_get(0))
        writer.root["/Lang"] = generic.TextStringObject("xx")
        writer.update_root()
        out = io.BytesIO()
        writer.write(out)
        made = out.getvalue()
        made += b"\n" * (len(made) % 2 != len(pdf) % 2)
        wanted = (again - end + len(made) - len(pdf) - 2) // 2
        if wanted == room:
            return made
        room = wanted
    raise AssertionError("the lengths do not come out")


def test_what_slips_in_behind_a_longer_signature_is_not_signed():
    forged = slipped_in(signed())
    with pikepdf.open(io.BytesIO(forged)) as document:
        assert document.Root.Lang == "xx"
    assert "something was added to the file after it was signed" in wrong(forged)


@pytest.mark.parametrize("change", [
    lambda issued: issued.update(pages=["x"] * len(issued["pages"])),
    lambda issued: issued["pages"][0].pop("sha256"),
    lambda issued: issued["pages"][0].update(text=5),
    lambda issued: issued.update(printed=["x"]),
    lambda issued: issued["printed"][0].update(figure=[1], says="9" * 5000),
    lambda issued: issued["printed"][0].update(says="9" * 5000),
    lambda issued: issued.update(snapshot={}),
    lambda issued: issued.pop("mission"),
])  # fmt: skip
def test_a_manifest_that_the_kit_has_not_written_is_refused_with_a_code(change):
    issued = json.loads(attached(signed(), "manifest.json"))
    change(issued)
    with pytest.raises(NotAStatement):
        verify(exchanged(signed(), "manifest.json", json.dumps(issued).encode()), public=key().public)


@pytest.mark.parametrize("spoil", [
    lambda figures: b"",
    lambda figures: b"\x00\xff",
    lambda figures: figures + b"9,short\n",
    lambda figures: figures + figures.splitlines(keepends=True)[1],
    lambda figures: figures.replace(b",50,60,83,", b"," + b"9" * 5000 + b",60,83,"),
    lambda figures: figures + b"a" * 200_000,
])  # fmt: skip
def test_figures_that_are_none_are_said_to_be_unreadable(spoil):
    said = wrong(exchanged(signed(), "figures.csv", spoil(attached(signed(), "figures.csv"))))
    assert "figures.csv is missing or can’t be read" in said


def test_rows_nested_without_end_are_said_to_be_uncountable():
    said = wrong(exchanged(signed(), "snapshot.json", b"[" * 100_000))
    assert "snapshot.json can’t be counted from" in said


@pytest.mark.parametrize(("language", "label"), [
    ("en", "One of 12 ballots"), ("ru", "Один из 12 бюллетеней"), ("kk", "Бір адам 12 рет"),
])  # fmt: skip
def test_what_only_some_reports_could_observe_and_a_figure_named_with_a_number_are_right(language, label, monkeypatch):
    never = _definition("never", label, question="strangers", counted=("never",), base="reports", unit="station")
    monkeypatch.setattr(editions, "DEFINITIONS", (*editions.DEFINITIONS, never))
    pdf = build(edition(language, words="[[never label]]: [[never unseen station_visited]]."))
    found = verify(pdf, public=key().public)
    assert not [each for each in found if each.state == WRONG]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        said = json.loads(document.attachments["manifest.json"].get_file().read_bytes())["printed"]
    assert any("57" in each["says"] for each in said), "three of the sixty could not observe it"


def test_it_says_which_statement_it_is_and_that_a_draft_is_one():
    def told(pdf, **more):
        return next(each for each in verify(pdf, **more) if each.check == "edition")

    assert told(signed(), public=key().public).state == RIGHT
    assert "test-2026, findings in en, version 1: published" in told(signed(), public=key().public).message
    assert "a draft, which nobody has approved" in told(build(edition(state="draft")), public=key().public).message
    assert told(signed()).state == UNCHECKED, "a file that nobody vouches for may say anything"


@pytest.mark.parametrize(("spoil", "fault"), [
    (lambda pdf: pdf + b"\n% more\n", "partial"),
    (lambda pdf: pdf[:12] + b"x" + pdf[13:], "altered"),
    (lambda pdf: build(edition(key=None)), "none"),
    (lambda pdf: pdf[: len(pdf) // 2], "unreadable"),
    (lambda pdf: b"%PDF-1.7 nothing", "unreadable"),
])  # fmt: skip
def test_a_signature_that_does_not_hold_says_why(spoil, fault):
    spoilt = spoil(signed())
    assert spoilt != signed()
    assert signature.check(spoilt, key().public).fault == fault


def test_what_is_no_statement_is_refused_with_a_code():
    plain = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(plain)
    for content in (b"", b"hello", plain.getvalue(), signed()[:4000]):
        with pytest.raises(NotAStatement) as refusal:
            verify(content, public=key().public)
        assert refusal.value.code == "not_a_statement"


def test_a_drawing_that_holds_itself_over_and_over_is_refused():
    with pikepdf.open(io.BytesIO(signed())) as document:
        inner = document.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        for _ in range(8):
            drawings = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
            inner = document.make_stream(
                b"/X Do " * 30, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, Resources=drawings
            )
        document.pages[0].Resources.XObject = pikepdf.Dictionary(X=inner)
        document.pages[0].Contents = document.make_stream(b"/X Do ")
        pdf = saved(document)
    with pytest.raises(NotAStatement, match="drawings"):
        verify(pdf, public=key().public)


def swapped_letters(document):
    """Let the codes of 8 and 3 say each other's letters: what is drawn stays, what is read does not."""
    for font in document.pages[1].Resources.Font.values():
        table = font.ToUnicode.read_bytes()
        known = dict(re.findall(rb"<(\w+)> <(0038|0033)>", table))
        if set(known.values()) == {b"0038", b"0033"}:
            for before, after in ((b"0038>", b"8888>"), (b"0033>", b"0038>"), (b"8888>", b"0033>")):
                table = table.replace(b"> <" + before, b"> <" + after)
            font.ToUnicode.write(table)


def swapped_glyphs(document):
    """Draw other digits with the same codes: what is read stays, what is seen does not."""
    for font in document.pages[1].Resources.Font.values():
        file = font.DescendantFonts[0].FontDescriptor.FontFile2
        shapes = TTFont(io.BytesIO(bytes(file.read_bytes())))
        names = shapes.getGlyphOrder()
        codes = {b: int(a, 16) for a, b in re.findall(rb"<(\w+)> <(0038|0033)>", font.ToUnicode.read_bytes())}
        if len(codes) == 2:
            eight, three = (names[codes[each]] for each in (b"0038", b"0033"))
            table = shapes["glyf"].glyphs
            table[eight], table[three] = table[three], table[eight]
            out = io.BytesIO()
            shapes.save(out)
            file.write(out.getvalue())


def another_drawing(document):
    document.pages[1].Contents = document.make_stream(document.pages[0].Contents.read_bytes())


def other_metadata(document):
    document.Root.Metadata.write(document.Root.Metadata.read_bytes().replace(b"Presidential", b"Parliamentary"))


def another_name(document):
    one = next(iter(pikepdf.NameTree(document.Root.Names.EmbeddedFiles).values()))
    one.UF = one.F = pikepdf.String("numbers.csv")


def no_signature(document):
    del document.Root.AcroForm
    del document.pages[0].obj.Annots


def figures_and_their_hash(document):
    files = {str(each.UF): each.EF.F for each in pikepdf.NameTree(document.Root.Names.EmbeddedFiles).values()}
    figures = files["figures.csv"].read_bytes().replace(b",50,60,83,", b",51,60,85,")
    issued = json.loads(files["manifest.json"].read_bytes())
    issued["attachments"]["figures.csv"] = hashlib.sha256(figures).hexdigest()
    files["figures.csv"].write(figures)
    files["manifest.json"].write(json.dumps(issued).encode())


@pytest.mark.parametrize(("spoil", "told"), [
    (another_drawing, "page 2: it is another page than the one that was issued"),
    (swapped_letters, "says “38 per cent"),
    (swapped_glyphs, "page 2: its drawing is not as it was issued, though its words are"),
    (other_metadata, "signature: "),
    (another_name, "numbers.csv was added"),
    (no_signature, "signature: the file is not signed"),
    (figures_and_their_hash, "figure 2 (positive): numerator is 51 in the attached figures and 50 counted again"),
])  # fmt: skip
def test_every_other_part_altered_alone_is_found_too(spoil, told):
    with pikepdf.open(io.BytesIO(signed())) as document:
        spoil(document)
        pdf = saved(document)
    assert told in wrong(pdf)


def test_a_revision_that_hides_a_page_is_found():
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed()))
    top = writer.root["/Pages"]
    kids = top["/Kids"]
    top["/Kids"], top["/Count"] = (
        generic.ArrayObject(kids.raw_get(place) for place in range(len(kids) - 1)),
        generic.NumberObject(len(kids) - 1),
    )
    writer.mark_update(writer.root.raw_get("/Pages"))
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(signed()), "what was signed is still there"
    said = wrong(out.getvalue())
    assert "something was added to the file after it was signed" in said
    assert f"the statement was issued with {len(kids)} pages and has {len(kids) - 1}" in said


def test_the_signature_of_one_statement_signs_no_other():
    forged = build(edition(rows=reports()[:50], key=key("another"), words="The day was calm."))
    own, other = (re.search(rb"/Contents <([0-9a-fA-F]{8000,})>", pdf)[1] for pdf in (signed(), forged))
    grafted = forged.replace(other, own)
    assert grafted != forged
    assert not [each for each in verify(forged, public=key("another").public) if each.state == WRONG]
    assert "signature: the file was altered after it was signed" in wrong(grafted)


def test_without_a_key_the_signature_is_named_as_not_checked():
    found = verify(signed())
    assert next(each for each in found if each.check == "signature").state == UNCHECKED
