// What the PIN locks: how a record is sealed and opened, and the key, which lives in this page's memory only.

import { transact } from "./database.js";

const CIPHER = "AES-GCM";

// A PIN is set, and this page has not been given it.
export class Locked extends Error {
  constructor() {
    super("the phone is locked");
    this.name = "Locked";
  }
}

// What this page knew of the lock is no longer so: seal anew, and write then.
export class Stale extends Error {}

let held = null; // {id, key}: `id` names the data key, and stays when the PIN is changed
const cache = new Map(); // what was opened, by its box's `iv`, so that lists are drawn without opening everything again

export const inHand = () => held;
export function hold(lock) {
  held = lock;
}
export function forget() {
  held = null;
  cache.clear();
}

export const lockOf = (tx) => tx.objectStore("settings").get("lock");
const found = () => transact("settings", "readonly", lockOf);
export const pinIsSet = async () => Boolean(await found());
// Whether records can be read and written here: no PIN is set, or this page has been given it.
export async function unlocked() {
  const lock = await found();
  return !lock || Boolean(held && held.id === lock.id);
}

// Inside the transaction that writes what was sealed under the key `id`: is that still the phone's lock?
export async function confirm(tx, id) {
  const lock = await lockOf(tx);
  if (lock && lock.id !== id) throw new Locked();
  if (!lock && id) {
    forget();
    throw new Stale();
  }
}

// `about` binds the box to its place: moved to another record it does not open.
export async function seal(value, about, { key } = held) {
  const text = new TextEncoder();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = { name: CIPHER, iv, additionalData: text.encode(about) };
  return { iv, data: await crypto.subtle.encrypt(box, key, text.encode(JSON.stringify(value))) };
}

export async function open({ iv, data }, about) {
  if (!held) throw new Locked();
  const name = String(iv);
  if (!cache.has(name)) {
    const box = { name: CIPHER, iv, additionalData: new TextEncoder().encode(about) };
    cache.set(name, new TextDecoder().decode(await crypto.subtle.decrypt(box, held.key, data)));
  }
  return JSON.parse(cache.get(name));
}

// Of a draft only what the store itself goes by stays readable.
export async function sealDraft(record, lock = held) {
  if (!lock) return record;
  const { id, changed, supersedes = null } = record;
  return { id, changed, supersedes, sealed: await seal(record, `draft ${id}`, lock) };
}

export const openDraft = (record) => (record && record.sealed ? open(record.sealed, `draft ${record.id}`) : record);

// Of a report the readable copy of its answers (`raw`) and its station. Its envelope is not under the PIN: it can
// always be delivered.
export async function sealQueued(record, lock = held) {
  if (!lock) return record;
  const { raw, location, location_name, ...rest } = record;
  const sealed = { ...record.sealed };
  if (raw) sealed.raw = await seal(raw, `raw ${record.id}`, lock);
  if (location || location_name) sealed.place = await seal({ location, location_name }, `place ${record.id}`, lock);
  return { ...rest, raw: null, location: null, location_name: null, sealed };
}

// Without the key a report shows its state, and neither its answers nor its station.
export async function openQueued(record) {
  if (!record || !record.sealed || !held) return record;
  const { sealed, ...rest } = record;
  const raw = sealed.raw ? await open(sealed.raw, `raw ${record.id}`) : null;
  return { ...rest, raw, ...(sealed.place ? await open(sealed.place, `place ${record.id}`) : {}) };
}
