"""Whatever a mission types or hands in: a clear error, or a page that is safe to read."""

import io

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader

from observer_kit.config import resources
from observer_kit.errors import PublicKeyInvalid
from observer_kit.statements.edition import build as press
from observer_kit.statements.edition.build import build
from observer_kit.statements.edition.frame import render
from observer_kit.statements.edition.logo import LARGEST, checked
from observer_kit.statements.edition.model import FontMissing, LogoInvalid
from observer_kit.statements.edition.signature import public_pem, read_public
from observer_kit.statements.pdf import render_pdf
from tests.pictures import jpeg
from tests.statements.edition.editions import edition, key, mission

SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(2)>"}'
TURNED = "safe\u202egnp.exe\u2066"


def png(side=40):
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["html", "txt", "docx", "pdf"])
@pytest.mark.parametrize("name", [SCRIPT, TURNED, "]]>\x07 & \\0", "url(file:///etc/passwd) } @import 'x'"])
def test_a_name_is_words_and_nothing_else(kind, name):
    own = mission(name=dict.fromkeys(("en", "ru", "kk"), name))
    content = build(edition(mission=own, words=name, notes="end", key=None, layout="letterhead"), kind)
    text = {"html": content.decode, "txt": content.decode}.get(kind, lambda: _text(kind, content))()
    assert "<script" not in text if kind == "html" else True
    assert "onerror=alert(2)>" not in text.replace("&gt;", "") if kind == "html" else True
    assert "\u202e" not in text
    assert "\x07" not in text
    assert "root:" not in text


def _text(kind, content):
    if kind == "docx":
        return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_override_characters_are_shown_by_their_numbers():
    html = render(edition(mission=mission(name=dict.fromkeys(("en", "ru", "kk"), TURNED)), key=None))
    assert "safe[U+202E]gnp.exe[U+2066]" in html


@pytest.mark.parametrize("content", [
    b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", b"MZ\x90\x00",
    png()[:60], jpeg()[:400], b"\x89PNG\r\n\x1a\n" + b"\0" * 200, b"x" * (LARGEST + 1), b"%PDF-1.7",
])  # fmt: skip
def test_a_logo_that_is_no_picture_is_refused_with_a_code(content):
    with pytest.raises(LogoInvalid) as refusal:
        checked(content, "logo.png")
    assert refusal.value.code == "logo_invalid"
    assert str(refusal.value).startswith("logo.png: ")


@pytest.mark.parametrize("content", [png(), jpeg()])
def test_a_logo_stands_on_the_paper_with_words_for_those_who_can_not_see_it(content):
    own = edition(logo=checked(content), key=None)
    html = render(own)
    assert 'src="kit:logo" alt="Emblem of The Mission"' in html
    pdf = PdfReader(io.BytesIO(build(own)))
    assert len(pdf.pages[0].images) == 1
    assert "data:image/" in render(own, alone=True)


def test_a_font_that_is_missing_stops_the_paper_before_it_is_set(monkeypatch, tmp_path):
    monkeypatch.setattr(press, "resources", lambda name: tmp_path)
    with pytest.raises(FontMissing) as refusal:
        build(edition())
    assert refusal.value.code == "font_missing"
    assert "NotoSans_400Regular.ttf is missing" in str(refusal.value)


def test_no_page_reads_a_file_that_is_not_the_kits_own(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    escaped = resources("static").as_uri() + "/%2e%2e" * 40 + secret.as_posix()
    page = f"""<html lang="en"><head><title>t</title><link rel="stylesheet" href="{secret.as_uri()}">
      <link rel="attachment" href="{escaped}"><link rel="attachment" href="file://localhost{secret}">
      <style>@import url({secret.as_uri()}); body {{ background: url(http://127.0.0.1:1/x.png) }}</style></head>
      <body><img src="{secret.as_uri()}" alt=""><img src="../../../../../../etc/passwd" alt="">
      <object data="{secret.as_uri()}"></object><a rel="attachment" href="{secret.as_uri()}">a</a>
      <link rel="attachment" href="{secret.as_uri()}"><p>words</p></body></html>"""
    pdf = PdfReader(io.BytesIO(render_pdf(page, "style.css", variant=press.VARIANT)))
    assert "hunter2" not in "".join(each.extract_text() for each in pdf.pages)
    assert not pdf.attachments


def test_a_base_of_nothing_is_a_dash_and_no_division():
    own = edition(rows=[], key=None)
    html = render(own)
    assert "None" not in html
    assert "nan" not in html.lower().replace("finance", "")
    assert build(own).startswith(b"%PDF")


def test_a_section_of_twenty_thousand_words_is_set_whole():
    words = " ".join(f"word{place}" for place in range(20_000))
    text = build(edition(words=words, notes="end", key=None), "txt").decode()
    assert "word0 word1" in text
    assert "word19999" in text
    pdf = PdfReader(io.BytesIO(build(edition(words=words, key=None, layout="plain"))))
    assert "word19999" in "".join(page.extract_text() for page in pdf.pages[-6:])


@pytest.mark.parametrize("content", [
    b"", b"hello", b"{}", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", b"\xff\xfe",
    b'{"kty": "RSA", "n": "AQAB"}', key().pem(),
])  # fmt: skip
def test_a_key_that_is_none_is_refused_with_a_code(content):
    with pytest.raises(PublicKeyInvalid):
        read_public(content)


def test_a_key_is_read_however_it_was_published():
    own = key()
    for content in (public_pem(own.public), own.public.encode(), str(own.jwk()).replace("'", '"').encode()):
        assert read_public(content) == own.public


def test_the_verifier_takes_no_damage_from_a_hostile_manifest():
    from observer_kit.statements.edition.compared import Text, mark
    from observer_kit.statements.edition.findings import Say

    none, say = Text([]), Say("en")
    for place in ({}, {"figure": "x", "says": None}, {"figure": 1, "place": "annex", "says": "|"}):
        assert list(mark(place, None, none, "xx", say))
    row = dict.fromkeys(("figure", "numerator", "denominator", "percent", "of"), "")
    assert list(mark({"figure": 1, "says": "7 cases", "place": "text"}, row, none, "en", say))
