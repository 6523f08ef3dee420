"""Photos on the server's disk: stored whole, once, before the row that names them, and held against it."""

from __future__ import annotations

import os
import stat
import threading
from typing import Any

import pytest
from sqlalchemy import text

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.errors import (
    AttachmentAltered,
    AttachmentsFull,
    NotAPicture,
    NotOpened,
    StorageFault,
    TooManyUploads,
    UploadUnknown,
)
from observer_kit.storage import Store, attachments, open_store, spool
from observer_kit.storage.attachments import Stored
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.trust import receipts
from observer_kit.trust.keys import mission_key
from tests import phones
from tests.builders import checklist, question
from tests.phones import MISSION, Phone
from tests.pictures import announced, jpeg


def put(store: Store, phone: Phone, content: bytes, **more: Any) -> Stored:
    return attachments.put(store, MISSION, phone.device.id, content, announced(content, **more))


def test_a_photo_lies_under_its_hash_for_the_owner_alone_and_the_check_is_content(store: Store, phone: Phone) -> None:
    content = jpeg()
    stored = put(store, phone, content)
    file = store.config.attachments / stored.sha256
    assert file.read_bytes() == content == attachments.picture(store.config, stored)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (stored.media, stored.size) == ("image/jpeg", len(content))
    assert check(store) == []


