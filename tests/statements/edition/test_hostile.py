"""Files made to harm whoever reads them: each is refused by what it declares, with a code, in little memory."""

import io
import struct
import tracemalloc
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, NameTree, String
from PIL import Image

from observer_kit.statements.edition import bounds
from observer_kit.statements.edition.bounds import NotAStatement
from observer_kit.statements.edition.logo import MOST_PIXELS, checked
from observer_kit.statements.edition.model import LogoInvalid
from observer_kit.statements.edition.verify import verify
from tests.statements.edition.editions import key, signed
from tests.statements.edition.test_tampering import saved, wrong


def refused(pdf):
    with pytest.raises(NotAStatement) as refusal:
        verify(pdf, public=key().public)
    assert refusal.value.code == "not_a_statement"
    return str(refusal.value)


def changed(change):
    with pikepdf.open(io.BytesIO(signed())) as document:
        change(document)
        return saved(document)


def packed(size):
    engine = zlib.compressobj(1)
    zeros = bytes(1 << 20)
    return b"".join([*(engine.compress(zeros) for _ in range(size >> 20)), engine.flush()])


def with_stream(head, content):
    return signed() + b"\n99 0 obj\n<<" + head + b">>\nstream\n" + content + b"\nendstream\nendobj\n"


def test_a_small_file_that_unpacks_without_end_is_refused_in_little_memory():
    bomb = with_stream(b"/Filter/FlateDecode", packed(bounds.UNPACKED + (2 << 20)))
    assert len(bomb) < 3_000_000
    tracemalloc.start()
    assert "unpacks to more than 128,000,000 bytes" in refused(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_many_streams_that_are_each_small_enough_are_too_much_together(monkeypatch):
    monkeypatch.setattr(bounds, "UNPACKED", 20 << 20)
    one = b"\n9 0 obj<</Filter/FlateDecode>>stream\n" + packed(4 << 20) + b"\nendstream endobj\n"
    bounds.measure(signed() + one)
    with pytest.raises(NotAStatement, match="unpacks"):
        bounds.measure(signed() + one * 6)


@pytest.mark.parametrize("head", [
    b"/Filter[/FlateDecode/FlateDecode]", b"/Filter [/ASCIIHexDecode /FlateDecode]", b"/Filter /LZWDecode",
    b"/Fil#74er/RunLengthDecode", b"/Filter 12 0 R", b"/Filter % here\n/LZWDecode", b"/Filter/Crypt", b"/Filter",
])  # fmt: skip
def test_what_is_packed_otherwise_or_twice_is_refused(head):
    assert "packed in another way" in refused(with_stream(head, b"x"))


@pytest.mark.parametrize("head", [b"/Columns 2000000000", b"/Colors 7 0 R", b"/Col#75mns\n99999999"])
def test_a_row_wider_than_any_page_is_refused(head):
    told = refused(with_stream(b"/Filter/FlateDecode/DecodeParms<</Predictor 15" + head + b">>", b"x"))
    assert "rows wider than any page" in told


def test_an_encrypted_file_is_refused_with_and_without_a_password():
    for password in ("", "secret"):
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(signed())) as document:
            document.save(out, encryption=pikepdf.Encryption(owner="x", user=password))
        assert "encrypted" in refused(out.getvalue()) or password


def test_a_file_that_is_something_else_too_is_refused():
    assert "does not begin as a PDF" in refused(b"PK\x03\x04" + b"\0" * 60 + signed())
    assert "something was added to the file after it was signed" in wrong(signed() + b"PK\x05\x06" + b"\0" * 18)


def pages_that_double(document):
    inner = document.pages[0].obj
    for _ in range(20):
        inner = document.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([inner, inner]), Count=2))
    document.Root.Pages = inner


def pages_in_a_ring(document):
    top = document.Root.Pages
    top.Kids = Array([document.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([top]), Count=1))])


