"""A statement's PDF → what of it can be proved, in words: signature, files, pages, printed numbers, counts, the chain.

Nothing in the file is believed for its own sake. The key comes from whoever
asks; without it the signature is named as not checked. What stands in the file
is held against itself (pages against the manifest, printed numbers against the
figures, figures against the rows) and, where there is one, against a database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from observer_kit.statements.edition import attached, compared, recounted, signature, witness
from observer_kit.statements.edition.findings import RIGHT, UNCHECKED, WRONG, Finding, Say
from observer_kit.statements.edition.opened import Statement, taken_apart
from observer_kit.statements.edition.witness import Database

_MOST: Final = 12
"""Things of one kind that are told one by one."""
_KNOWN: Final = ("draft", "approved", "published", "corrected", "withdrawn")


def verify(
    pdf: bytes, *, public: str | None = None, database: Database | None = None, language: str | None = None
) -> list[Finding]:
    """Check everything that can be checked, and name the rest, in this language or the statement's own.

    Raises NotAStatement.
    """
    statement = taken_apart(pdf)
    return checked(pdf, statement, Say(language or statement.language), public=public, database=database)


def checked(
    pdf: bytes, statement: Statement, say: Say, *, public: str | None = None, database: Database | None = None
) -> list[Finding]:
    """Check a file that was taken apart."""
    found = [_signature(pdf, public, say)]
    found.append(_edition(statement, say, believed=found[0].state == RIGHT))
    found += witness.standing(statement.manifest, database, say)
    found += _files(statement, say)
    found += _pages(statement, say)
    found += _beside(statement, say)
    found += _foreign(statement, say)
    try:
        rows = attached.read_figures(statement.files[attached.FIGURES])
    except (KeyError, ValueError):
        found.append(Finding("figures", WRONG, say("figures_unreadable", file=attached.FIGURES)))
        return [*found, witness.chain(statement.manifest, database, say)]
    found += _printed(statement, rows, say)
    found += _counted(statement, rows, say)
    found += witness.stored(rows, database, say)
    found.append(witness.chain(statement.manifest, database, say))
    return found


def _signature(pdf: bytes, public: str | None, say: Say) -> Finding:
    if public is None:
        return Finding("signature", UNCHECKED, say("no_key"))
    signed = signature.check(pdf, public)
    if signed.fault:
        return Finding("signature", WRONG, say(f"fault_{signed.fault}"))
    told = say("signed_at", at=f"{signed.at:%Y-%m-%d %H:%M}") if signed.at else say("signed")
    return Finding("signature", RIGHT, told)


def _edition(statement: Statement, say: Say, *, believed: bool) -> Finding:
    """Say which statement this is: a sound signature stands under drafts too, and under those of other missions."""
    manifest = statement.manifest
    state = say(f"issued_{manifest['state']}") if manifest["state"] in _KNOWN else manifest["state"]
    told = {name: manifest[name] for name in ("mission", "style", "language", "version")}
    return Finding("edition", RIGHT if believed else UNCHECKED, say("edition", state=state, **told))


def _files(statement: Statement, say: Say) -> Iterator[Finding]:
    listed = statement.manifest["attachments"]
    right = 0
    for name, digest in sorted(listed.items()):
        content = statement.files.get(name)
        if content is None:
            yield Finding("attachments", WRONG, say("attachment_gone", name=name))
        elif attached.sha256(content) != digest:
            yield Finding("attachments", WRONG, _other(statement, name, content, say))
        else:
            right += 1
    for name in sorted(set(statement.files) - set(listed) - {attached.MANIFEST}):
        yield Finding("attachments", WRONG, say("attachment_added", name=name))
    if right == len(listed):
        yield Finding("attachments", RIGHT, say("attachments_right", n=right))


def _other(statement: Statement, name: str, content: bytes, say: Say) -> str:
    """Say where an attachment that is not this statement's own comes from, if it says so."""
    try:
        document = json.loads(content)
        mission, identity = str(document["mission"]), str(document["snapshot"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return say("attachment_other", name=name)
    if (mission, identity) == (statement.manifest["mission"], statement.manifest["snapshot"]["identity"]):
        return say("attachment_altered", name=name)
    return say("attachment_whose", name=name, mission=mission, identity=identity[:12])


def _pages(statement: Statement, say: Say) -> Iterator[Finding]:
    issued = statement.manifest["pages"]
    if len(issued) != len(statement.pages):
        yield Finding("pages", WRONG, say("pages_count", n=len(issued), now=len(statement.pages)))
    right = 0
    for number, (was, now) in enumerate(zip(issued, statement.pages, strict=False), start=1):
        messages = list(compared.page(was, now, say))
        for message in messages:
            yield Finding("pages", WRONG, say("at_page", page=number, told=message))
        right += not messages
    if right == len(issued) == len(statement.pages):
        yield Finding("pages", RIGHT, say("pages_right", n=right))


def _beside(statement: Statement, say: Say) -> Iterator[Finding]:
    """Hold what is told beside the pages against what was: few see it, and some hear nothing else."""
    issued = statement.manifest["beside"]
    told: list[str] = []
    for part in ("title", "bookmarks", "aloud"):
        told += compared.differences(part, [str(each) for each in issued[part]], statement.told[part], say)
    messages = list(compared.shortened(told, say))
    for part, sentence in (("order", "aloud_order"), ("metadata", "metadata_other")):
        if list(issued[part]) != list(statement.told[part]):
            messages.append(say(sentence))
    for message in messages:
        yield Finding("beside the pages", WRONG, message)
    if not messages:
        yield Finding("beside the pages", RIGHT, say("beside_right"))


def _foreign(statement: Statement, say: Say) -> Iterator[Finding]:
    """Name what the file holds that no statement has."""
    for each in statement.foreign[:_MOST]:
        yield Finding("file", WRONG, say(f"file_{each.what}", page=each.page, kind=each.kind, name=each.kind))
    if len(statement.foreign) > _MOST:
        yield Finding("file", WRONG, say("more_differences", n=len(statement.foreign) - _MOST))
    if not statement.foreign:
        yield Finding("file", RIGHT, say("file_right"))


def _printed(statement: Statement, rows: Mapping[str, Mapping[str, str]], say: Say) -> Iterator[Finding]:
    by_number = {row["number"]: row for row in rows.values()}
    text = compared.Text(statement.pages)
    marks = statement.manifest["printed"]
    messages: list[str] = []
    for mark in marks:
        messages += compared.mark(mark, by_number.get(str(mark["figure"])), text, statement.language, say)
    listed = {str(mark["figure"]) for mark in marks if mark["place"] == "annex"}
    lacking = [row for row in rows.values() if row["number"] not in listed]
    messages += [say("annex_lacks", number=row["number"], name=row["figure"]) for row in lacking]
    for message in messages:
        yield Finding("printed numbers", WRONG, message)
    if not messages:
        yield Finding("printed numbers", RIGHT, say("printed_right", n=len(marks), file=attached.FIGURES))


def _counted(statement: Statement, rows: Mapping[str, Mapping[str, str]], say: Say) -> Iterator[Finding]:
    content = statement.files.get(attached.ROWS)
    if content is None:
        yield Finding("recount", UNCHECKED, say("recount_no_rows", file=attached.ROWS))
        return
    definitions = [attached.definition_of(row) for row in rows.values()]
    try:
        figures, left = recounted.counted_again(content, definitions)
        short = list(recounted.miscounted(content))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        why = f"{type(error).__name__} {error}"
        yield Finding("recount", WRONG, say("recount_unreadable", file=attached.ROWS, why=why))
        return
    messages = [say("rows_other", name=name, rows=now, reports=then) for name, now, then in short]
    messages += compared.recount(rows, figures, say)
    for message in messages:
        yield Finding("recount", WRONG, message)
    if not messages:
        yield Finding("recount", RIGHT, say("recount_right", n=len(figures), all=len(rows)))
    for why in sorted(set(left.values())):
        names = [name for name, reason in left.items() if reason == why]
        shown = ", ".join(names[:6])
        if len(names) > 6:
            shown = say("names_more", names=shown, n=len(names) - 6)
        told = say("recount_left", n=len(names), why=say(f"left_{why}"), names=shown)
        yield Finding("recount", UNCHECKED, told)
