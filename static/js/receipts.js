// Receipts that come back by file or code: each is checked with the pinned keys before its report counts as delivered.

import { identity, identityOf } from "./device.js";
import { DELIVERED } from "./queue.js";
import { holds } from "./receipt.js";
import * as store from "./store.js";

// Gives how many were {delivered, known, strange, unproven}. A receipt from a code names no hash: the report's own is meant.
export async function applyReceipts(receipts) {
  const counts = { delivered: 0, known: 0, strange: 0, unproven: 0 };
  for (const given of receipts) {
    const { quarantined = false, ...receipt } = given || {};
    const record = typeof receipt.id === "string" ? await store.queuedOne(receipt.id) : null;
    if (!record) counts.strange += 1;
    else if (record.state === DELIVERED) counts.known += 1;
    else counts[(await apply(record, { hash: record.envelope.hash, ...receipt }, Boolean(quarantined))) ? "delivered" : "unproven"] += 1;
  }
  return counts;
}

async function apply(record, receipt, quarantined) {
  const owners = [await identityOf(record.envelope.device), await identity()].filter(Boolean);
  if (!(await holds(receipt, record.envelope, owners.flatMap((each) => each.receiptKeys)))) return false;
  const at = new Date().toISOString();
  await store.changeQueued(record.id, { state: DELIVERED, receipt, quarantined, urgent: false, reason: null, at });
  return true;
}
