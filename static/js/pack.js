// Envelopes, receipts and drafts as few bytes, for codes; unpacked they are letter by letter what they were.
// A field is one tag and its bytes; observer_kit/exchange/packing.py writes and reads the same.

import { base64url, fromBase64url, hex } from "./bytes.js";

const ENVELOPE = ["id", "mission", "checklist", "version", "visit", "supersedes", "device", "clock", "hash", "sealed", "signature", "payload"];
const [NULL, UUID, HEX, BASE64, TEXT, DEFLATED, COMPUTED, MOMENT] = [0, 1, 2, 3, 4, 5, 6, 7];
const MOST = 900_000;
const WORTH = 100; // bytes below which deflating gains nothing

const fromHex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
const asUuid = (text) => [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");

// The deflating library is no part of the shell: where it is not in the phone, texts go as they are, in more codes.
async function library() {
  try {
    return await import("../vendor/deflate.js");
  } catch {
    return null;
  }
}

function number(value) {
  const out = [];
  while (value > 127) {
    out.push((value % 128) | 128);
    value = Math.floor(value / 128);
  }
  return [...out, value];
}

function field(value, deflater) {
  if (value === null) return [NULL];
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return [UUID, ...fromHex(value.replace(/-/g, ""))];
  if (/^([0-9a-f]{2})+$/.test(value)) return [HEX, ...number(value.length / 2), ...fromHex(value)];
  if (/^[\w-]{40,}$/.test(value) && value.length % 4 !== 1) {
    const raw = fromBase64url(value);
    if (base64url(raw) === value) return [BASE64, ...number(raw.length), ...raw];
  }
  const raw = new TextEncoder().encode(value);
  if (deflater && raw.length >= WORTH) {
    const packed = deflater.deflateSync(raw, { level: 9 });
    if (packed.length < raw.length) return [DEFLATED, ...number(raw.length), ...number(packed.length), ...packed];
  }
  return [TEXT, ...number(raw.length), ...raw];
}

export async function packEnvelope(envelope) {
  const deflater = await library();
  const computed = hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(envelope.payload)));
  return Uint8Array.from(
    ENVELOPE.flatMap((name) => (name === "hash" && envelope.hash === computed ? [COMPUTED] : field(envelope[name], deflater))),
  );
}

export const packDraft = async (draft) => Uint8Array.from(field(JSON.stringify(draft), await library()));

class Reader {
  constructor(data, inflater) {
    this.data = data;
    this.inflater = inflater;
    this.at = 0;
  }

  take(count) {
    if (this.at + count > this.data.length) throw new RangeError("cut off");
    this.at += count;
    return this.data.slice(this.at - count, this.at);
  }

  number() {
    let value = 0;
    for (let place = 0; place < 5; place += 1) {
      const byte = this.take(1)[0];
      value += (byte & 127) * 128 ** place;
      if (byte < 128) return value;
    }
    throw new RangeError("a number without end");
  }

  field() {
    const tag = this.take(1)[0];
    if (tag === NULL) return null;
    if (tag === UUID) return asUuid(hex(this.take(16)));
    if (tag === HEX) return hex(this.take(this.number()));
    if (tag === BASE64) return base64url(this.take(this.number()));
    if (tag === MOMENT) return new Date(parseInt(hex(this.take(6)), 16)).toISOString();
    if (tag === TEXT) return new TextDecoder("utf-8", { fatal: true }).decode(this.take(this.number()));
    if (tag !== DEFLATED) throw new RangeError("no field");
    const claimed = this.number();
    const packed = this.take(this.number());
    if (claimed > MOST) throw new RangeError("too large");
    // Never more room than was claimed: what would unpack to more is cut, and then no JSON.
    return new TextDecoder("utf-8", { fatal: true }).decode(this.inflater.inflateSync(packed, { out: new Uint8Array(claimed) }));
  }
}

// Throws for what is no draft.
export async function unpackDraft(content) {
  return JSON.parse(new Reader(content, await library()).field());
}

// Receipts as the desk packs them: what the phone knows itself, the hash, is not among it.
export function unpackReceipts(content) {
  const reader = new Reader(content, null);
  return Array.from({ length: Math.min(reader.number(), content.length) }, () => ({
    id: reader.field(),
    quarantined: reader.take(1)[0] !== 0,
    received: reader.field(),
    sequence: reader.number(),
    key: reader.field(),
    signature: reader.field(),
  }));
}
