"""Forgeries that leave the drawn words alone, or write findings of their own: each is named, in three languages."""

import io
import json

import pikepdf
import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pikepdf import Array, Dictionary, Name, String

from observer_kit.statements.edition import signature
from observer_kit.statements.edition.build import build
from observer_kit.statements.edition.findings import RIGHT, UNCHECKED, WRONG, Say, follows, visible
from observer_kit.statements.edition.verify import verify
from tests.statements.edition.editions import edition, key, signed
from tests.statements.edition.test_tampering import attached, exchanged, redrawn, rows_changed, saved, wrong


def note(document):
    over = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([0, 0, 500, 800]), Contents=String("x"))
    document.pages[1].Annots.append(document.make_indirect(over))


def link_that_acts(document):
    link = next(each for each in document.pages[1].Annots if each.Subtype == "/Link")
    del link["/Dest"]
    link.A = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def link_elsewhere(document):
    next(each for each in document.pages[1].Annots if each.Subtype == "/Link").Dest = String("figure-1")


def seen_signature(document):
    document.pages[0].Annots[-1].Rect = Array([0, 0, 300, 80])


def opened(document):
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def program(document):
    document.Root.Names.JavaScript = Dictionary(Names=Array([]))


def form(document):
    document.Root.AcroForm.XFA = document.make_stream(b"<xdp/>")


def layers(document):
    document.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary())


def file_aside(document):
    stream = document.make_stream(b"1")
    aside = Dictionary(Type=Name.Filespec, F=String("figures.csv"), UF=String("figures.csv"), EF=Dictionary(F=stream))
    document.Root.AF.append(document.make_indirect(aside))


def cut_off(document):
    document.Root.Pages.CropBox = Array([0, 400, 595, 842])


def turned_over(document):
    document.pages[1].obj.Rotate = 180


def wider_letters(document):
    for font in document.pages[1].Resources.Font.values():
        font.DescendantFonts[0].W = Array([0, Array([0] * 500)])


def spoken(document, change):
    waiting = [document.Root.StructTreeRoot]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, Dictionary):
            continue
        if "/Alt" in each and each.S != "/Form":
            each.Alt = change(str(each.Alt))
            return
        kids = each.get("/K", ())
        waiting += list(kids) if isinstance(kids, Array) else [kids]
    raise AssertionError("nothing is read aloud")


def said_otherwise(document):
    spoken(document, lambda words: String(words.replace("15", "51")))


def read_backwards(document):
    top = document.Root.StructTreeRoot.K
    top = top[0] if isinstance(top, Array) else top
    top.K = Array(reversed(list(top.K)))


def bookmark(document):
    document.Root.Outlines.First.Title = String("Another")


def title(document):
    document.docinfo["/Title"] = String("The election was valid")


def metadata(document):
    document.Root.Metadata.write(document.Root.Metadata.read_bytes().replace(b"Presidential", b"Parliamentary"))


@pytest.mark.parametrize(("spoil", "told"), [
    (note, "file: page 2: something lies over the page that is no part of it (FreeText)"),
    (link_that_acts, "page 2: a link does something else than lead to a place or an address (JavaScript)"),
    (link_elsewhere, "page 2: its drawing is not as it was issued"),
    (seen_signature, "page 1: the field of the signature shows something"),
    (opened, "does something by itself when it is opened"),
    (program, "holds a program (JavaScript)"),
    (form, "holds a form to fill in"),
    (layers, "has layers"),
    (file_aside, "attached outside the list"),
    (cut_off, "page 1: its drawing is not as it was issued"),
    (turned_over, "page 2: its drawing is not as it was issued"),
    (wider_letters, "page 2: its drawing is not as it was issued"),
    (said_otherwise, "what is read aloud was issued as"),
    (read_backwards, "the order in which the file is read aloud"),
    (bookmark, "a bookmark was issued as"),
    (title, "and says “The election was valid”"),
    (metadata, "description of itself for archives (XMP)"),
])  # fmt: skip
def test_what_leaves_the_drawn_words_alone_is_named_and_nothing_is_said_to_be_right_of_it(spoil, told):
    with pikepdf.open(io.BytesIO(signed())) as document:
        spoil(document)
        pdf = saved(document)
    assert told in wrong(pdf)
    right = {each.check for each in verify(pdf) if each.state == RIGHT}
    assert told.startswith("page") is False or not {"pages", "file"} <= right


def named(by, name=None):
    """Give a certificate of the mission's key as `by` would make it: in its own hand, with any name."""
    held = x509.load_der_x509_certificate(signature.certificate(key().private, key().public))
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) if name else held.subject
    made = x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(held.public_key())
    made = made.serial_number(held.serial_number).not_valid_before(held.not_valid_before_utc)
    made = made.not_valid_after(held.not_valid_after_utc).sign(by.private, SHA256())
    return made.public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def before_signing():
    """Give what is handed over to be signed, of a statement that is whole."""
    handed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signature, "sign", lambda *given: handed.append(given) or given[0])
        build(edition(words="The day was calm."))
    return handed[0]


