// Receipts that come back by file or code: each is checked with the pinned keys before its report counts as delivered.

import { identity, identityOf } from "./device.js";
import * as photos from "./photos.js";
import { DELIVERED } from "./queue.js";
import { holds } from "./receipt.js";
import * as store from "./store.js";

// Gives how many were {delivered, photos, known, strange, unproven}. A receipt from a code names no hash: the report's own is meant.
export async function applyReceipts(receipts) {
  const counts = { delivered: 0, photos: 0, known: 0, strange: 0, unproven: 0 };
  for (const given of receipts) {
    const { quarantined = false, ...receipt } = given || {};
    const photo = await photoOf(receipt.id);
    if (photo) {
      counts[photo.state === photos.DELIVERED ? "known" : (await applyToPhoto(photo, receipt)) ? "photos" : "unproven"] += 1;
      continue;
    }
    const record = typeof receipt.id === "string" ? await store.queuedOne(receipt.id) : null;
    if (!record) counts.strange += 1;
    else if (record.state === DELIVERED) counts.known += 1;
    else counts[(await apply(record, { hash: record.envelope.hash, ...receipt }, Boolean(quarantined))) ? "delivered" : "unproven"] += 1;
  }
  return counts;
}

const pinned = async (device) =>
  [await identityOf(device), await identity()].filter(Boolean).flatMap((each) => each.receiptKeys);

// A photo's receipt stands under its hash.
const photoOf = async (id) => (/^[0-9a-f]{64}$/.test(id) ? (await photos.all()).find((photo) => photo.sha256 === id) : null);

async function applyToPhoto(photo, receipt) {
  const { sha256 } = photo;
  if (!(await holds({ hash: sha256, ...receipt }, { id: sha256, hash: sha256 }, await pinned(photo.device)))) return false;
  await photos.delivered(photo, receipt);
  return true;
}

async function apply(record, receipt, quarantined) {
  if (!(await holds(receipt, record.envelope, await pinned(record.envelope.device)))) return false;
  const at = new Date().toISOString();
  await store.changeQueued(record.id, { state: DELIVERED, receipt, quarantined, urgent: false, reason: null, at });
  return true;
}
