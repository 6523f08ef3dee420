// The phone's one IndexedDB database: its schema, its connection, and transactions that are on disk when they resolve.

import { deleteDB, openDB } from "../vendor/idb.js";

export const NAME = "observer-kit";

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

let opened = null;
let dropped = false;

function connect() {
  if (dropped) throw new Error("the phone was emptied");
  if (opened === null) {
    const attempt = openDB(NAME, STEPS.length, {
      upgrade(db, before, _after, transaction) {
        for (const step of STEPS.slice(before)) step(db, transaction);
      },
      // Another tab brings a newer schema, or wipes: let go, and open again when next asked.
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

// Take the database away, with everything in it; this page makes no new one.
export async function drop() {
  dropped = true;
  if (opened) (await opened).close();
  await deleteDB(NAME);
}

// Nothing of a change that failed may stay; of why it failed the transaction often knows more than the request.
function undo(transaction, fault) {
  try {
    transaction.abort();
  } catch {
    return transaction.error || fault; // the browser has done it already
  }
  return fault;
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
    let result;
    try {
      result = await work(transaction);
    } catch (fault) {
      throw undo(transaction, fault);
    }
    await transaction.done;
    return result;
  }
}

export const setting = (key) => transact("settings", "readonly", (tx) => tx.store.get(key));
export const keepSetting = (key, value) => transact("settings", "readwrite", (tx) => tx.store.put(value, key));
