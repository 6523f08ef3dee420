// The phone's memory: drafts, the queue, settings. No page, no network in here.
// With a PIN, what is written goes in sealed and comes out opened; without the key these functions throw `Locked`.

import { correctionOf } from "./queue.js";
import { setting, keepSetting, transact } from "./database.js";
import { dropWith } from "./photos.js";
import * as vault from "./vault.js";

export { Locked, pinIsSet } from "./vault.js";
export { fits, isFull, persist, room } from "./room.js";
export { keepSetting, setting, transact };

// Another tab has changed or finished this draft meanwhile: `where` is "changed" or "finished".
export class Outrun extends Error {
  constructor(where) {
    super(`the draft was ${where} in another tab`);
    this.name = "Outrun";
    this.where = where;
  }
}

// Seal first (a transaction does not wait for the cryptography), then write, if the lock is still the one sealed under.
async function write(seal, work) {
  for (;;) {
    const lock = vault.inHand();
    const ready = await seal(lock);
    try {
      return await transact(["drafts", "queue", "settings"], "readwrite", async (tx) => {
        await vault.confirm(tx, lock && lock.id);
        return work(tx, ready);
      });
    } catch (fault) {
      if (!(fault instanceof vault.Stale)) throw fault;
    }
  }
}

const openAll = async (records, open) => Promise.all((await records).map(open));

export const drafts = () => openAll(transact("drafts", "readonly", (tx) => tx.store.getAll()), vault.openDraft);
export const draft = async (id) => vault.openDraft(await transact("drafts", "readonly", (tx) => tx.store.get(id)));
// How many there are can be asked of a locked phone too.
export const draftCount = () => transact("drafts", "readonly", (tx) => tx.store.count());

// Throws unless what is kept of this draft is what the caller knows: `known` holds the values of `changed` that it read or wrote.
async function refuseIfOutrun(tx, id, known) {
  if (await tx.objectStore("queue").get(id)) throw new Outrun("finished");
  const kept = await tx.objectStore("drafts").get(id);
  if (kept && !known.has(kept.changed)) throw new Outrun("changed");
}

export function keepDraft(record, known = new Set()) {
  return write((lock) => vault.sealDraft(record, lock), async (tx, sealed) => {
    await refuseIfOutrun(tx, record.id, known);
    await tx.objectStore("drafts").put(sealed);
  });
}

// Nothing of a discarded draft stays; a refused report that it was to mend can be mended anew.
export function discardDraft(id, known = null) {
  return transact(["drafts", "queue", "photos"], "readwrite", async (tx) => {
    if (known) await refuseIfOutrun(tx, id, known);
    await tx.objectStore("drafts").delete(id);
    await dropWith(tx, [id]);
    for (const record of await tx.objectStore("queue").getAll()) {
      if (record.mended === id) await tx.objectStore("queue").put({ ...record, mended: null });
    }
  });
}

export const queued = () => openAll(transact("queue", "readonly", (tx) => tx.store.getAll()), vault.openQueued);
export const queuedOne = async (id) => vault.openQueued(await transact("queue", "readonly", (tx) => tx.store.get(id)));

// A draft becomes a finished report in one step: at no moment is it in neither place.
export function finishDraft(record, known) {
  return write((lock) => vault.sealQueued(record, lock), async (tx, sealed) => {
    await refuseIfOutrun(tx, record.id, known);
    await tx.objectStore("queue").add(sealed);
    await tx.objectStore("drafts").delete(record.id);
  });
}

// Change what the phone knows about a report; its envelope is never touched.
export function changeQueued(id, changes) {
  return transact("queue", "readwrite", async (tx) => {
    const record = await tx.store.get(id);
    if (!record) return null;
    const changed = { ...record, ...changes, id: record.id, envelope: record.envelope };
    await tx.store.put(changed);
    return changed;
  });
}

// A new draft takes the place of a report. A refused one is marked as mended; a delivered one gets one correction only:
// where there is one already, nothing is kept. Gives the id of the draft or report to go on with.
export function reopenQueued(id, record) {
  return write((lock) => vault.sealDraft(record, lock), async (tx, sealed) => {
    const [drafts, queue] = [tx.objectStore("drafts"), tx.objectStore("queue")];
    const old = await queue.get(id);
    const known = old.state === "delivered" ? correctionOf(id, [...(await drafts.getAll()), ...(await queue.getAll())]) : null;
    if (known || old.mended) return known ? known.id : old.mended;
    if (old.state !== "delivered") await queue.put({ ...old, mended: record.id });
    await drafts.put(sealed);
    return record.id;
  });
}

// Against its receipt the phone lets go of what a delivered report said, once its day is over; header and receipt stay.
export function letGo(dayBegan) {
  return transact(["queue", "photos"], "readwrite", async (tx) => {
    const queue = tx.objectStore("queue");
    const gone = [];
    for (const record of await queue.getAll()) {
      const { sealed } = record;
      if (record.state !== "delivered" || !record.receipt || !record.envelope.payload || new Date(record.finished) >= dayBegan) continue;
      const kept = { ...record, raw: null, envelope: { ...record.envelope, payload: null } };
      await queue.put(sealed ? { ...kept, sealed: { ...sealed, raw: null } } : kept);
      gone.push(record.id);
    }
    if (gone.length) await dropWith(tx, gone);
  });
}