@pytest.mark.parametrize("spoil", [pages_that_double, pages_in_a_ring])
def test_pages_without_end_are_refused(spoil):
    with pikepdf.open(io.BytesIO(signed())) as document:
        spoil(document)
        with pytest.raises(NotAStatement, match="pages"):
            bounds.walk(document)


def another_of_the_name(document):
    tree = document.Root.Names.EmbeddedFiles
    tree.Names = Array([*tree.Names, String("zz.csv"), document.make_indirect(Dictionary(tree.Names[1]))])


def two_versions(document):
    for each in NameTree(document.Root.Names.EmbeddedFiles).values():
        each.EF.F = document.make_stream(b"another")


def too_many(document):
    tree = NameTree(document.Root.Names.EmbeddedFiles)
    one = next(iter(tree.values()))
    for number in range(bounds.MOST_FILES + 1):
        spec = Dictionary(one)
        spec.UF = spec.F = String(f"f{number}")
        tree[f"f{number}"] = document.make_indirect(spec)


def two_names(document):
    next(iter(NameTree(document.Root.Names.EmbeddedFiles).values())).F = String("other.csv")


@pytest.mark.parametrize(("spoil", "told"), [
    (another_of_the_name, "carries two files named"), (two_versions, "in two versions"),
    (two_names, "one file under two names"),
    (too_many, "more than 50 files"),
])  # fmt: skip
def test_files_that_say_two_things_are_refused(spoil, told):
    assert told in refused(changed(spoil))


def test_one_file_under_many_names_is_too_much_together(monkeypatch):
    def many(document):
        stream = document.make_stream(bytes(1 << 20))
        tree = NameTree(document.Root.Names.EmbeddedFiles)
        for number in range(8):
            name = String(f"f{number}")
            tree[str(name)] = Dictionary(Type=Name.Filespec, F=name, UF=name, EF=Dictionary(F=stream, UF=stream))

    pdf = changed(many)
    monkeypatch.setattr(bounds, "UNPACKED", 6 << 20)
    assert "carries files of more than" in refused(pdf)


def letters_without_end(document):
    font = next(iter(document.pages[0].Resources.Font.values()))
    font.ToUnicode = document.make_stream(b"beginbfrange " + b"<0000> <FFFF> <0020>\n" * 40 + b" endbfrange")


def a_drawing_of_brackets(document):
    document.pages[0].Contents = document.make_stream(b"/Figure<<" * 200_000)
    document.pages[1].Contents = document.make_stream(b"beginbfchar(" * 100_000)


def test_a_font_and_a_drawing_made_to_be_read_without_end_end():
    assert "more than 200,000 codes" in refused(changed(letters_without_end))
    assert "page 1: it is another page" in wrong(changed(a_drawing_of_brackets))


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(side):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def picture(kind, mode="RGB", **more):
    out = io.BytesIO()
    frames = [Image.new(mode, (8, 8), colour) for colour in (0, 255 if mode == "L" else 1)]
    frames[0].save(out, kind, **({"append_images": frames[1:], "save_all": True} | more if more else {}))
    return out.getvalue()


@pytest.mark.parametrize(("content", "told"), [
    (png_of(50_000), f"at most {MOST_PIXELS:,} pixels"),
    (png_of(4_000), f"at most {MOST_PIXELS:,} pixels"),
    (picture("JPEG", "CMYK"), "mixed for a press (CMYK): save it as RGB"),
    (picture("PNG", duration=100), "it moves"),
    (picture("GIF", duration=100), "PNG or JPEG, by its content"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://x.test/a"/><script>1</script></svg>', "PNG or JPEG"),
])  # fmt: skip
def test_a_logo_that_can_not_stand_on_paper_is_refused_by_what_its_head_declares(content, told):
    with pytest.raises(LogoInvalid) as refusal:
        checked(content, "logo.png")
    assert refusal.value.code == "logo_invalid"
    assert told in str(refusal.value)
