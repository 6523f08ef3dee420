// The phone's memory: one IndexedDB database. No page, no network in here.

import { openDB } from "../vendor/idb.js";
import { correctionOf } from "./queue.js";

const NAME = "observer-kit";

// The schema, one step per version; a step is never changed once released.
const STEPS = [
  (db) => {
    db.createObjectStore("settings");
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("queue", { keyPath: "id" });
  },
  (db) => {
    db.createObjectStore("photos", { keyPath: "id" });
    db.createObjectStore("stations", { keyPath: "code" }).createIndex("words", "words", { multiEntry: true });
  },
];

// Another tab has changed or finished this draft meanwhile: `where` is "changed" or "finished".
export class Outrun extends Error {
  constructor(where) {
    super(`the draft was ${where} in another tab`);
    this.name = "Outrun";
    this.where = where;
  }
}

let opened = null;

function connect() {
  if (opened === null) {
    const attempt = openDB(NAME, STEPS.length, {
      upgrade(db, before, _after, transaction) {
        for (const step of STEPS.slice(before)) step(db, transaction);
      },
      // Another tab brings a newer schema: let go, and open again when next asked.
      blocking(_current, _blocked, event) {
        event.target.close();
        opened = null;
      },
      terminated() {
        opened = null;
      },
    });
    opened = attempt;
    attempt.catch(() => {
      if (opened === attempt) opened = null;
    });
  }
  return opened;
}

// Run one transaction; resolve when it is complete, which here means on disk.
// A connection that the browser closed behind our back is opened again, once.
export async function transact(stores, mode, work) {
  for (let attempt = 0; ; attempt += 1) {
    const db = await connect();
    let transaction;
    try {
      transaction = db.transaction(stores, mode, { durability: "strict" });
    } catch (fault) {
      if (fault.name !== "InvalidStateError" || attempt > 0) throw fault;
      opened = null;
      continue;
    }
    // `done` also rejects when `work` fails: whoever awaits below hears of it once.
    transaction.done.catch(() => {});
    const result = await work(transaction);
    await transaction.done;
    return result;
  }
}

export const setting = (key) => transact("settings", "readonly", (tx) => tx.store.get(key));
export const keepSetting = (key, value) => transact("settings", "readwrite", (tx) => tx.store.put(value, key));

export const drafts = () => transact("drafts", "readonly", (tx) => tx.store.getAll());
export const draft = (id) => transact("drafts", "readonly", (tx) => tx.store.get(id));

// Throws unless what is kept of this draft is what the caller knows: `known` holds the values of `changed` that it read or wrote.
async function refuseIfOutrun(tx, id, known) {
  if (await tx.objectStore("queue").get(id)) throw new Outrun("finished");
  const kept = await tx.objectStore("drafts").get(id);
  if (kept && !known.has(kept.changed)) throw new Outrun("changed");
}

export function keepDraft(record, known = new Set()) {
  return transact(["drafts", "queue"], "readwrite", async (tx) => {
    await refuseIfOutrun(tx, record.id, known);
    await tx.objectStore("drafts").put(record);
  });
}

// Nothing of a discarded draft stays; a refused report that it was to mend can be mended anew.
export function discardDraft(id, known = null) {
  return transact(["drafts", "queue"], "readwrite", async (tx) => {
    if (known) await refuseIfOutrun(tx, id, known);
    await tx.objectStore("drafts").delete(id);
    for (const record of await tx.objectStore("queue").getAll()) {
      if (record.mended === id) await tx.objectStore("queue").put({ ...record, mended: null });
    }
  });
}

export const queued = () => transact("queue", "readonly", (tx) => tx.store.getAll());
export const queuedOne = (id) => transact("queue", "readonly", (tx) => tx.store.get(id));

// A draft becomes a finished report in one step: at no moment is it in neither place.
export function finishDraft(record, known) {
  return transact(["drafts", "queue"], "readwrite", async (tx) => {
    await refuseIfOutrun(tx, record.id, known);
    await tx.objectStore("queue").add(record);
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
  return transact(["drafts", "queue"], "readwrite", async (tx) => {
    const [drafts, queue] = [tx.objectStore("drafts"), tx.objectStore("queue")];
    const old = await queue.get(id);
    const known = old.state === "delivered" ? correctionOf(id, [...(await drafts.getAll()), ...(await queue.getAll())]) : null;
    if (known || old.mended) return known ? known.id : old.mended;
    if (old.state !== "delivered") await queue.put({ ...old, mended: record.id });
    await drafts.put(record);
    return record.id;
  });
}

// Against its receipt the phone lets go of what a delivered report said, once its day is over; header and receipt stay.
export function letGo(dayBegan) {
  return transact("queue", "readwrite", async (tx) => {
    for (const record of await tx.store.getAll()) {
      if (record.state !== "delivered" || !record.receipt || !record.raw || new Date(record.finished) >= dayBegan) continue;
      await tx.store.put({ ...record, raw: null, envelope: { ...record.envelope, payload: null } });
    }
  });
}

// Ask the browser not to clear this store on its own. True, false, or null where it can't say.
export async function persist() {
  if (!navigator.storage || !navigator.storage.persist) return null;
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return null;
  }
}