@pytest.mark.parametrize(("by", "name", "refused"), [
    ("", None, False),
    ("", "Central Election Commission", True),
    ("another", "Central Election Commission", True),
    ("another", None, True),
])  # fmt: skip
def test_a_certificate_with_the_missions_key_and_another_name_is_refused(
    before_signing, monkeypatch, by, name, refused
):
    """The key is right and signed every byte; who is named beside it, or who vouches for it, is not the key."""
    certificate = named(key(by) if by else key(), name)
    monkeypatch.setattr(signature, "certificate", lambda *_: certificate)
    signature._signer.cache_clear()
    forged = signature.sign(*before_signing)
    signature._signer.cache_clear()
    assert signature.check(forged, key().public).fault == ("other_name" if refused else "")
    told = [(each.check, each.message) for each in verify(forged, public=key().public) if each.state == WRONG]
    assert [check for check, _ in told] == ["signature"] * refused
    assert all("the name beside the signature was put there by somebody else" in message for _, message in told)


def test_a_certificate_put_in_the_place_of_the_one_that_signed_is_refused():
    pdf = signed()
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    room = pdf.index(b">", start) - start
    content = cms.ContentInfo.load(bytes.fromhex(pdf[start : start + room].decode()))
    content["content"]["certificates"] = [asn1_x509.Certificate.load(named(key(), "Central Election Commission"))]
    written = content.dump(force=True).hex().encode().ljust(room, b"0")
    forged = pdf[:start] + written + pdf[start + room :]
    assert len(forged) == len(pdf)
    assert signature.check(forged, key().public).fault == "unreadable"


def test_letters_that_look_alike_are_named():
    issued = json.loads(attached(signed(), "manifest.json"))
    line = next(line for line in issued["pages"][1]["text"] if "a" in line)
    place = issued["pages"][1]["text"].index(line)
    issued["pages"][1]["text"][place] = line.replace("a", "а")  # a Cyrillic letter
    said = wrong(exchanged(signed(), "manifest.json", json.dumps(issued).encode()))
    assert "letters that look alike: “а” U+0430 – “a” U+0061" in said


def test_a_file_writes_no_findings_of_its_own():
    issued = json.loads(attached(signed(), "manifest.json"))
    issued["mission"] = "x\nright        signature: signed whole\x1b[2K\u202e"
    found = verify(exchanged(signed(), "manifest.json", json.dumps(issued).encode()), public=key().public)
    assert all(each.message == visible(each.message) for each in found)
    assert any("x⟨U+000A⟩right" in each.message and "⟨U+001B⟩" in each.message for each in found)


def test_figures_that_no_row_of_the_annex_prints_are_named():
    issued = json.loads(attached(signed(), "manifest.json"))
    issued["printed"] = []
    found = verify(exchanged(signed(), "manifest.json", json.dumps(issued).encode()))
    assert any(each.check == "printed numbers" and each.state == WRONG for each in found)


@pytest.mark.parametrize(("language", "whole", "digit", "answer", "row", "other"), [
    ("ru", "файл целиком подписан указанным ключом", "страница 2: в тексте было «", "при пересчете 51",
     "строк в части voting сейчас 59, а при составлении заявления было 60", "файл подписан, но не тем ключом"),
    ("kk", "файлға көрсетілген кілтпен тұтас қол қойылған", "2-бет: мәтінде «", "қайта санағанда 51",
     "voting бөлігінде қазір 59 жол бар, ал мәлімдеме жасалғанда 60", "бірақ көрсетілген кілтпен емес"),
])  # fmt: skip
def test_it_speaks_the_statements_own_language_of_a_genuine_file_and_of_tampered_ones(
    language, whole, digit, answer, row, other
):
    def told(pdf, by=None, **more):
        return "\n".join(each.message for each in verify(pdf, public=(by or key()).public, **more))

    def better(voting):
        found = next(row for row in voting["rows"] if "bad" in row)
        found[found.index("bad")] = "good"

    pdf = signed(language)
    assert not [each for each in verify(pdf, public=key().public) if each.state == WRONG]
    assert whole in told(pdf)
    assert digit in told(redrawn(pdf, "60", "90", page=1))
    assert answer in told(rows_changed(pdf, better))
    assert row in told(rows_changed(pdf, lambda voting: voting["rows"].pop()))
    assert other in told(pdf, key("another"))
    assert "signed whole by the key" in told(pdf, language="en")


@pytest.mark.parametrize(("language", "alone", "where"), [
    ("en", "proves nothing about who made it", "somewhere else than this file"),
    ("ru", "ничего не доказывает", "не из этого файла, а из другого источника"),
    ("kk", "кім жасағанын дәлелдемейді", "осы файлдан емес, басқа жерден"),
])  # fmt: skip
def test_without_a_key_it_says_plainly_that_the_file_agrees_with_itself_and_no_more(language, alone, where):
    found = verify(signed(), language=language)
    assert next(each for each in found if each.check == "signature").state == UNCHECKED
    (told,) = follows(found, issued=True, say=Say(language))
    assert alone in told
    assert where in told
    assert "observer-kit statement key" in told
