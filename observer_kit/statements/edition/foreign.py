"""What a PDF holds that no statement of this kit has: what lies over its pages, or acts by itself.

A page's drawing may be as it was issued, and its reader see something else.
So nothing is sought by name: what is not known to be right is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.statements.edition.signature import FIELD

_ROOT: Final = frozenset((
    "/Type", "/Pages", "/Names", "/Outlines", "/StructTreeRoot", "/MarkInfo", "/Lang", "/Metadata", "/AF", "/AcroForm",
    "/ViewerPreferences", "/OutputIntents", "/Version", "/Extensions", "/PageLabels", "/Dests",
))  # fmt: skip
_NAMES: Final = frozenset(("/Dests", "/EmbeddedFiles"))
_FORM: Final = frozenset(("/Fields", "/SigFlags"))
_PAGE: Final = frozenset((
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents",
    "/Annots", "/Tabs", "/StructParents", "/Group", "/Rotate", "/UserUnit",
))  # fmt: skip
_LINK: Final = frozenset((
    "/Type", "/Subtype", "/Rect", "/Dest", "/A", "/BS", "/Border", "/F", "/Contents", "/StructParent", "/P", "/H",
))  # fmt: skip
_FIELD: Final = frozenset((
    "/Type", "/Subtype", "/FT", "/T", "/TU", "/Rect", "/F", "/P", "/StructParent", "/V",
))  # fmt: skip
_WAYS: Final = frozenset(("/GoTo", "/URI"))
_NAMED: Final = {
    "/OpenAction": "opens", "/AA": "opens", "/OCProperties": "layers", "/JavaScript": "script", "/XFA": "form",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Foreign:
    """One thing that no statement has: `what` ends the key of its sentence, `kind` is its name in the file."""

    what: str
    kind: str = ""
    page: int = 0


def found(document: Any) -> Iterator[Foreign]:
    """Name everything in an open pikepdf document that no statement has."""
    root = document.Root
    yield from _entries(root, _ROOT)
    yield from _entries(root.get("/Names", {}), _NAMES)
    fields = []
    if form := root.get("/AcroForm"):
        yield from _entries(form, _FORM)
        fields = [field.objgen for field in form.get("/Fields", ())]
    if len(fields) > 1:
        yield Foreign("form", "/Fields")
    for number, page in enumerate(document.pages, start=1):
        yield from _entries(page.obj, _PAGE)
        for each in page.obj.get("/Annots", ()):
            yield from _annotation(each, number, fields)
    yield from _attached(root)


def _entries(table: Any, known: frozenset[str]) -> Iterator[Foreign]:
    for name in sorted(set(table.keys()) - known):
        yield Foreign(_NAMED.get(name, "entry"), name.removeprefix("/"))


def _annotation(each: Any, page: int, fields: list[Any]) -> Iterator[Foreign]:
    kind = str(each.get("/Subtype", "")).removeprefix("/")
    if kind == "Link":
        act = each.get("/A", {})
        way = str(act.get("/S", "/GoTo"))
        if way not in _WAYS or "/Next" in act:
            yield Foreign("link", way.removeprefix("/"), page)
        if strange := sorted(set(each.keys()) - _LINK):
            yield Foreign("note", f"Link {' '.join(strange)}", page)
    elif kind == "Widget" and each.objgen in fields and str(each.get("/T", "")) == FIELD:
        if set(each.keys()) - _FIELD or any(each.get("/Rect", (1,))):
            yield Foreign("field", kind, page)
    else:
        yield Foreign("note", kind, page)


def _attached(root: Any) -> Iterator[Foreign]:
    """Name files that hang elsewhere than in the list of attachments."""
    listed = set()
    waiting = [root.get("/Names", {}).get("/EmbeddedFiles", {})]
    while waiting:  # its bounds were walked before
        node = waiting.pop()
        listed |= {each.objgen for each in list(node.get("/Names", ()))[1::2]}
        waiting.extend(node.get("/Kids", ()))
    if any(each.objgen not in listed for each in root.get("/AF", ())):
        yield Foreign("attached")
