"""A statement's PDF → what of it can be proved, in words: signature, files, pages, printed numbers, counts, the chain.

Nothing in the file is believed for its own sake. The key comes from whoever
asks; without it the signature is named as not checked. What stands in the file
is held against itself (pages against the manifest, printed numbers against the
figures, figures against the rows) and, where there is one, against a database.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.statements.edition import attached, bounds, compared, recounted, signature, witness
from observer_kit.statements.edition.bounds import NotAStatement
from observer_kit.statements.edition.pages import Page, read_pages
from observer_kit.statements.edition.witness import RIGHT, UNCHECKED, WRONG, Database, Finding

_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, RuntimeError)
_LONGEST: Final = 2000
"""Characters in which a place of a statement says its figure."""
_WHY: Final = {
    "none": "the file is not signed",
    "several": "the file has more than one signature; a statement has one",
    "partial": "something was added to the file after it was signed",
    "altered": "the file was altered after it was signed",
    "unreadable": "the signature can't be read: the file was altered",
}
_STATES: Final = {
    "draft": "a draft, which nobody has approved", "approved": "approved, and not published",
    "published": "published", "corrected": "published in the place of an earlier version",
    "withdrawn": "says that an earlier version is withdrawn",
}  # fmt: skip
_LEFT: Final = {
    "register": "taken from the register", "diary": "counted from the diary", "fact": "typed with its source",
    "tables": "compared with tables of results", "stations": "count stations, and no station stands in the rows",
    "numbers": "add up numbers, and no number stands in the rows",
    "small": "stand on groups too small to publish", "not_there": "their questions are not in the rows",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement's PDF taken apart."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    pages: list[Page]


def taken_apart(pdf: bytes) -> Statement:
    """Read the file's attachments and pages; raises NotAStatement where it is none."""
    import pikepdf

    bounds.measure(pdf)
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            bounds.walk(document)
            files = bounds.files_of(document)
            pages = read_pages(document)
    except (pikepdf.PdfError, pikepdf.PasswordError, *_UNREADABLE) as error:
        raise NotAStatement(f"can't be read as a PDF: {error}") from None
    try:
        manifest = json.loads(files[attached.MANIFEST])
        _look_at(manifest)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotAStatement(f"carries no readable {attached.MANIFEST}: {error}") from None
    return Statement(manifest, files, pages)


def _look_at(manifest: Any) -> None:
    """Raise KeyError, TypeError or ValueError for a manifest that this kit has not written: anybody can write one."""
    if manifest["format"] != attached.FORMAT:
        raise ValueError(manifest["format"])
    shapes: Sequence[tuple[Any, Mapping[str, type]]] = (
        (manifest, {"mission": str, "style": str, "language": str, "state": str, "version": int, "chain_head": str,
                    "attachments": dict, "pages": list, "printed": list, "snapshot": dict}),
        (manifest["snapshot"], {"identity": str}),
        *((page, {"sha256": str, "text": list, "pictures": list}) for page in manifest["pages"]),
        *((mark, {"figure": int, "place": str, "says": str}) for mark in manifest["printed"]),
    )  # fmt: skip
    for table, wanted in shapes:
        for name, kind in wanted.items():
            if not isinstance(table[name], kind):
                raise TypeError(f"{name} is no {kind.__name__}")
    if any(len(mark["says"]) > _LONGEST for mark in manifest["printed"]):
        raise ValueError("a figure is said in more than any sentence")


def verify(pdf: bytes, *, public: str | None = None, database: Database | None = None) -> list[Finding]:
    """Check everything that can be checked, and name the rest; raises NotAStatement."""
    statement = taken_apart(pdf)
    found = [_signature(pdf, public)]
    found.append(_edition(statement, believed=found[0].state == RIGHT))
    found += witness.standing(statement.manifest, database)
    found += _files(statement)
    found += _pages(statement)
    try:
        rows = attached.read_figures(statement.files[attached.FIGURES])
    except (KeyError, ValueError):
        found.append(Finding("figures", WRONG, f"{attached.FIGURES} is missing or can't be read"))
        return [*found, witness.chain(statement.manifest, database)]
    found += _printed(statement, rows)
    found += _counted(statement, rows)
    found += witness.stored(rows, database)
    found.append(witness.chain(statement.manifest, database))
    return found


