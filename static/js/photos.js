// The photos in the phone: what is known of each, and apart from it its bytes. No page, no network in here.
// A photo's bytes are under a key of their own, which lies in its draft: whatever locks or erases the draft does so to
// the photo. Finishing the report takes the key out, so that the photo can be sent. (A mission that seals needs none:
// there the bytes are sealed to the mission when they are made.)

import { base64url, fromBase64url, hex } from "./bytes.js";
import { transact } from "./database.js";
import { newId } from "./ids.js";
import { Refused, megabytes } from "./picture.js";
import { fits, isFull } from "./room.js";
import { sealPhoto, sealing } from "./seal.js";

export const KEPT = "kept";
export const DELIVERED = "delivered";
export const REFUSED = "refused";

const BUDGET = 60; // megabytes, where the mission says nothing
const [ABOUT, BYTES] = ["photo:", "bytes:"];
const CIPHER = "AES-GCM";

const abouts = () => IDBKeyRange.bound(ABOUT, `${ABOUT}\uffff`);
const allIn = (store) => store.getAll(abouts());

export const all = () => transact("photos", "readonly", (tx) => allIn(tx.store));

// What still has to reach the server, in bytes.
const weight = (photos) => photos.reduce((sum, photo) => sum + (photo.state === DELIVERED ? 0 : photo.size), 0);

// {used, most} in bytes.
export async function budget(manifest) {
  const policy = (manifest && manifest.policy) || {};
  return { used: weight(await all()), most: (policy.photo_budget || BUDGET) * 1_000_000 };
}

const keyOf = (raw, use) => crypto.subtle.importKey("raw", raw, CIPHER, false, [use]);

async function lock(uuid, bytes) {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const box = { name: CIPHER, iv: crypto.getRandomValues(new Uint8Array(12)) };
  const data = await crypto.subtle.encrypt(box, await keyOf(raw, "encrypt"), bytes);
  return { key: base64url(raw), content: { id: BYTES + uuid, iv: box.iv, data } };
}

// Keep a picture for a question of a report, as the bytes that will be sent; gives what is known of it. Throws Refused
// where there is no room, and then nothing is kept; CannotSeal where the mission seals and this phone can't.
export async function keep({ report, question, manifest, bytes }) {
  const uuid = newId();
  const seal = await sealing(manifest);
  const sent = seal ? await sealPhoto(seal, uuid, bytes) : bytes;
  const { used, most } = await budget(manifest);
  if (used + sent.byteLength > most) throw new Refused("full", { n: megabytes(used), most: megabytes(most) });
  if (!(await fits(sent.byteLength))) throw new Refused("no_room");
  const { key, content } = seal ? { key: null, content: { id: BYTES + uuid, data: sent } } : await lock(uuid, sent);
  const about = {
    id: ABOUT + uuid,
    uuid,
    report,
    question,
    sha256: hex(await crypto.subtle.digest("SHA-256", sent)),
    size: sent.byteLength,
    media: "image/jpeg",
    sealed: seal ? seal.key : null,
    state: KEPT,
    named: false,
    made: new Date().toISOString(),
    key, // until the draft has it,
    loose: true, // and names the photo
  };
  await transact("photos", "readwrite", async (tx) => {
    await tx.store.put(content);
    await tx.store.put(about);
  }).catch((fault) => {
    throw isFull(fault) ? new Refused("no_room") : fault;
  });
  return about;
}

export function change(photo, changes) {
  return transact("photos", "readwrite", async (tx) => {
    const known = await tx.store.get(photo.id);
    if (known) await tx.store.put({ ...known, ...changes });
  });
}

// The bytes as they are sent; null where they are not here, or not under this key.
export async function bytesOf(photo, key = photo.key) {
  const found = await transact("photos", "readonly", (tx) => tx.store.get(BYTES + photo.uuid));
  if (!found) return null;
  if (!found.iv) return new Uint8Array(found.data);
  if (!key) return null;
  const box = { name: CIPHER, iv: found.iv };
  return new Uint8Array(await crypto.subtle.decrypt(box, await keyOf(fromBase64url(key), "decrypt"), found.data));
}

const erase = async (store, photo) => {
  await store.delete(photo.id);
  await store.delete(BYTES + photo.uuid);
};

export const remove = (photo) => transact("photos", "readwrite", (tx) => erase(tx.store, photo));

// Against the server's receipt: the bytes go, what is known of them stays.
export function delivered(photo, receipt) {
  return transact("photos", "readwrite", async (tx) => {
    await tx.store.put({ ...photo, state: DELIVERED, receipt, reason: null, key: null });
    await tx.store.delete(BYTES + photo.uuid);
  });
}

// Within a transaction that lets go of these drafts or reports: their photos that no finished report names go with them.
export async function dropWith(tx, reports) {
  const store = tx.objectStore("photos");
  for (const photo of await allIn(store)) {
    if (reports.includes(photo.report) && !photo.named && photo.state === KEPT) await erase(store, photo);
  }
}

// Before a draft is finished: its photos that the answers name may be sent once the report is in the queue, and all of
// them get their key. Gives what its envelope says of each it names, those of the report it corrects as well.
export function name(draft, hashes, device) {
  const keys = draft.photos || {};
  return transact("photos", "readwrite", async (tx) => {
    const said = new Map();
    for (const photo of await allIn(tx.store)) {
      const named = hashes.includes(photo.sha256);
      if (named) said.set(photo.sha256, { id: photo.uuid, sha256: photo.sha256, media: photo.media, size: photo.size, question: photo.question });
      const takenOver = named && !photo.named && photo.state === KEPT; // was hidden in the report that this one corrects
      if (photo.report !== draft.id && !takenOver) continue;
      await tx.store.put({ ...photo, report: draft.id, named, device, key: keys[photo.uuid] || photo.key });
    }
    return [...new Set(hashes)].map((hash) => said.get(hash)).filter(Boolean);
  });
}
