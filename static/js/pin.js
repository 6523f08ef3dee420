// The PIN: set, given, changed, taken away, forgotten. It opens a random data key; the phone keeps that key only wrapped.

import { transact } from "./database.js";
import { newId } from "./ids.js";
import { dropWith } from "./photos.js";
import { isFull } from "./room.js";
import * as vault from "./vault.js";

export const ROUNDS = 600_000;
export const SHORTEST = 6;
const CIPHER = { name: "AES-GCM", length: 256 };
const SHOPS = ["settings", "drafts", "queue"];

// Seconds to wait after so many PINs in a row, all wrong: mistyping costs nothing, guessing takes days.
const WAITS = [0, 0, 0, 5, 15, 30, 60, 120, 300];
export const waitAfter = (tries) => WAITS[Math.min(tries, WAITS.length - 1)] * 1000;

// What is left of the wait, in milliseconds. A clock that was turned back starts it again.
export function restOf(tried, now) {
  if (!tried) return 0;
  const wait = waitAfter(tried.count);
  return now < tried.at ? wait : Math.max(0, tried.at + wait - now);
}

// `wait`: milliseconds before the next PIN is looked at.
export class WrongPin extends Error {
  constructor(wait) {
    super("wrong PIN");
    this.name = "WrongPin";
    this.wait = wait;
  }
}

async function wrapper(pin, { salt, rounds }) {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, secret, CIPHER, false, ["wrapKey", "unwrapKey"]);
}

// The lock as it is kept: the data key under the PIN, with a salt of its own.
export async function makeLock(pin, key, id = newId(), rounds = ROUNDS) {
  const lock = { id, rounds, salt: crypto.getRandomValues(new Uint8Array(16)), iv: crypto.getRandomValues(new Uint8Array(12)), digits: /^\d+$/.test(pin) };
  lock.wrapped = await crypto.subtle.wrapKey("raw", key, await wrapper(pin, lock), { name: CIPHER.name, iv: lock.iv });
  return lock;
}

// The data key, or null for a wrong PIN.
export async function unwrap(lock, pin, extractable = false) {
  const by = await wrapper(pin, lock);
  try {
    return await crypto.subtle.unwrapKey("raw", lock.wrapped, by, { name: CIPHER.name, iv: lock.iv }, CIPHER, extractable, ["encrypt", "decrypt"]);
  } catch {
    return null;
  }
}

// Each PIN is counted before it is looked at, so that neither a reload nor another tab makes it uncounted.
async function count() {
  const claim = (tx) => tx.store.get("tried").then(async (tried) => {
    const rest = restOf(tried, Date.now());
    const again = rest && Date.now() < tried.at ? { ...tried, at: Date.now() } : tried;
    const next = rest ? again : { count: (tried ? tried.count : 0) + 1, at: Date.now() };
    if (next !== tried) await tx.store.put(next, "tried");
    return { rest, next };
  });
  try {
    return await transact("settings", "readwrite", claim);
  } catch (fault) {
    if (!isFull(fault)) throw fault;
    // No room to count in: the drafts must still open, but every PIN has to wait.
    await new Promise((resume) => setTimeout(resume, 5000));
    return { rest: 0, next: { count: 3, at: Date.now() } };
  }
}

async function rightKey(pin, extractable) {
  const lock = await transact("settings", "readonly", vault.lockOf);
  const { rest, next } = await count();
  if (rest) throw new WrongPin(rest);
  const key = await unwrap(lock, pin, extractable);
  if (!key) throw new WrongPin(restOf(next, Date.now()));
  await transact("settings", "readwrite", (tx) => tx.store.delete("tried")).catch((fault) => {
    if (!isFull(fault)) throw fault;
  });
  return { lock, key };
}

// How long until a PIN is looked at, in milliseconds.
export const restNow = async () => restOf(await transact("settings", "readonly", (tx) => tx.store.get("tried")), Date.now());

export async function unlock(pin) {
  const { lock, key } = await rightKey(pin, false);
  vault.hold({ id: lock.id, key });
}

// Write every draft and report anew, and the lock with them, in one transaction: all are sealed (or open), or none.
async function rewrite(remake, lock) {
  for (;;) {
    const read = (tx) => Promise.all(["drafts", "queue"].map((shop) => tx.objectStore(shop).getAll()));
    const before = await transact(SHOPS, "readonly", read);
    const [drafts, queue] = await remake(before);
    const done = await transact(SHOPS, "readwrite", async (tx) => {
      // Something came in between: once more with that. Of a report only what is sealed here matters.
      const now = await read(tx);
      if (now.some((records, shop) => JSON.stringify(records) !== JSON.stringify(before[shop]))) return false;
      // Another tab has set a PIN, or taken it away, meanwhile.
      if (Boolean(await vault.lockOf(tx)) === Boolean(lock)) throw new vault.Locked();
      for (const each of drafts) await tx.objectStore("drafts").put(each);
      for (const each of queue) await tx.objectStore("queue").put(each);
      if (lock) await tx.objectStore("settings").put(lock, "lock");
      else await tx.objectStore("settings").delete("lock");
      return true;
    });
    if (done) return;
  }
}

const all = (records, work) => Promise.all(records.map(work));

export async function setPin(pin) {
  const fresh = await crypto.subtle.generateKey(CIPHER, true, ["encrypt", "decrypt"]);
  const lock = await makeLock(pin, fresh);
  const key = await unwrap(lock, pin); // from here on it can't leave the browser
  const mine = { id: lock.id, key };
  await rewrite(([drafts, queue]) => Promise.all([
    all(drafts, (each) => vault.sealDraft(each, mine)),
    all(queue, (each) => vault.sealQueued(each, mine)),
  ]), lock);
  vault.hold(mine);
}

export async function changePin(before, after) {
  const { lock, key } = await rightKey(before, true);
  const changed = await makeLock(after, key, lock.id);
  await transact("settings", "readwrite", (tx) => tx.store.put(changed, "lock"));
  vault.hold({ id: lock.id, key: await unwrap(changed, after) });
}

export async function removePin(pin) {
  await unlock(pin);
  await rewrite(([drafts, queue]) => Promise.all([all(drafts, vault.openDraft), all(queue, vault.openQueued)]), null);
  vault.forget();
}

// Nobody knows it any more: what it locked is erased, and the reports stay to be delivered.
export async function forgetPin() {
  await transact([...SHOPS, "photos"], "readwrite", async (tx) => {
    const lost = (await tx.objectStore("drafts").getAll()).filter((each) => each.sealed).map((each) => each.id);
    for (const id of lost) await tx.objectStore("drafts").delete(id);
    await dropWith(tx, lost);
    for (const { sealed, ...rest } of await tx.objectStore("queue").getAll()) {
      const mended = lost.includes(rest.mended) ? null : rest.mended;
      if (sealed) await tx.objectStore("queue").put({ ...rest, mended });
    }
    for (const key of ["lock", "tried"]) await tx.objectStore("settings").delete(key);
  });
  vault.forget();
}