def _signature(pdf: bytes, public: str | None) -> Finding:
    if public is None:
        return Finding("signature", UNCHECKED, "no key was given: bring the mission's public key, never the file's own")
    signed = signature.check(pdf, public)
    if not signed.fault:
        when = f", {signed.at:%Y-%m-%d %H:%M} UTC by its own account" if signed.at else ""
        return Finding("signature", RIGHT, f"signed whole by the key that was given{when}")
    if signed.fault == "other_key":
        return Finding("signature", WRONG, "the file is signed, but by another key than the one that was given")
    return Finding("signature", WRONG, _WHY[signed.fault])


def _edition(statement: Statement, *, believed: bool) -> Finding:
    """Say which statement this is: a sound signature stands under drafts too, and under those of other missions."""
    manifest = statement.manifest
    what = f"{manifest['mission']}, {manifest['style']} in {manifest['language']}, version {manifest['version']}"
    state = _STATES.get(manifest["state"], manifest["state"])
    return Finding("edition", RIGHT if believed else UNCHECKED, f"by its own account {what}: {state}")


def _files(statement: Statement) -> Iterator[Finding]:
    listed = statement.manifest["attachments"]
    right = 0
    for name, digest in sorted(listed.items()):
        content = statement.files.get(name)
        if content is None:
            yield Finding("attachments", WRONG, f"{name} is gone from the file")
        elif attached.sha256(content) != digest:
            yield Finding("attachments", WRONG, f"{name} is not the file that was attached{_whose(statement, content)}")
        else:
            right += 1
    for name in sorted(set(statement.files) - set(listed) - {attached.MANIFEST}):
        yield Finding("attachments", WRONG, f"{name} was added: the manifest does not list it")
    if right == len(listed):
        yield Finding("attachments", RIGHT, f"{right} attached files have the hashes of the manifest")


def _whose(statement: Statement, content: bytes) -> str:
    """Say where an attachment that is not this statement's own comes from, if it says so."""
    try:
        document = json.loads(content)
        mission, identity = str(document["mission"]), str(document["snapshot"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    if (mission, identity) == (statement.manifest["mission"], statement.manifest["snapshot"]["identity"]):
        return ": it has this statement's name and other content"
    return f": it belongs to another statement (mission {mission}, data set {identity[:12]})"


def _pages(statement: Statement) -> Iterator[Finding]:
    issued = statement.manifest["pages"]
    if len(issued) != len(statement.pages):
        yield Finding(
            "pages", WRONG, f"the statement was issued with {len(issued)} pages and has {len(statement.pages)}"
        )
    right = 0
    for number, (was, now) in enumerate(zip(issued, statement.pages, strict=False), start=1):
        messages = list(compared.page(was, now))
        for message in messages:
            yield Finding("pages", WRONG, f"page {number}: {message}")
        right += not messages
    if right == len(issued) == len(statement.pages):
        yield Finding("pages", RIGHT, f"the text, tables and charts of all {right} pages are as they were issued")


def _printed(statement: Statement, rows: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    wrong = 0
    by_number = {row["number"]: row for row in rows.values()}
    text = compared.Text(statement.pages)
    language = str(statement.manifest.get("language", "en"))
    for mark in statement.manifest["printed"]:
        for message in compared.mark(mark, by_number.get(str(mark.get("figure"))), text, language):
            wrong += 1
            yield Finding("printed numbers", WRONG, message)
    if not wrong:
        count = len(statement.manifest["printed"])
        yield Finding("printed numbers", RIGHT, f"{count} places that print a figure agree with {attached.FIGURES}")


def _counted(statement: Statement, rows: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    content = statement.files.get(attached.ROWS)
    if content is None:
        yield Finding("recount", UNCHECKED, f"no {attached.ROWS} is attached to count the figures from")
        return
    definitions = [attached.definition_of(row) for row in rows.values()]
    try:
        figures, left = recounted.counted_again(content, definitions)
        short = list(recounted.miscounted(content))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        yield Finding("recount", WRONG, f"{attached.ROWS} can't be counted from: {type(error).__name__} {error}")
        return
    wrong = 0
    for message in (*short, *compared.recount(rows, figures)):
        wrong += 1
        yield Finding("recount", WRONG, message)
    if not wrong:
        yield Finding("recount", RIGHT, f"{len(figures)} of {len(rows)} figures counted again from the attached rows")
    for why in sorted(set(left.values())):
        names = [name for name, reason in left.items() if reason == why]
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        yield Finding(
            "recount", UNCHECKED, f"{len(names)} figures can't be counted from the file: {_LEFT[why]} ({shown})"
        )
