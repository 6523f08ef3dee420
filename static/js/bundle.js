// A file of reports to be handed over: one record a line, each sealed to the mission's key and complete in itself.
// observer_kit/exchange/bundle.py reads it.

import { base64url, fromBase64url, hex } from "./bytes.js";
import { newId } from "./ids.js";
import { sealing } from "./seal.js";
import * as store from "./store.js";

const text = new TextEncoder();

function joined(head, body) {
  const first = text.encode(`${JSON.stringify(head)}\n`);
  const whole = new Uint8Array(first.length + body.length);
  whole.set(first);
  whole.set(body, first.length);
  return whole;
}

// What seals to the mission's key, whether or not the mission seals its reports; null where this phone can't.
export async function sealerOf(manifest) {
  const key = manifest && manifest.mission_key;
  if (!key) return null;
  try {
    return await sealing({ policy: { seal: true }, seal_key: key });
  } catch {
    return null; // the library is not in the phone
  }
}

// Gives {blob, name}. `records`: of the queue, with their payloads; `photos`: [{sha256, size, sealed, photo, submission, bytes}].
export async function makeFile({ records, photos = [], identity, sealer }) {
  const id = newId();
  const info = text.encode(`observer-kit file\n${id}`);
  const line = async (head, body = new Uint8Array()) => {
    const record = joined(head, body);
    return `OKB1 ${id} ${sealer ? sealer.key : "-"} ${base64url(sealer ? await sealer.seal(record, info) : record)}\n`;
  };
  const listed = [...records.map((record) => ["envelope", record.id]), ...photos.map((photo) => ["photo", photo.sha256])];
  const { mission, device } = identity;
  const lines = [await line({ kind: "contents", mission, device, made: new Date().toISOString(), records: listed })];
  for (const { id: report, envelope } of records) {
    lines.push(await line({ kind: "envelope", id: report }, text.encode(JSON.stringify(envelope))));
  }
  for (const { bytes, ...head } of photos) lines.push(await line({ kind: "photo", ...head }, bytes));
  // A name that says nothing, of a type that every share sheet takes.
  return { blob: new Blob(lines, { type: "text/plain" }), name: `${id.slice(0, 8)}.txt` };
}

// A report that was given away is kept, and still goes over the network, until its receipt comes.
export function markHandedOver(ids, by) {
  return store.transact("queue", "readwrite", async (tx) => {
    let marked = 0;
    for (const id of ids) {
      const record = await tx.store.get(id);
      if (!record || record.state !== "waiting") continue; // delivered meanwhile, or refused
      await tx.store.put({ ...record, state: "handed_over", handed: { by, at: new Date().toISOString() } });
      marked += 1;
    }
    return marked;
  });
}

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ROUNDS = 600_000;

// A key to be written down and typed: sixteen letters, eighty bits.
export function newKey() {
  const letters = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => LETTERS[byte % 32]).join("");
  return letters.match(/..../g).join("-");
}

async function cipher(key, salt, use) {
  const plain = key.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1").replace(/[^0-9A-Z]/g, "");
  const base = await crypto.subtle.importKey("raw", text.encode(plain), "PBKDF2", false, ["deriveKey"]);
  const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(way, base, { name: "AES-GCM", length: 256 }, false, [use]);
}

// Drafts can't be sealed to the mission: another phone is to open them. They are locked with a key that goes another way.
export async function lockDrafts(drafts, key) {
  const [salt, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await cipher(key, salt, "encrypt"), text.encode(JSON.stringify(drafts)));
  const file = { observer_kit: "drafts", version: 1, salt: hex(salt), iv: hex(iv), data: base64url(data) };
  return { blob: new Blob([JSON.stringify(file)], { type: "text/plain" }), name: `${hex(salt).slice(0, 8)}.txt` };
}

const fromHex = (letters) => Uint8Array.from(letters.match(/../g), (pair) => parseInt(pair, 16));

// Throws when the key is not the file's, or the file was altered.
export async function unlockDrafts(file, key) {
  const iv = fromHex(file.iv);
  const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await cipher(key, fromHex(file.salt), "decrypt"), fromBase64url(file.data));
  return JSON.parse(new TextDecoder().decode(data));
}
