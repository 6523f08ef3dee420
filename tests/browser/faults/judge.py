"""The judge of every fault: what the observer reported, what the phone has, what the server has."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from observer_kit.storage import Store
from tests.browser.faults.ground import Handset


@dataclass(frozen=True)
class Verdict:
    """How many reports were lost, how many doubled, and what the two lists disagree on."""

    lost: int
    doubled: int
    quarrels: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether the fault did no harm."""
        return not (self.lost or self.doubled or self.quarrels)


def said(payload: str | None) -> str:
    """Give the mark that the observer wrote into a report."""
    answers = json.loads(payload or "{}").get("answers", {})
    return str(answers.get("in_text", answers.get("comments", ""))).rstrip(" ә")


def stored(store: Store, devices: set[str]) -> list[dict[str, Any]]:
    """Give the server's envelopes of these devices."""
    with store.reading() as tx:
        rows = [dict(row._mapping) for row in tx.execute(text("SELECT * FROM envelopes ORDER BY sequence"))]
    return [row for row in rows if row["device"] in devices]


def judge(phone: Handset, store: Store, *, waiting: int = 0, refused: int = 0, drafts: int = 0) -> Verdict:
    """Compare the phone's list with the server's, and both with what the observer reported.

    So many reports may wait still, be refused, or be drafts: all others must be
    on both sides, once, with the same bytes and the receipt the server knows.
    """
    queue, kept = phone.records(), phone.records("drafts")
    held = stored(store, devices_of(phone))
    quarrels: list[str] = []
    there = Counter(said(row["payload"]) for row in held)
    here = [said(record["envelope"]["payload"]) for record in queue if not record.get("mended")]
    # What is marked as delivered the phone will let go of: it counts only if the server has it.
    safe = [said(record["envelope"]["payload"]) for record in queue if record["state"] != "delivered"]
    open_ = [str(draft["answers"].get("in_text", draft["answers"].get("comments", ""))) for draft in kept]
    # Lost: neither at the server, nor still on the phone where it may be.
    lost = sum(mark not in there and mark not in safe + open_ for mark in phone.promised)
    # Doubled: one report, and more than one row; a correction names what it supersedes and is none.
    doubled = sum(there.values()) - len(there) - sum(row["supersedes"] is not None for row in held)
    doubled += sum(number - 1 for number in Counter(here + open_).values())
    by_id = {row["id"]: row for row in held}
    for record in queue:
        quarrels += differences(record, by_id.get(record["id"]))
    quarrels += photos(phone, store)
    unknown = set(by_id) - {record["id"] for record in queue}
    quarrels += [f"{each} is at the server and not in the phone" for each in sorted(unknown)]
    states = Counter(record["state"] for record in queue)
    for name, allowed in (("waiting", waiting), ("handed_over", 0), ("attention", refused)):
        if states[name] != allowed:
            quarrels.append(f"{states[name]} {name}, not {allowed}")
    if len(kept) != drafts:
        quarrels.append(f"{len(kept)} drafts, not {drafts}")
    return Verdict(lost, max(doubled, 0), tuple(quarrels))


def photos(phone: Handset, store: Store) -> list[str]:
    """Say what is wrong with the photos: each must be at the server, once, with the bytes that its hash says."""
    found = []
    for photo in phone.photos():
        with store.reading() as tx:
            query = text("SELECT size FROM attachments WHERE sha256 = :sha256")
            rows = tx.execute(query, {"sha256": photo["sha256"]}).all()
        file = store.config.attachments / photo["sha256"]
        whole = file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == photo["sha256"]
        if photo["state"] != "delivered" or len(rows) != 1 or rows[0].size != photo["size"] or not whole:
            found.append(f"photo {photo['uuid']}: {photo['state']} in the phone, {len(rows)} rows, whole: {whole}")
    return found


def devices_of(phone: Handset) -> set[str]:
    """Name the devices that this phone was enrolled as."""
    found = phone.page.evaluate(
        """async () => {
          const { setting } = await import("/static/js/store.js");
          return ((await setting("identities")) || []).map((each) => each.device);
        }"""
    )
    return set(found)


def differences(record: dict[str, Any], row: dict[str, Any] | None) -> list[str]:
    """Say what phone and server disagree on about one report."""
    id, envelope, receipt = record["id"], record["envelope"], record["receipt"]
    if record["state"] != "delivered":
        return [] if row is None else [f"{id} is at the server, and {record['state']} in the phone"]
    if row is None:
        return [f"{id} is delivered in the phone, and not at the server"]
    found = []
    payload = envelope["payload"]
    if payload is not None and hashlib.sha256(payload.encode()).hexdigest() != row["hash"]:
        found.append(f"{id}: the phone's bytes are not those of the hash")
    if hashlib.sha256(row["payload"].encode()).hexdigest() != envelope["hash"]:
        found.append(f"{id}: the server's bytes are not those of the phone's hash")
    for name, one, other in (
        ("hash", envelope["hash"], row["hash"]),
        ("receipt's hash", receipt["hash"], row["hash"]),
        ("receipt's number", receipt["sequence"], row["sequence"]),
        ("receipt's signature", receipt["signature"], row["receipt"]),
        ("quarantine", bool(record.get("quarantined")), bool(row["quarantine"])),
    ):
        if one != other:
            found.append(f"{id}: {name} {one} in the phone, {other} at the server")
    return found
