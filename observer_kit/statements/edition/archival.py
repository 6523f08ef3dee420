"""A tagged PDF → one for the archive and for every reader: PDF/A-3a and PDF/UA-1 together, the same bytes each time.

WeasyPrint sets the pages and their structure. Here come the metadata of both
standards, the attached files with their dates and purpose, words for each link,
the empty field of the signature in its place in the structure, and an
identifier made from the content.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from observer_kit.statements.edition.beside import Told, told
from observer_kit.statements.edition.pages import Page, read_pages
from observer_kit.statements.edition.signature import FIELD

PRINT, LOCKED = 4, 128
_NAMESPACES: Final = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
    ' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
    ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"'
    ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"'
)
_EXTENSION: Final = """<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>"""
"""PDF/A asks every schema that it does not know to be described in the file."""


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself; `moment` stands wherever a PDF wants a date."""

    title: str
    author: str
    subject: str
    language: str
    moment: datetime
    generator: str
    producer: str


@dataclass(frozen=True, slots=True)
class File:
    """One attached file: `relationship` is Data, Source, Supplement or Unspecified."""

    name: str
    kind: str
    description: str
    content: bytes
    relationship: str = "Data"


def finish(
    pdf: bytes, about: About, files: Callable[[list[Page], Told], Sequence[File]], *, link: str, field: str = ""
) -> tuple[bytes, bytes]:
    """Make it archival; gives the file and its identifier (16 bytes, from the content).

    `files` makes the attachments from what stands on the pages and beside them; `link` names a
    link to a reader that has no words for it; `field` names the signature, and
    makes an empty field for it where it is not "".
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        _describe(document, about)
        _attach(document, files(read_pages(document), told(document)), about.moment)
        _annotate(document, link)
        if field:
            _signature_field(document, field)
        out = io.BytesIO()
        document.trailer.ID = pikepdf.Array([pikepdf.String(b"0" * 16)] * 2)
        document.save(
            out,
            static_id=True,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
        identifier = hashlib.sha256(out.getvalue()).digest()[:16]
        return _identified(out.getvalue(), identifier), identifier


def _identified(pdf: bytes, identifier: bytes) -> bytes:
    """Put the identifier where the writer has left its fixed one: the same length, so that no offset moves."""
    head, mark, tail = pdf.rpartition(b"/ID [")
    if not mark:
        raise ValueError("the file has no identifier")
    inside, close, rest = tail.partition(b"]")
    parts = f"<{identifier.hex()}><{identifier.hex()}>".encode()
    return head + mark + parts + b" " * max(0, len(inside) - len(parts)) + close + rest


def _describe(document: Any, about: About) -> None:
    from pikepdf import Dictionary, Name, String

    root = document.Root
    root.Lang = String(about.language)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.MarkInfo = Dictionary(Marked=True)
    root.Metadata = document.make_stream(_packet(about), Type=Name.Metadata, Subtype=Name.XML)
    stamp = String(_date(about.moment))
    for key in list(document.docinfo.keys()):
        del document.docinfo[key]
    document.docinfo["/Title"] = String(about.title)
    document.docinfo["/Author"] = String(about.author)
    document.docinfo["/Subject"] = String(about.subject)
    document.docinfo["/Creator"] = String(about.generator)
    document.docinfo["/Producer"] = String(about.producer)
    document.docinfo["/CreationDate"] = stamp
    document.docinfo["/ModDate"] = stamp


def _packet(about: About) -> bytes:
    """Write the metadata of both standards, each value as in the file's own table."""
    moment = about.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def said(text: str) -> str:
        return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'

    text = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {_NAMESPACES}><rdf:Description rdf:about="">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:title>{said(about.title)}</dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(about.author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description>{said(about.subject)}</dc:description>
<dc:language><rdf:Bag><rdf:li>{escape(about.language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{escape(about.generator)}</xmp:CreatorTool><pdf:Producer>{escape(about.producer)}</pdf:Producer>
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate>
{_EXTENSION}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
    return text.encode()


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")


def _attach(document: Any, files: Iterable[File], moment: datetime) -> None:
    from pikepdf import Array, Dictionary, Name, NameTree, String

    tree = NameTree.new(document)
    associated = Array()
    for each in sorted(files, key=lambda file: file.name):
        stream = document.make_stream(each.content, Type=Name.EmbeddedFile, Subtype=Name("/" + each.kind))
        stream.Params = Dictionary(
            Size=len(each.content),
            CreationDate=String(_date(moment)),
            ModDate=String(_date(moment)),
            CheckSum=String(hashlib.md5(each.content, usedforsecurity=False).digest()),
        )
        specification = document.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(each.name),
                UF=String(each.name),
                Desc=String(each.description),
                AFRelationship=Name("/" + each.relationship),
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        tree[each.name] = specification
        associated.append(specification)
    if len(associated):
        names = document.Root.get("/Names") or Dictionary()
        names.EmbeddedFiles = tree.obj
        document.Root.Names = names
        document.Root.AF = associated


def _annotations(document: Any) -> Iterator[tuple[Any, Any]]:
    for page in document.pages:
        yield from ((page, each) for each in page.obj.get("/Annots", ()))


def _annotate(document: Any, link: str) -> None:
    """Let every link be printed, and have words: a reader may come to it without its text."""
    from pikepdf import Name, String

    for page, each in _annotations(document):
        page.obj.Tabs = Name.S
        each.F = PRINT
        if "/Contents" not in each:
            each.Contents = String(link)
    for page in document.pages:
        page.obj.Tabs = Name.S


def _signature_field(document: Any, words: str) -> None:
    """Add an empty field of no size on the first page, with its own place in the structure."""
    from pikepdf import Array, Dictionary, Name, NumberTree, String

    page = document.pages[0].obj
    structure = document.Root.StructTreeRoot
    key = int(structure.get("/ParentTreeNextKey", 0))
    parents = NumberTree(structure.ParentTree) if "/ParentTree" in structure else NumberTree.new(document)
    key = max([key, *(number + 1 for number in parents)])
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String(FIELD), TU=String(words),
            Rect=Array([0, 0, 0, 0]), F=PRINT | LOCKED, P=page, StructParent=key,
        )
    )  # fmt: skip
    top = structure.K[0] if isinstance(structure.K, Array) else structure.K
    form = document.make_indirect(
        Dictionary(
            Type=Name.StructElem, S=Name.Form, P=top, Alt=String(words),
            K=Dictionary(Type=Name.OBJR, Obj=field, Pg=page),
        )
    )  # fmt: skip
    kids = top.get("/K", Array())
    top.K = Array([*(kids if isinstance(kids, Array) else [kids]), form])
    parents[key] = form
    structure.ParentTree = parents.obj
    structure.ParentTreeNextKey = key + 1
    page.Annots = Array([*page.get("/Annots", ()), field])
    document.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