def test_the_same_bytes_from_two_phones_are_one_photo_with_one_row_of_the_chain(
    store: Store, phone: Phone, asked: Checklist
) -> None:
    content, other = jpeg(), phones.enrol(store, asked)
    results: list[Stored] = []
    threads = [
        threading.Thread(target=lambda who=who: results.append(put(store, who, content))) for who in (phone, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert results[0] == results[1] == put(store, phone, content)
    with store.reading() as tx:
        assert tx.scalar(text("SELECT count(*) FROM chain WHERE kind = 'attachment'")) == 1
    assert check(store) == []


def test_a_receipt_for_a_photo_is_signed_by_the_servers_key_and_names_its_hash(store: Store, phone: Phone) -> None:
    receipt = attachments.receipt(store, stored := put(store, phone, jpeg()))
    assert receipt.id == receipt.hash == stored.sha256
    assert receipt.sequence == stored.sequence
    assert receipts.verify(receipt, store.receipt_key.public)


@pytest.mark.parametrize(
    "content",
    [b"GIF89a" + b"\0" * 100, b"<svg xmlns='http://w3.org'/>", jpeg()[:-400], jpeg() + b"<b>", b"\xff\xd8\xff\xd9"],
    ids=["another format", "a drawing", "cut short", "something behind it", "a frame with nothing in it"],
)  # fmt: skip
def test_what_is_no_whole_jpeg_is_not_kept(store: Store, phone: Phone, content: bytes) -> None:
    with pytest.raises(NotAPicture):
        put(store, phone, content)
    assert not store.config.attachments.exists() or not list(store.config.attachments.iterdir())


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_size_before_it_is_decoded(
    store: Store, phone: Phone
) -> None:
    bomb = bytearray(jpeg(64, 64))
    frame = bomb.index(b"\xff\xc0")
    bomb[frame + 5 : frame + 9] = (60_000).to_bytes(2, "big") * 2  # the header says 60,000 points each way
    with pytest.raises(NotAPicture):
        put(store, phone, bytes(bomb))
    bomb[frame + 5 : frame + 9] = (8_000).to_bytes(2, "big") * 2
    with pytest.raises(NotAPicture, match="8000 x 8000"):
        put(store, phone, bytes(bomb))


def test_bytes_that_are_not_those_announced_are_refused(store: Store, phone: Phone) -> None:
    with pytest.raises(AttachmentAltered):
        attachments.put(store, MISSION, phone.device.id, jpeg(seed=2), announced(jpeg(seed=1)))


def test_a_phone_may_not_fill_the_disk(store: Store, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    first = jpeg(seed=1)
    monkeypatch.setattr(attachments, "MOST_OF_A_DEVICE", len(first) + 10)
    put(store, phone, first)
    with pytest.raises(AttachmentsFull):
        put(store, phone, jpeg(seed=2))
    assert put(store, phone, first).size == len(first)  # what is here stays confirmed


def test_a_file_that_was_lost_is_taken_again_before_it_is_confirmed(store: Store, phone: Phone) -> None:
    content = jpeg()
    stored = put(store, phone, content)
    (store.config.attachments / stored.sha256).unlink()
    assert [fault.kind for fault in check(store)] == ["attachment_missing"]
    assert spool.announce(store, phone.device, announced(content)) == 0
    assert spool.add(store, phone.device, stored.sha256, 0, content) == stored
    assert check(store) == []


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        ("UPDATE attachments SET photo = 'x'", "attachment_altered"),
        ("UPDATE attachments SET size = size + 1", "attachment_altered"),
        ("DELETE FROM attachments", "row_missing"),
    ],
)
def test_the_check_finds_a_row_that_was_altered_or_removed(store: Store, phone: Phone, spoil: str, kind: str) -> None:
    put(store, phone, jpeg())
    with store.atomic() as tx:
        tx.execute(text(spoil))
    assert kind in {fault.kind for fault in check(store)}


def test_the_check_finds_a_file_that_was_altered(store: Store, phone: Phone) -> None:
    stored = put(store, phone, jpeg())
    file = store.config.attachments / stored.sha256
    file.write_bytes(file.read_bytes()[:-1] + b"\xd8")
    assert [fault.kind for fault in check(store)] == ["attachment_altered"]
    with pytest.raises(StorageFault):
        attachments.picture(store.config, stored)


def test_a_file_without_a_row_is_a_fault_only_when_it_stays_so(store: Store, phone: Phone) -> None:
    stored = put(store, phone, jpeg())
    stray = store.config.attachments / ("0" * 64)
    stray.write_bytes(b"left by a crash")
    assert check(store) == []
    os.utime(stray, (0, 0))
    assert [fault.kind for fault in check(store)] == ["attachment_stray"]
    assert (store.config.attachments / stored.sha256).exists()


def test_pieces_may_repeat_and_leave_gaps_and_a_cut_resumes_where_it_was(store: Store, phone: Phone) -> None:
    content = jpeg(640, 480)
    said, half = announced(content), len(content) // 2
    assert spool.announce(store, phone.device, said) == 0
    assert spool.add(store, phone.device, said.sha256, half, content[half:]) == 0  # a gap: let go
    assert spool.add(store, phone.device, said.sha256, 0, content[:half]) == half
    assert spool.add(store, phone.device, said.sha256, 0, content[:100]) == half  # late, and harmless
    reopened = open_store(store.config)  # the server was killed here
    assert spool.announce(reopened, phone.device, said) == half
    stored = spool.add(reopened, phone.device, said.sha256, half - 50, content[half - 50 :])
    assert isinstance(stored, Stored)
    assert spool.add(reopened, phone.device, said.sha256, half, content[half:]) == stored  # the reply was lost
    assert spool.announce(reopened, phone.device, said) == stored
    assert not list((store.config.data / "spool").iterdir())
    reopened.close()


def test_a_photo_whose_pieces_do_not_make_its_hash_begins_anew(store: Store, phone: Phone) -> None:
    content = jpeg()
    said = announced(content)
    spool.announce(store, phone.device, said)
    with pytest.raises(AttachmentAltered):
        spool.add(store, phone.device, said.sha256, 0, b"\0" * len(content))
    assert spool.announce(store, phone.device, said) == 0
    assert isinstance(spool.add(store, phone.device, said.sha256, 0, content), Stored)


def test_two_phones_never_write_into_each_others_pieces(store: Store, phone: Phone, asked: Checklist) -> None:
    content, other = jpeg(), phones.enrol(store, asked)
    said = announced(content)
    for each in (phone, other):
        spool.announce(store, each.device, said)
    spool.add(store, other.device, said.sha256, 0, b"\0" * 100)
    assert spool.announce(store, phone.device, said) == 0
    with pytest.raises(UploadUnknown):
        spool.add(store, phone.device, "f" * 64, 0, b"never announced")


def test_a_phone_leaves_so_many_photos_half_sent_and_old_pieces_are_cleared_away(
    store: Store, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST_HALF_SENT", 2)
    photos = [jpeg(seed=seed) for seed in range(3)]
    for content in photos[:2]:
        spool.announce(store, phone.device, announced(content))
    spool.announce(store, phone.device, announced(photos[0]))  # once more is no more
    with pytest.raises(TooManyUploads):
        spool.announce(store, phone.device, announced(photos[2]))
    for place in (store.config.data / "spool").iterdir():
        os.utime(place, (0, 0))
    assert spool.announce(store, phone.device, announced(photos[2])) == 0


def test_a_photo_is_unnamed_until_a_report_with_its_hash_has_come(store: Store) -> None:
    asked = phones.lay_ground(store, phones.seal(checklist(question("picture", "photo"), name="incident", version="")))
    phone, intake = phones.enrol(store, asked), Intake(store, store.config)
    content, id = jpeg(), clock.new_id()
    stored = put(store, phone, content, submission=id)

    def unnamed() -> list[str]:
        with store.reading() as tx:
            return [each.sha256 for each in attachments.unnamed(tx, MISSION)]

    assert unnamed() == [stored.sha256]
    intake.receive([phone.envelope({"picture": "0" * 64}, id=id)], device=phone.device, via="http")
    assert unnamed() == [stored.sha256]  # the report is there, and names another
    other = phone.envelope({"picture": stored.sha256})
    intake.receive([other], device=phone.device, via="http")
    assert unnamed() == []  # a report that was mended has another id than the photo was sent with
    put(store, phone, jpeg(seed=9), submission=clock.new_id())
    second = put(store, phone, jpeg(seed=9), submission=other["id"])  # told anew: the first one never came
    assert second.submission == other["id"]
    assert check(store) == []


def test_a_sealed_photo_is_kept_as_it_came_and_opens_only_under_its_own_id(store: Store, phone: Phone) -> None:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    key, id, content = mission_key(store.config, MISSION), clock.new_id(), jpeg()
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    sealed = suite.encrypt(content, key.private.public_key(), b"observer-kit photo\n" + id.encode())
    stored = put(store, phone, sealed, sealed=key.id, photo=id)
    assert stored.media == "application/octet-stream"
    assert attachments.read(store.config, stored) == sealed
    assert attachments.picture(store.config, stored) == content
    foreign = suite.encrypt(content, key.private.public_key(), b"observer-kit photo\n" + clock.new_id().encode())
    with pytest.raises(NotOpened):
        attachments.picture(store.config, put(store, phone, foreign, sealed=key.id, photo=id))
    assert check(store) == []
